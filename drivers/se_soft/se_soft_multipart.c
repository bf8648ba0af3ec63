// SPDX-License-Identifier: MIT
// Multi-part MAC, cipher and AEAD operations, and J-PAKE. The key is in the clear only during setup; what the engine
// keeps of it lies in the element's own operation, which every end of the operation wipes and frees:
// a failed setup and a finish, good or bad, because the core calls nothing after them, and abort.

#include "se_soft_internal.h"

#include "psa/crypto_driver_pake.h"
#include "se_soft_engine.h"

// Functions that begin and end an operation of the element, for each kind.
#define DEFINE_ENDS(kind) \
    static psa_status_t kind##_end(se_soft_##kind##_operation_t *operation) { \
        psa_status_t status = PSA_SUCCESS; \
        if (operation->inner != NULL) { \
            status = psa_driver_wrapper_##kind##_abort(operation->inner); \
            mbedtls_platform_zeroize(operation->inner, sizeof(*operation->inner)); \
            mbedtls_free(operation->inner); \
            operation->inner = NULL; \
        } \
        return status; \
    } \
    psa_status_t se_soft_##kind##_abort(se_soft_##kind##_operation_t *operation) { \
        return kind##_end(operation); \
    } \
    static psa_status_t kind##_begin(se_soft_##kind##_operation_t *operation) { \
        operation->inner = mbedtls_calloc(1, sizeof(*operation->inner)); \
        return operation->inner != NULL ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_MEMORY; \
    }

DEFINE_ENDS(mac)
DEFINE_ENDS(cipher)
DEFINE_ENDS(aead)
DEFINE_ENDS(pake)

// A setup function with a key.
#define DEFINE_SETUP(kind, name) \
    psa_status_t se_soft_##name(se_soft_##kind##_operation_t *operation, const psa_key_attributes_t *attributes, \
        const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) { \
        se_soft_key_t key; \
        psa_status_t status = se_soft_unwrap(attributes, key_buffer, key_buffer_size, &key); \
        if (status == PSA_SUCCESS) { \
            status = kind##_begin(operation); \
        } \
        if (status == PSA_SUCCESS) { \
            status = psa_driver_wrapper_##name(operation->inner, &key.attributes, key.data, key.length, alg); \
        } \
        se_soft_key_free(&key); \
        if (status != PSA_SUCCESS) { \
            (void)kind##_end(operation); \
        } \
        return status; \
    }

DEFINE_SETUP(mac, mac_sign_setup)
DEFINE_SETUP(cipher, cipher_encrypt_setup)
DEFINE_SETUP(cipher, cipher_decrypt_setup)
DEFINE_SETUP(aead, aead_encrypt_setup)
DEFINE_SETUP(aead, aead_decrypt_setup)

// The end of a finish: the first error counts.
#define END(kind) \
    psa_status_t ended = kind##_end(operation); \
    return status != PSA_SUCCESS ? status : ended

psa_status_t se_soft_mac_update(se_soft_mac_operation_t *operation, const uint8_t *input, size_t input_length) {
    return psa_driver_wrapper_mac_update(operation->inner, input, input_length);
}

psa_status_t se_soft_mac_sign_finish(se_soft_mac_operation_t *operation, uint8_t *mac, size_t mac_size,
    size_t *mac_length) {
    *mac_length = 0;
    psa_status_t status = psa_driver_wrapper_mac_sign_finish(operation->inner, mac, mac_size, mac_length);
    END(mac);
}

psa_status_t se_soft_cipher_set_iv(se_soft_cipher_operation_t *operation, const uint8_t *iv, size_t iv_length) {
    return psa_driver_wrapper_cipher_set_iv(operation->inner, iv, iv_length);
}

psa_status_t se_soft_cipher_update(se_soft_cipher_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    return psa_driver_wrapper_cipher_update(operation->inner, input, input_length, output, output_size, output_length);
}

psa_status_t se_soft_cipher_finish(se_soft_cipher_operation_t *operation, uint8_t *output, size_t output_size,
    size_t *output_length) {
    *output_length = 0;
    psa_status_t status = psa_driver_wrapper_cipher_finish(operation->inner, output, output_size, output_length);
    END(cipher);
}

psa_status_t se_soft_aead_set_nonce(se_soft_aead_operation_t *operation, const uint8_t *nonce, size_t nonce_length) {
    return psa_driver_wrapper_aead_set_nonce(operation->inner, nonce, nonce_length);
}

psa_status_t se_soft_aead_set_lengths(se_soft_aead_operation_t *operation, size_t ad_length, size_t plaintext_length) {
    return psa_driver_wrapper_aead_set_lengths(operation->inner, ad_length, plaintext_length);
}

