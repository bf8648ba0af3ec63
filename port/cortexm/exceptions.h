// SPDX-License-Identifier: MIT
// The core's own exceptions: the negative part of a SoC's IRQn_Type, with the names that CMSIS expects.
#pragma once

#define CORTEXM_EXCEPTIONS \
    NonMaskableInt_IRQn = -14, \
    HardFault_IRQn = -13, \
    MemoryManagement_IRQn = -12, \
    BusFault_IRQn = -11, \
    UsageFault_IRQn = -10, \
    SVCall_IRQn = -5, \
    DebugMonitor_IRQn = -4, \
    PendSV_IRQn = -2, \
    SysTick_IRQn = -1
