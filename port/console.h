// SPDX-License-Identifier: MIT
// The console: the UART that carries the REPL.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Start the UART; the port's interrupt character (Ctrl-C) works from here on.
void console_init(void);

// A received byte, or -1 when there is none.
int console_rx(void);
bool console_rx_any(void);

// Do the receive interrupt's work where it is masked.
void console_poll(void);

// Send, waiting for room.
void console_tx(const char *str, size_t len);
