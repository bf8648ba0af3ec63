// SPDX-License-Identifier: MIT
// Keys in a secure element whose driver is registered at run time, on the patched core: ciphers and MACs in all ways, a
// fault of the element at each step, elements that lack methods, and volatile keys.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "core_host.h"

#include <string.h>

#include "psa/internal_trusted_storage.h"

#include "recorder.h"
#include "se_model.h"

#define AES PSA_KEY_TYPE_AES
#define CRYPTS (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)
#define SIGNS (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)
#define ECB PSA_ALG_ECB_NO_PADDING
#define CTR PSA_ALG_CTR
#define CMAC PSA_ALG_CMAC

static uint8_t text[80], out[128], back[128];
static const uint8_t iv[16] = { 3 };

static void prepare(void) {
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(5 * i);
    }
    memset(out, 0xaa, sizeof(out));
    memset(back, 0xaa, sizeof(back));
}

static void expect_log(const char *expected) {
    if (strcmp(recorder_log, expected) != 0) {
        check_failed(recorder_log, expected, 0);
    }
    recorder_begin();
}

// Nothing of what the element wrote before it failed is in the buffer.
static bool no_trace(const uint8_t *data, size_t length) {
    return memchr(data, 0xdd, length) == NULL;
}

static psa_key_id_t begin(psa_key_usage_t usage, psa_algorithm_t alg) {
    prepare();
    se_start();
    return se_key(AES, usage, alg);
}

static void finish(psa_key_id_t key) {
    CHECK(se_operations == 0);
    CHECK(psa_destroy_key(key) == PSA_SUCCESS);
}

////////////////////////////////////////////////////////////////////////////////
// Ciphers

// Encrypts or decrypts text in pieces; the status of the first step that fails. *length: what came out before.
static psa_status_t in_pieces(psa_key_id_t key, psa_algorithm_t alg, bool encrypts, size_t piece, const uint8_t *input,
    size_t input_length, uint8_t *output, size_t *length) {
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    size_t part = 0;
    *length = 0;
    psa_status_t status = encrypts ? psa_cipher_encrypt_setup(&operation, key, alg) : psa_cipher_decrypt_setup(&operation, key, alg);
    if (status == PSA_SUCCESS && alg != ECB) {
        status = psa_cipher_set_iv(&operation, iv, sizeof(iv));
    }
    for (size_t at = 0; status == PSA_SUCCESS && at < input_length; at += piece) {
        size_t count = input_length - at < piece ? input_length - at : piece;
        status = psa_cipher_update(&operation, input + at, count, output + *length, sizeof(out) - *length, &part);
        *length += part;
        CHECK(status == PSA_SUCCESS || part == 0);
    }
    if (status == PSA_SUCCESS) {
        status = psa_cipher_finish(&operation, output + *length, sizeof(out) - *length, &part);
        *length += part;
        CHECK(status == PSA_SUCCESS || part == 0);
    }
    // A failed step ended it: there is nothing to abort, and no step goes on.
    if (status != PSA_SUCCESS) {
        CHECK(psa_cipher_update(&operation, input, 1, output, 16, &part) == PSA_ERROR_BAD_STATE);
    }
    CHECK(se_operations == 0 && psa_cipher_abort(&operation) == PSA_SUCCESS);
    return status;
}

static void cipher_in_parts(void) {
    psa_key_id_t key = begin(CRYPTS, CTR);
    size_t length, again;
    CHECK(in_pieces(key, CTR, true, 20, text, 50, out, &length) == PSA_SUCCESS && length == 50);
    expect_log("se.cipher_setup se.set_iv se.cipher_update se.cipher_update se.cipher_update se.cipher_finish");
    for (size_t i = 0; i < length; i++) {
        CHECK(out[i] == (uint8_t)(text[i] + 7 + iv[0]));
    }
    CHECK(in_pieces(key, CTR, false, 7, out, 50, back, &again) == PSA_SUCCESS && again == 50);
    CHECK(memcmp(back, text, 50) == 0);
    // The core's own IV reaches the element.
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_generate_iv(&operation, back, sizeof(back), &length) == PSA_SUCCESS && length == 16);
    CHECK(psa_cipher_update(&operation, text, 16, out, 16, &length) == PSA_SUCCESS && length == 16);
    CHECK(out[0] == (uint8_t)(text[0] + 7 + back[0]));
    recorder_begin();
    CHECK(se_operations == 1 && psa_cipher_abort(&operation) == PSA_SUCCESS);
    expect_log("se.abort");
    CHECK(psa_cipher_abort(&operation) == PSA_SUCCESS);
    expect_log("");
    finish(key);
}

