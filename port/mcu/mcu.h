// SPDX-License-Identifier: MIT
// What a SoC folder (port/mcu/<soc>/) provides to the port. Nothing here knows Python.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

// Bring up the clock, the tick, the console UART and the flash; .data and .bss are ready.
void mcu_init(void);

#if MCU_HAS_START_WARNING
// What did not work at start-up although the SoC runs, NULL when all is well.
const char *mcu_start_warning(void);
#endif

// Reset the SoC as a whole.
__attribute__((noreturn)) void mcu_reset(void);

#if MCU_HAS_RESET_CAUSE
// Why the SoC started, as its hardware says. UNKNOWN: it does not tell (an emulator's may not).
typedef enum {
    MCU_RESET_UNKNOWN,
    MCU_RESET_POWER_ON, // or brown-out
    MCU_RESET_PIN,
    MCU_RESET_SOFTWARE, // mcu_reset()
    MCU_RESET_WATCHDOG,
    MCU_RESET_DEEPSLEEP, // woken from mcu_deepsleep()
} mcu_reset_cause_t;

// Called once, before mcu_init(): reads the hardware's flags and clears them for the next reset.
mcu_reset_cause_t mcu_reset_cause(void);
#endif

#if MCU_HAS_SLEEP
#define MCU_SLEEP_FOREVER (UINT64_MAX)

// The least power at which RAM and pins keep their state: peripherals' clocks may stop. Returns after `us` (from 1), earlier
// when an armed pin (mcu_gpio_irq_arm()) has its edge; what else wakes is the SoC's. Clocks are as before then and
// mcu_time_us() has counted the time; pins' interrupts have run. Called with interrupts enabled.
void mcu_lightsleep(uint64_t us);

// The least power at all, for `us` or until a wake-up pin of the SoC; ends in a reset whose cause is MCU_RESET_DEEPSLEEP where
// the hardware can tell.
__attribute__((noreturn)) void mcu_deepsleep(uint64_t us);
#endif

// CPU clock in Hz.
uint32_t mcu_clock_hz(void);

// Write up to `size` bytes that identify this device, the same after every reset; returns their number.
size_t mcu_unique_id(uint8_t *id, size_t size);

// Microseconds since reset. Never stands still or goes back, with interrupts masked too (for up to 2 minutes).
uint64_t mcu_time_us(void);

// Free-running counter at the CPU's clock, wraps at 32 bits.
uint32_t mcu_ticks_cpu(void);

// Called by the 1 ms tick.
void mcu_tick(void);

// Wall-clock seconds since 1970 at the moment of reset; SoCs without a clock that survives say 2000-01-01.
uint32_t mcu_rtc_at_boot(void);

// UARTs are numbered from 0.
unsigned mcu_uart_count(void);

// A byte that `filter` returns true for is consumed by it; it runs in the receive interrupt.
typedef bool mcu_uart_filter_t(uint8_t c);

// Whether the hardware comes within 3 % of `baud`.
bool mcu_uart_can(uint32_t baud);

// Start UART `id` at `baud`, 8N1. Received bytes go into `rx`. When `rx` is full, a UART with a filter drops further
// bytes (it must go on looking for its interrupt character), one without leaves them in the hardware, so that a
// line with flow control, and an emulator, holds the sender.
// `baud` is one that mcu_uart_can() accepts.
void mcu_uart_init(unsigned id, uint32_t baud, ring_t *rx, mcu_uart_filter_t *filter);

// Stop UART `id`; its ring is not touched any more.
void mcu_uart_deinit(unsigned id);

// True when mcu_uart_tx() would not wait.
bool mcu_uart_tx_ready(unsigned id);

// Send one byte, waiting for room.
void mcu_uart_tx(unsigned id, uint8_t c);

// True when nothing is left to send.
bool mcu_uart_tx_done(unsigned id);

// After the ring got room: fetch what waits in the hardware.
void mcu_uart_rx_resume(unsigned id);

// The board's data flash (regions: board.json). Offsets count from its start. All return 0 or a negative errno:
// -ENODEV no usable flash, -EIO transfer failed, -EINVAL outside the flash or unaligned erase,
// -EPERM a program that would set a cleared bit.
int mcu_flash_read(uint32_t offset, void *buf, size_t len);
int mcu_flash_program(uint32_t offset, const void *buf, size_t len);
int mcu_flash_erase(uint32_t offset, size_t len); // whole sectors of BOARD_FLASH_SECTOR_SIZE
int mcu_flash_sync(void);

// Why the flash is not usable, NULL when it is.
const char *mcu_flash_error(void);
