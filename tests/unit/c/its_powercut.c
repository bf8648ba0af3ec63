// SPDX-License-Identifier: MIT
// psa_its_*: the power goes at every single program and erase of a recorded sequence, in three ways, and once more
// while the storage recovers. Each time the value that was being changed is the old or the new one, every other value
// is what it was, and the storage goes on working.
//
// Arguments: program unit, block size, block count.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/its.h"
#include "flash_model.h"
#include "psa/internal_trusted_storage.h"

typedef struct {
    uint64_t uid;
    int size; // -1: remove
    uint8_t fill;
} step_t;

// Values that are created, replaced by larger and smaller ones and removed, inside metadata and in blocks of their own.
static const step_t first_steps[] = {
    { 1, 32, 0x11 },
    { 2, 84, 0x21 },
    { 0xffffffff00000001, 0, 0x31 },
    { 1, 32, 0x12 },
    { 3, 700, 0x41 },
    { 2, -1, 0 },
    { 3, 300, 0x42 },
    { 1, 900, 0x13 },
    { 2, 40, 0x22 },
    { 1, 10, 0x14 },
    { 3, -1, 0 },
};
#define FIRST_STEPS (sizeof(first_steps) / sizeof(first_steps[0]))
// Then small changes until littlefs has to compact and to move its metadata.
#define STEPS 60

#define UIDS 4
static const uint64_t uids[UIDS] = { 1, 2, 3, 0xffffffff00000001 };

// What a uid holds; size -1: nothing.
typedef struct {
    int size;
    uint8_t fill;
} value_t;

static step_t step_at(unsigned i) {
    if (i < FIRST_STEPS) {
        return first_steps[i];
    }
    return (step_t){ .uid = uids[i % 2], .size = i % 7 == 6 ? -1 : (int)(16 + i % 5 * 40), .fill = 0x50 + i };
}

static value_t *value_of(value_t values[UIDS], uint64_t uid) {
    for (int i = 0; i < UIDS; i++) {
        if (uids[i] == uid) {
            return &values[i];
        }
    }
    check_failed("uid of the table", __FILE__, __LINE__);
}

static void apply_to_model(value_t values[UIDS], step_t step) {
    *value_of(values, step.uid) = (value_t){ .size = step.size, .fill = step.fill };
}

static void apply_to_storage(const value_t before[UIDS], step_t step) {
    uint8_t data[1024];
    if (step.size < 0) {
        bool present = value_of((value_t *)before, step.uid)->size >= 0;
        CHECK(psa_its_remove(step.uid) == (present ? PSA_SUCCESS : PSA_ERROR_DOES_NOT_EXIST));
    } else {
        memset(data, step.fill, step.size);
        CHECK(psa_its_set(step.uid, step.size, data, PSA_STORAGE_FLAG_NONE) == PSA_SUCCESS);
    }
}

static bool storage_holds(uint64_t uid, value_t value) {
    uint8_t data[1024];
    size_t length;
    psa_status_t status = psa_its_get(uid, 0, sizeof(data), data, &length);
    if (value.size < 0) {
        return status == PSA_ERROR_DOES_NOT_EXIST;
    }
    if (status != PSA_SUCCESS || length != (size_t)value.size) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (data[i] != value.fill) {
            return false;
        }
    }
    return true;
}

static void nothing(value_t values[UIDS]) {
    for (int i = 0; i < UIDS; i++) {
        values[i] = (value_t){ .size = -1 };
    }
}

// Runs the sequence from blank flash with the cut as planned in `flash`. Returns the number of steps that were done,
// STEPS when the power held. *values is the model after those.
static unsigned run_until_cut(value_t values[UIDS]) {
    volatile unsigned done = 0;
    nothing(values);
    if (setjmp(flash.power_lost) == 0) {
        for (; done < STEPS; done++) {
            apply_to_storage(values, step_at(done));
            apply_to_model(values, step_at(done));
        }
    }
    return done;
}

// Power comes back; it goes again at the second_cut-th operation of the recovery, when that has so many.
static void recover(unsigned long second_cut) {
    struct psa_storage_info_t info;
    micropsa_its_unmount();
    flash.operations = 0;
    flash.cut_at = second_cut;
    if (setjmp(flash.power_lost) == 0) {
        (void)psa_its_get_info(1, &info);
    }
    micropsa_its_unmount();
    flash.cut_at = 0;
}

static void check_after_cut(unsigned done, value_t values[UIDS]) {
    value_t next[UIDS];
    memcpy(next, values, sizeof(next));
    step_t step = step_at(done);
    apply_to_model(next, step);
    for (int i = 0; i < UIDS; i++) {
        if (uids[i] != step.uid) {
            CHECK(storage_holds(uids[i], values[i]));
        } else if (storage_holds(uids[i], next[i])) {
            values[i] = next[i];
        } else {
            CHECK(storage_holds(uids[i], values[i]));
        }
    }
    // The rest of the sequence, from whichever state it was.
    for (unsigned i = done + 1; i < STEPS; i++) {
        apply_to_storage(values, step_at(i));
        apply_to_model(values, step_at(i));
    }
    micropsa_its_unmount();
    for (int i = 0; i < UIDS; i++) {
        CHECK(storage_holds(uids[i], values[i]));
    }
}

int main(int argc, char **argv) {
    CHECK(argc == 4);
    uint32_t unit = atoi(argv[1]), block_size = atoi(argv[2]), block_count = atoi(argv[3]);
    value_t values[UIDS];

    flash_blank(unit, block_size, block_count);
    micropsa_its_unmount();
    CHECK(run_until_cut(values) == STEPS);
    unsigned long total = flash.operations;
    // Enough for the metadata to be compacted several times.
    CHECK(total > 100);

    unsigned long cuts = 0;
    for (unsigned long n = 1; n <= total; n++) {
        for (cut_kind_t kind = CUT_BEFORE; kind < CUT_KINDS; kind++) {
            unsigned long second = 0;
            do {
                snprintf(check_context, sizeof(check_context), "cut %lu of %lu, kind %d, second cut %lu", n, total,
                    (int)kind, second);
                flash_blank(unit, block_size, block_count);
                micropsa_its_unmount();
                flash.cut_at = n;
                flash.cut_kind = kind;
                unsigned done = run_until_cut(values);
                CHECK(flash.operations == n);
                recover(second);
                check_after_cut(done, values);
                cuts++;
                second++;
            } while (second <= 2);
        }
    }
    printf("%lu operations, %lu cuts\n", total, cuts);
    return 0;
}
