// SPDX-License-Identifier: MIT
#include "py/mpconfig.h"
#include "py/mpprint.h"
#include "py/obj.h"
#include "py/runtime.h"
#include "cortexm/irq.h"
#include "fatal.h"
#include "mcu.h"
#include "rtc.h"

#define FATAL_MAX_IN_A_ROW (3)

// "RSTC": tells a reset that this firmware asked for from a power-on, which leaves anything in RAM.
#define NOINIT_MAGIC (0x52535443)

static struct {
    uint32_t magic;
    uint32_t cause;
    uint32_t faults_in_a_row;
} noinit __attribute__((section(".noinit")));

static reset_cause_t current_cause;

void fatal_print(const char *str) {
    for (; *str != '\0'; ++str) {
        if (*str == '\n') {
            mcu_uart_tx(MICROPY_HW_REPL_UART, '\r');
        }
        mcu_uart_tx(MICROPY_HW_REPL_UART, (uint8_t)*str);
    }
}

void fatal_print_hex(uint32_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) {
        mcu_uart_tx(MICROPY_HW_REPL_UART, (uint8_t)"0123456789abcdef"[(value >> shift) & 15]);
    }
}

void fatal(const char *why) {
    irq_disable_save();
    fatal_print("\n*** PANIC: ");
    fatal_print(why);
    fatal_print("\n");
    fatal_reset();
}

void fatal_reset(void) {
    noinit.faults_in_a_row += 1;
    noinit.cause = RESET_CAUSE_FAULT;
    noinit.magic = NOINIT_MAGIC;
    rtc_keep();
    fatal_print("Resetting.\n");
    mcu_reset();
}

void announce_reset(reset_cause_t cause) {
    noinit.faults_in_a_row = 0;
    noinit.cause = cause;
    noinit.magic = NOINIT_MAGIC;
    rtc_keep();
}

void announced_reset(reset_cause_t cause) {
    announce_reset(cause);
    mcu_reset();
}

void reset_cause_init(void) {
    bool announced = noinit.magic == NOINIT_MAGIC;
    current_cause = announced ? (reset_cause_t)noinit.cause : RESET_CAUSE_POWER_ON;
#if MCU_HAS_RESET_CAUSE
    switch (mcu_reset_cause()) {
        case MCU_RESET_UNKNOWN:
            break;
        case MCU_RESET_POWER_ON:
            current_cause = RESET_CAUSE_POWER_ON;
            break;
        case MCU_RESET_PIN:
        case MCU_RESET_SOFTWARE:
            // Ours, or the reset button, or a debugger.
            current_cause = announced ? current_cause : RESET_CAUSE_HARD;
            break;
        case MCU_RESET_WATCHDOG:
            current_cause = RESET_CAUSE_WATCHDOG;
            break;
        case MCU_RESET_DEEPSLEEP:
            current_cause = RESET_CAUSE_DEEPSLEEP;
            break;
    }
#endif
    if (current_cause != RESET_CAUSE_FAULT) {
        noinit.faults_in_a_row = 0;
    }
    // Where the hardware does not tell, a reset that nobody announced counts as power-on.
    noinit.magic = 0;
}

reset_cause_t reset_cause(void) {
    return current_cause;
}

void reset_cause_set_soft(void) {
    current_cause = RESET_CAUSE_SOFT;
    noinit.faults_in_a_row = 0;
}

bool fatal_safe_mode(void) {
    return noinit.faults_in_a_row >= FATAL_MAX_IN_A_ROW;
}

void nlr_jump_fail(void *val) {
    mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(val));
    fatal("exception outside of any handler");
}

#ifndef NDEBUG
void __assert_func(const char *file, int line, const char *func, const char *expr);

void __assert_func(const char *file, int line, const char *func, const char *expr) {
    fatal_print("\nAssertion failed: ");
    fatal_print(expr);
    fatal_print(" in ");
    fatal_print(file);
    fatal_print(", line 0x");
    fatal_print_hex((uint32_t)line);
    fatal("assertion failed");
}
#endif
