// SPDX-License-Identifier: MIT
// Asymmetric signatures: of messages, of hashes, and in steps that leave time for other tasks.

#include "bind/psa_bind.h"

static size_t signature_size(mbedtls_svc_key_id_t key, psa_algorithm_t alg) {
    psa_key_type_t type;
    size_t bits;
    mp_psa_get_key_shape(key, &type, &bits);
    return PSA_SIGN_OUTPUT_SIZE(type, bits, alg);
}

static void signature_begin(mp_psa_out_t *out, const mp_psa_arg_t *arg, mbedtls_svc_key_id_t key, psa_algorithm_t alg) {
    mp_psa_out_begin(out, arg, arg->p == NULL ? signature_size(key, alg) : 0);
}

static mp_obj_t mp_psa_sign_message(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    signature_begin(&out, &a[3], a[0].u, a[1].u);
    psa_status_t status = psa_sign_message(a[0].u, a[1].u, a[2].p, a[2].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(sign_message, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_verify_message(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_verify_message(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n));
}
MP_PSA_DEFINE(verify_message, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input),
    MP_PSA_ARG(IN, signature));

static mp_obj_t mp_psa_sign_hash(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    signature_begin(&out, &a[3], a[0].u, a[1].u);
    psa_status_t status = psa_sign_hash(a[0].u, a[1].u, a[2].p, a[2].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(sign_hash, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, hash), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_verify_hash(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_verify_hash(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n));
}
MP_PSA_DEFINE(verify_hash, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, hash), MP_PSA_ARG(IN, signature));

////////////////////////////////////////////////////////////////////////////////
// In steps

static mp_obj_t mp_psa_interruptible_set_max_ops(const mp_psa_arg_t *a) {
    psa_interruptible_set_max_ops(a[0].u);
    return mp_const_none;
}
MP_PSA_DEFINE(interruptible_set_max_ops, MP_PSA_ARG(U32, max_ops));

static mp_obj_t mp_psa_interruptible_get_max_ops(const mp_psa_arg_t *a) {
    return mp_obj_new_int_from_uint(psa_interruptible_get_max_ops());
}
MP_PSA_DEFINE_0(interruptible_get_max_ops, 0);

static mp_obj_t mp_psa_sign_hash_start(const mp_psa_arg_t *a) {
    psa_sign_hash_interruptible_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_sign_hash_start(operation, a[1].u, a[2].u, a[3].p, a[3].n));
}
MP_PSA_DEFINE(sign_hash_start, MP_PSA_ARG(OP_SIGN_HASH, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg),
    MP_PSA_ARG(IN, hash));

static mp_obj_t mp_psa_sign_hash_complete(const mp_psa_arg_t *a) {
    psa_sign_hash_interruptible_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], PSA_SIGNATURE_MAX_SIZE);
    psa_status_t status = psa_sign_hash_complete(operation, out.buf, out.size, &out.len);
    if (status != PSA_OPERATION_INCOMPLETE) {
        mp_psa_operation_release(a[0].op);
    }
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(sign_hash_complete, MP_PSA_ARG(OP_SIGN_HASH, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_sign_hash_get_num_ops(const mp_psa_arg_t *a) {
    return mp_obj_new_int_from_uint(psa_sign_hash_get_num_ops(mp_psa_operation_state(a[0].op)));
}
MP_PSA_DEFINE(sign_hash_get_num_ops, MP_PSA_ARG(OP_SIGN_HASH, operation));

static mp_obj_t mp_psa_sign_hash_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(sign_hash_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_SIGN_HASH, operation));

static mp_obj_t mp_psa_verify_hash_start(const mp_psa_arg_t *a) {
    psa_verify_hash_interruptible_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op,
        psa_verify_hash_start(operation, a[1].u, a[2].u, a[3].p, a[3].n, a[4].p, a[4].n));
}
MP_PSA_DEFINE(verify_hash_start, MP_PSA_ARG(OP_VERIFY_HASH, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg),
    MP_PSA_ARG(IN, hash), MP_PSA_ARG(IN, signature));

static mp_obj_t mp_psa_verify_hash_complete(const mp_psa_arg_t *a) {
    psa_status_t status = psa_verify_hash_complete(mp_psa_operation_state(a[0].op));
    if (status != PSA_OPERATION_INCOMPLETE) {
        mp_psa_operation_release(a[0].op);
    }
    return mp_psa_none(status);
}
MP_PSA_DEFINE(verify_hash_complete, MP_PSA_ARG(OP_VERIFY_HASH, operation));

static mp_obj_t mp_psa_verify_hash_get_num_ops(const mp_psa_arg_t *a) {
    return mp_obj_new_int_from_uint(psa_verify_hash_get_num_ops(mp_psa_operation_state(a[0].op)));
}
MP_PSA_DEFINE(verify_hash_get_num_ops, MP_PSA_ARG(OP_VERIFY_HASH, operation));

static mp_obj_t mp_psa_verify_hash_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(verify_hash_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_VERIFY_HASH, operation));

// The C names of the methods and of the types differ here (psa_sign_hash_abort, psa_sign_hash_interruptible_operation_t).
#define psa_sign_hash_interruptible_abort psa_sign_hash_abort
#define psa_verify_hash_interruptible_abort psa_verify_hash_abort

MP_PSA_DEFINE_OPERATION(sign_hash_interruptible, SignHashInterruptibleOperation,
    MP_PSA_METHOD(start, sign_hash_start),
    MP_PSA_METHOD(complete, sign_hash_complete),
    MP_PSA_METHOD(get_num_ops, sign_hash_get_num_ops),
    MP_PSA_METHOD(abort, sign_hash_abort));

MP_PSA_DEFINE_OPERATION(verify_hash_interruptible, VerifyHashInterruptibleOperation,
    MP_PSA_METHOD(start, verify_hash_start),
    MP_PSA_METHOD(complete, verify_hash_complete),
    MP_PSA_METHOD(get_num_ops, verify_hash_get_num_ops),
    MP_PSA_METHOD(abort, verify_hash_abort));
