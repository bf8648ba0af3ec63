// SPDX-License-Identifier: MIT
// Pins ("GPIO — General purpose input/output") and their interrupts ("GPIOTE — GPIO tasks and events"): eight channels,
// each for any pin. A peripheral selects its pins itself, so who has one is kept here.
#include <errno.h>
#include <stddef.h>

#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "gpio.h"
#include "mcu_gpio.h"
#include "soc.h"

#define NOBODY (0xff)

// Address of the PSEL register that has the pin, 0: none.
static uint32_t owners[SOC_PIN_COUNT];

static uint8_t channel_pins[GPIOTE_CHANNELS] = { [0 ... GPIOTE_CHANNELS - 1] = NOBODY };
static uint8_t channel_edges[GPIOTE_CHANNELS];

static volatile uint32_t *cnf_of(unsigned pin) {
    return &SOC_REG(SOC_GPIO(pin), GPIO_PIN_CNF(pin));
}

void gpio_connect(unsigned pin, uint32_t psel, uint32_t cnf) {
    uint32_t state = irq_disable_save();
    gpio_disconnect(pin);
    *cnf_of(pin) = cnf;
    SOC_REG(psel, 0) = pin;
    owners[pin] = psel;
    irq_restore(state);
}

void gpio_disconnect(unsigned pin) {
    uint32_t state = irq_disable_save();
    if (owners[pin] != 0) {
        // A selection must not change while the peripheral is on.
        uint32_t base = owners[pin] & ~0xfffu;
        uint32_t enabled = SOC_REG(base, SOC_ENABLE);
        SOC_REG(base, SOC_ENABLE) = 0;
        SOC_REG(owners[pin], 0) = SOC_PSEL_NONE;
        SOC_REG(base, SOC_ENABLE) = enabled;
        owners[pin] = 0;
    }
    *cnf_of(pin) = 0;
    irq_restore(state);
}

void mcu_gpio_config(unsigned pin, mcu_gpio_mode_t mode, mcu_gpio_pull_t pull) {
    static const uint32_t modes[] = {
        [MCU_GPIO_IN] = 0,
        [MCU_GPIO_OUT] = GPIO_PIN_CNF_OUTPUT,
        [MCU_GPIO_OPEN_DRAIN] = GPIO_PIN_CNF_OUTPUT | GPIO_PIN_CNF_OPEN_DRAIN,
        [MCU_GPIO_ALT] = 0, // not asked for
        [MCU_GPIO_ANALOG] = GPIO_PIN_CNF_NO_INPUT,
    };
    static const uint32_t pulls[] = {
        [MCU_GPIO_PULL_NONE] = 0,
        [MCU_GPIO_PULL_UP] = GPIO_PIN_CNF_PULL_UP,
        [MCU_GPIO_PULL_DOWN] = GPIO_PIN_CNF_PULL_DOWN,
    };
    if (owners[pin] != 0) {
        gpio_disconnect(pin);
    }
    // One write: an output that stays one has no gap.
    *cnf_of(pin) = modes[mode] | pulls[pull];
}

mcu_gpio_mode_t mcu_gpio_mode(unsigned pin) {
    uint32_t cnf = *cnf_of(pin);
    if (owners[pin] != 0) {
        return MCU_GPIO_ALT;
    }
    if (cnf & GPIO_PIN_CNF_OUTPUT) {
        return (cnf & GPIO_PIN_CNF_DRIVE_MASK) == GPIO_PIN_CNF_OPEN_DRAIN ? MCU_GPIO_OPEN_DRAIN : MCU_GPIO_OUT;
    }
    return cnf & GPIO_PIN_CNF_NO_INPUT ? MCU_GPIO_ANALOG : MCU_GPIO_IN;
}

mcu_gpio_pull_t mcu_gpio_pull(unsigned pin) {
    switch (*cnf_of(pin) & GPIO_PIN_CNF_PULL_MASK) {
        case GPIO_PIN_CNF_PULL_UP:
            return MCU_GPIO_PULL_UP;
        case GPIO_PIN_CNF_PULL_DOWN:
            return MCU_GPIO_PULL_DOWN;
        default:
            return MCU_GPIO_PULL_NONE;
    }
}

bool mcu_gpio_read(unsigned pin) {
    return (SOC_REG(SOC_GPIO(pin), GPIO_IN) & SOC_GPIO_MASK(pin)) != 0;
}

