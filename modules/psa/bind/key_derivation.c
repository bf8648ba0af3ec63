// SPDX-License-Identifier: MIT
// Key derivation: KeyDerivationOperation.

#include "bind/psa_bind.h"

static mp_obj_t mp_psa_key_derivation_setup(const mp_psa_arg_t *a) {
    psa_key_derivation_operation_t *operation = mp_psa_operation_begin(a[0].op, a[1].u);
    return mp_psa_operation_step(a[0].op, psa_key_derivation_setup(operation, a[1].u));
}
MP_PSA_DEFINE(key_derivation_setup, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U32, alg));

static mp_obj_t mp_psa_key_derivation_get_capacity(const mp_psa_arg_t *a) {
    size_t capacity = 0;
    mp_psa_check(psa_key_derivation_get_capacity(mp_psa_operation_state(a[0].op), &capacity));
    return mp_obj_new_int_from_uint(capacity);
}
MP_PSA_DEFINE(key_derivation_get_capacity, MP_PSA_ARG(OP_KEY_DERIVATION, operation));

// A capacity that is too large is refused and changes nothing: the operation goes on with the one it has.
static mp_obj_t mp_psa_key_derivation_set_capacity(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_key_derivation_set_capacity(mp_psa_operation_state(a[0].op), a[1].u));
}
MP_PSA_DEFINE(key_derivation_set_capacity, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(CAPACITY, capacity));

static mp_obj_t mp_psa_key_derivation_input_bytes(const mp_psa_arg_t *a) {
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_key_derivation_input_bytes(operation, a[1].u, a[2].p, a[2].n));
}
MP_PSA_DEFINE(key_derivation_input_bytes, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U16, step),
    MP_PSA_ARG(IN, data));

static mp_obj_t mp_psa_key_derivation_input_integer(const mp_psa_arg_t *a) {
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_key_derivation_input_integer(operation, a[1].u, a[2].u64));
}
MP_PSA_DEFINE(key_derivation_input_integer, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U16, step),
    MP_PSA_ARG(U64, value));

static mp_obj_t mp_psa_key_derivation_input_key(const mp_psa_arg_t *a) {
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_key_derivation_input_key(operation, a[1].u, a[2].u));
}
MP_PSA_DEFINE(key_derivation_input_key, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U16, step),
    MP_PSA_ARG(U32, key));

static mp_obj_t mp_psa_key_derivation_key_agreement(const mp_psa_arg_t *a) {
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op,
        psa_key_derivation_key_agreement(operation, a[1].u, a[2].u, a[3].p, a[3].n));
}
MP_PSA_DEFINE(key_derivation_key_agreement, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U16, step),
    MP_PSA_ARG(U32, private_key), MP_PSA_ARG(IN, peer_key));

// Too little capacity left fails without ending the operation: its capacity is 0 afterwards, as the specification says.
static mp_obj_t mp_psa_key_derivation_output_bytes(const mp_psa_arg_t *a) {
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[0].op);
    size_t length = a[1].u;
    if (length == SIZE_MAX) {
        if (a[2].p == NULL) {
            mp_raise_TypeError(MP_ERROR_TEXT("key_derivation_output_bytes() needs output_length or out"));
        }
        length = a[2].n;
    }
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[2], length);
    if (length > out.size) {
        return mp_psa_out_end(&out, PSA_ERROR_BUFFER_TOO_SMALL);
    }
    out.len = length;
    return mp_psa_out_end(&out, psa_key_derivation_output_bytes(operation, out.buf, length));
}
MP_PSA_DEFINE(key_derivation_output_bytes, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_OPT(SIZE, output_length),
    MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_key_derivation_output_key(const mp_psa_arg_t *a) {
    mbedtls_svc_key_id_t key = PSA_KEY_ID_NULL;
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[1].op);
    psa_status_t status = psa_key_derivation_output_key(a[0].attributes, operation, &key);
    return mp_psa_new_key_id(status, key);
}
MP_PSA_DEFINE(key_derivation_output_key, MP_PSA_ARG(ATTRIBUTES, attributes), MP_PSA_ARG(OP_KEY_DERIVATION, operation));

