// SPDX-License-Identifier: MIT
// Included by extmod/modmachine.c.
#include "port/cortexm/irq.h"
#include "port/fatal.h"
#include "port/mcu/mcu.h"

#if MCU_HAS_GPIO
#define GPIO_GLOBALS { MP_ROM_QSTR(MP_QSTR_Pin), MP_ROM_PTR(&machine_pin_type) },
#else
#define GPIO_GLOBALS
#endif

#define MICROPY_PY_MACHINE_EXTRA_GLOBALS \
    { MP_ROM_QSTR(MP_QSTR_PWRON_RESET), MP_ROM_INT(RESET_CAUSE_POWER_ON) }, \
        { MP_ROM_QSTR(MP_QSTR_HARD_RESET), MP_ROM_INT(RESET_CAUSE_HARD) }, \
        { MP_ROM_QSTR(MP_QSTR_SOFT_RESET), MP_ROM_INT(RESET_CAUSE_SOFT) }, \
        { MP_ROM_QSTR(MP_QSTR_FAULT_RESET), MP_ROM_INT(RESET_CAUSE_FAULT) }, \
        { MP_ROM_QSTR(MP_QSTR_WDT_RESET), MP_ROM_INT(RESET_CAUSE_WATCHDOG) }, \
        { MP_ROM_QSTR(MP_QSTR_DEEPSLEEP_RESET), MP_ROM_INT(RESET_CAUSE_DEEPSLEEP) }, \
        { MP_ROM_QSTR(MP_QSTR_RTC), MP_ROM_PTR(&machine_rtc_type) }, \
        GPIO_GLOBALS

static void mp_machine_idle(void) {
    mp_event_wait_ms(1);
}

NORETURN static void mp_machine_reset(void) {
    announced_reset(RESET_CAUSE_HARD);
}

static mp_int_t mp_machine_reset_cause(void) {
    return reset_cause();
}

static mp_obj_t mp_machine_unique_id(void) {
    uint8_t id[16];
    return mp_obj_new_bytes(id, mcu_unique_id(id, sizeof(id)));
}

static mp_obj_t mp_machine_get_freq(void) {
    return mp_obj_new_int_from_uint(mcu_clock_hz());
}

static void mp_machine_set_freq(size_t n_args, const mp_obj_t *args) {
    mp_raise_NotImplementedError(MP_ERROR_TEXT("the CPU clock is fixed"));
}

static uint64_t sleep_us(size_t n_args, const mp_obj_t *args) {
    if (n_args == 0) {
        return UINT64_MAX;
    }
    mp_int_t ms = mp_obj_get_int(args[0]);
    return ms <= 0 ? 0 : (uint64_t)ms * 1000;
}

#if MCU_HAS_SLEEP

// What is being printed must be out: clocks stop.
static void flush_console(void) {
    while (!mcu_uart_tx_done(MICROPY_HW_REPL_UART)) {
    }
}

static void mp_machine_lightsleep(size_t n_args, const mp_obj_t *args) {
    uint64_t us = sleep_us(n_args, args);
    if (us == 0) {
        return;
    }
    flush_console();
    mcu_lightsleep(us);
    mp_handle_pending(true);
}

NORETURN static void mp_machine_deepsleep(size_t n_args, const mp_obj_t *args) {
    uint64_t us = sleep_us(n_args, args);
    flush_console();
    if (us != 0) {
        announce_reset(RESET_CAUSE_DEEPSLEEP);
        mcu_deepsleep(us);
    }
    announced_reset(RESET_CAUSE_DEEPSLEEP);
}

#else

// Sleeping keeps everything running here: only the CPU waits.
static void mp_machine_lightsleep(size_t n_args, const mp_obj_t *args) {
    uint64_t us = sleep_us(n_args, args);
    if (us == UINT64_MAX) {
        mp_event_wait_indefinite();
    } else if (us != 0) {
        mp_hal_delay_ms((mp_uint_t)(us / 1000));
    }
}

// Ends in a reset, as on a board whose RAM loses power meanwhile. Without a time it sleeps until the reset button.
NORETURN static void mp_machine_deepsleep(size_t n_args, const mp_obj_t *args) {
    do {
        mp_machine_lightsleep(n_args, args);
    } while (n_args == 0);
    announced_reset(RESET_CAUSE_DEEPSLEEP);
}

#endif
