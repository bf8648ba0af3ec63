// SPDX-License-Identifier: MIT
// Start of the library, and random numbers.

#include "mbedtls/build_info.h"
#include "bind/psa_bind.h"

static mp_obj_t mp_psa_crypto_init(const mp_psa_arg_t *a) {
    mp_psa_check(psa_module_init());
    mp_psa_set_ready();
    return mp_const_none;
}
MP_PSA_DEFINE_0(crypto_init, MP_PSA_BEFORE_INIT);

static mp_obj_t mp_psa_generate_random(const mp_psa_arg_t *a) {
    size_t size = a[0].u;
    if (size == SIZE_MAX) {
        if (a[1].p == NULL) {
            mp_raise_TypeError(MP_ERROR_TEXT("generate_random() needs output_size or out"));
        }
        size = a[1].n;
    }
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[1], size);
    if (size > out.size) {
        return mp_psa_out_end(&out, PSA_ERROR_BUFFER_TOO_SMALL);
    }
    out.len = size;
    return mp_psa_out_end(&out, psa_generate_random(out.buf, size));
}
MP_PSA_DEFINE(generate_random, MP_PSA_OPT(SIZE, output_size), MP_PSA_ARG_OUT);

#if MBEDTLS_VERSION_NUMBER >= 0x03060600
static mp_obj_t mp_psa_random_reseed(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_random_reseed(a[0].p, a[0].n));
}
MP_PSA_DEFINE(random_reseed, MP_PSA_OPT(IN, perso));

static mp_obj_t mp_psa_random_deplete(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_random_deplete());
}
MP_PSA_DEFINE_0(random_deplete, 0);

static mp_obj_t mp_psa_random_set_prediction_resistance(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_random_set_prediction_resistance(a[0].u));
}
MP_PSA_DEFINE(random_set_prediction_resistance, MP_PSA_ARG(U8, enabled));
#endif
