// SPDX-License-Identifier: MIT
// Continuous health tests of a noise source, NIST SP 800-90B sections 4.3 and 4.4: repetition count and adaptive
// proportion. Both raise a false alarm about once in 2^20 samples (windows) of a source that is what it claims to be.

#ifndef MICROPSA_CORE_ENTROPY_HEALTH_H
#define MICROPSA_CORE_ENTROPY_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Samples that have to pass before a source is trusted, at start-up and after an alarm (section 4.3, item 4).
#define ENTROPY_HEALTH_STARTUP_SAMPLES 1024

typedef struct {
    // cut-offs, from the declared min-entropy
    uint32_t repetition_cutoff;
    uint16_t proportion_cutoff;
    uint16_t proportion_window;
    uint8_t sample_bits;
    // repetition count
    uint32_t last;
    uint32_t repetitions; // of last, itself included; 0: no sample yet
    // adaptive proportion
    uint32_t first; // the sample that this window counts
    uint16_t seen; // samples of this window; 0: a new window starts
    uint16_t matches;
    // start-up
    uint16_t passed; // up to ENTROPY_HEALTH_STARTUP_SAMPLES
} entropy_health_t;

// Prepares the tests for samples of sample_bits (1, 2, 4, 8, 16 or 32) with a min-entropy of min_entropy_millibits
// thousandths of a bit each. False: such a source cannot be (more entropy than bits, or another size).
bool entropy_health_init(entropy_health_t *health, uint32_t min_entropy_millibits, uint8_t sample_bits);

// Tests the samples of a buffer, low bits of a byte first, low byte of a larger sample first; bytes at the end that do
// not fill a sample are left out. False: alarm; the buffer must not be credited and start-up begins anew.
bool entropy_health_test(entropy_health_t *health, const uint8_t *samples, size_t size);

// True when enough samples have passed since start-up or the last alarm.
bool entropy_health_started(const entropy_health_t *health);

#endif
