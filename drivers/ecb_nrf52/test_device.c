// SPDX-License-Identifier: MIT
// The nRF52840's AES block for tests on the host: its registers in front of an AES-128 by the book (FIPS 197). Not part
// of any firmware.
#include "test_device.h"

#include <string.h>

ecb_test_device_t ecb_test_device = { .looks_until_end = 3 };

static void start(void) {
    ecb_test_device.end = ecb_test_device.error = false;
    ecb_test_device.starts += 1;
    if (ecb_test_device.errors != 0) {
        ecb_test_device.errors -= ecb_test_device.errors > 0;
        ecb_test_device.error = true;
        return;
    }
    ecb_test_device.busy = true;
    ecb_test_device.looks_left = ecb_test_device.looks_until_end;
}

static uint8_t times_2(uint8_t x) {
    return x << 1 ^ (x & 0x80 ? 0x1b : 0);
}

// FIPS 197 section 5.1.1: the inverse in GF(2^8), then the affine transformation.
static uint8_t substitute(uint8_t x) {
    uint8_t inverse = 0;
    for (unsigned candidate = 1; candidate < 256 && x != 0; candidate++) {
        uint8_t product = 0, factor = x;
        for (unsigned bits = candidate; bits != 0; bits >>= 1) {
            product ^= bits & 1 ? factor : 0;
            factor = times_2(factor);
        }
        if (product == 1) {
            inverse = candidate;
        }
    }
    uint8_t result = 0x63;
    for (unsigned shift = 0; shift < 5; shift++) {
        result ^= inverse << shift ^ inverse >> (8 - shift);
    }
    return result;
}

static void fill(uint8_t table[256]) {
    for (unsigned i = 0; i < 256; i++) {
        table[i] = substitute(i);
    }
}

// Section 5.2, one round key to the next.
static void next_key(uint8_t key[16], const uint8_t table[256], uint8_t round_constant) {
    key[0] ^= round_constant;
    for (unsigned i = 0; i < 16; i++) {
        key[i] ^= i < 4 ? table[key[12 + (i + 1) % 4]] : key[i - 4];
    }
}

// Section 5.1. Bytes of the state lie in columns.
static void encrypt(const uint8_t key[16], const uint8_t input[16], uint8_t output[16]) {
    static uint8_t table[256];
    if (table[0] == 0) {
        fill(table);
    }
    uint8_t round_key[16], state[16], shifted[16], round_constant = 1;
    memcpy(round_key, key, 16);
    for (unsigned i = 0; i < 16; i++) {
        state[i] = input[i] ^ key[i];
    }
    for (unsigned round = 1; round <= 10; round++) {
        for (unsigned i = 0; i < 16; i++) {
            shifted[i] = table[state[(i + 4 * (i % 4)) % 16]];
        }
        next_key(round_key, table, round_constant);
        round_constant = times_2(round_constant);
        for (unsigned i = 0; i < 16; i++) {
            const uint8_t *column = &shifted[i / 4 * 4];
            uint8_t a = column[i % 4], b = column[(i + 1) % 4], c = column[(i + 2) % 4], d = column[(i + 3) % 4];
            state[i] = round_key[i] ^ (round < 10 ? times_2(a) ^ times_2(b) ^ b ^ c ^ d : a);
        }
    }
    memcpy(output, state, 16);
}

static void end(void) {
    ecb_test_device.busy = false;
    ecb_test_device.end = true;
    ecb_test_device.blocks += 1;
    ecb_data_t *data = ecb_test_device.data;
    if (!ecb_test_device.writes_nothing) {
        encrypt(data->key, data->cleartext, data->ciphertext);
    }
}

uint32_t ecb_test_read(uint32_t reg) {
    ecb_test_device.accesses += 1;
    if (reg == ECB_EVENTS_ENDECB) {
        if (ecb_test_device.busy && !ecb_test_device.never_ends && --ecb_test_device.looks_left <= 0) {
            end();
        }
        return ecb_test_device.end;
    }
    return reg == ECB_EVENTS_ERRORECB ? ecb_test_device.error : 0;
}

void ecb_test_write(uint32_t reg, uintptr_t value) {
    ecb_test_device.accesses += 1;
    if (reg == ECB_TASKS_STARTECB && value == 1) {
        start();
    } else if (reg == ECB_TASKS_STOPECB && value == 1) {
        ecb_test_device.error = ecb_test_device.error || ecb_test_device.busy;
        ecb_test_device.busy = false;
    } else if (reg == ECB_EVENTS_ENDECB && value == 0) {
        ecb_test_device.end = false;
    } else if (reg == ECB_EVENTS_ERRORECB && value == 0) {
        ecb_test_device.error = false;
    } else if (reg == ECB_ECBDATAPTR) {
        ecb_test_device.data = (ecb_data_t *)value;
    } else {
        ecb_test_device.wrong_writes += 1;
    }
}
