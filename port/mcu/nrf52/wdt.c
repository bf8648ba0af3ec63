// SPDX-License-Identifier: MIT
// "WDT — Watchdog timer": counts the slow clock, in sleep too, not while a debugger halts the CPU. Its registers are closed
// once it runs.
#include <errno.h>

#include "mcu_wdt.h"
#include "soc.h"

#define MAX_MS (131071999u) // 2^32 periods, less one

_Static_assert((uint64_t)MAX_MS *SOC_LFCLK_HZ / 1000 - 1 <= 0xffffffffu, "the counter has 32 bits");

uint32_t mcu_wdt_max_ms(void) {
    return MAX_MS;
}

int mcu_wdt_start(uint32_t ms) {
    // At least 15, says "CRV".
    uint64_t periods = (uint64_t)ms * SOC_LFCLK_HZ / 1000;
    uint32_t reload = (uint32_t)(periods < 16 ? 16 : periods) - 1;
    // It may run on from before a reset.
    if (SOC_REG(SOC_WDT, WDT_RUNSTATUS) & 1) {
        mcu_wdt_feed();
        return SOC_REG(SOC_WDT, WDT_CRV) == reload ? 0 : -EBUSY;
    }
    SOC_REG(SOC_WDT, WDT_CONFIG) = WDT_CONFIG_IN_SLEEP;
    SOC_REG(SOC_WDT, WDT_CRV) = reload;
    SOC_REG(SOC_WDT, WDT_RREN) = 1; // RR[0] alone
    SOC_TASK(SOC_WDT, WDT_TASKS_START);
    return 0;
}

void mcu_wdt_feed(void) {
    SOC_REG(SOC_WDT, WDT_RR0) = WDT_RELOAD;
}
