// SPDX-License-Identifier: MIT
// The line to an entropy device on a UART (8N1): what a port gives to drivers/trng_serial. A board has one such line.
// Nothing here is called from an interrupt.

#ifndef MICROPSA_DRIVERS_ENTROPY_UART_H
#define MICROPSA_DRIVERS_ENTROPY_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes that the receive ring holds at least. Who asks for no more than that loses none, whenever it reads them.
#define ENTROPY_UART_RING_SIZE 768

// Starts the UART with an empty receive ring, which an interrupt fills from then on.
void entropy_uart_open(void);

// Stops the UART once everything is sent (or the line is held for 100 ms), and wipes the ring.
void entropy_uart_close(void);

// Sends. False when the line is held for 100 ms.
bool entropy_uart_write(const uint8_t *data, size_t size);

// Takes a byte out of the ring, or returns -1 when it is empty.
int entropy_uart_read(void);

// Milliseconds of a clock that never stands still; wraps at 2^32.
uint32_t entropy_uart_ms(void);

// Returns when a byte may have come, after a millisecond or so at the latest.
void entropy_uart_wait(void);

#endif
