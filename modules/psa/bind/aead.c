// SPDX-License-Identifier: MIT
// Authenticated encryption: one-shot functions and AEADOperation.

#include "mbedtls/platform_util.h"
#include "bind/psa_bind.h"

static mp_obj_t mp_psa_aead_encrypt(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[5], a[4].n + PSA_ALG_AEAD_GET_TAG_LENGTH(a[1].u));
    psa_status_t status = psa_aead_encrypt(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n, a[4].p, a[4].n,
        out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(aead_encrypt, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, nonce),
    MP_PSA_ARG(IN, additional_data), MP_PSA_ARG(IN, plaintext), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_aead_decrypt(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    size_t tag_length = PSA_ALG_AEAD_GET_TAG_LENGTH(a[1].u);
    mp_psa_out_begin(&out, &a[5], a[4].n > tag_length ? a[4].n - tag_length : 0);
    psa_status_t status = psa_aead_decrypt(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n, a[4].p, a[4].n,
        out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(aead_decrypt, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, nonce),
    MP_PSA_ARG(IN, additional_data), MP_PSA_ARG(IN, ciphertext), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_aead_encrypt_setup(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_aead_encrypt_setup(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(aead_encrypt_setup, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_aead_decrypt_setup(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_begin(a[0].op, a[2].u);
    return mp_psa_operation_step(a[0].op, psa_aead_decrypt_setup(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(aead_decrypt_setup, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_aead_generate_nonce(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], PSA_AEAD_NONCE_MAX_SIZE);
    return mp_psa_operation_step_out(a[0].op, &out, psa_aead_generate_nonce(operation, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(aead_generate_nonce, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_aead_set_nonce(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_aead_set_nonce(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(aead_set_nonce, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(IN, nonce));

static mp_obj_t mp_psa_aead_set_lengths(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_aead_set_lengths(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(aead_set_lengths, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(CAPACITY, ad_length),
    MP_PSA_ARG(CAPACITY, plaintext_length));

static mp_obj_t mp_psa_aead_update_ad(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_aead_update_ad(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(aead_update_ad, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(IN, input));

static mp_obj_t mp_psa_aead_update(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[2], PSA_AEAD_UPDATE_OUTPUT_MAX_SIZE(a[1].n));
    psa_status_t status = psa_aead_update(operation, a[1].p, a[1].n, out.buf, out.size, &out.len);
    return mp_psa_operation_step_out(a[0].op, &out, status);
}
MP_PSA_DEFINE(aead_update, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

// Two results: (ciphertext, tag), or with out= both one after the other and their length together, which is what
// aead_encrypt() would have ended with.
static mp_obj_t mp_psa_aead_finish(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], PSA_AEAD_FINISH_OUTPUT_MAX_SIZE);
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE];
    mp_psa_arg_t no_out = { .p = NULL };
    mp_psa_out_t tag_out = { .buf = tag, .size = sizeof(tag) };
    mp_obj_t items[2];
    if (out.bytes != NULL) {
        mp_psa_out_begin(&tag_out, &no_out, PSA_ALG_AEAD_GET_TAG_LENGTH(a[0].op->alg));
        items[0] = mp_const_none;
        items[1] = mp_const_none;
    }
    mp_obj_t pair = out.bytes != NULL ? mp_obj_new_tuple(2, items) : MP_OBJ_NULL;

    psa_status_t status = psa_aead_finish(operation, out.buf, out.size, &out.len, tag_out.buf, tag_out.size, &tag_out.len);
    mp_psa_operation_release(a[0].op);
    if (status != PSA_SUCCESS) {
        mbedtls_platform_zeroize(tag_out.buf, tag_out.size);
    }
    if (pair != MP_OBJ_NULL) {
        mp_obj_tuple_t *tuple = MP_OBJ_TO_PTR(pair);
        tuple->items[0] = mp_psa_out_end(&out, status);
        tuple->items[1] = mp_psa_out_end(&tag_out, status);
        return pair;
    }
    if (status == PSA_SUCCESS && tag_out.len > out.size - out.len) {
        status = PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (status == PSA_SUCCESS) {
        memcpy(out.buf + out.len, tag, tag_out.len);
        out.len += tag_out.len;
    }
    mbedtls_platform_zeroize(tag, sizeof(tag));
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(aead_finish, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_aead_verify(const mp_psa_arg_t *a) {
    psa_aead_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[2], PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE);
    psa_status_t status = psa_aead_verify(operation, out.buf, out.size, &out.len, a[1].p, a[1].n);
    return mp_psa_operation_finish_out(a[0].op, &out, status);
}
MP_PSA_DEFINE(aead_verify, MP_PSA_ARG(OP_AEAD, operation), MP_PSA_ARG(IN, tag), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_aead_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(aead_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_AEAD, operation));

MP_PSA_DEFINE_OPERATION(aead, AEADOperation,
    MP_PSA_METHOD(encrypt_setup, aead_encrypt_setup),
    MP_PSA_METHOD(decrypt_setup, aead_decrypt_setup),
    MP_PSA_METHOD(generate_nonce, aead_generate_nonce),
    MP_PSA_METHOD(set_nonce, aead_set_nonce),
    MP_PSA_METHOD(set_lengths, aead_set_lengths),
    MP_PSA_METHOD(update_ad, aead_update_ad),
    MP_PSA_METHOD(update, aead_update),
    MP_PSA_METHOD(finish, aead_finish),
    MP_PSA_METHOD(verify, aead_verify),
    MP_PSA_METHOD(abort, aead_abort));