static mp_obj_t mp_psa_key_derivation_output_key_custom(const mp_psa_arg_t *a) {
    mbedtls_svc_key_id_t key = PSA_KEY_ID_NULL;
    psa_key_derivation_operation_t *operation = mp_psa_operation_state(a[1].op);
    psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    custom.flags = a[2].u;
    psa_status_t status = psa_key_derivation_output_key_custom(a[0].attributes, operation, &custom, a[3].p, a[3].n, &key);
    return mp_psa_new_key_id(status, key);
}
MP_PSA_DEFINE(key_derivation_output_key_custom, MP_PSA_ARG(ATTRIBUTES, attributes),
    MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U32, custom), MP_PSA_ARG(IN, custom_data));

#if defined(MICROPSA_KEY_DERIVATION_VERIFY)
// Too little capacity or a mismatch ends as output does: the C state says what is possible then.
static mp_obj_t mp_psa_key_derivation_verify_bytes(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_key_derivation_verify_bytes(mp_psa_operation_state(a[0].op), a[1].p, a[1].n));
}
MP_PSA_DEFINE(key_derivation_verify_bytes, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(IN, expected));

static mp_obj_t mp_psa_key_derivation_verify_key(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_key_derivation_verify_key(mp_psa_operation_state(a[0].op), a[1].u));
}
MP_PSA_DEFINE(key_derivation_verify_key, MP_PSA_ARG(OP_KEY_DERIVATION, operation), MP_PSA_ARG(U32, expected));
#endif

static mp_obj_t mp_psa_key_derivation_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(key_derivation_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_KEY_DERIVATION, operation));

// In C the attributes come first; as a method the object does.
#define mp_psa_method_output_key mp_psa_key_derivation_output_key
#define mp_psa_method_output_key_custom mp_psa_key_derivation_output_key_custom
MP_PSA_DEFINE_FLAGS(method_output_key, MP_PSA_SELF_SECOND, MP_PSA_ARG(OP_KEY_DERIVATION, operation),
    MP_PSA_ARG(ATTRIBUTES, attributes));
MP_PSA_DEFINE_FLAGS(method_output_key_custom, MP_PSA_SELF_SECOND, MP_PSA_ARG(OP_KEY_DERIVATION, operation),
    MP_PSA_ARG(ATTRIBUTES, attributes), MP_PSA_ARG(U32, custom), MP_PSA_ARG(IN, custom_data));

#if defined(MICROPSA_KEY_DERIVATION_VERIFY)
#define KEY_DERIVATION_VERIFY_METHODS \
    MP_PSA_METHOD(verify_bytes, key_derivation_verify_bytes), \
        MP_PSA_METHOD(verify_key, key_derivation_verify_key),
#else
#define KEY_DERIVATION_VERIFY_METHODS
#endif

MP_PSA_DEFINE_OPERATION(key_derivation, KeyDerivationOperation,
    MP_PSA_METHOD(setup, key_derivation_setup),
    MP_PSA_METHOD(get_capacity, key_derivation_get_capacity),
    MP_PSA_METHOD(set_capacity, key_derivation_set_capacity),
    MP_PSA_METHOD(input_bytes, key_derivation_input_bytes),
    MP_PSA_METHOD(input_integer, key_derivation_input_integer),
    MP_PSA_METHOD(input_key, key_derivation_input_key),
    MP_PSA_METHOD(key_agreement, key_derivation_key_agreement),
    MP_PSA_METHOD(output_bytes, key_derivation_output_bytes),
    MP_PSA_METHOD(output_key, method_output_key),
    MP_PSA_METHOD(output_key_custom, method_output_key_custom),
    KEY_DERIVATION_VERIFY_METHODS
        MP_PSA_METHOD(abort, key_derivation_abort));
