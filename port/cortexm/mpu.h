// SPDX-License-Identifier: MIT
// Memory protection: a guard below the program's stack, read-only code.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Switch the MPU on. The linker script provides the guard (_stack_guard, MPU_GUARD_SIZE bytes, aligned to its size).
void mpu_init(void);

// True when the address is in the guard.
bool mpu_is_guard(uint32_t address);

// True when the address is in the program's stack or in the interrupts' stack.
bool mpu_is_stack(uint32_t address);
