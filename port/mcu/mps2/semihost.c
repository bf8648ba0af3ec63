// SPDX-License-Identifier: MIT
#include <string.h>

#include "semihost.h"

#define SYS_OPEN (0x01)
#define SYS_CLOSE (0x02)
#define SYS_WRITE (0x05)
#define SYS_READ (0x06)
#define SYS_SEEK (0x0a)
#define SYS_FLEN (0x0c)
#define SYS_RENAME (0x0f)
#define SYS_TIME (0x11)
#define SYS_GET_CMDLINE (0x15)

#define CMDLINE_SIZE (1024)

static int32_t call(uint32_t operation, const void *parameters) {
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = parameters;
    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

int semihost_open(const char *path, int mode) {
    uint32_t p[] = { (uint32_t)path, (uint32_t)mode, strlen(path) };
    return (int)call(SYS_OPEN, p);
}

bool semihost_close(int handle) {
    uint32_t p[] = { (uint32_t)handle };
    return call(SYS_CLOSE, p) == 0;
}

int32_t semihost_length(int handle) {
    uint32_t p[] = { (uint32_t)handle };
    return call(SYS_FLEN, p);
}

static bool seek(int handle, uint32_t offset) {
    uint32_t p[] = { (uint32_t)handle, offset };
    return call(SYS_SEEK, p) == 0;
}

// SYS_READ and SYS_WRITE return the number of bytes that they did not transfer.
bool semihost_read(int handle, uint32_t offset, void *buf, size_t len) {
    uint32_t p[] = { (uint32_t)handle, (uint32_t)buf, len };
    return seek(handle, offset) && call(SYS_READ, p) == 0;
}

bool semihost_write(int handle, uint32_t offset, const void *buf, size_t len) {
    uint32_t p[] = { (uint32_t)handle, (uint32_t)buf, len };
    return seek(handle, offset) && call(SYS_WRITE, p) == 0;
}

bool semihost_rename(const char *from, const char *to) {
    uint32_t p[] = { (uint32_t)from, strlen(from), (uint32_t)to, strlen(to) };
    return call(SYS_RENAME, p) == 0;
}

uint32_t semihost_time(void) {
    return (uint32_t)call(SYS_TIME, NULL);
}

bool semihost_argument(const char *name, char *buf, size_t size) {
    static char line[CMDLINE_SIZE];
    uint32_t p[] = { (uint32_t)line, sizeof(line) };
    if (call(SYS_GET_CMDLINE, p) != 0) {
        return false;
    }
    size_t name_len = strlen(name);
    for (const char *word = line; *word != '\0';) {
        size_t len = 0;
        while (word[len] != '\0' && word[len] != ' ') {
            ++len;
        }
        if (len > name_len && memcmp(word, name, name_len) == 0 && word[name_len] == '=') {
            size_t value_len = len - name_len - 1;
            if (value_len == 0 || value_len >= size) {
                return false;
            }
            memcpy(buf, word + name_len + 1, value_len);
            buf[value_len] = '\0';
            return true;
        }
        word += len;
        while (*word == ' ') {
            ++word;
        }
    }
    return false;
}
