// SPDX-License-Identifier: MIT
// The C accessors of key attributes; the KeyAttributes type itself is in record.c.

#include "bind/psa_bind.h"

#define ACCESSORS(name_, kind_, parameter_) \
    static mp_obj_t mp_psa_set_key_##name_(const mp_psa_arg_t *a) { \
        psa_set_key_##name_(a[0].attributes, a[1].u); \
        return mp_const_none; \
    } \
    MP_PSA_DEFINE_FLAGS(set_key_##name_, MP_PSA_BEFORE_INIT, MP_PSA_ARG(ATTRIBUTES, attributes), MP_PSA_ARG(kind_, parameter_)); \
    static mp_obj_t mp_psa_get_key_##name_(const mp_psa_arg_t *a) { \
        return mp_obj_new_int_from_uint(psa_get_key_##name_(a[0].attributes)); \
    } \
    MP_PSA_DEFINE_FLAGS(get_key_##name_, MP_PSA_BEFORE_INIT, MP_PSA_ARG(ATTRIBUTES, attributes))

ACCESSORS(type, U16, type);
// More than PSA_MAX_KEY_BITS is accepted here, as in C, and refused when a key is made.
ACCESSORS(bits, SIZE, bits);
ACCESSORS(usage_flags, U32, usage_flags);
ACCESSORS(algorithm, U32, alg);
ACCESSORS(enrollment_algorithm, U32, alg2);
ACCESSORS(lifetime, U32, lifetime);
ACCESSORS(id, U32, key);

static mp_obj_t mp_psa_reset_key_attributes(const mp_psa_arg_t *a) {
    psa_reset_key_attributes(a[0].attributes);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(reset_key_attributes, MP_PSA_BEFORE_INIT, MP_PSA_ARG(ATTRIBUTES, attributes));

#if defined(MBEDTLS_PSA_CRYPTO_SE_C)
static mp_obj_t mp_psa_set_key_slot_number(const mp_psa_arg_t *a) {
    psa_set_key_slot_number(a[0].attributes, a[1].u64);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(set_key_slot_number, MP_PSA_BEFORE_INIT, MP_PSA_ARG(ATTRIBUTES, attributes), MP_PSA_ARG(U64, slot_number));

static mp_obj_t mp_psa_get_key_slot_number(const mp_psa_arg_t *a) {
    psa_key_slot_number_t slot_number = 0;
    mp_psa_check(psa_get_key_slot_number(a[0].attributes, &slot_number));
    return mp_obj_new_int_from_ull(slot_number);
}
MP_PSA_DEFINE_FLAGS(get_key_slot_number, MP_PSA_BEFORE_INIT, MP_PSA_ARG(ATTRIBUTES, attributes));

static mp_obj_t mp_psa_clear_key_slot_number(const mp_psa_arg_t *a) {
    psa_clear_key_slot_number(a[0].attributes);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(clear_key_slot_number, MP_PSA_BEFORE_INIT, MP_PSA_ARG(ATTRIBUTES, attributes));
#endif
