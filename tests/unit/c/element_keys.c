// SPDX-License-Identifier: MIT

#include "element_keys.h"

#include <stdio.h>
#include <stdlib.h>

#include "flash_model.h"
#include "psa/internal_trusted_storage.h"

#define MOST_RECOVERY 12 // operations of the flash before which the power goes once more

typedef psa_status_t call_t(psa_key_id_t id);

psa_status_t seed(uint32_t flags, size_t *bits, uint8_t *output, size_t size) {
    (void)flags;
    for (size_t i = 0; i < size; i++) {
        output[i] = rand();
    }
    *bits = 8 * size;
    return PSA_SUCCESS;
}

bool key_file_exists(psa_key_id_t id) {
    struct psa_storage_info_t info;
    psa_status_t status = psa_its_get_info(id, &info);
    CHECK(status == PSA_SUCCESS || status == PSA_ERROR_DOES_NOT_EXIST);
    return status == PSA_SUCCESS;
}

void restart_and_check(unsigned keys) {
    stop();
    CHECK(start() == PSA_SUCCESS);
    check_agreement(keys);
    uint8_t random[4];
    CHECK(psa_generate_random(random, sizeof(random)) == PSA_SUCCESS);
}

void full_storage(void) {
    static uint8_t filler[3000];
    CHECK(start() == PSA_SUCCESS);
    for (psa_storage_uid_t uid = 100; psa_its_set(uid, sizeof(filler), filler, 0) == PSA_SUCCESS; uid++) {
        CHECK(uid < 200);
    }
    // Small values still fit into metadata for a while; the first error leaves nothing behind.
    psa_status_t status = PSA_SUCCESS;
    unsigned keys = 0;
    for (psa_key_id_t id = 1; id <= SLOTS && status == PSA_SUCCESS; id++) {
        status = generate(id);
        keys += status == PSA_SUCCESS;
    }
    check_agreement(keys);
    restart_and_check(keys);
}

// Runs with the cut as planned; false when the power went.
static bool survives(call_t *call, psa_key_id_t id) {
    if (setjmp(flash.power_lost) != 0) {
        return false;
    }
    CHECK(call(id) == PSA_SUCCESS);
    return true;
}

static psa_status_t start_again(psa_key_id_t id) {
    (void)id;
    return start();
}

// One call with the power cut at its cut-th flash operation, and again at the second-th of the recovery.
// True when the call got through.
static bool one_cut(call_t *call, psa_key_id_t id, bool creates, unsigned long cut, cut_kind_t kind,
    unsigned long second) {
    element_blank();
    stop();
    blank_flash();
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS && generate(2) == PSA_SUCCESS);
    flash.operations = 0;
    flash.cut_at = cut;
    flash.cut_kind = kind;
    bool returned = survives(call, id);
    flash.cut_at = 0;
    stop();
    flash.operations = 0;
    flash.cut_at = second;
    (void)survives(start_again, 0);
    flash.cut_at = 0;
    stop();
    CHECK(start() == PSA_SUCCESS);
    bool there = key_file_exists(id);
    check_agreement(creates ? 2 + there : 1 + there);
    // What a call has returned for is done; what it has not is done or undone.
    CHECK(!returned || there == creates);
    return returned;
}

void cut_everywhere(call_t *call, psa_key_id_t id, bool creates, unsigned long least) {
    bool finished = false;
    unsigned long cut;
    for (cut = 1; !finished; cut++) {
        for (cut_kind_t kind = CUT_BEFORE; kind < CUT_KINDS; kind++) {
            for (unsigned long second = 0; second <= MOST_RECOVERY; second++) {
                snprintf(check_context, sizeof(check_context), "cut %lu, kind %d, then %lu", cut, (int)kind, second);
                finished = one_cut(call, id, creates, cut, kind, second);
            }
        }
    }
    check_context[0] = '\0';
    CHECK(cut - 2 >= least); // the last cut was one that nothing reached
}

void blank_flash(void) {
    flash_blank(16, 4096, 16);
}