static void cipher_at_once(void) {
    psa_key_id_t key = begin(CRYPTS, CTR);
    size_t length, again;
    CHECK(psa_cipher_encrypt(key, CTR, text, 40, out, sizeof(out), &length) == PSA_SUCCESS && length == 56);
    expect_log("se.cipher_setup se.set_iv se.cipher_update se.cipher_finish");
    CHECK(out[16] == (uint8_t)(text[0] + 7 + out[0]));
    CHECK(psa_cipher_decrypt(key, CTR, out, length, back, sizeof(back), &again) == PSA_SUCCESS && again == 40);
    CHECK(memcmp(back, text, 40) == 0);
    CHECK(psa_cipher_decrypt(key, CTR, out, 15, back, sizeof(back), &again) == PSA_ERROR_INVALID_ARGUMENT);
    recorder_begin();
    CHECK(psa_cipher_encrypt(key, CTR, NULL, 0, out, sizeof(out), &length) == PSA_SUCCESS && length == 16);
    expect_log("se.cipher_setup se.set_iv se.cipher_finish");
    finish(key);
}

static void cipher_faults(void) {
    static const struct {
        const char *name, *log;
    } faults[] = {
        { "se.cipher_setup", "se.cipher_setup" }, // never started: no abort
        { "se.set_iv", "se.cipher_setup se.set_iv se.abort" },
        { "se.cipher_update", "se.cipher_setup se.set_iv se.cipher_update se.abort" },
        { "se.cipher_finish", "se.cipher_setup se.set_iv se.cipher_update se.cipher_finish se.abort" },
    };
    static const psa_status_t statuses[] = {
        PSA_ERROR_HARDWARE_FAILURE, PSA_ERROR_NOT_SUPPORTED, PSA_ERROR_INVALID_SIGNATURE
    };
    psa_key_id_t key = begin(CRYPTS, CTR);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        for (size_t s = 0; s < 3; s++) {
            size_t length;
            for (int encrypts = 0; encrypts < 2; encrypts++) {
                prepare();
                recorder_force(faults[i].name, statuses[s], 1);
                CHECK(in_pieces(key, CTR, encrypts, 50, text, 50, out, &length) == statuses[s]);
                expect_log(faults[i].log);
                CHECK(no_trace(out, sizeof(out)));
            }
            prepare();
            recorder_force(faults[i].name, statuses[s], 1);
            CHECK(psa_cipher_encrypt(key, CTR, text, 40, out, sizeof(out), &length) == statuses[s] && length == 0);
            expect_log(faults[i].log);
            CHECK(no_trace(out, sizeof(out)));
            prepare();
            recorder_force(faults[i].name, statuses[s], 1);
            CHECK(psa_cipher_decrypt(key, CTR, text, 40, out, sizeof(out), &length) == statuses[s] && length == 0);
            expect_log(faults[i].log);
            CHECK(no_trace(out, sizeof(out)));
        }
    }
    // The first error counts, not that of the abort. The core forgets a cipher operation whether its abort worked or not.
    size_t length;
    recorder_force("se.cipher_finish", PSA_ERROR_HARDWARE_FAILURE, 1);
    recorder_force("se.abort", PSA_ERROR_COMMUNICATION_FAILURE, 2);
    CHECK(in_pieces(key, CTR, true, 50, text, 50, out, &length) == PSA_ERROR_HARDWARE_FAILURE);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_abort(&operation) == PSA_SUCCESS);
    expect_log("se.cipher_setup se.set_iv se.cipher_update se.cipher_finish se.abort se.cipher_setup se.abort");
    finish(key);
}

