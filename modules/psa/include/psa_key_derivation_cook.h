// SPDX-License-Identifier: MIT
// Cooked keys, those that are not just bytes of the key stream, from transparent drivers: a part of psa_crypto.c, which
// patches/ includes there after psa_key_derivation_dispatch.h.

#ifndef PSA_KEY_DERIVATION_COOK_H
#define PSA_KEY_DERIVATION_COOK_H

#if defined(PSA_DRIVER_HAS_DERIVE_KEY)

// Serves bytes that were read for a driver before. False: there are none.
static bool kdf_read_again(
    psa_key_derivation_operation_t *operation, uint8_t *output, size_t length, psa_status_t *status) {
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    if (inputs == NULL || inputs->unread == NULL) {
        return false;
    }
    size_t count = inputs->unread_size - inputs->unread_offset;
    if (count > length) {
        count = length;
    }
    memcpy(output, inputs->unread + inputs->unread_offset, count);
    inputs->unread_offset += count;
    operation->capacity -= count;
    if (inputs->unread_offset == inputs->unread_size) {
        mbedtls_zeroize_and_free(inputs->unread, inputs->unread_size);
        inputs->unread = NULL;
    }
    *status = PSA_SUCCESS;
    if (count < length) {
        *status = psa_key_derivation_output_bytes(operation, output + count, length - count);
    }
    return true;
}

// Derives a cooked key with a transparent driver. On success *data is its export format, *length bytes, for the caller
// to wipe and free. NOT_SUPPORTED: no driver does, and the stream is where it was.
static psa_status_t kdf_cook(
    psa_key_derivation_operation_t *operation,
    const psa_key_attributes_t *slot_attributes,
    size_t bits,
    uint8_t **data,
    size_t *length) {
    psa_key_attributes_t attributes = *slot_attributes;
    psa_key_type_t type = psa_get_key_type(&attributes);
    psa_set_key_bits(&attributes, bits);
    bool is_raw = key_type_is_raw_bytes(type) && type != PSA_KEY_TYPE_DES;
    if (is_raw || !psa_driver_wrapper_derive_key_is_candidate(&attributes)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = PSA_ERROR_INSUFFICIENT_MEMORY;
    size_t size = PSA_EXPORT_KEY_OUTPUT_SIZE(type, bits);
    size_t first_length = psa_driver_derive_key_length(&attributes);
    if (size == 0 || first_length == 0) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    uint8_t *first = mbedtls_calloc(1, first_length);
    uint8_t *key = mbedtls_calloc(1, size);
    psa_crypto_driver_key_derivation_inputs_t *own = kdf_own(operation);
    if (first == NULL || key == NULL || own == NULL) {
        goto exit;
    }
    status = psa_key_derivation_output_bytes(operation, first, first_length);
    if (status != PSA_SUCCESS) {
        goto exit;
    }
    status = psa_driver_wrapper_derive_key(&attributes, operation, first, first_length, key, size, length);
    if (status == PSA_SUCCESS && (*length == 0 || *length > size)) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status == PSA_SUCCESS) {
        mbedtls_platform_zeroize(key + *length, size - *length);
        *data = key;
        key = NULL;
    } else if (status == PSA_ERROR_NOT_SUPPORTED) {
        if (own->unread != NULL) {
            mbedtls_zeroize_and_free(own->unread, own->unread_size);
        }
        own->unread = first;
        own->unread_size = first_length;
        own->unread_offset = 0;
        operation->capacity += first_length;
        first = NULL;
    } else {
        kdf_exhaust(operation);
    }

exit:
    if (first != NULL) {
        mbedtls_zeroize_and_free(first, first_length);
    }
    if (key != NULL) {
        mbedtls_zeroize_and_free(key, size);
    }
    return status;
}

#endif
#endif
