// SPDX-License-Identifier: MIT

#include "core/psa_arena.h"

#ifndef MICROPSA_SANITIZE

#include <stdint.h>

#include "core/psa_port.h"
#include "mbedtls/memory_buffer_alloc.h"
#include "mbedtls/platform.h"
#include "mbedtls/platform_util.h"

// Boards that have a memory of their own for secrets (tightly coupled, not retained in sleep) name its section.
#ifdef PSA_ARENA_SECTION
#define ARENA_ATTRIBUTE __attribute__((section(PSA_ARENA_SECTION), aligned(8)))
#else
#define ARENA_ATTRIBUTE __attribute__((aligned(8)))
#endif

static uint8_t arena[PSA_ARENA_SIZE] ARENA_ATTRIBUTE;

// mbedtls_calloc() until the arena is set up: that is what the first allocation after a reset does.
void *micropsa_arena_first_calloc(size_t count, size_t size) {
    mbedtls_memory_buffer_alloc_init(arena, sizeof(arena));
    return mbedtls_calloc(count, size);
}

// mbedtls_free() in the same state: what it could be asked to free went with the reset.
void micropsa_arena_first_free(void *ptr) {
    (void)ptr;
}

void micropsa_arena_reset(void) {
    mbedtls_memory_buffer_alloc_free();
    mbedtls_platform_zeroize(arena, sizeof(arena));
    // Cannot fail: it only stores the two pointers.
    (void)mbedtls_platform_set_calloc_free(micropsa_arena_first_calloc, micropsa_arena_first_free);
}

void micropsa_arena_info(micropsa_arena_info_t *info) {
    size_t most_blocks;
    info->size = sizeof(arena);
    mbedtls_memory_buffer_alloc_cur_get(&info->used, &info->blocks);
    mbedtls_memory_buffer_alloc_max_get(&info->high_water, &most_blocks);
}

void micropsa_arena_restart_high_water(void) {
    mbedtls_memory_buffer_alloc_max_reset();
}

void micropsa_arena_corrupted(int status) {
    (void)status;
    psa_port_panic("psa: arena corrupted");
}

#endif
