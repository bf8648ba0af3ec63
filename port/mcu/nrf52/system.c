// SPDX-License-Identifier: MIT
#include <string.h>

#include "cortexm/fault.h"
#include "cortexm/mpu.h"
#include "clock.h"
#include "mcu.h"
#include "soc.h"

#define SECONDS_1970_TO_2000 (946684800u)

void mcu_init(void) {
    fault_init();
    mpu_init();
    clock_init();
}

void mcu_reset(void) {
    NVIC_SystemReset();
}

uint32_t mcu_rtc_at_boot(void) {
    return SECONDS_1970_TO_2000;
}

size_t mcu_unique_id(uint8_t *id, size_t size) {
    const uint32_t words[] = { SOC_REG(SOC_FICR, FICR_DEVICEID0), SOC_REG(SOC_FICR, FICR_DEVICEID1) };
    size_t len = size < sizeof(words) ? size : sizeof(words);
    memcpy(id, words, len);
    return len;
}
