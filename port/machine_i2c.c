// SPDX-License-Identifier: MIT
// machine.I2C: the board's I2C controllers, numbered as in the chip's manual.
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

#if MCU_HAS_I2C

#include "extmod/modmachine.h"
#include "genhdr/board_data.h"
#include "machine_bus.h"
#include "mcu_i2c.h"

#define I2C_DEFAULT_HZ (400000)
#define I2C_DEFAULT_TIMEOUT_US (50000)
#define I2C_LAST_ADDRESS (0x7f)

typedef struct {
    mp_obj_base_t base;
    uint8_t unit;
    uint8_t scl, sda;
    bool running;
    uint32_t hz; // real
    uint32_t timeout_us;
} machine_i2c_obj_t;

#define I2C_OBJ(unit, scl, sda) { { &machine_i2c_type }, unit, scl, sda, false, 0, 0 },
#define I2C_TEXT(unit, scl, sda) " " #unit

static machine_i2c_obj_t i2c_objs[] = { BOARD_I2CS(I2C_OBJ) };

static void machine_i2c_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    machine_i2c_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "I2C(%u, scl=" MP_HAL_PIN_FMT ", sda=" MP_HAL_PIN_FMT ", freq=%u, timeout=%u)", self->unit,
        mp_hal_pin_name(self->scl), mp_hal_pin_name(self->sda), self->hz, self->timeout_us);
}

static void machine_i2c_init(mp_obj_base_t *self_in, size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum {
        ARG_scl,
        ARG_sda,
        ARG_freq,
        ARG_timeout,
    };
    static const mp_arg_t allowed[] = {
        { MP_QSTR_scl, MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
        { MP_QSTR_sda, MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
        { MP_QSTR_freq, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = I2C_DEFAULT_HZ } },
        { MP_QSTR_timeout, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = I2C_DEFAULT_TIMEOUT_US } },
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, pos_args, kw_args, MP_ARRAY_SIZE(allowed), allowed, args);

    machine_i2c_obj_t *self = (machine_i2c_obj_t *)self_in;
    unsigned scl = args[ARG_scl].u_obj == mp_const_none ? self->scl : machine_pin_get(args[ARG_scl].u_obj);
    unsigned sda = args[ARG_sda].u_obj == mp_const_none ? self->sda : machine_pin_get(args[ARG_sda].u_obj);
    mp_int_t hz = args[ARG_freq].u_int;
    mp_int_t timeout = args[ARG_timeout].u_int;
    if (timeout <= 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("timeout: accepted are microseconds from 1"));
    }
    switch (mcu_i2c_check(self->unit, scl, sda, hz < 0 ? 0 : (uint32_t)hz)) {
        case MCU_I2C_OK:
            break;
        case MCU_I2C_BAD_SCL:
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("scl: %q cannot be the clock of I2C(%u)"), mp_hal_pin_name(scl), self->unit);
        case MCU_I2C_BAD_SDA:
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("sda: %q cannot be the data of I2C(%u)"), mp_hal_pin_name(sda), self->unit);
        case MCU_I2C_BAD_HZ:
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("freq: accepted are Hz from %u; above %u it is %u"),
                (unsigned)mcu_i2c_min_hz(), (unsigned)mcu_i2c_max_hz(), (unsigned)mcu_i2c_max_hz());
    }
    if (self->running) {
        mcu_i2c_deinit(self->unit);
    }
    self->scl = (uint8_t)scl;
    self->sda = (uint8_t)sda;
    self->timeout_us = (uint32_t)timeout;
    self->hz = mcu_i2c_init(self->unit, scl, sda, (uint32_t)hz);
    self->running = true;
}

static mp_obj_t machine_i2c_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, 1, true);
    mp_int_t unit = mp_obj_get_int(args[0]);
    for (size_t i = 0; i < MP_ARRAY_SIZE(i2c_objs); ++i) {
        machine_i2c_obj_t *self = &i2c_objs[i];
        if (self->unit == unit) {
            // One that runs keeps its settings unless new ones are given.
            if (!self->running || n_kw > 0) {
                mp_map_t kw_args;
                mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
                machine_i2c_init(&self->base, 0, NULL, &kw_args);
            }
            return MP_OBJ_FROM_PTR(self);
        }
    }
    mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("I2C(%d) doesn't exist; there are:" BOARD_I2CS(I2C_TEXT)), (int)unit);
}

void machine_i2c_deinit_all(void) {
    static const machine_i2c_obj_t fresh[] = { BOARD_I2CS(I2C_OBJ) };
    for (size_t i = 0; i < MP_ARRAY_SIZE(i2c_objs); ++i) {
        if (i2c_objs[i].running) {
            mcu_i2c_deinit(i2c_objs[i].unit);
        }
        i2c_objs[i] = fresh[i];
    }
}

_Static_assert(MP_MACHINE_I2C_FLAG_READ == MCU_I2C_READ && MP_MACHINE_I2C_FLAG_STOP == MCU_I2C_STOP &&
        MP_MACHINE_I2C_FLAG_WRITE1 == MCU_I2C_WRITE_FIRST,
    "flags are passed on");

static int machine_i2c_transfer(mp_obj_base_t *self_in, uint16_t addr, size_t n, mp_machine_i2c_buf_t *bufs, unsigned int flags) {
    machine_i2c_obj_t *self = (machine_i2c_obj_t *)self_in;
    if (!self->running) {
        return -MP_ENODEV; // an object from before a soft reset cannot be, one that was never initialised neither
    }
    if (addr > I2C_LAST_ADDRESS) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("addr: %d is not in 0..127"), (int)addr);
    }
    mcu_i2c_buf_t *list = mp_local_alloc(n * sizeof(*list));
    for (size_t i = 0; i < n; ++i) {
        list[i].data = bufs[i].buf;
        list[i].len = bufs[i].len;
    }
    int ret = mcu_i2c_transfer(self->unit, (uint8_t)addr, list, n, flags, self->timeout_us);
    mp_local_free(list);
    return ret;
}

static const mp_machine_i2c_p_t machine_i2c_protocol = {
    .transfer_supports_write1 = true,
    .init = machine_i2c_init,
    .transfer = machine_i2c_transfer,
};

MP_DEFINE_CONST_OBJ_TYPE(
    machine_i2c_type,
    MP_QSTR_I2C,
    MP_TYPE_FLAG_NONE,
    make_new, machine_i2c_make_new,
    print, machine_i2c_print,
    protocol, &machine_i2c_protocol,
    locals_dict, &mp_machine_i2c_locals_dict);

#endif
