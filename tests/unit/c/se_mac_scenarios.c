// SPDX-License-Identifier: MIT
// Keys in a secure element whose driver is registered at run time, on the patched core: MACs in all ways, and a
// fault of the element at each step.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "se_scenarios.h"

#include <string.h>

static void sum_of(const uint8_t *data, size_t length, uint8_t *sum) {
    memset(sum, 0, 16);
    for (size_t i = 0; i < length; i++) {
        sum[i % 16] += data[i] + 1;
    }
}

static psa_status_t sign_in_parts(psa_key_id_t key, psa_algorithm_t alg, size_t *length) {
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    *length = 99;
    psa_status_t status = psa_mac_sign_setup(&operation, key, alg);
    if (status == PSA_SUCCESS) {
        status = psa_mac_update(&operation, text, 30);
    }
    if (status == PSA_SUCCESS) {
        status = psa_mac_update(&operation, text + 30, 50);
    }
    if (status == PSA_SUCCESS) {
        status = psa_mac_sign_finish(&operation, out, 20, length);
        CHECK(status == PSA_SUCCESS || *length == 20 || *length == 0);
    }
    CHECK(psa_mac_update(&operation, text, 1) == PSA_ERROR_BAD_STATE);
    CHECK(se_operations == 0 && psa_mac_abort(&operation) == PSA_SUCCESS);
    return status;
}

static psa_status_t verify_in_parts(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *mac, size_t length) {
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    psa_status_t status = psa_mac_verify_setup(&operation, key, alg);
    if (status == PSA_SUCCESS) {
        status = psa_mac_update(&operation, text, 80);
    }
    if (status == PSA_SUCCESS) {
        status = psa_mac_verify_finish(&operation, mac, length);
    }
    CHECK(psa_mac_update(&operation, text, 1) == PSA_ERROR_BAD_STATE);
    CHECK(se_operations == 0 && psa_mac_abort(&operation) == PSA_SUCCESS);
    return status;
}

static void mac_in_parts(void) {
    psa_key_id_t key = begin(SIGNS, PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(CMAC, 8));
    uint8_t sum[16], wrong[16];
    size_t length;
    sum_of(text, 80, sum);
    memcpy(wrong, sum, 16);
    wrong[15] ^= 1;
    CHECK(sign_in_parts(key, CMAC, &length) == PSA_SUCCESS && length == 16 && memcmp(out, sum, 16) == 0);
    expect_log("se.mac_setup se.mac_update se.mac_update se.mac_finish");
    CHECK(sign_in_parts(key, PSA_ALG_TRUNCATED_MAC(CMAC, 8), &length) == PSA_SUCCESS && length == 8);
    recorder_begin();
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_SUCCESS);
    expect_log("se.mac_setup se.mac_update se.finish_verify");
    // A wrong MAC is a complete verification: no abort.
    CHECK(verify_in_parts(key, CMAC, wrong, 16) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac_setup se.mac_update se.finish_verify");
    // The core sees a wrong length by itself, and ends the operation.
    CHECK(verify_in_parts(key, CMAC, sum, 15) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac_setup se.mac_update se.abort");
    // Without p_finish_verify: finish and compare.
    psa_drv_se_mac_finish_verify_t finish_verify = se_mac.p_finish_verify;
    se_mac.p_finish_verify = NULL;
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_SUCCESS);
    expect_log("se.mac_setup se.mac_update se.mac_finish");
    CHECK(verify_in_parts(key, CMAC, wrong, 16) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac_setup se.mac_update se.mac_finish");
    CHECK(verify_in_parts(key, PSA_ALG_TRUNCATED_MAC(CMAC, 8), sum, 8) == PSA_SUCCESS);
    // A MAC that is too short is wrong, whatever is compared with the bytes that are missing.
    memset(wrong + 8, 0, 8);
    memcpy(wrong, sum, 8);
    se_short = true;
    CHECK(verify_in_parts(key, CMAC, wrong, 16) == PSA_ERROR_INVALID_SIGNATURE);
    se_short = false;
    recorder_begin();
    recorder_force("se.mac_finish", PSA_ERROR_HARDWARE_FAILURE, 1);
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_ERROR_HARDWARE_FAILURE);
    expect_log("se.mac_setup se.mac_update se.mac_finish se.abort");
    recorder_force("se.mac_finish", PSA_ERROR_INVALID_SIGNATURE, 1); // its finish has not succeeded
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac_setup se.mac_update se.mac_finish se.abort");
    se_mac.p_finish_verify = finish_verify;
    finish(key);
}

