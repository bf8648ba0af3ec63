// SPDX-License-Identifier: MIT
#include "cortexm/ticks.h"
#include "mcu.h"
#include "soc.h"

void ticks_init(uint32_t hz) {
    SysTick->LOAD = hz / 1000 - 1;
    SysTick->VAL = 0;
    // Lowest priority: a tick may wait for a UART byte, not the other way round.
    NVIC_SetPriority(SysTick_IRQn, (1u << __NVIC_PRIO_BITS) - 1);
    SysTick->CTRL = SysTick_CTRL_CLKSOURCE_Msk | SysTick_CTRL_TICKINT_Msk | SysTick_CTRL_ENABLE_Msk;
}

void ticks_handler(void) {
    mcu_tick();
}
