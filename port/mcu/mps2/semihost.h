// SPDX-License-Identifier: MIT
// Arm semihosting calls that the board's flash, clock and identity need (Arm IHI 0203, "Semihosting for AArch32").
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// fopen() modes of SYS_OPEN.
#define SEMIHOST_READ_WRITE (3) // "r+b"
#define SEMIHOST_CREATE (7) // "w+b"

// All return -1 (or false) on failure.
int semihost_open(const char *path, int mode);
bool semihost_close(int handle);
int32_t semihost_length(int handle);
bool semihost_read(int handle, uint32_t offset, void *buf, size_t len);
bool semihost_write(int handle, uint32_t offset, const void *buf, size_t len);
bool semihost_rename(const char *from, const char *to);

// Seconds since 1970.
uint32_t semihost_time(void);

// Copy the value of `name=value` on the emulator's command line (words separated by blanks) into `buf`.
// False when the name is not there or the value does not fit.
bool semihost_argument(const char *name, char *buf, size_t size);
