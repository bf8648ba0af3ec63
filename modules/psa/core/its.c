// SPDX-License-Identifier: MIT
// PSA Internal Trusted Storage over littlefs, in a flash region of its own.
//
// Block 0 of the region is its label, littlefs has the rest. The label says how far formatting got, so that a region
// that was never formatted, one whose first formatting was cut short and one that is damaged are told apart: only the
// first two are formatted. Each value is one file: a header, then the data. A new value is written to a temporary
// file first and renamed over the old one, which littlefs does in a single commit.
//
// Values that were removed or replaced stay readable in flash for somebody who dumps it, until littlefs erases their
// blocks for something new.

#include <string.h>

#include "lib/littlefs/lfs2.h"

#include "core/its.h"
#include "core/psa_port.h"
#include "mbedtls/platform_util.h"
#include "psa/internal_trusted_storage.h"

// Files up to this size lie inside littlefs' metadata: a key with its attributes needs no block of its own.
#define CACHE_SIZE 256
#define LOOKAHEAD_SIZE 32
// Erases of a metadata block before littlefs moves it on.
#define BLOCK_CYCLES 500

#define MIN_BLOCKS 5

// Of an empty cache; littlefs does not export its name for it.
#define NO_BLOCK ((lfs2_block_t) - 1)

#define LABEL_BLOCK 0
#define LABEL_SIZE 16
// The label's program units, in the order in which they are written.
static const uint8_t label_started[LABEL_SIZE] = "MicroPSA ITS 1 f";
static const uint8_t label_formatted[LABEL_SIZE] = "MicroPSA ITS 1 +";

#define HEADER_VERSION 0x31495350 // "PSI1"
#define KNOWN_FLAGS (PSA_STORAGE_FLAG_WRITE_ONCE | PSA_STORAGE_FLAG_NO_CONFIDENTIALITY | \
    PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION)

// In front of the data of each value, little endian.
typedef struct {
    uint32_t version;
    uint32_t flags;
    uint32_t size;
    uint32_t data_crc;
    uint32_t header_crc; // of the fields above and the uid, so that a value under a wrong name is noticed
} header_t;

static const char temporary_name[] = "new";
#define NAME_SIZE (16 + 1)

static bool mounted;
static lfs2_t fs;
static struct lfs2_config fs_config;
static uint8_t read_cache[CACHE_SIZE] __attribute__((aligned(8)));
static uint8_t prog_cache[CACHE_SIZE] __attribute__((aligned(8)));
static uint8_t file_cache[CACHE_SIZE] __attribute__((aligned(8)));
static uint8_t lookahead[LOOKAHEAD_SIZE] __attribute__((aligned(8)));
static const struct lfs2_file_config file_config = { .buffer = file_cache };

// Flash

static int flash_read(const struct lfs2_config *c, lfs2_block_t block, lfs2_off_t offset, void *buffer,
    lfs2_size_t size) {
    (void)c;
    return psa_port_flash_read(block + 1, offset, buffer, size) == 0 ? LFS2_ERR_OK : LFS2_ERR_IO;
}

static int flash_prog(const struct lfs2_config *c, lfs2_block_t block, lfs2_off_t offset, const void *buffer,
    lfs2_size_t size) {
    (void)c;
    return psa_port_flash_prog(block + 1, offset, buffer, size) == 0 ? LFS2_ERR_OK : LFS2_ERR_IO;
}

static int flash_erase(const struct lfs2_config *c, lfs2_block_t block) {
    (void)c;
    return psa_port_flash_erase(block + 1) == 0 ? LFS2_ERR_OK : LFS2_ERR_IO;
}

static int flash_sync(const struct lfs2_config *c) {
    (void)c;
    return psa_port_flash_sync() == 0 ? LFS2_ERR_OK : LFS2_ERR_IO;
}

static psa_status_t status_from_lfs2(int err) {
    switch (err) {
        case LFS2_ERR_OK:
            return PSA_SUCCESS;
        case LFS2_ERR_NOENT:
            return PSA_ERROR_DOES_NOT_EXIST;
        case LFS2_ERR_NOSPC:
        // What littlefs says when a new name finds no space; ours are short.
        case LFS2_ERR_NAMETOOLONG:
        case LFS2_ERR_FBIG:
            return PSA_ERROR_INSUFFICIENT_STORAGE;
        case LFS2_ERR_CORRUPT:
            return PSA_ERROR_DATA_CORRUPT;
        default:
            return PSA_ERROR_STORAGE_FAILURE;
    }
}

// Mounting and formatting

static bool geometry_is_usable(const psa_port_flash_geometry_t *g) {
    return g->read_size != 0 && g->prog_size != 0 && CACHE_SIZE % g->prog_size == 0 && g->prog_size % g->read_size == 0 &&
        g->block_size % CACHE_SIZE == 0 && g->block_size >= 2 * CACHE_SIZE && g->block_count >= MIN_BLOCKS;
}

