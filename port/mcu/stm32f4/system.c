// SPDX-License-Identifier: MIT
#include <string.h>

#include "cortexm/fault.h"
#include "cortexm/mpu.h"
#include "cortexm/ticks.h"
#include "clock.h"
#include "flash.h"
#include "mcu.h"
#include "soc.h"

#define SECONDS_1970_TO_2000 (946684800u)

void mcu_init(void) {
    fault_init();
    mpu_init();
    clock_init();
    ticks_init(mcu_clock_hz());
    flash_init();
}

void mcu_reset(void) {
    NVIC_SystemReset();
}

uint32_t mcu_rtc_at_boot(void) {
    return SECONDS_1970_TO_2000;
}

size_t mcu_unique_id(uint8_t *id, size_t size) {
    uint32_t words[SOC_UNIQUE_ID_SIZE / 4];
    for (size_t i = 0; i < SOC_UNIQUE_ID_SIZE / 4; ++i) {
        words[i] = SOC_UNIQUE_ID[i];
    }
    size_t len = size < sizeof(words) ? size : sizeof(words);
    memcpy(id, words, len);
    return len;
}
