// SPDX-License-Identifier: MIT
#include "cortexm/mpu.h"
#include "soc.h"

// Linker script.
extern uint32_t _stack_guard, _stack_guard_end, _stack_top;
extern uint32_t _interrupt_stack, _interrupt_stack_top;
extern uint32_t _code_region_origin, _code_region_size;

#define REGION_CODE (0)
#define REGION_GUARD (7) // the highest number wins where regions overlap

#define ACCESS_NONE (0u)
#define ACCESS_READ_ONLY (6u)

// `size` is a power of two, at least 32; `base` is aligned to it.
static void set_region(uint32_t number, uint32_t base, uint32_t size, uint32_t access, uint32_t execute_never) {
    MPU->RNR = number;
    MPU->RBAR = base;
    uint32_t log2_size = 31u - (uint32_t)__builtin_clz(size);
    // Normal memory, not shareable, cached write-through (TEX=0, C=1, B=0).
    MPU->RASR = (execute_never << MPU_RASR_XN_Pos) | (access << MPU_RASR_AP_Pos) | MPU_RASR_C_Msk |
        ((log2_size - 1) << MPU_RASR_SIZE_Pos) | MPU_RASR_ENABLE_Msk;
}

void mpu_init(void) {
    uint32_t guard_size = (uint32_t)&_stack_guard_end - (uint32_t)&_stack_guard;
    set_region(REGION_CODE, (uint32_t)&_code_region_origin, (uint32_t)&_code_region_size, ACCESS_READ_ONLY, 0);
    set_region(REGION_GUARD, (uint32_t)&_stack_guard, guard_size, ACCESS_NONE, 1);
    // Everything else as without an MPU; fault handlers run without it (HFNMIENA = 0).
    MPU->CTRL = MPU_CTRL_PRIVDEFENA_Msk | MPU_CTRL_ENABLE_Msk;
    __DSB();
    __ISB();
}

bool mpu_is_guard(uint32_t address) {
    return address >= (uint32_t)&_stack_guard && address < (uint32_t)&_stack_guard_end;
}

bool mpu_is_stack(uint32_t address) {
    return (address >= (uint32_t)&_stack_guard_end && address < (uint32_t)&_stack_top) ||
        (address >= (uint32_t)&_interrupt_stack && address < (uint32_t)&_interrupt_stack_top);
}