// Bytes from one part of the label to the next: each is programmed on its own.
static uint32_t label_stride(void) {
    return lfs2_alignup(LABEL_SIZE, fs_config.prog_size);
}

static psa_status_t label_read(unsigned index, const uint8_t label[LABEL_SIZE], bool *present) {
    uint32_t stride = label_stride();
    if (psa_port_flash_read(LABEL_BLOCK, index * stride, read_cache, stride) != 0) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    *present = memcmp(read_cache, label, LABEL_SIZE) == 0;
    return PSA_SUCCESS;
}

static psa_status_t label_write(unsigned index, const uint8_t label[LABEL_SIZE]) {
    uint32_t stride = label_stride();
    memset(prog_cache, 0xff, stride);
    memcpy(prog_cache, label, LABEL_SIZE);
    if (psa_port_flash_prog(LABEL_BLOCK, index * stride, prog_cache, stride) != 0 || psa_port_flash_sync() != 0) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    return PSA_SUCCESS;
}

static psa_status_t is_blank(uint32_t first_block, uint32_t end_block, bool *blank) {
    *blank = false;
    for (uint32_t block = first_block; block < end_block; block++) {
        for (uint32_t offset = 0; offset < fs_config.block_size; offset += CACHE_SIZE) {
            if (psa_port_flash_read(block, offset, read_cache, CACHE_SIZE) != 0) {
                return PSA_ERROR_STORAGE_FAILURE;
            }
            for (size_t i = 0; i < CACHE_SIZE; i++) {
                if (read_cache[i] != 0xff) {
                    return PSA_SUCCESS;
                }
            }
        }
    }
    *blank = true;
    return PSA_SUCCESS;
}

static psa_status_t format(void) {
    int err = lfs2_format(&fs, &fs_config);
    return err == LFS2_ERR_OK ? label_write(1, label_formatted) : status_from_lfs2(err);
}

// Formats the region when nothing was ever stored in it.
static psa_status_t ensure_formatted(void) {
    bool started, formatted, blank;
    psa_status_t status = label_read(1, label_formatted, &formatted);
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = label_read(0, label_started, &started);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (started && formatted) {
        return PSA_SUCCESS;
    }
    status = is_blank(LABEL_BLOCK + 1, fs_config.block_count + 1, &blank);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (!started && !blank) {
        return PSA_ERROR_DATA_CORRUPT;
    }
    // Values are stored only after the label is complete, so there are none here. A label that was cut short cannot be
    // programmed again, it is written anew; until it says "started" the rest of the region has to stay blank.
    if (!blank) {
        for (lfs2_block_t block = 0; block < fs_config.block_count; block++) {
            if (flash_erase(&fs_config, block) != LFS2_ERR_OK) {
                return PSA_ERROR_STORAGE_FAILURE;
            }
        }
    }
    if (psa_port_flash_erase(LABEL_BLOCK) != 0) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    status = label_write(0, label_started);
    return status == PSA_SUCCESS ? format() : status;
}

static psa_status_t mount(void) {
    if (mounted) {
        return PSA_SUCCESS;
    }
    psa_port_flash_geometry_t geometry;
    if (psa_port_flash_init(&geometry) != 0 || !geometry_is_usable(&geometry)) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    fs_config = (struct lfs2_config){
        .read = flash_read,
        .prog = flash_prog,
        .erase = flash_erase,
        .sync = flash_sync,
        .read_size = geometry.read_size,
        .prog_size = geometry.prog_size,
        .block_size = geometry.block_size,
        .block_count = geometry.block_count - 1,
        .block_cycles = BLOCK_CYCLES,
        .cache_size = CACHE_SIZE,
        .lookahead_size = LOOKAHEAD_SIZE,
        .read_buffer = read_cache,
        .prog_buffer = prog_cache,
        .lookahead_buffer = lookahead,
    };
    psa_status_t status = ensure_formatted();
    if (status != PSA_SUCCESS) {
        return status;
    }
    int err = lfs2_mount(&fs, &fs_config);
    if (err != LFS2_ERR_OK) {
        // Formatted, and yet not a file system: whatever littlefs calls it, the data is damaged.
        return err == LFS2_ERR_IO ? PSA_ERROR_STORAGE_FAILURE : PSA_ERROR_DATA_CORRUPT;
    }
    mounted = true;
    // What a power cut in the middle of psa_its_set left behind.
    err = lfs2_remove(&fs, temporary_name);
    if (err != LFS2_ERR_OK && err != LFS2_ERR_NOENT) {
        micropsa_its_unmount();
        return status_from_lfs2(err);
    }
    return PSA_SUCCESS;
}