psa_status_t se_soft_aead_update_ad(se_soft_aead_operation_t *operation, const uint8_t *input, size_t input_length) {
    return psa_driver_wrapper_aead_update_ad(operation->inner, input, input_length);
}

psa_status_t se_soft_aead_update(se_soft_aead_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    return psa_driver_wrapper_aead_update(operation->inner, input, input_length, output, output_size, output_length);
}

psa_status_t se_soft_aead_finish(se_soft_aead_operation_t *operation, uint8_t *ciphertext, size_t ciphertext_size,
    size_t *ciphertext_length, uint8_t *tag, size_t tag_size, size_t *tag_length) {
    *ciphertext_length = 0;
    *tag_length = 0;
    psa_status_t status = psa_driver_wrapper_aead_finish(operation->inner, ciphertext, ciphertext_size,
        ciphertext_length, tag, tag_size, tag_length);
    END(aead);
}

psa_status_t se_soft_aead_verify(se_soft_aead_operation_t *operation, uint8_t *plaintext, size_t plaintext_size,
    size_t *plaintext_length, const uint8_t *tag, size_t tag_length) {
    *plaintext_length = 0;
    psa_status_t status = psa_driver_wrapper_aead_verify(operation->inner, plaintext, plaintext_size, plaintext_length,
        tag, tag_length);
    END(aead);
}

////////////////////////////////////////////////////////////////////////////////
// J-PAKE

// The password in the clear.
static psa_status_t pake_password(const psa_crypto_driver_pake_inputs_t *inputs, se_soft_key_t *password) {
    uint8_t *context;
    size_t context_size;
    psa_key_attributes_t attributes;
    psa_status_t status = psa_crypto_driver_pake_get_password_key(inputs, &context, &context_size, &attributes);
    return status == PSA_SUCCESS ? se_soft_unwrap(&attributes, context, context_size, password) : status;
}

// The engine gets inputs of its own, with the password in the clear in the place of its key context.
psa_status_t se_soft_pake_setup(se_soft_pake_operation_t *operation, const psa_crypto_driver_pake_inputs_t *inputs) {
    psa_crypto_driver_pake_inputs_t inside = { 0 };
    se_soft_key_t password = { 0 };
    psa_status_t status = pake_password(inputs, &password);
    if (status == PSA_SUCCESS) {
        status = psa_crypto_driver_pake_get_cipher_suite(inputs, &inside.cipher_suite);
    }
    if (status == PSA_SUCCESS) {
        status = psa_crypto_driver_pake_get_user_len(inputs, &inside.user_len);
    }
    if (status == PSA_SUCCESS) {
        status = psa_crypto_driver_pake_get_peer_len(inputs, &inside.peer_len);
    }
    if (status == PSA_SUCCESS) {
        inside.user = mbedtls_calloc(1, inside.user_len);
        inside.peer = mbedtls_calloc(1, inside.peer_len);
        status = inside.user != NULL && inside.peer != NULL ? pake_begin(operation) : PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    size_t length;
    if (status == PSA_SUCCESS) {
        status = psa_crypto_driver_pake_get_user(inputs, inside.user, inside.user_len, &length);
    }
    if (status == PSA_SUCCESS) {
        status = psa_crypto_driver_pake_get_peer(inputs, inside.peer, inside.peer_len, &length);
    }
    if (status == PSA_SUCCESS) {
        inside.attributes = password.attributes;
        inside.password = password.data;
        inside.password_len = password.length;
        status = psa_driver_wrapper_pake_setup(operation->inner, &inside);
    }
    se_soft_key_free(&password);
    mbedtls_free(inside.user);
    mbedtls_free(inside.peer);
    if (status != PSA_SUCCESS) {
        (void)pake_end(operation);
    }
    return status;
}

psa_status_t se_soft_pake_output(se_soft_pake_operation_t *operation, psa_crypto_driver_pake_step_t step,
    uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    return psa_driver_wrapper_pake_output(operation->inner, step, output, output_size, output_length);
}

psa_status_t se_soft_pake_input(se_soft_pake_operation_t *operation, psa_crypto_driver_pake_step_t step,
    const uint8_t *input, size_t input_length) {
    return psa_driver_wrapper_pake_input(operation->inner, step, input, input_length);
}

psa_status_t se_soft_pake_get_implicit_key(se_soft_pake_operation_t *operation, uint8_t *output, size_t output_size,
    size_t *output_length) {
    *output_length = 0;
    return psa_driver_wrapper_pake_get_implicit_key(operation->inner, output, output_size, output_length);
}