static void mac_at_once(void) {
    psa_key_id_t key = begin(SIGNS, PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(CMAC, 8));
    const psa_drv_se_mac_t whole = se_mac;
    uint8_t sum[16], wrong[16], empty[16] = { 0 };
    size_t length;
    sum_of(text, 80, sum);
    memcpy(wrong, sum, 16);
    wrong[0] ^= 1;
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 16, &length) == PSA_SUCCESS && memcmp(out, sum, 16) == 0);
    expect_log("se.mac");
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_SUCCESS);
    expect_log("se.mac_verify");
    CHECK(psa_mac_verify(key, CMAC, text, 80, wrong, 16) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac_verify");
    se_mac.p_mac_verify = NULL; // compute and compare
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_SUCCESS);
    CHECK(psa_mac_verify(key, CMAC, text, 80, wrong, 16) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac se.mac");
    se_mac.p_mac = NULL; // the operation does both
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 16, &length) == PSA_SUCCESS && memcmp(out, sum, 16) == 0);
    expect_log("se.mac_setup se.mac_update se.mac_finish");
    CHECK(psa_mac_compute(key, PSA_ALG_TRUNCATED_MAC(CMAC, 8), text, 80, out, 16, &length) == PSA_SUCCESS);
    CHECK(length == 8);
    recorder_begin();
    CHECK(psa_mac_compute(key, CMAC, NULL, 0, out, 16, &length) == PSA_SUCCESS && memcmp(out, empty, 16) == 0);
    expect_log("se.mac_setup se.mac_finish");
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_SUCCESS);
    CHECK(psa_mac_verify(key, CMAC, text, 80, wrong, 16) == PSA_ERROR_INVALID_SIGNATURE);
    expect_log("se.mac_setup se.mac_update se.finish_verify se.mac_setup se.mac_update se.finish_verify");
    se_mac.p_finish = NULL; // an element that only verifies
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_SUCCESS);
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_SUCCESS);
    recorder_begin();
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 16, &length) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(sign_in_parts(key, CMAC, &length) == PSA_ERROR_NOT_SUPPORTED);
    expect_log("");
    se_mac.p_finish_verify = NULL;
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_ERROR_NOT_SUPPORTED);
    se_methods.mac = NULL;
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 16, &length) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_ERROR_NOT_SUPPORTED);
    expect_log("");
    se_methods.mac = &se_mac;
    se_mac = whole;
    se_mac.context_size = SIZE_MAX;
    CHECK(sign_in_parts(key, CMAC, &length) == PSA_ERROR_INSUFFICIENT_MEMORY);
    se_mac = whole;
    finish(key);
}

static void mac_faults(void) {
    static const struct {
        const char *name, *signs, *verifies;
    } faults[] = {
        { "se.mac_setup", "se.mac_setup", "se.mac_setup" },
        { "se.mac_update", "se.mac_setup se.mac_update se.abort", "se.mac_setup se.mac_update se.abort" },
        { "se.mac_finish", "se.mac_setup se.mac_update se.mac_update se.mac_finish se.abort", NULL },
        { "se.finish_verify", NULL, "se.mac_setup se.mac_update se.finish_verify se.abort" },
    };
    psa_key_id_t key = begin(SIGNS, CMAC);
    uint8_t sum[16];
    size_t length;
    sum_of(text, 80, sum);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (faults[i].signs != NULL) {
            prepare();
            recorder_force(faults[i].name, PSA_ERROR_HARDWARE_FAILURE, 1);
            CHECK(sign_in_parts(key, CMAC, &length) == PSA_ERROR_HARDWARE_FAILURE);
            expect_log(faults[i].signs);
            CHECK(no_trace(out, sizeof(out)));
        }
        if (faults[i].verifies != NULL) {
            recorder_force(faults[i].name, PSA_ERROR_HARDWARE_FAILURE, 1);
            CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_ERROR_HARDWARE_FAILURE);
            expect_log(faults[i].verifies);
        }
    }
    prepare();
    recorder_force("se.mac", PSA_ERROR_HARDWARE_FAILURE, 1);
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 20, &length) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(no_trace(out, sizeof(out)));
    recorder_force("se.mac_verify", PSA_ERROR_HARDWARE_FAILURE, 1);
    CHECK(psa_mac_verify(key, CMAC, text, 80, sum, 16) == PSA_ERROR_HARDWARE_FAILURE);
    // By parts, in one call.
    psa_drv_se_mac_generate_t at_once = se_mac.p_mac;
    se_mac.p_mac = NULL;
    for (size_t i = 0; i < 3; i++) {
        prepare();
        recorder_begin();
        recorder_force(faults[i].name, PSA_ERROR_HARDWARE_FAILURE, 1);
        CHECK(psa_mac_compute(key, CMAC, text, 80, out, 20, &length) == PSA_ERROR_HARDWARE_FAILURE);
        CHECK(no_trace(out, sizeof(out)) && se_operations == 0);
        CHECK((strstr(recorder_log, "se.abort") != NULL) == (i != 0));
    }
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    recorder_force("se.abort", PSA_ERROR_COMMUNICATION_FAILURE, 1);
    CHECK(psa_mac_sign_setup(&operation, key, CMAC) == PSA_SUCCESS);
    CHECK(psa_mac_abort(&operation) == PSA_ERROR_COMMUNICATION_FAILURE && psa_mac_abort(&operation) == PSA_SUCCESS);
    se_lies = true;
    CHECK(sign_in_parts(key, CMAC, &length) == PSA_ERROR_CORRUPTION_DETECTED);
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 16, &length) == PSA_ERROR_CORRUPTION_DETECTED);
    se_mac.p_mac = at_once;
    CHECK(psa_mac_compute(key, CMAC, text, 80, out, 16, &length) == PSA_ERROR_CORRUPTION_DETECTED);
    psa_drv_se_mac_finish_verify_t finish_verify = se_mac.p_finish_verify;
    se_mac.p_finish_verify = NULL;
    CHECK(verify_in_parts(key, CMAC, sum, 16) == PSA_ERROR_CORRUPTION_DETECTED);
    se_mac.p_finish_verify = finish_verify;
    se_lies = false;
    finish(key);
}

const check_case_t mac_scenarios[] = {
    { "mac_in_parts", mac_in_parts },
    { "mac_at_once", mac_at_once },
    { "mac_faults", mac_faults },
    { NULL, NULL },
};
