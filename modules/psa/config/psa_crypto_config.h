// SPDX-License-Identifier: MIT
// PSA_WANT_*: what the API offers, from the profile that the build chose, and which built-in code drivers replace.

#ifndef MICROPSA_PSA_CRYPTO_CONFIG_H
#define MICROPSA_PSA_CRYPTO_CONFIG_H

#ifndef MICROPSA_PROFILE_FILE
#error "no profile: modules/psa/micropython.mk defines MICROPSA_PROFILE_FILE from PSA_PROFILE"
#endif

#include MICROPSA_PROFILE_FILE

// Generated from the driver descriptions: MBEDTLS_PSA_ACCEL_* for what a driver covers without fallback.
#include "psa_accel_config.h"

#endif
