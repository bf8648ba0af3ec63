// SPDX-License-Identifier: MIT
// The clock of the backup domain (RM0090, chapters "Real-time clock (RTC)" and "Power controller (PWR)"), which goes on
// through resets, and without power when there is a battery.
//
// The calendar is a counter here: it starts once, at its own first day, and is never set. What the time was at that
// moment is in the backup registers, to the microsecond; stopping the calendar to set it would lose the fraction.
#include <errno.h>
#include <stddef.h>

#include "mpconfigboard.h"
#include "mcu.h"
#include "mcu_rtc.h"
#include "rtc_hw.h"
#include "soc.h"

// MICROPY_HW_HAS_LSE of a board: it has the 32.768 kHz crystal.
#define LSI_HZ (32000u)
#define LSE_HZ (32768u)
#define PREDIV_A (8u)

// Datasheet DS8626: LSE starts within 2 s, LSI within 40 us.
#define LSE_WAIT_US (3000000u)
#define WAIT_US (100000u)

// Backup registers.
#define BKP_MAGIC (0)
#define BKP_LOW (1)
#define BKP_HIGH (2)
#define BKP_CHECK (3)
// "RTC1"
#define MAGIC (0x52544331u)

static bool wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t max_us) {
    uint64_t end = mcu_time_us() + max_us;
    while ((*reg & mask) == 0) {
        if (mcu_time_us() >= end) {
            return false;
        }
    }
    return true;
}

static void open_domain(void) {
    SOC_RCC->APB1ENR |= RCC_APB1ENR_PWREN;
    (void)SOC_RCC->APB1ENR;
    SOC_PWR->CR |= PWR_CR_DBP;
}

void rtc_hw_unlock(void) {
    SOC_RTC->WPR = 0xca;
    SOC_RTC->WPR = 0x53;
}

void rtc_hw_lock(void) {
    SOC_RTC->WPR = 0xff;
}

static bool lsi_start(void) {
    SOC_RCC->CSR |= RCC_CSR_LSION;
    return wait_for(&SOC_RCC->CSR, RCC_CSR_LSIRDY, WAIT_US);
}

// Whether the clock runs, after seeing to it that its oscillator does: a reset stops LSI.
static bool resume(void) {
    open_domain();
    uint32_t domain = SOC_RCC->BDCR;
    if ((domain & RCC_BDCR_RTCEN) == 0) {
        return false;
    }
    switch (domain & RCC_BDCR_RTCSEL_MASK) {
        case RCC_BDCR_RTCSEL_LSE:
            return (domain & RCC_BDCR_LSERDY) != 0;
        case RCC_BDCR_RTCSEL_LSI:
            return lsi_start();
        default:
            return false;
    }
}

static uint32_t clock_hz(void) {
    return (SOC_RCC->BDCR & RCC_BDCR_RTCSEL_MASK) == RCC_BDCR_RTCSEL_LSE ? LSE_HZ : LSI_HZ;
}

static bool start(void) {
    open_domain();
    // The source can be chosen once after a reset of the domain.
    SOC_RCC->BDCR = RCC_BDCR_BDRST;
    SOC_RCC->BDCR = 0;
    uint32_t source = RCC_BDCR_RTCSEL_LSI;
#if MICROPY_HW_HAS_LSE
    SOC_RCC->BDCR = RCC_BDCR_LSEON;
    if (wait_for(&SOC_RCC->BDCR, RCC_BDCR_LSERDY, LSE_WAIT_US)) {
        source = RCC_BDCR_RTCSEL_LSE;
    }
#endif
    if (source == RCC_BDCR_RTCSEL_LSI && !lsi_start()) {
        return false;
    }
    SOC_RCC->BDCR = (SOC_RCC->BDCR & ~RCC_BDCR_RTCSEL_MASK) | source | RCC_BDCR_RTCEN;
    rtc_hw_unlock();
    SOC_RTC->ISR |= RTC_ISR_INIT;
    bool ready = wait_for(&SOC_RTC->ISR, RTC_ISR_INITF, WAIT_US);
    if (ready) {
        // 4 kHz for the fraction, 1 Hz for the calendar. The manual wants two writes, this part first.
        uint32_t fraction = clock_hz() / PREDIV_A - 1;
        SOC_RTC->PRER = fraction;
        SOC_RTC->PRER = fraction | (PREDIV_A - 1) << 16;
        SOC_RTC->CR |= RTC_CR_BYPSHAD;
    }
    SOC_RTC->ISR &= ~RTC_ISR_INIT;
    rtc_hw_lock();
    return ready;
}

bool rtc_hw_start(void) {
    return resume() || start();
}

static uint32_t bcd(uint32_t value) {
    return 10 * (value >> 4) + (value & 15);
}

// Days since 0000-03-01 of a year of two digits: constant months in a year that begins with March.
static uint32_t days_of(uint32_t date) {
    uint32_t year = bcd(date >> 16 & 0xff);
    uint32_t month = bcd(date >> 8 & 0x1f);
    uint32_t day = bcd(date & 0x3f);
    year += month <= 2 ? 99 : 100; // 100: the year 2000, which is a leap year like 0
    month += month <= 2 ? 9 : (uint32_t)-3;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
}

// Without shadow registers a reading can fall into a change: it counts when it comes twice.
uint64_t rtc_hw_us(void) {
    uint32_t fraction, time, date;
    do {
        fraction = SOC_RTC->SSR;
        time = SOC_RTC->TR;
        date = SOC_RTC->DR;
    } while (fraction != SOC_RTC->SSR || time != SOC_RTC->TR || date != SOC_RTC->DR);
    uint32_t per_second = clock_hz() / PREDIV_A;
    uint32_t seconds = 3600 * bcd(time >> 16 & 0x3f) + 60 * bcd(time >> 8 & 0x7f) + bcd(time & 0x7f);
    // It counts down.
    uint64_t part = (uint64_t)(per_second - 1 - (fraction < per_second ? fraction : per_second - 1)) * 1000000 / per_second;
    return ((uint64_t)days_of(date) * 86400 + seconds) * 1000000 + part;
}

uint32_t rtc_hw_hz(void) {
    return clock_hz();
}

bool mcu_rtc_read(uint64_t *us) {
    if (!resume()) {
        return false;
    }
    uint32_t low = SOC_RTC->BKP[BKP_LOW];
    uint32_t high = SOC_RTC->BKP[BKP_HIGH];
    if (SOC_RTC->BKP[BKP_MAGIC] != MAGIC || SOC_RTC->BKP[BKP_CHECK] != ~(low ^ high)) {
        return false;
    }
    *us = ((uint64_t)high << 32 | low) + rtc_hw_us();
    return true;
}

int mcu_rtc_write(uint64_t us) {
    if (!rtc_hw_start()) {
        return -EIO;
    }
    uint64_t difference = us - rtc_hw_us();
    uint32_t low = (uint32_t)difference;
    uint32_t high = (uint32_t)(difference >> 32);
    // A reset in between leaves a wrong check.
    SOC_RTC->BKP[BKP_CHECK] = low ^ high;
    SOC_RTC->BKP[BKP_LOW] = low;
    SOC_RTC->BKP[BKP_HIGH] = high;
    SOC_RTC->BKP[BKP_MAGIC] = MAGIC;
    SOC_RTC->BKP[BKP_CHECK] = ~(low ^ high);
    return 0;
}
