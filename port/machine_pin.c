// SPDX-License-Identifier: MIT
// machine.Pin. Pins are constants, named and numbered by the board's board.json.
#include "py/mphal.h"
#include "py/runtime.h"
#include "extmod/virtpin.h"
#include "shared/runtime/mpirq.h"

#if MCU_HAS_GPIO

#include "extmod/modmachine.h"
#include "genhdr/board_data.h"
#include "machine_pin.h"
#include "mcu_gpio.h"

typedef struct {
    mp_obj_base_t base;
    uint16_t name;
    uint8_t number;
} machine_pin_obj_t;

// --- the pins

#define PIN_INDEX(name, number) INDEX_##name,
#define PIN_OBJ(name, number) { { &machine_pin_type }, MP_QSTR_##name, number },
#define CPU_ENTRY(name, number) { MP_ROM_QSTR(MP_QSTR_##name), MP_ROM_PTR(&pins[INDEX_##name]) },
#define BOARD_ENTRY(name, pin) { MP_ROM_QSTR(MP_QSTR_##name), MP_ROM_PTR(&pins[INDEX_##pin]) },

enum {
    BOARD_CPU_PINS(PIN_INDEX)
    PIN_COUNT
};

static const machine_pin_obj_t pins[] = { BOARD_CPU_PINS(PIN_OBJ) };

static const mp_rom_map_elem_t cpu_table[] = { BOARD_CPU_PINS(CPU_ENTRY) };
static MP_DEFINE_CONST_DICT(cpu_dict, cpu_table);

static const mp_rom_map_elem_t board_table[] = { BOARD_NAMED_PINS(BOARD_ENTRY) };
static MP_DEFINE_CONST_DICT(board_dict, board_table);

static MP_DEFINE_CONST_OBJ_TYPE(pin_cpu_type, MP_QSTR_cpu, MP_TYPE_FLAG_NONE, locals_dict, &cpu_dict);
static MP_DEFINE_CONST_OBJ_TYPE(pin_board_type, MP_QSTR_board, MP_TYPE_FLAG_NONE, locals_dict, &board_dict);

static const machine_pin_obj_t *pin_by_name(mp_obj_t name) {
    const mp_obj_dict_t *dicts[] = { &board_dict, &cpu_dict };
    for (size_t i = 0; i < MP_ARRAY_SIZE(dicts); ++i) {
        mp_map_elem_t *found = mp_map_lookup((mp_map_t *)&dicts[i]->map, name, MP_MAP_LOOKUP);
        if (found != NULL) {
            return MP_OBJ_TO_PTR(found->value);
        }
    }
    mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("there is no pin '%s'; pins: " BOARD_PINS_TEXT), mp_obj_str_get_str(name));
}

unsigned machine_pin_get(mp_obj_t pin) {
    if (!mp_obj_is_type(pin, &machine_pin_type)) {
        mp_raise_msg_varg(&mp_type_TypeError, MP_ERROR_TEXT("expecting a Pin, not %s"), mp_obj_get_type_str(pin));
    }
    return ((machine_pin_obj_t *)MP_OBJ_TO_PTR(pin))->number;
}

qstr machine_pin_name(unsigned number) {
    for (size_t i = 0; i < PIN_COUNT; ++i) {
        if (pins[i].number == number) {
            return pins[i].name;
        }
    }
    return MP_QSTR_;
}

// --- settings

static const qstr mode_names[] = {
    [MCU_GPIO_IN] = MP_QSTR_IN,
    [MCU_GPIO_OUT] = MP_QSTR_OUT,
    [MCU_GPIO_OPEN_DRAIN] = MP_QSTR_OPEN_DRAIN,
    [MCU_GPIO_ALT] = MP_QSTR_ALT,
    [MCU_GPIO_ANALOG] = MP_QSTR_ANALOG,
};

