// SPDX-License-Identifier: MIT
// The interrupts that the firmware uses; see cortexm/handlers.h.
#pragma once

#define SOC_IRQ_HANDLERS(X) \
    X(UART0_RX_IRQn, uart0_rx_handler) \
    X(UART1_RX_IRQn, uart1_rx_handler) \
    X(UART2_RX_IRQn, uart2_rx_handler) \
    X(UART3_RX_IRQn, uart3_rx_handler) \
    X(UART4_RX_IRQn, uart4_rx_handler)

#define SOC_NMI_HANDLER watchdog_handler
