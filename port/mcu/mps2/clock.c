// SPDX-License-Identifier: MIT
// Time from timer 1 of the dual timer, which runs free at the CPU's clock. SysTick only wakes the CPU: ticks that an
// emulator merges when its host is busy are no lost time then.
#include "cortexm/irq.h"
#include "mcu.h"
#include "clock.h"
#include "soc.h"

static uint32_t last;
static uint64_t total;

void clock_init(void) {
    SOC_TIMER1->CONTROL = 0;
    SOC_TIMER1->LOAD = 0xffffffff;
    SOC_TIMER1->CONTROL = TIMER_CONTROL_32BIT;
    SOC_TIMER1->CONTROL = TIMER_CONTROL_32BIT | TIMER_CONTROL_ENABLE;
    last = mcu_ticks_cpu();
}

uint32_t mcu_clock_hz(void) {
    return SOC_CLOCK_HZ;
}

uint32_t mcu_ticks_cpu(void) {
    return ~SOC_TIMER1->VALUE;
}

// The counter wraps every 171 s; it must be read more often than that, which the tick does.
uint64_t mcu_time_us(void) {
    uint32_t state = irq_disable_save();
    uint32_t now = mcu_ticks_cpu();
    total += now - last;
    last = now;
    uint64_t ticks = total;
    irq_restore(state);
    return ticks / (SOC_CLOCK_HZ / 1000000);
}

void mcu_tick(void) {
    (void)mcu_time_us();
}
