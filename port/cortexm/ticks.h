// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

// Start the 1 ms tick from a CPU clock of `hz`; each tick calls mcu_tick().
void ticks_init(uint32_t hz);

// Entry for the vector table.
void ticks_handler(void);
