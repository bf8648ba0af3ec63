// SPDX-License-Identifier: MIT
// "UARTE — Universal asynchronous receiver/transmitter with EasyDMA": 8N1. Which ones a board has, and on which pins,
// says its mpconfigboard.h.
//
// There is no interrupt per byte, only one for a full buffer, so the buffer has one byte. While it is full the UARTE
// keeps what comes next in its own buffer, of at least four bytes ("Reception"): the handler may be that much late. The
// shortcut from ENDRX to STARTRX would empty that buffer over the byte that has not been fetched.
#include "mpconfigboard.h"
#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "gpio.h"
#include "mcu.h"
#include "mcu_gpio.h"
#include "soc.h"
#include "uart.h"

typedef struct {
    uint8_t number; // of the UARTE
    uint8_t tx_pin, rx_pin;
} board_uart_t;

static const board_uart_t board_uarts[] = { MICROPY_HW_UARTS };

#define UART_COUNT (sizeof(board_uarts) / sizeof(board_uarts[0]))

typedef struct {
    uint32_t base;
    IRQn_Type irq;
} uarte_t;

static const uarte_t uartes[] = {
    { SOC_UARTE0, UARTE0_IRQn },
    { SOC_UARTE1, UARTE1_IRQn },
};

static struct {
    ring_t *rx;
    mcu_uart_filter_t *filter;
    bool sent_any;
    uint64_t sent_us; // when the last byte was handed over
    // EasyDMA reaches RAM only.
    volatile uint8_t rx_byte;
    volatile uint8_t tx_byte;
} uarts[UART_COUNT];

// Register BAUDRATE.
static const struct {
    uint32_t baud, value;
} rates[] = {
    { 1200, 0x0004f000 },
    { 2400, 0x0009d000 },
    { 4800, 0x0013b000 },
    { 9600, 0x00275000 },
    { 14400, 0x003af000 },
    { 19200, 0x004ea000 },
    { 28800, 0x0075c000 },
    { 31250, 0x00800000 },
    { 38400, 0x009d0000 },
    { 56000, 0x00e50000 },
    { 57600, 0x00eb0000 },
    { 76800, 0x013a9000 },
    { 115200, 0x01d60000 },
    { 230400, 0x03b00000 },
    { 250000, 0x04000000 },
    { 460800, 0x07400000 },
    { 921600, 0x0f000000 },
    { 1000000, 0x10000000 },
};

// Five bytes at 1200 baud, after which a stopped receiver or transmitter stands still.
#define STOP_LIMIT_US (50000u)

static const uarte_t *uarte_of(unsigned id) {
    return &uartes[board_uarts[id].number];
}

// Runs in the interrupt, or with interrupts masked.
static void receive(unsigned id) {
    uint32_t base = uarte_of(id)->base;
    ring_t *rx = uarts[id].rx;
    mcu_uart_filter_t *filter = uarts[id].filter;
    while (rx != NULL && SOC_REG(base, UARTE_EVENTS_ENDRX)) {
        if (filter == NULL && ring_full(rx)) {
            // The interrupt is a level: it must not come again before there is room.
            SOC_REG(base, SOC_INTENCLR) = SOC_EVENT_MASK(UARTE_EVENTS_ENDRX);
            return;
        }
        uint8_t c = uarts[id].rx_byte;
        // Errors come with the byte; their register is cleared by writing 1.
        uint32_t errors = SOC_REG(base, UARTE_ERRORSRC);
        SOC_REG(base, UARTE_ERRORSRC) = errors;
        SOC_CLEAR_EVENT(base, UARTE_EVENTS_ENDRX);
        SOC_TASK(base, UARTE_TASKS_STARTRX);
        bool sound = (errors & (UARTE_ERRORSRC_FRAMING | UARTE_ERRORSRC_BREAK)) == 0;
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

void uarte_handler_0(void) {
    handle(0);
}

void uarte_handler_1(void) {
    handle(1);
}

unsigned mcu_uart_count(void) {
    return UART_COUNT;
}

// Value of BAUDRATE for the nearest rate, 0 when none is within 3 %.
static uint32_t rate_of(uint32_t baud) {
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); ++i) {
        uint32_t off = rates[i].baud > baud ? rates[i].baud - baud : baud - rates[i].baud;
        if (off <= baud / 33) {
            return rates[i].value;
        }
    }
    return 0;
}

bool mcu_uart_can(uint32_t baud) {
    return rate_of(baud) != 0;
}

// A pull-up, so that an open line is idle.
static void connect_pins(const board_uart_t *board) {
    uint32_t base = uartes[board->number].base;
    mcu_gpio_write(board->tx_pin, true);
    gpio_connect(board->tx_pin, base + UARTE_PSEL_TXD, GPIO_PIN_CNF_OUTPUT);
    gpio_connect(board->rx_pin, base + UARTE_PSEL_RXD, GPIO_PIN_CNF_PULL_UP);
    SOC_REG(base, UARTE_PSEL_RTS) = SOC_PSEL_NONE;
    SOC_REG(base, UARTE_PSEL_CTS) = SOC_PSEL_NONE;
}

