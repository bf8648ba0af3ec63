// SPDX-License-Identifier: MIT
// The UNIX target: MicroPython's standard feature set, so that tests see what users of that port see.

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

#include "variants/mpconfigvariant_common.h"
