// SPDX-License-Identifier: MIT
// drivers/trng_semihosting in an emulator, without a firmware around it. The word flags=N on the command line are the
// flags; printed: the status, the estimate, and the bytes when the status is a success.

#include <stdint.h>
#include <stdlib.h>

#include "psa/crypto_driver_entropy.h"
#include "semihosting.h"

#define SIZE 24

psa_driver_get_entropy_fn_t trng_semihosting_get_entropy;

static int console;

static void write(const char *text) {
    (void)semihosting_write(console, text, strlen(text));
}

static void write_number(long value) {
    char text[16];
    char *at = text + sizeof(text) - 1;
    *at = '\0';
    unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        *--at = '-';
    }
    write(at);
    write(" ");
}

static void start(void) {
    console = semihosting_open(":tt", 4);
    char word[12];
    psa_driver_get_entropy_flags_t flags =
        semihosting_argument("flags", word, sizeof(word)) ? (psa_driver_get_entropy_flags_t)atoi(word) : 0;
    uint8_t output[SIZE] = { 0 };
    size_t bits = 0;
    psa_status_t status = trng_semihosting_get_entropy(flags, &bits, output, sizeof(output));
    write_number(status);
    write_number((long)bits);
    for (size_t i = 0; i < sizeof(output) && status == PSA_SUCCESS; i++) {
        write_number(output[i]);
    }
    semihosting_exit(0);
}

// Any fault ends the program with a status that no test takes for a result.
static void fault(void) {
    semihosting_exit(1);
}

__attribute__((section(".vectors"), used)) const uintptr_t vectors[] = {
    0x20010000,
    (uintptr_t)start,
    (uintptr_t)fault,
    (uintptr_t)fault,
};
