// SPDX-License-Identifier: MIT
// machine.UART; included by extmod/machine_uart.c. The UART of the REPL is not available.
#include "py/mperrno.h"
#include "port/machine_uart.h"
#include "port/mcu/mcu.h"

#define UART_MAX (8)
#define UART_DEFAULT_BAUD (115200)
#define UART_DEFAULT_RXBUF (256)
#define UART_MIN_RXBUF (16)
#define UART_MAX_RXBUF (32766)

#define MICROPY_PY_MACHINE_UART_CLASS_CONSTANTS

struct _machine_uart_obj_t {
    mp_obj_base_t base;
    uint8_t id;
    bool running;
    uint16_t timeout; // ms to the first byte of a read, and of room for a write
    uint16_t timeout_char; // ms between bytes
    uint16_t rxbuf;
    uint32_t baud;
    ring_t rx;
};

static machine_uart_obj_t uart_objs[UART_MAX];

// Keeps the rings' storage alive, which only uart_objs and an interrupt point to.
MP_REGISTER_ROOT_POINTER(uint8_t *machine_uart_rx_storage[8]);

static void keep_storage(const machine_uart_obj_t *self, uint8_t *storage) {
    uint8_t **all = MP_STATE_PORT(machine_uart_rx_storage);
    all[self->id] = storage;
}

static void mp_machine_uart_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    machine_uart_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "UART(%u, baudrate=%u, bits=8, parity=None, stop=1, rxbuf=%u, timeout=%u, timeout_char=%u)",
        self->id, self->baud, self->rxbuf, self->timeout, self->timeout_char);
}

static void mp_machine_uart_deinit(machine_uart_obj_t *self) {
    if (self->running) {
        while (!mcu_uart_tx_done(self->id)) {
        }
        mcu_uart_deinit(self->id);
    }
    self->running = false;
    keep_storage(self, NULL);
}

void machine_uart_deinit_all(void) {
    for (size_t i = 0; i < UART_MAX; ++i) {
        if (uart_objs[i].running) {
            mp_machine_uart_deinit(&uart_objs[i]);
        }
    }
}

static uint16_t check_range(mp_int_t value, mp_int_t min, mp_int_t max, qstr name) {
    if (value < min || value > max) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: %d is not in %d..%d"), name, (int)value, (int)min, (int)max);
    }
    return (uint16_t)value;
}

static void mp_machine_uart_init_helper(machine_uart_obj_t *self, size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum {
        ARG_baudrate,
        ARG_bits,
        ARG_parity,
        ARG_stop,
        ARG_timeout,
        ARG_timeout_char,
        ARG_rxbuf,
    };
    const mp_arg_t allowed[] = {
        { MP_QSTR_baudrate, MP_ARG_INT, { .u_int = (mp_int_t)self->baud } },
        { MP_QSTR_bits, MP_ARG_INT, { .u_int = 8 } },
        { MP_QSTR_parity, MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
        { MP_QSTR_stop, MP_ARG_INT, { .u_int = 1 } },
        { MP_QSTR_timeout, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = self->timeout } },
        { MP_QSTR_timeout_char, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = self->timeout_char } },
        { MP_QSTR_rxbuf, MP_ARG_KW_ONLY | MP_ARG_INT, { .u_int = self->rxbuf } },
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, pos_args, kw_args, MP_ARRAY_SIZE(allowed), allowed, args);

    if (args[ARG_bits].u_int != 8 || args[ARG_parity].u_obj != mp_const_none || args[ARG_stop].u_int != 1) {
        mp_raise_ValueError(MP_ERROR_TEXT("this UART has 8 bits, no parity, 1 stop bit only"));
    }
    uint16_t timeout = check_range(args[ARG_timeout].u_int, 0, UINT16_MAX, MP_QSTR_timeout);
    uint16_t timeout_char = check_range(args[ARG_timeout_char].u_int, 0, UINT16_MAX, MP_QSTR_timeout_char);
    uint16_t rxbuf = check_range(args[ARG_rxbuf].u_int, UART_MIN_RXBUF, UART_MAX_RXBUF, MP_QSTR_rxbuf);
    mp_int_t baud = args[ARG_baudrate].u_int;
    if (baud <= 0 || !mcu_uart_can((uint32_t)baud)) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("baudrate: %d cannot be made from a clock of %u Hz"), (int)baud, (unsigned)mcu_clock_hz());
    }

    // Nothing raises from here on but the allocation: a wrong setting leaves a running UART as it is.
    uint8_t *storage = m_new(uint8_t, (size_t)rxbuf + 1);
    mp_machine_uart_deinit(self);
    ring_init(&self->rx, storage, (size_t)rxbuf + 1);
    mcu_uart_init(self->id, (uint32_t)baud, &self->rx, NULL);
    keep_storage(self, storage);
    self->baud = (uint32_t)baud;
    self->timeout = timeout;
    self->timeout_char = timeout_char;
    self->rxbuf = rxbuf;
    self->running = true;
}

