// SPDX-License-Identifier: MIT
// HKDF (RFC 5869) and its two halves, with a secret that stays inside, and keys that are derived into the element
// without passing through the core.

#include "se_soft_internal.h"

#include "psa/crypto_driver_key_derivation.h"
#include "se_soft_engine.h"

#define LAST_BLOCK 255 // HKDF numbers its blocks with one byte

_Static_assert(PSA_HASH_MAX_SIZE <= sizeof(((se_soft_key_derivation_operation_t *)0)->prk), "a block is one hash");

// An input, whatever it was given as: a key of this element, one of local storage, bytes, or nothing.
static psa_status_t fetch(const psa_crypto_driver_key_derivation_inputs_t *inputs, psa_key_derivation_step_t step,
    se_soft_key_t *input) {
    const psa_key_attributes_t none = PSA_KEY_ATTRIBUTES_INIT;
    memset(input, 0, sizeof(*input));
    psa_key_attributes_t attributes;
    uint8_t *data;
    size_t size;
    psa_status_t status;
    switch (psa_crypto_driver_key_derivation_get_input_type(inputs, step)) {
        case PSA_KEY_DERIVATION_INPUT_TYPE_OMITTED:
            return se_soft_key_new(&none, 0, input);
        case PSA_KEY_DERIVATION_INPUT_TYPE_BYTES:
            status = psa_crypto_driver_key_derivation_get_input_size(inputs, step, &size);
            if (status == PSA_SUCCESS) {
                status = se_soft_key_new(&none, size, input);
            }
            if (status == PSA_SUCCESS) {
                status = psa_crypto_driver_key_derivation_get_input_bytes(inputs, step, input->data, input->size,
                    &input->length);
            }
            return status;
        case PSA_KEY_DERIVATION_INPUT_TYPE_KEY:
            status = psa_crypto_driver_key_derivation_get_input_key(inputs, step, &attributes, &data, &size);
            if (status != PSA_SUCCESS) {
                return status;
            }
            if (PSA_KEY_LIFETIME_GET_LOCATION(psa_get_key_lifetime(&attributes)) != PSA_KEY_LOCATION_LOCAL_STORAGE) {
                return se_soft_unwrap(&attributes, data, size, input);
            }
            status = se_soft_key_new(&attributes, size, input);
            if (status == PSA_SUCCESS) {
                memcpy(input->data, data, size);
                input->length = size;
            }
            return status;
        default:
            return PSA_ERROR_INVALID_ARGUMENT;
    }
}

// The pseudo-random key: of the salt and the secret, or the secret itself.
static psa_status_t extract(se_soft_key_derivation_operation_t *operation, psa_algorithm_t alg,
    const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    size_t hash_length = PSA_HASH_LENGTH(operation->hash);
    se_soft_key_t secret, salt = { 0 };
    psa_status_t status = fetch(inputs, PSA_KEY_DERIVATION_INPUT_SECRET, &secret);
    if (status != PSA_SUCCESS) {
        // Nothing to add.
    } else if (PSA_ALG_IS_HKDF_EXPAND(alg)) {
        if (secret.length == hash_length) {
            memcpy(operation->prk, secret.data, hash_length);
        } else {
            status = PSA_ERROR_INVALID_ARGUMENT;
        }
    } else {
        status = fetch(inputs, PSA_KEY_DERIVATION_INPUT_SALT, &salt);
        if (status == PSA_SUCCESS) {
            // No salt is a hash of zeroes, which is the same key for HMAC as an empty one.
            static const uint8_t zeroes[sizeof(operation->prk)];
            bool has_salt = salt.length > 0;
            status = se_soft_hmac(operation->hash, has_salt ? salt.data : zeroes, has_salt ? salt.length : hash_length,
                secret.data, secret.length, operation->prk);
        }
    }
    se_soft_key_free(&secret);
    se_soft_key_free(&salt);
    return status;
}

