// SPDX-License-Identifier: MIT
// The two plain records of the API, KeyAttributes and PAKECipherSuite: a table of integer fields each.

#include "bind/psa_bind.h"

typedef struct {
    qstr_short_t name;
    bool read_only;
    uint32_t max;
    uint32_t (*get)(const void *record);
    void (*set)(void *record, uint32_t value);
    void (*print)(const mp_print_t *print, uint32_t value); // NULL: decimal
} field_t;

typedef struct {
    const field_t *fields;
    size_t n_fields;
} record_class_t;

static const record_class_t *get_class(const mp_obj_type_t *type) {
    return MP_OBJ_TYPE_GET_SLOT(type, protocol);
}

static void *get_data(mp_obj_t self_in) {
    if (mp_obj_is_exact_type(self_in, &mp_psa_key_attributes_type)) {
        return &((mp_psa_key_attributes_obj_t *)MP_OBJ_TO_PTR(self_in))->attributes;
    }
    return &((mp_psa_pake_cipher_suite_obj_t *)MP_OBJ_TO_PTR(self_in))->suite;
}

static const field_t *find_field(const record_class_t *class, qstr name) {
    for (size_t i = 0; i < class->n_fields; i++) {
        if (class->fields[i].name == name) {
            return &class->fields[i];
        }
    }
    return NULL;
}

static NORETURN void raise_no_field(const mp_obj_type_t *type, qstr name) {
    const record_class_t *class = get_class(type);
    vstr_t text;
    mp_print_t print;
    vstr_init_print(&text, 80, &print);
    mp_printf(&print, "%q has no field %q, only", (qstr)type->name, name);
    for (size_t i = 0; i < class->n_fields; i++) {
        if (!class->fields[i].read_only) {
            mp_printf(&print, " %q", (qstr) class->fields[i].name);
        }
    }
    mp_obj_t message = mp_obj_new_str_from_vstr(&text);
    nlr_raise(mp_obj_new_exception_args(&mp_type_TypeError, 1, &message));
}

// Keywords are applied in the order of the table, whatever order the caller wrote.
static void set_fields(mp_obj_t self, const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    const record_class_t *class = get_class(type);
    mp_arg_check_num(n_args, n_kw, 0, 0, true);
    for (size_t k = 0; k < n_kw; k++) {
        const field_t *field = find_field(class, MP_OBJ_QSTR_VALUE(args[2 * k]));
        if (field == NULL || field->read_only) {
            raise_no_field(type, MP_OBJ_QSTR_VALUE(args[2 * k]));
        }
    }
    for (size_t i = 0; i < class->n_fields; i++) {
        const field_t *field = &class->fields[i];
        for (size_t k = 0; k < n_kw; k++) {
            if (MP_OBJ_QSTR_VALUE(args[2 * k]) == field->name) {
                field->set(get_data(self), mp_psa_get_uint(args[2 * k + 1], field->name, field->max));
            }
        }
    }
}

static void record_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    const field_t *field = find_field(get_class(mp_obj_get_type(self_in)), attr);
    if (field == NULL) {
        return;
    }
    if (dest[0] == MP_OBJ_NULL) {
        dest[0] = mp_obj_new_int_from_uint(field->get(get_data(self_in)));
    } else if (dest[1] != MP_OBJ_NULL && !field->read_only) {
        field->set(get_data(self_in), mp_psa_get_uint(dest[1], attr, field->max));
        dest[0] = MP_OBJ_NULL;
    }
}

static void record_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mp_obj_type_t *type = mp_obj_get_type(self_in);
    const record_class_t *class = get_class(type);
    const char *separator = "";
    mp_printf(print, "%q(", (qstr)type->name);
    for (size_t i = 0; i < class->n_fields; i++) {
        const field_t *field = &class->fields[i];
        uint32_t value = field->get(get_data(self_in));
        if (value == 0 || field->read_only) {
            continue;
        }
        mp_printf(print, "%s%q=", separator, (qstr)field->name);
        if (field->print != NULL) {
            field->print(print, value);
        } else {
            mp_printf(print, "%u", (unsigned int)value);
        }
        separator = ", ";
    }
    mp_print_str(print, ")");
}

