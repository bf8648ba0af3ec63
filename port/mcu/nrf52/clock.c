// SPDX-License-Identifier: MIT
// Clocks ("CLOCK — Clock control"). The CPU has 64 MHz from the first instruction on, from the internal oscillator; the
// crystal, which the baud rates and mcu_time_us() want, takes over once it runs. While the CPU sleeps its own clock
// stands still, and SysTick and the cycle counter with it: the tick comes from RTC1, the time from TIMER4.
#include "mpconfigboard.h"
#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "clock.h"
#include "mcu.h"
#include "soc.h"

// Typically 360 us ("CLOCK", "Electrical specification").
#define HFXO_LIMIT_US (10000u)

#define TIMER_HZ_LOG2_DIVIDER (4u) // 16 MHz to 1 MHz
#define TICK_PRESCALER (SOC_LFCLK_HZ / 1000) // a tick of 33 / 32768 Hz

_Static_assert(CLOCK_TICKS_TO_US(SOC_LFCLK_HZ) == (TICK_PRESCALER + 1) * 1000000ull, "a tick is as long as clock.h says");

static const char *warning;
static uint32_t last_us;
static uint64_t total_us;

static void start_timer(void) {
    SOC_TASK(SOC_TIMER4, TIMER_TASKS_STOP);
    SOC_REG(SOC_TIMER4, TIMER_MODE) = TIMER_MODE_TIMER;
    SOC_REG(SOC_TIMER4, TIMER_BITMODE) = TIMER_BITMODE_32;
    SOC_REG(SOC_TIMER4, TIMER_PRESCALER) = TIMER_HZ_LOG2_DIVIDER;
    SOC_TASK(SOC_TIMER4, TIMER_TASKS_CLEAR);
    SOC_TASK(SOC_TIMER4, TIMER_TASKS_START);
    last_us = 0;

    // DWT counts the CPU's cycles.
    CoreDebug->DEMCR |= CoreDebug_DEMCR_TRCENA_Msk;
    DWT->CYCCNT = 0;
    DWT->CTRL |= DWT_CTRL_CYCCNTENA_Msk;
}

static void start_crystal(void) {
    SOC_CLEAR_EVENT(SOC_CLOCK, CLOCK_EVENTS_HFCLKSTARTED);
    SOC_TASK(SOC_CLOCK, CLOCK_TASKS_HFCLKSTART);
    uint64_t end = mcu_time_us() + HFXO_LIMIT_US;
    while (SOC_REG(SOC_CLOCK, CLOCK_EVENTS_HFCLKSTARTED) == 0) {
        if (mcu_time_us() > end) {
            SOC_TASK(SOC_CLOCK, CLOCK_TASKS_HFCLKSTOP);
            warning = "the crystal does not start, the clock comes from the internal oscillator";
            return;
        }
    }
}

// With the crystal as source the RC oscillator runs until the crystal does, a quarter of a second later, and for ever
// when that does not start ("LFCLK clock controller"): nothing to wait for.
static void start_tick(void) {
    SOC_REG(SOC_CLOCK, CLOCK_LFCLKSRC) = MICROPY_HW_LFXO ? CLOCK_LFCLKSRC_XTAL : CLOCK_LFCLKSRC_RC;
    SOC_TASK(SOC_CLOCK, CLOCK_TASKS_LFCLKSTART);
    SOC_TASK(SOC_RTC1, RTC_TASKS_STOP);
    SOC_REG(SOC_RTC1, RTC_PRESCALER) = TICK_PRESCALER;
    SOC_TASK(SOC_RTC1, RTC_TASKS_CLEAR);
    SOC_TASK(SOC_RTC1, RTC_TASKS_START);
    SOC_REG(SOC_RTC1, SOC_INTENSET) = SOC_EVENT_MASK(RTC_EVENTS_TICK);
    // Lowest priority: a tick may wait for a UART byte, not the other way round.
    NVIC_SetPriority(RTC1_IRQn, (1u << __NVIC_PRIO_BITS) - 1);
    NVIC_EnableIRQ(RTC1_IRQn);
}

void clock_init(void) {
    SOC_REG(SOC_NVMC, NVMC_ICACHECNF) = NVMC_ICACHECNF_ENABLE;
    start_timer();
    start_crystal();
    start_tick();
}

void clock_sleep(void) {
    (void)mcu_time_us();
    SOC_REG(SOC_RTC1, SOC_INTENCLR) = SOC_EVENT_MASK(RTC_EVENTS_TICK);
    SOC_CLEAR_EVENT(SOC_RTC1, RTC_EVENTS_TICK);
    NVIC_ClearPendingIRQ(RTC1_IRQn);
    SOC_TASK(SOC_TIMER4, TIMER_TASKS_STOP);
    SOC_TASK(SOC_CLOCK, CLOCK_TASKS_HFCLKSTOP);
}

void clock_wake(uint64_t slept_us) {
    SOC_TASK(SOC_TIMER4, TIMER_TASKS_START);
    total_us += slept_us;
    start_crystal();
    SOC_REG(SOC_RTC1, SOC_INTENSET) = SOC_EVENT_MASK(RTC_EVENTS_TICK);
}

void clock_tick_handler(void) {
    SOC_CLEAR_EVENT(SOC_RTC1, RTC_EVENTS_TICK);
    mcu_tick();
}

const char *mcu_start_warning(void) {
    return warning;
}

uint32_t mcu_clock_hz(void) {
    return SOC_CLOCK_HZ;
}

uint32_t mcu_ticks_cpu(void) {
    return DWT->CYCCNT;
}

// The counter wraps every 71 minutes; the tick reads it more often than that.
uint64_t mcu_time_us(void) {
    uint32_t state = irq_disable_save();
    SOC_TASK(SOC_TIMER4, TIMER_TASKS_CAPTURE0);
    uint32_t now = SOC_REG(SOC_TIMER4, TIMER_CC0);
    total_us += now - last_us;
    last_us = now;
    uint64_t us = total_us;
    irq_restore(state);
    return us;
}

void mcu_tick(void) {
    (void)mcu_time_us();
}
