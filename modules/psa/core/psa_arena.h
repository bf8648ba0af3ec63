// SPDX-License-Identifier: MIT
// The memory that Mbed TLS allocates from: one static buffer of PSA_ARENA_SIZE bytes, apart from the GC heap, ready at
// the first allocation. Blocks are zeroed when they are handed out and wiped when they come back.
//
// Builds with sanitizers (MICROPSA_SANITIZE) take each block from the host's allocator instead, which then sees every
// access outside of it or after its end; sizes and limits are the same.

#ifndef MICROPSA_CORE_PSA_ARENA_H
#define MICROPSA_CORE_PSA_ARENA_H

#include <stddef.h>

// Wipes the whole arena. What was allocated from it no longer exists; the next allocation starts afresh.
void micropsa_arena_reset(void);

typedef struct {
    size_t size; // bytes of the arena
    size_t used; // bytes in blocks that are allocated now; each block takes a header of 32 (64-bit: 64) bytes more
    size_t high_water; // most of `used` since the arena was set up or the mark was restarted
    size_t blocks; // blocks, allocated or not, that the arena is split into
} micropsa_arena_info_t;

void micropsa_arena_info(micropsa_arena_info_t *info);

// Restarts the high-water mark from zero: from then on it is the most that allocations reached since.
void micropsa_arena_restart_high_water(void);

#endif
