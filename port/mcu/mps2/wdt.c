// SPDX-License-Identifier: MIT
// CMSDK APB watchdog: a counter at the CPU's clock. At its first zero it raises the NMI, whose handler resets; should that
// not run, the hardware does at the second.
#include "cortexm/handlers.h"
#include "fatal.h"
#include "mcu_wdt.h"
#include "soc.h"

#define TICKS_PER_MS (SOC_CLOCK_HZ / 1000)

static uint32_t load;

uint32_t mcu_wdt_max_ms(void) {
    return UINT32_MAX / TICKS_PER_MS;
}

int mcu_wdt_start(uint32_t ms) {
    load = ms * TICKS_PER_MS;
    SOC_WDT->LOCK = WDT_LOCK_KEY;
    SOC_WDT->LOAD = load;
    SOC_WDT->CONTROL = WDT_CONTROL_INTEN | WDT_CONTROL_RESEN;
    SOC_WDT->LOCK = 0;
    return 0;
}

// Writing LOAD starts the count anew.
void mcu_wdt_feed(void) {
    SOC_WDT->LOCK = WDT_LOCK_KEY;
    SOC_WDT->LOAD = load;
    SOC_WDT->LOCK = 0;
}

// NMI. The chip has no flag that tells why it started.
void watchdog_handler(void) {
    announced_reset(RESET_CAUSE_WATCHDOG);
}
