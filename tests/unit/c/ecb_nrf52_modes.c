// SPDX-License-Identifier: MIT
// drivers/ecb_nrf52 behind the patched core, over a model of the AES block (test_device.c), which counts the blocks.

#include <string.h>

#include "mbedtls/aes.h"
#include "psa/crypto.h"

#include "check.h"
#include "psa/crypto_driver_prototypes.h"
#include "test_device.h"

#define ECB PSA_ALG_ECB_NO_PADDING
#define CBC PSA_ALG_CBC_NO_PADDING
#define PKCS7 PSA_ALG_CBC_PKCS7
#define CTR PSA_ALG_CTR

// NIST SP 800-38A, appendix F: the keys of 128 and 256 bits, the plaintext, initial vector and counter.
static const uint8_t key_128[] = {
    0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c
};
static const uint8_t key_256[] = {
    0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81,
    0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4
};
static const uint8_t plain[] = {
    0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
    0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51
};
static const uint8_t vector[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t counter[] = {
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff
};
static const uint8_t ecb_128[] = {
    0x3a, 0xd7, 0x7b, 0xb4, 0x0d, 0x7a, 0x36, 0x60, 0xa8, 0x9e, 0xca, 0xf3, 0x24, 0x66, 0xef, 0x97,
    0xf5, 0xd3, 0xd5, 0x85, 0x03, 0xb9, 0x69, 0x9d, 0xe7, 0x85, 0x89, 0x5a, 0x96, 0xfd, 0xba, 0xaf
};
static const uint8_t cbc_128[] = {
    0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d,
    0x50, 0x86, 0xcb, 0x9b, 0x50, 0x72, 0x19, 0xee, 0x95, 0xdb, 0x11, 0x3a, 0x91, 0x76, 0x78, 0xb2
};
static const uint8_t ctr_128[] = {
    0x87, 0x4d, 0x61, 0x91, 0xb6, 0x20, 0xe3, 0x26, 0x1b, 0xef, 0x68, 0x64, 0x99, 0x0d, 0xb6, 0xce,
    0x98, 0x06, 0xf6, 0x6b, 0x79, 0x70, 0xfd, 0xff, 0x86, 0x17, 0x18, 0x7b, 0xb9, 0xff, 0xfd, 0xff
};
static const uint8_t ecb_256[] = {
    0xf3, 0xee, 0xd1, 0xbd, 0xb5, 0xd2, 0xa0, 0x3c, 0x06, 0x4b, 0x5a, 0x7e, 0x3d, 0xb1, 0x81, 0xf8,
    0x59, 0x1c, 0xcb, 0x10, 0xd4, 0x10, 0xed, 0x26, 0xdc, 0x5b, 0xa7, 0x4a, 0x31, 0x36, 0x28, 0x70
};

static uint8_t out[512];
static size_t length;

static psa_key_id_t import(const uint8_t *material, size_t size, psa_algorithm_t alg) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    psa_set_key_algorithm(&attributes, alg);
    psa_key_id_t key = PSA_KEY_ID_NULL;
    CHECK(psa_import_key(&attributes, material, size, &key) == PSA_SUCCESS);
    return key;
}

