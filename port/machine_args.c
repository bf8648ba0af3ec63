// SPDX-License-Identifier: MIT
// Arguments that MicroPython's I2C and SPI classes pass on unseen: a frequency of 0, by which they divide, is a fault on this
// CPU, and a length of -1 fills all memory. The Makefile puts these functions in the place of their namesakes in
// extmod/machine_i2c.c and extmod/machine_spi.c.
#include "py/runtime.h"

#if MCU_HAS_GPIO || MCU_HAS_I2C || MCU_HAS_SPI

#include "machine_args.h"

static void check(size_t n, const mp_arg_t *allowed, const mp_arg_val_t *values) {
    for (size_t i = 0; i < n; ++i) {
        qstr name = (qstr)allowed[i].qst;
        mp_int_t value = values[i].u_int;
        // The default of init() is -1: not given.
        if ((allowed[i].flags & MP_ARG_KIND_MASK) != MP_ARG_INT || value == allowed[i].defval.u_int) {
            continue;
        }
        if ((name == MP_QSTR_freq || name == MP_QSTR_baudrate) && value <= 0) {
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: accepted are Hz from 1"), name);
        }
        if (name == MP_QSTR_timeout && value <= 0) {
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: accepted are microseconds from 1"), name);
        }
        if ((name == MP_QSTR_polarity || name == MP_QSTR_phase || name == MP_QSTR_firstbit) && value != 0 && value != 1) {
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: accepted are 0 and 1"), name);
        }
    }
}

void machine_arg_parse_all(size_t n_pos, const mp_obj_t *pos, mp_map_t *kws, size_t n_allowed, const mp_arg_t *allowed, mp_arg_val_t *out_vals) {
    mp_arg_parse_all(n_pos, pos, kws, n_allowed, allowed, out_vals);
    check(n_allowed, allowed, out_vals);
}

void machine_arg_parse_all_kw_array(size_t n_pos, size_t n_kw, const mp_obj_t *args, size_t n_allowed, const mp_arg_t *allowed, mp_arg_val_t *out_vals) {
    mp_arg_parse_all_kw_array(n_pos, n_kw, args, n_allowed, allowed, out_vals);
    check(n_allowed, allowed, out_vals);
}

void machine_vstr_init_len(vstr_t *vstr, size_t len) {
    if ((mp_int_t)len < 0) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("nbytes: %d is negative"), (int)len);
    }
    vstr_init_len(vstr, len);
}

#endif
