// SPDX-License-Identifier: MIT

#ifndef RECORDER_SOFT_H
#define RECORDER_SOFT_H

#include "recorder_types.h"

typedef recorder_derivation_t recorder_soft_key_derivation_operation_t;

typedef struct {
    unsigned int calls;
} recorder_soft_derive_key_memory_t;

#endif
