// SPDX-License-Identifier: MIT
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Give `pin` (flat number, mcu_gpio.h) to a peripheral: its alternate function, with a pull-up, which keeps an open line idle,
// or without; open drain or not.
void gpio_connect(unsigned pin, unsigned function, bool open_drain, bool pull_up);

// Unmask what wakes from Stop mode only through EXTI: line 22, the RTC's wake-up timer.
void gpio_enable_rtc_wakeup(void);
