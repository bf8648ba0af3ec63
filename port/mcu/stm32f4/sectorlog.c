// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "sectorlog.h"

#define MAGIC (0x314c534du) // "MSL1"
#define CHUNK_SIZE (64)
#define NO_BLOCK (0xffffu)
#define ERASED_WORD (0xffffffffu)

typedef struct {
    uint32_t magic;
    uint32_t generation;
    uint32_t geometry; // a firmware with another one must not take these blocks for its own
    uint32_t check;
} header_t;

static uint32_t geometry_of(const sectorlog_t *log) {
    return log->block_size | log->block_count;
}

// CRC-32 of the fields before it.
static uint32_t check_of(const header_t *header) {
    uint32_t crc = 0xffffffff;
    const uint8_t *bytes = (const uint8_t *)header;
    for (size_t i = 0; i < offsetof(header_t, check); ++i) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
        }
    }
    return ~crc;
}

static uint32_t sector_size(const sectorlog_t *log) {
    return flash_hw_sector_size(log->first_sector);
}

static uint32_t slot_offset(const sectorlog_t *log, unsigned which, unsigned slot) {
    return flash_hw_sector_offset(log->first_sector + which) + slot * log->block_size;
}

static uint32_t owner_offset(const sectorlog_t *log, unsigned which, unsigned slot) {
    return slot_offset(log, which, 0) + (uint32_t)sizeof(header_t) + 4 * (slot - 1);
}

static unsigned slot_count(const sectorlog_t *log) {
    return sector_size(log) / log->block_size;
}

static bool is_blank(uint32_t offset, uint32_t len) {
    for (uint32_t done = 0; done < len; done += CHUNK_SIZE) {
        uint32_t words[CHUNK_SIZE / 4];
        flash_hw_read(offset + done, words, sizeof(words));
        for (size_t i = 0; i < CHUNK_SIZE / 4; ++i) {
            if (words[i] != ERASED_WORD) {
                return false;
            }
        }
    }
    return true;
}

// Generation of a sector, 0 when it has no valid header.
static uint32_t generation_of(const sectorlog_t *log, unsigned which) {
    header_t header;
    flash_hw_read(slot_offset(log, which, 0), &header, sizeof(header));
    bool valid = header.magic == MAGIC && header.check == check_of(&header) && header.geometry == geometry_of(log);
    return valid ? header.generation : 0;
}

static int write_header(const sectorlog_t *log, unsigned which, uint32_t generation) {
    header_t header = { .magic = MAGIC, .generation = generation, .geometry = geometry_of(log) };
    header.check = check_of(&header);
    return flash_hw_program(slot_offset(log, which, 0), &header, sizeof(header));
}

// The number and its complement: a word whose programming was cut short belongs to no block.
static int write_owner(const sectorlog_t *log, unsigned which, unsigned slot, unsigned block) {
    uint32_t word = block | (~block << 16);
    return flash_hw_program(owner_offset(log, which, slot), &word, sizeof(word));
}

static void read_owners(sectorlog_t *log) {
    memset(log->slots, 0, sizeof(log->slots));
    log->used_slots = 1;
    for (unsigned slot = 1; slot < slot_count(log); ++slot) {
        uint32_t word;
        flash_hw_read(owner_offset(log, log->active, slot), &word, sizeof(word));
        if (word == ERASED_WORD) {
            continue;
        }
        log->used_slots = (uint8_t)(slot + 1);
        unsigned block = word & 0xffff;
        if (block == (~word >> 16) && block < log->block_count) {
            log->slots[block] = (uint8_t)slot;
        }
    }
}

// Without a header in either sector: prepare a blank region, and one whose preparation was cut short.
static int prepare(sectorlog_t *log) {
    uint32_t size = sector_size(log);
    bool blank_but_header = is_blank(slot_offset(log, 0, 0) + CHUNK_SIZE, size - CHUNK_SIZE) &&
        is_blank(slot_offset(log, 1, 0), size);
    if (!blank_but_header) {
        return -EILSEQ;
    }
    // Only words of our own header may stand there.
    header_t header = { .magic = MAGIC, .generation = 1, .geometry = geometry_of(log) };
    header.check = check_of(&header);
    uint32_t found[CHUNK_SIZE / 4], ours[CHUNK_SIZE / 4];
    memset(ours, 0xff, sizeof(ours));
    memcpy(ours, &header, sizeof(header));
    flash_hw_read(slot_offset(log, 0, 0), found, sizeof(found));
    bool blank = true;
    for (size_t i = 0; i < CHUNK_SIZE / 4; ++i) {
        blank = blank && found[i] == ERASED_WORD;
        if (ours[i] & ~found[i]) {
            return -EILSEQ;
        }
    }
    if (!blank) {
        int ret = flash_hw_erase(log->first_sector);
        if (ret != 0) {
            return ret;
        }
    }
    return write_header(log, 0, 1);
}

