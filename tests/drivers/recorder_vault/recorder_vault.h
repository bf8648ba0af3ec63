// SPDX-License-Identifier: MIT

#ifndef RECORDER_VAULT_H
#define RECORDER_VAULT_H

#include "recorder_types.h"

#endif
