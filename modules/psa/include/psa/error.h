// SPDX-License-Identifier: MIT
// psa_status_t and PSA_ERROR_* for code that includes <psa/error.h>, as the storage part of Mbed TLS does.

#ifndef PSA_ERROR_H
#define PSA_ERROR_H

#include <psa/crypto_types.h>
#include <psa/crypto_values.h>

#endif
