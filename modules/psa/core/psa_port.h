// SPDX-License-Identifier: MIT
// What the psa module needs of the machine that it runs on. A port implements it in one file: psa_port.c of our own
// port, port/psa_port_*.c for ports of MicroPython.

#ifndef MICROPSA_CORE_PSA_PORT_H
#define MICROPSA_CORE_PSA_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Flash region of the internal trusted storage. NOR rules: an erase sets a whole block to 0xff, a program only clears
// bits, once per byte between two erases, and never touches another program unit. One region, nobody else uses it.
typedef struct {
    uint32_t read_size; // smallest read, bytes; a divisor of 256
    uint32_t prog_size; // program unit, bytes, a multiple of read_size; a divisor of 256
    uint32_t block_size; // erase unit, bytes; a multiple of 256, at least 512
    uint32_t block_count; // at least 5
} psa_port_flash_geometry_t;

// Prepares the region and describes it. Called before each mount, possibly more than once; must not format anything.
// Returns 0, or a negative errno (-EIO and so on) with *geometry undefined.
int psa_port_flash_init(psa_port_flash_geometry_t *geometry);

// Offsets are relative to the start of the block; offset and size are multiples of the geometry's units and the range
// lies within the block. Each returns 0 or a negative errno; data is in flash when psa_port_flash_sync returns 0.
int psa_port_flash_read(uint32_t block, uint32_t offset, void *buffer, uint32_t size);
int psa_port_flash_prog(uint32_t block, uint32_t offset, const void *buffer, uint32_t size);
int psa_port_flash_erase(uint32_t block);
int psa_port_flash_sync(void);

// Whether the caller runs in an interrupt, which may have come in the middle of a call of this module. Nothing in here can
// be entered twice: the random generator would give the same bytes to both, and memory, storage and drivers would find
// their state half changed. So Python is refused then. False on a port whose interrupts run no Python.
bool psa_port_in_interrupt(void);

// Hold back signals whose handlers raise an exception in the middle of C code, and let them through again: the core would
// stay half way, with memory, keys and storage in use for good. Calls nest. Needed only on a port with
// MICROPY_ASYNC_KBD_INTR, MicroPython's unix port.
void psa_port_hold_signals(void);
void psa_port_release_signals(void);

// The module's memory is corrupted, so nothing that it could still do is safe: say why, stop or reset. Does not return.
__attribute__((noreturn)) void psa_port_panic(const char *why);

#endif
