// SPDX-License-Identifier: MIT
// psa_its_*: what each wrong use and each fault of the flash is answered with. One case per argument name.

#include <stdio.h>
#include <string.h>

#include "core/its.h"
#include "flash_model.h"
#include "psa/internal_trusted_storage.h"

#define UNIT 16
#define BLOCK 4096
#define BLOCKS 16

static uint8_t data[8192];
static size_t length;
static struct psa_storage_info_t info;

static void fresh(void) {
    flash_blank(UNIT, BLOCK, BLOCKS);
    micropsa_its_unmount();
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = i * 7 + i / 256;
    }
}

static void invalid_arguments(void) {
    CHECK(psa_its_set(0, 1, data, 0) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_set(1, 1, NULL, 0) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_set(1, 1, data, 1u << 3) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_its_set(1, 1, data, 1u << 31) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_its_get(0, 0, 1, data, &length) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_get(1, 0, 1, NULL, &length) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_get(1, 0, 1, data, NULL) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_get_info(0, &info) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_get_info(1, NULL) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_remove(0) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(flash.operations == 0); // not even formatted
}

static void nothing_there(void) {
    length = 5;
    CHECK(psa_its_get(1, 0, 1, data, &length) == PSA_ERROR_DOES_NOT_EXIST && length == 0);
    CHECK(psa_its_get_info(1, &info) == PSA_ERROR_DOES_NOT_EXIST);
    CHECK(psa_its_remove(1) == PSA_ERROR_DOES_NOT_EXIST);
}

static void offsets_and_lengths(void) {
    uint8_t out[512];
    CHECK(psa_its_set(7, 300, data, 0) == PSA_SUCCESS);
    CHECK(psa_its_get(7, 0, 512, out, &length) == PSA_SUCCESS && length == 300 && memcmp(out, data, 300) == 0);
    for (uint32_t offset = 0; offset <= 300; offset += 13) {
        memset(out, 0xee, sizeof(out));
        CHECK(psa_its_get(7, offset, 100, out, &length) == PSA_SUCCESS);
        CHECK(length == (300 - offset < 100 ? 300 - offset : 100));
        CHECK(memcmp(out, data + offset, length) == 0 && out[length] == 0xee);
    }
    CHECK(psa_its_get(7, 300, 1, out, &length) == PSA_SUCCESS && length == 0);
    CHECK(psa_its_get(7, 301, 1, out, &length) == PSA_ERROR_INVALID_ARGUMENT && length == 0);
    CHECK(psa_its_get(7, 0xffffffff, 0xffffffff, out, &length) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_its_get(7, 299, 0xffffffff, out, &length) == PSA_SUCCESS && length == 1);
    CHECK(psa_its_get(7, 0, 0, NULL, &length) == PSA_SUCCESS && length == 0);
    CHECK(psa_its_set(8, 0, NULL, 0) == PSA_SUCCESS);
    CHECK(psa_its_get_info(8, &info) == PSA_SUCCESS && info.size == 0 && info.flags == 0);
}

// Linker: the variables of the program.
extern uint8_t __data_start[], _end[];

// How often these bytes stand in static memory, the flash apart. Byte by byte and unobserved: it passes what lies
// between the variables, too.
__attribute__((no_sanitize("address"))) static unsigned copies_in_memory(const uint8_t *what, size_t size) {
    unsigned found = 0;
    for (const uint8_t *at = __data_start; at + size <= _end; at++) {
        size_t same = 0;
        while (same < size && at[same] == what[same]) {
            same++;
        }
        bool in_flash = at >= flash.bytes && at < flash.bytes + sizeof(flash.bytes);
        found += same == size && !in_flash;
    }
    return found;
}

// A key that was stored, read or removed is in flash, or nowhere: littlefs keeps what it read in its cache.
static void nothing_left_in_memory(void) {
    static const size_t sizes[] = { 32, 200, 2000 };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint8_t secret[2000], read[2000];
        for (size_t k = 0; k < sizeof(secret); k++) {
            secret[k] = (uint8_t)(k * 11 + k / 256 + 0x5c + i);
        }
        for (unsigned step = 0; step < 4; step++) {
            psa_status_t status = step == 0 ? psa_its_set(1, sizes[i], secret, 0)
                : step == 1                 ? psa_its_get(1, 0, sizes[i], read, &length)
                : step == 2                 ? psa_its_get_info(1, &info)
                                            : psa_its_remove(1);
            CHECK(status == PSA_SUCCESS);
            for (size_t at = 0; at + 16 <= sizes[i]; at += 16) {
                CHECK(copies_in_memory(secret + at, 16) == 0);
            }
        }
    }
}

