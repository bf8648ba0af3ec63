// SPDX-License-Identifier: MIT
// Files of the host for firmware in an emulator or under a debugger: the part of Arm's semihosting interface that
// drivers and ports here use. A call stops the core at a breakpoint that the host answers; without such a host the
// firmware hangs or faults there, so only firmware that is made for one includes this.

#ifndef MICROPSA_DRIVERS_SEMIHOSTING_H
#define MICROPSA_DRIVERS_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !defined(__thumb__)
#error "semihosting.h knows the breakpoint of Arm's M profile only"
#endif

// Operation numbers, "Semihosting for AArch32 and AArch64" section 5.
#define SEMIHOSTING_SYS_OPEN 0x01
#define SEMIHOSTING_SYS_CLOSE 0x02
#define SEMIHOSTING_SYS_WRITE 0x05
#define SEMIHOSTING_SYS_READ 0x06
#define SEMIHOSTING_SYS_SEEK 0x0a
#define SEMIHOSTING_SYS_FLEN 0x0c
#define SEMIHOSTING_SYS_GET_CMDLINE 0x15
#define SEMIHOSTING_SYS_EXIT_EXTENDED 0x20

// Modes of SYS_OPEN are fopen's, numbered.
#define SEMIHOSTING_MODE_READ 1 // "rb"
#define SEMIHOSTING_MODE_UPDATE 3 // "r+b": must exist
#define SEMIHOSTING_MODE_CREATE 7 // "w+b": empties the file

// Longest command line that is looked at.
#define SEMIHOSTING_COMMAND_LINE_SIZE 512

static inline int semihosting_call(int operation, const void *arguments) {
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

// Returns a handle, or -1.
static inline int semihosting_open(const char *path, int mode) {
    const uintptr_t arguments[] = { (uintptr_t)path, mode, strlen(path) };
    return semihosting_call(SEMIHOSTING_SYS_OPEN, arguments);
}

static inline void semihosting_close(int handle) {
    const uintptr_t arguments[] = { handle };
    (void)semihosting_call(SEMIHOSTING_SYS_CLOSE, arguments);
}

// Size of the file in bytes, or -1.
static inline int semihosting_length(int handle) {
    const uintptr_t arguments[] = { handle };
    return semihosting_call(SEMIHOSTING_SYS_FLEN, arguments);
}

static inline bool semihosting_seek(int handle, uint32_t position) {
    const uintptr_t arguments[] = { handle, position };
    return semihosting_call(SEMIHOSTING_SYS_SEEK, arguments) >= 0;
}

// True when all of the buffer was read. SYS_READ and SYS_WRITE return the number of bytes that they did not transfer.
static inline bool semihosting_read(int handle, void *buffer, size_t size) {
    const uintptr_t arguments[] = { handle, (uintptr_t)buffer, size };
    return semihosting_call(SEMIHOSTING_SYS_READ, arguments) == 0;
}

static inline bool semihosting_write(int handle, const void *buffer, size_t size) {
    const uintptr_t arguments[] = { handle, (uintptr_t)buffer, size };
    return semihosting_call(SEMIHOSTING_SYS_WRITE, arguments) == 0;
}

// Ends the emulation with an exit status. Returns only where the host does not know the call.
static inline void semihosting_exit(int status) {
    // ADP_Stopped_ApplicationExit
    const uintptr_t arguments[] = { 0x20026, status };
    (void)semihosting_call(SEMIHOSTING_SYS_EXIT_EXTENDED, arguments);
}

// Finds `name=value` among the words of the command line that the host gave and copies the value.
// False: there is none, or it does not fit; value is empty then.
static inline bool semihosting_argument(const char *name, char *value, size_t value_size) {
    char line[SEMIHOSTING_COMMAND_LINE_SIZE] = "";
    uintptr_t arguments[] = { (uintptr_t)line, sizeof(line) - 1 };
    value[0] = '\0';
    if (semihosting_call(SEMIHOSTING_SYS_GET_CMDLINE, arguments) != 0) {
        return false;
    }
    line[sizeof(line) - 1] = '\0';
    size_t name_size = strlen(name);
    for (const char *word = line; *word != '\0';) {
        const char *end = strchr(word, ' ');
        size_t size = end == NULL ? strlen(word) : (size_t)(end - word);
        if (size > name_size && memcmp(word, name, name_size) == 0 && word[name_size] == '=') {
            size -= name_size + 1;
            if (size >= value_size) {
                return false;
            }
            memcpy(value, word + name_size + 1, size);
            value[size] = '\0';
            return true;
        }
        word += end == NULL ? size : size + 1;
    }
    return false;
}

#endif
