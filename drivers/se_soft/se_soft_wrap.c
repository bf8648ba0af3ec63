// SPDX-License-Identifier: MIT
// Wrapped keys. A key context is
//
//   offset  bytes
//   0       4      "SES1"
//   4       16     salt, random, new for each wrapping
//   20      2      key type, and to its end what the key is bound to, little endian: a context that is moved to
//   22      2      size in bits         another key or gets another policy in storage is refused
//   24      4      usage flags
//   28      4      algorithm
//   32      4      second algorithm
//   36      4      lifetime
//   40      4      identifier, 0 for volatile keys
//   44      n      the key, encrypted
//   44 + n  16     tag
//
// Each wrapping has a key of its own, HMAC-SHA-256(device key, header). AES-256-GCM encrypts with it, once; so the
// constant nonce never repeats under a key, as long as the 128-bit salt does not. The header is the additional data.
//
// The device key is random, made when the first key is, and stored by the core for the driver (persistent state).

#include "se_soft_internal.h"

#include "se_soft_engine.h"

#if !defined(PSA_WANT_ALG_GCM) || !defined(PSA_WANT_ALG_HMAC) || !defined(PSA_WANT_ALG_SHA_256) || \
    !defined(PSA_WANT_KEY_TYPE_AES) || !defined(PSA_WANT_KEY_TYPE_HMAC)
#error "se_soft wraps keys with AES-GCM and HMAC-SHA-256: choose a profile that has them"
#endif

#define SALT_OFFSET 4
#define SALT_SIZE 16
#define BINDING_OFFSET (SALT_OFFSET + SALT_SIZE)
#define WRAPPING_KEY_SIZE 32
static const uint8_t magic[SALT_OFFSET] = { 'S', 'E', 'S', '1' };
static const uint8_t nonce[12];

_Static_assert(WRAPPING_KEY_SIZE == PSA_HASH_LENGTH(PSA_ALG_SHA_256), "a wrapping key is one HMAC");

psa_status_t se_soft_key_new(const psa_key_attributes_t *attributes, size_t size, se_soft_key_t *key) {
    key->attributes = *attributes;
    psa_set_key_lifetime(&key->attributes, PSA_KEY_LIFETIME_VOLATILE);
    key->length = 0;
    key->size = size;
    // An empty key is a key; a NULL is not.
    key->data = mbedtls_calloc(1, size > 0 ? size : 1);
    return key->data != NULL ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_MEMORY;
}

void se_soft_key_free(se_soft_key_t *key) {
    if (key->data != NULL) {
        mbedtls_platform_zeroize(key->data, key->size);
        mbedtls_free(key->data);
    }
    mbedtls_platform_zeroize(key, sizeof(*key));
}

psa_status_t se_soft_hmac(psa_algorithm_t hash, const uint8_t *key, size_t key_length, const uint8_t *input,
    size_t input_length, uint8_t *mac) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_bits(&attributes, PSA_BYTES_TO_BITS(key_length));
    size_t length = 0;
    psa_status_t status = psa_driver_wrapper_mac_compute(&attributes, key, key_length, PSA_ALG_HMAC(hash), input,
        input_length, mac, PSA_HASH_LENGTH(hash), &length);
    if (status == PSA_SUCCESS && length != PSA_HASH_LENGTH(hash)) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status != PSA_SUCCESS) {
        mbedtls_platform_zeroize(mac, PSA_HASH_LENGTH(hash));
    }
    return status;
}

