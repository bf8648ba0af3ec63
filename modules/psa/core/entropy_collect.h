// SPDX-License-Identifier: MIT
// Entropy for the random generator, collected from the get_entropy entry points of the board's drivers, and what was
// seen of each source while doing so.

#ifndef MICROPSA_CORE_ENTROPY_COLLECT_H
#define MICROPSA_CORE_ENTROPY_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psa/crypto_driver_entropy.h"

typedef enum {
    ENTROPY_SOURCE_UNTESTED, // declares no min-entropy per raw sample, so there is nothing to test against
    ENTROPY_SOURCE_STARTING, // too few samples so far; nothing is credited yet
    ENTROPY_SOURCE_HEALTHY,
    ENTROPY_SOURCE_FAILED, // the last buffer raised an alarm; start-up tests begin with the next one
    ENTROPY_SOURCE_MISDECLARED, // sample size or min-entropy of the description cannot be; never credited
} entropy_source_health_t;

typedef struct {
    const char *name; // of the driver
    uint32_t min_entropy_millibits; // as declared; 0: none
    uint8_t sample_bits;
    entropy_source_health_t health;
    psa_driver_get_entropy_flags_t accepted_flags; // what the driver has not refused
    uint32_t calls; // of the entry point
    uint32_t rounds; // in which it was asked
    uint32_t empty; // INSUFFICIENT_ENTROPY with NONBLOCK set: allowed
    uint32_t failures; // other statuses
    uint32_t faults; // of the driver: 0 bits, more bits than the buffer has, INSUFFICIENT_ENTROPY with NONBLOCK clear
    uint32_t alarms; // of the health tests
    uint64_t credited_bits;
} entropy_source_info_t;

// Most bytes of one entropy_source_read(): drivers are made for requests of about what the collector asks for.
#define ENTROPY_SOURCE_READ_MAX 512

// Number of entropy sources on this board.
size_t entropy_source_count(void);

// False when there is no source of that index.
bool entropy_source_info(size_t index, entropy_source_info_t *info);

// Calls one source once, with these flags and no others, and with the health tests on: for a look at its raw output.
// output_size is 1 to ENTROPY_SOURCE_READ_MAX bytes. output is wiped and *estimate_bits 0 on failure.
//
// Returns the driver's status, or PSA_ERROR_DOES_NOT_EXIST for an index without a source, or
// PSA_ERROR_INVALID_ARGUMENT for another output_size, or
// PSA_ERROR_HARDWARE_FAILURE for a fault of the driver or an alarm of the health tests.
psa_status_t entropy_source_read(size_t index, psa_driver_get_entropy_flags_t flags, size_t *estimate_bits,
    uint8_t *output, size_t output_size);

#endif
