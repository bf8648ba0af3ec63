// SPDX-License-Identifier: MIT
#include <string.h>

#include "cortexm/fault.h"
#include "cortexm/mpu.h"
#include "cortexm/ticks.h"
#include "clock.h"
#include "flash.h"
#include "mcu.h"
#include "semihosting.h"
#include "soc.h"

#define SYS_TIME (0x11)

static uint32_t rtc_at_boot;

void mcu_init(void) {
    fault_init();
    mpu_init();
    clock_init();
    ticks_init(SOC_CLOCK_HZ);
    rtc_at_boot = (uint32_t)semihosting_call(SYS_TIME, NULL);
    flash_init();
}

void mcu_reset(void) {
    // The host keeps a file open across the reset of its guest.
    flash_deinit();
    NVIC_SystemReset();
}

uint32_t mcu_rtc_at_boot(void) {
    return rtc_at_boot;
}

// The board has no serial number. The emulator gives each flash file one (uid=HEX); without it there is only
// the identity of the FPGA image.
size_t mcu_unique_id(uint8_t *id, size_t size) {
    char hex[2 * 16 + 1];
    size_t len = 0;
    if (semihosting_argument("uid", hex, sizeof(hex))) {
        for (const char *c = hex; c[0] != '\0' && c[1] != '\0' && len < size; c += 2) {
            uint8_t value = 0;
            for (int i = 0; i < 2; ++i) {
                const char *digits = "0123456789abcdef";
                const char *digit = strchr(digits, c[i]);
                if (digit == NULL) {
                    return 0;
                }
                value = (uint8_t)(value << 4 | (uint8_t)(digit - digits));
            }
            id[len++] = value;
        }
        return len;
    }
    uint32_t image = SOC_SCC_ID;
    len = sizeof(image) < size ? sizeof(image) : size;
    memcpy(id, &image, len);
    return len;
}
