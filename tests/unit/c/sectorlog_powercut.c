// SPDX-License-Identifier: MIT
// sectorlog on two sectors of 128 KB: a random sequence of erases and programs against a plain array of blocks. The power
// goes at every n-th word program and sector erase: before, in the middle of, or after it. Each time the log is mounted
// again, and every block but the one in work is what the array says; that one is old, erased, or programmed in part.
//
// Arguments: block count, steps, distance of the cuts.

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sectorlog.h"

#define SECTOR_SIZE (128 * 1024)
#define BLOCK_SIZE (2048)
#define MAX_BLOCKS SECTORLOG_MAX_BLOCKS

static uint8_t cells[2][SECTOR_SIZE];
static unsigned long operations, cut_at;
static unsigned long sector_erases;
static int cut_way; // 0 before, 1 in the middle, 2 after
static jmp_buf power_cut;
// From this operation on, `failures` of them are done, and the controller says that they were not; erases are not done
// if erases_fail.
static unsigned long failing_at, failures;
static bool erases_fail;

#define CHECK(condition, ...) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s: ", __LINE__, #condition); \
            printf(__VA_ARGS__); \
            printf("\n"); \
            exit(1); \
        } \
    } while (0)

uint32_t flash_hw_sector_size(unsigned sector) {
    (void)sector;
    return SECTOR_SIZE;
}

uint32_t flash_hw_sector_offset(unsigned sector) {
    CHECK(sector == 8 || sector == 9, "sector %u is not ours", sector);
    return (sector - 8) * SECTOR_SIZE;
}

void flash_hw_read(uint32_t offset, void *buf, size_t len) {
    CHECK(offset + len <= 2 * SECTOR_SIZE && offset / SECTOR_SIZE == (offset + len - 1) / SECTOR_SIZE, "read %u", offset);
    memcpy(buf, &cells[0][0] + offset, len);
}

// True when the operation is to be done; *half when by half only. Returns by longjmp when the power goes before it.
static bool begin(bool *half) {
    operations += 1;
    *half = operations == cut_at && cut_way == 1;
    if (operations == cut_at && cut_way == 0) {
        longjmp(power_cut, 1);
    }
    return true;
}

static int end(void) {
    if (operations == cut_at) {
        longjmp(power_cut, 1);
    }
    return operations - failing_at < failures ? -EIO : 0;
}

int flash_hw_program(uint32_t offset, const void *buf, size_t len) {
    CHECK(offset % 4 == 0 && len % 4 == 0, "program at %u of %zu", offset, len);
    uint8_t *to = &cells[0][0] + offset;
    const uint8_t *from = buf;
    for (size_t i = 0; i < len; ++i) {
        CHECK((from[i] & ~to[i]) == 0, "program at %zu sets a bit", offset + i);
    }
    for (size_t i = 0; i < len; i += 4) {
        if (memcmp(&to[i], &from[i], 4) != 0) {
            bool half;
            begin(&half);
            for (size_t k = i; k < i + 4; ++k) {
                to[k] &= half ? (uint8_t)(from[k] | rand()) : from[k];
            }
            int ret = end();
            if (ret != 0) {
                return ret;
            }
        }
    }
    return 0;
}

int flash_hw_erase(unsigned sector) {
    bool half;
    begin(&half);
    sector_erases += 1;
    uint8_t *to = cells[flash_hw_sector_offset(sector) / SECTOR_SIZE];
    if (erases_fail && operations - failing_at < failures) {
        return -EIO;
    }
    if (half) {
        // Bits come back in no order.
        for (size_t i = 0; i < SECTOR_SIZE; ++i) {
            to[i] |= (uint8_t)rand();
        }
    } else {
        memset(to, 0xff, SECTOR_SIZE);
    }
    return end();
}

static sectorlog_t make(unsigned blocks) {
    return (sectorlog_t){ .first_sector = 8, .block_count = (uint8_t)blocks, .block_size = BLOCK_SIZE };
}

