// SPDX-License-Identifier: MIT
// Ciphers and MACs with keys in secure elements whose drivers are registered at run time (psa/crypto_se_driver.h). The
// generated wrappers call these; the core calls the wrappers.
//
// A method that the element lacks is made of those that it has, where the interface says how; else the answer is
// PSA_ERROR_NOT_SUPPORTED before anything is started. A started operation ends in exactly one of two ways: its last
// step is complete (a wrong MAC is a complete verification), or p_abort is called, once. What an element wrote before
// it failed is wiped, and so is a length beyond the buffer, with PSA_ERROR_CORRUPTION_DETECTED.

#ifndef PSA_SE_OPERATIONS_H
#define PSA_SE_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psa/crypto.h"

#if defined(MBEDTLS_PSA_CRYPTO_SE_C)

#include "psa/crypto_se_driver.h"

// A multi-part operation, in the arena: made by a setup, gone after finish or abort. Operations keep a pointer to it.
typedef struct psa_se_operation_s micropsa_se_operation_t;

// The element and the key of an operation; key_buffer is the core's: a psa_key_slot_number_t.
typedef struct {
    const psa_drv_se_t *driver;
    psa_drv_se_context_t *context;
    const psa_key_attributes_t *attributes;
    const uint8_t *key_buffer;
} micropsa_se_key_t;

// *operation is set on success only, to be ended with finish or abort.
// PSA_ERROR_NOT_SUPPORTED: the element cannot; PSA_ERROR_INSUFFICIENT_MEMORY; what p_setup says.
psa_status_t micropsa_se_cipher_setup(micropsa_se_operation_t **operation, const micropsa_se_key_t *key,
    psa_algorithm_t alg, psa_encrypt_or_decrypt_t direction);
psa_status_t micropsa_se_cipher_set_iv(micropsa_se_operation_t *operation, const uint8_t *iv, size_t iv_length);
psa_status_t micropsa_se_cipher_update(micropsa_se_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length);
// Ends the operation, whatever it returns.
psa_status_t micropsa_se_cipher_finish(micropsa_se_operation_t **operation, uint8_t *output, size_t output_size,
    size_t *output_length);

// One call for a whole message. iv is NULL when decrypting: the input begins with it.
psa_status_t micropsa_se_cipher_crypt(const micropsa_se_key_t *key, psa_algorithm_t alg,
    psa_encrypt_or_decrypt_t direction, const uint8_t *iv, size_t iv_length, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length);

psa_status_t micropsa_se_mac_setup(micropsa_se_operation_t **operation, const micropsa_se_key_t *key,
    psa_algorithm_t alg, bool verifies);
psa_status_t micropsa_se_mac_update(micropsa_se_operation_t *operation, const uint8_t *input, size_t input_length);
// Both end the operation, whatever they return. mac_size: the length of the algorithm's MAC.
psa_status_t micropsa_se_mac_sign_finish(micropsa_se_operation_t **operation, uint8_t *mac, size_t mac_size,
    size_t *mac_length);
psa_status_t micropsa_se_mac_verify_finish(micropsa_se_operation_t **operation, const uint8_t *mac, size_t mac_length);

psa_status_t micropsa_se_mac_compute(const micropsa_se_key_t *key, psa_algorithm_t alg, const uint8_t *input,
    size_t input_length, uint8_t *mac, size_t mac_size, size_t *mac_length);
// PSA_ERROR_NOT_SUPPORTED: compute and compare.
psa_status_t micropsa_se_mac_verify(const micropsa_se_key_t *key, psa_algorithm_t alg, const uint8_t *input,
    size_t input_length, const uint8_t *mac, size_t mac_length);

// Ends a cipher or MAC operation that is not complete. PSA_SUCCESS when there is none.
psa_status_t micropsa_se_abort(micropsa_se_operation_t **operation);

#endif

#endif
