// SPDX-License-Identifier: MIT
// Types of the recorder drivers. psa/crypto.h includes the headers of drivers while it is half read, so this one needs
// nothing of it.

#ifndef RECORDER_TYPES_H
#define RECORDER_TYPES_H

#include <stddef.h>
#include <stdint.h>

// A derivation in progress; each recorder has its own key stream: first, first + 1, …
typedef struct {
    uint32_t magic;
    uint32_t position;
    uint32_t first;
    size_t capacity;
} recorder_derivation_t;

// A key context: the material, masked, and the number that "allocate_key" gave.
typedef struct {
    uint32_t magic;
    uint32_t slot;
    uint32_t length;
    uint8_t masked[96];
} recorder_key_t;

#define RECORDER_KEY_MAGIC 0x5afe5afe

#endif
