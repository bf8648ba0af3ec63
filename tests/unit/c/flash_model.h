// SPDX-License-Identifier: MIT
// NOR flash in memory behind core/psa_port.h, which keeps the rules of real flash and can lose its power at any program
// or erase operation.

#ifndef TESTS_UNIT_C_FLASH_MODEL_H
#define TESTS_UNIT_C_FLASH_MODEL_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "core/psa_port.h"

#define FLASH_MAX_SIZE (256 * 1024)

typedef enum {
    CUT_BEFORE, // the operation does not happen
    CUT_HALF, // its first half does
    CUT_GARBAGE, // so it does, and the second half is left undefined
    CUT_KINDS,
} cut_kind_t;

typedef struct {
    psa_port_flash_geometry_t geometry;
    uint8_t bytes[FLASH_MAX_SIZE];
    unsigned long operations; // programs and erases since power-on
    unsigned long cut_at; // 0: never
    cut_kind_t cut_kind;
    jmp_buf power_lost; // where a cut returns to
    bool fail_reads, fail_writes;
} flash_t;

extern flash_t flash;

// Blank flash of that geometry, no cut planned.
void flash_blank(uint32_t unit, uint32_t block_size, uint32_t block_count);

#endif
