// SPDX-License-Identifier: MIT
// The module psabench, in measuring firmware only (MICROPSA_BENCH=1, see tools/bench.py): calls of the PSA API from C,
// `count` times in a row, for comparison with the same calls from Python in the same image.

#include "bind/psa_bind.h"

#if defined(MICROPSA_BENCH) && MICROPSA_BENCH

// Runs one call `count` times and raises if it ever fails.
#define REPEAT(call_) \
    psa_status_t status = PSA_SUCCESS; \
    size_t length = 0; \
    for (size_t i = 0; i < a[0].u && status == PSA_SUCCESS; i++) { \
        status = call_; \
    } \
    (void)length; \
    return mp_psa_none(status)

static mp_obj_t mp_psa_bench_hash_compute(const mp_psa_arg_t *a) {
    REPEAT(psa_hash_compute(a[1].u, a[2].p, a[2].n, a[3].p, a[3].n, &length));
}
MP_PSA_DEFINE(bench_hash_compute, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_bench_mac_compute(const mp_psa_arg_t *a) {
    REPEAT(psa_mac_compute(a[1].u, a[2].u, a[3].p, a[3].n, a[4].p, a[4].n, &length));
}
MP_PSA_DEFINE(bench_mac_compute, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg),
    MP_PSA_ARG(IN, input), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_bench_aead_encrypt(const mp_psa_arg_t *a) {
    REPEAT(psa_aead_encrypt(a[1].u, a[2].u, a[3].p, a[3].n, a[4].p, a[4].n, a[5].p, a[5].n, a[6].p, a[6].n, &length));
}
MP_PSA_DEFINE(bench_aead_encrypt, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg),
    MP_PSA_ARG(IN, nonce), MP_PSA_ARG(IN, additional_data), MP_PSA_ARG(IN, plaintext), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_bench_sign_hash(const mp_psa_arg_t *a) {
    REPEAT(psa_sign_hash(a[1].u, a[2].u, a[3].p, a[3].n, a[4].p, a[4].n, &length));
}
MP_PSA_DEFINE(bench_sign_hash, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, hash),
    MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_bench_verify_hash(const mp_psa_arg_t *a) {
    REPEAT(psa_verify_hash(a[1].u, a[2].u, a[3].p, a[3].n, a[4].p, a[4].n));
}
MP_PSA_DEFINE(bench_verify_hash, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, key), MP_PSA_ARG(U32, alg),
    MP_PSA_ARG(IN, hash), MP_PSA_ARG(IN, signature));

static mp_obj_t mp_psa_bench_raw_key_agreement(const mp_psa_arg_t *a) {
    REPEAT(psa_raw_key_agreement(a[1].u, a[2].u, a[3].p, a[3].n, a[4].p, a[4].n, &length));
}
MP_PSA_DEFINE(bench_raw_key_agreement, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, alg), MP_PSA_ARG(U32, private_key),
    MP_PSA_ARG(IN, peer_key), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_bench_generate_random(const mp_psa_arg_t *a) {
    REPEAT(psa_generate_random(a[1].p, a[1].n));
}
MP_PSA_DEFINE(bench_generate_random, MP_PSA_ARG(SIZE, count), MP_PSA_ARG_OUT);

// The steps of one HKDF: a salt, a secret, an info, and as many bytes as the output takes.
static psa_status_t derive(psa_algorithm_t alg, const mp_psa_arg_t *inputs, const mp_psa_arg_t *out) {
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_status_t status = psa_key_derivation_setup(&operation, alg);
    static const psa_key_derivation_step_t steps[] = {
        PSA_KEY_DERIVATION_INPUT_SALT, PSA_KEY_DERIVATION_INPUT_SECRET, PSA_KEY_DERIVATION_INPUT_INFO
    };
    for (size_t i = 0; i < MP_ARRAY_SIZE(steps) && status == PSA_SUCCESS; i++) {
        status = psa_key_derivation_input_bytes(&operation, steps[i], inputs[i].p, inputs[i].n);
    }
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_output_bytes(&operation, out->p, out->n);
    }
    psa_status_t abort_status = psa_key_derivation_abort(&operation);
    return status == PSA_SUCCESS ? abort_status : status;
}

static mp_obj_t mp_psa_bench_key_derivation(const mp_psa_arg_t *a) {
    REPEAT(derive(a[1].u, &a[2], &a[5]));
}
MP_PSA_DEFINE(bench_key_derivation, MP_PSA_ARG(SIZE, count), MP_PSA_ARG(U32, alg), MP_PSA_ARG(IN, salt),
    MP_PSA_ARG(IN, secret), MP_PSA_ARG(IN, info), MP_PSA_ARG_OUT);

#define ENTRY(name_) { MP_ROM_QSTR(MP_QSTR_##name_), MP_ROM_PTR(&mp_psa_bench_##name_##_obj) }

static const mp_rom_map_elem_t psabench_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_psabench) },
    ENTRY(hash_compute),
    ENTRY(mac_compute),
    ENTRY(aead_encrypt),
    ENTRY(sign_hash),
    ENTRY(verify_hash),
    ENTRY(raw_key_agreement),
    ENTRY(generate_random),
    ENTRY(key_derivation),
};
static MP_DEFINE_CONST_DICT(psabench_globals, psabench_globals_table);

const mp_obj_module_t mp_module_psabench = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&psabench_globals,
};

MP_REGISTER_MODULE(MP_QSTR_psabench, mp_module_psabench);

#endif
