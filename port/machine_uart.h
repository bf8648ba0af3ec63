// SPDX-License-Identifier: MIT
#pragma once

// Stop every machine.UART; part of the soft reset.
void machine_uart_deinit_all(void);
