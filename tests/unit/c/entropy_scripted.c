// SPDX-License-Identifier: MIT
// core/entropy_collect.c against entropy sources that follow a script and write down how they were called. One case
// per argument name.

#include <stdbool.h>
#include <string.h>

// The table is constant in firmware; here each case has its own.
#define psa_driver_entropy_sources constant_sources
#define psa_driver_entropy_source_count constant_count
#include "psa_driver_tables.h"
#undef psa_driver_entropy_sources
#undef psa_driver_entropy_source_count

#include "check.h"
#include "core/entropy_collect.h"
#include "core/psa_port.h"
#include "mbedtls/entropy.h"

#define NONBLOCK PSA_DRIVER_GET_ENTROPY_NONBLOCK
#define KEEPALIVE PSA_DRIVER_GET_ENTROPY_KEEPALIVE
#define BOTH (NONBLOCK | KEEPALIVE)

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len, size_t *olen);

psa_driver_entropy_source_t psa_driver_entropy_sources[PSA_DRIVER_MAX_ENTROPY_SOURCES];
size_t psa_driver_entropy_source_count;

void psa_port_panic(const char *why) {
    check_failed(why, __FILE__, __LINE__);
}

// The script of a source, and its log.
#define MAX_CALLS 512
typedef struct {
    psa_driver_get_entropy_flags_t known_flags;
    size_t bits; // on success
    psa_status_t nonblock_status, block_status;
    unsigned silent_calls; // so many calls find nothing (NONBLOCK) or fail, then it works
    int constant; // every byte is this; -1: noise
    unsigned stuck_at; // in this call every byte is 0; 0: in none
    unsigned mark_at; // the noise has one bit flipped here; BUFFER or more: nowhere
    uint32_t noise;
    unsigned calls;
    psa_driver_get_entropy_flags_t flags[MAX_CALLS];
    size_t sizes[MAX_CALLS];
} script_t;

static script_t scripts[2];

static psa_status_t follow(script_t *script, psa_driver_get_entropy_flags_t flags, size_t *bits, uint8_t *output,
    size_t size) {
    CHECK(script->calls < MAX_CALLS);
    script->flags[script->calls] = flags;
    script->sizes[script->calls] = size;
    script->calls++;
    if (flags & ~script->known_flags) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    for (size_t i = 0; i < size; i++) {
        script->noise = script->noise * 1664525u + 1013904223u;
        output[i] = script->constant >= 0 ? script->constant : (int)(script->noise >> 24);
    }
    if (script->calls == script->stuck_at) {
        memset(output, 0, size);
    }
    if (script->mark_at < size && script->calls == 1) {
        output[script->mark_at] ^= 1;
    }
    *bits = script->bits;
    if (script->calls <= script->silent_calls) {
        return flags & NONBLOCK ? PSA_ERROR_INSUFFICIENT_ENTROPY : PSA_ERROR_HARDWARE_FAILURE;
    }
    return flags & NONBLOCK ? script->nonblock_status : script->block_status;
}

static psa_status_t first(psa_driver_get_entropy_flags_t flags, size_t *bits, uint8_t *output, size_t size) {
    return follow(&scripts[0], flags, bits, output, size);
}

static psa_status_t second(psa_driver_get_entropy_flags_t flags, size_t *bits, uint8_t *output, size_t size) {
    return follow(&scripts[1], flags, bits, output, size);
}

static uint8_t out[128];
static size_t out_length;

static int poll(void) {
    memset(out, 0xee, sizeof(out));
    out_length = 99;
    int err = mbedtls_hardware_poll(NULL, out, sizeof(out), &out_length);
    // Nothing but an error comes out of a failure.
    if (err != 0) {
        CHECK(out_length == 0);
        for (size_t i = 0; i < sizeof(out); i++) {
            CHECK(out[i] == 0xee);
        }
    }
    return err;
}

// Whoever was asked to stay powered was told to stop, and NONBLOCK and KEEPALIVE come in the first round only.
static void check_life_cycle(void) {
    for (size_t s = 0; s < psa_driver_entropy_source_count; s++) {
        if (scripts[s].calls > 0) {
            CHECK((scripts[s].flags[scripts[s].calls - 1] & KEEPALIVE) == 0);
        }
    }
}

static void check_flags(const script_t *script, unsigned from, const char *expected) {
    for (unsigned i = 0; expected[i] != '\0'; i++) {
        CHECK(from + i < script->calls);
        CHECK(script->flags[from + i] == (psa_driver_get_entropy_flags_t)(expected[i] - '0'));
    }
    CHECK(script->calls == from + strlen(expected));
}

