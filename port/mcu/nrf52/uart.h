// SPDX-License-Identifier: MIT
#pragma once

// Switch the UARTs off that run, after what they still had to send; what arrives is lost. Their settings stay for uart_wake().
void uart_sleep(void);
void uart_wake(void);
