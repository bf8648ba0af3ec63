// SPDX-License-Identifier: MIT
// Stop and Standby mode (RM0090, chapter "Power controller (PWR)", "Low-power modes"), with the RTC's wake-up timer as alarm
// clock. Stop mode ends with the internal oscillator as clock; the tick and the microsecond counter stood still.
#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "clock.h"
#include "gpio.h"
#include "mcu.h"
#include "rtc_hw.h"
#include "soc.h"

// The wake-up timer has 16 bits at 1/16 of the RTC's clock, 32 s; a 17th bit would make 64 s.
#define WAKEUP_DIVIDER (16u)
#define WAKEUP_MAX (0x10000u)
#define WAIT_US (100000u)

static volatile bool rang;

// RTC wake-up: the flag in the RTC stays until alarm_off(), the line's must go now.
void rtc_wakeup_handler(void) {
    rang = true;
    SOC_EXTI->PR = 1u << 22;
}

static void alarm_off(void) {
    rtc_hw_unlock();
    SOC_RTC->CR &= ~(RTC_CR_WUTE | RTC_CR_WUTIE);
    // Flags are cleared by 0; INIT must stay 0.
    SOC_RTC->ISR = ~(RTC_ISR_WUTF | RTC_ISR_INIT);
    rtc_hw_lock();
    SOC_EXTI->PR = 1u << 22;
}

static void alarm_in(uint64_t us) {
    alarm_off();
    uint64_t ticks = us * (rtc_hw_hz() / WAKEUP_DIVIDER) / 1000000;
    uint32_t count = ticks < 1 ? 1 : ticks > WAKEUP_MAX ? WAKEUP_MAX
                                                        : (uint32_t)ticks;
    rtc_hw_unlock();
    uint64_t end = mcu_time_us() + WAIT_US;
    while ((SOC_RTC->ISR & RTC_ISR_WUTWF) == 0 && mcu_time_us() < end) {
    }
    SOC_RTC->CR &= ~RTC_CR_WUCKSEL_MASK; // 0: 1/16
    SOC_RTC->WUTR = count - 1;
    rang = false;
    SOC_RTC->CR |= RTC_CR_WUTE | RTC_CR_WUTIE;
    rtc_hw_lock();
    gpio_enable_rtc_wakeup();
    NVIC_SetPriority(RTC_WKUP_IRQn, 8);
    NVIC_EnableIRQ(RTC_WKUP_IRQn);
}

static bool pin_interrupt_pending(void) {
    return (SOC_EXTI->PR & SOC_EXTI->IMR & 0xffff) != 0;
}

void mcu_lightsleep(uint64_t us) {
    bool timed = us != MCU_SLEEP_FOREVER;
    // Without an RTC that runs nothing measures the time in Stop mode; then the CPU alone sleeps.
    bool has_rtc = rtc_hw_start();
    uint64_t rtc_start = has_rtc ? rtc_hw_us() : 0;
    uint64_t start = mcu_time_us();
    uint32_t ticks = SysTick->CTRL;
    SOC_PWR->CR = (SOC_PWR->CR & ~PWR_CR_PDDS) | PWR_CR_LPDS;

    bool woken = false;
    while (!woken) {
        uint64_t gone = has_rtc ? rtc_hw_us() - rtc_start : mcu_time_us() - start;
        if (timed && gone >= us) {
            break;
        }
        if (has_rtc && timed) {
            alarm_in(us - gone);
        }
        // Interrupts are masked so that none is lost between the look and the sleep; WFI ends with a pending one anyway.
        uint32_t state = irq_disable_save();
        if (has_rtc) {
            SysTick->CTRL = ticks & ~(SysTick_CTRL_TICKINT_Msk | SysTick_CTRL_ENABLE_Msk);
            SCB->ICSR = SCB_ICSR_PENDSTCLR_Msk;
            SCB->SCR |= SCB_SCR_SLEEPDEEP_Msk;
        }
        if (!pin_interrupt_pending() && !(has_rtc && rang)) {
            __DSB();
            irq_wait();
        }
        SCB->SCR &= ~SCB_SCR_SLEEPDEEP_Msk;
        woken = pin_interrupt_pending();
        if (has_rtc) {
            clock_resume();
            SysTick->CTRL = ticks;
        }
        irq_restore(state);
    }
    if (has_rtc) {
        alarm_off();
        NVIC_DisableIRQ(RTC_WKUP_IRQn);
        // What the counter missed; where it ran on, as in an emulator, nothing.
        uint64_t slept = rtc_hw_us() - rtc_start;
        uint64_t counted = mcu_time_us() - start;
        clock_add_us(slept > counted ? slept - counted : 0);
    }
    SOC_PWR->CR &= ~PWR_CR_LPDS;
}

// Standby: everything but the backup domain loses its power, and waking is a reset. More than 32 s cannot be reached with
// one alarm: the calendar's second then counts, up to 18 hours.
void mcu_deepsleep(uint64_t us) {
    if (us != MCU_SLEEP_FOREVER && rtc_hw_start()) {
        if (us <= (uint64_t)WAKEUP_MAX * WAKEUP_DIVIDER * 1000000 / rtc_hw_hz()) {
            alarm_in(us);
        } else {
            uint64_t seconds = us / 1000000;
            alarm_off();
            rtc_hw_unlock();
            SOC_RTC->CR = (SOC_RTC->CR & ~RTC_CR_WUCKSEL_MASK) | RTC_CR_WUCKSEL_1HZ;
            SOC_RTC->WUTR = seconds > WAKEUP_MAX ? WAKEUP_MAX - 1 : (uint32_t)seconds - 1;
            SOC_RTC->CR |= RTC_CR_WUTE | RTC_CR_WUTIE;
            rtc_hw_lock();
            gpio_enable_rtc_wakeup();
            NVIC_EnableIRQ(RTC_WKUP_IRQn);
        }
    }
    irq_disable_save();
    SysTick->CTRL = 0;
    SCB->ICSR = SCB_ICSR_PENDSTCLR_Msk;
    SOC_PWR->CR |= PWR_CR_CWUF | PWR_CR_PDDS;
    SOC_PWR->CSR |= PWR_CSR_EWUP; // PA0, rising
    SCB->SCR |= SCB_SCR_SLEEPDEEP_Msk;
    __DSB();
    // An interrupt that is pending, or a debugger, keeps the chip from going down: then this ends like a short sleep.
    irq_wait();
    mcu_reset();
}