static mp_obj_t mp_machine_uart_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, MP_OBJ_FUN_ARGS_MAX, true);
    mp_int_t id = mp_obj_get_int(args[0]);
    if (id == MICROPY_HW_REPL_UART) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("UART(%d) is the REPL's"), (int)id);
    }
#ifdef MICROPY_HW_ENTROPY_UART
    if (id == MICROPY_HW_ENTROPY_UART) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("UART(%d) is the entropy device's"), (int)id);
    }
#endif
    if (id < 0 || id >= (mp_int_t)mcu_uart_count() || id >= UART_MAX) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("UART(%d) doesn't exist, there are %d"), (int)id, (int)mcu_uart_count());
    }
    machine_uart_obj_t *self = &uart_objs[id];
    // A UART that runs keeps its settings, as on MicroPython's other ports, unless new ones are given.
    if (!self->running) {
        self->base.type = &machine_uart_type;
        self->id = (uint8_t)id;
        self->baud = UART_DEFAULT_BAUD;
        self->timeout = 0;
        self->timeout_char = 0;
        self->rxbuf = UART_DEFAULT_RXBUF;
    }
    if (!self->running || n_args > 1 || n_kw > 0) {
        mp_map_t kw_args;
        mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
        mp_machine_uart_init_helper(self, n_args - 1, args + 1, &kw_args);
    }
    return MP_OBJ_FROM_PTR(self);
}

static mp_int_t mp_machine_uart_any(machine_uart_obj_t *self) {
    if (!self->running) {
        return 0;
    }
    mcu_uart_rx_resume(self->id);
    return (mp_int_t)ring_used(&self->rx);
}

static bool mp_machine_uart_txdone(machine_uart_obj_t *self) {
    return !self->running || mcu_uart_tx_done(self->id);
}

// Wait until `ready` or for `timeout` ms; Python's scheduled work runs meanwhile.
static bool wait_for(machine_uart_obj_t *self, bool (*ready)(machine_uart_obj_t *), mp_uint_t timeout) {
    mp_uint_t start = mp_hal_ticks_ms();
    while (!ready(self)) {
        if (mp_hal_ticks_ms() - start >= timeout) {
            return false;
        }
        mp_event_wait_ms(1);
        // A scheduled function may have stopped this UART.
        if (!self->running) {
            return false;
        }
    }
    return true;
}

static bool rx_ready(machine_uart_obj_t *self) {
    return mp_machine_uart_any(self) != 0;
}

static bool tx_ready(machine_uart_obj_t *self) {
    return mcu_uart_tx_ready(self->id);
}

static mp_uint_t mp_machine_uart_read(mp_obj_t self_in, void *buf_in, mp_uint_t size, int *errcode) {
    machine_uart_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (!self->running) {
        *errcode = MP_ENODEV;
        return MP_STREAM_ERROR;
    }
    uint8_t *buf = buf_in;
    mp_uint_t done = 0;
    while (done < size && wait_for(self, rx_ready, done == 0 ? self->timeout : self->timeout_char)) {
        buf[done++] = (uint8_t)ring_get(&self->rx);
    }
    if (done == 0 && size != 0) {
        *errcode = MP_EAGAIN;
        return MP_STREAM_ERROR;
    }
    if (self->running) {
        mcu_uart_rx_resume(self->id);
    }
    return done;
}

static mp_uint_t mp_machine_uart_write(mp_obj_t self_in, const void *buf_in, mp_uint_t size, int *errcode) {
    machine_uart_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (!self->running) {
        *errcode = MP_ENODEV;
        return MP_STREAM_ERROR;
    }
    const uint8_t *buf = buf_in;
    // The hardware empties at the line's speed; only a line that is held gets to this limit.
    const mp_uint_t patience = MAX((mp_uint_t)self->timeout, 1000);
    for (mp_uint_t done = 0; done < size; ++done) {
        if (!wait_for(self, tx_ready, patience)) {
            if (done != 0) {
                return done;
            }
            *errcode = MP_ETIMEDOUT;
            return MP_STREAM_ERROR;
        }
        mcu_uart_tx(self->id, buf[done]);
    }
    return size;
}

static mp_uint_t mp_machine_uart_ioctl(mp_obj_t self_in, mp_uint_t request, uintptr_t arg, int *errcode) {
    machine_uart_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (request == MP_STREAM_POLL) {
        if (!self->running) {
            return MP_STREAM_POLL_NVAL;
        }
        mp_uint_t ret = 0;
        if ((arg & MP_STREAM_POLL_RD) && mp_machine_uart_any(self)) {
            ret |= MP_STREAM_POLL_RD;
        }
        if ((arg & MP_STREAM_POLL_WR) && mcu_uart_tx_ready(self->id)) {
            ret |= MP_STREAM_POLL_WR;
        }
        return ret;
    }
    if (request == MP_STREAM_FLUSH) {
        while (!mp_machine_uart_txdone(self)) {
            mp_event_handle_nowait();
        }
        return 0;
    }
    *errcode = MP_EINVAL;
    return MP_STREAM_ERROR;
}
