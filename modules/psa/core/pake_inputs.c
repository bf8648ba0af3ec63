// SPDX-License-Identifier: MIT
// Accessors of a PAKE driver's inputs that Mbed TLS 3.6 lacks.

// The core keeps the inputs in a structure that its API header shows; these functions are a part of the core.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "psa/crypto_driver_pake.h"

#include <string.h>

psa_status_t psa_crypto_driver_pake_get_password_bytes(
    const psa_crypto_driver_pake_inputs_t *inputs,
    uint8_t *buffer,
    size_t buffer_size,
    size_t *buffer_length) {
    if (inputs->password_len == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    psa_key_lifetime_t lifetime = psa_get_key_lifetime(&inputs->attributes);
    if (PSA_KEY_LIFETIME_GET_LOCATION(lifetime) != PSA_KEY_LOCATION_LOCAL_STORAGE) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (buffer_size < inputs->password_len) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    memcpy(buffer, inputs->password, inputs->password_len);
    *buffer_length = inputs->password_len;
    return PSA_SUCCESS;
}

psa_status_t psa_crypto_driver_pake_get_password_key(
    const psa_crypto_driver_pake_inputs_t *inputs,
    uint8_t **p_key_buffer,
    size_t *key_buffer_size,
    psa_key_attributes_t *attributes) {
    if (inputs->password_len == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    *p_key_buffer = inputs->password;
    *key_buffer_size = inputs->password_len;
    *attributes = inputs->attributes;
    return PSA_SUCCESS;
}
