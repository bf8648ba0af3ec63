// SPDX-License-Identifier: MIT
// Small erase blocks on two large flash sectors.
//
// The sectors are too large, and too few, for littlefs. A region therefore uses two of them in turn: one is active and
// is filled from front to back with slots of one block each. A block that is erased gets the next free slot. When no
// slot is left, the slots in use are copied to the other sector, which becomes the active one.
//
// Active sector: slot 0 holds a header of 4 words and one word per further slot, which says whose block it is. The
// last word for a block counts. A header is programmed last, so a sector whose filling was cut short has none; of two
// sectors with a header, the one with the higher generation is active. Nothing is ever lost by a power cut but the
// operation that it cut: a block is as before, or erased, or programmed in part, as with any NOR flash.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flash_hw.h"

#define SECTORLOG_MAX_BLOCKS (62)

typedef struct {
    // Set before the mount.
    uint8_t first_sector; // it and the next one, of the same size
    uint8_t block_count; // at most slots per sector - 2
    uint32_t block_size;

    // Its own.
    uint8_t active; // 0 or 1
    uint8_t used_slots; // including the header's
    bool frozen; // the next mount will take the other sector: nothing is written any more
    uint32_t generation;
    uint8_t slots[SECTORLOG_MAX_BLOCKS]; // of each block; 0: erased, no slot
} sectorlog_t;

// Find out what is where. A blank region is prepared. Returns 0, -EIO, -EINVAL for an impossible geometry, or -EILSEQ
// when the sectors hold something that is not ours; that is left alone.
int sectorlog_mount(sectorlog_t *log);

// `offset` and `len` within the block. Program: -EPERM when a bit would have to become 1.
int sectorlog_read(const sectorlog_t *log, unsigned block, uint32_t offset, void *buf, size_t len);
int sectorlog_program(sectorlog_t *log, unsigned block, uint32_t offset, const void *buf, size_t len);
int sectorlog_erase(sectorlog_t *log, unsigned block);
