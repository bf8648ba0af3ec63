// SPDX-License-Identifier: MIT
// What a key derivation driver sees of an operation's inputs (PSA driver interface, "Key derivation driver initial
// inputs"). Generated code includes this header when a driver of the board declares key_derivation.

#ifndef PSA_CRYPTO_DRIVER_KEY_DERIVATION_H
#define PSA_CRYPTO_DRIVER_KEY_DERIVATION_H

#include <stddef.h>
#include <stdint.h>

// The inputs that the core collected. Valid until the "key_derivation_setup" entry point returns. Declared before
// psa/crypto.h, because that includes the headers of drivers, which may name the type.
typedef struct psa_crypto_driver_key_derivation_inputs_s psa_crypto_driver_key_derivation_inputs_t;

#include "psa/crypto.h"

// The specification declares the enumeration and then uses it as a type name.
typedef enum psa_crypto_driver_key_derivation_input_type_e {
    PSA_KEY_DERIVATION_INPUT_TYPE_INVALID = 0, // the algorithm has no such step
    PSA_KEY_DERIVATION_INPUT_TYPE_OMITTED, // an optional step that the caller left out
    PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, // get_input_size(), get_input_bytes()
    PSA_KEY_DERIVATION_INPUT_TYPE_KEY, // a key object: get_input_key()
    PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER, // get_input_integer()
} psa_crypto_driver_key_derivation_input_type_t;

// Whether a step is there and how to read it. Long inputs of vendor algorithms are INVALID here: they come later,
// through "key_derivation_input_step".
psa_crypto_driver_key_derivation_input_type_t psa_crypto_driver_key_derivation_get_input_type(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step);

// All of the following return
//   PSA_SUCCESS
//   PSA_ERROR_DOES_NOT_EXIST    the step may come later as a long input
//   PSA_ERROR_INVALID_ARGUMENT  the step has another type, was left out, or the algorithm does not have it
// and none of the errors is fatal.

// *size: length of a bytes input, in bytes.
psa_status_t psa_crypto_driver_key_derivation_get_input_size(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    size_t *size);

// Copies a bytes input. PSA_ERROR_BUFFER_TOO_SMALL: buffer_size (bytes) is less than the input's size.
psa_status_t psa_crypto_driver_key_derivation_get_input_bytes(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    uint8_t *buffer,
    size_t buffer_size,
    size_t *buffer_length);

// Attributes and key context of a key input. The key is local (then the context is its export format) or in the
// driver's own location. *p_key_buffer belongs to the core and is valid until the entry point returns; a driver that
// needs it longer makes a copy. The specification has the attributes as const: an output cannot be, so they are not.
psa_status_t psa_crypto_driver_key_derivation_get_input_key(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    psa_key_attributes_t *attributes,
    uint8_t **p_key_buffer,
    size_t *key_buffer_size);

// *value: an integer input, such as the cost of PBKDF2 (iterations).
psa_status_t psa_crypto_driver_key_derivation_get_input_integer(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    uint64_t *value);

#endif
