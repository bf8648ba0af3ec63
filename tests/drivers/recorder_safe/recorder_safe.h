// SPDX-License-Identifier: MIT

#ifndef RECORDER_SAFE_H
#define RECORDER_SAFE_H

#include "recorder_types.h"

typedef recorder_derivation_t recorder_safe_key_derivation_operation_t;

#endif
