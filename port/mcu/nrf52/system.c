// SPDX-License-Identifier: MIT
#include <string.h>

#include "genhdr/debug_port.h"
#include "cortexm/fault.h"
#include "cortexm/mpu.h"
#include "clock.h"
#include "mcu.h"
#include "soc.h"
#include "system.h"

#define SECONDS_1970_TO_2000 (946684800u)

#if MICROPSA_DEBUG_PORT_OPEN
// "Debug and trace", "Access port protection": from revision 3 (build codes Fxx) on, every reset closes the port until the
// firmware says otherwise, which counts only where UICR says so too. Older chips have neither that value nor the register.
static void open_debug_port(void) {
    if ((SOC_REG(SOC_UICR, UICR_APPROTECT) & UICR_APPROTECT_MASK) == UICR_APPROTECT_HW_DISABLED) {
        SOC_REG(SOC_APPROTECT, APPROTECT_DISABLE) = APPROTECT_DISABLE_SW;
    }
}
#endif

void mcu_init(void) {
#if MICROPSA_DEBUG_PORT_OPEN
    open_debug_port();
#endif
    fault_init();
    mpu_init();
    clock_init();
}

// "RESETREAS": cumulative, cleared by 1. A reset by the pin may set other bits too (erratum 136). Nothing is set by
// power-on and brown-out.
mcu_reset_cause_t mcu_reset_cause(void) {
    uint32_t reason = SOC_REG(SOC_POWER, POWER_RESETREAS);
    SOC_REG(SOC_POWER, POWER_RESETREAS) = reason;
    bool slept = SOC_REG(SOC_POWER, POWER_GPREGRET) == SYSTEM_SLEPT;
    SOC_REG(SOC_POWER, POWER_GPREGRET) = 0;
    if (reason == 0) {
        return MCU_RESET_POWER_ON;
    }
    if (reason & POWER_RESETREAS_PIN) {
        return MCU_RESET_PIN;
    }
    if (reason & POWER_RESETREAS_WATCHDOG) {
        return MCU_RESET_WATCHDOG;
    }
    if ((reason & POWER_RESETREAS_OFF) || ((reason & POWER_RESETREAS_SOFTWARE) && slept)) {
        return MCU_RESET_DEEPSLEEP;
    }
    return reason & POWER_RESETREAS_SOFTWARE ? MCU_RESET_SOFTWARE : MCU_RESET_UNKNOWN;
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
