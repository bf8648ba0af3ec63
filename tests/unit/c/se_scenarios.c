// SPDX-License-Identifier: MIT

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "se_scenarios.h"

#include <string.h>

uint8_t text[80], out[128], back[128];
const uint8_t iv[16] = { 3 };

void prepare(void) {
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(5 * i);
    }
    memset(out, 0xaa, sizeof(out));
    memset(back, 0xaa, sizeof(back));
}

void expect_log(const char *expected) {
    if (strcmp(recorder_log, expected) != 0) {
        check_failed(recorder_log, expected, 0);
    }
    recorder_begin();
}

bool no_trace(const uint8_t *data, size_t length) {
    return memchr(data, 0xdd, length) == NULL;
}

psa_key_id_t begin(psa_key_usage_t usage, psa_algorithm_t alg) {
    prepare();
    se_start();
    return se_key(AES, usage, alg);
}

void finish(psa_key_id_t key) {
    CHECK(se_operations == 0);
    CHECK(psa_destroy_key(key) == PSA_SUCCESS);
}