static bool all_zero(const void *memory, size_t size) {
    const uint8_t *bytes = memory;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

// No key, plaintext or key stream stays in what EasyDMA reads.
static bool is_clean(void) {
    return all_zero(ecb_test_device.data, sizeof(ecb_data_t)) && ecb_test_device.wrong_writes == 0;
}

// All of a multi-part operation, the input in pieces of `piece` bytes.
static psa_status_t in_pieces(psa_key_id_t key, psa_algorithm_t alg, bool encrypt, const uint8_t *iv,
    const uint8_t *input, size_t size, size_t piece) {
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    size_t made = 0;
    length = 0;
    psa_status_t status = encrypt ? psa_cipher_encrypt_setup(&operation, key, alg)
                                  : psa_cipher_decrypt_setup(&operation, key, alg);
    if (status == PSA_SUCCESS && iv != NULL) {
        status = psa_cipher_set_iv(&operation, iv, 16);
    }
    for (size_t i = 0; i < size && status == PSA_SUCCESS; i += piece) {
        size_t n = size - i < piece ? size - i : piece;
        status = psa_cipher_update(&operation, &input[i], n, &out[length], sizeof(out) - length, &made);
        length += made;
        CHECK(ecb_test_device.data == NULL || is_clean());
    }
    if (status == PSA_SUCCESS) {
        status = psa_cipher_finish(&operation, &out[length], sizeof(out) - length, &made);
        length += made;
    }
    psa_cipher_abort(&operation);
    return status;
}

static bool gives(const uint8_t *expected, size_t size) {
    return length == size && memcmp(out, expected, size) == 0;
}

static void known_answers(void) {
    psa_key_id_t key = import(key_128, 16, ECB);
    CHECK(psa_cipher_encrypt(key, ECB, plain, 32, out, sizeof(out), &length) == PSA_SUCCESS);
    CHECK(gives(ecb_128, 32) && ecb_test_device.blocks == 2 && is_clean());
    psa_destroy_key(key);
    for (size_t piece = 1; piece <= 33; piece++) {
        key = import(key_128, 16, ECB);
        ecb_test_device.blocks = 0;
        CHECK(in_pieces(key, ECB, true, NULL, plain, 32, piece) == PSA_SUCCESS);
        CHECK(gives(ecb_128, 32) && ecb_test_device.blocks == 2);
        psa_destroy_key(key);
        key = import(key_128, 16, CBC);
        CHECK(in_pieces(key, CBC, true, vector, plain, 32, piece) == PSA_SUCCESS);
        CHECK(gives(cbc_128, 32) && ecb_test_device.blocks == 4);
        psa_destroy_key(key);
        key = import(key_128, 16, CTR);
        CHECK(in_pieces(key, CTR, true, counter, plain, 32, piece) == PSA_SUCCESS);
        CHECK(gives(ctr_128, 32) && ecb_test_device.blocks == 6);
        CHECK(in_pieces(key, CTR, false, counter, ctr_128, 32, piece) == PSA_SUCCESS);
        CHECK(gives(plain, 32) && ecb_test_device.blocks == 8);
        psa_destroy_key(key);
    }
}

// Against Mbed TLS's modes, over lengths and pieces, the counter's carries included.
static void every_length(void) {
    uint8_t text[80], expected[96], iv[16], stream[16];
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    CHECK(mbedtls_aes_setkey_enc(&aes, key_128, 128) == 0);
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(i * 29 + 3);
    }
    psa_key_id_t ctr = import(key_128, 16, CTR);
    psa_key_id_t cbc = import(key_128, 16, PKCS7);
    for (size_t size = 0; size <= sizeof(text); size++) {
        for (size_t piece = 1; piece <= 40; piece += 3) {
            memset(iv, 0xff, sizeof(iv));
            iv[0] = (uint8_t)size;
            uint8_t used[16];
            memcpy(used, iv, 16);
            size_t offset = 0;
            CHECK(mbedtls_aes_crypt_ctr(&aes, size, &offset, used, stream, text, expected) == 0);
            CHECK(in_pieces(ctr, CTR, true, iv, text, size, piece) == PSA_SUCCESS);
            CHECK(gives(expected, size));
            size_t padded = size / 16 * 16 + 16;
            uint8_t input[96];
            memcpy(input, text, size);
            memset(&input[size], (int)(padded - size), padded - size);
            memcpy(used, iv, 16);
            CHECK(mbedtls_aes_crypt_cbc(&aes, MBEDTLS_AES_ENCRYPT, padded, used, input, expected) == 0);
            CHECK(in_pieces(cbc, PKCS7, true, iv, text, size, piece) == PSA_SUCCESS);
            CHECK(gives(expected, padded));
        }
        // Single-part: what comes first is the core's random IV.
        uint8_t back[96];
        size_t back_length;
        CHECK(psa_cipher_encrypt(cbc, PKCS7, text, size, out, sizeof(out), &length) == PSA_SUCCESS && is_clean());
        unsigned blocks = ecb_test_device.blocks;
        CHECK(psa_cipher_decrypt(cbc, PKCS7, out, length, back, sizeof(back), &back_length) == PSA_SUCCESS);
        CHECK(back_length == size && memcmp(back, text, size) == 0 && ecb_test_device.blocks == blocks);
        CHECK(psa_cipher_encrypt(ctr, CTR, text, size, out, sizeof(out), &length) == PSA_SUCCESS);
        CHECK(psa_cipher_decrypt(ctr, CTR, out, length, back, sizeof(back), &back_length) == PSA_SUCCESS && is_clean());
        CHECK(back_length == size && memcmp(back, text, size) == 0);
        CHECK(ecb_test_device.blocks == blocks + 2 * ((size + 15) / 16));
    }
    mbedtls_aes_free(&aes);
    psa_destroy_key(ctr);
    psa_destroy_key(cbc);
}

