// SPDX-License-Identifier: MIT
// PSA Internal Trusted Storage 1.0: small values by 64-bit name, which survive power cuts. Implemented by core/its.c.

#ifndef PSA_INTERNAL_TRUSTED_STORAGE_H
#define PSA_INTERNAL_TRUSTED_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#include <psa/error.h>

#define PSA_ITS_API_VERSION_MAJOR 1
#define PSA_ITS_API_VERSION_MINOR 0

// Name of a value. 0 is not a name.
typedef uint64_t psa_storage_uid_t;

typedef uint32_t psa_storage_create_flags_t;

#define PSA_STORAGE_FLAG_NONE 0u
// The value can never be changed or removed.
#define PSA_STORAGE_FLAG_WRITE_ONCE (1u << 0)
// Accepted and without effect: this storage never leaves the chip, and it does not encrypt.
#define PSA_STORAGE_FLAG_NO_CONFIDENTIALITY (1u << 1)
#define PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION (1u << 2)

struct psa_storage_info_t {
    uint32_t size; // bytes of data
    psa_storage_create_flags_t flags; // as given to psa_its_set
};

// Creates or replaces a value, atomically: after a power cut at any point the old value or the new one is there.
//
// Returns PSA_SUCCESS, or
//   PSA_ERROR_INVALID_ARGUMENT      uid is 0, or p_data is NULL while data_length is not 0
//   PSA_ERROR_NOT_SUPPORTED         a flag that is none of the above
//   PSA_ERROR_NOT_PERMITTED         the value exists and is WRITE_ONCE
//   PSA_ERROR_INSUFFICIENT_STORAGE  no space; the old value is untouched
//   PSA_ERROR_DATA_CORRUPT          the storage as a whole is damaged (a damaged old value does not stop a set)
//   PSA_ERROR_STORAGE_FAILURE       the flash failed
psa_status_t psa_its_set(psa_storage_uid_t uid, uint32_t data_length, const void *p_data,
    psa_storage_create_flags_t create_flags);

// Reads up to data_size bytes from data_offset on. *p_data_length is what was read; p_data is wiped on failure.
//
// Returns PSA_SUCCESS, or
//   PSA_ERROR_INVALID_ARGUMENT  uid is 0, a pointer is NULL, or data_offset lies behind the end
//   PSA_ERROR_DOES_NOT_EXIST    no such value
//   PSA_ERROR_DATA_CORRUPT      the value or the storage is damaged
//   PSA_ERROR_STORAGE_FAILURE   the flash failed
psa_status_t psa_its_get(psa_storage_uid_t uid, uint32_t data_offset, uint32_t data_size, void *p_data,
    size_t *p_data_length);

// Size and flags of a value. Returns what psa_its_get returns; *p_info is zero on failure.
psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info);

// Removes a value. Returns PSA_SUCCESS, or
//   PSA_ERROR_INVALID_ARGUMENT  uid is 0
//   PSA_ERROR_DOES_NOT_EXIST    no such value
//   PSA_ERROR_NOT_PERMITTED     the value is WRITE_ONCE
//   PSA_ERROR_DATA_CORRUPT      the storage as a whole is damaged (a damaged value can be removed)
//   PSA_ERROR_STORAGE_FAILURE   the flash failed
psa_status_t psa_its_remove(psa_storage_uid_t uid);

#endif