static uint8_t expected[MAX_BLOCKS][BLOCK_SIZE];
static uint8_t wanted[BLOCK_SIZE]; // the block in work, when its operation is through
static unsigned in_work;
static bool erasing;

static void read_block(const sectorlog_t *log, unsigned block, uint8_t *content) {
    CHECK(sectorlog_read(log, block, 0, content, BLOCK_SIZE) == 0, "block %u", block);
}

static void compare(const sectorlog_t *log, unsigned blocks, bool after_cut) {
    uint8_t content[BLOCK_SIZE];
    for (unsigned block = 0; block < blocks; ++block) {
        read_block(log, block, content);
        if (!after_cut || block != in_work) {
            CHECK(memcmp(content, expected[block], BLOCK_SIZE) == 0, "block %u at operation %lu", block, operations);
        } else if (erasing) {
            CHECK(memcmp(content, expected[block], BLOCK_SIZE) == 0 || memcmp(content, wanted, BLOCK_SIZE) == 0,
                "block %u is neither old nor erased, operation %lu", block, operations);
        } else {
            for (size_t i = 0; i < BLOCK_SIZE; ++i) {
                CHECK((content[i] & ~expected[block][i]) == 0 && (wanted[i] & ~content[i]) == 0,
                    "block %u byte %zu was not programmed like that", block, i);
            }
        }
        memcpy(expected[block], content, BLOCK_SIZE);
    }
}

static void step(sectorlog_t *log, unsigned blocks) {
    in_work = (unsigned)rand() % blocks;
    erasing = rand() % 3 == 0;
    if (erasing) {
        memset(wanted, 0xff, BLOCK_SIZE);
        CHECK(sectorlog_erase(log, in_work) == 0, "erase of %u", in_work);
    } else {
        uint8_t data[512];
        size_t offset = (size_t)rand() % (BLOCK_SIZE - sizeof(data)), len = (size_t)rand() % sizeof(data);
        memcpy(wanted, expected[in_work], BLOCK_SIZE);
        for (size_t i = 0; i < len; ++i) {
            data[i] = (uint8_t)rand() & wanted[offset + i];
            wanted[offset + i] = data[i];
        }
        CHECK(sectorlog_program(log, in_work, (uint32_t)offset, data, len) == 0, "program of %u", in_work);
    }
    memcpy(expected[in_work], wanted, BLOCK_SIZE);
}

// The sequence from a blank chip; a cut in it if cut_at says so. True when the power went.
static bool life(unsigned blocks, unsigned long steps, unsigned seed) {
    static sectorlog_t log;
    static volatile bool preparing;
    srand(seed);
    memset(cells, 0xff, sizeof(cells));
    memset(expected, 0xff, sizeof(expected));
    operations = 0;
    log = make(blocks);
    preparing = true;
    if (setjmp(power_cut) != 0) {
        cut_at = 0;
        log = make(blocks);
        int ret = sectorlog_mount(&log);
        CHECK(ret == 0, "mount after the cut at operation %lu: %d", operations, ret);
        compare(&log, blocks, !preparing);
        for (unsigned i = 0; i < 20; ++i) {
            step(&log, blocks);
        }
        log = make(blocks);
        CHECK(sectorlog_mount(&log) == 0, "second mount");
        compare(&log, blocks, false);
        return true;
    }
    CHECK(sectorlog_mount(&log) == 0, "first mount");
    preparing = false;
    for (unsigned long i = 0; i < steps; ++i) {
        step(&log, blocks);
    }
    compare(&log, blocks, false);
    return false;
}

// Blocks erased and programmed until the next operation is the one before the last of a compaction, which writes the
// header; returns the number of that last one.
static unsigned long header_of_next_compaction(unsigned blocks) {
    life(blocks, 0, 1);
    sectorlog_t log = make(blocks);
    CHECK(sectorlog_mount(&log) == 0, "mount");
    unsigned active = log.active;
    uint8_t byte = 0x5a;
    CHECK(sectorlog_program(&log, 0, 0, &byte, 1) == 0, "a block that lasts");
    while (log.active == active) {
        CHECK(sectorlog_erase(&log, 1) == 0, "erase");
        if (log.active == active) {
            CHECK(sectorlog_program(&log, 1, 0, &byte, 1) == 0, "program");
        }
    }
    return operations;
}

