// SPDX-License-Identifier: MIT
#include <stdint.h>

#include "py/builtin.h"
#include "py/cstack.h"
#include "py/gc.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/gchelper.h"
#include "shared/runtime/pyexec.h"
#include "console.h"
#include "fatal.h"
#include "machine_bus.h"
#include "machine_pin.h"
#include "machine_uart.h"
#include "mcu.h"
#include "rtc.h"

#if MICROPSA_PSA
#include "psa_module.h"
#endif

// Linker script.
extern uint8_t _stack_guard_end, _stack_top, _heap_start, _heap_end;

// boot.py, then main.py unless boot.py asked for a soft reset or switched to the raw REPL.
// Returns false when a soft reset is due.
static bool run_user_scripts(void) {
    int ret = pyexec_file_if_exists("boot.py");
    if (ret & PYEXEC_FORCED_EXIT) {
        return false;
    }
    if (ret != 0 && pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL) {
        ret = pyexec_file_if_exists("main.py");
        if (ret & PYEXEC_FORCED_EXIT) {
            return false;
        }
    }
    return true;
}

static void run_repl(void) {
    for (;;) {
        int ret = pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? pyexec_raw_repl() : pyexec_friendly_repl();
        if (ret != 0) {
            return;
        }
    }
}

// One life of the interpreter, from an empty heap to the soft reset that ends it.
static void run_interpreter(void) {
    gc_init(&_heap_start, &_heap_end);
    mp_init();
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_lib));
    readline_init0();

    pyexec_frozen_module("_boot.py", false);

    if (fatal_safe_mode()) {
        mp_printf(&mp_plat_print, "MPY: safe mode after repeated faults, boot.py and main.py not run\n");
        run_repl();
    } else if (run_user_scripts()) {
        run_repl();
    }

    // Whatever machine.disable_irq() left behind.
    irq_restore(0);
    mp_printf(&mp_plat_print, "MPY: soft reboot\n");
    reset_cause_set_soft();

    // Keys and operations go before the heap that their Python objects live on.
#if MICROPSA_PSA
    psa_module_deinit();
#endif
#if MCU_HAS_GPIO
    machine_pin_deinit_all();
#endif
#if MCU_HAS_I2C
    machine_i2c_deinit_all();
#endif
#if MCU_HAS_SPI
    machine_spi_deinit_all();
#endif
    machine_uart_deinit_all();
    // Finalisers: open files are closed here.
    gc_sweep_all();
    mp_deinit();
}

int main(void) {
    reset_cause_init();
    mcu_init();
    rtc_init();
    console_init();
#if MCU_HAS_START_WARNING
    if (mcu_start_warning() != NULL) {
        mp_printf(&mp_plat_print, "MPY: %s\n", mcu_start_warning());
    }
#endif
    mp_cstack_init_with_top(&_stack_top, (size_t)(&_stack_top - &_stack_guard_end));
    for (;;) {
        run_interpreter();
    }
}

void port_check_alloca(size_t size) {
    mp_uint_t used = mp_cstack_usage();
    mp_uint_t limit = MP_STATE_THREAD(stack_limit);
    if (used > limit || size > limit - used) {
        mp_raise_msg(&mp_type_RuntimeError, MP_ERROR_TEXT("not enough stack"));
    }
}

void gc_collect(void) {
    gc_collect_start();
    gc_helper_collect_regs_and_stack();
    gc_collect_end();
}
