// SPDX-License-Identifier: MIT
// The generated dispatch of hash_compute for one list of drivers, under a name of its own (HASH_WITH).

#include "psa_crypto_driver_wrappers.h"

psa_status_t HASH_WITH(psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *hash, size_t hash_size,
    size_t *hash_length);
psa_status_t HASH_WITH(psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *hash, size_t hash_size,
    size_t *hash_length) {
    return psa_driver_wrapper_hash_compute(alg, input, input_length, hash, hash_size, hash_length);
}
