// SPDX-License-Identifier: MIT
// The function type of psa: checks and converts arguments as the parameter table of the function says.

#include "py/objint.h"
#include "py/objarray.h"
#include "py/objstr.h"
#include "core/psa_port.h"
#include "bind/psa_bind.h"

// Every call comes through here; optimising for size costs 50 instructions of each.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2")
#endif

static const mp_psa_function_t *running;
static bool ready;
static uint32_t ready_generation;

void mp_psa_set_ready(void) {
    ready = true;
    ready_generation = psa_module_generation();
}

bool mp_psa_is_ready(void) {
    return ready && ready_generation == psa_module_generation();
}

void mp_psa_refuse_interrupt(void) {
    if (psa_port_in_interrupt()) {
        // Not a psa.PSAError: those want memory, which an interrupt cannot have.
        mp_raise_msg(&mp_type_RuntimeError, MP_ERROR_TEXT("psa in a hard interrupt handler: use micropython.schedule()"));
    }
}

static qstr function_name(const mp_psa_function_t *self) {
    // A method with other parameter order is another object over the same C function.
    const mp_map_t *map = &mp_module_psa_globals.map;
    for (size_t i = 0; i < map->used; i++) {
        mp_obj_t value = map->table[i].value;
        if (mp_obj_is_type(value, &mp_psa_function_type) && ((const mp_psa_function_t *)MP_OBJ_TO_PTR(value))->fun == self->fun) {
            return MP_OBJ_QSTR_VALUE(map->table[i].key);
        }
    }
    return MP_QSTR_function;
}

qstr mp_psa_current_function(void) {
    return running == NULL ? MP_QSTRnull : function_name(running);
}

static void function_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mp_psa_function_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "<function %q(", function_name(self));
    for (size_t i = 0; i < self->n_params; i++) {
        const mp_psa_param_t *param = &self->params[i];
        mp_printf(print, "%s%s%q%s", i == 0 ? "" : ", ", param->kind == MP_PSA_OUT ? "*, " : "",
            (qstr)param->name, param->optional ? "=None" : "");
    }
    mp_print_str(print, ")>");
}

////////////////////////////////////////////////////////////////////////////////
// Conversion

static NORETURN void raise_type(qstr name, const char *expected, mp_obj_t got) {
    mp_raise_msg_varg(&mp_type_TypeError, MP_ERROR_TEXT("%q must be %s, not %s"), name, expected, mp_obj_get_type_str(got));
}

uint64_t mp_psa_get_uint(mp_obj_t o, qstr name, uint64_t max) {
    if (mp_obj_is_small_int(o)) {
        mp_int_t value = MP_OBJ_SMALL_INT_VALUE(o);
        if (value >= 0 && (uint64_t)value <= max) {
            return value;
        }
    } else if (mp_obj_is_exact_type(o, &mp_type_int)) {
        uint8_t bytes[8];
        if (mp_obj_int_sign(o) >= 0 && mp_obj_int_to_bytes_impl(o, false, sizeof(bytes), bytes)) {
            uint64_t value = 0;
            for (size_t i = sizeof(bytes); i > 0; i--) {
                value = value << 8 | bytes[i - 1];
            }
            if (value <= max) {
                return value;
            }
        }
    } else {
        raise_type(name, "an int", o);
    }
    if (max <= UINT32_MAX) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q must be 0..%u"), name, (unsigned int)max);
    }
    mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q must be an unsigned integer of at most %u bits"), name,
        max > INT64_MAX ? 64 : max == INT64_MAX ? 63
                                                : (unsigned int)(8 * sizeof(size_t)));
}

// The common cases of mp_psa_get_uint(): small integers and, on 32-bit machines, the numbers of volatile keys, which
// begin where small integers end.
static inline size_t get_size(mp_obj_t o, qstr name, size_t max) {
    if (mp_obj_is_small_int(o)) {
        mp_int_t value = MP_OBJ_SMALL_INT_VALUE(o);
        if (value >= 0 && (size_t)value <= max) {
            return value;
        }
    }
#if MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && MPZ_DIG_SIZE == 16
    else if (mp_obj_is_exact_type(o, &mp_type_int)) {
        const mpz_t *mpz = &((mp_obj_int_t *)MP_OBJ_TO_PTR(o))->mpz;
        if (mpz->len == 2 && !mpz->neg) {
            size_t value = mpz->dig[0] | (size_t)mpz->dig[1] << 16;
            if (value <= max) {
                return value;
            }
        }
    }
#endif
    return mp_psa_get_uint(o, name, max);
}

