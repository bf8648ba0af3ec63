// SPDX-License-Identifier: MIT
// Fault handlers for the vector table of any ARMv7-M SoC.
#pragma once

// Entry of HardFault, MemManage, BusFault and UsageFault: reports on the console and resets.
void fault_handler(void);

// Entry of interrupts that nobody enabled.
void fault_unexpected_irq(void);

// Give the configurable faults handlers of their own, trap divisions by zero.
void fault_init(void);
