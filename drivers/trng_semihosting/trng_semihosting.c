// SPDX-License-Identifier: MIT
// Entropy from a file of the host, for firmware in an emulator.

#include "psa/crypto_driver_entropy.h"
#include "semihosting.h"

#define KNOWN_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

#define DEFAULT_PATH "/dev/urandom"
#define PATH_SIZE 256

psa_driver_get_entropy_fn_t trng_semihosting_get_entropy;

// Nothing is kept open between calls, so KEEPALIVE has nothing to do; a read of the host does not wait, so NONBLOCK
// neither. A file that ends is a dead source: what it holds is never read as if there were more.
psa_status_t trng_semihosting_get_entropy(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits, uint8_t *output,
    size_t output_size) {
    if (flags & ~KNOWN_FLAGS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    char path[PATH_SIZE];
    if (!semihosting_argument("trng", path, sizeof(path))) {
        strcpy(path, DEFAULT_PATH);
    }
    int handle = semihosting_open(path, SEMIHOSTING_MODE_READ);
    if (handle < 0) {
        return PSA_ERROR_HARDWARE_FAILURE;
    }
    bool complete = semihosting_read(handle, output, output_size);
    semihosting_close(handle);
    if (!complete) {
        return PSA_ERROR_HARDWARE_FAILURE;
    }
    *estimate_bits = 8 * output_size;
    return PSA_SUCCESS;
}
