// SPDX-License-Identifier: MIT
// What the module's other parts give the PSA core, on the host: entropy, and trusted storage in memory, which a test can
// spoil.

#ifndef TESTS_UNIT_C_CORE_SERVICES_H
#define TESTS_UNIT_C_CORE_SERVICES_H

#include <stdint.h>

#include "psa/crypto.h"
#include "psa/internal_trusted_storage.h"

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

// Removes all files.
void its_forget(void);

#endif