int sectorlog_mount(sectorlog_t *log) {
    unsigned slots = slot_count(log);
    bool possible = log->block_size % CHUNK_SIZE == 0 && log->block_size > 0xff && log->block_count > 0 &&
        log->block_count <= SECTORLOG_MAX_BLOCKS && log->block_count + 2u <= slots && slots <= 0xff &&
        sizeof(header_t) + 4 * (slots - 1) <= log->block_size &&
        flash_hw_sector_size(log->first_sector) == flash_hw_sector_size(log->first_sector + 1u);
    if (!possible) {
        return -EINVAL;
    }
    uint32_t generations[] = { generation_of(log, 0), generation_of(log, 1) };
    if (generations[0] == 0 && generations[1] == 0) {
        int ret = prepare(log);
        if (ret != 0) {
            return ret;
        }
        generations[0] = 1;
    }
    log->frozen = false;
    log->active = generations[1] > generations[0];
    log->generation = generations[log->active];
    read_owners(log);
    return 0;
}

static int copy_slot(const sectorlog_t *log, uint32_t from, uint32_t to) {
    for (uint32_t done = 0; done < log->block_size; done += CHUNK_SIZE) {
        uint32_t words[CHUNK_SIZE / 4];
        flash_hw_read(from + done, words, sizeof(words));
        int ret = flash_hw_program(to + done, words, sizeof(words));
        if (ret != 0) {
            return ret;
        }
    }
    return 0;
}

// Move to the other sector, without `dropped` and without blocks that are erased anyway. The other sector is always
// erased before: an erase that a power cut ended may look complete and not last.
static int compact(sectorlog_t *log, unsigned dropped) {
    unsigned other = !log->active;
    uint8_t slots[SECTORLOG_MAX_BLOCKS] = { 0 };
    unsigned used = 1;
    int ret = flash_hw_erase(log->first_sector + other);
    for (unsigned block = 0; block < log->block_count && ret == 0; ++block) {
        uint32_t from = slot_offset(log, log->active, log->slots[block]);
        if (block == dropped || log->slots[block] == 0 || is_blank(from, log->block_size)) {
            continue;
        }
        slots[block] = (uint8_t)used;
        ret = copy_slot(log, from, slot_offset(log, other, used));
        if (ret == 0) {
            ret = write_owner(log, other, used, block);
        }
        used += 1;
    }
    if (ret == 0) {
        ret = write_header(log, other, log->generation + 1);
    }
    if (ret == 0) {
        log->active = (uint8_t)other;
        log->generation += 1;
        log->used_slots = (uint8_t)used;
        memcpy(log->slots, slots, sizeof(slots));
    } else if (generation_of(log, other) > log->generation) {
        // The header is there although the flash denied it: the next mount would take that sector, and what this one gets
        // until then would be lost. So it goes, or nothing more is promised.
        (void)flash_hw_erase(log->first_sector + other);
        log->frozen = generation_of(log, other) > log->generation;
    }
    return ret;
}

static int allocate(sectorlog_t *log, unsigned block) {
    unsigned slot = log->used_slots;
    log->used_slots += 1; // a slot whose word failed is not tried again
    int ret = write_owner(log, log->active, slot, block);
    if (ret == 0) {
        log->slots[block] = (uint8_t)slot;
    }
    return ret;
}

static bool is_full(const sectorlog_t *log) {
    return log->used_slots >= slot_count(log);
}

static bool is_inside(const sectorlog_t *log, unsigned block, uint32_t offset, size_t len) {
    return block < log->block_count && offset <= log->block_size && len <= log->block_size - offset;
}

int sectorlog_read(const sectorlog_t *log, unsigned block, uint32_t offset, void *buf, size_t len) {
    if (!is_inside(log, block, offset, len)) {
        return -EINVAL;
    }
    if (log->slots[block] == 0) {
        memset(buf, 0xff, len);
    } else {
        flash_hw_read(slot_offset(log, log->active, log->slots[block]) + offset, buf, len);
    }
    return 0;
}

int sectorlog_program(sectorlog_t *log, unsigned block, uint32_t offset, const void *buf, size_t len) {
    if (!is_inside(log, block, offset, len)) {
        return -EINVAL;
    }
    if (len == 0) {
        return 0;
    }
    if (log->frozen) {
        return -EIO;
    }
    if (log->slots[block] == 0) {
        int ret = is_full(log) ? compact(log, NO_BLOCK) : 0;
        if (ret == 0) {
            ret = allocate(log, block);
        }
        if (ret != 0) {
            return ret;
        }
    }
    // Whole words: bytes around the caller's stay as they are.
    uint32_t at = slot_offset(log, log->active, log->slots[block]) + offset;
    const uint8_t *from = buf;
    while (len > 0) {
        uint8_t words[CHUNK_SIZE];
        uint32_t skip = at % 4;
        size_t n = len < sizeof(words) - skip ? len : sizeof(words) - skip;
        size_t whole = (skip + n + 3) / 4 * 4;
        flash_hw_read(at - skip, words, whole);
        for (size_t i = 0; i < n; ++i) {
            if (from[i] & ~words[skip + i]) {
                return -EPERM;
            }
            words[skip + i] = from[i];
        }
        int ret = flash_hw_program(at - skip, words, whole);
        if (ret != 0) {
            return ret;
        }
        at += (uint32_t)n;
        from += n;
        len -= n;
    }
    return 0;
}

int sectorlog_erase(sectorlog_t *log, unsigned block) {
    if (block >= log->block_count) {
        return -EINVAL;
    }
    if (log->slots[block] == 0) {
        return 0;
    }
    if (log->frozen) {
        return -EIO;
    }
    return is_full(log) ? compact(log, block) : allocate(log, block);
}
