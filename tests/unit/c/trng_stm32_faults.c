// SPDX-License-Identifier: MIT
// drivers/trng_stm32 against a model of the generator's registers (RM0090 section 24.4) with the faults of a chip.

#include "check.h"
#include "trng_calls.h"
#include "trng_stm32_regs.h"

#define ACCESS_LIMIT (100000ul) // of one call: a bounded driver is far below

psa_driver_get_entropy_fn_t trng_stm32_get_entropy;

// The chip.
static uint32_t clock_enable, control, status_flags, last_word;
static int looks_until_ready; // status reads from one word to the next
static int looks_left;
static int seed_errors, clock_errors; // starts, looks that show one
static int seed_error_after_words; // 0: never
static bool stuck;
static unsigned words_read, starts;

static bool clocked(void) {
    return (clock_enable & TRNG_RCC_AHB2ENR_RNGEN) != 0;
}

uint32_t trng_test_read(uint32_t reg) {
    CHECK(++accesses < ACCESS_LIMIT);
    if (reg == TRNG_RCC_AHB2ENR) {
        return clock_enable;
    }
    if (!clocked()) {
        return 0;
    }
    if (reg == TRNG_CR) {
        return control;
    }
    if (reg == TRNG_SR) {
        bool clock_error = clock_errors != 0;
        if (clock_error) {
            clock_errors -= clock_errors > 0;
            status_flags |= TRNG_SR_CEIS;
        }
        bool works = (control & TRNG_CR_RNGEN) && !clock_error && (status_flags & TRNG_SR_SECS) == 0;
        if (works && looks_left > 0) {
            looks_left -= 1;
        }
        return status_flags | (clock_error ? TRNG_SR_CECS : 0) | (works && looks_left == 0 ? TRNG_SR_DRDY : 0);
    }
    CHECK(reg == TRNG_DR);
    CHECK(looks_left == 0); // never read before it is ready
    looks_left = looks_until_ready;
    words_read += 1;
    if (seed_error_after_words != 0 && --seed_error_after_words == 0) {
        status_flags |= TRNG_SR_SECS | TRNG_SR_SEIS;
    }
    last_word = stuck ? 0x5a5a5a5a : last_word * 1664525 + 1013904223;
    return last_word;
}

void trng_test_write(uint32_t reg, uint32_t value) {
    CHECK(++accesses < ACCESS_LIMIT);
    if (reg == TRNG_RCC_AHB2ENR) {
        CHECK((value | TRNG_RCC_AHB2ENR_RNGEN) == (clock_enable | TRNG_RCC_AHB2ENR_RNGEN)); // others' clocks stay
        clock_enable = value;
    } else if (reg == TRNG_CR) {
        CHECK(clocked());
        if ((value & TRNG_CR_RNGEN) && !(control & TRNG_CR_RNGEN)) {
            starts += 1;
            looks_left = looks_until_ready;
            if (seed_errors != 0) {
                seed_errors -= seed_errors > 0;
                status_flags |= TRNG_SR_SECS | TRNG_SR_SEIS;
            }
        } else if (!(value & TRNG_CR_RNGEN)) {
            status_flags &= ~TRNG_SR_SECS;
        }
        control = value;
    } else {
        CHECK(reg == TRNG_SR);
        status_flags &= value | ~(TRNG_SR_CEIS | TRNG_SR_SEIS);
    }
}

static psa_status_t get(psa_driver_get_entropy_flags_t flags) {
    return call_into_output(trng_stm32_get_entropy, flags);
}

static bool is_off(void) {
    return !clocked() && (control & TRNG_CR_RNGEN) == 0;
}

static void sound(void) {
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(bits == 4 * sizeof(output));
    CHECK(words_read == sizeof(output) / 4 + 1); // the first is only compared
    CHECK(is_off());
    CHECK(clock_enable == 0x80); // another peripheral's
    CHECK(get(KEEPALIVE) == PSA_SUCCESS);
    CHECK(!is_off());
    words_read = 0;
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(words_read == sizeof(output) / 4); // it went on where it was
    CHECK(is_off());
    CHECK(get(4) == PSA_ERROR_NOT_SUPPORTED);
}

static void nonblock(void) {
    CHECK(get(NONBLOCK) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(accesses < 20 && is_wiped() && is_off());
    CHECK(get(NONBLOCK | KEEPALIVE) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(!is_off());
    for (int i = 0; i < looks_until_ready; i++) {
        (void)trng_test_read(TRNG_SR);
    }
    CHECK(get(NONBLOCK | KEEPALIVE) == PSA_SUCCESS);
    CHECK(bits == 4 * sizeof(output));
}

static void odd_size(void) {
    uint8_t small[7] = { 0 };
    CHECK(trng_stm32_get_entropy(0, &bits, small, 5) == PSA_SUCCESS);
    CHECK(bits == 20 && small[5] == 0 && small[6] == 0);
}

static void seed_error_once(void) {
    seed_errors = 2;
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(starts == 3);
}

static void seed_error_forever(void) {
    seed_errors = FOREVER;
    CHECK(get(0) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(starts == 3 && is_wiped() && is_off());
    seed_errors = 0;
    CHECK(get(0) == PSA_SUCCESS); // it comes back when the chip does
}

static void seed_error_in_between(void) {
    seed_error_after_words = 10;
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(words_read == 10 + sizeof(output) / 4 + 1); // nothing of before the error was used
}

static void seed_error_nonblock(void) {
    seed_errors = 1;
    CHECK(get(NONBLOCK | KEEPALIVE) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(is_wiped());
    CHECK(get(KEEPALIVE) == PSA_SUCCESS); // started anew meanwhile
}

static void clock_error_passing(void) {
    clock_errors = 50;
    CHECK(get(0) == PSA_SUCCESS);
    CHECK((status_flags & TRNG_SR_CEIS) == 0);
}

static void clock_error_forever(void) {
    clock_errors = FOREVER;
    CHECK(get(0) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(is_wiped() && is_off());
}

static void never_ready(void) {
    looks_until_ready = 1000000000;
    CHECK(get(0) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(is_wiped() && is_off());
}

static void stuck_output(void) {
    stuck = true;
    CHECK(get(0) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(is_wiped() && is_off());
}

static const check_case_t cases[] = {
    { "sound", sound },
    { "nonblock", nonblock },
    { "odd_size", odd_size },
    { "seed_error_once", seed_error_once },
    { "seed_error_forever", seed_error_forever },
    { "seed_error_in_between", seed_error_in_between },
    { "seed_error_nonblock", seed_error_nonblock },
    { "clock_error_passing", clock_error_passing },
    { "clock_error_forever", clock_error_forever },
    { "never_ready", never_ready },
    { "stuck_output", stuck_output },
    { NULL, NULL },
};

int main(int argc, char **argv) {
    clock_enable = 0x80;
    looks_until_ready = looks_left = 12;
    return check_main(argc, argv, cases, NULL);
}
