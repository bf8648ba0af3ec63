// SPDX-License-Identifier: MIT
// The macro functions of the specification (psa.ALG_HMAC(h), psa.HASH_LENGTH(a), the _IS_ predicates …): one small C
// function each around the macro, one type that checks the arguments of all. And the way back from numbers to names.

#include <string.h>

#include "py/smallint.h"
#include "bind/psa_bind.h"

typedef enum {
    KIND_NONE,
    KIND_ALG,
    KIND_HASH,
    KIND_TYPE,
    KIND_BITS,
    KIND_LENGTH,
    KIND_TAG,
    KIND_FAMILY,
    KIND_WORD,
    KIND_LOCATION,
} kind_t;

// Limits are what the fields of algorithms, types and lifetimes hold, so that no argument is cut silently.
static const struct {
    qstr_short_t name;
    uint32_t max;
} kinds[] = {
    [KIND_NONE] = { MP_QSTRnull, 0 },
    [KIND_ALG] = { MP_QSTR_alg, UINT32_MAX },
    [KIND_HASH] = { MP_QSTR_hash_alg, UINT32_MAX },
    [KIND_TYPE] = { MP_QSTR_key_type, UINT16_MAX },
    [KIND_BITS] = { MP_QSTR_bits, UINT16_MAX },
    [KIND_LENGTH] = { MP_QSTR_length, MP_PSA_SIZE_MAX },
    [KIND_TAG] = { MP_QSTR_length, 63 },
    [KIND_FAMILY] = { MP_QSTR_family, UINT8_MAX },
    [KIND_WORD] = { MP_QSTR_value, UINT32_MAX },
    [KIND_LOCATION] = { MP_QSTR_location, 0xffffff },
};

static size_t macro_n_args(const mp_psa_macro_t *self) {
    size_t n = 0;
    while (n < MP_ARRAY_SIZE(self->kinds) && self->kinds[n] != KIND_NONE) {
        n++;
    }
    return n;
}

static mp_obj_t macro_call(mp_obj_t self_in, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    const mp_psa_macro_t *self = MP_OBJ_TO_PTR(self_in);
    size_t n = macro_n_args(self);
    mp_arg_check_num(n_args, n_kw, n, n, false);
    uint32_t a[3] = { 0, 0, 0 };
    for (size_t i = 0; i < n; i++) {
        a[i] = mp_psa_get_uint(args[i], kinds[self->kinds[i]].name, kinds[self->kinds[i]].max);
    }
    uint32_t result = self->fun(a[0], a[1], a[2]);
    return self->predicate ? mp_obj_new_bool(result) : mp_obj_new_int_from_uint(result);
}

static void macro_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mp_psa_macro_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "<function %q(", mp_psa_name_of_object(self));
    for (size_t i = 0; i < macro_n_args(self); i++) {
        mp_printf(print, "%s%q", i == 0 ? "" : ", ", (qstr)kinds[self->kinds[i]].name);
    }
    mp_print_str(print, ", /)>");
}

MP_DEFINE_CONST_OBJ_TYPE(
    mp_psa_macro_type,
    MP_QSTR_function,
    MP_TYPE_FLAG_NONE,
    print, macro_print,
    call, macro_call);

// The macros cast as they need; what they compute fits 32 bits within the limits above.
#define DEFINE_MACRO(name_, predicate_, expression_, ...) \
    static uint32_t macro_##name_(uint32_t a, uint32_t b, uint32_t c) { \
        return expression_; \
    } \
    const mp_psa_macro_t mp_psa_macro_##name_##_obj = { \
        { &mp_psa_macro_type }, macro_##name_, { __VA_ARGS__ }, predicate_ \
    };

#define MP_PSA_CONSTANT(name_)
#define MP_PSA_BIG_CONSTANT(name_)
#define MP_PSA_MACRO_1(name_, k1_) DEFINE_MACRO(name_, false, PSA_##name_(a), KIND_##k1_)
#define MP_PSA_MACRO_2(name_, k1_, k2_) DEFINE_MACRO(name_, false, PSA_##name_(a, b), KIND_##k1_, KIND_##k2_)
#define MP_PSA_MACRO_3(name_, k1_, k2_, k3_) DEFINE_MACRO(name_, false, PSA_##name_(a, b, c), KIND_##k1_, KIND_##k2_, KIND_##k3_)
#define MP_PSA_PREDICATE_1(name_, k1_) DEFINE_MACRO(name_, true, PSA_##name_(a), KIND_##k1_)
#include "bind/values.def"

////////////////////////////////////////////////////////////////////////////////
// Names of numbers

qstr mp_psa_name_of_object(const void *value) {
    const mp_map_t *map = &mp_module_psa_globals.map;
    for (size_t i = 0; i < map->used; i++) {
        if (map->table[i].value == MP_OBJ_FROM_PTR(value)) {
            return MP_OBJ_QSTR_VALUE(map->table[i].key);
        }
    }
    return MP_QSTRnull;
}

qstr mp_psa_name_of_int(const char *prefix, uint32_t value) {
    const mp_map_t *map = &mp_module_psa_globals.map;
    for (size_t i = 0; i < map->used; i++) {
        qstr name = MP_OBJ_QSTR_VALUE(map->table[i].key);
        mp_obj_t constant = map->table[i].value;
        if (mp_obj_is_small_int(constant) && (mp_uint_t)MP_OBJ_SMALL_INT_VALUE(constant) == value && strncmp(qstr_str(name), prefix, strlen(prefix)) == 0) {
            return name;
        }
    }
    return MP_QSTRnull;
}

// Prints `value` as NAME, as MACRO(NAME of argument) or in hexadecimal.
static void print_value(const mp_print_t *print, uint32_t value, const char *prefix, kind_t kind, uint32_t argument,
    const char *argument_prefix) {
    qstr name = mp_psa_name_of_int(prefix, value);
    if (name != MP_QSTRnull) {
        mp_printf(print, "%q", name);
        return;
    }
    const mp_map_t *map = &mp_module_psa_globals.map;
    qstr argument_name = mp_psa_name_of_int(argument_prefix, argument);
    for (size_t i = 0; i < map->used && argument_name != MP_QSTRnull; i++) {
        if (!mp_obj_is_exact_type(map->table[i].value, &mp_psa_macro_type)) {
            continue;
        }
        const mp_psa_macro_t *macro = MP_OBJ_TO_PTR(map->table[i].value);
        if (macro->kinds[0] == kind && macro->kinds[1] == KIND_NONE && !macro->predicate && macro->fun(argument, 0, 0) == value) {
            mp_printf(print, "%q(%q)", MP_OBJ_QSTR_VALUE(map->table[i].key), argument_name);
            return;
        }
    }
    mp_printf(print, "0x%08x", (unsigned int)value);
}

void mp_psa_print_algorithm(const mp_print_t *print, psa_algorithm_t alg) {
    psa_algorithm_t hash = PSA_ALG_CATEGORY_HASH | (alg & PSA_ALG_HASH_MASK);
    print_value(print, alg, "ALG_", KIND_HASH, hash, "ALG_");
}

void mp_psa_print_key_type(const mp_print_t *print, psa_key_type_t type) {
    print_value(print, type, "KEY_TYPE_", KIND_FAMILY, type & 0xff, PSA_KEY_TYPE_IS_DH(type) ? "DH_FAMILY" : "ECC_FAMILY");
}
