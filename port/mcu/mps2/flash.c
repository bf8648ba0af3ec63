// SPDX-License-Identifier: MIT
// The board's data flash: a file on the host, reached through semihosting, that obeys the rules of NOR flash.
#include <errno.h>
#include <string.h>

#include "genhdr/board_data.h"
#include "flash.h"
#include "mcu.h"
#include "semihosting.h"

#define SYS_RENAME (0x0f)
#define SYS_ERRNO (0x13)

#define PATH_SIZE (512)
#define NEW_SUFFIX ".new"
#define CHUNK_SIZE (256)

static bool read_at(int file, uint32_t offset, void *buf, size_t len) {
    return semihosting_seek(file, offset) && semihosting_read(file, buf, len);
}

static bool write_at(int file, uint32_t offset, const void *buf, size_t len) {
    return semihosting_seek(file, offset) && semihosting_write(file, buf, len);
}

static int handle = -1;
static const char *error = "flash not started";

int mcu_flash_read(uint32_t offset, void *buf, size_t len) {
    if (handle < 0) {
        return -ENODEV;
    }
    if (offset > BOARD_FLASH_SIZE || len > BOARD_FLASH_SIZE - offset) {
        return -EINVAL;
    }
    return len == 0 || read_at(handle, offset, buf, len) ? 0 : -EIO;
}

int mcu_flash_program(uint32_t offset, const void *buf, size_t len) {
    // The rule first, for all of it: a refused program changes nothing.
    const uint8_t *data = buf;
    for (size_t done = 0; done < len;) {
        uint8_t old[CHUNK_SIZE];
        size_t n = len - done < sizeof(old) ? len - done : sizeof(old);
        int ret = mcu_flash_read(offset + done, old, n);
        if (ret != 0) {
            return ret;
        }
        for (size_t i = 0; i < n; ++i) {
            if (data[done + i] & ~old[i]) {
                return -EPERM;
            }
        }
        done += n;
    }
    if (handle < 0) {
        return -ENODEV;
    }
    return len == 0 || write_at(handle, offset, buf, len) ? 0 : -EIO;
}

// Fill with 0xff. `file` may be another than the flash in use.
static bool fill_erased(int file, uint32_t offset, size_t len) {
    uint8_t erased[CHUNK_SIZE];
    memset(erased, 0xff, sizeof(erased));
    for (size_t done = 0; done < len; done += sizeof(erased)) {
        if (!write_at(file, offset + done, erased, sizeof(erased))) {
            return false;
        }
    }
    return true;
}

_Static_assert(BOARD_FLASH_SECTOR_SIZE % CHUNK_SIZE == 0, "a sector is erased in whole chunks");

int mcu_flash_erase(uint32_t offset, size_t len) {
    if (handle < 0) {
        return -ENODEV;
    }
    if (offset % BOARD_FLASH_SECTOR_SIZE || len % BOARD_FLASH_SECTOR_SIZE ||
        offset > BOARD_FLASH_SIZE || len > BOARD_FLASH_SIZE - offset) {
        return -EINVAL;
    }
    return fill_erased(handle, offset, len) ? 0 : -EIO;
}

// The host writes at once: what it acknowledged survives the death of the emulator.
int mcu_flash_sync(void) {
    return handle < 0 ? -ENODEV : 0;
}

const char *mcu_flash_error(void) {
    return error;
}

// Built under another name first, so that a power cut leaves no short file behind.
static int create(const char *path) {
    char new_path[PATH_SIZE + sizeof(NEW_SUFFIX)];
    strcpy(new_path, path);
    strcat(new_path, NEW_SUFFIX);
    int file = semihosting_open(new_path, SEMIHOSTING_MODE_CREATE);
    if (file < 0) {
        return -1;
    }
    bool filled = fill_erased(file, 0, BOARD_FLASH_SIZE);
    semihosting_close(file);
    const uintptr_t names[] = { (uintptr_t)new_path, strlen(new_path), (uintptr_t)path, strlen(path) };
    if (!filled || semihosting_call(SYS_RENAME, names) != 0) {
        return -1;
    }
    return semihosting_open(path, SEMIHOSTING_MODE_UPDATE);
}

void flash_init(void) {
    static char path[PATH_SIZE];
    if (!semihosting_argument("flash", path, sizeof(path))) {
        error = "the emulator was started without flash=FILE";
        return;
    }
    int file = semihosting_open(path, SEMIHOSTING_MODE_UPDATE);
    // A file that is there but refuses is never replaced.
    if (file < 0 && semihosting_call(SYS_ERRNO, NULL) == ENOENT) {
        file = create(path);
    }
    if (file < 0) {
        error = "the flash file can be neither opened nor created";
        return;
    }
    if (semihosting_length(file) != (int)BOARD_FLASH_SIZE) {
        semihosting_close(file);
        error = "the flash file's size is not this board's flash size; it was left as it is";
        return;
    }
    handle = file;
    error = NULL;
}

void flash_deinit(void) {
    if (handle >= 0) {
        semihosting_close(handle);
    }
    handle = -1;
    error = "flash stopped";
}
