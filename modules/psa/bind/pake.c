// SPDX-License-Identifier: MIT
// Password-authenticated key exchange: PAKEOperation and PAKECipherSuite.

#include "bind/psa_bind.h"

#if !defined(PSA_WANT_ALG_SOME_PAKE)
// Mbed TLS leaves these functions out of a build without any PAKE; the names stay and say so.
#define psa_pake_setup(operation, suite) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_set_password_key(operation, password) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_set_user(operation, id, length) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_set_peer(operation, id, length) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_set_role(operation, role) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_output(operation, step, output, size, length) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_input(operation, step, input, length) ((void)(operation), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_get_implicit_key(operation, output) ((void)(operation), (void)(output), PSA_ERROR_NOT_SUPPORTED)
#define psa_pake_abort(operation) ((void)(operation), PSA_SUCCESS)
#endif

static mp_obj_t mp_psa_pake_setup(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_begin(a[0].op, psa_pake_cs_get_algorithm(a[1].suite));
    return mp_psa_operation_step(a[0].op, psa_pake_setup(operation, a[1].suite));
}
MP_PSA_DEFINE(pake_setup, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(SUITE, cipher_suite));

static mp_obj_t mp_psa_pake_set_password_key(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_pake_set_password_key(operation, a[1].u));
}
MP_PSA_DEFINE(pake_set_password_key, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(U32, password));

static mp_obj_t mp_psa_pake_set_user(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_pake_set_user(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(pake_set_user, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(IN, user_id));

static mp_obj_t mp_psa_pake_set_peer(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_pake_set_peer(operation, a[1].p, a[1].n));
}
MP_PSA_DEFINE(pake_set_peer, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(IN, peer_id));

static mp_obj_t mp_psa_pake_set_role(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_pake_set_role(operation, a[1].u));
}
MP_PSA_DEFINE(pake_set_role, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(U8, role));

static mp_obj_t mp_psa_pake_output(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[2], PSA_PAKE_OUTPUT_MAX_SIZE);
    psa_status_t status = psa_pake_output(operation, a[1].u, out.buf, out.size, &out.len);
    return mp_psa_operation_step_out(a[0].op, &out, status);
}
MP_PSA_DEFINE(pake_output, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(U8, step), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_pake_input(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    return mp_psa_operation_step(a[0].op, psa_pake_input(operation, a[1].u, a[2].p, a[2].n));
}
MP_PSA_DEFINE(pake_input, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(U8, step), MP_PSA_ARG(IN, input));

// The shared secret goes straight into a key derivation, which stays usable; the exchange is over.
static mp_obj_t mp_psa_pake_get_implicit_key(const mp_psa_arg_t *a) {
    psa_pake_operation_t *operation = mp_psa_operation_state(a[0].op);
    psa_key_derivation_operation_t *output = mp_psa_operation_state(a[1].op);
    psa_status_t status = psa_pake_get_implicit_key(operation, output);
    if (status != PSA_SUCCESS) {
        mp_psa_operation_release(a[1].op);
    }
    return mp_psa_operation_finish(a[0].op, status);
}
MP_PSA_DEFINE(pake_get_implicit_key, MP_PSA_ARG(OP_PAKE, operation), MP_PSA_ARG(OP_KEY_DERIVATION, output));

static mp_obj_t mp_psa_pake_abort(const mp_psa_arg_t *a) {
    mp_psa_operation_release(a[0].op);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(pake_abort, MP_PSA_BEFORE_INIT, MP_PSA_ARG(OP_PAKE, operation));

MP_PSA_DEFINE_OPERATION(pake, PAKEOperation,
    MP_PSA_METHOD(setup, pake_setup),
    MP_PSA_METHOD(set_password_key, pake_set_password_key),
    MP_PSA_METHOD(set_user, pake_set_user),
    MP_PSA_METHOD(set_peer, pake_set_peer),
    MP_PSA_METHOD(set_role, pake_set_role),
    MP_PSA_METHOD(output, pake_output),
    MP_PSA_METHOD(input, pake_input),
    MP_PSA_METHOD(get_implicit_key, pake_get_implicit_key),
    MP_PSA_METHOD(abort, pake_abort));

////////////////////////////////////////////////////////////////////////////////
// Cipher suites: the C accessors; the type itself is in record.c

static mp_obj_t mp_psa_pake_cs_set_algorithm(const mp_psa_arg_t *a) {
    psa_pake_cs_set_algorithm(a[0].suite, a[1].u);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(pake_cs_set_algorithm, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite), MP_PSA_ARG(U32, algorithm));

static mp_obj_t mp_psa_pake_cs_get_algorithm(const mp_psa_arg_t *a) {
    return mp_obj_new_int_from_uint(psa_pake_cs_get_algorithm(a[0].suite));
}
MP_PSA_DEFINE_FLAGS(pake_cs_get_algorithm, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite));

static mp_obj_t mp_psa_pake_cs_set_primitive(const mp_psa_arg_t *a) {
    psa_pake_cs_set_primitive(a[0].suite, a[1].u);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(pake_cs_set_primitive, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite), MP_PSA_ARG(U31, primitive));

static mp_obj_t mp_psa_pake_cs_get_primitive(const mp_psa_arg_t *a) {
    return mp_obj_new_int_from_uint(psa_pake_cs_get_primitive(a[0].suite));
}
MP_PSA_DEFINE_FLAGS(pake_cs_get_primitive, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite));

static mp_obj_t mp_psa_pake_cs_get_family(const mp_psa_arg_t *a) {
    return MP_OBJ_NEW_SMALL_INT(psa_pake_cs_get_family(a[0].suite));
}
MP_PSA_DEFINE_FLAGS(pake_cs_get_family, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite));

static mp_obj_t mp_psa_pake_cs_get_bits(const mp_psa_arg_t *a) {
    return MP_OBJ_NEW_SMALL_INT(psa_pake_cs_get_bits(a[0].suite));
}
MP_PSA_DEFINE_FLAGS(pake_cs_get_bits, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite));

static mp_obj_t mp_psa_pake_cs_set_hash(const mp_psa_arg_t *a) {
    psa_pake_cs_set_hash(a[0].suite, a[1].u);
    return mp_const_none;
}
MP_PSA_DEFINE_FLAGS(pake_cs_set_hash, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite), MP_PSA_ARG(U32, hash));

static mp_obj_t mp_psa_pake_cs_get_hash(const mp_psa_arg_t *a) {
    return mp_obj_new_int_from_uint(psa_pake_cs_get_hash(a[0].suite));
}
MP_PSA_DEFINE_FLAGS(pake_cs_get_hash, MP_PSA_BEFORE_INIT, MP_PSA_ARG(SUITE, cipher_suite));