static entropy_source_info_t info(size_t index) {
    entropy_source_info_t found;
    CHECK(entropy_source_info(index, &found));
    return found;
}

static void two_rounds(void) {
    CHECK(poll() == 0 && out_length == 32 && out[31] != 0xee && out[32] == 0xee);
    check_flags(&scripts[0], 0, "30");
    check_flags(&scripts[1], 0, "30");
    check_life_cycle();
    CHECK(info(0).calls == 2 && info(0).rounds == 2 && info(0).failures == 0 && info(0).faults == 0);
    CHECK(info(0).accepted_flags == BOTH && info(0).health == ENTROPY_SOURCE_UNTESTED);
    CHECK(strcmp(info(0).name, "first") == 0 && !entropy_source_info(2, &(entropy_source_info_t){ 0 }));
}

static void nothing_at_once(void) {
    scripts[0].nonblock_status = PSA_ERROR_INSUFFICIENT_ENTROPY;
    scripts[1].nonblock_status = PSA_ERROR_INSUFFICIENT_ENTROPY;
    CHECK(poll() == 0);
    check_flags(&scripts[0], 0, "30");
    CHECK(info(0).empty == 1 && info(0).failures == 0 && info(0).faults == 0);
    CHECK(info(0).credited_bits == 8 * scripts[0].sizes[1]);
}

static void few_bits(void) {
    psa_driver_entropy_source_count = 1;
    scripts[0].bits = 17;
    CHECK(poll() == 0);
    // 320 bits in steps of 17, the first round included.
    CHECK(scripts[0].calls == 19);
    CHECK(scripts[0].flags[0] == BOTH);
    for (unsigned i = 1; i < 19; i++) {
        CHECK(scripts[0].flags[i] == 0);
    }
    CHECK(info(0).credited_bits == 19 * 17);
}

static void credit_is_shared(void) {
    scripts[0].bits = 31;
    scripts[1].bits = 1;
    CHECK(poll() == 0);
    CHECK(scripts[0].calls == 10 && scripts[1].calls == 10);
}

static void bounded(void) {
    scripts[0].bits = 1;
    scripts[1].bits = 1;
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(scripts[0].calls == 64 && scripts[1].calls == 64);
    check_life_cycle();
}

static void refused_flags(void) {
    // What a driver knows, the calls of the first poll, of the second.
    static const struct {
        psa_driver_get_entropy_flags_t known;
        const char *first_poll, *second_poll;
    } drivers[] = {
        { BOTH, "30", "30" },
        { NONBLOCK, "310", "10" },
        { KEEPALIVE, "3120", "20" },
        { 0, "31200", "00" },
    };
    for (size_t i = 0; i < 4; i++) {
        // Each driver in a process state of its own is not to be had: sources remember. So one table entry each.
        psa_driver_entropy_source_count = i + 1;
        for (size_t k = 0; k < i; k++) {
            psa_driver_entropy_sources[k].get_entropy = second;
        }
        psa_driver_entropy_sources[i] = psa_driver_entropy_sources[0];
        psa_driver_entropy_sources[i].get_entropy = first;
        scripts[0].known_flags = drivers[i].known;
        scripts[0].calls = 0;
        CHECK(poll() == 0);
        check_flags(&scripts[0], 0, drivers[i].first_poll);
        CHECK(info(i).accepted_flags == drivers[i].known);
        CHECK(info(i).failures == 0 && info(i).faults == 0 && info(i).rounds == 2);
        unsigned before = scripts[0].calls;
        CHECK(poll() == 0);
        check_flags(&scripts[0], before, drivers[i].second_poll);
    }
}

static void refuses_everything(void) {
    psa_driver_entropy_source_count = 1;
    scripts[0].nonblock_status = PSA_ERROR_NOT_SUPPORTED;
    scripts[0].block_status = PSA_ERROR_NOT_SUPPORTED;
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(info(0).failures == 2 && info(0).credited_bits == 0);
    CHECK(info(0).accepted_flags == BOTH); // nothing was learnt
}

