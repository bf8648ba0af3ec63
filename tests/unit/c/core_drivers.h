// SPDX-License-Identifier: MIT
// What the scenarios over the recorder drivers share.

#ifndef CORE_DRIVERS_H
#define CORE_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psa/crypto.h"

#include "check.h"
#include "recorder.h"

#define SAFE ((psa_key_location_t)0x800010)
#define VAULT ((psa_key_location_t)0x800011)
#define HERE PSA_KEY_LOCATION_LOCAL_STORAGE
#define HKDF PSA_ALG_HKDF(PSA_ALG_SHA_256)
#define VENDOR_ALG ((psa_algorithm_t)0x88000100)

extern const check_case_t derivation_scenarios[];
extern const check_case_t other_scenarios[];

// Prints "title: calls = status" and begins a new log.
void end(const char *title, psa_status_t status);
// Ends the program with a message when a condition of the test does not hold.
void check(bool good, const char *what);

psa_key_attributes_t attributes_of(
    psa_key_location_t location, psa_key_type_t type, size_t bits, psa_key_usage_t usage, psa_algorithm_t alg);
// A new key whose material is 1, 2, 3 …, without a trace in the log.
psa_key_id_t make_key(
    psa_key_location_t location, psa_key_type_t type, size_t bits, psa_key_usage_t usage, psa_algorithm_t alg);
// A 256-bit key for derivations.
psa_key_id_t make_secret(psa_key_location_t location, psa_algorithm_t alg);
void destroy(psa_key_id_t key);
// Prints bytes as "title: hex".
void show(const char *title, const uint8_t *data, size_t length);
// An HKDF operation with a secret key, salt (when not 0) and info.
psa_status_t start_hkdf(psa_key_derivation_operation_t *operation, psa_key_id_t secret, bool salt);
// Aborts, and checks that every byte of the operation is 0.
psa_status_t abort_and_check(psa_key_derivation_operation_t *operation);

#endif
