// SPDX-License-Identifier: MIT
// machine.SPI: the board's SPI controllers as masters, numbered as in the chip's manual.
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

#if MCU_HAS_SPI

#include "extmod/modmachine.h"
#include "genhdr/board_data.h"
#include "machine_bus.h"
#include "mcu_spi.h"

#define SPI_DEFAULT_HZ (1000000)

typedef struct {
    mp_obj_base_t base;
    uint8_t unit;
    bool running;
    mcu_spi_config_t config; // its hz: the real ones
} machine_spi_obj_t;

#define SPI_OBJ(unit, sck, mosi, miso) { { &machine_spi_type }, unit, false, { sck, mosi, miso, 0, 0, false, SPI_DEFAULT_HZ } },
#define SPI_TEXT(unit, sck, mosi, miso) " " #unit

static machine_spi_obj_t spi_objs[] = { BOARD_SPIS(SPI_OBJ) };

static void machine_spi_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    machine_spi_obj_t *self = MP_OBJ_TO_PTR(self_in);
    const mcu_spi_config_t *config = &self->config;
    mp_printf(print, "SPI(%u, baudrate=%u, polarity=%u, phase=%u, bits=8, firstbit=%u, sck=" MP_HAL_PIN_FMT ", mosi=" MP_HAL_PIN_FMT ", miso=" MP_HAL_PIN_FMT ")",
        self->unit, config->hz, config->polarity, config->phase, config->lsb_first ? MICROPY_PY_MACHINE_SPI_LSB : MICROPY_PY_MACHINE_SPI_MSB,
        mp_hal_pin_name(config->sck), mp_hal_pin_name(config->mosi), mp_hal_pin_name(config->miso));
}

// `arg` when it is given, and 0 or 1; else `now`.
static uint8_t bit_arg(mp_int_t arg, uint8_t now, qstr name) {
    if (arg != -1 && arg != 0 && arg != 1) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: accepted are 0 and 1"), name);
    }
    return arg == -1 ? now : (uint8_t)arg;
}

static uint8_t pin_arg(mp_obj_t arg, uint8_t now) {
    return arg == mp_const_none ? now : (uint8_t)machine_pin_get(arg);
}

NORETURN static void bad_pin(const machine_spi_obj_t *self, qstr name, unsigned pin) {
    mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: %q cannot do that for SPI(%u)"), name, mp_hal_pin_name(pin), self->unit);
}