static void dead(void) {
    for (int i = 0; i < 2; i++) {
        scripts[i].nonblock_status = PSA_ERROR_HARDWARE_FAILURE;
        scripts[i].block_status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    // A round without an answer ends it, and still every source heard that it may power down.
    check_flags(&scripts[0], 0, "30");
    check_flags(&scripts[1], 0, "30");
    CHECK(info(0).failures == 2 && info(0).credited_bits == 0);
}

static void one_dead(void) {
    scripts[0].nonblock_status = PSA_ERROR_HARDWARE_FAILURE;
    scripts[0].block_status = PSA_ERROR_HARDWARE_FAILURE;
    CHECK(poll() == 0);
    check_flags(&scripts[0], 0, "30");
    CHECK(info(0).credited_bits == 0 && info(1).credited_bits >= 320);
}

static void recovers(void) {
    psa_driver_entropy_source_count = 2;
    scripts[0].bits = 40;
    scripts[0].silent_calls = 3;
    scripts[1].bits = 1; // keeps the rounds going
    CHECK(poll() == 0);
    CHECK(info(0).failures == 2 && info(0).empty == 1 && info(0).credited_bits >= 300);
}

// Stops in the first round: no bits, or more than there are, or nothing without being asked to hurry.
static void check_fault(psa_status_t status, size_t bits) {
    psa_driver_entropy_source_count = 1;
    scripts[0].bits = bits;
    scripts[0].nonblock_status = PSA_ERROR_INSUFFICIENT_ENTROPY;
    scripts[0].block_status = status;
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(info(0).faults == 1 && info(0).failures == 0 && info(0).credited_bits == 0);
    check_life_cycle();
}

static void fault_no_bits(void) {
    check_fault(PSA_SUCCESS, 0);
}

static void fault_too_many_bits(void) {
    check_fault(PSA_SUCCESS, 8 * 128 + 1);
}

static void fault_absurd_bits(void) {
    check_fault(PSA_SUCCESS, SIZE_MAX);
}

static void fault_waits_not(void) {
    check_fault(PSA_ERROR_INSUFFICIENT_ENTROPY, 8);
}

static void whole_buffer_counts(void) {
    uint8_t plain[32];
    psa_driver_entropy_source_count = 1;
    scripts[0].bits = 160;
    CHECK(poll() == 0);
    memcpy(plain, out, 32);
    size_t size = scripts[0].sizes[0];
    CHECK(size >= 64);
    const unsigned places[] = { 0, 1, size / 2, size - 1 };
    for (size_t i = 0; i < 4; i++) {
        scripts[0].calls = 0;
        scripts[0].noise = 1;
        scripts[0].mark_at = places[i];
        CHECK(poll() == 0 && memcmp(plain, out, 32) != 0);
    }
    scripts[0].calls = 0;
    scripts[0].noise = 1;
    scripts[0].mark_at = UINT32_MAX;
    CHECK(poll() == 0 && memcmp(plain, out, 32) == 0);
}

static void no_sources(void) {
    psa_driver_entropy_source_count = 0;
    CHECK(entropy_source_count() == 0);
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
}

static void too_many_sources(void) {
    psa_driver_entropy_source_count = PSA_DRIVER_MAX_ENTROPY_SOURCES + 1;
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(scripts[0].calls == 0);
}

static void declare(uint32_t min_entropy_millibits, uint8_t sample_bits) {
    psa_driver_entropy_source_count = 1;
    psa_driver_entropy_sources[0].min_entropy_millibits = min_entropy_millibits;
    psa_driver_entropy_sources[0].sample_bits = sample_bits;
}

static void health_start_up(void) {
    // 128 samples per call, 1024 before the first bit counts.
    declare(4000, 8);
    scripts[0].bits = 512;
    CHECK(poll() == 0);
    CHECK(scripts[0].calls == 8);
    CHECK(info(0).health == ENTROPY_SOURCE_HEALTHY && info(0).credited_bits == 8 * 512);
    CHECK(poll() == 0 && scripts[0].calls == 10);
}

static void health_stuck(void) {
    declare(4000, 8);
    scripts[0].constant = 0x55;
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(info(0).health == ENTROPY_SOURCE_FAILED && info(0).alarms == 2 && info(0).credited_bits == 0);
    check_life_cycle();
}

static void health_alarm_later(void) {
    uint8_t raw[64];
    size_t bits;
    declare(4000, 8);
    CHECK(poll() == 0);
    scripts[0].constant = 0;
    scripts[0].bits = 8;
    CHECK(entropy_source_read(0, 0, &bits, raw, sizeof(raw)) == PSA_ERROR_HARDWARE_FAILURE && bits == 0 && raw[0] == 0);
    CHECK(info(0).health == ENTROPY_SOURCE_FAILED);
    // Back to noise: not trusted before the start-up tests are through again.
    scripts[0].constant = -1;
    scripts[0].calls = 0;
    scripts[0].bits = 1024;
    CHECK(poll() == 0 && scripts[0].calls == 8);
}

// The first round alone would be credit enough, but an alarm in the second says that it was worth nothing.
static void health_alarm_takes_credit_back(void) {
    declare(4000, 8);
    scripts[0].bits = 512;
    CHECK(poll() == 0);
    uint64_t before = info(0).credited_bits;
    scripts[0].calls = 0;
    scripts[0].stuck_at = 2;
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(scripts[0].calls == 2 && info(0).alarms == 1 && info(0).credited_bits == before);
    check_life_cycle();
}

// The credit of one source is not that of the other.
static void health_alarm_leaves_others_credit(void) {
    declare(4000, 8);
    scripts[0].bits = 512;
    CHECK(poll() == 0);
    uint64_t before = info(0).credited_bits;
    psa_driver_entropy_source_count = 2;
    scripts[0].calls = 0;
    scripts[0].stuck_at = 2;
    scripts[1].bits = 100;
    CHECK(poll() == 0);
    CHECK(scripts[1].calls == 4 && info(1).credited_bits == 400 && info(0).credited_bits == before);
}

static void health_misdeclared(void) {
    declare(8001, 8);
    CHECK(poll() == MBEDTLS_ERR_ENTROPY_SOURCE_FAILED);
    CHECK(info(0).health == ENTROPY_SOURCE_MISDECLARED && scripts[0].calls == 0);
}

static void direct_read(void) {
    uint8_t raw[16];
    size_t bits = 7;
    CHECK(entropy_source_read(2, 0, &bits, raw, sizeof(raw)) == PSA_ERROR_DOES_NOT_EXIST && bits == 0);
    scripts[0].bits = 100;
    CHECK(entropy_source_read(0, KEEPALIVE, &bits, raw, sizeof(raw)) == PSA_SUCCESS && bits == 100);
    CHECK(scripts[0].flags[0] == KEEPALIVE && scripts[0].sizes[0] == 16);
    scripts[0].known_flags = 0;
    CHECK(entropy_source_read(0, NONBLOCK, &bits, raw, sizeof(raw)) == PSA_ERROR_NOT_SUPPORTED && bits == 0);
    scripts[0].known_flags = BOTH;
    scripts[0].nonblock_status = PSA_ERROR_INSUFFICIENT_ENTROPY;
    memset(raw, 0xee, sizeof(raw));
    CHECK(entropy_source_read(0, NONBLOCK, &bits, raw, sizeof(raw)) == PSA_ERROR_INSUFFICIENT_ENTROPY && raw[15] == 0);
}

static const check_case_t cases[] = {
    { "two_rounds", two_rounds },
    { "nothing_at_once", nothing_at_once },
    { "few_bits", few_bits },
    { "credit_is_shared", credit_is_shared },
    { "bounded", bounded },
    { "refused_flags", refused_flags },
    { "refuses_everything", refuses_everything },
    { "dead", dead },
    { "one_dead", one_dead },
    { "recovers", recovers },
    { "fault_no_bits", fault_no_bits },
    { "fault_too_many_bits", fault_too_many_bits },
    { "fault_absurd_bits", fault_absurd_bits },
    { "fault_waits_not", fault_waits_not },
    { "whole_buffer_counts", whole_buffer_counts },
    { "no_sources", no_sources },
    { "too_many_sources", too_many_sources },
    { "health_start_up", health_start_up },
    { "health_stuck", health_stuck },
    { "health_alarm_later", health_alarm_later },
    { "health_alarm_takes_credit_back", health_alarm_takes_credit_back },
    { "health_alarm_leaves_others_credit", health_alarm_leaves_others_credit },
    { "health_misdeclared", health_misdeclared },
    { "direct_read", direct_read },
    { NULL, NULL },
};

static void fresh(void) {
    for (int i = 0; i < 2; i++) {
        scripts[i] = (script_t){
            .known_flags = BOTH,
            .bits = 1024,
            .constant = -1,
            .mark_at = UINT32_MAX,
            .noise = 1,
        };
    }
    psa_driver_entropy_sources[0] = (psa_driver_entropy_source_t){ .name = "first", .get_entropy = first };
    psa_driver_entropy_sources[1] = (psa_driver_entropy_source_t){ .name = "second", .get_entropy = second };
    psa_driver_entropy_source_count = 2;
}

int main(int argc, char **argv) {
    return check_main(argc, argv, cases, fresh);
}
