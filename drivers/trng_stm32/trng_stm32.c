// SPDX-License-Identifier: MIT
// Entropy from the STM32F4's random number generator, RM0090 section 24.
#include <stdbool.h>
#include <string.h>

#include "psa/crypto_driver_entropy.h"
#include "trng_stm32_regs.h"
#include "wipe.h"

#define KNOWN_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

// Credited per byte; README.md has the reasoning.
#define BITS_PER_BYTE (4)

// A word takes 40 periods of 48 MHz, 140 CPU cycles at 168 MHz (section 24.3.1). A look at the status takes 4 cycles or
// more, so this is 100 times that, and 80 us at most on a chip without a fault.
#define POLL_LIMIT (4096)
// Starts before a seed error counts as permanent.
#define START_LIMIT (3)

psa_driver_get_entropy_fn_t trng_stm32_get_entropy;

typedef enum {
    WORD_READY,
    WORD_NOT_READY,
    WORD_SEED_ERROR,
    WORD_CLOCK_ERROR
} word_state_t;

// The generator runs and `previous` holds a word of it.
static bool primed;
static uint32_t previous;

static void power_down(void) {
    primed = false;
    wipe(&previous, sizeof(previous));
    trng_write(TRNG_CR, 0);
    trng_write(TRNG_RCC_AHB2ENR, trng_read(TRNG_RCC_AHB2ENR) & ~TRNG_RCC_AHB2ENR_RNGEN);
}

// Section 24.3.2 after a seed error: clear SEIS, clear and set RNGEN. The same start serves from power-down. The flags
// are cleared by writing 0.
static void restart(void) {
    primed = false;
    trng_write(TRNG_RCC_AHB2ENR, trng_read(TRNG_RCC_AHB2ENR) | TRNG_RCC_AHB2ENR_RNGEN);
    (void)trng_read(TRNG_RCC_AHB2ENR); // two cycles until it answers (section 7.3.10)
    trng_write(TRNG_SR, ~TRNG_SR_SEIS);
    trng_write(TRNG_CR, 0);
    trng_write(TRNG_CR, TRNG_CR_RNGEN);
}

// One look. A seed error makes the word that is there worthless, a clock error only stops new ones (section 24.3.2).
static word_state_t look(void) {
    uint32_t status = trng_read(TRNG_SR);
    if (status & (TRNG_SR_SECS | TRNG_SR_SEIS)) {
        return WORD_SEED_ERROR;
    }
    if (status & TRNG_SR_DRDY) {
        return WORD_READY;
    }
    if (status & TRNG_SR_CEIS) {
        trng_write(TRNG_SR, ~TRNG_SR_CEIS);
    }
    return status & TRNG_SR_CECS ? WORD_CLOCK_ERROR : WORD_NOT_READY;
}

// A clock error may pass while the clocks settle, so it is waited out within the limit like a missing word.
static word_state_t wait_for_word(void) {
    word_state_t state = look();
    for (unsigned polls = 1; polls < POLL_LIMIT && (state == WORD_NOT_READY || state == WORD_CLOCK_ERROR); polls++) {
        state = look();
    }
    return state;
}

// Section 24.3.1: the first word after a start is only compared with the next one, and no two in a row may be equal.
static psa_status_t read_words(bool wait, uint8_t *output, size_t size, bool *seed_error) {
    *seed_error = false;
    size_t done = 0;
    bool first = true;
    while (done < size) {
        // NONBLOCK does not wait for the generator to start. Once it delivers, the next word is less than 1 us away.
        word_state_t state = first && !wait ? look() : wait_for_word();
        if (state == WORD_SEED_ERROR) {
            *seed_error = true;
            return PSA_ERROR_HARDWARE_FAILURE;
        }
        if (state != WORD_READY) {
            return first && !wait ? PSA_ERROR_INSUFFICIENT_ENTROPY : PSA_ERROR_HARDWARE_FAILURE;
        }
        first = false;
        uint32_t word = trng_read(TRNG_DR);
        // A seed error between the look and the read spoils the word, too.
        if (trng_read(TRNG_SR) & (TRNG_SR_SECS | TRNG_SR_SEIS)) {
            *seed_error = true;
            return PSA_ERROR_HARDWARE_FAILURE;
        }
        if (primed) {
            if (word == previous) {
                return PSA_ERROR_HARDWARE_FAILURE;
            }
            size_t n = size - done < sizeof(word) ? size - done : sizeof(word);
            memcpy(&output[done], &word, n);
            done += n;
        }
        previous = word;
        primed = true;
    }
    return PSA_SUCCESS;
}

psa_status_t trng_stm32_get_entropy(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits, uint8_t *output,
    size_t output_size) {
    if (flags & ~KNOWN_FLAGS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    bool wait = (flags & PSA_DRIVER_GET_ENTROPY_NONBLOCK) == 0;
    // Without its clock the generator's registers read 0.
    if ((trng_read(TRNG_RCC_AHB2ENR) & TRNG_RCC_AHB2ENR_RNGEN) == 0 || (trng_read(TRNG_CR) & TRNG_CR_RNGEN) == 0) {
        restart();
    }
    bool seed_error;
    psa_status_t status = read_words(wait, output, output_size, &seed_error);
    for (unsigned starts = 1; seed_error && wait && starts < START_LIMIT; starts++) {
        restart();
        status = read_words(wait, output, output_size, &seed_error);
    }
    if (seed_error && !wait) {
        // The next call finds it started anew.
        restart();
    }
    if (status != PSA_SUCCESS) {
        wipe(output, output_size);
    } else {
        *estimate_bits = BITS_PER_BYTE * output_size;
    }
    bool failed = status != PSA_SUCCESS && status != PSA_ERROR_INSUFFICIENT_ENTROPY && !(seed_error && !wait);
    if ((flags & PSA_DRIVER_GET_ENTROPY_KEEPALIVE) == 0 || failed) {
        power_down();
    }
    return status;
}
