// SPDX-License-Identifier: MIT
// The patched PSA core on the host with trusted storage in memory: what a scenario needs to spoil it.

#ifndef CORE_HOST_H
#define CORE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psa/crypto.h"
#include "psa/internal_trusted_storage.h"

typedef struct {
    const char *name;
    void (*run)(void);
} scenario_t;

extern const scenario_t status_scenarios[];
extern const scenario_t element_scenarios[];

// Says what went wrong, with the line, and ends the program.
#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            check_failed(#condition, __FILE__, __LINE__); \
        } \
    } while (0)
__attribute__((noreturn)) void check_failed(const char *condition, const char *file, int line);

// A file of the storage, NULL if there is none; its bytes may be changed.
typedef struct {
    psa_storage_uid_t uid;
    uint8_t *data;
    uint32_t size;
} its_file_t;
its_file_t *its_find(psa_storage_uid_t uid);

// What each call about a file answers without doing anything, while it is not PSA_SUCCESS; uid 0: every file.
typedef struct {
    psa_storage_uid_t uid;
    psa_status_t get, get_info, set, remove;
} its_faults_t;
extern its_faults_t its_faults;

// Bytes that the core has allocated.
size_t arena_used(void);

psa_key_attributes_t attributes_of(
    psa_key_lifetime_t lifetime, psa_key_id_t id, psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg);

#endif
