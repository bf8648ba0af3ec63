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
    uint32_t min_entropy_millibits; // declared, of one raw sample, in 1/1000 bit; 0: no claim, no health test
    uint8_t sample_bits; // size of one raw sample: 1, 2, 4, 8, 16 or 32; samples fill the output from the low bits on
} psa_driver_entropy_source_t;

// Names of every driver of the board, in its order of preference; NULL ends the list.
extern const char *const psa_driver_names[];

// Most sources that a board may have.
#define PSA_DRIVER_MAX_ENTROPY_SOURCES 8

// Every driver with a get_entropy entry point, in the board's order.
extern const psa_driver_entropy_source_t psa_driver_entropy_sources[];
extern const size_t psa_driver_entropy_source_count;

#endif
