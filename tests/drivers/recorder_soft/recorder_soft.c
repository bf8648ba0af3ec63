// SPDX-License-Identifier: MIT
// A transparent driver of the tests. Its key stream starts at 0x80.

#include <string.h>

#include "psa/crypto.h"
#include "psa_driver_entry_points.h"

#include "recorder.h"

psa_status_t recorder_soft_key_derivation_setup(
    recorder_soft_key_derivation_operation_t *operation,
    psa_algorithm_t alg,
    const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    (void)alg;
    return recorder_setup("soft.setup", operation, 0x80, inputs);
}

psa_status_t recorder_soft_key_derivation_input_step(
    recorder_soft_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    const uint8_t *input,
    size_t input_length) {
    (void)operation;
    (void)input;
    recorder_note("%04x:%zu:", step, input_length);
    return recorder_answer("soft.input_step");
}

psa_status_t recorder_soft_key_derivation_output_bytes(
    recorder_soft_key_derivation_operation_t *operation, uint8_t *output, size_t output_length) {
    recorder_note("%zu:", output_length);
    psa_status_t status = recorder_answer("soft.output_bytes");
    recorder_stream(operation, output, output_length);
    return status;
}

psa_status_t recorder_soft_key_derivation_abort(recorder_soft_key_derivation_operation_t *operation) {
    recorder_end(operation);
    return recorder_answer("soft.abort");
}

psa_status_t recorder_soft_derive_key(
    const psa_key_attributes_t *attributes,
    const uint8_t *input,
    size_t input_length,
    recorder_soft_derive_key_memory_t *memory,
    uint8_t *key_buffer,
    size_t key_buffer_size,
    size_t *key_buffer_length) {
    recorder_note("%u:%zu@%02x:", memory->calls++, input_length, input[0]);
    psa_status_t status = recorder_answer("soft.derive_key");
    if (psa_get_key_bits(attributes) == 0 || key_buffer_size < input_length) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    // Also a driver that fails may have written something.
    memcpy(key_buffer, input, input_length);
    *key_buffer_length = input_length;
    return status;
}

psa_status_t recorder_soft_mac_verify(
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
    return recorder_answer("soft.mac_verify");
}
