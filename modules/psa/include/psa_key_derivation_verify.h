// SPDX-License-Identifier: MIT
// psa_key_derivation_verify_bytes() and psa_key_derivation_verify_key(), which Mbed TLS 3.6 declares and does not
// define: a part of psa_crypto.c, which patches/ includes there after psa_key_derivation_output_bytes().
//
// A difference (PSA_ERROR_INVALID_SIGNATURE) and a capacity that is too small leave an operation that can go on; every
// other error ends it. The input keys need PSA_KEY_USAGE_VERIFY_DERIVATION, and a key that has only this and not
// PSA_KEY_USAGE_DERIVE allows no output.

#ifndef PSA_KEY_DERIVATION_VERIFY_H
#define PSA_KEY_DERIVATION_VERIFY_H

// Locks a key for psa_key_derivation_input_key() and notes what its policy means for the outputs.
static psa_status_t kdf_lock_input_key(
    psa_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    mbedtls_svc_key_id_t key,
    psa_key_slot_t **slot) {
    psa_status_t status =
        psa_get_and_lock_transparent_key_slot_with_policy(key, slot, PSA_KEY_USAGE_DERIVE, operation->alg);
    if (status == PSA_ERROR_NOT_PERMITTED) {
        status = psa_get_and_lock_transparent_key_slot_with_policy(
            key, slot, PSA_KEY_USAGE_VERIFY_DERIVATION, operation->alg);
    }
    if (status != PSA_SUCCESS || operation->alg == 0) {
        return status;
    }
    psa_key_usage_t usage = psa_get_key_usage_flags(&(*slot)->attr);
    bool is_secret = step == PSA_KEY_DERIVATION_INPUT_SECRET || step == PSA_KEY_DERIVATION_INPUT_PASSWORD;
    bool verifies = (usage & PSA_KEY_USAGE_VERIFY_DERIVATION) != 0;
    if (is_secret && !verifies) {
        // can_output_key without secret_verifies says that already.
        return PSA_SUCCESS;
    }
    psa_crypto_driver_key_derivation_inputs_t *own = kdf_own(operation);
    if (own == NULL) {
        psa_unregister_read_under_mutex(*slot);
        *slot = NULL;
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    if ((usage & PSA_KEY_USAGE_DERIVE) == 0) {
        own->verify_only = true;
    }
    if (!verifies) {
        own->never_verifies = true;
    } else if (is_secret) {
        own->secret_verifies = true;
    }
    return PSA_SUCCESS;
}

// Whether the policies of the input keys allow output.
static bool kdf_may_output(const psa_key_derivation_operation_t *operation) {
    const psa_crypto_driver_key_derivation_inputs_t *own = operation->ctx.inputs;
    return own == NULL || !own->verify_only || own->verifying;
}

// Whether they allow verification. A secret from a key agreement is no key input.
static bool kdf_may_verify(const psa_key_derivation_operation_t *operation) {
    const psa_crypto_driver_key_derivation_inputs_t *own = operation->ctx.inputs;
    if (own != NULL && own->never_verifies) {
        return false;
    }
    return !operation->can_output_key || PSA_ALG_IS_KEY_AGREEMENT(operation->alg) ||
        (own != NULL && own->secret_verifies);
}

// What both functions check first.
static psa_status_t kdf_start_verification(psa_key_derivation_operation_t *operation) {
    if (operation->alg == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    if (!kdf_may_verify(operation)) {
        kdf_exhaust(operation);
        return PSA_ERROR_NOT_PERMITTED;
    }
#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)
    return kdf_ready(operation);
#else
    return PSA_SUCCESS;
#endif
}

// Compares the next length bytes of the output.
static psa_status_t kdf_verify(psa_key_derivation_operation_t *operation, const uint8_t *expected, size_t length) {
#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)
    if (kdf_is_driven(operation) && operation->ctx.inputs->unread == NULL && length <= operation->capacity) {
        psa_status_t status = psa_driver_wrapper_key_derivation_verify_bytes(operation, expected, length);
        if (status == PSA_SUCCESS || status == PSA_ERROR_INVALID_SIGNATURE) {
            operation->ctx.inputs->output_started = true;
            operation->capacity -= length;
            return status;
        }
        if (status != PSA_ERROR_NOT_SUPPORTED) {
            kdf_exhaust(operation);
            return status;
        }
    }
#endif
    // One byte more, because nothing can be allocated for nothing.
    uint8_t *actual = mbedtls_calloc(1, length + 1);
    if (actual == NULL) {
        kdf_exhaust(operation);
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    if (operation->ctx.inputs != NULL) {
        operation->ctx.inputs->verifying = true;
    }
    psa_status_t status = psa_key_derivation_output_bytes(operation, actual, length);
    if (operation->ctx.inputs != NULL) {
        operation->ctx.inputs->verifying = false;
    }
    if (status == PSA_SUCCESS && mbedtls_ct_memcmp(actual, expected, length) != 0) {
        status = PSA_ERROR_INVALID_SIGNATURE;
    }
    mbedtls_zeroize_and_free(actual, length + 1);
    return status;
}

psa_status_t psa_key_derivation_verify_bytes(
    psa_key_derivation_operation_t *operation,
    const uint8_t *expected_external,
    size_t expected_length) {
    psa_status_t status = PSA_ERROR_CORRUPTION_DETECTED;
    LOCAL_INPUT_DECLARE(expected_external, expected);

    // Before a buffer of that size is asked for.
    if (operation->alg != 0 && expected_length > operation->capacity) {
        kdf_exhaust(operation);
        return PSA_ERROR_INSUFFICIENT_DATA;
    }
    status = kdf_start_verification(operation);
    if (status != PSA_SUCCESS) {
        return status;
    }
    LOCAL_INPUT_ALLOC(expected_external, expected_length, expected);
    status = kdf_verify(operation, expected, expected_length);
#if !defined(MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS)
exit:
#endif
    LOCAL_INPUT_FREE(expected_external, expected);
    return status;
}

// Compares the output with a key, wherever that is.
static psa_status_t kdf_verify_slot(psa_key_derivation_operation_t *operation, const psa_key_slot_t *slot) {
    if (kdf_location(&slot->attr) == PSA_KEY_LOCATION_LOCAL_STORAGE) {
        return kdf_verify(operation, slot->key.data, slot->key.bytes);
    }
#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)
    size_t key_length = PSA_BITS_TO_BYTES(slot->attr.bits);
    if (kdf_is_driven(operation) && kdf_is_here(operation, kdf_location(&slot->attr)) &&
        key_length <= operation->capacity) {
        psa_status_t result = psa_driver_wrapper_key_derivation_verify_key(
            &slot->attr, operation, slot->key.data, slot->key.bytes);
        if (result == PSA_SUCCESS || result == PSA_ERROR_INVALID_SIGNATURE) {
            operation->ctx.inputs->output_started = true;
            operation->capacity -= key_length;
            return result;
        }
        if (result != PSA_ERROR_NOT_SUPPORTED) {
            kdf_exhaust(operation);
            return result;
        }
    }
#endif
#if defined(PSA_DRIVER_HAS_OPAQUE)
    uint8_t *data;
    size_t size;
    size_t length;
    psa_status_t status = kdf_export(&slot->attr, slot->key.data, slot->key.bytes, &data, &size, &length);
    if (status != PSA_SUCCESS) {
        kdf_exhaust(operation);
        return status;
    }
    status = kdf_verify(operation, data, length);
    mbedtls_zeroize_and_free(data, size);
    return status;
#else
    // Keys of dynamic secure elements cannot be read for a derivation.
    kdf_exhaust(operation);
    return PSA_ERROR_NOT_SUPPORTED;
#endif
}

psa_status_t psa_key_derivation_verify_key(psa_key_derivation_operation_t *operation, psa_key_id_t expected) {
    psa_key_slot_t *slot = NULL;
    if (operation->alg == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    psa_status_t status = psa_get_and_lock_key_slot_with_policy(
        mbedtls_svc_key_id_make(0, expected), &slot, PSA_KEY_USAGE_VERIFY_DERIVATION, operation->alg);
    if (status != PSA_SUCCESS) {
        kdf_exhaust(operation);
        return status;
    }
    if (slot->attr.type != PSA_KEY_TYPE_PASSWORD_HASH) {
        kdf_exhaust(operation);
        status = PSA_ERROR_INVALID_ARGUMENT;
    } else {
        status = kdf_start_verification(operation);
        if (status == PSA_SUCCESS) {
            status = kdf_verify_slot(operation, slot);
        }
    }
    psa_status_t unlock_status = psa_unregister_read_under_mutex(slot);
    return status == PSA_SUCCESS ? unlock_status : status;
}

#endif
