// SPDX-License-Identifier: MIT
#include "i2c_recovery.h"
#include "mcu.h"
#include "mcu_gpio.h"

// Half a period of 100 kHz, which every device understands.
#define HALF_US (5)
#define PULSES (9)

static void half_period(void) {
    uint64_t end = mcu_time_us() + HALF_US;
    while (mcu_time_us() < end) {
    }
}

static void set(unsigned pin, bool level) {
    mcu_gpio_write(pin, level);
    half_period();
}

void i2c_recover(unsigned scl, unsigned sda) {
    mcu_gpio_write(scl, true);
    mcu_gpio_write(sda, true);
    mcu_gpio_config(scl, MCU_GPIO_OPEN_DRAIN, MCU_GPIO_PULL_UP);
    mcu_gpio_config(sda, MCU_GPIO_OPEN_DRAIN, MCU_GPIO_PULL_UP);
    half_period();
    for (int i = 0; i < PULSES && !mcu_gpio_read(sda); ++i) {
        set(scl, false);
        set(scl, true);
    }
    set(scl, false);
    set(sda, false);
    set(scl, true);
    set(sda, true);
}
