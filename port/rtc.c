// SPDX-License-Identifier: MIT
#include "rtc.h"
#include "mcu.h"

#if MCU_HAS_RTC
#include "mcu_rtc.h"
#endif

// "TIME"
#define KEPT_MAGIC (0x54494d45)

static struct {
    uint32_t magic;
    uint32_t check; // of the time: RAM is random after power-on
    uint64_t us;
} kept __attribute__((section(".noinit")));

static uint64_t start_us;

static uint32_t check_of(uint64_t us) {
    return ~((uint32_t)us ^ (uint32_t)(us >> 32));
}

void rtc_init(void) {
    uint64_t us = (uint64_t)mcu_rtc_at_boot() * 1000000;
    if (kept.magic == KEPT_MAGIC && kept.check == check_of(kept.us)) {
        us = kept.us;
    }
    kept.magic = 0;
#if MCU_HAS_RTC
    uint64_t clock_us;
    if (mcu_rtc_read(&clock_us)) {
        us = clock_us;
    }
#endif
    start_us = us - mcu_time_us();
}

uint64_t rtc_now_us(void) {
    return start_us + mcu_time_us();
}

int rtc_set_us(uint64_t us) {
    start_us = us - mcu_time_us();
#if MCU_HAS_RTC
    return mcu_rtc_write(us);
#else
    return 0;
#endif
}

void rtc_keep(void) {
    if (start_us == 0) {
        return; // a fault before rtc_init()
    }
    kept.us = rtc_now_us();
    kept.check = check_of(kept.us);
    kept.magic = KEPT_MAGIC;
}
