// SPDX-License-Identifier: MIT
// The get_entropy entry point of PSA drivers ("Entropy collection entry point" of the PSA driver interface).

#ifndef PSA_CRYPTO_DRIVER_ENTROPY_H
#define PSA_CRYPTO_DRIVER_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

#include <psa/crypto_types.h>
#include <psa/crypto_values.h>

typedef uint32_t psa_driver_get_entropy_flags_t;

// Return INSUFFICIENT_ENTROPY instead of waiting. A driver that gets it clear waits until it has at least one bit.
#define PSA_DRIVER_GET_ENTROPY_NONBLOCK ((psa_driver_get_entropy_flags_t)0x1)
// Another call follows soon: stay powered.
#define PSA_DRIVER_GET_ENTROPY_KEEPALIVE ((psa_driver_get_entropy_flags_t)0x2)

// One call of an entropy source.
//
// On success *estimate_bits says how many bits of entropy there are at least in the whole of output[0..output_size), at
// least 1 and at most 8 * output_size. On failure the core looks at neither.
//
// Returns PSA_SUCCESS, or
//   PSA_ERROR_INSUFFICIENT_ENTROPY  nothing there without waiting; only with NONBLOCK set
//   PSA_ERROR_NOT_SUPPORTED         a flag that this driver does not know; 0 must always work
//   any other status                the source failed, for a while or for good
typedef psa_status_t psa_driver_get_entropy_fn_t(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits,
    uint8_t *output, size_t output_size);

#endif
