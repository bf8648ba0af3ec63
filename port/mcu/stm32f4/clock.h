// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

// Crystal and PLL, as far as they work, then the clock of mcu_time_us(). Bounded; never fails altogether: the
// internal oscillator runs in any case, and mcu_start_warning() tells what is missing.
void clock_init(void);

// After Stop mode: the clock that was before it. Resets when that is not to be had. Nothing when it is there.
void clock_resume(void);

// Time that the microsecond counter missed.
void clock_add_us(uint64_t us);

// Clocks of the two peripheral buses in Hz.
uint32_t clock_apb1_hz(void);
uint32_t clock_apb2_hz(void);
