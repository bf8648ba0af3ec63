// SPDX-License-Identifier: MIT
// The patched PSA core on the host: what the scenarios of its statuses share.

#ifndef CORE_HOST_H
#define CORE_HOST_H

#include <stddef.h>

#include "psa/crypto.h"

#include "check.h"
#include "core_services.h"

extern const check_case_t status_scenarios[];
extern const check_case_t cipher_scenarios[];
extern const check_case_t mac_scenarios[];
extern const check_case_t element_key_scenarios[];

// Bytes that the core has allocated.
size_t arena_used(void);

psa_key_attributes_t attributes_of(
    psa_key_lifetime_t lifetime, psa_key_id_t id, psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg);

#endif
