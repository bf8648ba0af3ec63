// SPDX-License-Identifier: MIT
// I2C controllers as masters; a SoC that has them says MCU_HAS += I2C in its mcu.mk. Nothing here knows Python.
//
// `unit` is the controller's number in the chip's manual (1 for I2C1, 0 for TWIM0). Which units a board has, on which pins if
// the program does not name others, is data of the board: "i2c" in board.json (BOARD_I2CS in board_data.h); other
// units are never passed here.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What is wrong with a choice of pins or frequency.
typedef enum {
    MCU_I2C_OK,
    MCU_I2C_BAD_SCL, // this pin cannot be the unit's clock
    MCU_I2C_BAD_SDA,
    MCU_I2C_BAD_HZ, // below the slowest, see mcu_i2c_min_hz()
} mcu_i2c_check_t;

mcu_i2c_check_t mcu_i2c_check(unsigned unit, unsigned scl, unsigned sda, uint32_t hz);

// Slowest and fastest clock in Hz. A wish above the fastest gets the fastest.
uint32_t mcu_i2c_min_hz(void);
uint32_t mcu_i2c_max_hz(void);

// Start a unit with settings that mcu_i2c_check() accepts; the pins become open drain with the internal pull-up, which only
// adds to the bus's own. The clock is the fastest that is not above `hz`; returned in Hz.
uint32_t mcu_i2c_init(unsigned unit, unsigned scl, unsigned sda, uint32_t hz);

// Stop a unit and leave its pins as inputs.
void mcu_i2c_deinit(unsigned unit);

typedef struct {
    uint8_t *data; // of a write: is only read
    size_t len;
} mcu_i2c_buf_t;

#define MCU_I2C_READ (1u) // else write
#define MCU_I2C_STOP (2u) // a stop condition at the end; else the bus is kept and the next transfer begins with a restart
#define MCU_I2C_WRITE_FIRST (4u) // with READ: the first buffer is written, then a restart, then the others are read

// One transfer with the device at the 7-bit `address`: start, address, all buffers without a gap. `count` is 1 or more (with
// WRITE_FIRST 2 or more); lengths may be 0: a write of no bytes asks whether the device is there.
//
// Returns the number of data bytes of the write that were acknowledged (the device may refuse early; the bus has been
// released then), 0 for a read, or
//   -ENODEV     nobody acknowledged the address
//   -EIO        the device refused a byte before the restart of WRITE_FIRST; arbitration lost; bus error
//   -ETIMEDOUT  no progress for `timeout_us`: a device stretches the clock, or holds a line. The backend has then tried
//               to free the bus (mcu/i2c_recovery.h) and the unit is ready for the next transfer.
//   -EINVAL     more than the hardware takes at once (nRF: 65,535 bytes, 512 in several buffers or from flash)
// Every error releases the bus; what was read by then is undefined. Never waits longer than `timeout_us` per byte.
int mcu_i2c_transfer(unsigned unit, uint8_t address, const mcu_i2c_buf_t *bufs, size_t count, unsigned flags, uint32_t timeout_us);
