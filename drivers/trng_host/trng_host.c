// SPDX-License-Identifier: MIT
// Entropy from the kernel of the host, for firmware that runs as a process there.

#include <errno.h>
#include <sys/random.h>

#include "psa/crypto_driver_entropy.h"

#define KNOWN_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

// getrandom(2) promises up to this much in one piece, whatever signals arrive.
#define PIECE 256

psa_driver_get_entropy_fn_t trng_host_get_entropy;

psa_status_t trng_host_get_entropy(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits, uint8_t *output,
    size_t output_size) {
    if (flags & ~KNOWN_FLAGS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    size_t done = 0;
    while (done < output_size) {
        size_t size = output_size - done < PIECE ? output_size - done : PIECE;
        ssize_t got = getrandom(output + done, size, flags & PSA_DRIVER_GET_ENTROPY_NONBLOCK ? GRND_NONBLOCK : 0);
        if (got > 0) {
            done += got;
        } else if (got < 0 && errno == EAGAIN) {
            return PSA_ERROR_INSUFFICIENT_ENTROPY; // early in the host's boot
        } else if (got == 0 || errno != EINTR) {
            return PSA_ERROR_HARDWARE_FAILURE;
        }
    }
    *estimate_bits = 8 * output_size;
    return PSA_SUCCESS;
}
