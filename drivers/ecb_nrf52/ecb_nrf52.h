// SPDX-License-Identifier: MIT
// Types of the ecb_nrf52 driver. The core includes this header where it defines its operations.
#ifndef ECB_NRF52_H
#define ECB_NRF52_H

#include <stdbool.h>

#include "psa/crypto_driver_common.h"

#define ECB_NRF52_BLOCK_SIZE (16)

// The state of one cipher operation. Zeroed before setup; it holds no pointers.
typedef struct {
    psa_algorithm_t alg;
    uint8_t key[ECB_NRF52_BLOCK_SIZE];
    uint8_t chain[ECB_NRF52_BLOCK_SIZE]; // CBC: the block before; CTR: the next counter
    uint8_t block[ECB_NRF52_BLOCK_SIZE]; // ECB, CBC: input that waits for the rest of its block; CTR: key stream
    uint8_t used;                        // ECB, CBC: bytes that wait; CTR: bytes used of the key stream, 0 when all are
    bool has_iv;
} ecb_nrf52_cipher_operation_t;

#endif // ECB_NRF52_H