static mp_obj_t record_binary_op(mp_binary_op_t op, mp_obj_t lhs, mp_obj_t rhs) {
    const mp_obj_type_t *type = mp_obj_get_type(lhs);
    if (op != MP_BINARY_OP_EQUAL || type != mp_obj_get_type(rhs)) {
        return MP_OBJ_NULL;
    }
    const record_class_t *class = get_class(type);
    for (size_t i = 0; i < class->n_fields; i++) {
        if (class->fields[i].get(get_data(lhs)) != class->fields[i].get(get_data(rhs))) {
            return mp_const_false;
        }
    }
    return mp_const_true;
}

#define GETTER(name_, type_, c_get_) \
    static uint32_t get_##name_(const void *record) { \
        return c_get_((const type_ *)record); \
    }
#define FIELD(name_, type_, c_get_, c_set_) \
    GETTER(name_, type_, c_get_) \
    static void set_##name_(void *record, uint32_t value) { \
        c_set_((type_ *)record, value); \
    }
#define DEFINE_RECORD(type_, name_, fields_, make_new_) \
    static const record_class_t fields_##_class = { fields_, MP_ARRAY_SIZE(fields_) }; \
    MP_DEFINE_CONST_OBJ_TYPE(type_, MP_QSTR_##name_, MP_TYPE_FLAG_NONE, make_new, make_new_, print, record_print, \
        attr, record_attr, binary_op, record_binary_op, protocol, &fields_##_class)

////////////////////////////////////////////////////////////////////////////////
// KeyAttributes

static void print_type(const mp_print_t *print, uint32_t value) {
    mp_psa_print_key_type(print, value);
}

static void print_algorithm(const mp_print_t *print, uint32_t value) {
    mp_psa_print_algorithm(print, value);
}

static void print_hex(const mp_print_t *print, uint32_t value) {
    mp_printf(print, "0x%x", (unsigned int)value);
}

static void print_lifetime(const mp_print_t *print, uint32_t value) {
    qstr name = mp_psa_name_of_int("KEY_LIFETIME_", value);
    if (name != MP_QSTRnull) {
        mp_printf(print, "%q", name);
    } else {
        print_hex(print, value);
    }
}

static void print_usage(const mp_print_t *print, uint32_t value) {
    const char *separator = "";
    for (uint32_t flag = 1; flag != 0; flag <<= 1) {
        if (value & flag) {
            qstr name = mp_psa_name_of_int("KEY_USAGE_", flag);
            mp_print_str(print, separator);
            if (name != MP_QSTRnull) {
                mp_printf(print, "%q", name);
            } else {
                print_hex(print, flag);
            }
            separator = "|";
        }
    }
}

FIELD(key_type, psa_key_attributes_t, psa_get_key_type, psa_set_key_type)
FIELD(key_bits, psa_key_attributes_t, psa_get_key_bits, psa_set_key_bits)
FIELD(key_usage, psa_key_attributes_t, psa_get_key_usage_flags, psa_set_key_usage_flags)
FIELD(key_alg, psa_key_attributes_t, psa_get_key_algorithm, psa_set_key_algorithm)
FIELD(key_alg2, psa_key_attributes_t, psa_get_key_enrollment_algorithm, psa_set_key_enrollment_algorithm)
FIELD(key_lifetime, psa_key_attributes_t, psa_get_key_lifetime, psa_set_key_lifetime)
FIELD(key_id, psa_key_attributes_t, psa_get_key_id, psa_set_key_id)

static const field_t key_fields[] = {
    { MP_QSTR_type, false, UINT16_MAX, get_key_type, set_key_type, print_type },
    { MP_QSTR_bits, false, PSA_MAX_KEY_BITS, get_key_bits, set_key_bits, NULL },
    { MP_QSTR_usage, false, UINT32_MAX, get_key_usage, set_key_usage, print_usage },
    { MP_QSTR_alg, false, UINT32_MAX, get_key_alg, set_key_alg, print_algorithm },
    { MP_QSTR_alg2, false, UINT32_MAX, get_key_alg2, set_key_alg2, print_algorithm },
    { MP_QSTR_lifetime, false, UINT32_MAX, get_key_lifetime, set_key_lifetime, print_lifetime },
    // After the lifetime: in C, setting an id makes a volatile lifetime persistent, and a volatile lifetime clears the id.
    { MP_QSTR_id, false, UINT32_MAX, get_key_id, set_key_id, NULL },
};

mp_obj_t mp_psa_new_key_attributes(void) {
    mp_psa_key_attributes_obj_t *self = mp_obj_malloc(mp_psa_key_attributes_obj_t, &mp_psa_key_attributes_type);
    self->attributes = psa_key_attributes_init();
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t key_attributes_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_obj_t self = mp_psa_new_key_attributes();
    set_fields(self, type, n_args, n_kw, args);
    for (size_t k = 0; k < n_kw; k++) {
        if (args[2 * k] == MP_OBJ_NEW_QSTR(MP_QSTR_lifetime) && mp_psa_get_uint(args[2 * k + 1], MP_QSTR_lifetime, UINT32_MAX) != get_key_lifetime(get_data(self))) {
            mp_raise_ValueError(MP_ERROR_TEXT("id is for persistent keys, the lifetime is a volatile one"));
        }
    }
    return self;
}

DEFINE_RECORD(mp_psa_key_attributes_type, KeyAttributes, key_fields, key_attributes_make_new);

////////////////////////////////////////////////////////////////////////////////
// PAKECipherSuite

static uint32_t read_suite_type(const psa_pake_cipher_suite_t *suite) {
    return psa_pake_cs_get_primitive(suite) >> 24;
}

FIELD(suite_algorithm, psa_pake_cipher_suite_t, psa_pake_cs_get_algorithm, psa_pake_cs_set_algorithm)
FIELD(suite_primitive, psa_pake_cipher_suite_t, psa_pake_cs_get_primitive, psa_pake_cs_set_primitive)
FIELD(suite_hash, psa_pake_cipher_suite_t, psa_pake_cs_get_hash, psa_pake_cs_set_hash)
GETTER(suite_type, psa_pake_cipher_suite_t, read_suite_type)
GETTER(suite_family, psa_pake_cipher_suite_t, psa_pake_cs_get_family)
GETTER(suite_bits, psa_pake_cipher_suite_t, psa_pake_cs_get_bits)

static const field_t suite_fields[] = {
    { MP_QSTR_algorithm, false, UINT32_MAX, get_suite_algorithm, set_suite_algorithm, print_algorithm },
    { MP_QSTR_primitive, false, INT32_MAX, get_suite_primitive, set_suite_primitive, print_hex },
    { MP_QSTR_hash, false, UINT32_MAX, get_suite_hash, set_suite_hash, print_algorithm },
    { MP_QSTR_type, true, 0, get_suite_type, NULL, NULL },
    { MP_QSTR_family, true, 0, get_suite_family, NULL, NULL },
    { MP_QSTR_bits, true, 0, get_suite_bits, NULL, NULL },
};

static mp_obj_t suite_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_psa_pake_cipher_suite_obj_t *self = mp_obj_malloc(mp_psa_pake_cipher_suite_obj_t, type);
    self->suite = psa_pake_cipher_suite_init();
    set_fields(MP_OBJ_FROM_PTR(self), type, n_args, n_kw, args);
    return MP_OBJ_FROM_PTR(self);
}

DEFINE_RECORD(mp_psa_pake_cipher_suite_type, PAKECipherSuite, suite_fields, suite_make_new);
