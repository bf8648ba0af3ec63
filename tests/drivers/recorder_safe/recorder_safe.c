// SPDX-License-Identifier: MIT
// A secure element of the tests. Its key stream starts at 0x10, its shared secrets are 0xaa.

#include <string.h>

#include "psa/crypto.h"
#include "psa_driver_entry_points.h"

#include "recorder.h"

static uint32_t last_slot;

psa_status_t recorder_safe_key_derivation_setup(
    recorder_safe_key_derivation_operation_t *operation,
    psa_algorithm_t alg,
    const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    (void)alg;
    return recorder_setup("safe.setup", operation, 0x10, inputs);
}

psa_status_t recorder_safe_key_derivation_input_step(
    recorder_safe_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    const uint8_t *input,
    size_t input_length) {
    (void)operation;
    (void)input;
    recorder_note("step:%04x:%zu", step, input_length);
    return recorder_answer("safe.input_step");
}

psa_status_t recorder_safe_key_derivation_set_capacity(
    recorder_safe_key_derivation_operation_t *operation, size_t capacity) {
    recorder_note("%zu:", capacity);
    if (capacity > operation->capacity || capacity == PSA_KEY_DERIVATION_UNLIMITED_CAPACITY) {
        recorder_note("not-monotone");
    }
    operation->capacity = capacity;
    return recorder_answer("safe.set_capacity");
}

psa_status_t recorder_safe_key_derivation_output_bytes(
    recorder_safe_key_derivation_operation_t *operation, uint8_t *output, size_t output_length) {
    recorder_note("%zu:", output_length);
    psa_status_t status = recorder_answer("safe.output_bytes");
    recorder_stream(operation, output, output_length);
    return status;
}

psa_status_t recorder_safe_key_derivation_output_key(
    const psa_key_attributes_t *attributes,
    recorder_safe_key_derivation_operation_t *operation,
    uint8_t *key_buffer,
    size_t key_buffer_size,
    size_t *key_buffer_length) {
    psa_status_t status = recorder_answer("safe.output_key");
    if (status != PSA_SUCCESS) {
        return status;
    }
    recorder_key_t *key = (recorder_key_t *)key_buffer;
    uint8_t material[96];
    if (key_buffer_size != sizeof(*key) || key->slot == 0) {
        recorder_note("not-allocated");
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    size_t length = PSA_BITS_TO_BYTES(psa_get_key_bits(attributes));
    recorder_stream(operation, material, length);
    recorder_store(key, material, length);
    *key_buffer_length = sizeof(*key);
    return PSA_SUCCESS;
}

psa_status_t recorder_safe_key_derivation_verify_bytes(
    recorder_safe_key_derivation_operation_t *operation, const uint8_t *expected, size_t expected_length) {
    psa_status_t status = recorder_answer("safe.verify_bytes");
    return status != PSA_SUCCESS ? status : recorder_compare(operation, expected, expected_length);
}

psa_status_t recorder_safe_key_derivation_verify_key(
    recorder_safe_key_derivation_operation_t *operation, const uint8_t *key_buffer, size_t key_buffer_size) {
    uint8_t expected[96];
    size_t length = 0;
    psa_status_t status = recorder_answer("safe.verify_key");
    if (status == PSA_SUCCESS) {
        status = recorder_load(key_buffer, key_buffer_size, expected, sizeof(expected), &length);
    }
    return status != PSA_SUCCESS ? status : recorder_compare(operation, expected, length);
}

psa_status_t recorder_safe_key_derivation_abort(recorder_safe_key_derivation_operation_t *operation) {
    recorder_end(operation);
    return recorder_answer("safe.abort");
}

psa_status_t recorder_safe_key_agreement(
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
    return recorder_agree("safe.key_agreement", 0xaa, shared_secret, shared_secret_size, shared_secret_length);
}

psa_status_t recorder_safe_key_agreement_to_key(
    psa_algorithm_t alg,
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    const uint8_t *peer_key,
    size_t peer_key_length,
    const psa_key_attributes_t *shared_secret_attributes,
    uint8_t *shared_secret_key_buffer,
    size_t shared_secret_key_buffer_size,
    size_t *shared_secret_key_buffer_length) {
    (void)alg;
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)peer_key;
    (void)peer_key_length;
    psa_status_t status = recorder_answer("safe.key_agreement_to_key");
    if (status != PSA_SUCCESS) {
        return status;
    }
    psa_key_lifetime_t lifetime = psa_get_key_lifetime(shared_secret_attributes);
    recorder_key_t *key = (recorder_key_t *)shared_secret_key_buffer;
    if (psa_get_key_type(shared_secret_attributes) != PSA_KEY_TYPE_DERIVE ||
        PSA_KEY_LIFETIME_GET_PERSISTENCE(lifetime) != PSA_KEY_PERSISTENCE_VOLATILE ||
        shared_secret_key_buffer_size != sizeof(*key) || key->slot == 0) {
        recorder_note("wrong-key");
    }
    uint8_t secret[32];
    memset(secret, 0xaa, sizeof(secret));
    recorder_store(key, secret, sizeof(secret));
    *shared_secret_key_buffer_length = sizeof(*key);
    return PSA_SUCCESS;
}

