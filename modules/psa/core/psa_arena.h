// SPDX-License-Identifier: MIT
// The memory that Mbed TLS allocates from: one static buffer of PSA_ARENA_SIZE bytes, apart from the GC heap, ready at
// the first allocation. Blocks are zeroed when they are handed out and wiped when they come back.

#ifndef MICROPSA_CORE_PSA_ARENA_H
#define MICROPSA_CORE_PSA_ARENA_H

#include <stddef.h>

// Wipes the whole arena. What was allocated from it no longer exists; the next allocation starts afresh.
void micropsa_arena_reset(void);

// Bytes of the arena.
size_t micropsa_arena_size(void);

#endif
