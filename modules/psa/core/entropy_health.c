// SPDX-License-Identifier: MIT

#include "core/entropy_health.h"

// Cut-offs of the adaptive proportion test, 1 + CRITBINOM(window, 2^-H, 1 - 2^-20), for steps of H. A source gets the
// entry at or below its claim: a little less sensitive, never more false alarms. tests/unit/test_entropy_health.py
// computes the tables anew.
typedef struct {
    uint16_t millibits;
    uint16_t cutoff;
} proportion_t;

#define BINARY_WINDOW 1024
static const proportion_t binary_cutoffs[] = {
    // clang-format off
    { 50, 1014 }, { 100, 991 }, { 150, 966 }, { 200, 941 }, { 250, 915 }, { 300, 890 }, { 350, 865 },
    { 400, 840 }, { 450, 816 }, { 500, 793 }, { 550, 770 }, { 600, 748 }, { 650, 726 }, { 700, 705 },
    { 750, 684 }, { 800, 664 }, { 850, 644 }, { 900, 625 }, { 950, 607 }, { 1000, 589 },
    // clang-format on
};

#define LARGER_WINDOW 512
static const proportion_t larger_cutoffs[] = {
    // clang-format off
    { 100, 502 }, { 200, 480 }, { 300, 456 }, { 400, 433 }, { 500, 410 }, { 600, 388 }, { 700, 368 },
    { 800, 348 }, { 900, 329 }, { 1000, 311 }, { 1500, 234 }, { 2000, 177 }, { 2500, 135 }, { 3000, 103 },
    { 3500, 80 }, { 4000, 62 }, { 4500, 49 }, { 5000, 39 }, { 5500, 31 }, { 6000, 25 }, { 6500, 21 },
    { 7000, 18 }, { 7500, 15 }, { 8000, 13 },
    // clang-format on
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

bool entropy_health_init(entropy_health_t *health, uint32_t min_entropy_millibits, uint8_t sample_bits) {
    *health = (entropy_health_t){ 0 };
    if (sample_bits == 0 || sample_bits > 32 || (sample_bits & (sample_bits - 1)) != 0 ||
        min_entropy_millibits == 0 || min_entropy_millibits > 1000u * sample_bits) {
        return false;
    }
    const proportion_t *table = sample_bits == 1 ? binary_cutoffs : larger_cutoffs;
    size_t count = sample_bits == 1 ? COUNT(binary_cutoffs) : COUNT(larger_cutoffs);
    health->sample_bits = sample_bits;
    health->proportion_window = sample_bits == 1 ? BINARY_WINDOW : LARGER_WINDOW;
    // Below the smallest step only a window of one single value is too much.
    health->proportion_cutoff = health->proportion_window;
    for (size_t i = 0; i < count && table[i].millibits <= min_entropy_millibits; i++) {
        health->proportion_cutoff = table[i].cutoff;
    }
    // 1 + ceil(20 / H)
    health->repetition_cutoff = 1 + (20000 + min_entropy_millibits - 1) / min_entropy_millibits;
    return true;
}

static bool test_sample(entropy_health_t *health, uint32_t sample) {
    bool ok = true;
    if (health->repetitions != 0 && sample == health->last) {
        health->repetitions++;
        ok = health->repetitions < health->repetition_cutoff;
    } else {
        health->last = sample;
        health->repetitions = 1;
    }
    if (health->seen == 0) {
        health->first = sample;
        health->matches = 0;
    }
    health->matches += sample == health->first;
    if (health->matches >= health->proportion_cutoff) {
        ok = false;
    }
    health->seen++;
    if (health->seen == health->proportion_window) {
        health->seen = 0;
    }
    return ok;
}

bool entropy_health_test(entropy_health_t *health, const uint8_t *samples, size_t size) {
    size_t sample_bytes = health->sample_bits / 8;
    bool ok = true;
    if (sample_bytes == 0) {
        for (size_t i = 0; i < size && ok; i++) {
            for (unsigned shift = 0; shift < 8 && ok; shift += health->sample_bits) {
                ok = test_sample(health, (samples[i] >> shift) & ((1u << health->sample_bits) - 1));
            }
        }
    } else {
        for (size_t i = 0; i + sample_bytes <= size && ok; i += sample_bytes) {
            uint32_t sample = 0;
            for (size_t k = sample_bytes; k-- > 0;) {
                sample = sample << 8 | samples[i + k];
            }
            ok = test_sample(health, sample);
        }
    }
    if (!ok) {
        health->repetitions = 0;
        health->seen = 0;
        health->passed = 0;
        return false;
    }
    size_t passed = health->passed + size * 8 / health->sample_bits;
    health->passed = passed < ENTROPY_HEALTH_STARTUP_SAMPLES ? passed : ENTROPY_HEALTH_STARTUP_SAMPLES;
    return true;
}

bool entropy_health_started(const entropy_health_t *health) {
    return health->passed >= ENTROPY_HEALTH_STARTUP_SAMPLES;
}
