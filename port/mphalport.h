// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

#include "cortexm/irq.h"
#include "shared/runtime/interrupt_char.h"

#define MICROPY_BEGIN_ATOMIC_SECTION() irq_disable_save()
#define MICROPY_END_ATOMIC_SECTION(state) irq_restore(state)

// The 1 ms tick wakes the CPU, so a wait with a timeout needs no timer of its own.
#define MICROPY_INTERNAL_WFE(timeout_ms) irq_wait()

void mp_hal_set_interrupt_char(int c);

#if MCU_HAS_GPIO
// Pins are the flat numbers of mcu/mcu_gpio.h.
#include "port/machine_pin.h"
#include "port/mcu/mcu_gpio.h"

#define MICROPY_PY_MACHINE_PIN_MAKE_NEW mp_pin_make_new

#define MP_HAL_PIN_FMT "%q"
#define mp_hal_pin_obj_t unsigned
#define mp_hal_get_pin_obj(pin) machine_pin_get(pin)
#define mp_hal_pin_name(pin) machine_pin_name(pin)
#define mp_hal_pin_read(pin) mcu_gpio_read(pin)
#define mp_hal_pin_write(pin, level) mcu_gpio_write(pin, level)
#define mp_hal_pin_input(pin) mcu_gpio_config(pin, MCU_GPIO_IN, MCU_GPIO_PULL_NONE)
#define mp_hal_pin_output(pin) mcu_gpio_config(pin, MCU_GPIO_OUT, MCU_GPIO_PULL_NONE)
// Buses have their own pull-ups; the internal one only keeps a bus without them from floating.
#define mp_hal_pin_open_drain(pin) (mcu_gpio_write(pin, true), mcu_gpio_config(pin, MCU_GPIO_OPEN_DRAIN, MCU_GPIO_PULL_UP))
#define mp_hal_pin_od_low(pin) mcu_gpio_write(pin, false)
#define mp_hal_pin_od_high(pin) mcu_gpio_write(pin, true)

// Up to 25 s; the cycle counter has 32 bits.
void mp_hal_delay_us_fast(mp_uint_t us);
#endif
