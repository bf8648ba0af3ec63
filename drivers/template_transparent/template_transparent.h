// SPDX-License-Identifier: MIT
// Types of the template_transparent driver. The core includes this header where it defines its operations,
// so it may include psa/crypto_driver_common.h and standard headers, but not psa/crypto.h.

#ifndef TEMPLATE_TRANSPARENT_H
#define TEMPLATE_TRANSPARENT_H

#include "psa/crypto_driver_common.h"

// What derive_key remembers between calls for one key.
typedef struct {
    uint32_t calls;
} template_transparent_derive_key_memory_t;

// The state of one HASH operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_transparent_hash_operation_t;

// The state of one MAC operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_transparent_mac_operation_t;

// The state of one CIPHER operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_transparent_cipher_operation_t;

// The state of one AEAD operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_transparent_aead_operation_t;

// The state of one PAKE operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_transparent_pake_operation_t;

// The state of one KEY DERIVATION operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_transparent_key_derivation_operation_t;

#endif // TEMPLATE_TRANSPARENT_H