static void fallback(void) {
    psa_key_id_t key = import(key_256, 32, ECB);
    CHECK(psa_cipher_encrypt(key, ECB, plain, 32, out, sizeof(out), &length) == PSA_SUCCESS && gives(ecb_256, 32));
    CHECK(in_pieces(key, ECB, true, NULL, plain, 32, 7) == PSA_SUCCESS && gives(ecb_256, 32));
    psa_destroy_key(key);
    key = import(key_128, 16, ECB);
    CHECK(in_pieces(key, ECB, false, NULL, ecb_128, 32, 5) == PSA_SUCCESS && gives(plain, 32));
    psa_destroy_key(key);
    key = import(key_128, 16, CBC);
    CHECK(in_pieces(key, CBC, false, vector, cbc_128, 32, 5) == PSA_SUCCESS && gives(plain, 32));
    psa_destroy_key(key);
    CHECK(ecb_test_device.accesses == 0);
}

// What a user does wrong is said as the built-in code says it.
static void misuse(void) {
    psa_key_id_t key = import(key_128, 16, ECB);
    CHECK(psa_cipher_encrypt(key, ECB, plain, 17, out, sizeof(out), &length) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(length == 0 && all_zero(out, sizeof(out)));
    CHECK(in_pieces(key, ECB, true, NULL, plain, 17, 17) == PSA_ERROR_INVALID_ARGUMENT);
    memset(out, 0, sizeof(out));
    CHECK(psa_cipher_encrypt(key, ECB, plain, 32, out, 31, &length) == PSA_ERROR_BUFFER_TOO_SMALL);
    CHECK(all_zero(out, sizeof(out)));
    psa_destroy_key(key);
    key = import(key_128, 16, CTR);
    CHECK(psa_cipher_decrypt(key, CTR, ctr_128, 15, out, sizeof(out), &length) == PSA_ERROR_INVALID_ARGUMENT);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_update(&operation, plain, 32, out, sizeof(out), &length) == PSA_ERROR_BAD_STATE);
    psa_cipher_abort(&operation);
    operation = psa_cipher_operation_init();
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_set_iv(&operation, counter, 12) == PSA_ERROR_INVALID_ARGUMENT);
    psa_cipher_abort(&operation);
    operation = psa_cipher_operation_init();
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_set_iv(&operation, counter, 16) == PSA_SUCCESS);
    CHECK(psa_cipher_update(&operation, plain, 32, out, 31, &length) == PSA_ERROR_BUFFER_TOO_SMALL);
    psa_cipher_abort(&operation);
    psa_destroy_key(key);
    key = import(key_128, 16, PKCS7);
    CHECK(psa_cipher_encrypt(key, PKCS7, plain, 16, out, 47, &length) == PSA_ERROR_BUFFER_TOO_SMALL);
    CHECK(all_zero(out, sizeof(out)));
    psa_destroy_key(key);
}

