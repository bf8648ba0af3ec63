// SPDX-License-Identifier: MIT
// Independent watchdog (RM0090, chapter "Independent watchdog (IWDG)"). Its clock is the low-speed internal oscillator,
// 32 kHz nominally; the datasheet (DS8626) allows 17 to 47 kHz, so a period of 1000 ms is 680 to 1880 ms long.
#include "mcu_wdt.h"
#include "soc.h"

#define LSI_KHZ (32u)
#define MAX_RELOAD (0xfffu)
#define MAX_PRESCALER_CODE (6u) // divides by 256

// An update takes up to 5 cycles of the prescaled clock; a turn of the loop at least 4 cycles at 168 MHz.
#define WAIT_TURNS (4000000u)

uint32_t mcu_wdt_max_ms(void) {
    return (MAX_RELOAD + 1) * (4u << MAX_PRESCALER_CODE) / LSI_KHZ;
}

int mcu_wdt_start(uint32_t ms) {
    uint32_t code = 0;
    uint32_t ticks;
    // The finest prescaler that reaches so far.
    while ((ticks = (ms * LSI_KHZ + (4u << code) - 1) / (4u << code)) > MAX_RELOAD + 1) {
        ++code;
    }
    SOC_IWDG->KR = IWDG_KEY_START; // starts the oscillator too, which the updates need
    SOC_IWDG->KR = IWDG_KEY_UNLOCK;
    SOC_IWDG->PR = code;
    SOC_IWDG->RLR = ticks - 1;
    for (uint32_t turn = 0; turn < WAIT_TURNS && SOC_IWDG->SR != 0; ++turn) {
    }
    mcu_wdt_feed();
    return 0;
}

void mcu_wdt_feed(void) {
    SOC_IWDG->KR = IWDG_KEY_RELOAD;
}
