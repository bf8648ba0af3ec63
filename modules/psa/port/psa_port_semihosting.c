// SPDX-License-Identifier: MIT
// The psa module's machine on MicroPython's qemu port: the storage region is a file of the host, through semihosting.
// `its=<path>` on the semihosting command line names it, else it is micropsa-its.bin where QEMU was started.

#include <errno.h>

#include "core/psa_port.h"
#include "semihosting.h"

#define DEFAULT_PATH "micropsa-its.bin"
#define PATH_SIZE 256

#define UNIT_SIZE 16
#define BLOCK_SIZE 4096
#define BLOCK_COUNT 32
#define FLASH_SIZE (BLOCK_SIZE * BLOCK_COUNT)

static int file = -1;
static uint8_t blank[256];

static int fill(uint32_t offset, uint32_t end) {
    memset(blank, 0xff, sizeof(blank));
    if (!semihosting_seek(file, offset)) {
        return -EIO;
    }
    while (offset < end) {
        uint32_t size = end - offset < sizeof(blank) ? end - offset : sizeof(blank);
        if (!semihosting_write(file, blank, size)) {
            return -EIO;
        }
        offset += size;
    }
    return 0;
}

int psa_port_flash_init(psa_port_flash_geometry_t *geometry) {
    if (file < 0) {
        char path[PATH_SIZE];
        if (!semihosting_argument("its", path, sizeof(path))) {
            strcpy(path, DEFAULT_PATH);
        }
        file = semihosting_open(path, SEMIHOSTING_MODE_UPDATE);
        if (file < 0) {
            file = semihosting_open(path, SEMIHOSTING_MODE_CREATE);
        }
        if (file < 0) {
            return -ENOENT;
        }
    }
    int size = semihosting_length(file);
    if (size < 0 || size > FLASH_SIZE) {
        return -EIO;
    }
    // A new file is blank flash.
    int err = fill(size, FLASH_SIZE);
    if (err != 0) {
        return err;
    }
    *geometry = (psa_port_flash_geometry_t){
        .read_size = UNIT_SIZE,
        .prog_size = UNIT_SIZE,
        .block_size = BLOCK_SIZE,
        .block_count = BLOCK_COUNT,
    };
    return 0;
}

int psa_port_flash_read(uint32_t block, uint32_t offset, void *buffer, uint32_t size) {
    return semihosting_seek(file, block * BLOCK_SIZE + offset) && semihosting_read(file, buffer, size) ? 0 : -EIO;
}

int psa_port_flash_prog(uint32_t block, uint32_t offset, const void *buffer, uint32_t size) {
    return semihosting_seek(file, block * BLOCK_SIZE + offset) && semihosting_write(file, buffer, size) ? 0 : -EIO;
}

int psa_port_flash_erase(uint32_t block) {
    return fill(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE);
}

int psa_port_flash_sync(void) {
    return 0; // each write is the host's before the call returns
}

// No interrupt of MicroPython's qemu port runs Python.
bool psa_port_in_interrupt(void) {
    return false;
}

void psa_port_panic(const char *why) {
    // SYS_WRITE0: a string to the emulator's console
    (void)semihosting_call(0x04, why);
    (void)semihosting_call(0x04, "\n");
    semihosting_exit(1);
    for (;;) {
    }
}