void mcu_gpio_write(unsigned pin, bool level) {
    SOC_REG(SOC_GPIO(pin), level ? GPIO_OUTSET : GPIO_OUTCLR) = SOC_GPIO_MASK(pin);
}

bool mcu_gpio_output(unsigned pin) {
    return (SOC_REG(SOC_GPIO(pin), GPIO_OUT) & SOC_GPIO_MASK(pin)) != 0;
}

// --- interrupts

static int channel_of(unsigned owner) {
    for (int i = 0; i < GPIOTE_CHANNELS; ++i) {
        if (channel_pins[i] == owner) {
            return i;
        }
    }
    return -1;
}

int mcu_gpio_irq_arm(unsigned pin, unsigned edges, unsigned *holder) {
    *holder = pin;
    int channel = channel_of(pin);
    if (channel < 0 && edges != 0) {
        channel = channel_of(NOBODY);
        if (channel < 0) {
            return -EBUSY;
        }
    }
    if (channel < 0) {
        return 0;
    }
    uint32_t event = GPIOTE_EVENTS_IN((uint32_t)channel);
    uint32_t state = irq_disable_save();
    SOC_REG(SOC_GPIOTE, SOC_INTENCLR) = SOC_EVENT_MASK(event);
    channel_pins[channel] = edges == 0 ? NOBODY : (uint8_t)pin;
    channel_edges[channel] = (uint8_t)edges;
    uint32_t config = 0;
    if (edges != 0) {
        config = GPIOTE_CONFIG_EVENT | pin << GPIOTE_CONFIG_PIN_POS;
        config |= edges & MCU_GPIO_RISING ? GPIOTE_CONFIG_RISING : 0;
        config |= edges & MCU_GPIO_FALLING ? GPIOTE_CONFIG_FALLING : 0;
        // For Renode's model alone, which takes the pin's level before the first edge from here (docs/emulation.md); without
        // effect in a channel for events.
        config |= mcu_gpio_read(pin) ? GPIOTE_CONFIG_OUTINIT : 0;
    }
    SOC_REG(SOC_GPIOTE, GPIOTE_CONFIG((uint32_t)channel)) = config;
    // Connecting a pin may look like an edge.
    SOC_CLEAR_EVENT(SOC_GPIOTE, event);
    if (edges != 0) {
        SOC_REG(SOC_GPIOTE, SOC_INTENSET) = SOC_EVENT_MASK(event);
        // Below the UARTs, above the tick.
        NVIC_SetPriority(GPIOTE_IRQn, 4);
        NVIC_EnableIRQ(GPIOTE_IRQn);
    }
    irq_restore(state);
    return 0;
}

void gpiote_handler(void) {
    for (uint32_t channel = 0; channel < GPIOTE_CHANNELS; ++channel) {
        if (channel_pins[channel] == NOBODY || SOC_REG(SOC_GPIOTE, GPIOTE_EVENTS_IN(channel)) == 0) {
            continue;
        }
        SOC_CLEAR_EVENT(SOC_GPIOTE, GPIOTE_EVENTS_IN(channel));
        unsigned pin = channel_pins[channel];
        unsigned edges = channel_edges[channel];
        // The channel does not keep which edge it was; the level tells, unless it has changed again since.
        if (edges == (MCU_GPIO_FALLING | MCU_GPIO_RISING)) {
            edges = mcu_gpio_read(pin) ? MCU_GPIO_RISING : MCU_GPIO_FALLING;
        }
        mcu_gpio_irq(pin, edges);
    }
}

bool gpio_irq_pending(void) {
    return NVIC_GetPendingIRQ(GPIOTE_IRQn) != 0;
}

void gpio_sense_armed(void) {
    for (unsigned channel = 0; channel < GPIOTE_CHANNELS; ++channel) {
        unsigned pin = channel_pins[channel];
        if (pin == NOBODY) {
            continue;
        }
        // A level wakes, not an edge: of both, the one that the pin does not have.
        bool high = channel_edges[channel] == (MCU_GPIO_FALLING | MCU_GPIO_RISING) ? !mcu_gpio_read(pin) : (channel_edges[channel] & MCU_GPIO_RISING) != 0;
        *cnf_of(pin) |= high ? GPIO_PIN_CNF_SENSE_HIGH : GPIO_PIN_CNF_SENSE_LOW;
    }
}
