// SPDX-License-Identifier: MIT
// For drivers: what is secret does not stay in memory.

#ifndef MICROPSA_DRIVERS_WIPE_H
#define MICROPSA_DRIVERS_WIPE_H

#include <stddef.h>
#include <stdint.h>

// Fills memory with 0. Not optimised away although nothing reads it afterwards.
static inline void wipe(void *memory, size_t size) {
    volatile uint8_t *bytes = memory;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = 0;
    }
}

#endif
