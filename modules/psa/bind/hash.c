// SPDX-License-Identifier: MIT
// Hashes: one-shot functions and HashOperation.

#include "bind/psa_bind.h"

static mp_obj_t mp_psa_hash_compute(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[2], PSA_HASH_LENGTH(a[0].u));
    psa_status_t status = psa_hash_compute(a[0].u, a[1].p, a[1].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(hash_compute, MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_hash_compare(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_hash_compare(a[0].u, a[1].p, a[1].n, a[2].p, a[2].n));
}
MP_PSA_DEFINE(hash_compare, MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG(IN, hash));

static mp_obj_t mp_psa_hash_setup(const mp_psa_arg_t *a) {
    psa_hash_operation_t *operation = mp_psa_operation_begin(a[0].op, a[1].u);
    return mp_psa_operation_step(a[0].op, psa_hash_setup(operation, a[1].u));
}
MP_PSA_DEFINE(hash_setup, MP_PSA_ARG(OP_HASH, operation), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_hash_update(const mp_psa_arg_t *a) {
    psa_hash_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_hash_update(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(hash_update, MP_PSA_ARG(OP_HASH, operation), MP_PSA_ARG(IN, input));

static mp_obj_t mp_psa_hash_finish(const mp_psa_arg_t *a) {
    psa_hash_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], PSA_HASH_LENGTH(a[0].op->alg));
    return mp_psa_operation_finish_out(a[0].op, &out, psa_hash_finish(operation, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(hash_finish, MP_PSA_ARG(OP_HASH, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_hash_verify(const mp_psa_arg_t *a) {
    psa_hash_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_finish(a[0].op, psa_hash_verify(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(hash_verify, MP_PSA_ARG(OP_HASH, operation), MP_PSA_ARG(IN, hash));

static mp_obj_t mp_psa_hash_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(hash_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_HASH, operation));

static mp_obj_t mp_psa_hash_clone(const mp_psa_arg_t *a) {
    const psa_hash_operation_t *source = mp_psa_operation_state(a[0].op);
    mp_psa_operation_t *target = a[1].op;
    if (a[1].p == NULL) {
        target = MP_OBJ_TO_PTR(mp_psa_operation_make_new(&mp_psa_hash_operation_type, 0, 0, NULL));
    } else if (mp_psa_operation_is_active(target)) {
        mp_psa_raise(PSA_ERROR_BAD_STATE, "the target operation is active");
    }
    psa_hash_operation_t *copy = mp_psa_operation_begin(target, a[0].op->alg);
    mp_psa_operation_step(target, psa_hash_clone(source, copy));
    return MP_OBJ_FROM_PTR(target);
}
MP_PSA_DEFINE(hash_clone, MP_PSA_ARG(OP_HASH, source_operation), MP_PSA_OPT(OP_HASH, target_operation));

MP_PSA_DEFINE_OPERATION(hash, HashOperation,
    MP_PSA_METHOD(setup, hash_setup),
    MP_PSA_METHOD(update, hash_update),
    MP_PSA_METHOD(finish, hash_finish),
    MP_PSA_METHOD(verify, hash_verify),
    MP_PSA_METHOD(abort, hash_abort),
    MP_PSA_METHOD(clone, hash_clone));
