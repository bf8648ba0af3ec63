// SPDX-License-Identifier: MIT
// The psa module's machine on MicroPython's unix port: a file that behaves like NOR flash.
//
// Environment:
//   MICROPSA_FLASH        the file; default $XDG_STATE_HOME/micropsa/its.bin or ~/.local/state/micropsa/its.bin
//   MICROPSA_FLASH_CUT    "n", "n:before", "n:half", "n:garbage": the power goes at the n-th program or erase of this
//                         process (the first is 1). before: it does not happen. half: the first half of it does.
//                         garbage: so it does, and the second half is left in an undefined state. The process ends at
//                         once with status 77.
//   MICROPSA_FLASH_TRACE  a file that gets one line per operation: number, prog or erase, block, offset, size
// The file is locked while a process uses it; a second one gets an error and a line that says why.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/psa_port.h"

#define UNIT_SIZE 16
#define BLOCK_SIZE 4096
#define BLOCK_COUNT 64
#define FLASH_SIZE ((off_t)BLOCK_SIZE * BLOCK_COUNT)

#define CUT_STATUS 77

typedef enum {
    CUT_BEFORE,
    CUT_HALF,
    CUT_GARBAGE
} cut_t;

static int flash_fd = -1;
static char flash_path[PATH_MAX];
static FILE *trace;
static unsigned long operations;
static unsigned long cut_at;
static cut_t cut_kind;

static int read_all(off_t offset, uint8_t *buffer, size_t size) {
    while (size > 0) {
        ssize_t got = pread(flash_fd, buffer, size, offset);
        if (got <= 0) {
            return got < 0 ? -errno : -EIO;
        }
        buffer += got;
        offset += got;
        size -= got;
    }
    return 0;
}

static int write_all(off_t offset, const uint8_t *buffer, size_t size) {
    while (size > 0) {
        ssize_t got = pwrite(flash_fd, buffer, size, offset);
        if (got < 0) {
            return -errno;
        }
        buffer += got;
        offset += got;
        size -= got;
    }
    return 0;
}

// The path of the file, with the folders of the default one created.
static int find_path(char path[PATH_MAX]) {
    const char *given = getenv("MICROPSA_FLASH");
    if (given != NULL && given[0] != '\0') {
        return snprintf(path, PATH_MAX, "%s", given) < PATH_MAX ? 0 : -ENAMETOOLONG;
    }
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int size;
    if (state != NULL && state[0] == '/') {
        size = snprintf(path, PATH_MAX, "%s/micropsa/its.bin", state);
    } else if (home != NULL && home[0] == '/') {
        size = snprintf(path, PATH_MAX, "%s/.local/state/micropsa/its.bin", home);
    } else {
        fprintf(stderr, "psa: no place for persistent keys: set MICROPSA_FLASH to the path of a file\n");
        return -ENOENT;
    }
    if (size >= PATH_MAX) {
        return -ENAMETOOLONG;
    }
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int err = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
        *slash = '/';
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

// A new file is blank flash. One that was cut short while it was filled is continued.
static int fill_blank(void) {
    struct stat st;
    if (fstat(flash_fd, &st) != 0) {
        return -errno;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > FLASH_SIZE) {
        return -EINVAL;
    }
    uint8_t blank[BLOCK_SIZE];
    memset(blank, 0xff, sizeof(blank));
    off_t at = st.st_size;
    while (at < FLASH_SIZE) {
        off_t rest = FLASH_SIZE - at;
        size_t size = rest < BLOCK_SIZE ? rest : BLOCK_SIZE;
        int err = write_all(at, blank, size);
        if (err != 0) {
            return err;
        }
        at += size;
    }
    return 0;
}

static void read_knobs(void) {
    const char *cut = getenv("MICROPSA_FLASH_CUT");
    if (cut != NULL && cut_at == 0) {
        char *kind;
        cut_at = strtoul(cut, &kind, 10);
        if (strcmp(kind, "") == 0 || strcmp(kind, ":before") == 0) {
            cut_kind = CUT_BEFORE;
        } else if (strcmp(kind, ":half") == 0) {
            cut_kind = CUT_HALF;
        } else if (strcmp(kind, ":garbage") == 0) {
            cut_kind = CUT_GARBAGE;
        } else {
            psa_port_panic("MICROPSA_FLASH_CUT is not <n>, <n>:before, <n>:half or <n>:garbage");
        }
    }
    const char *trace_path = getenv("MICROPSA_FLASH_TRACE");
    if (trace_path != NULL && trace == NULL) {
        trace = fopen(trace_path, "ae");
        if (trace == NULL) {
            psa_port_panic("MICROPSA_FLASH_TRACE cannot be opened");
        }
        setvbuf(trace, NULL, _IOLBF, 0);
    }
}

int psa_port_flash_init(psa_port_flash_geometry_t *geometry) {
    char path[PATH_MAX];
    read_knobs();
    int err = find_path(path);
    if (err != 0) {
        return err;
    }
    if (flash_fd >= 0 && strcmp(path, flash_path) != 0) {
        close(flash_fd);
        flash_fd = -1;
    }
    if (flash_fd < 0) {
        flash_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (flash_fd < 0) {
            err = -errno;
            fprintf(stderr, "psa: %s: %s\n", path, strerror(-err));
            return err;
        }
        strcpy(flash_path, path);
        if (flock(flash_fd, LOCK_EX | LOCK_NB) != 0) {
            err = -errno;
            fprintf(stderr, "psa: %s is in use by another process\n", path);
        } else {
            err = fill_blank();
        }
        if (err != 0) {
            close(flash_fd);
            flash_fd = -1;
            return err;
        }
    }
    *geometry = (psa_port_flash_geometry_t){
        .read_size = UNIT_SIZE,
        .prog_size = UNIT_SIZE,
        .block_size = BLOCK_SIZE,
        .block_count = BLOCK_COUNT,
    };
    return 0;
}

// Every caller bug that real flash would punish later ends the process now.
static void check_range(uint32_t block, uint32_t offset, uint32_t size) {
    if (flash_fd < 0 || block >= BLOCK_COUNT || offset % UNIT_SIZE != 0 || size % UNIT_SIZE != 0 ||
        size > BLOCK_SIZE || offset > BLOCK_SIZE - size) {
        psa_port_panic("flash access out of range");
    }
}

int psa_port_flash_read(uint32_t block, uint32_t offset, void *buffer, uint32_t size) {
    check_range(block, offset, size);
    return read_all((off_t)block * BLOCK_SIZE + offset, buffer, size);
}

// Undefined state of flash: some of the bits that the operation would have changed, the same ones in every run.
static void spoil(uint8_t *bytes, size_t size) {
    uint32_t state = operations * 2654435761u + 1;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] &= state >> 24;
    }
}