static void machine_pin_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    machine_pin_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "Pin(Pin.cpu.%q, mode=Pin.%q", self->name, mode_names[mcu_gpio_mode(self->number)]);
    mcu_gpio_pull_t pull = mcu_gpio_pull(self->number);
    if (pull != MCU_GPIO_PULL_NONE) {
        mp_printf(print, ", pull=Pin.%q", pull == MCU_GPIO_PULL_UP ? MP_QSTR_PULL_UP : MP_QSTR_PULL_DOWN);
    }
    mp_print_str(print, ")");
}

static mcu_gpio_mode_t check_mode(mp_obj_t mode) {
    mp_int_t value = mp_obj_get_int(mode);
    if (value != MCU_GPIO_IN && value != MCU_GPIO_OUT && value != MCU_GPIO_OPEN_DRAIN && value != MCU_GPIO_ANALOG) {
        mp_raise_ValueError(MP_ERROR_TEXT("mode: accepted are Pin.IN, OUT, OPEN_DRAIN, ANALOG"));
    }
    return (mcu_gpio_mode_t)value;
}

static mcu_gpio_pull_t check_pull(mp_obj_t pull) {
    if (pull == mp_const_none) {
        return MCU_GPIO_PULL_NONE;
    }
    mp_int_t value = mp_obj_get_int(pull);
    if (value != MCU_GPIO_PULL_UP && value != MCU_GPIO_PULL_DOWN) {
        mp_raise_ValueError(MP_ERROR_TEXT("pull: accepted are None, Pin.PULL_UP, PULL_DOWN"));
    }
    return (mcu_gpio_pull_t)value;
}

// What is not given stays as it is.
static void pin_init(const machine_pin_obj_t *self, size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum {
        ARG_mode,
        ARG_pull,
        ARG_value,
    };
    static const mp_arg_t allowed[] = {
        { MP_QSTR_mode, MP_ARG_OBJ, { .u_rom_obj = MP_ROM_INT(-1) } },
        { MP_QSTR_pull, MP_ARG_OBJ, { .u_rom_obj = MP_ROM_INT(-1) } },
        { MP_QSTR_value, MP_ARG_KW_ONLY | MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, pos_args, kw_args, MP_ARRAY_SIZE(allowed), allowed, args);

    const mp_obj_t not_given = MP_OBJ_NEW_SMALL_INT(-1);
    bool has_mode = args[ARG_mode].u_obj != not_given;
    bool has_pull = args[ARG_pull].u_obj != not_given;
    mcu_gpio_mode_t mode = has_mode ? check_mode(args[ARG_mode].u_obj) : mcu_gpio_mode(self->number);
    mcu_gpio_pull_t pull = has_pull ? check_pull(args[ARG_pull].u_obj) : mcu_gpio_pull(self->number);
    if (mode == MCU_GPIO_ALT) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q belongs to a peripheral; give a mode to take it"), self->name);
    }
    // The level before the mode, so that an output starts with it.
    if (args[ARG_value].u_obj != mp_const_none && (mode == MCU_GPIO_OUT || mode == MCU_GPIO_OPEN_DRAIN)) {
        mcu_gpio_write(self->number, mp_obj_is_true(args[ARG_value].u_obj));
    }
    if (has_mode || has_pull) {
        mcu_gpio_config(self->number, mode, pull);
    }
}

mp_obj_t mp_pin_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, MP_OBJ_FUN_ARGS_MAX, true);
    const machine_pin_obj_t *self;
    if (mp_obj_is_str(args[0])) {
        self = pin_by_name(args[0]);
    } else {
        machine_pin_get(args[0]);
        self = MP_OBJ_TO_PTR(args[0]);
    }
    if (n_args > 1 || n_kw > 0) {
        mp_map_t kw_args;
        mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
        pin_init(self, n_args - 1, args + 1, &kw_args);
    }
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t machine_pin_init(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    pin_init(MP_OBJ_TO_PTR(args[0]), n_args - 1, args + 1, kw_args);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(machine_pin_init_obj, 1, machine_pin_init);

static mp_obj_t machine_pin_call(mp_obj_t self_in, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 1, false);
    machine_pin_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (n_args == 0) {
        return MP_OBJ_NEW_SMALL_INT(mcu_gpio_read(self->number));
    }
    mcu_gpio_write(self->number, mp_obj_is_true(args[0]));
    return mp_const_none;
}

