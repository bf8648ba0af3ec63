// SPDX-License-Identifier: MIT
// The core's side of a key derivation's inputs. Drivers see them through psa/crypto_driver_key_derivation.h only.

#ifndef PSA_KEY_DERIVATION_INPUTS_H
#define PSA_KEY_DERIVATION_INPUTS_H

#include <stdbool.h>

#include "psa/crypto_driver_key_derivation.h"

// One input as it came, in a list that keeps the order: built-in code gets the inputs in that order again.
typedef struct micropsa_kdf_input_s {
    struct micropsa_kdf_input_s *next;
    psa_key_derivation_step_t step;
    psa_crypto_driver_key_derivation_input_type_t type; // INVALID: a key that only waits for its destruction
    bool temporary; // a key that was created for this operation and ends with it
    psa_key_attributes_t attributes; // of a key
    uint64_t integer;
    size_t length; // bytes in data
    // Bytes or a key context; drivers lay structures over contexts.
    uint8_t data[] __attribute__((aligned(8)));
} micropsa_kdf_input_t;

// What operation->ctx.inputs points to. It is there while inputs are collected (operation->ctx.id is 0), and later
// when the operation owns more than the driver's context: temporary keys, a restriction, unread output.
struct psa_crypto_driver_key_derivation_inputs_s {
    psa_algorithm_t alg; // without key agreement
    psa_key_location_t location; // of the secure element whose driver works, else local storage
    bool capacity_set; // by the application
    bool output_started;
    bool verify_only; // an input key has PSA_KEY_USAGE_VERIFY_DERIVATION and not PSA_KEY_USAGE_DERIVE
    bool secret_verifies; // the secret came from a key with PSA_KEY_USAGE_VERIFY_DERIVATION
    bool never_verifies; // another input came from a key without it
    bool verifying; // psa_key_derivation_verify_...() is reading the output
    micropsa_kdf_input_t *first;
    uint8_t *unread; // output that was read for a driver that did not want it
    size_t unread_size; // bytes
    size_t unread_offset; // bytes of it that were read again
};

// The step that decides which driver works: SECRET, or PASSWORD for password hashing.
psa_key_derivation_step_t micropsa_kdf_secret_step(psa_algorithm_t alg);

// Whether the algorithm takes this input now; the statuses are those of Mbed TLS's built-in code.
// length: bytes of the input, or of the secret that a key context stands for; data: NULL unless it is bytes.
psa_status_t micropsa_kdf_check_step(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    psa_crypto_driver_key_derivation_input_type_t type,
    const uint8_t *data,
    size_t length,
    uint64_t integer);

// Whether a step of a vendor's algorithm is a long input, which goes straight to the driver.
bool micropsa_kdf_is_long_step(psa_algorithm_t alg, psa_key_derivation_step_t step);

// PSA_ERROR_BAD_STATE when a mandatory input is missing.
psa_status_t micropsa_kdf_check_complete(const psa_crypto_driver_key_derivation_inputs_t *inputs);

// The first input of a step, NULL when there is none.
micropsa_kdf_input_t *micropsa_kdf_find(
    const psa_crypto_driver_key_derivation_inputs_t *inputs, psa_key_derivation_step_t step);

// Capacity in bytes of an algorithm that the built-in code does not have.
size_t micropsa_kdf_capacity(psa_algorithm_t alg);

#endif
