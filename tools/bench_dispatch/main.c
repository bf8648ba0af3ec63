// SPDX-License-Identifier: MIT
// A program for the Cortex-M4 of QEMU's mps2-an386 that counts what dispatch adds to hash_compute of 0 bytes
// (tools/bench_dispatch.py). SysTick counts instructions: the emulator lets a nanosecond pass for each, and the timer's
// clock has 25 MHz.

#include <stdint.h>
#include <stdlib.h>

#include "psa/crypto.h"
#include "semihosting.h"

#define LOOPS 20000u
#define INSTRUCTIONS_PER_TICK 40u
#define SYST_CSR (*(volatile uint32_t *)0xE000E010)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018)
#define SYST_MAX 0xffffffu

typedef psa_status_t hash_compute_t(psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *hash,
    size_t hash_size, size_t *hash_length);

// The built-in code without dispatch, and wrapper.c once for each list of drivers.
hash_compute_t mbedtls_psa_hash_compute, hash_with_none, hash_with_others, hash_with_declining;

static hash_compute_t *const ways[] = {
    mbedtls_psa_hash_compute, hash_with_none, hash_with_others, hash_with_declining
};

// What the hash code needs of the core, which is not part of this program: the name of an error.
psa_status_t mbedtls_to_psa_error(int ret) {
    return ret == 0 ? PSA_SUCCESS : PSA_ERROR_GENERIC_ERROR;
}

// Three drivers that take SHA-256 and decline every call.
hash_compute_t bench_a_hash_compute, bench_b_hash_compute, bench_c_hash_compute;
#define DECLINE(name) \
    psa_status_t name(psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *hash, \
        size_t hash_size, size_t *hash_length) { \
        (void)alg, (void)input, (void)input_length, (void)hash, (void)hash_size, (void)hash_length; \
        return PSA_ERROR_NOT_SUPPORTED; \
    }
DECLINE(bench_a_hash_compute)
DECLINE(bench_b_hash_compute)
DECLINE(bench_c_hash_compute)

static void write(const char *text) {
    const int handle = semihosting_open(":tt", 4);
    const uintptr_t arguments[] = { (uintptr_t)handle, (uintptr_t)text, strlen(text) };
    (void)semihosting_call(SEMIHOSTING_SYS_WRITE, arguments);
}

static void leave(int status) {
    const uintptr_t arguments[] = { 0x20026, (uintptr_t)status }; // ADP_Stopped_ApplicationExit
    (void)semihosting_call(SEMIHOSTING_SYS_EXIT_EXTENDED, arguments);
}

static void write_number(uint32_t value) {
    char text[12];
    char *at = text + sizeof(text);
    *--at = '\0';
    *--at = '\n';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    write(at);
}

// Instructions of one call, with the loop around it: that is the same for all.
static uint32_t count(hash_compute_t *way) {
    static uint8_t hash[32];
    size_t length;
    SYST_CVR = 0;
    uint32_t begin = SYST_CVR;
    for (uint32_t i = 0; i < LOOPS; i++) {
        if (way(PSA_ALG_SHA_256, hash, 0, hash, sizeof(hash), &length) != PSA_SUCCESS || length != sizeof(hash)) {
            leave(1);
        }
    }
    uint32_t ticks = (begin - SYST_CVR) & SYST_MAX;
    return (uint32_t)(((uint64_t)ticks * INSTRUCTIONS_PER_TICK + LOOPS / 2) / LOOPS);
}

static void reset(void) {
    SYST_RVR = SYST_MAX;
    SYST_CSR = 5; // the processor's clock, no interrupt
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        write_number(count(ways[i]));
    }
    leave(0);
    for (;;) {
    }
}

static void fault(void) {
    leave(2);
    for (;;) {
    }
}

extern const void *const vectors[];
const void *const vectors[] __attribute__((section(".vectors"))) = {
    (const void *)0x20040000, // the stack's end: 256 KiB of RAM
    reset,
    fault,
    fault,
    fault,
    fault,
    fault,
};