static void cipher_lies(void) {
    // Lengths beyond the buffer: nothing of the arena may be read for them.
    psa_key_id_t key = begin(CRYPTS, CTR);
    size_t length;
    se_lies = true;
    CHECK(in_pieces(key, CTR, true, 50, text, 50, out, &length) == PSA_ERROR_CORRUPTION_DETECTED && length == 0);
    CHECK(psa_cipher_encrypt(key, CTR, text, 40, out, 56, &length) == PSA_ERROR_CORRUPTION_DETECTED && length == 0);
    CHECK(psa_cipher_encrypt(key, CTR, NULL, 0, out, 16, &length) == PSA_ERROR_CORRUPTION_DETECTED && length == 0);
    se_lies = false;
    finish(key);
}

static void cipher_methods(void) {
    psa_key_id_t key = begin(CRYPTS, CTR);
    const psa_drv_se_cipher_t whole = se_cipher;
    size_t length;
    for (int missing = 0; missing < 5; missing++) {
        se_cipher = whole;
        switch (missing) {
            case 0:
                se_cipher.p_setup = NULL;
                break;
            case 1:
                se_cipher.p_set_iv = NULL;
                break;
            case 2:
                se_cipher.p_update = NULL;
                break;
            case 3:
                se_cipher.p_finish = NULL;
                break;
            default:
                se_methods.cipher = NULL;
                break;
        }
        CHECK(in_pieces(key, CTR, true, 50, text, 50, out, &length) == PSA_ERROR_NOT_SUPPORTED);
        CHECK(psa_cipher_encrypt(key, CTR, text, 40, out, sizeof(out), &length) == PSA_ERROR_NOT_SUPPORTED);
        CHECK(psa_cipher_decrypt(key, CTR, text, 40, out, sizeof(out), &length) == PSA_ERROR_NOT_SUPPORTED);
        expect_log(""); // refused before anything is started
    }
    se_methods.cipher = &se_cipher;
    // Without p_abort there is nothing to do but to forget the context.
    se_cipher = whole;
    se_cipher.p_abort = NULL;
    recorder_force("se.cipher_update", PSA_ERROR_HARDWARE_FAILURE, 1);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_set_iv(&operation, iv, sizeof(iv)) == PSA_SUCCESS);
    CHECK(psa_cipher_update(&operation, text, 16, out, 16, &length) == PSA_ERROR_HARDWARE_FAILURE);
    se_operations = 0;
    // A context that is too large is no overflow.
    se_cipher = whole;
    se_cipher.context_size = SIZE_MAX - 8;
    CHECK(in_pieces(key, CTR, true, 50, text, 50, out, &length) == PSA_ERROR_INSUFFICIENT_MEMORY);
    se_cipher.context_size = SIZE_MAX / 4;
    CHECK(psa_cipher_encrypt(key, CTR, text, 40, out, sizeof(out), &length) == PSA_ERROR_INSUFFICIENT_MEMORY);
    se_cipher = whole;
    finish(key);
}