static void flags(void) {
    CHECK(psa_its_set(1, 4, "once", PSA_STORAGE_FLAG_WRITE_ONCE | PSA_STORAGE_FLAG_NO_CONFIDENTIALITY) == PSA_SUCCESS);
    micropsa_its_unmount();
    CHECK(psa_its_get_info(1, &info) == PSA_SUCCESS && info.size == 4);
    CHECK(info.flags == (PSA_STORAGE_FLAG_WRITE_ONCE | PSA_STORAGE_FLAG_NO_CONFIDENTIALITY));
    CHECK(psa_its_set(1, 4, "more", 0) == PSA_ERROR_NOT_PERMITTED);
    CHECK(psa_its_set(1, 4, "more", PSA_STORAGE_FLAG_WRITE_ONCE) == PSA_ERROR_NOT_PERMITTED);
    CHECK(psa_its_remove(1) == PSA_ERROR_NOT_PERMITTED);
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_SUCCESS && memcmp(data, "once", 4) == 0);
}

// Changes a byte of the first place in flash that holds these bytes.
static void damage(const void *what, size_t size) {
    size_t end = (size_t)flash.geometry.block_size * flash.geometry.block_count;
    for (size_t i = 0; i + size <= end; i++) {
        if (memcmp(flash.bytes + i, what, size) == 0) {
            flash.bytes[i + size / 2] ^= 0x10;
            return;
        }
    }
    CHECK(!"found in flash");
}

static void damaged_value(void) {
    uint8_t out[2000];
    CHECK(psa_its_set(2, 4, "good", 0) == PSA_SUCCESS);
    CHECK(psa_its_set(1, sizeof(out), data, 0) == PSA_SUCCESS);
    micropsa_its_unmount();
    damage(data + 1500, 64);
    memset(out, 0xee, sizeof(out));
    CHECK(psa_its_get(1, 0, sizeof(out), out, &length) == PSA_ERROR_DATA_CORRUPT && length == 0);
    for (size_t i = 0; i < sizeof(out); i++) {
        CHECK(out[i] == 0); // nothing of a damaged value gets out
    }
    // Also when the wanted part is sound.
    CHECK(psa_its_get(1, 0, 10, out, &length) == PSA_ERROR_DATA_CORRUPT);
    CHECK(psa_its_get(2, 0, 4, out, &length) == PSA_SUCCESS);
    CHECK(psa_its_set(1, 4, "anew", 0) == PSA_SUCCESS);
    CHECK(psa_its_get(1, 0, 4, out, &length) == PSA_SUCCESS && memcmp(out, "anew", 4) == 0);
}

static void damaged_header(void) {
    const uint8_t header_start[] = { 0x50, 0x53, 0x49, 0x31, PSA_STORAGE_FLAG_WRITE_ONCE, 0, 0, 0 };
    CHECK(psa_its_set(1, 2000, data, PSA_STORAGE_FLAG_WRITE_ONCE) == PSA_SUCCESS);
    micropsa_its_unmount();
    damage(header_start, sizeof(header_start));
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_ERROR_DATA_CORRUPT);
    CHECK(psa_its_get_info(1, &info) == PSA_ERROR_DATA_CORRUPT && info.size == 0);
    CHECK(psa_its_remove(1) == PSA_SUCCESS);
    CHECK(psa_its_get_info(1, &info) == PSA_ERROR_DOES_NOT_EXIST);
}

static void damaged_region(void) {
    static uint8_t before[FLASH_MAX_SIZE];
    CHECK(psa_its_set(1, 4, "keep", 0) == PSA_SUCCESS);
    micropsa_its_unmount();
    // Both superblocks; the label still says that the region was formatted.
    memset(flash.bytes + BLOCK, 0x5a, 2 * BLOCK);
    memcpy(before, flash.bytes, sizeof(before));
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_ERROR_DATA_CORRUPT);
    CHECK(psa_its_set(1, 4, data, 0) == PSA_ERROR_DATA_CORRUPT);
    CHECK(psa_its_get_info(1, &info) == PSA_ERROR_DATA_CORRUPT);
    CHECK(psa_its_remove(1) == PSA_ERROR_DATA_CORRUPT);
    CHECK(memcmp(before, flash.bytes, sizeof(before)) == 0); // never formatted
}

static void erased_superblocks(void) {
    CHECK(psa_its_set(1, 4, "keep", 0) == PSA_SUCCESS);
    micropsa_its_unmount();
    memset(flash.bytes + BLOCK, 0xff, 2 * BLOCK);
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_ERROR_DATA_CORRUPT);
}

static void lost_label(void) {
    CHECK(psa_its_set(1, 4, "keep", 0) == PSA_SUCCESS);
    micropsa_its_unmount();
    flash.bytes[3] ^= 1;
    unsigned long operations = flash.operations;
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_ERROR_DATA_CORRUPT);
    CHECK(flash.operations == operations);
}

