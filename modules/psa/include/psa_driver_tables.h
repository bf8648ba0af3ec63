// SPDX-License-Identifier: MIT
// Tables that tools/drivergen writes from the driver descriptions of a board, for the core.

#ifndef PSA_DRIVER_TABLES_H
#define PSA_DRIVER_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "psa/crypto_driver_entropy.h"

typedef struct {
    const char *name; // the driver's prefix
    psa_driver_get_entropy_fn_t *get_entropy;
    uint32_t min_entropy_millibits; // declared min-entropy of one raw sample, in 1/1000 bit; 0: no claim, no health test
    uint8_t sample_bits; // size of one raw sample: 1 to 8; a byte of output holds 8 / sample_bits of them
} psa_driver_entropy_source_t;

// Every driver with a get_entropy entry point, in the board's order.
extern const psa_driver_entropy_source_t psa_driver_entropy_sources[];
extern const size_t psa_driver_entropy_source_count;

#endif
