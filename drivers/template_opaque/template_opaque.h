// SPDX-License-Identifier: MIT
// Types of the template_opaque driver. The core includes this header where it defines its operations,
// so it may include psa/crypto_driver_common.h and standard headers, but not psa/crypto.h.

#ifndef TEMPLATE_OPAQUE_H
#define TEMPLATE_OPAQUE_H

#include "psa/crypto_driver_common.h"

// What the core keeps for each key: here the key's number in the device. No pointers, it outlives a restart.
typedef struct {
    uint32_t slot;
} template_opaque_key_context_t;

// What the driver remembers from one start to the next; all zero on the first.
typedef struct {
    uint32_t next_slot;
} template_opaque_state_t;

// The state of one MAC operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_opaque_mac_operation_t;

// The state of one CIPHER operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_opaque_cipher_operation_t;

// The state of one AEAD operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_opaque_aead_operation_t;

// The state of one PAKE operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_opaque_pake_operation_t;

// The state of one KEY DERIVATION operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
} template_opaque_key_derivation_operation_t;

#endif // TEMPLATE_OPAQUE_H
