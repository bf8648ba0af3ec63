// SPDX-License-Identifier: MIT
// USARTs, RM0090 section 30: one byte of buffer each way, 8N1, 16 samples per bit. Which ones a board has, and on
// which pins, says its mpconfigboard.h.
#include "mpconfigboard.h"
#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "clock.h"
#include "gpio.h"
#include "mcu.h"
#include "soc.h"

typedef struct {
    uint8_t number; // of the USART
    uint8_t tx_port, tx_pin;
    uint8_t rx_port, rx_pin;
} board_uart_t;

static const board_uart_t board_uarts[] = { MICROPY_HW_UARTS };

#define UART_COUNT (sizeof(board_uarts) / sizeof(board_uarts[0]))

typedef struct {
    soc_usart_t *regs;
    IRQn_Type irq;
    volatile uint32_t *enable;
    uint8_t enable_bit;
    uint8_t alternate; // function of its pins, table "Alternate function mapping" of the datasheet
} usart_t;

static const usart_t usarts[] = {
    { (soc_usart_t *)0x40011000, USART1_IRQn, &SOC_RCC->APB2ENR, 4, 7 },
    { (soc_usart_t *)0x40004400, USART2_IRQn, &SOC_RCC->APB1ENR, 17, 7 },
    { (soc_usart_t *)0x40004800, USART3_IRQn, &SOC_RCC->APB1ENR, 18, 7 },
    { (soc_usart_t *)0x40004c00, UART4_IRQn, &SOC_RCC->APB1ENR, 19, 8 },
    { (soc_usart_t *)0x40005000, UART5_IRQn, &SOC_RCC->APB1ENR, 20, 8 },
    { (soc_usart_t *)0x40011400, USART6_IRQn, &SOC_RCC->APB2ENR, 5, 8 },
};

static struct {
    ring_t *rx;
    mcu_uart_filter_t *filter;
} uarts[UART_COUNT];

static const usart_t *usart_of(unsigned id) {
    return &usarts[board_uarts[id].number - 1];
}

// Runs in the interrupt, or with interrupts masked.
static void receive(unsigned id) {
    soc_usart_t *regs = usart_of(id)->regs;
    ring_t *rx = uarts[id].rx;
    mcu_uart_filter_t *filter = uarts[id].filter;
    if (rx == NULL) {
        return;
    }
    for (;;) {
        uint32_t status = regs->SR;
        if ((status & (USART_SR_RXNE | USART_SR_ORE)) == 0) {
            return;
        }
        if (filter == NULL && ring_full(rx)) {
            // The interrupt is a level: it must not come again before there is room.
            regs->CR1 &= ~USART_CR1_RXNEIE;
            return;
        }
        // Reading SR, then DR clears RXNE and the errors (section 30.6.1). An overrun loses the byte after this one.
        uint8_t c = (uint8_t)regs->DR;
        bool sound = (status & USART_SR_RXNE) && (status & (USART_SR_FE | USART_SR_NF)) == 0;
        if (sound && (filter == NULL || !filter(c))) {
            ring_put(rx, c);
        }
    }
}

static void handle(unsigned number) {
    for (unsigned id = 0; id < UART_COUNT; ++id) {
        if (board_uarts[id].number == number) {
            receive(id);
        }
    }
}

void uart_handler_1(void) {
    handle(1);
}

void uart_handler_2(void) {
    handle(2);
}

void uart_handler_3(void) {
    handle(3);
}

void uart_handler_4(void) {
    handle(4);
}

void uart_handler_5(void) {
    handle(5);
}

void uart_handler_6(void) {
    handle(6);
}

unsigned mcu_uart_count(void) {
    return UART_COUNT;
}

static uint32_t divider_of(uint32_t bus_hz, uint32_t baud) {
    return (bus_hz + baud / 2) / baud;
}

// Both buses must do: which of them a UART hangs on is not the caller's business.
bool mcu_uart_can(uint32_t baud) {
    const uint32_t buses[] = { clock_apb1_hz(), clock_apb2_hz() };
    for (unsigned i = 0; i < 2; ++i) {
        if (baud == 0 || baud > buses[i] / 16) {
            return false;
        }
        uint32_t divider = divider_of(buses[i], baud);
        uint32_t real = buses[i] / divider;
        uint32_t off = real > baud ? real - baud : baud - real;
        if (divider > 0xffff || off > baud / 33) {
            return false;
        }
    }
    return true;
}

void mcu_uart_init(unsigned id, uint32_t baud, ring_t *rx, mcu_uart_filter_t *filter) {
    const board_uart_t *board = &board_uarts[id];
    const usart_t *usart = usart_of(id);
    *usart->enable |= 1u << usart->enable_bit;
    (void)*usart->enable;
    mcu_uart_deinit(id);
    // With a pull-up an open line is idle.
    gpio_connect(16u * board->tx_port + board->tx_pin, usart->alternate, false, true);
    gpio_connect(16u * board->rx_port + board->rx_pin, usart->alternate, false, true);
    bool apb2 = usart->enable == &SOC_RCC->APB2ENR;
    // Mantissa and fraction together are the divider in 1/16 (section 30.3.4).
    usart->regs->BRR = divider_of(apb2 ? clock_apb2_hz() : clock_apb1_hz(), baud);
    uarts[id].rx = rx;
    uarts[id].filter = filter;
    usart->regs->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
    NVIC_SetPriority(usart->irq, 1);
    NVIC_EnableIRQ(usart->irq);
}

void mcu_uart_deinit(unsigned id) {
    const usart_t *usart = usart_of(id);
    NVIC_DisableIRQ(usart->irq);
    usart->regs->CR1 = 0;
    NVIC_ClearPendingIRQ(usart->irq);
    uarts[id].rx = NULL;
    uarts[id].filter = NULL;
}

bool mcu_uart_tx_ready(unsigned id) {
    return (usart_of(id)->regs->SR & USART_SR_TXE) != 0;
}

void mcu_uart_tx(unsigned id, uint8_t c) {
    soc_usart_t *regs = usart_of(id)->regs;
    // A fault before the console is there has nowhere to say so; without a clock the registers read 0.
    if ((regs->CR1 & USART_CR1_UE) == 0) {
        return;
    }
    while ((regs->SR & USART_SR_TXE) == 0) {
    }
    regs->DR = c;
}

bool mcu_uart_tx_done(unsigned id) {
    return (usart_of(id)->regs->SR & USART_SR_TC) != 0;
}

void mcu_uart_rx_resume(unsigned id) {
    uint32_t state = irq_disable_save();
    receive(id);
    if (uarts[id].rx != NULL && !ring_full(uarts[id].rx)) {
        usart_of(id)->regs->CR1 |= USART_CR1_RXNEIE;
    }
    irq_restore(state);
}
