// SPDX-License-Identifier: MIT
// Sleep ("POWER — Power supply", System ON and System OFF mode). RTC1 is the alarm clock: its ticks are 1.007 ms long, the
// time that is slept is right to one of them.
#include "cortexm/irq.h"
#include "clock.h"
#include "gpio.h"
#include "mcu.h"
#include "soc.h"
#include "system.h"
#include "uart.h"

// COMPARE comes for sure when it is set two ticks ahead ("RTC", "Compare feature"); half of the counter is far enough.
#define TICKS_MIN (2u)
#define TICKS_MAX (0x7fffffu)

static uint32_t counter(void) {
    return SOC_REG(SOC_RTC1, RTC_COUNTER);
}

// Whole ticks, rounded up, and the one that has begun.
static uint32_t ticks_of(uint64_t us) {
    uint64_t ticks = us >= CLOCK_TICKS_TO_US(TICKS_MAX) ? TICKS_MAX : us * SOC_LFCLK_HZ / 33000000u + 2;
    return ticks < TICKS_MIN ? TICKS_MIN : ticks > TICKS_MAX ? TICKS_MAX
                                                             : (uint32_t)ticks;
}

// Everything off that can be, up to an alarm `ticks` ahead or a pin's interrupt; returns the ticks that it took.
static uint32_t nap(uint32_t ticks) {
    uint32_t start = counter();
    SOC_REG(SOC_RTC1, RTC_CC0) = (start + ticks) & RTC_COUNTER_MASK;
    SOC_CLEAR_EVENT(SOC_RTC1, RTC_EVENTS_COMPARE0);
    SOC_REG(SOC_RTC1, SOC_INTENSET) = SOC_EVENT_MASK(RTC_EVENTS_COMPARE0);
    // Interrupts are masked, so that none is lost between the look and the sleep; WFI ends with a pending one anyway.
    while (!gpio_irq_pending() && SOC_REG(SOC_RTC1, RTC_EVENTS_COMPARE0) == 0) {
        __DSB();
        irq_wait();
    }
    SOC_REG(SOC_RTC1, SOC_INTENCLR) = SOC_EVENT_MASK(RTC_EVENTS_COMPARE0);
    SOC_CLEAR_EVENT(SOC_RTC1, RTC_EVENTS_COMPARE0);
    NVIC_ClearPendingIRQ(RTC1_IRQn);
    return (counter() - start) & RTC_COUNTER_MASK;
}

void mcu_lightsleep(uint64_t us) {
    uart_sleep();
    uint32_t state = irq_disable_save();
    clock_sleep();
    uint64_t slept = 0;
    do {
        slept += CLOCK_TICKS_TO_US(nap(us == MCU_SLEEP_FOREVER ? TICKS_MAX : ticks_of(us - slept)));
    } while (!gpio_irq_pending() && slept < us);
    clock_wake(slept);
    irq_restore(state);
    uart_wake();
}

// System OFF mode has no clock: with a time to sleep the chip takes the nap above, and a reset after it.
void mcu_deepsleep(uint64_t us) {
    if (us != MCU_SLEEP_FOREVER) {
        mcu_lightsleep(us);
        SOC_REG(SOC_POWER, POWER_GPREGRET) = SYSTEM_SLEPT;
        mcu_reset();
    }
    uart_sleep();
    irq_disable_save();
    gpio_sense_armed();
    SOC_REG(SOC_POWER, POWER_SYSTEMOFF) = 1;
    __DSB();
    // With a debugger System OFF is played ("Emulated System OFF mode"): the CPU goes on.
    for (;;) {
        irq_wait();
    }
}