static void ecb_by_blocks(void) {
    psa_key_id_t key = begin(CRYPTS, ECB);
    uint8_t expected[64];
    size_t length;
    const psa_drv_se_cipher_t whole = se_cipher;
    for (size_t i = 0; i < 64; i++) {
        expected[i] = (uint8_t)(text[i] + 7);
    }
    // The element's own operation comes first.
    CHECK(in_pieces(key, ECB, true, 64, text, 64, out, &length) == PSA_SUCCESS && memcmp(out, expected, 64) == 0);
    expect_log("se.cipher_setup se.cipher_update se.cipher_finish");
    for (int way = 0; way < 2; way++) {
        // It has none, or not for ECB.
        se_cipher = whole;
        if (way == 0) {
            se_cipher.p_setup = NULL;
        } else {
            se_no_ecb_operation = true;
        }
        for (size_t piece = 1; piece <= 64; piece++) {
            prepare();
            CHECK(in_pieces(key, ECB, true, piece, text, 64, out, &length) == PSA_SUCCESS && length == 64);
            CHECK(memcmp(out, expected, 64) == 0);
            CHECK(in_pieces(key, ECB, false, piece, expected, 64, out, &length) == PSA_SUCCESS && length == 64);
            CHECK(memcmp(out, text, 64) == 0);
            recorder_begin();
        }
        prepare();
        CHECK(psa_cipher_encrypt(key, ECB, text, 48, out, 48, &length) == PSA_SUCCESS && length == 48);
        CHECK(memcmp(out, expected, 48) == 0);
        expect_log(way == 0 ? "se.ecb" : "se.cipher_setup se.ecb");
        CHECK(psa_cipher_decrypt(key, ECB, out, 48, back, 48, &length) == PSA_SUCCESS && length == 48);
        CHECK(memcmp(back, text, 48) == 0);
        CHECK(psa_cipher_encrypt(key, ECB, NULL, 0, out, 0, &length) == PSA_SUCCESS && length == 0);
        // Half a block.
        prepare();
        CHECK(in_pieces(key, ECB, true, 24, text, 40, out, &length) == PSA_ERROR_INVALID_ARGUMENT);
        CHECK(psa_cipher_encrypt(key, ECB, text, 40, out, sizeof(out), &length) == PSA_ERROR_INVALID_ARGUMENT);
        CHECK(length == 0);
        // A buffer that is too small is left alone by the element.
        psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
        CHECK(psa_cipher_encrypt_setup(&operation, key, ECB) == PSA_SUCCESS);
        recorder_begin();
        CHECK(psa_cipher_update(&operation, text, 33, out, 31, &length) == PSA_ERROR_BUFFER_TOO_SMALL && length == 0);
        expect_log("");
        CHECK(psa_cipher_abort(&operation) == PSA_SUCCESS);
        // No IV.
        CHECK(psa_cipher_encrypt_setup(&operation, key, ECB) == PSA_SUCCESS);
        CHECK(psa_cipher_set_iv(&operation, iv, 16) == PSA_ERROR_BAD_STATE);
        CHECK(psa_cipher_abort(&operation) == PSA_SUCCESS);
        recorder_begin();
        // Faults: at the first block, which was put together, and at those that follow.
        for (int healthy = 0; healthy < 2; healthy++) {
            CHECK(psa_cipher_encrypt_setup(&operation, key, ECB) == PSA_SUCCESS);
            CHECK(psa_cipher_update(&operation, text, 5, out, 0, &length) == PSA_SUCCESS && length == 0);
            if (healthy) {
                recorder_force("se.ecb", PSA_SUCCESS, 1);
            }
            recorder_force("se.ecb", PSA_ERROR_HARDWARE_FAILURE, 1);
            prepare();
            CHECK(psa_cipher_update(&operation, text + 5, 50, out, 64, &length) == PSA_ERROR_HARDWARE_FAILURE);
            CHECK(length == 0 && no_trace(out, 64));
            CHECK(psa_cipher_update(&operation, text, 16, out, 16, &length) == PSA_ERROR_BAD_STATE);
            CHECK(psa_cipher_abort(&operation) == PSA_SUCCESS);
            recorder_begin();
        }
    }
    // Another answer than NOT_SUPPORTED is final, and so is the lack of both.
    se_no_ecb_operation = false;
    se_cipher = whole;
    recorder_force("se.cipher_setup", PSA_ERROR_HARDWARE_FAILURE, 1);
    CHECK(psa_cipher_encrypt(key, ECB, text, 48, out, 48, &length) == PSA_ERROR_HARDWARE_FAILURE);
    se_cipher.p_setup = NULL;
    se_cipher.p_ecb = NULL;
    CHECK(psa_cipher_encrypt(key, ECB, text, 48, out, 48, &length) == PSA_ERROR_NOT_SUPPORTED);
    se_cipher = whole;
    finish(key);
}

////////////////////////////////////////////////////////////////////////////////
// MACs

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

