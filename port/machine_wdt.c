// SPDX-License-Identifier: MIT
// machine.WDT; included by extmod/machine_wdt.c.
#include "py/mperrno.h"
#include "port/mcu/mcu_wdt.h"

struct _machine_wdt_obj_t {
    mp_obj_base_t base;
};

static machine_wdt_obj_t wdt_obj = { { &machine_wdt_type } };

static machine_wdt_obj_t *mp_machine_wdt_make_new_instance(mp_int_t id, mp_int_t timeout_ms) {
    if (id != 0) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("WDT(%d) doesn't exist, only WDT(0)"), (int)id);
    }
    mp_int_t max = (mp_int_t)mcu_wdt_max_ms();
    if (timeout_ms < 1 || timeout_ms > max) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("timeout: %d is not in 1..%d ms"), (int)timeout_ms, (int)max);
    }
    int ret = mcu_wdt_start((uint32_t)timeout_ms);
    if (ret != 0) {
        // The hardware keeps its first period.
        mp_raise_OSError(-ret);
    }
    return &wdt_obj;
}

static void mp_machine_wdt_feed(machine_wdt_obj_t *self) {
    (void)self;
    mcu_wdt_feed();
}
