// SPDX-License-Identifier: MIT
// Message authentication codes: one-shot functions and MACOperation.

#include "bind/psa_bind.h"

// Exact for HMAC and truncated MACs, enough for all others; needs no look at the key.
static size_t mac_size(psa_algorithm_t alg) {
    size_t size = PSA_MAC_TRUNCATED_LENGTH(alg);
    if (size == 0) {
        size = PSA_ALG_IS_HMAC(alg) ? PSA_HASH_LENGTH(PSA_ALG_HMAC_GET_HASH(alg)) : PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE;
    }
    return size;
}

static mp_obj_t mp_psa_mac_compute(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[3], mac_size(a[1].u));
    psa_status_t status = psa_mac_compute(a[0].u, a[1].u, a[2].p, a[2].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(mac_compute, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_mac_verify(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_mac_verify(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n));
}
MP_PSA_DEFINE(mac_verify, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG(IN, mac));

static mp_obj_t mp_psa_mac_sign_setup(const mp_psa_arg_t *a) {
    psa_mac_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_mac_sign_setup(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(mac_sign_setup, MP_PSA_ARG(OP_MAC, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_mac_verify_setup(const mp_psa_arg_t *a) {
    psa_mac_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_mac_verify_setup(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(mac_verify_setup, MP_PSA_ARG(OP_MAC, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_mac_update(const mp_psa_arg_t *a) {
    psa_mac_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_mac_update(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(mac_update, MP_PSA_ARG(OP_MAC, operation), MP_PSA_ARG(IN, input));

static mp_obj_t mp_psa_mac_sign_finish(const mp_psa_arg_t *a) {
    psa_mac_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], mac_size(a[0].op->alg));
    return mp_psa_operation_finish_out(a[0].op, &out, psa_mac_sign_finish(operation, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(mac_sign_finish, MP_PSA_ARG(OP_MAC, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_mac_verify_finish(const mp_psa_arg_t *a) {
    psa_mac_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_finish(a[0].op, psa_mac_verify_finish(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(mac_verify_finish, MP_PSA_ARG(OP_MAC, operation), MP_PSA_ARG(IN, mac));

static mp_obj_t mp_psa_mac_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(mac_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_MAC, operation));

MP_PSA_DEFINE_OPERATION(mac, MACOperation,
    MP_PSA_METHOD(sign_setup, mac_sign_setup),
    MP_PSA_METHOD(verify_setup, mac_verify_setup),
    MP_PSA_METHOD(update, mac_update),
    MP_PSA_METHOD(sign_finish, mac_sign_finish),
    MP_PSA_METHOD(verify_finish, mac_verify_finish),
    MP_PSA_METHOD(abort, mac_abort));
