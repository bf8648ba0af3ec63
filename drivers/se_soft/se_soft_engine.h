// SPDX-License-Identifier: MIT
// The element's engine. A chip has its own; se_soft's is what the firmware has for keys in local storage: its
// accelerators and built-in code, through the functions with which the core dispatches to them.
//
// They take keys in the clear and attributes with a local lifetime (se_soft_key_t), never this driver's location, so no
// call comes back here.

#ifndef SE_SOFT_ENGINE_H
#define SE_SOFT_ENGINE_H

#include "psa_crypto_driver_wrappers.h"

#endif
