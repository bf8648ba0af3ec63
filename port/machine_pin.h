// SPDX-License-Identifier: MIT
// machine.Pin for the rest of the port, and the pins of MicroPython's HAL, which are flat numbers as in mcu/mcu_gpio.h.
#pragma once

#include "py/obj.h"

// The number of machine.Pin object `pin`; TypeError for anything else.
unsigned machine_pin_get(mp_obj_t pin);

// What the chip's manual calls pin `number`, as a qstr.
qstr machine_pin_name(unsigned number);

// End all interrupts; part of the soft reset.
void machine_pin_deinit_all(void);