void micropsa_its_unmount(void) {
    if (mounted) {
        mounted = false;
        // Only frees memory, of which littlefs has none here.
        (void)lfs2_unmount(&fs);
    }
    // The caches hold parts of keys.
    mbedtls_platform_zeroize(read_cache, sizeof(read_cache));
    mbedtls_platform_zeroize(prog_cache, sizeof(prog_cache));
    mbedtls_platform_zeroize(file_cache, sizeof(file_cache));
}

// The caches hold parts of keys after an operation, of destroyed ones too. littlefs reads again what it misses. What it
// has still to write it keeps; there is such a thing only after a failure.
static void forget_caches(void) {
    mbedtls_platform_zeroize(file_cache, sizeof(file_cache));
    if (!mounted) {
        return;
    }
    fs.rcache.block = NO_BLOCK;
    mbedtls_platform_zeroize(read_cache, sizeof(read_cache));
    if (fs.pcache.block == NO_BLOCK) {
        // Erased flash, as littlefs leaves it: it fills units up with what stands there.
        memset(prog_cache, 0xff, sizeof(prog_cache));
    }
}

// littlefs' picture of the region may be wrong after a failure of the flash; a new mount reads it again.
static psa_status_t finish(psa_status_t status) {
    if (status == PSA_ERROR_STORAGE_FAILURE) {
        micropsa_its_unmount();
    }
    forget_caches();
    return status;
}

// Values

static void name_from_uid(psa_storage_uid_t uid, char name[NAME_SIZE]) {
    for (int i = 15; i >= 0; i--) {
        name[i] = "0123456789abcdef"[uid & 0xf];
        uid >>= 4;
    }
    name[16] = '\0';
}

static uint32_t header_crc(const header_t *header, psa_storage_uid_t uid) {
    uint32_t words[] = {
        lfs2_tole32(header->version),
        lfs2_tole32(header->flags),
        lfs2_tole32(header->size),
        lfs2_tole32(header->data_crc),
        lfs2_tole32((uint32_t)uid),
        lfs2_tole32((uint32_t)(uid >> 32)),
    };
    return lfs2_crc(0xffffffff, words, sizeof(words));
}

// Opens a value and checks its header. PSA_ERROR_DATA_CORRUPT: the file is there and its header is not sound.
// On success the file is open, at the start of the data.
static psa_status_t open_value(psa_storage_uid_t uid, lfs2_file_t *file, header_t *header) {
    char name[NAME_SIZE];
    name_from_uid(uid, name);
    int err = lfs2_file_opencfg(&fs, file, name, LFS2_O_RDONLY, &file_config);
    if (err != LFS2_ERR_OK) {
        return status_from_lfs2(err);
    }
    psa_status_t status = PSA_ERROR_DATA_CORRUPT;
    lfs2_ssize_t got = lfs2_file_read(&fs, file, header, sizeof(*header));
    if (got < 0) {
        status = status_from_lfs2(got);
    } else if (got == sizeof(*header)) {
        header->version = lfs2_fromle32(header->version);
        header->flags = lfs2_fromle32(header->flags);
        header->size = lfs2_fromle32(header->size);
        header->data_crc = lfs2_fromle32(header->data_crc);
        header->header_crc = lfs2_fromle32(header->header_crc);
        if (header->version == HEADER_VERSION && header->header_crc == header_crc(header, uid) &&
            (lfs2_size_t)lfs2_file_size(&fs, file) - sizeof(*header) == header->size) {
            return PSA_SUCCESS;
        }
    }
    (void)lfs2_file_close(&fs, file);
    return status;
}

// PSA_SUCCESS: the value may be replaced or removed. DOES_NOT_EXIST and DATA_CORRUPT say why there is none to protect.
static psa_status_t check_not_write_once(psa_storage_uid_t uid) {
    lfs2_file_t file;
    header_t header;
    psa_status_t status = open_value(uid, &file, &header);
    if (status != PSA_SUCCESS) {
        return status;
    }
    (void)lfs2_file_close(&fs, &file);
    return header.flags & PSA_STORAGE_FLAG_WRITE_ONCE ? PSA_ERROR_NOT_PERMITTED : PSA_SUCCESS;
}

static int write_temporary(psa_storage_uid_t uid, uint32_t size, const void *data, psa_storage_create_flags_t flags) {
    header_t header = {
        .version = HEADER_VERSION,
        .flags = flags,
        .size = size,
        .data_crc = lfs2_crc(0xffffffff, data, size),
    };
    uint32_t words[] = {
        lfs2_tole32(header.version),
        lfs2_tole32(header.flags),
        lfs2_tole32(header.size),
        lfs2_tole32(header.data_crc),
        lfs2_tole32(header_crc(&header, uid)),
    };
    lfs2_file_t file;
    int err = lfs2_file_opencfg(&fs, &file, temporary_name, LFS2_O_WRONLY | LFS2_O_CREAT | LFS2_O_TRUNC, &file_config);
    if (err != LFS2_ERR_OK) {
        return err;
    }
    lfs2_ssize_t written = lfs2_file_write(&fs, &file, words, sizeof(words));
    if (written >= 0 && size > 0) {
        written = lfs2_file_write(&fs, &file, data, size);
    }
    // Closing is what commits the file.
    err = lfs2_file_close(&fs, &file);
    return written < 0 ? written : err;
}

