// SPDX-License-Identifier: MIT
// What the tests of the chips' entropy drivers share: a call into a buffer that shows what was written.

#ifndef TESTS_UNIT_C_TRNG_CALLS_H
#define TESTS_UNIT_C_TRNG_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "psa/crypto_driver_entropy.h"

#define NONBLOCK PSA_DRIVER_GET_ENTROPY_NONBLOCK
#define KEEPALIVE PSA_DRIVER_GET_ENTROPY_KEEPALIVE
#define FOREVER (-1)

static uint8_t output[128];
static size_t bits;
static unsigned long accesses; // to the generator's registers during the call; its model counts them

static inline psa_status_t call_into_output(
    psa_driver_get_entropy_fn_t *get_entropy, psa_driver_get_entropy_flags_t flags) {
    memset(output, 0xa5, sizeof(output));
    bits = 12345;
    accesses = 0;
    return get_entropy(flags, &bits, output, sizeof(output));
}

static inline bool is_wiped(void) {
    for (size_t i = 0; i < sizeof(output); i++) {
        if (output[i] != 0) {
            return false;
        }
    }
    return true;
}

#endif
