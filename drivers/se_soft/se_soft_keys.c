// SPDX-License-Identifier: MIT
// Making keys and letting them out. The element stores nothing, the core does: so there is no allocate_key and no
// destroy_key; deleting a key context is the end of the key.

#include "se_soft_internal.h"

#include "se_soft_engine.h"

// Bytes that the core keeps for a key of this type and size; 0 for key types that the element does not know.
size_t se_soft_key_size(psa_key_type_t type, size_t bits) {
    size_t size = PSA_EXPORT_KEY_OUTPUT_SIZE(type, bits);
    return size > 0 ? SE_SOFT_OVERHEAD + size : 0;
}

psa_status_t se_soft_import_key(const psa_key_attributes_t *attributes, const uint8_t *data, size_t data_length,
    uint8_t *key_buffer, size_t key_buffer_size, size_t *key_buffer_length, size_t *bits) {
    *key_buffer_length = 0;
    se_soft_key_t key = { 0 };
    psa_status_t status = se_soft_key_new(attributes, data_length, &key);
    if (status == PSA_SUCCESS) {
        // The engine says what a valid key is, and how many bits it has.
        status = psa_driver_wrapper_import_key(&key.attributes, data, data_length, key.data, key.size, &key.length, bits);
    }
    if (status == PSA_SUCCESS) {
        status = se_soft_wrap(attributes, *bits, &key, key_buffer, key_buffer_size, key_buffer_length);
    }
    se_soft_key_free(&key);
    return status;
}

psa_status_t se_soft_generate_key(const psa_key_attributes_t *attributes, uint8_t *key_buffer, size_t key_buffer_size,
    size_t *key_buffer_length) {
    *key_buffer_length = 0;
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    size_t bits = psa_get_key_bits(attributes);
    se_soft_key_t key = { 0 };
    psa_status_t status = se_soft_key_new(attributes, PSA_EXPORT_KEY_OUTPUT_SIZE(psa_get_key_type(attributes), bits), &key);
    if (status == PSA_SUCCESS) {
        status = psa_driver_wrapper_generate_key(&key.attributes, &custom, NULL, 0, key.data, key.size, &key.length);
    }
    if (status == PSA_SUCCESS && PSA_KEY_TYPE_IS_UNSTRUCTURED(psa_get_key_type(attributes))) {
        // Built-in code fills the buffer of such a key and leaves its length alone.
        key.length = key.size;
    }
    if (status == PSA_SUCCESS) {
        status = se_soft_wrap(attributes, bits, &key, key_buffer, key_buffer_size, key_buffer_length);
    }
    se_soft_key_free(&key);
    return status;
}

// The core asked for it, so the key's policy has PSA_KEY_USAGE_EXPORT. An element that never lets a key out leaves this
// function away.
psa_status_t se_soft_export_key(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, uint8_t *data, size_t data_size, size_t *data_length) {
    *data_length = 0;
    se_soft_key_t key;
    psa_status_t status = se_soft_unwrap(attributes, key_buffer, key_buffer_size, &key);
    if (status == PSA_SUCCESS && key.length > data_size) {
        status = PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (status == PSA_SUCCESS) {
        memcpy(data, key.data, key.length);
        *data_length = key.length;
    }
    se_soft_key_free(&key);
    return status;
}

psa_status_t se_soft_export_public_key(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, uint8_t *data, size_t data_size, size_t *data_length) {
    *data_length = 0;
    se_soft_key_t key;
    psa_status_t status = se_soft_unwrap(attributes, key_buffer, key_buffer_size, &key);
    if (status == PSA_SUCCESS) {
        status = psa_driver_wrapper_export_public_key(&key.attributes, key.data, key.length, data, data_size, data_length);
    }
    se_soft_key_free(&key);
    return status;
}

// The attributes are those of the copy; those of the source are in its key context.
psa_status_t se_soft_copy_key(psa_key_attributes_t *attributes, const uint8_t *source_key, size_t source_key_length,
    uint8_t *target_key_buffer, size_t target_key_buffer_size, size_t *target_key_buffer_length) {
    *target_key_buffer_length = 0;
    se_soft_key_t key;
    psa_status_t status = se_soft_unwrap_source(attributes, source_key, source_key_length, &key);
    if (status == PSA_SUCCESS) {
        status = se_soft_wrap(attributes, psa_get_key_bits(attributes), &key, target_key_buffer, target_key_buffer_size,
            target_key_buffer_length);
    }
    se_soft_key_free(&key);
    return status;
}
