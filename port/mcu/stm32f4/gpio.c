// SPDX-License-Identifier: MIT
// Pins (RM0090, chapter "General-purpose I/Os (GPIO)") and their interrupts (chapter "Interrupts and events", EXTI): a line
// for each bit number, which belongs to one port at a time.
#include <errno.h>

#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "gpio.h"
#include "mcu_gpio.h"
#include "soc.h"

#define PORT(pin) ((pin) / 16)
#define BIT(pin) ((pin) % 16)

#define MODE_IN (0u)
#define MODE_OUT (1u)
#define MODE_ALT (2u)
#define MODE_ANALOG (3u)

#define LINES (16)
#define NOBODY (0xff)
#define RTC_WAKEUP_LINE (22)

static uint8_t line_pins[LINES] = { [0 ... LINES - 1] = NOBODY };
static uint8_t line_edges[LINES];

// Section 7.3.10: it takes two cycles of the bus until the port answers, which the read back waits for.
static soc_gpio_t *port_of(unsigned pin) {
    SOC_RCC->AHB1ENR |= 1u << PORT(pin);
    (void)SOC_RCC->AHB1ENR;
    return SOC_GPIO(PORT(pin));
}

static void set_field(volatile uint32_t *reg, unsigned bit, uint32_t value) {
    *reg = (*reg & ~(3u << 2 * bit)) | value << 2 * bit;
}

// Several interrupts and the program may configure pins of one port.
static void configure(unsigned pin, uint32_t mode, bool open_drain, uint32_t pull, unsigned function) {
    uint32_t state = irq_disable_save();
    soc_gpio_t *gpio = port_of(pin);
    unsigned bit = BIT(pin);
    gpio->OTYPER = (gpio->OTYPER & ~(1u << bit)) | (uint32_t)open_drain << bit;
    set_field(&gpio->OSPEEDR, bit, 2); // 50 MHz
    set_field(&gpio->PUPDR, bit, pull);
    if (mode == MODE_ALT) {
        gpio->AFR[bit / 8] = (gpio->AFR[bit / 8] & ~(15u << 4 * (bit % 8))) | function << 4 * (bit % 8);
    }
    set_field(&gpio->MODER, bit, mode);
    irq_restore(state);
}

void gpio_connect(unsigned pin, unsigned function, bool open_drain, bool pull_up) {
    configure(pin, MODE_ALT, open_drain, pull_up ? MCU_GPIO_PULL_UP : MCU_GPIO_PULL_NONE, function);
}

void mcu_gpio_config(unsigned pin, mcu_gpio_mode_t mode, mcu_gpio_pull_t pull) {
    uint32_t field = mode == MCU_GPIO_IN ? MODE_IN : mode == MCU_GPIO_ANALOG ? MODE_ANALOG
                                                                             : MODE_OUT;
    // The field of PUPDR has the values of mcu_gpio_pull_t.
    configure(pin, field, mode == MCU_GPIO_OPEN_DRAIN, pull, 0);
}

mcu_gpio_mode_t mcu_gpio_mode(unsigned pin) {
    soc_gpio_t *gpio = port_of(pin);
    switch (gpio->MODER >> 2 * BIT(pin) & 3) {
        case MODE_IN:
            return MCU_GPIO_IN;
        case MODE_OUT:
            return gpio->OTYPER >> BIT(pin) & 1 ? MCU_GPIO_OPEN_DRAIN : MCU_GPIO_OUT;
        case MODE_ALT:
            return MCU_GPIO_ALT;
        default:
            return MCU_GPIO_ANALOG;
    }
}

mcu_gpio_pull_t mcu_gpio_pull(unsigned pin) {
    return (mcu_gpio_pull_t)(port_of(pin)->PUPDR >> 2 * BIT(pin) & 3);
}

bool mcu_gpio_read(unsigned pin) {
    return port_of(pin)->IDR >> BIT(pin) & 1;
}

void mcu_gpio_write(unsigned pin, bool level) {
    // The upper half resets.
    port_of(pin)->BSRR = 1u << (level ? BIT(pin) : BIT(pin) + 16);
}

bool mcu_gpio_output(unsigned pin) {
    return port_of(pin)->ODR >> BIT(pin) & 1;
}

// --- interrupts

static IRQn_Type irq_of_line(unsigned line) {
    return line < 5 ? (IRQn_Type)(EXTI0_IRQn + (int)line) : line < 10 ? EXTI9_5_IRQn
                                                                      : EXTI15_10_IRQn;
}

int mcu_gpio_irq_arm(unsigned pin, unsigned edges, unsigned *holder) {
    unsigned line = BIT(pin);
    uint32_t bit = 1u << line;
    if (line_pins[line] != NOBODY && line_pins[line] != pin) {
        *holder = line_pins[line];
        return edges == 0 ? 0 : -EBUSY;
    }
    *holder = pin;
    SOC_RCC->APB2ENR |= RCC_APB2ENR_SYSCFGEN;
    (void)SOC_RCC->APB2ENR;
    uint32_t state = irq_disable_save();
    SOC_EXTI->IMR &= ~bit;
    SOC_EXTI->RTSR = (SOC_EXTI->RTSR & ~bit) | (edges & MCU_GPIO_RISING ? bit : 0);
    SOC_EXTI->FTSR = (SOC_EXTI->FTSR & ~bit) | (edges & MCU_GPIO_FALLING ? bit : 0);
    SOC_EXTI->PR = bit;
    line_pins[line] = edges == 0 ? NOBODY : (uint8_t)pin;
    line_edges[line] = (uint8_t)edges;
    if (edges != 0) {
        unsigned shift = 4 * (line % 4);
        SOC_SYSCFG->EXTICR[line / 4] = (SOC_SYSCFG->EXTICR[line / 4] & ~(15u << shift)) | PORT(pin) << shift;
        SOC_EXTI->IMR |= bit;
        // Below the UARTs, above the tick.
        NVIC_SetPriority(irq_of_line(line), 8);
        NVIC_EnableIRQ(irq_of_line(line));
    }
    irq_restore(state);
    return 0;
}

void gpio_enable_rtc_wakeup(void) {
    SOC_EXTI->PR = 1u << RTC_WAKEUP_LINE;
    SOC_EXTI->RTSR |= 1u << RTC_WAKEUP_LINE;
    SOC_EXTI->IMR |= 1u << RTC_WAKEUP_LINE;
}

static void handle_lines(unsigned first, unsigned last) {
    for (unsigned line = first; line <= last; ++line) {
        uint32_t bit = 1u << line;
        if ((SOC_EXTI->PR & SOC_EXTI->IMR & bit) == 0) {
            continue;
        }
        SOC_EXTI->PR = bit;
        unsigned pin = line_pins[line];
        unsigned edges = line_edges[line];
        if (pin == NOBODY) {
            continue;
        }
        // EXTI does not keep which edge it was; the level tells, unless it has changed again since.
        if (edges == (MCU_GPIO_FALLING | MCU_GPIO_RISING)) {
            edges = mcu_gpio_read(pin) ? MCU_GPIO_RISING : MCU_GPIO_FALLING;
        }
        mcu_gpio_irq(pin, edges);
    }
}

void exti0_handler(void) {
    handle_lines(0, 0);
}

void exti1_handler(void) {
    handle_lines(1, 1);
}

void exti2_handler(void) {
    handle_lines(2, 2);
}

void exti3_handler(void) {
    handle_lines(3, 3);
}

void exti4_handler(void) {
    handle_lines(4, 4);
}

void exti9_5_handler(void) {
    handle_lines(5, 9);
}

void exti15_10_handler(void) {
    handle_lines(10, 15);
}
