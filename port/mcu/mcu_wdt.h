// SPDX-License-Identifier: MIT
// Watchdog; a SoC that has one says MCU_HAS += WDT in its mcu.mk. Nothing here knows Python.
#pragma once

#include <stdint.h>

// Longest period in ms.
uint32_t mcu_wdt_max_ms(void);

// Reset the SoC unless mcu_wdt_feed() is called at least every `ms` (1 to the longest). Cannot be stopped. When it runs already:
// starts the new period, or -EBUSY where the hardware keeps the first one for ever (a period that is the same is accepted).
int mcu_wdt_start(uint32_t ms);

// Begin the period anew.
void mcu_wdt_feed(void);
