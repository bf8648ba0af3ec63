// SPDX-License-Identifier: MIT
// The interrupts that the firmware uses; see cortexm/handlers.h.
#pragma once

#define SOC_IRQ_HANDLERS(X) \
    X(USART1_IRQn, uart_handler_1) \
    X(USART2_IRQn, uart_handler_2) \
    X(USART3_IRQn, uart_handler_3) \
    X(UART4_IRQn, uart_handler_4) \
    X(UART5_IRQn, uart_handler_5) \
    X(USART6_IRQn, uart_handler_6) \
    X(EXTI0_IRQn, exti0_handler) \
    X(EXTI1_IRQn, exti1_handler) \
    X(EXTI2_IRQn, exti2_handler) \
    X(EXTI3_IRQn, exti3_handler) \
    X(EXTI4_IRQn, exti4_handler) \
    X(EXTI9_5_IRQn, exti9_5_handler) \
    X(EXTI15_10_IRQn, exti15_10_handler) \
    X(RTC_WKUP_IRQn, rtc_wakeup_handler)

// The clock security system.
#define SOC_NMI_HANDLER clock_failure_handler