////////////////////////////////////////////////////////////////////////////////
// The rest of the interface

static void refusals(void) {
    psa_key_id_t key = begin(CRYPTS, PSA_ALG_GCM);
    size_t length;
    // AEAD is one call in this interface.
    psa_aead_operation_t aead = PSA_AEAD_OPERATION_INIT;
    CHECK(psa_aead_encrypt_setup(&aead, key, PSA_ALG_GCM) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_aead_abort(&aead) == PSA_SUCCESS);
    CHECK(psa_aead_decrypt_setup(&aead, key, PSA_ALG_GCM) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_aead_abort(&aead) == PSA_SUCCESS);
    CHECK(psa_aead_encrypt(key, PSA_ALG_GCM, iv, 12, NULL, 0, text, 20, out, 36, &length) == PSA_SUCCESS);
    CHECK(length == 36);
    prepare();
    recorder_force("se.aead_encrypt", PSA_ERROR_HARDWARE_FAILURE, 1);
    CHECK(psa_aead_encrypt(key, PSA_ALG_GCM, iv, 12, NULL, 0, text, 20, out, 36, &length) ==
        PSA_ERROR_HARDWARE_FAILURE);
    CHECK(length == 0 && no_trace(out, sizeof(out)));
    CHECK(psa_aead_decrypt(key, PSA_ALG_GCM, iv, 12, NULL, 0, text, 36, out, 20, &length) == PSA_ERROR_NOT_SUPPORTED);

    // Key agreement and signatures in steps.
    psa_key_type_t pair = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1);
    psa_key_id_t agrees = se_key(pair, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH);
    CHECK(psa_raw_key_agreement(PSA_ALG_ECDH, agrees, text, 65, out, 32, &length) == PSA_ERROR_NOT_SUPPORTED);
    psa_key_id_t signs = se_key(pair, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH, PSA_ALG_ECDSA_ANY);
    psa_sign_hash_interruptible_operation_t signing = PSA_SIGN_HASH_INTERRUPTIBLE_OPERATION_INIT;
    CHECK(psa_sign_hash_start(&signing, signs, PSA_ALG_ECDSA_ANY, text, 32) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_sign_hash_abort(&signing) == PSA_SUCCESS);
    CHECK(psa_sign_hash(signs, PSA_ALG_ECDSA_ANY, text, 32, out, 64, &length) == PSA_ERROR_NOT_SUPPORTED);

    CHECK(psa_destroy_key(agrees) == PSA_SUCCESS && psa_destroy_key(signs) == PSA_SUCCESS);
    finish(key);
}

static void derivation(void) {
    // The element's p_setup of derivations is not used: the core derives, from a secret that the element exports.
    prepare();
    se_start();
    const psa_algorithm_t hkdf = PSA_ALG_HKDF(PSA_ALG_SHA_256);
    for (int may_export = 0; may_export < 2; may_export++) {
        psa_drv_se_export_key_t export = se_management.p_export;
        psa_key_id_t key = se_key(PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE, hkdf);
        se_management.p_export = may_export ? export : NULL;
        psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
        CHECK(psa_key_derivation_setup(&operation, hkdf) == PSA_SUCCESS);
        psa_status_t status = psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, key);
        if (status == PSA_SUCCESS) {
            status = psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, text, 3);
        }
        if (status == PSA_SUCCESS) {
            status = psa_key_derivation_output_bytes(&operation, out, 32);
        }
        CHECK(status == PSA_ERROR_NOT_SUPPORTED);
        CHECK(psa_key_derivation_abort(&operation) == PSA_SUCCESS);
        se_management.p_export = export;
        CHECK(psa_destroy_key(key) == PSA_SUCCESS);
    }
    // A key that the core derives does not go into the element either.
    psa_key_attributes_t secret_attributes =
        attributes_of(PSA_KEY_LIFETIME_VOLATILE, 0, PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE, hkdf);
    psa_key_id_t secret, derived = 7;
    CHECK(psa_import_key(&secret_attributes, text, 32, &secret) == PSA_SUCCESS);
    psa_key_attributes_t attributes = attributes_of(SE_VOLATILE, 0, AES, CRYPTS, CTR);
    psa_set_key_bits(&attributes, 128);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    CHECK(psa_key_derivation_setup(&operation, hkdf) == PSA_SUCCESS);
    CHECK(psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret) == PSA_SUCCESS);
    CHECK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, text, 3) == PSA_SUCCESS);
    CHECK(psa_key_derivation_output_key(&attributes, &operation, &derived) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(derived == 0 && psa_key_derivation_abort(&operation) == PSA_SUCCESS);
    CHECK(psa_destroy_key(secret) == PSA_SUCCESS);
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(!se_holds_key[i]);
    }
}

