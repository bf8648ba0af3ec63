// SPDX-License-Identifier: MIT
// mbedtls_hardware_poll(): the only source of Mbed TLS's entropy pool, fed from every driver that has a get_entropy
// entry point, in the call sequence of the PSA driver interface ("Entropy collection and blocking").
//
// A driver's data may have little entropy, anywhere in the buffer; Mbed TLS's pool counts bytes as full entropy. So
// whole buffers are absorbed into SHA-256, only what drivers estimate is credited, and a digest leaves here only when
// the credit covers it.

#include <string.h>

#include "core/entropy_collect.h"
#include "core/entropy_health.h"
#include "mbedtls/entropy.h"
#include "mbedtls/md.h"
#include "mbedtls/platform_util.h"
#include "psa_driver_tables.h"

#define DIGEST_SIZE 32
// 64 bits more than the digest has, so that the digest has full entropy (SP 800-90C section 3.1).
#define NEEDED_BITS (8 * DIGEST_SIZE + 64)
// One call of a driver: room for raw data with one bit of entropy in dozens.
#define BUFFER_SIZE 128
// Rounds before a poll gives up, the first one included.
#define MAX_ROUNDS 64

#define ALL_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

typedef struct {
    bool prepared;
    bool tested; // declares what health tests need
    psa_driver_get_entropy_flags_t refused_flags;
    entropy_source_health_t health;
    entropy_health_t tests;
    size_t pending_bits; // absorbed in this poll, not to be credited before start-up tests are through
    size_t poll_bits; // credited in this poll
    uint32_t calls, rounds, empty, failures, faults, alarms;
    uint64_t credited_bits;
} source_t;

static source_t sources[PSA_DRIVER_MAX_ENTROPY_SOURCES];

size_t entropy_source_count(void) {
    return psa_driver_entropy_source_count < PSA_DRIVER_MAX_ENTROPY_SOURCES ? psa_driver_entropy_source_count
                                                                            : PSA_DRIVER_MAX_ENTROPY_SOURCES;
}

static source_t *prepare(size_t index) {
    source_t *source = &sources[index];
    if (!source->prepared) {
        const psa_driver_entropy_source_t *declared = &psa_driver_entropy_sources[index];
        source->prepared = true;
        source->tested = declared->min_entropy_millibits != 0;
        source->health = ENTROPY_SOURCE_UNTESTED;
        if (source->tested) {
            bool sound = entropy_health_init(&source->tests, declared->min_entropy_millibits, declared->sample_bits);
            source->health = sound ? ENTROPY_SOURCE_STARTING : ENTROPY_SOURCE_MISDECLARED;
        }
    }
    return source;
}

bool entropy_source_info(size_t index, entropy_source_info_t *info) {
    if (index >= entropy_source_count()) {
        return false;
    }
    const source_t *source = prepare(index);
    *info = (entropy_source_info_t){
        .name = psa_driver_entropy_sources[index].name,
        .min_entropy_millibits = psa_driver_entropy_sources[index].min_entropy_millibits,
        .sample_bits = psa_driver_entropy_sources[index].sample_bits,
        .health = source->health,
        .accepted_flags = ALL_FLAGS & ~source->refused_flags,
        .calls = source->calls,
        .rounds = source->rounds,
        .empty = source->empty,
        .failures = source->failures,
        .faults = source->faults,
        .alarms = source->alarms,
        .credited_bits = source->credited_bits,
    };
    return true;
}

// One call of the entry point, checked. On success the data may be credited with *bits, subject to start-up tests.
static psa_status_t call(size_t index, psa_driver_get_entropy_flags_t flags, size_t *bits, uint8_t *output,
    size_t size) {
    source_t *source = prepare(index);
    *bits = 0;
    if (source->health == ENTROPY_SOURCE_MISDECLARED) {
        return PSA_ERROR_HARDWARE_FAILURE;
    }
    source->calls++;
    memset(output, 0, size);
    psa_status_t status = psa_driver_entropy_sources[index].get_entropy(flags, bits, output, size);
    if (status == PSA_SUCCESS && (*bits == 0 || *bits / 8 > size || *bits > 8 * size)) {
        source->faults++;
        status = PSA_ERROR_HARDWARE_FAILURE;
    } else if (status == PSA_ERROR_INSUFFICIENT_ENTROPY) {
        if (flags & PSA_DRIVER_GET_ENTROPY_NONBLOCK) {
            source->empty++;
        } else {
            source->faults++;
            status = PSA_ERROR_HARDWARE_FAILURE;
        }
    } else if (status != PSA_SUCCESS && (status != PSA_ERROR_NOT_SUPPORTED || flags == 0)) {
        source->failures++;
    }
    if (status == PSA_SUCCESS && source->tested) {
        if (!entropy_health_test(&source->tests, output, size)) {
            source->alarms++;
            source->health = ENTROPY_SOURCE_FAILED;
            status = PSA_ERROR_HARDWARE_FAILURE;
        } else {
            source->health = entropy_health_started(&source->tests) ? ENTROPY_SOURCE_HEALTHY : ENTROPY_SOURCE_STARTING;
        }
    }
    if (status != PSA_SUCCESS) {
        *bits = 0;
        mbedtls_platform_zeroize(output, size);
    }
    return status;
}

