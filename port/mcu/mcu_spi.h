// SPDX-License-Identifier: MIT
// SPI controllers as masters, 8 bits at a time; a SoC that has them says MCU_HAS += SPI in its mcu.mk. Nothing here knows
// Python. Chip select is a pin of the program's.
//
// `unit` is the controller's number in the chip's manual (1 for SPI1, 0 for SPIM0). Which units a board has, on which pins if
// the program does not name others, is data of the board: "spi" in board.json (BOARD_SPIS in board_data.h); other
// units are never passed here.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t sck, mosi, miso; // pins, see mcu_gpio.h
    uint8_t polarity; // level of the idle clock
    uint8_t phase; // 0: sampled at the first edge of the clock, 1: at the second
    bool lsb_first;
    uint32_t hz;
} mcu_spi_config_t;

typedef enum {
    MCU_SPI_OK,
    MCU_SPI_BAD_SCK, // this pin cannot be the unit's clock
    MCU_SPI_BAD_MOSI,
    MCU_SPI_BAD_MISO,
    MCU_SPI_BAD_HZ, // below the slowest, see mcu_spi_min_hz()
} mcu_spi_check_t;

mcu_spi_check_t mcu_spi_check(unsigned unit, const mcu_spi_config_t *config);

// Slowest clock of the unit in Hz.
uint32_t mcu_spi_min_hz(unsigned unit);

// Start a unit with settings that mcu_spi_check() accepts. The clock is the fastest that is not above config->hz;
// returned in Hz.
uint32_t mcu_spi_init(unsigned unit, const mcu_spi_config_t *config);

// Stop a unit and leave its pins as inputs.
void mcu_spi_deinit(unsigned unit);

// Send `len` bytes of `tx` and receive as many into `rx`, which may be NULL (received bytes are dropped) or the same memory.
// `tx` may lie in flash. Returns 0, or -EIO when the hardware stopped answering; the unit has been restarted then.
int mcu_spi_transfer(unsigned unit, const uint8_t *tx, uint8_t *rx, size_t len);
