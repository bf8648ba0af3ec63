// SPDX-License-Identifier: MIT
// A secure element of the tests that can only keep keys. Its shared secrets are 0xbb.

#include "psa/crypto.h"
#include "psa_driver_entry_points.h"

#include "recorder.h"

psa_status_t recorder_vault_key_agreement(
    psa_algorithm_t alg,
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    const uint8_t *peer_key,
    size_t peer_key_length,
    uint8_t *shared_secret,
    size_t shared_secret_size,
    size_t *shared_secret_length) {
    (void)alg;
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)peer_key;
    (void)peer_key_length;
    return recorder_agree("vault.key_agreement", 0xbb, shared_secret, shared_secret_size, shared_secret_length);
}

psa_status_t recorder_vault_import_key(
    const psa_key_attributes_t *attributes,
    const uint8_t *data,
    size_t data_length,
    uint8_t *key_buffer,
    size_t key_buffer_size,
    size_t *key_buffer_length,
    size_t *bits) {
    (void)attributes;
    return recorder_import("vault.import_key", data, data_length, key_buffer, key_buffer_size, key_buffer_length, bits);
}

psa_status_t recorder_vault_export_key(
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    uint8_t *data,
    size_t data_size,
    size_t *data_length) {
    (void)attributes;
    return recorder_export("vault.export_key", key_buffer, key_buffer_size, data, data_size, data_length);
}
