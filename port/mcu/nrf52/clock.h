// SPDX-License-Identifier: MIT
#pragma once

// Crystals, as far as they start, the clock of mcu_time_us() and the 1 ms tick. Bounded; never fails altogether: the
// internal oscillators run in any case, and mcu_start_warning() tells what is missing.
void clock_init(void);