static void start(const uarte_t *uarte) {
    SOC_REG(uarte->base, SOC_ENABLE) = UARTE_ENABLE_UARTE;
    SOC_REG(uarte->base, UARTE_ERRORSRC) = SOC_REG(uarte->base, UARTE_ERRORSRC);
    SOC_CLEAR_EVENT(uarte->base, UARTE_EVENTS_ENDRX);
    SOC_TASK(uarte->base, UARTE_TASKS_STARTRX);
    SOC_REG(uarte->base, SOC_INTENSET) = SOC_EVENT_MASK(UARTE_EVENTS_ENDRX);
}

void mcu_uart_init(unsigned id, uint32_t baud, ring_t *rx, mcu_uart_filter_t *filter) {
    const uarte_t *uarte = uarte_of(id);
    mcu_uart_deinit(id);
    connect_pins(&board_uarts[id]);
    SOC_REG(uarte->base, UARTE_BAUDRATE) = rate_of(baud);
    SOC_REG(uarte->base, UARTE_CONFIG) = 0; // no parity, one stop bit, no flow control
    uarts[id].rx = rx;
    uarts[id].filter = filter;
    uarts[id].sent_any = false;
    SOC_REG(uarte->base, UARTE_RXD_PTR) = (uint32_t)&uarts[id].rx_byte;
    SOC_REG(uarte->base, UARTE_RXD_MAXCNT) = 1;
    start(uarte);
    NVIC_SetPriority(uarte->irq, 1);
    NVIC_EnableIRQ(uarte->irq);
}

static void await(uint32_t base, uint32_t task, uint32_t event) {
    SOC_CLEAR_EVENT(base, event);
    SOC_TASK(base, task);
    uint64_t end = mcu_time_us() + STOP_LIMIT_US;
    while (SOC_REG(base, event) == 0 && mcu_time_us() < end) {
    }
}

// "Low power": the UARTE must stand still before it is switched off.
static void stop(uint32_t base) {
    SOC_REG(base, SOC_INTENCLR) = SOC_EVENT_MASK(UARTE_EVENTS_ENDRX);
    if (SOC_REG(base, SOC_ENABLE) == UARTE_ENABLE_UARTE) {
        await(base, UARTE_TASKS_STOPRX, UARTE_EVENTS_RXTO);
        await(base, UARTE_TASKS_STOPTX, UARTE_EVENTS_TXSTOPPED);
        SOC_REG(base, SOC_ENABLE) = 0;
    }
}

void mcu_uart_deinit(unsigned id) {
    const uarte_t *uarte = uarte_of(id);
    NVIC_DisableIRQ(uarte->irq);
    stop(uarte->base);
    NVIC_ClearPendingIRQ(uarte->irq);
    uarts[id].rx = NULL;
    uarts[id].filter = NULL;
    uarts[id].sent_any = false;
}

void uart_sleep(void) {
    for (unsigned id = 0; id < UART_COUNT; ++id) {
        if (uarts[id].rx != NULL) {
            uint64_t end = mcu_time_us() + STOP_LIMIT_US;
            while (!mcu_uart_tx_done(id) && mcu_time_us() < end) {
            }
            receive(id);
            stop(uarte_of(id)->base);
        }
    }
}

void uart_wake(void) {
    for (unsigned id = 0; id < UART_COUNT; ++id) {
        if (uarts[id].rx != NULL) {
            uarts[id].sent_any = false;
            start(uarte_of(id));
        }
    }
}

// A byte whose end is not told (its pin was taken away meanwhile, the UARTE switched off under it) is given up: whoever waits
// may be about to report a fault and to reset.
bool mcu_uart_tx_ready(unsigned id) {
    return !uarts[id].sent_any || SOC_REG(uarte_of(id)->base, UARTE_EVENTS_ENDTX) ||
        mcu_time_us() - uarts[id].sent_us > STOP_LIMIT_US;
}

void mcu_uart_tx(unsigned id, uint8_t c) {
    uint32_t base = uarte_of(id)->base;
    // A fault before the console is there has nowhere to say so.
    if (SOC_REG(base, SOC_ENABLE) != UARTE_ENABLE_UARTE) {
        return;
    }
    while (!mcu_uart_tx_ready(id)) {
    }
    uarts[id].tx_byte = c;
    uarts[id].sent_any = true;
    uarts[id].sent_us = mcu_time_us();
    SOC_REG(base, UARTE_TXD_PTR) = (uint32_t)&uarts[id].tx_byte;
    SOC_REG(base, UARTE_TXD_MAXCNT) = 1;
    SOC_CLEAR_EVENT(base, UARTE_EVENTS_ENDTX);
    SOC_TASK(base, UARTE_TASKS_STARTTX);
}

bool mcu_uart_tx_done(unsigned id) {
    return mcu_uart_tx_ready(id);
}

void mcu_uart_rx_resume(unsigned id) {
    uint32_t state = irq_disable_save();
    receive(id);
    if (uarts[id].rx != NULL && !ring_full(uarts[id].rx)) {
        SOC_REG(uarte_of(id)->base, SOC_INTENSET) = SOC_EVENT_MASK(UARTE_EVENTS_ENDRX);
    }
    irq_restore(state);
}