psa_status_t se_soft_key_derivation_setup(se_soft_key_derivation_operation_t *operation, psa_algorithm_t alg,
    const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    operation->hash = PSA_ALG_HKDF_GET_HASH(alg);
    size_t hash_length = PSA_HASH_LENGTH(operation->hash);
    if (!PSA_ALG_IS_ANY_HKDF(alg) || hash_length == 0) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = extract(operation, alg, inputs);
    if (status == PSA_SUCCESS && PSA_ALG_IS_HKDF_EXTRACT(alg)) {
        // The key stream is the pseudo-random key.
        memcpy(operation->block, operation->prk, hash_length);
        operation->number = LAST_BLOCK;
        operation->capacity = hash_length;
        return PSA_SUCCESS;
    }
    se_soft_key_t info = { 0 };
    if (status == PSA_SUCCESS) {
        status = fetch(inputs, PSA_KEY_DERIVATION_INPUT_INFO, &info);
    }
    if (status == PSA_SUCCESS) {
        operation->message_size = hash_length + info.length + 1;
        operation->message = mbedtls_calloc(1, operation->message_size);
        status = operation->message != NULL ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    if (status == PSA_SUCCESS) {
        memcpy(operation->message + hash_length, info.data, info.length);
        operation->used = (uint8_t)hash_length;
        operation->capacity = LAST_BLOCK * hash_length;
    }
    se_soft_key_free(&info);
    if (status != PSA_SUCCESS) {
        // The core calls nothing after a failed setup.
        (void)se_soft_key_derivation_abort(operation);
    }
    return status;
}

psa_status_t se_soft_key_derivation_abort(se_soft_key_derivation_operation_t *operation) {
    if (operation->message != NULL) {
        mbedtls_platform_zeroize(operation->message, operation->message_size);
        mbedtls_free(operation->message);
    }
    mbedtls_platform_zeroize(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

psa_status_t se_soft_key_derivation_set_capacity(se_soft_key_derivation_operation_t *operation, size_t capacity) {
    if (capacity > operation->capacity) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    operation->capacity = capacity;
    return PSA_SUCCESS;
}

// T(n) = HMAC(prk, T(n - 1) | info | n); T(0) is empty.
static psa_status_t next_block(se_soft_key_derivation_operation_t *operation) {
    size_t hash_length = PSA_HASH_LENGTH(operation->hash);
    if (operation->number == LAST_BLOCK) {
        return PSA_ERROR_INSUFFICIENT_DATA;
    }
    size_t skip = operation->number == 0 ? hash_length : 0;
    operation->number++;
    memcpy(operation->message, operation->block, hash_length);
    operation->message[operation->message_size - 1] = operation->number;
    operation->used = 0;
    return se_soft_hmac(operation->hash, operation->prk, hash_length, operation->message + skip,
        operation->message_size - skip, operation->block);
}

psa_status_t se_soft_key_derivation_output_bytes(se_soft_key_derivation_operation_t *operation, uint8_t *output,
    size_t output_length) {
    if (output_length > operation->capacity) {
        return PSA_ERROR_INSUFFICIENT_DATA;
    }
    operation->capacity -= output_length;
    size_t hash_length = PSA_HASH_LENGTH(operation->hash);
    for (size_t done = 0; done < output_length;) {
        if (operation->used == hash_length) {
            psa_status_t status = next_block(operation);
            if (status != PSA_SUCCESS) {
                mbedtls_platform_zeroize(output, output_length);
                return status;
            }
        }
        size_t part = hash_length - operation->used;
        if (part > output_length - done) {
            part = output_length - done;
        }
        memcpy(output + done, operation->block + operation->used, part);
        operation->used += (uint8_t)part;
        done += part;
    }
    return PSA_SUCCESS;
}

// A key pair of a curve, cooked as the specification says (psa_key_derivation_output_key()).
static psa_status_t output_ecc_key(const psa_key_attributes_t *attributes,
    se_soft_key_derivation_operation_t *operation, se_soft_key_t *candidate, se_soft_key_t *key) {
    size_t bits = psa_get_key_bits(attributes);
    bool montgomery = PSA_KEY_TYPE_ECC_GET_FAMILY(psa_get_key_type(attributes)) == PSA_ECC_FAMILY_MONTGOMERY;
    uint8_t *data = candidate->data;
    psa_status_t status;
    do {
        status = se_soft_key_derivation_output_bytes(operation, data, candidate->size);
        if (status != PSA_SUCCESS) {
            return status;
        }
        if (montgomery) {
            // RFC 7748, section 5: the fixed bits of a scalar.
            data[0] &= bits == 255 ? 0xf8 : 0xfc;
            data[candidate->size - 1] &= bits == 255 ? 0x7f : 0xff;
            data[candidate->size - 1] |= bits == 255 ? 0x40 : 0x80;
        } else {
            if (bits % 8 != 0) {
                data[0] &= (uint8_t)((1u << bits % 8) - 1);
            }
            // The key is the candidate plus one; a candidate of ones only has become zero, which is no key.
            for (size_t i = candidate->size; i > 0 && ++data[i - 1] == 0; i--) {
            }
        }
        // The engine refuses what is not from 1 to the order minus one: then the next bytes are taken.
        size_t found = bits;
        status = psa_driver_wrapper_import_key(&key->attributes, data, candidate->size, key->data, key->size,
            &key->length, &found);
    } while (status == PSA_ERROR_INVALID_ARGUMENT && !montgomery);
    return status;
}

psa_status_t se_soft_key_derivation_output_key(const psa_key_attributes_t *attributes,
    se_soft_key_derivation_operation_t *operation, uint8_t *key_buffer, size_t key_buffer_size,
    size_t *key_buffer_length) {
    *key_buffer_length = 0;
    size_t bits = psa_get_key_bits(attributes);
    psa_key_type_t type = psa_get_key_type(attributes);
    bool is_ecc = PSA_KEY_TYPE_IS_ECC_KEY_PAIR(type) && PSA_KEY_TYPE_ECC_GET_FAMILY(type) != PSA_ECC_FAMILY_TWISTED_EDWARDS;
    if (!is_ecc && (!PSA_KEY_TYPE_IS_UNSTRUCTURED(type) || type == PSA_KEY_TYPE_DES)) {
        // Cooked otherwise; the core does it.
        return PSA_ERROR_NOT_SUPPORTED;
    }
    se_soft_key_t stream = { 0 }, key = { 0 };
    psa_status_t status = se_soft_key_new(attributes, PSA_BITS_TO_BYTES(bits), &stream);
    if (status == PSA_SUCCESS) {
        status = se_soft_key_new(attributes, PSA_EXPORT_KEY_OUTPUT_SIZE(type, bits), &key);
    }
    if (status == PSA_SUCCESS && is_ecc) {
        status = output_ecc_key(attributes, operation, &stream, &key);
    } else if (status == PSA_SUCCESS) {
        status = se_soft_key_derivation_output_bytes(operation, stream.data, stream.size);
        if (status == PSA_SUCCESS) {
            size_t found = bits;
            status = psa_driver_wrapper_import_key(&key.attributes, stream.data, stream.size, key.data, key.size,
                &key.length, &found);
        }
    }
    if (status == PSA_SUCCESS) {
        status = se_soft_wrap(attributes, bits, &key, key_buffer, key_buffer_size, key_buffer_length);
    }
    se_soft_key_free(&stream);
    se_soft_key_free(&key);
    return status;
}
