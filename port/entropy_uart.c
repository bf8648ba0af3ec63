// SPDX-License-Identifier: MIT
// The line to the board's entropy device, for boards that have one (MICROPY_HW_ENTROPY_UART).
#include "mpconfigboard.h"

#ifdef MICROPY_HW_ENTROPY_UART

#include "cortexm/irq.h"
#include "entropy_uart.h"
#include "mcu.h"

#define HELD_US (100000)

static uint8_t rx_storage[ENTROPY_UART_RING_SIZE + 1];
static ring_t rx_ring;

void entropy_uart_open(void) {
    ring_init(&rx_ring, rx_storage, sizeof(rx_storage));
    mcu_uart_init(MICROPY_HW_ENTROPY_UART, MICROPY_HW_ENTROPY_BAUD, &rx_ring, NULL);
}

static bool wait_until(bool (*condition)(unsigned id)) {
    uint64_t end = mcu_time_us() + HELD_US;
    while (!condition(MICROPY_HW_ENTROPY_UART)) {
        if (mcu_time_us() >= end) {
            return false;
        }
    }
    return true;
}

void entropy_uart_close(void) {
    (void)wait_until(mcu_uart_tx_done);
    mcu_uart_deinit(MICROPY_HW_ENTROPY_UART);
    // Nothing fills it any more; volatile, so that the compiler leaves the wiping in.
    volatile uint8_t *bytes = rx_storage;
    for (size_t i = 0; i < sizeof(rx_storage); ++i) {
        bytes[i] = 0;
    }
}

bool entropy_uart_write(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        if (!wait_until(mcu_uart_tx_ready)) {
            return false;
        }
        mcu_uart_tx(MICROPY_HW_ENTROPY_UART, data[i]);
    }
    return true;
}

int entropy_uart_read(void) {
    int c = ring_get(&rx_ring);
    if (c < 0) {
        // What waits in the hardware because the ring was full, or because a program masked interrupts.
        mcu_uart_rx_resume(MICROPY_HW_ENTROPY_UART);
        c = ring_get(&rx_ring);
    }
    return c;
}

uint32_t entropy_uart_ms(void) {
    return (uint32_t)(mcu_time_us() / 1000);
}

void entropy_uart_wait(void) {
    // The tick comes every millisecond. With interrupts masked nothing would serve it, and this would be a busy loop.
    if (irq_enabled()) {
        irq_wait();
    }
}

#endif
