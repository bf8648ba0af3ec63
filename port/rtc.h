// SPDX-License-Identifier: MIT
// Wall-clock time. It runs on the CPU's clock, which is the most accurate there is; a clock that survives resets
// (mcu/mcu_rtc.h) says where it starts. Without such a clock it goes on from where a reset that the firmware asked for
// has stopped it, and begins with mcu_rtc_at_boot() after any other.
#pragma once

#include <stdint.h>

// After mcu_init().
void rtc_init(void);

// Microseconds since 1970.
uint64_t rtc_now_us(void);

// Set the time, from 2000-01-01 to 2099-12-31. Returns 0, or -EIO when the surviving clock does not run: the time is set
// but will not survive.
int rtc_set_us(uint64_t us);

// Before a reset on purpose: keep the time.
void rtc_keep(void);