psa_status_t entropy_source_read(size_t index, psa_driver_get_entropy_flags_t flags, size_t *estimate_bits,
    uint8_t *output, size_t output_size) {
    if (index >= entropy_source_count()) {
        *estimate_bits = 0;
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if (output_size == 0 || output_size > ENTROPY_SOURCE_READ_MAX) {
        *estimate_bits = 0;
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return call(index, flags, estimate_bits, output, output_size);
}

// Asks a source with the flags that it is known to accept, finding out which those are.
static psa_status_t ask(size_t index, psa_driver_get_entropy_flags_t wanted, size_t *bits, uint8_t *output,
    size_t size) {
    source_t *source = prepare(index);
    source->rounds++;
    psa_driver_get_entropy_flags_t flags = wanted & ~source->refused_flags;
    psa_status_t status = call(index, flags, bits, output, size);
    // "Fewer flags": without KEEPALIVE, without NONBLOCK, without both.
    const psa_driver_get_entropy_flags_t attempts[] = {
        PSA_DRIVER_GET_ENTROPY_NONBLOCK,
        PSA_DRIVER_GET_ENTROPY_KEEPALIVE,
        0,
    };
    for (size_t i = 0; i < 3 && status == PSA_ERROR_NOT_SUPPORTED; i++) {
        psa_driver_get_entropy_flags_t fewer = flags & attempts[i];
        if (fewer == flags || (fewer == 0 && attempts[i] != 0)) {
            continue; // tried already, or comes last
        }
        status = call(index, fewer, bits, output, size);
        if (status != PSA_ERROR_NOT_SUPPORTED) {
            source->refused_flags |= flags & ~fewer;
        }
    }
    return status;
}

typedef struct {
    mbedtls_md_context_t md;
    size_t credit; // bits
    uint8_t buffer[BUFFER_SIZE];
} poll_t;

static void credit(poll_t *poll, source_t *source, size_t bits) {
    source->pending_bits += bits;
    if (!source->tested || source->health == ENTROPY_SOURCE_HEALTHY) {
        poll->credit += source->pending_bits;
        source->poll_bits += source->pending_bits;
        source->credited_bits += source->pending_bits;
        source->pending_bits = 0;
    }
}

// What came before an alarm is no better than what raised it: the tests look at windows, and those of a source that went
// bad reach back over buffers that passed.
static void withdraw(poll_t *poll, source_t *source) {
    poll->credit -= source->poll_bits;
    source->credited_bits -= source->poll_bits;
    source->poll_bits = 0;
    source->pending_bits = 0;
}

// Asks every source once. *answered: at least one delivered. Returns 0 or an MBEDTLS_ERR_.
static int run_round(poll_t *poll, unsigned number, psa_driver_get_entropy_flags_t flags, bool *answered) {
    *answered = false;
    for (size_t i = 0; i < entropy_source_count(); i++) {
        size_t bits;
        psa_status_t status = ask(i, flags, &bits, poll->buffer, sizeof(poll->buffer));
        if (status != PSA_SUCCESS) {
            if (sources[i].health == ENTROPY_SOURCE_FAILED) {
                withdraw(poll, &sources[i]);
            }
            continue;
        }
        *answered = true;
        const uint8_t label[] = { i, number, bits & 0xff, bits >> 8 & 0xff };
        int err = mbedtls_md_update(&poll->md, label, sizeof(label));
        if (err == 0) {
            err = mbedtls_md_update(&poll->md, poll->buffer, sizeof(poll->buffer));
        }
        mbedtls_platform_zeroize(poll->buffer, sizeof(poll->buffer));
        if (err != 0) {
            return err;
        }
        credit(poll, &sources[i], bits);
    }
    return 0;
}

// Rounds until the credit suffices. At least one goes without KEEPALIVE: every driver hears that it may power down.
static int run_rounds(poll_t *poll) {
    bool answered;
    int err = run_round(poll, 1, ALL_FLAGS, &answered);
    for (unsigned number = 2; err == 0 && number <= MAX_ROUNDS; number++) {
        err = run_round(poll, number, 0, &answered);
        if (err == 0 && poll->credit >= NEEDED_BITS) {
            return 0;
        }
        if (!answered) {
            break;
        }
    }
    return err != 0 ? err : MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
}

// Mbed TLS's hook. Gives up to 32 bytes of full entropy, or none and an error, which psa_crypto_init() and
// psa_generate_random() return as PSA_ERROR_INSUFFICIENT_ENTROPY.
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len, size_t *olen) {
    (void)data;
    *olen = 0;
    if (psa_driver_entropy_source_count > PSA_DRIVER_MAX_ENTROPY_SOURCES) {
        return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
    }
    for (size_t i = 0; i < entropy_source_count(); i++) {
        sources[i].pending_bits = 0;
        sources[i].poll_bits = 0;
    }
    poll_t poll = { .credit = 0 };
    uint8_t digest[DIGEST_SIZE];
    mbedtls_md_init(&poll.md);
    int err = mbedtls_md_setup(&poll.md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0);
    if (err == 0) {
        err = mbedtls_md_starts(&poll.md);
    }
    if (err == 0) {
        err = run_rounds(&poll);
    }
    if (err == 0) {
        err = mbedtls_md_finish(&poll.md, digest);
    }
    if (err == 0) {
        size_t size = len < sizeof(digest) ? len : sizeof(digest);
        memcpy(output, digest, size);
        *olen = size;
    }
    mbedtls_md_free(&poll.md);
    mbedtls_platform_zeroize(&poll, sizeof(poll));
    mbedtls_platform_zeroize(digest, sizeof(digest));
    return err;
}