// Mbed TLS wants a valid address with a length of 0, too.
static uint8_t no_bytes[1];

static void get_any_buffer(mp_psa_arg_t *a, mp_obj_t o, qstr name, mp_uint_t flags) {
    mp_buffer_info_t info;
    // A str has a buffer, but of which encoding is what the caller has to say.
    if (mp_obj_is_str(o) || !mp_get_buffer(o, &info, flags)) {
        raise_type(name, flags == MP_BUFFER_READ ? "a bytes-like object" : "a writable buffer", o);
    }
    a->p = info.buf;
    a->n = info.len;
}

static inline void get_buffer(mp_psa_arg_t *a, mp_obj_t o, qstr name, mp_uint_t flags) {
    const mp_obj_type_t *type = mp_obj_is_obj(o) ? ((mp_obj_base_t *)MP_OBJ_TO_PTR(o))->type : NULL;
    if (type == &mp_type_bytes && flags == MP_BUFFER_READ) {
        const mp_obj_str_t *bytes = MP_OBJ_TO_PTR(o);
        a->p = (uint8_t *)bytes->data;
        a->n = bytes->len;
    } else if (type == &mp_type_bytearray) {
        const mp_obj_array_t *array = MP_OBJ_TO_PTR(o);
        a->p = array->items;
        a->n = array->len;
    } else {
        get_any_buffer(a, o, name, flags);
    }
    if (a->n == 0) {
        a->p = no_bytes;
    }
}

static void *get_instance(mp_obj_t o, qstr name, const mp_obj_type_t *type) {
    if (!mp_obj_is_exact_type(o, type)) {
        raise_type(name, qstr_str(type->name), o);
    }
    return MP_OBJ_TO_PTR(o);
}

static inline void convert(mp_psa_arg_t *a, const mp_psa_param_t *param, mp_obj_t o) {
    switch (param->kind) {
        case MP_PSA_U8:
            a->u = get_size(o, param->name, UINT8_MAX);
            break;
        case MP_PSA_U16:
            a->u = get_size(o, param->name, UINT16_MAX);
            break;
        case MP_PSA_U31:
            a->u = get_size(o, param->name, INT32_MAX);
            break;
        case MP_PSA_U32:
            a->u = get_size(o, param->name, UINT32_MAX);
            break;
        case MP_PSA_SIZE:
            a->u = get_size(o, param->name, MP_PSA_SIZE_MAX);
            break;
        case MP_PSA_CAPACITY:
            a->u = get_size(o, param->name, SIZE_MAX);
            break;
        case MP_PSA_U64:
            a->u64 = mp_psa_get_uint(o, param->name, UINT64_MAX);
            break;
        case MP_PSA_UID:
            a->u64 = mp_psa_get_uint(o, param->name, INT64_MAX);
            break;
        case MP_PSA_IN:
            get_buffer(a, o, param->name, MP_BUFFER_READ);
            break;
        case MP_PSA_OUT:
            get_buffer(a, o, param->name, MP_BUFFER_WRITE);
            break;
        case MP_PSA_STR:
            if (!mp_obj_is_str(o)) {
                raise_type(param->name, "a str", o);
            }
            a->p = (uint8_t *)mp_obj_str_get_data(o, &a->n);
            break;
        case MP_PSA_ATTRIBUTES: {
            mp_psa_key_attributes_obj_t *attributes = get_instance(o, param->name, &mp_psa_key_attributes_type);
            a->attributes = &attributes->attributes;
            break;
        }
        case MP_PSA_SUITE: {
            mp_psa_pake_cipher_suite_obj_t *suite = get_instance(o, param->name, &mp_psa_pake_cipher_suite_type);
            a->suite = &suite->suite;
            break;
        }
        default:
            a->op = get_instance(o, param->name, mp_psa_operation_types[param->kind - MP_PSA_OP_HASH]);
            break;
    }
}

static void convert_absent(mp_psa_arg_t *a, const mp_psa_function_t *self, const mp_psa_param_t *param) {
    if (!param->optional) {
        mp_raise_msg_varg(&mp_type_TypeError, MP_ERROR_TEXT("%q() missing argument %q"), function_name(self), (qstr)param->name);
    }
    a->p = NULL;
    a->n = 0;
    if (param->kind == MP_PSA_SIZE) {
        a->u = SIZE_MAX;
    }
}

