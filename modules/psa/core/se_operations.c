// SPDX-License-Identifier: MIT

// The methods of a driver are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "psa_se_operations.h"

#if defined(MBEDTLS_PSA_CRYPTO_SE_C)

#include "mbedtls/constant_time.h"
#include "mbedtls/platform.h"
#include "mbedtls/platform_util.h"

struct psa_se_operation_s {
    const psa_drv_se_cipher_t *cipher; // this or mac
    const psa_drv_se_mac_t *mac;
    size_t context_size;

    // ECB out of p_ecb, which knows no parts: the key, and the bytes of a block that is not complete.
    bool by_blocks;
    psa_drv_se_context_t *drv_context;
    psa_key_slot_number_t slot;
    psa_algorithm_t alg;
    psa_encrypt_or_decrypt_t direction;
    size_t block_length, pending_length;
    uint8_t pending[PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE];

    uint64_t context[]; // the driver's, context_size bytes, aligned as the arena has it
};

static psa_key_slot_number_t slot_of(const micropsa_se_key_t *key) {
    psa_key_slot_number_t slot;
    memcpy(&slot, key->key_buffer, sizeof(slot));
    return slot;
}

// The status of a call that had output: what a failed one wrote is wiped, and what cannot be believed is a failure.
static psa_status_t checked(psa_status_t status, uint8_t *output, size_t size, size_t *length) {
    if (status == PSA_SUCCESS && *length > size) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status != PSA_SUCCESS) {
        if (size > 0) {
            mbedtls_platform_zeroize(output, size);
        }
        *length = 0;
    }
    return status;
}

static micropsa_se_operation_t *make(size_t context_size) {
    micropsa_se_operation_t *operation = NULL;
    if (context_size <= SIZE_MAX - sizeof(*operation)) {
        operation = mbedtls_calloc(1, sizeof(*operation) + context_size);
    }
    if (operation != NULL) {
        operation->context_size = context_size;
    }
    return operation;
}

static void release(micropsa_se_operation_t **operation) {
    mbedtls_platform_zeroize(*operation, sizeof(**operation) + (*operation)->context_size);
    mbedtls_free(*operation);
    *operation = NULL;
}

psa_status_t micropsa_se_abort(micropsa_se_operation_t **operation) {
    psa_status_t status = PSA_SUCCESS;
    if (*operation == NULL) {
        return PSA_SUCCESS;
    }
    if ((*operation)->mac != NULL) {
        if ((*operation)->mac->p_abort != NULL) {
            status = (*operation)->mac->p_abort((*operation)->context);
        }
    } else if (!(*operation)->by_blocks && (*operation)->cipher->p_abort != NULL) {
        status = (*operation)->cipher->p_abort((*operation)->context);
    }
    release(operation);
    return status;
}

// Ends an operation after its last step. The status of that step counts, not that of the abort.
static psa_status_t end(micropsa_se_operation_t **operation, psa_status_t status, bool complete) {
    if (complete) {
        release(operation);
    } else {
        (void)micropsa_se_abort(operation);
    }
    return status;
}

////////////////////////////////////////////////////////////////////////////////
// Ciphers

static size_t block_length_of(const micropsa_se_key_t *key) {
    return PSA_BLOCK_CIPHER_BLOCK_LENGTH(psa_get_key_type(key->attributes));
}

// Whether blocks of the key can be put through p_ecb instead of an operation.
static bool has_blocks(const micropsa_se_key_t *key, psa_algorithm_t alg) {
    return alg == PSA_ALG_ECB_NO_PADDING && key->driver->cipher->p_ecb != NULL && block_length_of(key) > 0;
}

static bool has_parts(const micropsa_se_key_t *key, psa_algorithm_t alg) {
    const psa_drv_se_cipher_t *cipher = key->driver->cipher;
    bool needs_iv = PSA_CIPHER_IV_LENGTH(psa_get_key_type(key->attributes), alg) > 0;
    return cipher->p_setup != NULL && cipher->p_update != NULL && cipher->p_finish != NULL &&
        (!needs_iv || cipher->p_set_iv != NULL);
}