static mp_obj_t machine_pin_value(size_t n_args, const mp_obj_t *args) {
    return machine_pin_call(args[0], n_args - 1, 0, args + 1);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(machine_pin_value_obj, 1, 2, machine_pin_value);

static mp_obj_t machine_pin_on(mp_obj_t self_in) {
    mcu_gpio_write(machine_pin_get(self_in), true);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(machine_pin_on_obj, machine_pin_on);

static mp_obj_t machine_pin_off(mp_obj_t self_in) {
    mcu_gpio_write(machine_pin_get(self_in), false);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(machine_pin_off_obj, machine_pin_off);

static mp_obj_t machine_pin_toggle(mp_obj_t self_in) {
    unsigned number = machine_pin_get(self_in);
    mcu_gpio_write(number, !mcu_gpio_output(number));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(machine_pin_toggle_obj, machine_pin_toggle);

static mp_obj_t machine_pin_mode(size_t n_args, const mp_obj_t *args) {
    unsigned number = machine_pin_get(args[0]);
    if (n_args == 1) {
        return MP_OBJ_NEW_SMALL_INT(mcu_gpio_mode(number));
    }
    mcu_gpio_config(number, check_mode(args[1]), mcu_gpio_pull(number));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(machine_pin_mode_obj, 1, 2, machine_pin_mode);

static mp_obj_t machine_pin_pull(size_t n_args, const mp_obj_t *args) {
    machine_pin_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    if (n_args == 1) {
        mcu_gpio_pull_t pull = mcu_gpio_pull(self->number);
        return pull == MCU_GPIO_PULL_NONE ? mp_const_none : MP_OBJ_NEW_SMALL_INT(pull);
    }
    mp_map_t no_kw_args;
    mp_map_init(&no_kw_args, 0);
    const mp_obj_t init_args[] = { MP_OBJ_NEW_SMALL_INT(-1), args[1] };
    pin_init(self, MP_ARRAY_SIZE(init_args), init_args, &no_kw_args);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(machine_pin_pull_obj, 1, 2, machine_pin_pull);

// --- interrupts

// One for each pin whose irq() was called; lives until the soft reset.
typedef struct _pin_irq_t {
    mp_irq_obj_t irq;
    struct _pin_irq_t *next;
    uint8_t number;
    uint8_t trigger;
    volatile uint8_t flags; // of the last interrupt
} pin_irq_t;

MP_REGISTER_ROOT_POINTER(void *machine_pin_irqs);

static pin_irq_t *find_irq(unsigned number) {
    pin_irq_t *irq = MP_STATE_PORT(machine_pin_irqs);
    while (irq != NULL && irq->number != number) {
        irq = irq->next;
    }
    return irq;
}

static unsigned check_trigger(mp_uint_t trigger) {
    if (trigger & ~(mp_uint_t)(MCU_GPIO_FALLING | MCU_GPIO_RISING)) {
        mp_raise_ValueError(MP_ERROR_TEXT("trigger: accepted are Pin.IRQ_FALLING, IRQ_RISING, or both"));
    }
    return (unsigned)trigger;
}

static void arm(pin_irq_t *irq, unsigned trigger) {
    unsigned holder;
    int ret = mcu_gpio_irq_arm(irq->number, trigger, &holder);
    if (ret == 0) {
        irq->trigger = (uint8_t)trigger;
    } else if (holder == irq->number) {
        mp_raise_msg(&mp_type_OSError, MP_ERROR_TEXT("all interrupts of pins are in use"));
    } else {
        mp_raise_msg_varg(&mp_type_OSError, MP_ERROR_TEXT("%q has the interrupt that %q needs"), machine_pin_name(holder), machine_pin_name(irq->number));
    }
}

// Called by mp_irq_handler() too, when a hard handler raised: it ends the interrupt then and cannot fail.
static mp_uint_t irq_trigger(mp_obj_t self_in, mp_uint_t trigger) {
    pin_irq_t *irq = find_irq(machine_pin_get(self_in));
    irq->flags = 0;
    arm(irq, check_trigger(trigger));
    return 0;
}

static mp_uint_t irq_info(mp_obj_t self_in, mp_uint_t info_type) {
    pin_irq_t *irq = find_irq(machine_pin_get(self_in));
    return info_type == MP_IRQ_INFO_FLAGS ? irq->flags : irq->trigger;
}

static const mp_irq_methods_t irq_methods = {
    .trigger = irq_trigger,
    .info = irq_info,
};

// Linker script.
extern uint8_t _interrupt_stack, _interrupt_stack_top;

// The frames below the last stack check of a hard handler.
#define INTERRUPT_STACK_MARGIN (512)

void mcu_gpio_irq(unsigned pin, unsigned edges) {
    pin_irq_t *irq = find_irq(pin);
    if (irq == NULL || irq->irq.handler == mp_const_none) {
        return;
    }
    irq->flags = (uint8_t)edges;
    if (!irq->irq.ishard) {
        mp_irq_handler(&irq->irq);
        return;
    }
    // Python runs on the interrupts' stack; its check of depth has to know.
    char *top = MP_STATE_THREAD(stack_top);
    mp_uint_t limit = MP_STATE_THREAD(stack_limit);
    MP_STATE_THREAD(stack_top) = (char *)&_interrupt_stack_top;
    MP_STATE_THREAD(stack_limit) = (mp_uint_t)(&_interrupt_stack_top - &_interrupt_stack) - INTERRUPT_STACK_MARGIN;
    mp_irq_handler(&irq->irq);
    MP_STATE_THREAD(stack_top) = top;
    MP_STATE_THREAD(stack_limit) = limit;
}

void machine_pin_deinit_all(void) {
    for (pin_irq_t *irq = MP_STATE_PORT(machine_pin_irqs); irq != NULL; irq = irq->next) {
        unsigned holder;
        mcu_gpio_irq_arm(irq->number, 0, &holder);
    }
    MP_STATE_PORT(machine_pin_irqs) = NULL;
}

static mp_obj_t machine_pin_irq(size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum {
        ARG_handler,
        ARG_trigger,
        ARG_hard,
    };
    static const mp_arg_t allowed[] = {
        { MP_QSTR_handler, MP_ARG_OBJ, { .u_rom_obj = MP_ROM_NONE } },
        { MP_QSTR_trigger, MP_ARG_INT, { .u_int = MCU_GPIO_FALLING | MCU_GPIO_RISING } },
        { MP_QSTR_hard, MP_ARG_BOOL, { .u_bool = false } },
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, pos_args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, args);
    machine_pin_obj_t *self = MP_OBJ_TO_PTR(pos_args[0]);

    mp_obj_t handler = args[ARG_handler].u_obj;
    if (handler != mp_const_none && !mp_obj_is_callable(handler)) {
        mp_raise_ValueError(MP_ERROR_TEXT("handler must be None or callable"));
    }
    unsigned trigger = check_trigger((mp_uint_t)args[ARG_trigger].u_int);
    pin_irq_t *irq = find_irq(self->number);
    if (irq == NULL) {
        irq = m_new0(pin_irq_t, 1);
        mp_irq_init(&irq->irq, &irq_methods, MP_OBJ_FROM_PTR(self));
        irq->number = self->number;
        irq->next = MP_STATE_PORT(machine_pin_irqs);
        MP_STATE_PORT(machine_pin_irqs) = irq;
    }
    if (n_args > 1 || kw_args->used > 0) {
        arm(irq, 0);
        irq->irq.handler = handler;
        irq->irq.ishard = args[ARG_hard].u_bool;
        irq->flags = 0;
        if (handler != mp_const_none) {
            arm(irq, trigger);
        }
    }
    return MP_OBJ_FROM_PTR(irq);
}
static MP_DEFINE_CONST_FUN_OBJ_KW(machine_pin_irq_obj, 1, machine_pin_irq);

// --- the class

static mp_uint_t pin_ioctl(mp_obj_t self_in, mp_uint_t request, uintptr_t arg, int *errcode) {
    unsigned number = machine_pin_get(self_in);
    switch (request) {
        case MP_PIN_READ:
            return mcu_gpio_read(number);
        case MP_PIN_WRITE:
            mcu_gpio_write(number, arg != 0);
            return 0;
        default:
            return (mp_uint_t)-1;
    }
}

static const mp_pin_p_t pin_protocol = {
    .ioctl = pin_ioctl,
};

static const mp_rom_map_elem_t machine_pin_locals_table[] = {
    { MP_ROM_QSTR(MP_QSTR_init), MP_ROM_PTR(&machine_pin_init_obj) },
    { MP_ROM_QSTR(MP_QSTR_value), MP_ROM_PTR(&machine_pin_value_obj) },
    { MP_ROM_QSTR(MP_QSTR_on), MP_ROM_PTR(&machine_pin_on_obj) },
    { MP_ROM_QSTR(MP_QSTR_off), MP_ROM_PTR(&machine_pin_off_obj) },
    { MP_ROM_QSTR(MP_QSTR_high), MP_ROM_PTR(&machine_pin_on_obj) },
    { MP_ROM_QSTR(MP_QSTR_low), MP_ROM_PTR(&machine_pin_off_obj) },
    { MP_ROM_QSTR(MP_QSTR_toggle), MP_ROM_PTR(&machine_pin_toggle_obj) },
    { MP_ROM_QSTR(MP_QSTR_mode), MP_ROM_PTR(&machine_pin_mode_obj) },
    { MP_ROM_QSTR(MP_QSTR_pull), MP_ROM_PTR(&machine_pin_pull_obj) },
    { MP_ROM_QSTR(MP_QSTR_irq), MP_ROM_PTR(&machine_pin_irq_obj) },

    { MP_ROM_QSTR(MP_QSTR_board), MP_ROM_PTR(&pin_board_type) },
    { MP_ROM_QSTR(MP_QSTR_cpu), MP_ROM_PTR(&pin_cpu_type) },

    { MP_ROM_QSTR(MP_QSTR_IN), MP_ROM_INT(MCU_GPIO_IN) },
    { MP_ROM_QSTR(MP_QSTR_OUT), MP_ROM_INT(MCU_GPIO_OUT) },
    { MP_ROM_QSTR(MP_QSTR_OPEN_DRAIN), MP_ROM_INT(MCU_GPIO_OPEN_DRAIN) },
    { MP_ROM_QSTR(MP_QSTR_ALT), MP_ROM_INT(MCU_GPIO_ALT) },
    { MP_ROM_QSTR(MP_QSTR_ANALOG), MP_ROM_INT(MCU_GPIO_ANALOG) },
    { MP_ROM_QSTR(MP_QSTR_PULL_UP), MP_ROM_INT(MCU_GPIO_PULL_UP) },
    { MP_ROM_QSTR(MP_QSTR_PULL_DOWN), MP_ROM_INT(MCU_GPIO_PULL_DOWN) },
    { MP_ROM_QSTR(MP_QSTR_IRQ_FALLING), MP_ROM_INT(MCU_GPIO_FALLING) },
    { MP_ROM_QSTR(MP_QSTR_IRQ_RISING), MP_ROM_INT(MCU_GPIO_RISING) },
};
static MP_DEFINE_CONST_DICT(machine_pin_locals_dict, machine_pin_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(
    machine_pin_type,
    MP_QSTR_Pin,
    MP_TYPE_FLAG_NONE,
    make_new, mp_pin_make_new,
    print, machine_pin_print,
    call, machine_pin_call,
    protocol, &pin_protocol,
    locals_dict, &machine_pin_locals_dict);

#endif
