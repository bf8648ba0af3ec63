// SPDX-License-Identifier: MIT
#pragma once

void uart0_rx_handler(void);
void uart1_rx_handler(void);
void uart2_rx_handler(void);
void uart3_rx_handler(void);
void uart4_rx_handler(void);
