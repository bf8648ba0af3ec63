// SPDX-License-Identifier: MIT
// The interrupts that the firmware uses; see cortexm/handlers.h.
#pragma once

#define SOC_IRQ_HANDLERS(X) \
    X(USART1_IRQn, uart_handler_1) \
    X(USART2_IRQn, uart_handler_2) \
    X(USART3_IRQn, uart_handler_3) \
    X(UART4_IRQn, uart_handler_4) \
    X(UART5_IRQn, uart_handler_5) \
    X(USART6_IRQn, uart_handler_6)

// The clock security system.
#define SOC_NMI_HANDLER clock_failure_handler