psa_status_t recorder_safe_mac_compute(
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    psa_algorithm_t alg,
    const uint8_t *input,
    size_t input_length,
    uint8_t *mac,
    size_t mac_size,
    size_t *mac_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    psa_status_t status = recorder_answer("safe.mac_compute");
    memset(mac, 0xac, mac_size);
    *mac_length = mac_size;
    return status;
}

psa_status_t recorder_safe_mac_verify(
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    psa_algorithm_t alg,
    const uint8_t *input,
    size_t input_length,
    const uint8_t *mac,
    size_t mac_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)mac;
    (void)mac_length;
    return recorder_answer("safe.mac_verify");
}

psa_status_t recorder_safe_import_key(
    const psa_key_attributes_t *attributes,
    const uint8_t *data,
    size_t data_length,
    uint8_t *key_buffer,
    size_t key_buffer_size,
    size_t *key_buffer_length,
    size_t *bits) {
    (void)attributes;
    return recorder_import("safe.import_key", data, data_length, key_buffer, key_buffer_size, key_buffer_length, bits);
}

psa_status_t recorder_safe_export_key(
    const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    uint8_t *data,
    size_t data_size,
    size_t *data_length) {
    (void)attributes;
    return recorder_export("safe.export_key", key_buffer, key_buffer_size, data, data_size, data_length);
}

psa_status_t recorder_safe_copy_key(
    psa_key_attributes_t *attributes,
    const uint8_t *source_key,
    size_t source_key_length,
    uint8_t *target_key_buffer,
    size_t target_key_buffer_size,
    size_t *target_key_buffer_length) {
    (void)attributes;
    psa_status_t status = recorder_answer("safe.copy_key");
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (source_key_length > target_key_buffer_size) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    uint32_t slot = ((recorder_key_t *)target_key_buffer)->slot;
    memcpy(target_key_buffer, source_key, source_key_length);
    ((recorder_key_t *)target_key_buffer)->slot = slot;
    *target_key_buffer_length = source_key_length;
    return PSA_SUCCESS;
}

psa_status_t recorder_safe_allocate_key(
    const psa_key_attributes_t *attributes, uint8_t *key_buffer, size_t key_buffer_size) {
    (void)attributes;
    psa_status_t status = recorder_answer("safe.allocate_key");
    if (status == PSA_SUCCESS && key_buffer_size == sizeof(recorder_key_t)) {
        ((recorder_key_t *)key_buffer)->slot = ++last_slot;
        recorder_keys_alive++;
    }
    return status;
}

psa_status_t recorder_safe_destroy_key(
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size) {
    (void)attributes;
    if (key_buffer_size != sizeof(recorder_key_t) || ((const recorder_key_t *)key_buffer)->slot == 0) {
        recorder_note("wrong-key");
    }
    recorder_keys_alive--;
    return recorder_answer("safe.destroy_key");
}