// Writes `after`, the content of the range when the operation is done, or dies at the cut.
static int apply(off_t offset, const uint8_t *before, uint8_t *after, size_t size) {
    if (++operations != cut_at) {
        return write_all(offset, after, size);
    }
    if (cut_kind != CUT_BEFORE) {
        memcpy(after + size / 2, before + size / 2, size - size / 2);
        if (cut_kind == CUT_GARBAGE) {
            spoil(after + size / 2, size - size / 2);
        }
        (void)write_all(offset, after, size);
    }
    _exit(CUT_STATUS);
}

int psa_port_flash_prog(uint32_t block, uint32_t offset, const void *buffer, uint32_t size) {
    uint8_t before[BLOCK_SIZE], after[BLOCK_SIZE];
    check_range(block, offset, size);
    off_t at = (off_t)block * BLOCK_SIZE + offset;
    int err = read_all(at, before, size);
    if (err != 0) {
        return err;
    }
    for (uint32_t i = 0; i < size; i++) {
        if (before[i] != 0xff) {
            psa_port_panic("flash programmed twice without an erase");
        }
    }
    if (trace != NULL) {
        fprintf(trace, "%lu prog %u %u %u\n", operations + 1, (unsigned)block, (unsigned)offset, (unsigned)size);
    }
    memcpy(after, buffer, size);
    return apply(at, before, after, size);
}

int psa_port_flash_erase(uint32_t block) {
    uint8_t before[BLOCK_SIZE], after[BLOCK_SIZE];
    check_range(block, 0, BLOCK_SIZE);
    off_t at = (off_t)block * BLOCK_SIZE;
    int err = read_all(at, before, sizeof(before));
    if (err != 0) {
        return err;
    }
    if (trace != NULL) {
        fprintf(trace, "%lu erase %u 0 %u\n", operations + 1, (unsigned)block, BLOCK_SIZE);
    }
    memset(after, 0xff, sizeof(after));
    return apply(at, before, after, sizeof(after));
}

int psa_port_flash_sync(void) {
    return fdatasync(flash_fd) == 0 ? 0 : -errno;
}

// No interrupt of MicroPython's unix port runs Python.
bool psa_port_in_interrupt(void) {
    return false;
}

// Ctrl-C. What came meanwhile is delivered at the release.
static void mask_interrupt(int how) {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    (void)sigprocmask(how, &interrupt, NULL);
}

// Holds that are not released: a finaliser may run in the middle of a call, and its release must not be that call's.
static unsigned holds;

void psa_port_hold_signals(void) {
    mask_interrupt(SIG_BLOCK); // before the count: a Ctrl-C here leaves by an exception
    holds++;
}

void psa_port_release_signals(void) {
    if (--holds == 0) {
        mask_interrupt(SIG_UNBLOCK);
    }
}

void psa_port_panic(const char *why) {
    fprintf(stderr, "psa: %s\n", why);
    abort();
}