// The key of one wrapping. create: a device that has no device key yet makes one.
static psa_status_t wrapping_key(const uint8_t *header, bool create, uint8_t *key) {
    uint8_t *bytes = NULL;
    psa_status_t status = psa_crypto_driver_get_persistent_state(&bytes);
    if (status != PSA_SUCCESS) {
        return status;
    }
    se_soft_state_t *state = (se_soft_state_t *)bytes;
    if (state->ready == 0 && create) {
        status = psa_generate_random(state->device_key, sizeof(state->device_key));
        if (status == PSA_SUCCESS) {
            state->ready = 1;
            // Before anything is wrapped with it: a key that a power cut takes away would take all keys with it.
            status = psa_crypto_driver_commit_persistent_state(0, sizeof(*state));
        }
        if (status != PSA_SUCCESS) {
            mbedtls_platform_zeroize(state, sizeof(*state));
            return status;
        }
    }
    if (state->ready != 1) {
        // Keys, but not the one that they are wrapped with: somebody deleted or replaced it.
        return PSA_ERROR_DATA_CORRUPT;
    }
    return se_soft_hmac(PSA_ALG_SHA_256, state->device_key, sizeof(state->device_key), header, SE_SOFT_HEADER_SIZE, key);
}

static psa_key_attributes_t wrapping_attributes(void) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, PSA_BYTES_TO_BITS(WRAPPING_KEY_SIZE));
    return attributes;
}

// What a key is bound to, as it stands in the header.
typedef struct {
    uint32_t type, bits, usage, alg, enrollment_alg, lifetime, id;
} binding_t;
static const uint8_t binding_sizes[] = { 2, 2, 4, 4, 4, 4, 4 };
#define BINDING_COUNT sizeof(binding_sizes)
_Static_assert(sizeof(binding_t) == BINDING_COUNT * sizeof(uint32_t), "a size for each field");

static binding_t binding_of(const psa_key_attributes_t *attributes, size_t bits) {
    psa_key_lifetime_t lifetime = psa_get_key_lifetime(attributes);
    // The core chooses identifiers of volatile keys, some of them after the key was made.
    bool is_volatile = PSA_KEY_LIFETIME_IS_VOLATILE(lifetime);
    return (binding_t){
        .type = psa_get_key_type(attributes),
        .bits = (uint32_t)bits,
        .usage = psa_get_key_usage_flags(attributes),
        .alg = psa_get_key_algorithm(attributes),
        .enrollment_alg = psa_get_key_enrollment_algorithm(attributes),
        .lifetime = lifetime,
        .id = is_volatile ? 0 : MBEDTLS_SVC_KEY_ID_GET_KEY_ID(psa_get_key_id(attributes)),
    };
}

static void write_binding(const binding_t *binding, uint8_t *header) {
    const uint32_t *fields = &binding->type;
    uint8_t *at = header + BINDING_OFFSET;
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        for (size_t k = 0; k < binding_sizes[i]; k++) {
            *at++ = (uint8_t)(fields[i] >> 8 * k);
        }
    }
}

static binding_t read_binding(const uint8_t *header) {
    binding_t binding = { 0 };
    uint32_t *fields = &binding.type;
    const uint8_t *at = header + BINDING_OFFSET;
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        for (size_t k = 0; k < binding_sizes[i]; k++) {
            fields[i] |= (uint32_t)*at++ << 8 * k;
        }
    }
    return binding;
}

psa_status_t se_soft_wrap(const psa_key_attributes_t *attributes, size_t bits, const se_soft_key_t *key,
    uint8_t *context, size_t context_size, size_t *context_length) {
    *context_length = 0;
    if (context_size < SE_SOFT_OVERHEAD || context_size - SE_SOFT_OVERHEAD < key->length) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    uint8_t wrapping[WRAPPING_KEY_SIZE];
    memcpy(context, magic, sizeof(magic));
    binding_t binding = binding_of(attributes, bits);
    write_binding(&binding, context);
    psa_status_t status = psa_generate_random(context + SALT_OFFSET, SALT_SIZE);
    if (status == PSA_SUCCESS) {
        status = wrapping_key(context, true, wrapping);
    }
    size_t length = 0;
    if (status == PSA_SUCCESS) {
        psa_key_attributes_t wrapping_with = wrapping_attributes();
        status = psa_driver_wrapper_aead_encrypt(&wrapping_with, wrapping, sizeof(wrapping), PSA_ALG_GCM, nonce,
            sizeof(nonce), context, SE_SOFT_HEADER_SIZE, key->data, key->length, context + SE_SOFT_HEADER_SIZE,
            context_size - SE_SOFT_HEADER_SIZE, &length);
        mbedtls_platform_zeroize(wrapping, sizeof(wrapping));
    }
    if (status == PSA_SUCCESS && length != key->length + SE_SOFT_TAG_SIZE) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status == PSA_SUCCESS) {
        *context_length = SE_SOFT_HEADER_SIZE + length;
    } else {
        mbedtls_platform_zeroize(context, context_size);
    }
    return status;
}

