// SPDX-License-Identifier: MIT
// Unauthenticated ciphers: one-shot functions and CipherOperation.

#include "bind/psa_bind.h"

static mp_obj_t mp_psa_cipher_encrypt(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[3], PSA_CIPHER_ENCRYPT_OUTPUT_MAX_SIZE(a[2].n));
    psa_status_t status = psa_cipher_encrypt(a[0].u, a[1].u, a[2].p, a[2].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(cipher_encrypt, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_cipher_decrypt(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[3], PSA_CIPHER_DECRYPT_OUTPUT_MAX_SIZE(a[2].n));
    psa_status_t status = psa_cipher_decrypt(a[0].u, a[1].u, a[2].p, a[2].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(cipher_decrypt, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_cipher_encrypt_setup(const mp_psa_arg_t *a) {
    psa_cipher_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_cipher_encrypt_setup(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(cipher_encrypt_setup, MP_PSA_ARG(OP_CIPHER, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_cipher_decrypt_setup(const mp_psa_arg_t *a) {
    psa_cipher_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_cipher_decrypt_setup(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(cipher_decrypt_setup, MP_PSA_ARG(OP_CIPHER, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_cipher_generate_iv(const mp_psa_arg_t *a) {
    psa_cipher_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], PSA_CIPHER_IV_MAX_SIZE);
    return mp_psa_operation_step_out(a[0].op, &out, psa_cipher_generate_iv(operation, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(cipher_generate_iv, MP_PSA_ARG(OP_CIPHER, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_cipher_set_iv(const mp_psa_arg_t *a) {
    psa_cipher_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_cipher_set_iv(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(cipher_set_iv, MP_PSA_ARG(OP_CIPHER, operation), MP_PSA_ARG(IN, iv));

static mp_obj_t mp_psa_cipher_update(const mp_psa_arg_t *a) {
    psa_cipher_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    // A partial block that earlier calls left is completed by this one.
    mp_psa_out_begin(&out, &a[2], PSA_CIPHER_UPDATE_OUTPUT_MAX_SIZE(a[1].n));
    psa_status_t status = psa_cipher_update(operation, a[1].p, a[1].n, out.buf, out.size, &out.len);
    return mp_psa_operation_step_out(a[0].op, &out, status);
}
MP_PSA_DEFINE(cipher_update, MP_PSA_ARG(OP_CIPHER, operation), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_cipher_finish(const mp_psa_arg_t *a) {
    psa_cipher_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], PSA_CIPHER_FINISH_OUTPUT_MAX_SIZE);
    return mp_psa_operation_finish_out(a[0].op, &out, psa_cipher_finish(operation, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(cipher_finish, MP_PSA_ARG(OP_CIPHER, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_cipher_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(cipher_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_CIPHER, operation));

MP_PSA_DEFINE_OPERATION(cipher, CipherOperation,
    MP_PSA_METHOD(encrypt_setup, cipher_encrypt_setup),
    MP_PSA_METHOD(decrypt_setup, cipher_decrypt_setup),
    MP_PSA_METHOD(generate_iv, cipher_generate_iv),
    MP_PSA_METHOD(set_iv, cipher_set_iv),
    MP_PSA_METHOD(update, cipher_update),
    MP_PSA_METHOD(finish, cipher_finish),
    MP_PSA_METHOD(abort, cipher_abort));
