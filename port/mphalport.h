// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

#include "cortexm/irq.h"
#include "shared/runtime/interrupt_char.h"

#define MICROPY_BEGIN_ATOMIC_SECTION() irq_disable_save()
#define MICROPY_END_ATOMIC_SECTION(state) irq_restore(state)

// The 1 ms tick wakes the CPU, so a wait with a timeout needs no timer of its own.
#define MICROPY_INTERNAL_WFE(timeout_ms) irq_wait()

void mp_hal_set_interrupt_char(int c);
