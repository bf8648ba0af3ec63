// SPDX-License-Identifier: MIT
// The backup domain's clock for this SoC's own use: it measures the time in Stop mode and ends it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Have it run; without a crystal at once, with one in up to 3 s the first time. False when no oscillator starts.
bool rtc_hw_start(void);

// Microseconds on a scale of its own, in steps of 250; the clock runs.
uint64_t rtc_hw_us(void);

// Its oscillator's nominal frequency.
uint32_t rtc_hw_hz(void);

// Around writes of protected registers.
void rtc_hw_unlock(void);
void rtc_hw_lock(void);
