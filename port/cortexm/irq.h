// SPDX-License-Identifier: MIT
// Interrupt masking of every Cortex-M.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Mask interrupts; the result goes to irq_restore(). Calls nest.
static inline uint32_t irq_disable_save(void) {
    uint32_t state;
    __asm volatile("mrs %0, primask" : "=r"(state));
    __asm volatile("cpsid i" : : : "memory");
    return state;
}

static inline void irq_restore(uint32_t state) {
    __asm volatile("msr primask, %0" : : "r"(state) : "memory");
}

static inline bool irq_enabled(void) {
    uint32_t state;
    __asm volatile("mrs %0, primask" : "=r"(state));
    return (state & 1) == 0;
}

// Whether an interrupt's handler, or a fault's, is what runs (IPSR is the number of the exception).
static inline bool irq_is_handler(void) {
    uint32_t number;
    __asm volatile("mrs %0, ipsr" : "=r"(number));
    return number != 0;
}

// Sleep until an interrupt is pending.
static inline void irq_wait(void) {
    __asm volatile("wfi" : : : "memory");
}