// What is not given stays as it is.
static void machine_spi_init(mp_obj_base_t *self_in, size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum {
        ARG_baudrate,
        ARG_polarity,
        ARG_phase,
        ARG_bits,
        ARG_firstbit,
        ARG_sck,
        ARG_mosi,
        ARG_miso,
    };
    static const mp_arg_t allowed[] = {
        { MP_QSTR_baudrate, MP_ARG_INT, { .u_int = -1 } },
        { MP_QSTR_polarity, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = -1 } },
        { MP_QSTR_phase, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = -1 } },
        { MP_QSTR_bits, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = 8 } },
        { MP_QSTR_firstbit, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = -1 } },
        { MP_QSTR_sck, MP_ARG_KW_ONLY | MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
        { MP_QSTR_mosi, MP_ARG_KW_ONLY | MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
        { MP_QSTR_miso, MP_ARG_KW_ONLY | MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, pos_args, kw_args, MP_ARRAY_SIZE(allowed), allowed, args);

    machine_spi_obj_t *self = (machine_spi_obj_t *)self_in;
    mcu_spi_config_t config = self->config;
    if (args[ARG_bits].u_int != 8) {
        mp_raise_ValueError(MP_ERROR_TEXT("bits: accepted is 8"));
    }
    config.polarity = bit_arg(args[ARG_polarity].u_int, config.polarity, MP_QSTR_polarity);
    config.phase = bit_arg(args[ARG_phase].u_int, config.phase, MP_QSTR_phase);
    uint8_t firstbit = bit_arg(args[ARG_firstbit].u_int, config.lsb_first ? MICROPY_PY_MACHINE_SPI_LSB : MICROPY_PY_MACHINE_SPI_MSB, MP_QSTR_firstbit);
    config.lsb_first = firstbit == MICROPY_PY_MACHINE_SPI_LSB;
    config.sck = pin_arg(args[ARG_sck].u_obj, config.sck);
    config.mosi = pin_arg(args[ARG_mosi].u_obj, config.mosi);
    config.miso = pin_arg(args[ARG_miso].u_obj, config.miso);
    mp_int_t hz = args[ARG_baudrate].u_int;
    if (hz != -1) {
        config.hz = hz < 0 ? 0 : (uint32_t)hz;
    }
    switch (mcu_spi_check(self->unit, &config)) {
        case MCU_SPI_OK:
            break;
        case MCU_SPI_BAD_SCK:
            bad_pin(self, MP_QSTR_sck, config.sck);
        case MCU_SPI_BAD_MOSI:
            bad_pin(self, MP_QSTR_mosi, config.mosi);
        case MCU_SPI_BAD_MISO:
            bad_pin(self, MP_QSTR_miso, config.miso);
        case MCU_SPI_BAD_HZ:
            mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("baudrate: SPI(%u) has no less than %u"), self->unit, (unsigned)mcu_spi_min_hz(self->unit));
    }
    if (self->running) {
        mcu_spi_deinit(self->unit);
    }
    config.hz = mcu_spi_init(self->unit, &config);
    self->config = config;
    self->running = true;
}

static mp_obj_t machine_spi_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, MP_OBJ_FUN_ARGS_MAX, true);
    mp_int_t unit = mp_obj_get_int(args[0]);
    for (size_t i = 0; i < MP_ARRAY_SIZE(spi_objs); ++i) {
        machine_spi_obj_t *self = &spi_objs[i];
        if (self->unit == unit) {
            if (!self->running || n_args > 1 || n_kw > 0) {
                mp_map_t kw_args;
                mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
                machine_spi_init(&self->base, n_args - 1, args + 1, &kw_args);
            }
            return MP_OBJ_FROM_PTR(self);
        }
    }
    mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("SPI(%d) doesn't exist; there are:" BOARD_SPIS(SPI_TEXT)), (int)unit);
}

static void machine_spi_deinit(mp_obj_base_t *self_in) {
    machine_spi_obj_t *self = (machine_spi_obj_t *)self_in;
    if (self->running) {
        mcu_spi_deinit(self->unit);
    }
    self->running = false;
}

void machine_spi_deinit_all(void) {
    static const machine_spi_obj_t fresh[] = { BOARD_SPIS(SPI_OBJ) };
    for (size_t i = 0; i < MP_ARRAY_SIZE(spi_objs); ++i) {
        machine_spi_deinit(&spi_objs[i].base);
        spi_objs[i] = fresh[i];
    }
}

static void machine_spi_transfer(mp_obj_base_t *self_in, size_t len, const uint8_t *src, uint8_t *dest) {
    machine_spi_obj_t *self = (machine_spi_obj_t *)self_in;
    if (!self->running) {
        mp_raise_OSError(MP_ENODEV);
    }
    if (mcu_spi_transfer(self->unit, src, dest, len) != 0) {
        mp_raise_OSError(MP_EIO);
    }
}

static const mp_machine_spi_p_t machine_spi_protocol = {
    .init = machine_spi_init,
    .deinit = machine_spi_deinit,
    .transfer = machine_spi_transfer,
};

MP_DEFINE_CONST_OBJ_TYPE(
    machine_spi_type,
    MP_QSTR_SPI,
    MP_TYPE_FLAG_NONE,
    make_new, machine_spi_make_new,
    print, machine_spi_print,
    protocol, &machine_spi_protocol,
    locals_dict, &mp_machine_spi_locals_dict);

#endif