////////////////////////////////////////////////////////////////////////////////
// Keys

static unsigned held(void) {
    unsigned count = 0;
    for (size_t i = 0; i < SE_SLOTS; i++) {
        count += se_holds_key[i];
    }
    return count;
}

// What the driver has in storage says the same as the element.
static void check_data(void) {
    its_file_t *file = its_find(0xfffffe00 + SE_LOCATION);
    CHECK(file != NULL && file->size == sizeof(se_data_t));
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(((se_data_t *)file->data)->taken[i] == se_holds_key[i]);
    }
    CHECK(its_find(0xffffff74) == NULL); // no transaction is open
}

static psa_status_t make(psa_key_lifetime_t lifetime, psa_key_id_t id, bool generates, psa_key_id_t *key) {
    psa_key_attributes_t attributes = attributes_of(lifetime, id, AES, CRYPTS, CTR);
    psa_set_key_bits(&attributes, 128);
    return generates ? psa_generate_key(&attributes, key) : psa_import_key(&attributes, text, 16, key);
}

static bool works(psa_key_id_t key) {
    size_t length;
    psa_status_t status = psa_cipher_encrypt(key, CTR, text, 40, out, sizeof(out), &length);
    CHECK(status == PSA_SUCCESS || status == PSA_ERROR_INVALID_HANDLE);
    return status == PSA_SUCCESS;
}

static void volatile_keys(void) {
    psa_key_id_t key, other, stored;
    prepare();
    se_start();
    for (int generates = 0; generates < 2; generates++) {
        // Destroyed, closed, and gone with the core: the element lets go of each.
        CHECK(make(SE_VOLATILE, 0, generates, &key) == PSA_SUCCESS && held() == 1 && works(key));
        CHECK(psa_purge_key(key) == PSA_SUCCESS && works(key));
        CHECK(psa_destroy_key(key) == PSA_SUCCESS && held() == 0 && !works(key));
        CHECK(psa_destroy_key(key) == PSA_ERROR_INVALID_HANDLE);
        check_data();
        CHECK(make(SE_VOLATILE, 0, generates, &key) == PSA_SUCCESS);
        CHECK(psa_close_key(key) == PSA_SUCCESS && held() == 0 && !works(key));
        check_data();
        CHECK(make(SE_VOLATILE, 0, generates, &key) == PSA_SUCCESS);
        CHECK(make(SE_STORED, 3, generates, &stored) == PSA_SUCCESS);
        CHECK(make(SE_VOLATILE, 0, generates, &other) == PSA_SUCCESS && held() == 3);
        recorder_begin();
        mbedtls_psa_crypto_free();
        CHECK(held() == 1);
        expect_log("se.destroy se.destroy");
        check_data();
        se_start();
        CHECK(!works(key) && !works(other) && works(stored));
        CHECK(psa_destroy_key(stored) == PSA_SUCCESS && held() == 0);
        check_data();
    }
    // No room is left, and then there is again.
    psa_key_id_t keys[SE_SLOTS];
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(make(SE_VOLATILE, 0, true, &keys[i]) == PSA_SUCCESS);
    }
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_ERROR_INSUFFICIENT_STORAGE && key == 0);
    CHECK(psa_destroy_key(keys[1]) == PSA_SUCCESS && make(SE_VOLATILE, 0, true, &keys[1]) == PSA_SUCCESS);
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(psa_destroy_key(keys[i]) == PSA_SUCCESS);
    }
    CHECK(held() == 0);
    check_data();
}

