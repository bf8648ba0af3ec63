// SPDX-License-Identifier: MIT
// The arena of builds with sanitizers: each block is one of the host's allocator.

#include "core/psa_arena.h"

#ifdef MICROPSA_SANITIZE

#include <stdint.h>
#include <stdlib.h>

#include "mbedtls/platform.h"
#include "mbedtls/platform_util.h"

// Stands in front of each block, so that a reset finds them all.
typedef struct block {
    struct block *next, *prev;
    size_t size;
    uint64_t data[];
} block_t;

static block_t blocks = { &blocks, &blocks, 0 };
static micropsa_arena_info_t counters = { .size = PSA_ARENA_SIZE };

void *micropsa_arena_first_calloc(size_t count, size_t size) {
    if (count == 0 || size == 0 || size > PSA_ARENA_SIZE / count) {
        return NULL;
    }
    size *= count;
    if (size + sizeof(block_t) > PSA_ARENA_SIZE - counters.used - counters.blocks * sizeof(block_t)) {
        return NULL;
    }
    block_t *block = calloc(1, sizeof(block_t) + size);
    if (block == NULL) {
        return NULL;
    }
    block->size = size;
    block->next = blocks.next;
    block->prev = &blocks;
    block->next->prev = block;
    blocks.next = block;
    counters.blocks++;
    counters.used += size;
    if (counters.used > counters.high_water) {
        counters.high_water = counters.used;
    }
    return block->data;
}

void micropsa_arena_first_free(void *ptr) {
    if (ptr == NULL) {
        return;
    }
    block_t *block = (block_t *)((char *)ptr - offsetof(block_t, data));
    block->next->prev = block->prev;
    block->prev->next = block->next;
    counters.blocks--;
    counters.used -= block->size;
    mbedtls_platform_zeroize(block, sizeof(block_t) + block->size);
    free(block);
}

void micropsa_arena_reset(void) {
    while (blocks.next != &blocks) {
        micropsa_arena_first_free(blocks.next->data);
    }
    counters.high_water = 0;
}

void micropsa_arena_info(micropsa_arena_info_t *info) {
    *info = counters;
}

void micropsa_arena_restart_high_water(void) {
    counters.high_water = 0;
}

#endif
