// SPDX-License-Identifier: MIT
// What the files of the driver share.

#ifndef SE_SOFT_INTERNAL_H
#define SE_SOFT_INTERNAL_H

// The engine reads structures of the core whose members are private to its callers.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include <string.h>

#include "mbedtls/platform.h"
#include "mbedtls/platform_util.h"
#include "psa/crypto.h"
#include "psa/crypto_driver_prototypes.h"
#include "se_soft.h"

// A key in the clear, inside of the element. Only the functions of this driver see it, and only while they run.
typedef struct {
    psa_key_attributes_t attributes; // the key's, with a lifetime that the element's own engine works with
    uint8_t *data; // in the core's arena
    size_t size; // bytes of data, used or not
    size_t length; // bytes of the key
} se_soft_key_t;

// Makes room for a key of the given attributes. INSUFFICIENT_MEMORY; key->data is NULL then.
psa_status_t se_soft_key_new(const psa_key_attributes_t *attributes, size_t size, se_soft_key_t *key);

// Wipes and frees a key; nothing to do for one that was never made.
void se_soft_key_free(se_soft_key_t *key);

// Decrypts a key context and compares what it is bound to with the attributes.
//   PSA_ERROR_DATA_CORRUPT         a stored key: it was changed, moved to another identifier or given another policy
//   PSA_ERROR_CORRUPTION_DETECTED  a volatile key: the core's memory was changed
// key->data is NULL after a failure.
psa_status_t se_soft_unwrap(const psa_key_attributes_t *attributes, const uint8_t *context, size_t context_size,
    se_soft_key_t *key);

// The same for the source of a copy with these attributes: the source's own are not known. What it is bound to has to
// allow the copy.
psa_status_t se_soft_unwrap_source(const psa_key_attributes_t *target, const uint8_t *context, size_t context_size,
    se_soft_key_t *key);

// Encrypts a key for the given attributes, with the size in bits that belongs to the key.
// BUFFER_TOO_SMALL: context_size is less than SE_SOFT_OVERHEAD + key->length. Nothing is left in context on failure.
psa_status_t se_soft_wrap(const psa_key_attributes_t *attributes, size_t bits, const se_soft_key_t *key,
    uint8_t *context, size_t context_size, size_t *context_length);

// HMAC with a hash: mac has PSA_HASH_LENGTH(hash) bytes.
psa_status_t se_soft_hmac(psa_algorithm_t hash, const uint8_t *key, size_t key_length, const uint8_t *input,
    size_t input_length, uint8_t *mac);

#endif
