// SPDX-License-Identifier: MIT
// A secure element of the tests that can only keep keys. Its shared secrets are 0xbb.

#include <string.h>

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
    psa_status_t status = recorder_answer("vault.key_agreement");
    if (shared_secret_size < 32) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    memset(shared_secret, 0xbb, 32);
    *shared_secret_length = 32;
    return status;
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
    psa_status_t status = recorder_answer("vault.import_key");
    if (status != PSA_SUCCESS) {
        return status;
    }
    recorder_key_t *key = (recorder_key_t *)key_buffer;
    if (key_buffer_size != sizeof(*key) || data_length > sizeof(key->masked)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    recorder_store(key, data, data_length);
    *key_buffer_length = sizeof(*key);
    *bits = PSA_BYTES_TO_BITS(data_length);
    return PSA_SUCCESS;
}

psa_status_t recorder_vault_export_key(
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    uint8_t *data,
    size_t data_size,
    size_t *data_length) {
    (void)attributes;
    psa_status_t status = recorder_answer("vault.export_key");
    return status != PSA_SUCCESS ? status : recorder_load(key_buffer, key_buffer_size, data, data_size, data_length);
}