// A compaction that is complete, and whose last step is reported as failed: the two sectors must not part ways.
static void failure_that_was_none(unsigned blocks) {
    unsigned long last = header_of_next_compaction(blocks);
    for (unsigned long count = 1; count <= 2; ++count) { // 2: taking the header back fails, too
        life(blocks, 0, 1);
        sectorlog_t log = make(blocks);
        CHECK(sectorlog_mount(&log) == 0, "mount");
        uint8_t byte = 0x5a;
        CHECK(sectorlog_program(&log, 0, 0, &byte, 1) == 0, "a block that lasts");
        failing_at = last;
        failures = count;
        erases_fail = count == 2;
        int ret = 0;
        while (ret == 0) {
            ret = sectorlog_erase(&log, 1);
            if (ret == 0) {
                ret = sectorlog_program(&log, 1, 0, &byte, 1);
            }
        }
        CHECK(ret == -EIO && operations >= last, "%d at %lu of %lu", ret, operations, last);
        // What is programmed from now on and said to be there is there after a restart.
        uint8_t found, more = 0x50;
        ret = sectorlog_program(&log, 0, 0, &more, 1);
        CHECK(ret == 0 || (ret == -EIO && count == 2), "%d", ret);
        log = make(blocks);
        CHECK(sectorlog_mount(&log) == 0 && sectorlog_read(&log, 0, 0, &found, 1) == 0, "mount");
        CHECK(found == (ret == 0 ? more : byte), "0x%02x", found);
        failing_at = failures = 0;
        erases_fail = false;
    }
}

static void refusals(void) {
    sectorlog_t log = make(62);
    memset(cells, 0xff, sizeof(cells));
    cells[1][70000] = 0;
    CHECK(sectorlog_mount(&log) == -84, "foreign data is not ours to erase");
    CHECK(cells[1][70000] == 0 && cells[0][0] == 0xff, "and nothing was touched");
    cells[1][70000] = 0xff;
    log = make(63);
    CHECK(sectorlog_mount(&log) == -22, "no place for compaction");
    log = make(62);
    CHECK(sectorlog_mount(&log) == 0, "blank");
    uint8_t byte = 0xf0;
    CHECK(sectorlog_program(&log, 61, BLOCK_SIZE - 1, &byte, 1) == 0, "last byte");
    byte = 0x0f;
    CHECK(sectorlog_program(&log, 61, BLOCK_SIZE - 1, &byte, 1) == -1, "a bit would be set");
    CHECK(sectorlog_program(&log, 61, BLOCK_SIZE, &byte, 1) == -22, "past the block");
    CHECK(sectorlog_read(&log, 62, 0, &byte, 1) == -22, "past the region");
    CHECK(sectorlog_erase(&log, 62) == -22, "past the region");
    log = make(48);
    CHECK(sectorlog_mount(&log) == -84, "another geometry's blocks are not ours");
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 2;
    }
    unsigned blocks = (unsigned)atoi(argv[1]);
    unsigned long steps = strtoul(argv[2], NULL, 0), distance = strtoul(argv[3], NULL, 0);
    refusals();
    failure_that_was_none(blocks);
    life(blocks, steps, 1);
    unsigned long total = operations, cuts = 0, compactions = sector_erases;
    for (unsigned long at = 1; at <= total; at += distance) {
        for (cut_way = 0; cut_way < 3; ++cut_way) {
            cut_at = at;
            cuts += life(blocks, steps, 1);
        }
    }
    printf("%lu operations, %lu compactions, %lu cuts\n", total, compactions, cuts);
    return 0;
}