static void volatile_faults(void) {
    psa_key_id_t key = 7;
    prepare();
    se_start();
    static const char *const steps[] = { "se.allocate", "se.import", "se.generate" };
    for (size_t i = 0; i < 3; i++) {
        recorder_begin();
        recorder_force(steps[i], PSA_ERROR_HARDWARE_FAILURE, 1);
        key = 7;
        CHECK(make(SE_VOLATILE, 0, i == 2, &key) == PSA_ERROR_HARDWARE_FAILURE && key == 0 && held() == 0);
        check_data();
    }
    // The element does not answer when the key is destroyed: the status says so, the key is gone for the application.
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_SUCCESS);
    recorder_begin();
    recorder_force("se.destroy", PSA_ERROR_COMMUNICATION_FAILURE, 9);
    CHECK(psa_destroy_key(key) == PSA_ERROR_COMMUNICATION_FAILURE && !works(key));
    CHECK(strstr(recorder_log, "se.destroy") == recorder_log && strstr(recorder_log + 1, "se.destroy") == NULL);
    memset(se_holds_key, 0, sizeof(se_holds_key));
    mbedtls_psa_crypto_free();
    CHECK(psa_its_remove(0xfffffe00 + SE_LOCATION) == PSA_SUCCESS);
    se_start();
    // The storage is full: the key is destroyed all the same.
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_SUCCESS);
    its_faults = (its_faults_t){ .set = PSA_ERROR_INSUFFICIENT_STORAGE };
    CHECK(psa_destroy_key(key) == PSA_ERROR_INSUFFICIENT_STORAGE && held() == 0 && !works(key));
    its_faults = (its_faults_t){ 0 };
    // A key is destroyed under an operation: the element decides what becomes of that; nothing leaks.
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_SUCCESS);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    size_t length;
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_set_iv(&operation, iv, 16) == PSA_SUCCESS);
    CHECK(psa_destroy_key(key) == PSA_SUCCESS);
    CHECK(psa_cipher_update(&operation, text, 16, out, 16, &length) == PSA_SUCCESS);
    CHECK(se_operations == 1 && psa_cipher_abort(&operation) == PSA_SUCCESS && se_operations == 0);
}

static void registration(void) {
    prepare();
    se_start();
    psa_key_attributes_t attributes = attributes_of(SE_STORED, 4, AES, CRYPTS, CTR);
    psa_set_key_bits(&attributes, 128);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_INVALID_ARGUMENT); // which slot?
    psa_set_key_slot_number(&attributes, 2);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_NOT_SUPPORTED); // nobody can say what is in the slot
    se_methods.key_management = NULL;
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_NOT_SUPPORTED);
    se_methods.key_management = &se_management;
    psa_set_key_lifetime(&attributes, SE_VOLATILE);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_INVALID_ARGUMENT);
    psa_set_key_lifetime(&attributes, PSA_KEY_LIFETIME_PERSISTENT);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_INVALID_ARGUMENT); // no element
    psa_set_key_lifetime(&attributes, SE_STORED);
    psa_set_key_bits(&attributes, 0);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(its_find(4) == NULL && its_find(0xffffff74) == NULL);
    expect_log("");
}

const check_case_t element_scenarios[] = {
    { "cipher_in_parts", cipher_in_parts },
    { "cipher_at_once", cipher_at_once },
    { "cipher_faults", cipher_faults },
    { "cipher_lies", cipher_lies },
    { "cipher_methods", cipher_methods },
    { "ecb_by_blocks", ecb_by_blocks },
    { "mac_in_parts", mac_in_parts },
    { "mac_at_once", mac_at_once },
    { "mac_faults", mac_faults },
    { "refusals", refusals },
    { "derivation", derivation },
    { "volatile_keys", volatile_keys },
    { "volatile_faults", volatile_faults },
    { "registration", registration },
    { NULL, NULL },
};
