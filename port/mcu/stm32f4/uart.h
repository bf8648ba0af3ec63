// SPDX-License-Identifier: MIT
#pragma once

void uart_handler_1(void);
void uart_handler_2(void);
void uart_handler_3(void);
void uart_handler_4(void);
void uart_handler_5(void);
void uart_handler_6(void);
