// SPDX-License-Identifier: MIT
// CMSDK APB UARTs: one byte of buffer each way, 8N1 only.
#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "mcu.h"
#include "soc.h"

typedef struct {
    soc_uart_t *regs;
    IRQn_Type rx_irq;
} uart_hw_t;

static const uart_hw_t hw[] = {
    { (soc_uart_t *)0x40004000, UART0_RX_IRQn },
    { (soc_uart_t *)0x40005000, UART1_RX_IRQn },
    { (soc_uart_t *)0x40006000, UART2_RX_IRQn },
    { (soc_uart_t *)0x40007000, UART3_RX_IRQn },
    { (soc_uart_t *)0x40009000, UART4_RX_IRQn },
};

#define UART_COUNT (sizeof(hw) / sizeof(hw[0]))

static struct {
    ring_t *rx;
    mcu_uart_filter_t *filter;
} uarts[UART_COUNT];

// Runs in the interrupt, or with interrupts masked.
static void receive(unsigned id) {
    soc_uart_t *regs = hw[id].regs;
    ring_t *rx = uarts[id].rx;
    mcu_uart_filter_t *filter = uarts[id].filter;
    regs->INT = UART_INT_RX;
    while (rx != NULL && (regs->STATE & UART_STATE_RX_FULL)) {
        if (filter == NULL && ring_full(rx)) {
            break;
        }
        uint8_t c = (uint8_t)regs->DATA;
        if (filter == NULL || !filter(c)) {
            ring_put(rx, c);
        }
    }
    regs->STATE = UART_STATE_RX_OVERRUN;
}

void uart0_rx_handler(void) {
    receive(0);
}

void uart1_rx_handler(void) {
    receive(1);
}

void uart2_rx_handler(void) {
    receive(2);
}

void uart3_rx_handler(void) {
    receive(3);
}

void uart4_rx_handler(void) {
    receive(4);
}

unsigned mcu_uart_count(void) {
    return UART_COUNT;
}

static uint32_t divider_of(uint32_t baud) {
    return (SOC_CLOCK_HZ + baud / 2) / baud;
}

bool mcu_uart_can(uint32_t baud) {
    if (baud == 0 || baud > SOC_CLOCK_HZ) {
        return false;
    }
    uint32_t divider = divider_of(baud);
    if (divider < UART_BAUDDIV_MIN || divider > UART_BAUDDIV_MAX) {
        return false;
    }
    uint32_t real = SOC_CLOCK_HZ / divider;
    uint32_t off = real > baud ? real - baud : baud - real;
    return off <= baud / 33;
}

void mcu_uart_init(unsigned id, uint32_t baud, ring_t *rx, mcu_uart_filter_t *filter) {
    mcu_uart_deinit(id);
    soc_uart_t *regs = hw[id].regs;
    regs->BAUDDIV = divider_of(baud);
    uarts[id].rx = rx;
    uarts[id].filter = filter;
    regs->CTRL = UART_CTRL_TX_ENABLE | UART_CTRL_RX_ENABLE | UART_CTRL_RX_INT_ENABLE;
    NVIC_SetPriority(hw[id].rx_irq, 1);
    NVIC_EnableIRQ(hw[id].rx_irq);
}

void mcu_uart_deinit(unsigned id) {
    NVIC_DisableIRQ(hw[id].rx_irq);
    hw[id].regs->CTRL = 0;
    hw[id].regs->INT = UART_INT_RX;
    NVIC_ClearPendingIRQ(hw[id].rx_irq);
    uarts[id].rx = NULL;
    uarts[id].filter = NULL;
}

bool mcu_uart_tx_ready(unsigned id) {
    return (hw[id].regs->STATE & UART_STATE_TX_FULL) == 0;
}

void mcu_uart_tx(unsigned id, uint8_t c) {
    while (!mcu_uart_tx_ready(id)) {
    }
    hw[id].regs->DATA = c;
}

bool mcu_uart_tx_done(unsigned id) {
    return mcu_uart_tx_ready(id);
}

void mcu_uart_rx_resume(unsigned id) {
    uint32_t state = irq_disable_save();
    receive(id);
    irq_restore(state);
}
