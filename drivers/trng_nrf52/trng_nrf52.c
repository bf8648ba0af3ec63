// SPDX-License-Identifier: MIT
// Entropy from the nRF52840's random number generator ("RNG" of the product specification).
#include <stdbool.h>

#include "psa/crypto_driver_entropy.h"
#include "trng_nrf52_regs.h"
#include "wipe.h"

#define KNOWN_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

// Credited per byte; README.md has the reasoning.
#define BITS_PER_BYTE (4)

// A byte takes 120 us, the first one 128 us more; the specification gives typical times only. A look at the event and
// the pause after it take 260 periods of 64 MHz or more, so this is at least 2 ms, 8 times what the first byte needs.
#define POLL_LIMIT (512)
// A byte is 7,680 periods away: looking all the time only keeps the bus busy, and an emulator (docs/emulation.md). A turn
// takes 4 periods or more.
#define PAUSE_TURNS (64)
// Starts before a generator that delivers nothing, or always the same, counts as broken.
#define START_LIMIT (3)
// As many equal bytes in a row as a sound generator gives once in 2^56 bytes.
#define REPEAT_LIMIT (8)

psa_driver_get_entropy_fn_t trng_nrf52_get_entropy;

// The chip does not say whether the generator runs.
static bool running;
// The byte before, and how often it came in a row.
static uint8_t previous;
static unsigned repeats;

// Read back, because the write is still on its way when the next instruction runs ("Peripheral interface", event
// clearing).
static void clear_event(void) {
    trng_write(TRNG_EVENTS_VALRDY, 0);
    (void)trng_read(TRNG_EVENTS_VALRDY);
}

static void power_down(void) {
    trng_write(TRNG_TASKS_STOP, 1);
    clear_event();
    running = false;
    repeats = 0;
    wipe(&previous, sizeof(previous));
}

// A byte of before the start must not pass for one of after it.
static void start(void) {
    power_down();
    trng_write(TRNG_INTENCLR, TRNG_INT_VALRDY);
    trng_write(TRNG_SHORTS, 0);
    trng_write(TRNG_CONFIG, TRNG_CONFIG_DERCEN);
    trng_write(TRNG_TASKS_START, 1);
    running = true;
}

static void pause(void) {
    for (volatile unsigned turn = 0; turn < PAUSE_TURNS; turn++) {
    }
}

static bool is_ready(bool wait) {
    for (unsigned polls = 0; polls < POLL_LIMIT; polls++) {
        if (trng_read(TRNG_EVENTS_VALRDY) != 0) {
            return true;
        }
        if (!wait) {
            return false;
        }
        pause();
    }
    return false;
}

// The value first, then the event: the other way round a byte that comes in between would be taken twice.
static uint8_t take_byte(void) {
    uint8_t byte = trng_read(TRNG_VALUE);
    clear_event();
    return byte;
}

static psa_status_t read_bytes(bool wait, uint8_t *output, size_t size) {
    for (size_t i = 0; i < size; i++) {
        // NONBLOCK does not wait for the generator to start. Once it delivers, the next byte is 120 us away.
        if (!is_ready(wait || i > 0)) {
            return wait || i > 0 ? PSA_ERROR_HARDWARE_FAILURE : PSA_ERROR_INSUFFICIENT_ENTROPY;
        }
        output[i] = take_byte();
        repeats = repeats > 0 && output[i] == previous ? repeats + 1 : 1;
        previous = output[i];
        if (repeats >= REPEAT_LIMIT) {
            return PSA_ERROR_HARDWARE_FAILURE;
        }
    }
    return PSA_SUCCESS;
}

psa_status_t trng_nrf52_get_entropy(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits, uint8_t *output,
    size_t output_size) {
    if (flags & ~KNOWN_FLAGS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    bool wait = (flags & PSA_DRIVER_GET_ENTROPY_NONBLOCK) == 0;
    if (!running) {
        start();
    }
    psa_status_t status = read_bytes(wait, output, output_size);
    for (unsigned starts = 1; status == PSA_ERROR_HARDWARE_FAILURE && wait && starts < START_LIMIT; starts++) {
        // Everything of before is dropped.
        start();
        status = read_bytes(wait, output, output_size);
    }
    if (status != PSA_SUCCESS) {
        wipe(output, output_size);
    } else {
        *estimate_bits = BITS_PER_BYTE * output_size;
    }
    if ((flags & PSA_DRIVER_GET_ENTROPY_KEEPALIVE) == 0 || status == PSA_ERROR_HARDWARE_FAILURE) {
        power_down();
    }
    return status;
}