psa_status_t micropsa_se_cipher_setup(micropsa_se_operation_t **operation, const micropsa_se_key_t *key,
    psa_algorithm_t alg, psa_encrypt_or_decrypt_t direction) {
    const psa_drv_se_cipher_t *cipher = key->driver->cipher;
    *operation = NULL;
    if (cipher == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = PSA_ERROR_NOT_SUPPORTED;
    micropsa_se_operation_t *made = NULL;
    if (has_parts(key, alg)) {
        made = make(cipher->context_size);
        if (made == NULL) {
            return PSA_ERROR_INSUFFICIENT_MEMORY;
        }
        made->cipher = cipher;
        status = cipher->p_setup(key->context, made->context, slot_of(key), alg, direction);
        if (status != PSA_SUCCESS) {
            // It was not started, so there is nothing to abort.
            release(&made);
        }
    }
    if (status == PSA_ERROR_NOT_SUPPORTED && has_blocks(key, alg)) {
        made = make(0);
        if (made == NULL) {
            return PSA_ERROR_INSUFFICIENT_MEMORY;
        }
        made->cipher = cipher;
        made->by_blocks = true;
        made->drv_context = key->context;
        made->slot = slot_of(key);
        made->alg = alg;
        made->direction = direction;
        made->block_length = block_length_of(key);
        status = PSA_SUCCESS;
    }
    *operation = made;
    return status;
}

psa_status_t micropsa_se_cipher_set_iv(micropsa_se_operation_t *operation, const uint8_t *iv, size_t iv_length) {
    if (operation->by_blocks || operation->cipher->p_set_iv == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    return operation->cipher->p_set_iv(operation->context, iv, iv_length);
}

static psa_status_t crypt_blocks(micropsa_se_operation_t *operation, const uint8_t *input, size_t length,
    uint8_t *output, size_t *output_length) {
    psa_status_t status = PSA_SUCCESS;
    if (length > 0) {
        status = operation->cipher->p_ecb(operation->drv_context, operation->slot, operation->alg,
            operation->direction, input, length, output, length);
    }
    if (status == PSA_SUCCESS) {
        *output_length += length;
    }
    return status;
}

static psa_status_t update_blocks(micropsa_se_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length) {
    const size_t block = operation->block_length;
    psa_status_t status = PSA_SUCCESS;
    *output_length = 0;
    if (input_length > SIZE_MAX - block || (operation->pending_length + input_length) / block * block > output_size) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (operation->pending_length > 0) {
        size_t missing = block - operation->pending_length;
        size_t taken = input_length < missing ? input_length : missing;
        if (taken > 0) {
            memcpy(operation->pending + operation->pending_length, input, taken);
        }
        operation->pending_length += taken;
        input += taken;
        input_length -= taken;
        if (operation->pending_length == block) {
            operation->pending_length = 0;
            status = crypt_blocks(operation, operation->pending, block, output, output_length);
        }
    }
    if (status == PSA_SUCCESS && input_length >= block) {
        size_t whole = input_length / block * block;
        status = crypt_blocks(operation, input, whole, output + *output_length, output_length);
        input += whole;
        input_length -= whole;
    }
    if (status == PSA_SUCCESS && input_length > 0) {
        memcpy(operation->pending, input, input_length);
        operation->pending_length = input_length;
    }
    return status;
}

psa_status_t micropsa_se_cipher_update(micropsa_se_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length) {
    psa_status_t status;
    *output_length = 0;
    if (operation->by_blocks) {
        status = update_blocks(operation, input, input_length, output, output_size, output_length);
    } else {
        status = operation->cipher->p_update(operation->context, input, input_length, output, output_size,
            output_length);
    }
    return checked(status, output, output_size, output_length);
}

psa_status_t micropsa_se_cipher_finish(micropsa_se_operation_t **operation, uint8_t *output, size_t output_size,
    size_t *output_length) {
    psa_status_t status;
    *output_length = 0;
    if ((*operation)->by_blocks) {
        status = (*operation)->pending_length == 0 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
    } else {
        status = (*operation)->cipher->p_finish((*operation)->context, output, output_size, output_length);
    }
    status = checked(status, output, output_size, output_length);
    return end(operation, status, status == PSA_SUCCESS);
}

psa_status_t micropsa_se_cipher_crypt(const micropsa_se_key_t *key, psa_algorithm_t alg,
    psa_encrypt_or_decrypt_t direction, const uint8_t *iv, size_t iv_length, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    if (iv == NULL && direction == PSA_CRYPTO_DRIVER_DECRYPT) {
        iv_length = PSA_CIPHER_IV_LENGTH(psa_get_key_type(key->attributes), alg);
        if (input_length < iv_length) {
            return PSA_ERROR_INVALID_ARGUMENT;
        }
        iv = input;
        input += iv_length;
        input_length -= iv_length;
    }
    micropsa_se_operation_t *operation;
    psa_status_t status = micropsa_se_cipher_setup(&operation, key, alg, direction);
    if (status != PSA_SUCCESS) {
        return status;
    }
    size_t body_length = 0;
    size_t rest_length = 0;
    if (iv_length > 0) {
        status = micropsa_se_cipher_set_iv(operation, iv, iv_length);
    }
    if (status == PSA_SUCCESS && input_length > 0) {
        status = micropsa_se_cipher_update(operation, input, input_length, output, output_size, &body_length);
    }
    if (status != PSA_SUCCESS) {
        (void)micropsa_se_abort(&operation);
    } else {
        status = micropsa_se_cipher_finish(&operation, output + body_length, output_size - body_length, &rest_length);
    }
    *output_length = body_length + rest_length;
    return checked(status, output, output_size, output_length);
}

////////////////////////////////////////////////////////////////////////////////
// MACs

psa_status_t micropsa_se_mac_setup(micropsa_se_operation_t **operation, const micropsa_se_key_t *key,
    psa_algorithm_t alg, bool verifies) {
    const psa_drv_se_mac_t *mac = key->driver->mac;
    *operation = NULL;
    if (mac == NULL || mac->p_setup == NULL || mac->p_update == NULL ||
        (mac->p_finish == NULL && (!verifies || mac->p_finish_verify == NULL))) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    micropsa_se_operation_t *made = make(mac->context_size);
    if (made == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    made->mac = mac;
    psa_status_t status = mac->p_setup(key->context, made->context, slot_of(key), alg);
    if (status != PSA_SUCCESS) {
        release(&made);
    }
    *operation = made;
    return status;
}

psa_status_t micropsa_se_mac_update(micropsa_se_operation_t *operation, const uint8_t *input, size_t input_length) {
    return operation->mac->p_update(operation->context, input, input_length);
}

psa_status_t micropsa_se_mac_sign_finish(micropsa_se_operation_t **operation, uint8_t *mac, size_t mac_size,
    size_t *mac_length) {
    *mac_length = 0;
    psa_status_t status = (*operation)->mac->p_finish((*operation)->context, mac, mac_size, mac_length);
    status = checked(status, mac, mac_size, mac_length);
    return end(operation, status, status == PSA_SUCCESS);
}

psa_status_t micropsa_se_mac_verify_finish(micropsa_se_operation_t **operation, const uint8_t *mac, size_t mac_length) {
    psa_status_t status;
    bool complete;
    if ((*operation)->mac->p_finish_verify != NULL) {
        status = (*operation)->mac->p_finish_verify((*operation)->context, mac, mac_length);
        complete = status == PSA_SUCCESS || status == PSA_ERROR_INVALID_SIGNATURE;
    } else {
        uint8_t actual[PSA_MAC_MAX_SIZE];
        size_t length = 0;
        if (mac_length > sizeof(actual)) {
            return end(operation, PSA_ERROR_INVALID_ARGUMENT, false);
        }
        status = (*operation)->mac->p_finish((*operation)->context, actual, mac_length, &length);
        status = checked(status, actual, mac_length, &length);
        complete = status == PSA_SUCCESS;
        if (complete && (length != mac_length || mbedtls_ct_memcmp(actual, mac, mac_length) != 0)) {
            status = PSA_ERROR_INVALID_SIGNATURE;
        }
        mbedtls_platform_zeroize(actual, sizeof(actual));
    }
    return end(operation, status, complete);
}

// Setup and one update; on failure the operation has ended.
static psa_status_t start_mac(micropsa_se_operation_t **operation, const micropsa_se_key_t *key, psa_algorithm_t alg,
    bool verifies, const uint8_t *input, size_t input_length) {
    psa_status_t status = micropsa_se_mac_setup(operation, key, alg, verifies);
    if (status == PSA_SUCCESS && input_length > 0) {
        status = micropsa_se_mac_update(*operation, input, input_length);
    }
    if (status != PSA_SUCCESS) {
        (void)micropsa_se_abort(operation);
    }
    return status;
}

psa_status_t micropsa_se_mac_compute(const micropsa_se_key_t *key, psa_algorithm_t alg, const uint8_t *input,
    size_t input_length, uint8_t *mac, size_t mac_size, size_t *mac_length) {
    *mac_length = 0;
    if (key->driver->mac == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (key->driver->mac->p_mac != NULL) {
        psa_status_t status = key->driver->mac->p_mac(key->context, input, input_length, slot_of(key), alg, mac,
            mac_size, mac_length);
        return checked(status, mac, mac_size, mac_length);
    }
    micropsa_se_operation_t *operation;
    psa_status_t status = start_mac(&operation, key, alg, false, input, input_length);
    return status == PSA_SUCCESS ? micropsa_se_mac_sign_finish(&operation, mac, mac_size, mac_length) : status;
}

psa_status_t micropsa_se_mac_verify(const micropsa_se_key_t *key, psa_algorithm_t alg, const uint8_t *input,
    size_t input_length, const uint8_t *mac, size_t mac_length) {
    const psa_drv_se_mac_t *methods = key->driver->mac;
    if (methods != NULL && methods->p_mac_verify != NULL) {
        return methods->p_mac_verify(key->context, input, input_length, slot_of(key), alg, mac, mac_length);
    }
    if (methods == NULL || methods->p_mac != NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    micropsa_se_operation_t *operation;
    psa_status_t status = start_mac(&operation, key, alg, true, input, input_length);
    return status == PSA_SUCCESS ? micropsa_se_mac_verify_finish(&operation, mac, mac_length) : status;
}

#endif
