// SPDX-License-Identifier: MIT
// Reset and vector table.
#include <stdint.h>

#include "cortexm/fault.h"
#include "cortexm/ticks.h"
#include "soc.h"
#include "uart.h"

// Linker script.
extern uint32_t _data_load, _data_start, _data_end, _bss_start, _bss_end;
extern uint32_t _stack_top, _interrupt_stack_top;

int main(void);

static void __attribute__((noreturn, used)) start(void) {
    const uint32_t *from = &_data_load;
    for (uint32_t *to = &_data_start; to < &_data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = &_bss_start; to < &_bss_end;) {
        *to++ = 0;
    }
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

typedef void handler_t(void);

typedef struct {
    uint32_t *stack;
    handler_t *exceptions[15];
    handler_t *irqs[SOC_IRQ_COUNT];
} vector_table_t;

const vector_table_t vector_table __attribute__((section(".vectors"), used)) = {
    .stack = &_interrupt_stack_top,
    .exceptions = {
        reset_handler,
        fault_unexpected_irq, // NMI
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
    .irqs = {
        [UART0_RX_IRQn] = uart0_rx_handler,
        [UART0_TX_IRQn] = fault_unexpected_irq,
        [UART1_RX_IRQn] = uart1_rx_handler,
        [UART1_TX_IRQn] = fault_unexpected_irq,
        [UART2_RX_IRQn] = uart2_rx_handler,
        [UART2_TX_IRQn... UART3_RX_IRQn - 1] = fault_unexpected_irq,
        [UART3_RX_IRQn] = uart3_rx_handler,
        [UART3_TX_IRQn] = fault_unexpected_irq,
        [UART4_RX_IRQn] = uart4_rx_handler,
        [UART4_TX_IRQn... SOC_IRQ_COUNT - 1] = fault_unexpected_irq,
    },
};
