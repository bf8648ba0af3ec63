// SPDX-License-Identifier: MIT
// Reset and vector table.
#include <stdint.h>

#include "cortexm/fault.h"
#include "cortexm/handlers.h"
#include "cortexm/ticks.h"
#include "soc.h"

// Linker script.
extern uint32_t _data_load, _data_start, _data_end, _bss_start, _bss_end;
extern uint32_t _code_origin;
extern uint32_t _arena_start, _arena_end;
extern uint32_t _stack_guard_end, _stack_top, _interrupt_stack, _interrupt_stack_top;

int main(void);

static void __attribute__((noreturn, used)) start(void) {
    const uint32_t *from = &_data_load;
    for (uint32_t *to = &_data_start; to < &_data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = &_bss_start; to < &_bss_end;) {
        *to++ = 0;
    }
    // An arena outside of .bss: keys of the run before, as RAM keeps its contents through a reset.
    for (uint32_t *to = &_arena_start; to < &_arena_end;) {
        *to++ = 0;
    }
    // The stacks as well: a watchdog or a fault may have ended that run in the middle of a call that had a key there.
    // Volatile, because a call of memset() would have its own frame wiped. What lies above the stack pointer is ours.
    for (volatile uint32_t *to = &_interrupt_stack; to < &_interrupt_stack_top;) {
        *to++ = 0;
    }
    const uint32_t *in_use = (const uint32_t *)__get_PSP();
    for (volatile uint32_t *to = &_stack_guard_end; to < in_use;) {
        *to++ = 0;
    }
    // A boot loader, or a debugger that starts the program from RAM settings, may have left another table.
    SCB->VTOR = (uint32_t)&_code_origin;
    // Full access to the FPU before the first instruction that uses it.
    SCB->CPACR |= 0xfu << 20;
    __DSB();
    __ISB();
    main();
    for (;;) {
    }
}

void reset_handler(void);

// Exceptions keep the stack that the table names (MSP); the program gets its own (PSP), so that a handler works
// after the program's stack is gone.
void __attribute__((naked, used, noreturn)) reset_handler(void) {
    __asm volatile(
        "ldr r0, =_stack_top\n"
        "msr psp, r0\n"
        "movs r0, #2\n"
        "msr control, r0\n"
        "isb\n"
        "b start\n"
        ".ltorg\n");
}

#ifdef SOC_NMI_HANDLER
#define NMI_HANDLER SOC_NMI_HANDLER
#else
#define NMI_HANDLER fault_unexpected_irq
#endif

typedef void handler_t(void);

typedef struct {
    uint32_t *stack;
    handler_t *exceptions[15];
    handler_t *irqs[SOC_IRQ_COUNT];
} vector_table_t;

#define TABLE_ENTRY(number, handler) [number] = handler,

// The range sets all entries, the list after it replaces some on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
const vector_table_t vector_table __attribute__((section(".vectors"), used)) = {
    .stack = &_interrupt_stack_top,
    .exceptions = {
        reset_handler,
        NMI_HANDLER,
        fault_handler, // HardFault
        fault_handler, // MemManage
        fault_handler, // BusFault
        fault_handler, // UsageFault
        0,
        0,
        0,
        0,
        fault_unexpected_irq, // SVCall
        fault_unexpected_irq, // DebugMonitor
        0,
        fault_unexpected_irq, // PendSV
        ticks_handler,
    },
    .irqs = { [0 ... SOC_IRQ_COUNT - 1] = fault_unexpected_irq, SOC_IRQ_HANDLERS(TABLE_ENTRY) },
};
#pragma GCC diagnostic pop
