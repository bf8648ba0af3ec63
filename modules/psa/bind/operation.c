// SPDX-License-Identifier: MIT
// What all operation types share. The Python object is a handle; the C state is in the arena of psa_module.h from setup
// to finish, failure, abort, garbage collection or soft reset, whichever comes first.

#include "core/psa_port.h"
#include "bind/psa_bind.h"

// In the order of mp_psa_kind_t.
const mp_obj_type_t *const mp_psa_operation_types[] = {
    &mp_psa_hash_operation_type,
    &mp_psa_mac_operation_type,
    &mp_psa_cipher_operation_type,
    &mp_psa_aead_operation_type,
    &mp_psa_key_derivation_operation_type,
    &mp_psa_pake_operation_type,
    &mp_psa_sign_hash_interruptible_operation_type,
    &mp_psa_verify_hash_interruptible_operation_type,
};

bool mp_psa_operation_is_active(const mp_psa_operation_t *op) {
    return op->state != NULL && op->generation == psa_module_generation();
}

void *mp_psa_operation_begin(mp_psa_operation_t *op, psa_algorithm_t alg) {
    if (mp_psa_operation_is_active(op)) {
        mp_psa_operation_release(op);
        mp_psa_raise(PSA_ERROR_BAD_STATE, "the operation was active already");
    }
    const mp_psa_operation_class_t *class = MP_OBJ_TYPE_GET_SLOT(op->base.type, protocol);
    op->state = psa_module_op_alloc(class->size, class->abort);
    op->generation = psa_module_generation();
    op->alg = alg;
    if (op->state == NULL) {
        mp_psa_raise(PSA_ERROR_INSUFFICIENT_MEMORY, "the arena is full");
    }
    return op->state;
}

void *mp_psa_operation_state(mp_psa_operation_t *op) {
    if (!mp_psa_operation_is_active(op)) {
        mp_psa_raise(PSA_ERROR_BAD_STATE, "the operation is not active");
    }
    return op->state;
}

void mp_psa_operation_release(mp_psa_operation_t *op) {
    if (mp_psa_operation_is_active(op)) {
        psa_module_op_free(op->state);
    }
    op->state = NULL;
}

mp_obj_t mp_psa_operation_step(mp_psa_operation_t *op, psa_status_t status) {
    if (status != PSA_SUCCESS) {
        mp_psa_operation_release(op);
        mp_psa_check(status);
    }
    return mp_const_none;
}

mp_obj_t mp_psa_operation_finish(mp_psa_operation_t *op, psa_status_t status) {
    mp_psa_operation_release(op);
    return mp_psa_none(status);
}

mp_obj_t mp_psa_operation_step_out(mp_psa_operation_t *op, mp_psa_out_t *out, psa_status_t status) {
    if (status != PSA_SUCCESS) {
        mp_psa_operation_release(op);
    }
    return mp_psa_out_end(out, status);
}

mp_obj_t mp_psa_operation_finish_out(mp_psa_operation_t *op, mp_psa_out_t *out, psa_status_t status) {
    mp_psa_operation_release(op);
    return mp_psa_out_end(out, status);
}

////////////////////////////////////////////////////////////////////////////////
// Type slots and the methods that every operation has

mp_obj_t mp_psa_operation_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    mp_psa_operation_t *op = mp_obj_malloc_with_finaliser(mp_psa_operation_t, type);
    op->state = NULL;
    op->generation = 0;
    op->alg = PSA_ALG_NONE;
    return MP_OBJ_FROM_PTR(op);
}

void mp_psa_operation_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const mp_psa_operation_t *op = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "<%q", (qstr)op->base.type->name);
    if (mp_psa_operation_is_active(op)) {
        mp_print_str(print, " ");
        mp_psa_print_algorithm(print, op->alg);
    } else {
        mp_print_str(print, " inactive");
    }
    mp_print_str(print, ">");
}

static mp_obj_t mp_psa_operation_self(mp_obj_t self_in) {
    return self_in;
}
MP_DEFINE_CONST_FUN_OBJ_1(mp_psa_operation_self_obj, mp_psa_operation_self);

static mp_obj_t mp_psa_operation_del(mp_obj_t self_in) {
    mp_psa_refuse_interrupt();
#if MICROPY_ASYNC_KBD_INTR
    psa_port_hold_signals();
#endif
    mp_psa_operation_release(MP_OBJ_TO_PTR(self_in));
#if MICROPY_ASYNC_KBD_INTR
    psa_port_release_signals();
#endif
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_1(mp_psa_operation_del_obj, mp_psa_operation_del);

static mp_obj_t mp_psa_operation_exit(size_t n_args, const mp_obj_t *args) {
    return mp_psa_operation_del(args[0]);
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mp_psa_operation_exit_obj, 4, 4, mp_psa_operation_exit);
