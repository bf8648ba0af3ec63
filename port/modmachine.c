// SPDX-License-Identifier: MIT
// Included by extmod/modmachine.c.
#include "port/cortexm/irq.h"
#include "port/fatal.h"
#include "port/mcu/mcu.h"

#define MICROPY_PY_MACHINE_EXTRA_GLOBALS \
    { MP_ROM_QSTR(MP_QSTR_PWRON_RESET), MP_ROM_INT(RESET_CAUSE_POWER_ON) }, \
        { MP_ROM_QSTR(MP_QSTR_HARD_RESET), MP_ROM_INT(RESET_CAUSE_HARD) }, \
        { MP_ROM_QSTR(MP_QSTR_SOFT_RESET), MP_ROM_INT(RESET_CAUSE_SOFT) }, \
        { MP_ROM_QSTR(MP_QSTR_FAULT_RESET), MP_ROM_INT(RESET_CAUSE_FAULT) },

static void mp_machine_idle(void) {
    mp_event_wait_ms(1);
}

NORETURN static void mp_machine_reset(void) {
    hard_reset();
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

// Sleeping keeps everything running here: only the CPU waits.
static void mp_machine_lightsleep(size_t n_args, const mp_obj_t *args) {
    if (n_args == 0) {
        mp_event_wait_indefinite();
    } else {
        mp_int_t ms = mp_obj_get_int(args[0]);
        if (ms > 0) {
            mp_hal_delay_ms((mp_uint_t)ms);
        }
    }
}

// Ends in a reset, as on a board whose RAM loses power meanwhile.
NORETURN static void mp_machine_deepsleep(size_t n_args, const mp_obj_t *args) {
    mp_machine_lightsleep(n_args, args);
    hard_reset();
}
