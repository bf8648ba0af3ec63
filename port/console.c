// SPDX-License-Identifier: MIT
#include "py/mpstate.h"
#include "py/runtime.h"
#include "shared/runtime/interrupt_char.h"
#include "console.h"
#include "mcu.h"

// Larger than the window of raw paste mode and than the chunks that mpremote sends without it.
#define CONSOLE_RX_SIZE (1024)

static uint8_t rx_storage[CONSOLE_RX_SIZE];
static ring_t rx_ring;

// Runs in the receive interrupt: Ctrl-C must work while the program does not read.
static bool take_interrupt_char(uint8_t c) {
    if (c != mp_interrupt_char) {
        return false;
    }
    mp_sched_keyboard_interrupt();
    return true;
}

void console_init(void) {
    ring_init(&rx_ring, rx_storage, sizeof(rx_storage));
    mcu_uart_init(MICROPY_HW_REPL_UART, MICROPY_HW_REPL_BAUD, &rx_ring, take_interrupt_char);
}

int console_rx(void) {
    return ring_get(&rx_ring);
}

bool console_rx_any(void) {
    return ring_used(&rx_ring) != 0;
}

void console_poll(void) {
    mcu_uart_rx_resume(MICROPY_HW_REPL_UART);
}

void console_tx(const char *str, size_t len) {
    for (size_t i = 0; i < len; ++i) {
        mcu_uart_tx(MICROPY_HW_REPL_UART, (uint8_t)str[i]);
    }
}
