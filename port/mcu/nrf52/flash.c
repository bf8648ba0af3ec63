// SPDX-License-Identifier: MIT
// The board's data flash: pages of 4 KB of the chip's own, where board.json says ("NVMC — Non-volatile memory
// controller"). The controller reports nothing, so what it did is looked at.
//
// A word may be written twice between two erases (nWRITE). Words that would not change are not written. The file system
// and the key store program every word once: littlefs never comes back to a program unit, and units are whole words.
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "genhdr/board_data.h"
#include "mcu.h"
#include "soc.h"

#if !defined(BOARD_FLASH_FILESYSTEM_ORIGIN) || !defined(BOARD_FLASH_ITS_ORIGIN)
#error "board.json: both flash.regions need an origin"
#endif

// Twice the longest times of "Electrical specification": 41 us a word, 85 ms a page. The CPU stands still meanwhile.
#define PROGRAM_LIMIT_US (82u)
#define ERASE_LIMIT_US (170000u)

#define DATA_ORIGIN (BOARD_FLASH_FILESYSTEM_ORIGIN - BOARD_FLASH_FILESYSTEM_OFFSET)
#define ERASED_WORD (0xffffffffu)

_Static_assert(BOARD_FLASH_SECTOR_SIZE == SOC_FLASH_PAGE_SIZE, "flash.sector is the chip's page");
_Static_assert(BOARD_FLASH_FILESYSTEM_ORIGIN % SOC_FLASH_PAGE_SIZE == 0, "regions start where a page does");
_Static_assert(BOARD_FLASH_ITS_ORIGIN - BOARD_FLASH_FILESYSTEM_ORIGIN == BOARD_FLASH_ITS_OFFSET - BOARD_FLASH_FILESYSTEM_OFFSET,
    "the regions lie side by side");

static bool is_inside(uint32_t offset, size_t len) {
    return offset <= BOARD_FLASH_SIZE && len <= BOARD_FLASH_SIZE - offset;
}

static bool wait_until_ready(uint32_t limit_us) {
    uint64_t end = mcu_time_us() + limit_us;
    for (;;) {
        // Looked at once more after the time is over: an interrupt may have taken it.
        bool late = mcu_time_us() > end;
        if (SOC_REG(SOC_NVMC, NVMC_READY) != 0) {
            return true;
        }
        if (late) {
            return false;
        }
    }
}

static void set_mode(uint32_t mode) {
    SOC_REG(SOC_NVMC, NVMC_CONFIG) = mode;
    __DSB();
}

static volatile uint32_t *word_at(uint32_t offset) {
    return (volatile uint32_t *)(DATA_ORIGIN + offset);
}

// The word at `offset` with the bytes of data[0..len-1] in it that lie there; `at` is data's own offset.
static uint32_t merge(uint32_t offset, uint32_t at, const uint8_t *data, size_t len) {
    uint32_t word = *word_at(offset);
    uint8_t bytes[4];
    memcpy(bytes, &word, sizeof(bytes));
    for (uint32_t i = 0; i < sizeof(bytes); ++i) {
        if (offset + i >= at && offset + i - at < len) {
            bytes[i] = data[offset + i - at];
        }
    }
    memcpy(&word, bytes, sizeof(word));
    return word;
}

int mcu_flash_read(uint32_t offset, void *buf, size_t len) {
    if (!is_inside(offset, len)) {
        return -EINVAL;
    }
    memcpy(buf, (const void *)(DATA_ORIGIN + offset), len);
    return 0;
}

int mcu_flash_program(uint32_t offset, const void *buf, size_t len) {
    if (!is_inside(offset, len)) {
        return -EINVAL;
    }
    uint32_t first = offset / 4 * 4;
    uint32_t end = offset + (uint32_t)len;
    // The rule first, for all of it: a refused program changes nothing.
    for (uint32_t at = first; at < end; at += 4) {
        if (merge(at, offset, buf, len) & ~*word_at(at)) {
            return -EPERM;
        }
    }
    if (!wait_until_ready(ERASE_LIMIT_US)) {
        return -EIO;
    }
    int ret = 0;
    set_mode(NVMC_CONFIG_WRITE);
    for (uint32_t at = first; at < end && ret == 0; at += 4) {
        uint32_t word = merge(at, offset, buf, len);
        if (word == *word_at(at)) {
            continue;
        }
        *word_at(at) = word;
        __DSB();
        if (!wait_until_ready(PROGRAM_LIMIT_US) || *word_at(at) != word) {
            ret = -EIO;
        }
    }
    set_mode(NVMC_CONFIG_READ);
    return ret;
}

static bool is_erased(uint32_t offset) {
    for (uint32_t at = offset; at < offset + SOC_FLASH_PAGE_SIZE; at += 4) {
        if (*word_at(at) != ERASED_WORD) {
            return false;
        }
    }
    return true;
}

int mcu_flash_erase(uint32_t offset, size_t len) {
    if (offset % SOC_FLASH_PAGE_SIZE || len % SOC_FLASH_PAGE_SIZE || !is_inside(offset, len)) {
        return -EINVAL;
    }
    if (!wait_until_ready(ERASE_LIMIT_US)) {
        return -EIO;
    }
    int ret = 0;
    set_mode(NVMC_CONFIG_ERASE);
    // A page that looks erased is erased all the same: an erase that a power cut ended may not last.
    for (uint32_t at = offset; at < offset + len && ret == 0; at += SOC_FLASH_PAGE_SIZE) {
        SOC_REG(SOC_NVMC, NVMC_ERASEPAGE) = DATA_ORIGIN + at;
        __DSB();
        if (!wait_until_ready(ERASE_LIMIT_US) || !is_erased(at)) {
            ret = -EIO;
        }
    }
    set_mode(NVMC_CONFIG_READ);
    return ret;
}

// Programming is complete when its function returns.
int mcu_flash_sync(void) {
    return 0;
}

const char *mcu_flash_error(void) {
    return NULL;
}