// The radio took the AES module for a while.
static void interrupted(void) {
    psa_key_id_t key = import(key_128, 16, ECB);
    ecb_test_device.errors = 7;
    CHECK(psa_cipher_encrypt(key, ECB, plain, 32, out, sizeof(out), &length) == PSA_SUCCESS);
    CHECK(gives(ecb_128, 32) && ecb_test_device.starts == 9 && ecb_test_device.blocks == 2);
    psa_destroy_key(key);
}

static void fails(psa_algorithm_t alg, const uint8_t *iv) {
    psa_key_id_t key = import(key_128, 16, alg);
    memset(out, 0, sizeof(out));
    ecb_test_device.accesses = 0;
    CHECK(psa_cipher_encrypt(key, alg, plain, 32, out, sizeof(out), &length) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(length == 0 && all_zero(out, sizeof(out)) && is_clean());
    CHECK(ecb_test_device.accesses < 50000 && !ecb_test_device.busy);
    CHECK(in_pieces(key, alg, true, iv, plain, 32, 20) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(all_zero(out, sizeof(out)) && is_clean());
    psa_destroy_key(key);
}

static void fails_in_every_mode(void) {
    fails(ECB, NULL);
    fails(CBC, vector);
    fails(PKCS7, vector);
    fails(CTR, counter);
}

static void always_interrupted(void) {
    ecb_test_device.errors = -1;
    fails_in_every_mode();
}

static void never_ends(void) {
    ecb_test_device.never_ends = true;
    fails_in_every_mode();
}

static void writes_nothing(void) {
    ecb_test_device.writes_nothing = true;
    fails_in_every_mode();
}

// Contexts do not outlive their operation, whoever forgets to clear them.
static void contexts_are_wiped(void) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    ecb_nrf52_cipher_operation_t operation = { 0 };
    CHECK(ecb_nrf52_cipher_encrypt_setup(&operation, &attributes, key_128, 16, ECB) == PSA_SUCCESS);
    CHECK(!all_zero(&operation, sizeof(operation)));
    CHECK(ecb_nrf52_cipher_abort(&operation) == PSA_SUCCESS && all_zero(&operation, sizeof(operation)));
    CHECK(ecb_nrf52_cipher_update(&operation, plain, 16, out, 16, &length) == PSA_ERROR_BAD_STATE);
    CHECK(ecb_nrf52_cipher_encrypt_setup(&operation, &attributes, key_128, 16, ECB) == PSA_SUCCESS);
    CHECK(ecb_nrf52_cipher_update(&operation, plain, 17, out, 16, &length) == PSA_SUCCESS);
    CHECK(ecb_nrf52_cipher_finish(&operation, out, 16, &length) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(all_zero(&operation, sizeof(operation)));
    CHECK(ecb_nrf52_cipher_encrypt_setup(&operation, &attributes, key_128, 15, ECB) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(all_zero(&operation, sizeof(operation)));
}

static const check_case_t cases[] = {
    { "known_answers", known_answers },
    { "every_length", every_length },
    { "fallback", fallback },
    { "misuse", misuse },
    { "interrupted", interrupted },
    { "always_interrupted", always_interrupted },
    { "never_ends", never_ends },
    { "writes_nothing", writes_nothing },
    { "contexts_are_wiped", contexts_are_wiped },
    { NULL, NULL },
};

static void start(void) {
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    // The generator's AES is the library's own.
    CHECK(ecb_test_device.accesses == 0);
}

int main(int argc, char **argv) {
    int status = check_main(argc, argv, cases, start);
    mbedtls_psa_crypto_free();
    return status;
}
