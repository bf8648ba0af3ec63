// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

// Crystals, as far as they start, the clock of mcu_time_us() and the 1 ms tick. Bounded; never fails altogether: the
// internal oscillators run in any case, and mcu_start_warning() tells what is missing.
void clock_init(void);

// Stop what needs the fast oscillator, and the tick; interrupts must be masked. clock_wake() starts it again, with what the
// crystal needs for that, and counts `slept_us`, which passed meanwhile.
void clock_sleep(void);
void clock_wake(uint64_t slept_us);

// The slow clock goes on in sleep: ticks of RTC1, 24 bits, and their length.
#define CLOCK_TICKS_TO_US(ticks) ((uint64_t)(ticks) * (1000 * 33) * 1000 / 32768)