static void interrupted_format(void) {
    fresh();
    CHECK(psa_its_get_info(1, &info) == PSA_ERROR_DOES_NOT_EXIST);
    unsigned long total = flash.operations;
    for (unsigned long n = 1; n <= total; n++) {
        for (cut_kind_t kind = CUT_BEFORE; kind < CUT_KINDS; kind++) {
            for (unsigned long again = 1; again <= total + BLOCKS; again++) {
                snprintf(check_context, sizeof(check_context), "format cut at %lu, kind %d, again at %lu", n, kind,
                    again);
                fresh();
                flash.cut_at = n;
                flash.cut_kind = kind;
                if (setjmp(flash.power_lost) == 0) {
                    (void)psa_its_get_info(1, &info);
                    CHECK(!"cut");
                }
                micropsa_its_unmount();
                flash.operations = 0;
                flash.cut_at = again;
                if (setjmp(flash.power_lost) == 0) {
                    (void)psa_its_get_info(1, &info);
                }
                micropsa_its_unmount();
                flash.cut_at = 0;
                CHECK(psa_its_set(1, 4, "work", 0) == PSA_SUCCESS);
            }
        }
    }
}

static void full(void) {
    // Replacing needs room for both values; when there is none, the old one stays.
    CHECK(psa_its_set(1, 3000, data, 0) == PSA_SUCCESS);
    uint64_t uid = 2;
    psa_status_t status;
    while ((status = psa_its_set(uid, 4000, data, 0)) == PSA_SUCCESS) {
        uid++;
        CHECK(uid < 100);
    }
    CHECK(status == PSA_ERROR_INSUFFICIENT_STORAGE);
    CHECK(psa_its_get_info(uid, &info) == PSA_ERROR_DOES_NOT_EXIST);
    CHECK(psa_its_set(1, 8000, data, 0) == PSA_ERROR_INSUFFICIENT_STORAGE);
    CHECK(psa_its_set(1, 0xffffffff, data, 0) == PSA_ERROR_INSUFFICIENT_STORAGE);
    micropsa_its_unmount();
    uint8_t out[3000];
    CHECK(psa_its_get(1, 0, 3000, out, &length) == PSA_SUCCESS && length == 3000 && memcmp(out, data, 3000) == 0);
    // Removing makes room again.
    CHECK(psa_its_remove(2) == PSA_SUCCESS);
    CHECK(psa_its_set(uid, 4000, data, 0) == PSA_SUCCESS);
}

static void failing_flash(void) {
    flash.fail_reads = true;
    CHECK(psa_its_get_info(1, &info) == PSA_ERROR_STORAGE_FAILURE);
    flash.fail_reads = false;
    CHECK(psa_its_set(1, 4, "keep", 0) == PSA_SUCCESS);
    flash.fail_writes = true;
    CHECK(psa_its_set(1, 4, "lost", 0) == PSA_ERROR_STORAGE_FAILURE);
    CHECK(psa_its_remove(1) == PSA_ERROR_STORAGE_FAILURE);
    flash.fail_writes = false;
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_SUCCESS && memcmp(data, "keep", 4) == 0);
    micropsa_its_unmount();
    flash.fail_reads = true;
    memset(data, 0xee, 4);
    CHECK(psa_its_get(1, 0, 4, data, &length) == PSA_ERROR_STORAGE_FAILURE && length == 0);
    CHECK(psa_its_set(1, 4, "lost", 0) == PSA_ERROR_STORAGE_FAILURE);
    CHECK(psa_its_remove(1) == PSA_ERROR_STORAGE_FAILURE);
}

static void unusable_geometry(void) {
    const psa_port_flash_geometry_t wrong[] = {
        { 0, 16, 4096, 16 },
        { 16, 0, 4096, 16 },
        { 16, 48, 4096, 16 },
        { 32, 16, 4096, 16 },
        { 512, 512, 4096, 16 },
        { 16, 16, 1000, 16 },
        { 16, 16, 256, 16 },
        { 16, 16, 4096, 4 },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        fresh();
        flash.geometry = wrong[i];
        CHECK(psa_its_get_info(1, &info) == PSA_ERROR_STORAGE_FAILURE);
        CHECK(flash.operations == 0);
    }
}

static const check_case_t cases[] = {
    { "invalid_arguments", invalid_arguments },
    { "nothing_there", nothing_there },
    { "offsets_and_lengths", offsets_and_lengths },
    { "nothing_left_in_memory", nothing_left_in_memory },
    { "flags", flags },
    { "damaged_value", damaged_value },
    { "damaged_header", damaged_header },
    { "damaged_region", damaged_region },
    { "erased_superblocks", erased_superblocks },
    { "lost_label", lost_label },
    { "interrupted_format", interrupted_format },
    { "full", full },
    { "failing_flash", failing_flash },
    { "unusable_geometry", unusable_geometry },
    { NULL, NULL },
};

int main(int argc, char **argv) {
    return check_main(argc, argv, cases, fresh);
}
