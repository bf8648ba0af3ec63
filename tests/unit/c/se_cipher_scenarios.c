// SPDX-License-Identifier: MIT
// Keys in a secure element whose driver is registered at run time, on the patched core: ciphers in all ways, and
// a fault of the element at each step.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "se_scenarios.h"

#include <string.h>

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

const check_case_t cipher_scenarios[] = {
    { "cipher_in_parts", cipher_in_parts },
    { "cipher_at_once", cipher_at_once },
    { "cipher_faults", cipher_faults },
    { "cipher_lies", cipher_lies },
    { "cipher_methods", cipher_methods },
    { "ecb_by_blocks", ecb_by_blocks },
    { NULL, NULL },
};
