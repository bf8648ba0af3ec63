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

mcu_reset_cause_t mcu_reset_cause(void) {
    SOC_RCC->APB1ENR |= RCC_APB1ENR_PWREN;
    (void)SOC_RCC->APB1ENR;
    uint32_t flags = SOC_RCC->CSR;
    bool standby = SOC_PWR->CSR & PWR_CSR_SBF;
    SOC_RCC->CSR |= RCC_CSR_RMVF;
    SOC_PWR->CR |= PWR_CR_CSBF | PWR_CR_CWUF;
    // Every reset pulls the pin low as well, so the pin's flag says least; leaving standby is a reset of the core domain.
    if (flags & (RCC_CSR_IWDGRSTF | RCC_CSR_WWDGRSTF)) {
        return MCU_RESET_WATCHDOG;
    }
    if (standby) {
        return MCU_RESET_DEEPSLEEP;
    }
    if (flags & RCC_CSR_PORRSTF) {
        return MCU_RESET_POWER_ON;
    }
    if (flags & (RCC_CSR_SFTRSTF | RCC_CSR_LPWRRSTF)) {
        return MCU_RESET_SOFTWARE;
    }
    if (flags & RCC_CSR_BORRSTF) {
        return MCU_RESET_POWER_ON;
    }
    return flags & RCC_CSR_PINRSTF ? MCU_RESET_PIN : MCU_RESET_UNKNOWN;
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
