// SPDX-License-Identifier: MIT
// drivers/trng_nrf52 against a model of the generator's registers ("RNG" of the nRF52840's product specification) with
// the faults of a chip.

#include "check.h"
#include "trng_calls.h"
#include "trng_nrf52_regs.h"

#define ACCESS_LIMIT (200000ul) // of one call: a bounded driver is far below

psa_driver_get_entropy_fn_t trng_nrf52_get_entropy;

// The chip.
static bool on, event, bias_correction, interrupts = true;
static uint32_t shorts = 1; // as a boot loader may have left them
static uint8_t value;
static uint32_t noise = 1;
static int looks_until_ready = 40; // reads of the event from one byte to the next
static int looks_left;
static int dead_starts, stuck_starts; // starts after which nothing comes, or always the same
static bool dead, stuck;
static int race_after; // reads of VALUE until a byte comes right behind one
static unsigned bytes_read, starts;

static void next_byte(void) {
    noise = noise * 1664525 + 1013904223;
    value = stuck ? 0x5a : noise >> 24;
    event = true;
    looks_left = looks_until_ready;
    if (shorts & 1) {
        on = false;
    }
}

uint32_t trng_test_read(uint32_t reg) {
    CHECK(++accesses < ACCESS_LIMIT);
    if (reg == TRNG_EVENTS_VALRDY) {
        if (on && !dead && --looks_left <= 0) {
            next_byte();
        }
        return event;
    }
    CHECK(reg == TRNG_VALUE);
    CHECK(event); // never read before it is ready, nor a second time
    bytes_read += 1;
    uint32_t read = value;
    if (race_after != 0 && --race_after == 0) {
        next_byte();
    }
    return read;
}

void trng_test_write(uint32_t reg, uint32_t written) {
    CHECK(++accesses < ACCESS_LIMIT);
    switch (reg) {
        case TRNG_TASKS_START:
            CHECK(written == 1);
            CHECK(bias_correction && shorts == 0 && !interrupts && !event);
            if (!on) {
                starts += 1;
                on = true;
                dead = dead_starts != 0;
                stuck = stuck_starts != 0;
                dead_starts -= dead_starts > 0;
                stuck_starts -= stuck_starts > 0;
                looks_left = 2 * looks_until_ready;
            }
            break;
        case TRNG_TASKS_STOP:
            CHECK(written == 1);
            on = false;
            break;
        case TRNG_EVENTS_VALRDY:
            CHECK(written == 0);
            event = false;
            break;
        case TRNG_SHORTS:
            shorts = written;
            break;
        case TRNG_INTENCLR:
            interrupts = interrupts && written == 0;
            break;
        default:
            CHECK(reg == TRNG_CONFIG);
            bias_correction = (written & TRNG_CONFIG_DERCEN) != 0;
    }
}

static psa_status_t get(psa_driver_get_entropy_flags_t flags) {
    return call_into_output(trng_nrf52_get_entropy, flags);
}

static void sound(void) {
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(bits == 4 * sizeof(output));
    CHECK(bytes_read == sizeof(output) && !on && starts == 1);
    CHECK(get(KEEPALIVE) == PSA_SUCCESS);
    CHECK(on && starts == 2);
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(!on && starts == 2); // it went on where it was
    CHECK(get(4) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(get(4 | NONBLOCK) == PSA_ERROR_NOT_SUPPORTED && !on);
}

// Every byte that the generator makes is used once and in order.
static void every_byte_once(void) {
    CHECK(get(KEEPALIVE) == PSA_SUCCESS);
    uint32_t expected = 1;
    for (size_t i = 0; i < sizeof(output); i++) {
        expected = expected * 1664525 + 1013904223;
        CHECK(output[i] == expected >> 24);
    }
}

// A byte that comes while the one before it is taken may be lost, it is not taken twice.
static void byte_in_between(void) {
    race_after = 10;
    CHECK(get(0) == PSA_SUCCESS);
    uint32_t expected = 1;
    for (size_t i = 0; i < sizeof(output); i++) {
        expected = expected * 1664525 + 1013904223;
        if (i == 10) {
            expected = expected * 1664525 + 1013904223;
        }
        CHECK(output[i] == expected >> 24);
    }
}

static void nonblock(void) {
    CHECK(get(NONBLOCK) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(accesses < 20 && is_wiped() && !on);
    CHECK(get(NONBLOCK | KEEPALIVE) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(accesses < 20 && is_wiped() && on);
    for (int i = 0; i < 2 * looks_until_ready; i++) {
        (void)trng_test_read(TRNG_EVENTS_VALRDY);
    }
    CHECK(get(NONBLOCK | KEEPALIVE) == PSA_SUCCESS);
    CHECK(bits == 4 * sizeof(output) && on && starts == 2);
    CHECK(get(NONBLOCK) == PSA_ERROR_INSUFFICIENT_ENTROPY && !on);
}

static void odd_size(void) {
    uint8_t small[7] = { 0 };
    CHECK(trng_nrf52_get_entropy(0, &bits, small, 5) == PSA_SUCCESS);
    CHECK(bits == 20 && small[5] == 0 && small[6] == 0);
}

static void never_ready(void) {
    dead_starts = FOREVER;
    CHECK(get(0) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(starts == 3 && is_wiped() && !on);
    CHECK(get(KEEPALIVE) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(!on); // nothing is kept alive that is broken
    CHECK(get(NONBLOCK | KEEPALIVE) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(accesses < 20);
    dead_starts = 0;
    CHECK(get(0) == PSA_SUCCESS); // it comes back when the chip does
}

static void not_ready_after_a_start(void) {
    dead_starts = 2;
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(starts == 3);
}

static void stuck_output(void) {
    stuck_starts = FOREVER;
    CHECK(get(0) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(starts == 3 && bytes_read == 3 * 8 && is_wiped() && !on);
    CHECK(get(KEEPALIVE) == PSA_ERROR_HARDWARE_FAILURE && !on);
}

static void stuck_after_a_start(void) {
    stuck_starts = 2;
    CHECK(get(0) == PSA_SUCCESS);
    CHECK(starts == 3 && bytes_read == 2 * 8 + sizeof(output)); // nothing of before was used
}

// What is stuck is found across calls that each take less than it takes to see it.
static void stuck_in_small_calls(void) {
    stuck_starts = FOREVER;
    uint8_t small[7];
    CHECK(trng_nrf52_get_entropy(KEEPALIVE, &bits, small, 7) == PSA_SUCCESS);
    CHECK(trng_nrf52_get_entropy(NONBLOCK | KEEPALIVE, &bits, small, 0) == PSA_SUCCESS);
    for (int i = 0; i < looks_until_ready; i++) {
        (void)trng_test_read(TRNG_EVENTS_VALRDY);
    }
    CHECK(trng_nrf52_get_entropy(NONBLOCK | KEEPALIVE, &bits, small, 1) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(small[0] == 0 && !on);
}

static const check_case_t cases[] = {
    { "sound", sound },
    { "every_byte_once", every_byte_once },
    { "byte_in_between", byte_in_between },
    { "nonblock", nonblock },
    { "odd_size", odd_size },
    { "never_ready", never_ready },
    { "not_ready_after_a_start", not_ready_after_a_start },
    { "stuck_output", stuck_output },
    { "stuck_after_a_start", stuck_after_a_start },
    { "stuck_in_small_calls", stuck_in_small_calls },
    { NULL, NULL },
};

int main(int argc, char **argv) {
    return check_main(argc, argv, cases, NULL);
}
