// SPDX-License-Identifier: MIT
// General-purpose pins; a SoC that has them says MCU_HAS += GPIO in its mcu.mk. Nothing here knows Python.
//
// A pin is a flat number: port * 16 + bit on STM32 (PA0 is 0, PD12 is 60), port * 32 + bit on nRF (P1_02 is 34). Names, and
// which of them a package has, are data of the board: "pins" in board.json, which port/boarddata.py turns into numbers.
// A pin that is not in that table is never passed here.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    MCU_GPIO_IN,
    MCU_GPIO_OUT,
    MCU_GPIO_OPEN_DRAIN, // drives low or not at all
    MCU_GPIO_ALT, // belongs to a peripheral; reported only, never asked for
    MCU_GPIO_ANALOG, // input and output disconnected
} mcu_gpio_mode_t;

typedef enum {
    MCU_GPIO_PULL_NONE,
    MCU_GPIO_PULL_UP,
    MCU_GPIO_PULL_DOWN,
} mcu_gpio_pull_t;

// Edges; may be combined.
#define MCU_GPIO_FALLING (1u)
#define MCU_GPIO_RISING (2u)

// Make `pin` an IN, OUT, OPEN_DRAIN or ANALOG. An output starts with the level that mcu_gpio_write() set last, so write it
// first. An output's level can be read too. A peripheral that had the pin loses it.
void mcu_gpio_config(unsigned pin, mcu_gpio_mode_t mode, mcu_gpio_pull_t pull);

// How the pin is configured.
mcu_gpio_mode_t mcu_gpio_mode(unsigned pin);
mcu_gpio_pull_t mcu_gpio_pull(unsigned pin);

// The level on the pin, whoever drives it.
bool mcu_gpio_read(unsigned pin);

// The output's level, now or when it becomes an output; atomic, interrupts may use it on other pins of the same port.
void mcu_gpio_write(unsigned pin, bool level);

// The level that the output is set to, whatever the pin's real level is.
bool mcu_gpio_output(unsigned pin);

// Call mcu_gpio_irq() at these edges of `pin`, which has been configured; 0 ends it, and drops what is pending. An armed pin
// wakes mcu_lightsleep() too. Returns 0, -EBUSY when the interrupt's hardware belongs to another pin (STM32: pins of
// the same bit number share a line; nRF: channels are used up); *holder is that pin then, or the pin itself when no single
// other pin holds it.
int mcu_gpio_irq_arm(unsigned pin, unsigned edges, unsigned *holder);

// Provided by the port, called in the pin's interrupt with those edges that the hardware tells apart, else with all
// that were armed.
void mcu_gpio_irq(unsigned pin, unsigned edges);
