// SPDX-License-Identifier: MIT
// Types of the se_soft driver. The core includes this header where it defines its operations, so it includes
// psa/crypto_driver_common.h and nothing that needs more.

#ifndef SE_SOFT_H
#define SE_SOFT_H

#include "psa/crypto_driver_common.h"

// What the core keeps for each key: SE_SOFT_OVERHEAD bytes and the encrypted key (se_soft_wrap.c has the layout).
#define SE_SOFT_HEADER_SIZE 44
#define SE_SOFT_TAG_SIZE 16
#define SE_SOFT_OVERHEAD (SE_SOFT_HEADER_SIZE + SE_SOFT_TAG_SIZE)

// What the core stores for the driver from one start to the next: all zero on the first.
typedef struct {
    uint8_t ready; // 1 when device_key is there
    uint8_t device_key[32];
} se_soft_state_t;

// Operations hold a pointer to what lies in the element, in the core's arena: the core's own operation structures would
// contain themselves. A driver whose device counts operations keeps a handle here.
typedef struct {
    struct psa_mac_operation_s *inner;
} se_soft_mac_operation_t;

typedef struct {
    struct psa_cipher_operation_s *inner;
} se_soft_cipher_operation_t;

typedef struct {
    struct psa_aead_operation_s *inner;
} se_soft_aead_operation_t;

typedef struct {
    struct psa_pake_operation_s *inner;
} se_soft_pake_operation_t;

// HKDF and its two halves.
typedef struct {
    psa_algorithm_t hash;
    size_t capacity; // bytes of key stream that may still be taken
    uint8_t prk[64]; // as long as the hash
    uint8_t *message; // of the next HMAC: the last block, info, the number of the block
    size_t message_size;
    uint8_t block[64]; // of the key stream
    uint8_t used; // bytes of block
    uint8_t number; // of the block
} se_soft_key_derivation_operation_t;

#endif
