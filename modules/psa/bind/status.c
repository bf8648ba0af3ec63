// SPDX-License-Identifier: MIT
// The exception tree, and the one funnel from psa_status_t to Python.

#include <string.h>

#include "py/objexcept.h"
#include "py/smallint.h"
#include "bind/psa_bind.h"

typedef struct {
    const mp_obj_type_t *type;
    qstr_short_t name; // without PSA_
    int16_t status;
} error_t;

static void error_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind);
static void error_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest);

#define DEFINE_ERROR(type_, python_name_, parent_) \
    MP_DEFINE_CONST_OBJ_TYPE(type_, MP_QSTR_##python_name_, MP_TYPE_FLAG_NONE, \
        make_new, mp_obj_exception_make_new, print, error_print, attr, error_attr, parent, &parent_)

DEFINE_ERROR(mp_psa_PSAError_type, PSAError, mp_type_Exception);

#define MP_PSA_ERROR(status_, class_) DEFINE_ERROR(mp_psa_##class_##_type, class_, mp_psa_PSAError_type);
#include "bind/errors.def"
#undef MP_PSA_ERROR

static const error_t errors[] = {
#define MP_PSA_ERROR(status_, class_) { &mp_psa_##class_##_type, MP_QSTR_##status_, PSA_##status_ },
#include "bind/errors.def"
#undef MP_PSA_ERROR
};

static const error_t *find_by_status(mp_int_t status) {
    for (size_t i = 0; i < MP_ARRAY_SIZE(errors); i++) {
        if (errors[i].status == status) {
            return &errors[i];
        }
    }
    return NULL;
}

// Exceptions that Python code makes itself may lack the status; their class tells it then.
static bool get_status(const mp_obj_exception_t *self, mp_int_t *status) {
    if (self->args != NULL && self->args->len > 0 && mp_obj_is_small_int(self->args->items[0])) {
        *status = MP_OBJ_SMALL_INT_VALUE(self->args->items[0]);
        return true;
    }
    for (size_t i = 0; i < MP_ARRAY_SIZE(errors); i++) {
        if (errors[i].type == self->base.type) {
            *status = errors[i].status;
            return true;
        }
    }
    return false;
}

static void error_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mp_obj_exception_t *self = MP_OBJ_TO_PTR(self_in);
    mp_int_t status;
    mp_print_kind_t base_kind = kind & ~PRINT_EXC_SUBCLASS;
    if ((base_kind != PRINT_STR && base_kind != PRINT_EXC) || !get_status(self, &status)) {
        mp_obj_exception_print(print, self_in, kind);
        return;
    }
    if (base_kind == PRINT_EXC) {
        if (!(kind & PRINT_EXC_SUBCLASS)) {
            mp_printf(print, "%q", (qstr)self->base.type->name);
        }
        mp_print_str(print, ": ");
    }
    const error_t *error = find_by_status(status);
    if (error != NULL) {
        mp_printf(print, "PSA_%q", (qstr)error->name);
    } else {
        mp_printf(print, "PSA status %d", (int)status);
    }
    if (self->args != NULL && self->args->len > 1) {
        mp_print_str(print, " in ");
        mp_obj_print_helper(print, self->args->items[1], PRINT_STR);
        if (self->args->len > 2) {
            mp_print_str(print, ": ");
            mp_obj_print_helper(print, self->args->items[2], PRINT_STR);
        }
    }
}

static void error_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    mp_int_t status;
    if (attr == MP_QSTR_status && dest[0] == MP_OBJ_NULL) {
        if (get_status(MP_OBJ_TO_PTR(self_in), &status)) {
            dest[0] = MP_OBJ_NEW_SMALL_INT(status);
        } else {
            dest[0] = mp_const_none;
        }
        return;
    }
    mp_obj_exception_attr(self_in, attr, dest);
}

NORETURN void mp_psa_raise(psa_status_t status, const char *hint) {
    const error_t *error = find_by_status(status);
    mp_obj_t args[] = { MP_OBJ_NEW_SMALL_INT(status), MP_OBJ_NEW_QSTR(mp_psa_current_function()), mp_const_none };
    size_t n_args = args[1] == MP_OBJ_NEW_QSTR(MP_QSTRnull) ? 1 : 2;
    if (hint != NULL && n_args == 2) {
        args[n_args++] = mp_obj_new_str(hint, strlen(hint));
    }
    nlr_raise(mp_obj_new_exception_args(error == NULL ? &mp_psa_PSAError_type : error->type, n_args, args));
}

void mp_psa_check(psa_status_t status) {
    if (status != PSA_SUCCESS) {
        mp_psa_raise(status, NULL);
    }
}

mp_obj_t mp_psa_none(psa_status_t status) {
    mp_psa_check(status);
    return mp_const_none;
}

mp_obj_t mp_psa_new_key_id(psa_status_t status, mbedtls_svc_key_id_t key) {
    mp_psa_check(status);
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        mp_obj_t result = mp_obj_new_int_from_uint(key);
        nlr_pop();
        return result;
    }
    // Without its number nobody could ever use or destroy the key.
    (void)psa_destroy_key(key);
    nlr_jump(nlr.ret_val);
}