// What it means that a key context is not as it was made.
static psa_status_t corrupt(const psa_key_attributes_t *attributes) {
    bool is_volatile = PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(attributes));
    return is_volatile ? PSA_ERROR_CORRUPTION_DETECTED : PSA_ERROR_DATA_CORRUPT;
}

static psa_status_t decrypt(const psa_key_attributes_t *attributes, const uint8_t *context, size_t context_size,
    se_soft_key_t *key) {
    memset(key, 0, sizeof(*key));
    if (context_size < SE_SOFT_OVERHEAD || memcmp(context, magic, sizeof(magic)) != 0) {
        return corrupt(attributes);
    }
    uint8_t wrapping[WRAPPING_KEY_SIZE];
    psa_status_t status = wrapping_key(context, false, wrapping);
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = se_soft_key_new(attributes, context_size - SE_SOFT_OVERHEAD, key);
    if (status == PSA_SUCCESS) {
        psa_key_attributes_t wrapping_with = wrapping_attributes();
        status = psa_driver_wrapper_aead_decrypt(&wrapping_with, wrapping, sizeof(wrapping), PSA_ALG_GCM, nonce,
            sizeof(nonce), context, SE_SOFT_HEADER_SIZE, context + SE_SOFT_HEADER_SIZE,
            context_size - SE_SOFT_HEADER_SIZE, key->data, key->size, &key->length);
        if (status == PSA_ERROR_INVALID_SIGNATURE) {
            status = corrupt(attributes);
        }
    }
    mbedtls_platform_zeroize(wrapping, sizeof(wrapping));
    if (status != PSA_SUCCESS) {
        se_soft_key_free(key);
    }
    return status;
}

psa_status_t se_soft_unwrap(const psa_key_attributes_t *attributes, const uint8_t *context, size_t context_size,
    se_soft_key_t *key) {
    psa_status_t status = decrypt(attributes, context, context_size, key);
    if (status == PSA_SUCCESS) {
        binding_t is = read_binding(context);
        binding_t expected = binding_of(attributes, psa_get_key_bits(attributes));
        if (memcmp(&is, &expected, sizeof(is)) != 0) {
            se_soft_key_free(key);
            status = corrupt(attributes);
        }
    }
    return status;
}

// Whether a copy may have this algorithm: none, the source's, or one that a wildcard of the source stands for.
static bool may_become(uint32_t source_alg, uint32_t target_alg) {
    return target_alg == PSA_ALG_NONE || target_alg == source_alg || PSA_ALG_IS_WILDCARD(source_alg);
}

psa_status_t se_soft_unwrap_source(const psa_key_attributes_t *target, const uint8_t *context, size_t context_size,
    se_soft_key_t *key) {
    psa_status_t status = decrypt(target, context, context_size, key);
    if (status == PSA_SUCCESS) {
        binding_t source = read_binding(context);
        binding_t copy = binding_of(target, psa_get_key_bits(target));
        // The core intersected the policies. Should they not fit the source's, its context is one of another key.
        if (source.type != copy.type || source.bits != copy.bits || (source.usage & PSA_KEY_USAGE_COPY) == 0 ||
            (copy.usage & ~source.usage) != 0 || !may_become(source.alg, copy.alg) ||
            !may_become(source.enrollment_alg, copy.enrollment_alg)) {
            se_soft_key_free(key);
            status = corrupt(target);
        }
    }
    return status;
}