////////////////////////////////////////////////////////////////////////////////
// Call

static NORETURN void raise_arguments(const mp_psa_function_t *self, size_t n_pos, size_t n_args, size_t n_kw, const mp_obj_t *kw) {
    if (n_args > n_pos) {
        mp_raise_msg_varg(&mp_type_TypeError, MP_ERROR_TEXT("%q() takes %u positional arguments, not %u"),
            function_name(self), (unsigned int)n_pos, (unsigned int)n_args);
    }
    for (size_t k = 0; k < n_kw; k++) {
        qstr name = MP_OBJ_QSTR_VALUE(kw[2 * k]);
        size_t i = 0;
        while (i < self->n_params && self->params[i].name != name) {
            i++;
        }
        if (i == self->n_params) {
            mp_raise_msg_varg(&mp_type_TypeError, MP_ERROR_TEXT("%q() has no argument %q"), function_name(self), name);
        }
        if (i < n_args) {
            mp_raise_msg_varg(&mp_type_TypeError, MP_ERROR_TEXT("%q() got %q twice"), function_name(self), name);
        }
    }
    mp_raise_TypeError(MP_ERROR_TEXT("keyword given twice"));
}

#if MICROPY_ASYNC_KBD_INTR
// The call itself without Ctrl-C in the middle; it is raised before or after.
static mp_obj_t call(const mp_psa_function_t *self, const mp_psa_arg_t *a) {
    nlr_buf_t nlr;
    psa_port_hold_signals();
    if (nlr_push(&nlr) == 0) {
        mp_obj_t result = self->fun(a);
        nlr_pop();
        psa_port_release_signals();
        return result;
    }
    psa_port_release_signals();
    nlr_jump(nlr.ret_val);
}
#else
static inline mp_obj_t call(const mp_psa_function_t *self, const mp_psa_arg_t *a) {
    return self->fun(a);
}
#endif

static mp_obj_t function_call(mp_obj_t self_in, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    const mp_psa_function_t *self = MP_OBJ_TO_PTR(self_in);
    mp_psa_refuse_interrupt();
    const mp_obj_t *kw = args + n_args;
    size_t n_params = self->n_params;
    size_t n_pos = n_params;
    if (n_params > 0 && self->params[n_params - 1].kind == MP_PSA_OUT) {
        n_pos--;
    }
    if (n_args > n_pos) {
        raise_arguments(self, n_pos, n_args, n_kw, kw);
    }

    mp_psa_arg_t a[MP_PSA_PARAMS_MAX];
    const mp_psa_param_t *param = self->params;
    size_t kw_used = 0;
    for (size_t i = 0; i < n_params; i++, param++) {
        mp_obj_t o = MP_OBJ_NULL;
        if (i < n_args) {
            o = args[i];
        } else {
            for (size_t k = 0; k < n_kw; k++) {
                if (kw[2 * k] == MP_OBJ_NEW_QSTR(param->name)) {
                    o = kw[2 * k + 1];
                    kw_used++;
                    break;
                }
            }
        }
        if (o == MP_OBJ_NULL || (param->optional && o == mp_const_none)) {
            convert_absent(&a[i], self, param);
        } else {
            convert(&a[i], param, o);
        }
    }
    if (kw_used != n_kw) {
        raise_arguments(self, n_pos, n_args, n_kw, kw);
    }
    if (self->flags & MP_PSA_SELF_SECOND) {
        mp_psa_arg_t swap = a[0];
        a[0] = a[1];
        a[1] = swap;
    }

    running = self;
    if (!(self->flags & MP_PSA_BEFORE_INIT) && !mp_psa_is_ready()) {
        mp_psa_raise(PSA_ERROR_BAD_STATE, "call psa.crypto_init() first");
    }
    mp_obj_t result = call(self, a);
    running = NULL;
    return result;
}

MP_DEFINE_CONST_OBJ_TYPE(
    mp_psa_function_type,
    MP_QSTR_function,
    MP_TYPE_FLAG_BINDS_SELF | MP_TYPE_FLAG_BUILTIN_FUN,
    print, function_print,
    call, function_call);
