// SPDX-License-Identifier: MIT
// The seam under the psa module: the key store's flash region, and the end after memory corruption.
#include <errno.h>

#include "core/psa_port.h"
#include "cortexm/irq.h"
#include "genhdr/board_data.h"
#include "fatal.h"
#include "mcu/mcu.h"

#define ITS_READ_SIZE (16)
#define ITS_PROG_SIZE (16)

int psa_port_flash_init(psa_port_flash_geometry_t *geometry) {
    if (mcu_flash_error() != NULL) {
        return -ENODEV;
    }
    geometry->read_size = ITS_READ_SIZE;
    geometry->prog_size = ITS_PROG_SIZE;
    geometry->block_size = BOARD_FLASH_SECTOR_SIZE;
    geometry->block_count = BOARD_FLASH_ITS_SIZE / BOARD_FLASH_SECTOR_SIZE;
    return 0;
}

// Offset in the board's flash; false when the range leaves the block, which must never reach a neighbour.
static bool locate(uint32_t block, uint32_t offset, uint32_t size, uint32_t *position) {
    if (block >= BOARD_FLASH_ITS_SIZE / BOARD_FLASH_SECTOR_SIZE || offset > BOARD_FLASH_SECTOR_SIZE ||
        size > BOARD_FLASH_SECTOR_SIZE - offset) {
        return false;
    }
    *position = BOARD_FLASH_ITS_OFFSET + block * BOARD_FLASH_SECTOR_SIZE + offset;
    return true;
}

int psa_port_flash_read(uint32_t block, uint32_t offset, void *buffer, uint32_t size) {
    uint32_t position;
    return locate(block, offset, size, &position) ? mcu_flash_read(position, buffer, size) : -EINVAL;
}

int psa_port_flash_prog(uint32_t block, uint32_t offset, const void *buffer, uint32_t size) {
    uint32_t position;
    return locate(block, offset, size, &position) ? mcu_flash_program(position, buffer, size) : -EINVAL;
}

int psa_port_flash_erase(uint32_t block) {
    uint32_t position;
    return locate(block, 0, BOARD_FLASH_SECTOR_SIZE, &position) ? mcu_flash_erase(position, BOARD_FLASH_SECTOR_SIZE) : -EINVAL;
}

int psa_port_flash_sync(void) {
    return mcu_flash_sync();
}

// Handlers of pins may be Python (machine.Pin.irq with hard=True).
bool psa_port_in_interrupt(void) {
    return irq_is_handler();
}

void psa_port_panic(const char *why) {
    fatal(why);
}
