// SPDX-License-Identifier: MIT
// Accessors of a PAKE driver's inputs that Mbed TLS 3.6 lacks (PSA driver interface, "PAKE driver inputs"); the others
// are in psa/crypto_extra.h.

#ifndef PSA_CRYPTO_DRIVER_PAKE_H
#define PSA_CRYPTO_DRIVER_PAKE_H

#include <stddef.h>
#include <stdint.h>

#include "psa/crypto.h"

// Copies a password that is in local storage.
//   PSA_ERROR_BAD_STATE         there is no password
//   PSA_ERROR_BUFFER_TOO_SMALL  buffer_size is less than psa_crypto_driver_pake_get_password_len() bytes
//   PSA_ERROR_INVALID_ARGUMENT  the password is in a secure element: use get_password_key()
psa_status_t psa_crypto_driver_pake_get_password_bytes(
    const psa_crypto_driver_pake_inputs_t *inputs,
    uint8_t *buffer,
    size_t buffer_size,
    size_t *buffer_length);

// Key context and attributes of the password, wherever it is. *p_key_buffer belongs to the core and is valid until the
// "pake_setup" entry point returns. The specification has the attributes as const: an output cannot be, so they are not.
//   PSA_ERROR_BAD_STATE         there is no password
psa_status_t psa_crypto_driver_pake_get_password_key(
    const psa_crypto_driver_pake_inputs_t *inputs,
    uint8_t **p_key_buffer,
    size_t *key_buffer_size,
    psa_key_attributes_t *attributes);

#endif
