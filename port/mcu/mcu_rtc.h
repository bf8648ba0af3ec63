// SPDX-License-Identifier: MIT
// A clock that goes on while the SoC is reset; a SoC that has one says MCU_HAS += RTC in its mcu.mk. Without it the
// wall-clock time starts with mcu_rtc_at_boot() and is kept in RAM through the resets that the program asks for.
// Nothing here knows Python.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// The time in us since 1970 (resolution: the clock's own); false when it was never set, or lost with the power. Called at boot,
// after sleep, not for every time.time(). Bounded.
bool mcu_rtc_read(uint64_t *us);

// Set the clock to a time from 2000-01-01 to 2099-12-31. Returns 0, or -EIO when there is no clock that runs.
int mcu_rtc_write(uint64_t us);
