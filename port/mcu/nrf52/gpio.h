// SPDX-License-Identifier: MIT
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Give a pin to a peripheral: `psel` is the address of that peripheral's PSEL register for it, `cnf` the pin's PIN_CNF,
// which counts where the peripheral leaves the pin alone. The peripheral must be off.
void gpio_connect(unsigned pin, uint32_t psel, uint32_t cnf);

// Take a pin away from its peripheral; it becomes an input. The peripheral stays off if it is.
void gpio_disconnect(unsigned pin);

// Whether the interrupt of an armed pin is pending.
bool gpio_irq_pending(void);

// Let armed pins end System OFF mode: it knows levels only, the edge's second one is taken.
void gpio_sense_armed(void);
