// SPDX-License-Identifier: MIT
// The board's data flash: one sectorlog for the file system, one for the keys. Their sectors say
// MICROPY_HW_FLASH_FILESYSTEM_SECTOR and MICROPY_HW_FLASH_ITS_SECTOR, the sizes board.json.
#include <errno.h>
#include <stdbool.h>

#include "mpconfigboard.h"
#include "genhdr/board_data.h"
#include "flash.h"
#include "mcu.h"
#include "sectorlog.h"

static sectorlog_t filesystem = {
    .first_sector = MICROPY_HW_FLASH_FILESYSTEM_SECTOR,
    .block_count = BOARD_FLASH_FILESYSTEM_SIZE / BOARD_FLASH_SECTOR_SIZE,
    .block_size = BOARD_FLASH_SECTOR_SIZE,
};

static sectorlog_t its = {
    .first_sector = MICROPY_HW_FLASH_ITS_SECTOR,
    .block_count = BOARD_FLASH_ITS_SIZE / BOARD_FLASH_SECTOR_SIZE,
    .block_size = BOARD_FLASH_SECTOR_SIZE,
};

_Static_assert(BOARD_FLASH_FILESYSTEM_SIZE / BOARD_FLASH_SECTOR_SIZE <= SECTORLOG_MAX_BLOCKS, "file system too large");
_Static_assert(BOARD_FLASH_ITS_SIZE / BOARD_FLASH_SECTOR_SIZE <= SECTORLOG_MAX_BLOCKS, "key region too large");

// Two descriptions of one place: a sector that both regions had would take the keys with the file system's erases. Sectors of
// 128 KB begin with number 5.
#define SECTOR_ADDRESS(number) (0x08000000u + ((number) - 4u) * 128u * 1024u)
_Static_assert(MICROPY_HW_FLASH_FILESYSTEM_SECTOR >= 5 && MICROPY_HW_FLASH_ITS_SECTOR >= 5, "pairs of sectors of one size");
_Static_assert(BOARD_FLASH_FILESYSTEM_ORIGIN == SECTOR_ADDRESS(MICROPY_HW_FLASH_FILESYSTEM_SECTOR), "board.json says another place");
_Static_assert(BOARD_FLASH_ITS_ORIGIN == SECTOR_ADDRESS(MICROPY_HW_FLASH_ITS_SECTOR), "board.json says another place");
_Static_assert(MICROPY_HW_FLASH_FILESYSTEM_SECTOR + 2 <= MICROPY_HW_FLASH_ITS_SECTOR || MICROPY_HW_FLASH_ITS_SECTOR + 2 <= MICROPY_HW_FLASH_FILESYSTEM_SECTOR,
    "each region has two sectors of its own");

static const char *error = "flash not started";

static const char *mount_error(int ret) {
    switch (ret) {
        case 0: return NULL;
        case -EILSEQ: return "the data sectors hold something else; erase them to use this firmware";
        case -EINVAL: return "board.json describes regions that the flash cannot hold";
        default: return "the flash does not take what is programmed";
    }
}

void flash_init(void) {
    error = mount_error(sectorlog_mount(&filesystem));
    if (error == NULL) {
        error = mount_error(sectorlog_mount(&its));
    }
}

const char *mcu_flash_error(void) {
    return error;
}

// The region that all of a range lies in, NULL when there is none; *offset becomes relative to it.
static sectorlog_t *locate(uint32_t *offset, size_t len) {
    sectorlog_t *logs[] = { &filesystem, &its };
    const uint32_t starts[] = { BOARD_FLASH_FILESYSTEM_OFFSET, BOARD_FLASH_ITS_OFFSET };
    for (unsigned i = 0; i < 2; ++i) {
        uint32_t size = logs[i]->block_count * logs[i]->block_size;
        if (*offset >= starts[i] && *offset - starts[i] <= size && len <= size - (*offset - starts[i])) {
            *offset -= starts[i];
            return logs[i];
        }
    }
    return NULL;
}

typedef enum {
    OP_READ,
    OP_PROGRAM,
    OP_ERASE
} op_t;

// Cut a range into its blocks.
static int run(op_t op, uint32_t offset, uint8_t *in, const uint8_t *out, size_t len) {
    sectorlog_t *log = locate(&offset, len);
    if (log == NULL) {
        return -EINVAL;
    }
    if (error != NULL) {
        return -ENODEV;
    }
    size_t done = 0;
    while (done < len) {
        uint32_t at = (offset + (uint32_t)done) % BOARD_FLASH_SECTOR_SIZE;
        unsigned block = (offset + (uint32_t)done) / BOARD_FLASH_SECTOR_SIZE;
        size_t n = len - done < BOARD_FLASH_SECTOR_SIZE - at ? len - done : BOARD_FLASH_SECTOR_SIZE - at;
        int ret;
        if (op == OP_READ) {
            ret = sectorlog_read(log, block, at, &in[done], n);
        } else if (op == OP_PROGRAM) {
            ret = sectorlog_program(log, block, at, &out[done], n);
        } else {
            ret = sectorlog_erase(log, block);
        }
        if (ret != 0) {
            return ret;
        }
        done += n;
    }
    return 0;
}

int mcu_flash_read(uint32_t offset, void *buf, size_t len) {
    return run(OP_READ, offset, buf, NULL, len);
}

int mcu_flash_program(uint32_t offset, const void *buf, size_t len) {
    return run(OP_PROGRAM, offset, NULL, buf, len);
}

int mcu_flash_erase(uint32_t offset, size_t len) {
    if (offset % BOARD_FLASH_SECTOR_SIZE || len % BOARD_FLASH_SECTOR_SIZE) {
        return -EINVAL;
    }
    return run(OP_ERASE, offset, NULL, NULL, len);
}

// Programming is complete when its function returns.
int mcu_flash_sync(void) {
    return error == NULL ? 0 : -ENODEV;
}
