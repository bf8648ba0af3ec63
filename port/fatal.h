// SPDX-License-Identifier: MIT
// The end of the road: a report on the console, then a reset. Uses no heap and little stack.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Report `why` and reset.
__attribute__((noreturn)) void fatal(const char *why);

// For reports: send text, or a number as 8 hexadecimal digits.
void fatal_print(const char *str);
void fatal_print_hex(uint32_t value);

// The last line of a report; resets.
__attribute__((noreturn)) void fatal_reset(void);

// Why the SoC started; values of machine.reset_cause().
typedef enum {
    RESET_CAUSE_POWER_ON = 1,
    RESET_CAUSE_HARD = 2,
    RESET_CAUSE_SOFT = 3,
    RESET_CAUSE_FAULT = 4,
    RESET_CAUSE_WATCHDOG = 5,
    RESET_CAUSE_DEEPSLEEP = 6,
} reset_cause_t;

// Called once at start-up, before anything can fail.
void reset_cause_init(void);
reset_cause_t reset_cause(void);
void reset_cause_set_soft(void);

// Restart the SoC on purpose; `cause` is what reset_cause() says then where the SoC's hardware does not know better.
__attribute__((noreturn)) void announced_reset(reset_cause_t cause);

// Leave word for a reset that the hardware makes, or may make, next.
void announce_reset(reset_cause_t cause);

// True when boot.py and main.py must not run: the last FATAL_MAX_IN_A_ROW starts all ended in a fault.
bool fatal_safe_mode(void);
