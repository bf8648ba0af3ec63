// SPDX-License-Identifier: MIT
// Asymmetric encryption and raw key agreement.

#include "bind/psa_bind.h"

static mp_obj_t mp_psa_asymmetric_encrypt(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    size_t need = 0;
    if (a[4].p == NULL) {
        psa_key_type_t type;
        size_t bits;
        mp_psa_get_key_shape(a[0].u, &type, &bits);
        need = PSA_ASYMMETRIC_ENCRYPT_OUTPUT_SIZE(type, bits, a[1].u);
    }
    mp_psa_out_begin(&out, &a[4], need);
    psa_status_t status = psa_asymmetric_encrypt(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n,
        out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(asymmetric_encrypt, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input),
    MP_PSA_OPT(IN, salt), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_asymmetric_decrypt(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    size_t need = 0;
    if (a[4].p == NULL) {
        psa_key_type_t type;
        size_t bits;
        mp_psa_get_key_shape(a[0].u, &type, &bits);
        need = PSA_ASYMMETRIC_DECRYPT_OUTPUT_SIZE(type, bits, a[1].u);
    }
    mp_psa_out_begin(&out, &a[4], need);
    psa_status_t status = psa_asymmetric_decrypt(a[0].u, a[1].u, a[2].p, a[2].n, a[3].p, a[3].n,
        out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(asymmetric_decrypt, MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input),
    MP_PSA_OPT(IN, salt), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_raw_key_agreement(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    size_t need = 0;
    if (a[3].p == NULL) {
        psa_key_type_t type;
        size_t bits;
        mp_psa_get_key_shape(a[1].u, &type, &bits);
        need = PSA_RAW_KEY_AGREEMENT_OUTPUT_SIZE(type, bits);
    }
    mp_psa_out_begin(&out, &a[3], need);
    psa_status_t status = psa_raw_key_agreement(a[0].u, a[1].u, a[2].p, a[2].n, out.buf, out.size, &out.len);
    return mp_psa_out_end(&out, status);
}
MP_PSA_DEFINE(raw_key_agreement, MP_PSA_ARG(U32, alg), MP_PSA_ARG(U32, private_key), MP_PSA_ARG(IN, peer_key),
    MP_PSA_ARG_OUT);
