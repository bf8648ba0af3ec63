// SPDX-License-Identifier: MIT
// Where results go: into the caller's out= buffer, or into a bytes object that is allocated before the PSA call, so
// that nothing can fail between the call and the hand-over of its result.

#include "mbedtls/platform_util.h"
#include "py/objstr.h"
#include "bind/psa_bind.h"

void mp_psa_out_begin(mp_psa_out_t *out, const mp_psa_arg_t *arg, size_t need) {
    out->len = 0;
    if (arg->p != NULL) {
        out->bytes = NULL;
        out->buf = arg->p;
        out->size = arg->n;
        return;
    }
    if (need == 0) {
        // The size macros say 0 for what is not possible. With room for a byte the core says why it is not.
        need = 1;
    }
    out->bytes = mp_obj_malloc(mp_obj_str_t, &mp_type_bytes);
    out->bytes->hash = 0; // computed by whoever needs it
    out->bytes->len = 0;
    out->bytes->data = NULL;
    out->buf = m_new(byte, need + 1);
    out->bytes->data = out->buf;
    out->size = need;
}

void mp_psa_out_drop(mp_psa_out_t *out) {
    mbedtls_platform_zeroize(out->buf, out->size);
    if (out->bytes != NULL) {
        out->bytes->data = NULL;
        m_del(byte, out->buf, out->size + 1);
    }
}

mp_obj_t mp_psa_out_end(mp_psa_out_t *out, psa_status_t status) {
    if (status == PSA_SUCCESS && out->len > out->size) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status != PSA_SUCCESS) {
        mp_psa_out_drop(out);
        mp_psa_check(status);
    }
    if (out->bytes == NULL) {
        return MP_OBJ_NEW_SMALL_INT(out->len);
    }
    if (out->len < out->size) {
        // Shrinking frees the rest without moving the data; what a function left there goes first.
        mbedtls_platform_zeroize(out->buf + out->len, out->size - out->len);
        out->buf = m_renew(byte, out->buf, out->size + 1, out->len + 1);
    }
    out->buf[out->len] = 0;
    out->bytes->data = out->buf;
    out->bytes->len = out->len;
    return MP_OBJ_FROM_PTR(out->bytes);
}