psa_status_t psa_its_set(psa_storage_uid_t uid, uint32_t data_length, const void *p_data,
    psa_storage_create_flags_t create_flags) {
    if (uid == 0 || (p_data == NULL && data_length != 0)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (create_flags & ~KNOWN_FLAGS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (data_length > LFS2_FILE_MAX - sizeof(header_t)) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    psa_status_t status = mount();
    if (status != PSA_SUCCESS) {
        return finish(status);
    }
    status = check_not_write_once(uid);
    if (status != PSA_SUCCESS && status != PSA_ERROR_DOES_NOT_EXIST && status != PSA_ERROR_DATA_CORRUPT) {
        return finish(status);
    }
    char name[NAME_SIZE];
    name_from_uid(uid, name);
    int err = write_temporary(uid, data_length, p_data, create_flags);
    if (err == LFS2_ERR_OK) {
        err = lfs2_rename(&fs, temporary_name, name);
    }
    if (err != LFS2_ERR_OK) {
        // The next mount removes it when this cannot.
        (void)lfs2_remove(&fs, temporary_name);
    }
    return finish(status_from_lfs2(err));
}

psa_status_t psa_its_get(psa_storage_uid_t uid, uint32_t data_offset, uint32_t data_size, void *p_data,
    size_t *p_data_length) {
    if (p_data_length != NULL) {
        *p_data_length = 0;
    }
    if (uid == 0 || p_data_length == NULL || (p_data == NULL && data_size != 0)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    lfs2_file_t file;
    header_t header;
    psa_status_t status = mount();
    if (status == PSA_SUCCESS) {
        status = open_value(uid, &file, &header);
    }
    if (status != PSA_SUCCESS) {
        return finish(status);
    }
    if (data_offset > header.size) {
        (void)lfs2_file_close(&fs, &file);
        return finish(PSA_ERROR_INVALID_ARGUMENT);
    }
    uint32_t length = lfs2_min(data_size, header.size - data_offset);

    // The checksum is over all of the data, so all of it is read; only the wanted part is handed out.
    uint8_t chunk[64];
    uint32_t crc = 0xffffffff;
    for (uint32_t at = 0; at < header.size;) {
        lfs2_ssize_t got = lfs2_file_read(&fs, &file, chunk, lfs2_min(sizeof(chunk), header.size - at));
        if (got <= 0) {
            status = got < 0 ? status_from_lfs2(got) : PSA_ERROR_DATA_CORRUPT;
            break;
        }
        crc = lfs2_crc(crc, chunk, got);
        uint32_t from = lfs2_max(at, data_offset);
        uint32_t to = lfs2_min(at + got, data_offset + length);
        if (from < to) {
            memcpy((uint8_t *)p_data + (from - data_offset), chunk + (from - at), to - from);
        }
        at += got;
    }
    mbedtls_platform_zeroize(chunk, sizeof(chunk));
    (void)lfs2_file_close(&fs, &file);
    if (status == PSA_SUCCESS && crc != header.data_crc) {
        status = PSA_ERROR_DATA_CORRUPT;
    }
    if (status == PSA_SUCCESS) {
        *p_data_length = length;
    } else if (length != 0) {
        mbedtls_platform_zeroize(p_data, length);
    }
    return finish(status);
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info) {
    if (p_info != NULL) {
        *p_info = (struct psa_storage_info_t){ 0 };
    }
    if (uid == 0 || p_info == NULL) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    lfs2_file_t file;
    header_t header;
    psa_status_t status = mount();
    if (status == PSA_SUCCESS) {
        status = open_value(uid, &file, &header);
    }
    if (status == PSA_SUCCESS) {
        (void)lfs2_file_close(&fs, &file);
        p_info->size = header.size;
        p_info->flags = header.flags;
    }
    return finish(status);
}

psa_status_t psa_its_remove(psa_storage_uid_t uid) {
    if (uid == 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    psa_status_t status = mount();
    if (status != PSA_SUCCESS) {
        return finish(status);
    }
    status = check_not_write_once(uid);
    if (status != PSA_SUCCESS && status != PSA_ERROR_DATA_CORRUPT) {
        return finish(status);
    }
    char name[NAME_SIZE];
    name_from_uid(uid, name);
    return finish(status_from_lfs2(lfs2_remove(&fs, name)));
}
