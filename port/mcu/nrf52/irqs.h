// SPDX-License-Identifier: MIT
// The interrupts that the firmware uses; see cortexm/handlers.h.
#pragma once

#define SOC_IRQ_HANDLERS(X) \
    X(UARTE0_IRQn, uarte_handler_0) \
    X(GPIOTE_IRQn, gpiote_handler) \
    X(RTC1_IRQn, clock_tick_handler) \
    X(UARTE1_IRQn, uarte_handler_1)
