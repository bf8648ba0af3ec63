// SPDX-License-Identifier: MIT

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flash_model.h"

flash_t flash;

void flash_blank(uint32_t unit, uint32_t block_size, uint32_t block_count) {
    CHECK(block_size * block_count <= FLASH_MAX_SIZE);
    memset(flash.bytes, 0xff, block_size * block_count);
    flash.operations = 0;
    flash.cut_at = 0;
    flash.fail_reads = false;
    flash.fail_writes = false;
    flash.geometry = (psa_port_flash_geometry_t){
        .read_size = unit,
        .prog_size = unit,
        .block_size = block_size,
        .block_count = block_count,
    };
}

static uint8_t *place(uint32_t block, uint32_t offset, uint32_t size) {
    CHECK(block < flash.geometry.block_count);
    CHECK(offset % flash.geometry.prog_size == 0 && size % flash.geometry.prog_size == 0);
    CHECK(offset + size <= flash.geometry.block_size);
    return flash.bytes + block * flash.geometry.block_size + offset;
}

static void apply(uint8_t *at, const uint8_t *after, uint32_t size) {
    if (++flash.operations != flash.cut_at) {
        memcpy(at, after, size);
        return;
    }
    if (flash.cut_kind != CUT_BEFORE) {
        memcpy(at, after, size / 2);
    }
    if (flash.cut_kind == CUT_GARBAGE) {
        for (uint32_t i = size / 2; i < size; i++) {
            at[i] &= rand();
        }
    }
    longjmp(flash.power_lost, 1);
}

int psa_port_flash_init(psa_port_flash_geometry_t *geometry) {
    *geometry = flash.geometry;
    return 0;
}

int psa_port_flash_read(uint32_t block, uint32_t offset, void *buffer, uint32_t size) {
    memcpy(buffer, place(block, offset, size), size);
    return flash.fail_reads ? -EIO : 0;
}

int psa_port_flash_prog(uint32_t block, uint32_t offset, const void *buffer, uint32_t size) {
    uint8_t *at = place(block, offset, size);
    if (flash.fail_writes) {
        return -EIO;
    }
    for (uint32_t i = 0; i < size; i++) {
        CHECK(at[i] == 0xff);
    }
    apply(at, buffer, size);
    return 0;
}

int psa_port_flash_erase(uint32_t block) {
    static uint8_t blank[FLASH_MAX_SIZE];
    uint8_t *at = place(block, 0, flash.geometry.block_size);
    if (flash.fail_writes) {
        return -EIO;
    }
    memset(blank, 0xff, flash.geometry.block_size);
    apply(at, blank, flash.geometry.block_size);
    return 0;
}

int psa_port_flash_sync(void) {
    return flash.fail_writes ? -EIO : 0;
}

void psa_port_panic(const char *why) {
    check_failed(why, "psa_port_panic", 0);
}
