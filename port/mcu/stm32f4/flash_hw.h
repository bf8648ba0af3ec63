// SPDX-License-Identifier: MIT
// The flash array behind its registers. Offsets count from the start of the flash (0x08000000). All return 0 or a
// negative errno: -EIO the hardware refused, failed or took too long.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Start and size in bytes of an erase sector (RM0090 section 3.4).
uint32_t flash_hw_sector_offset(unsigned sector);
uint32_t flash_hw_sector_size(unsigned sector);

void flash_hw_read(uint32_t offset, void *buf, size_t len);

// Program whole words. -EPERM when a bit would have to become 1; nothing is programmed then.
int flash_hw_program(uint32_t offset, const void *buf, size_t len);

// Takes 1 s, at most 4 s for a sector of 128 KB; the CPU stands still meanwhile, as it runs from the same bank.
int flash_hw_erase(unsigned sector);
