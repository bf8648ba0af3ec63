// SPDX-License-Identifier: MIT
// SPI controllers as masters, polled (RM0090, chapter "Serial peripheral interface (SPI)").
#include <errno.h>

#include "clock.h"
#include "gpio.h"
#include "mcu.h"
#include "mcu_gpio.h"
#include "mcu_spi.h"
#include "soc.h"

#define UNITS (3)
#define MAX_PRESCALER_CODE (7u) // divides by 256
#define BYTE_TIMEOUT_US (10000u) // a byte takes at most 50 us

#define PA(bit) (bit)
#define PB(bit) (16 + (bit))
#define PC(bit) (32 + (bit))
#define PI(bit) (128 + (bit))
#define NONE (0xff)

typedef struct {
    soc_spi_t *regs;
    volatile uint32_t *enable;
    uint32_t enable_bit;
    uint8_t function; // the datasheet's table "Alternate function mapping"
    uint8_t sck[3], mosi[3], miso[3];
} spi_unit_t;

static const spi_unit_t units[UNITS] = {
    { (soc_spi_t *)0x40013000, &SOC_RCC->APB2ENR, 1u << 12, 5, { PA(5), PB(3), NONE }, { PA(7), PB(5), NONE }, { PA(6), PB(4), NONE } },
    { (soc_spi_t *)0x40003800, &SOC_RCC->APB1ENR, 1u << 14, 5, { PB(10), PB(13), PI(1) }, { PB(15), PC(3), PI(3) }, { PB(14), PC(2), PI(2) } },
    { (soc_spi_t *)0x40003c00, &SOC_RCC->APB1ENR, 1u << 15, 6, { PB(3), PC(10), NONE }, { PB(5), PC(12), NONE }, { PB(4), PC(11), NONE } },
};

static mcu_spi_config_t configs[UNITS];

static const spi_unit_t *unit_of(unsigned unit) {
    return &units[unit - 1];
}

static uint32_t bus_hz(unsigned unit) {
    return unit_of(unit)->enable == &SOC_RCC->APB2ENR ? clock_apb2_hz() : clock_apb1_hz();
}

static bool in_list(const uint8_t *list, unsigned pin) {
    return pin == list[0] || pin == list[1] || pin == list[2];
}

uint32_t mcu_spi_min_hz(unsigned unit) {
    return (bus_hz(unit) + (2u << MAX_PRESCALER_CODE) - 1) / (2u << MAX_PRESCALER_CODE);
}

mcu_spi_check_t mcu_spi_check(unsigned unit, const mcu_spi_config_t *config) {
    if (!in_list(unit_of(unit)->sck, config->sck)) {
        return MCU_SPI_BAD_SCK;
    }
    if (!in_list(unit_of(unit)->mosi, config->mosi)) {
        return MCU_SPI_BAD_MOSI;
    }
    if (!in_list(unit_of(unit)->miso, config->miso)) {
        return MCU_SPI_BAD_MISO;
    }
    return config->hz < mcu_spi_min_hz(unit) ? MCU_SPI_BAD_HZ : MCU_SPI_OK;
}

uint32_t mcu_spi_init(unsigned unit, const mcu_spi_config_t *config) {
    const spi_unit_t *hw = unit_of(unit);
    configs[unit - 1] = *config;
    *hw->enable |= hw->enable_bit;
    (void)*hw->enable;
    uint32_t code = 0;
    while (bus_hz(unit) / (2u << code) > config->hz) {
        ++code;
    }
    hw->regs->CR1 = 0;
    hw->regs->CR2 = 0;
    // The pins are driven from here on: the clock must be at its idle level already.
    uint32_t setting = SPI_CR1_MSTR | SPI_CR1_SSM | SPI_CR1_SSI | code << SPI_CR1_BR_POS |
        (config->polarity ? SPI_CR1_CPOL : 0) | (config->phase ? SPI_CR1_CPHA : 0) | (config->lsb_first ? SPI_CR1_LSBFIRST : 0);
    hw->regs->CR1 = setting;
    hw->regs->CR1 = setting | SPI_CR1_SPE;
    gpio_connect(config->sck, hw->function, false, false);
    gpio_connect(config->mosi, hw->function, false, false);
    gpio_connect(config->miso, hw->function, false, false);
    return bus_hz(unit) / (2u << code);
}

void mcu_spi_deinit(unsigned unit) {
    const spi_unit_t *hw = unit_of(unit);
    const mcu_spi_config_t *config = &configs[unit - 1];
    hw->regs->CR1 = 0;
    mcu_gpio_config(config->sck, MCU_GPIO_IN, MCU_GPIO_PULL_NONE);
    mcu_gpio_config(config->mosi, MCU_GPIO_IN, MCU_GPIO_PULL_NONE);
    mcu_gpio_config(config->miso, MCU_GPIO_IN, MCU_GPIO_PULL_NONE);
    *hw->enable &= ~hw->enable_bit;
}

// One byte out, one in: nothing is ever overrun, at the price of a short gap between bytes.
int mcu_spi_transfer(unsigned unit, const uint8_t *tx, uint8_t *rx, size_t len) {
    soc_spi_t *regs = unit_of(unit)->regs;
    while (regs->SR & SPI_SR_RXNE) {
        (void)regs->DR;
    }
    for (size_t i = 0; i < len; ++i) {
        regs->DR = tx[i];
        if ((regs->SR & SPI_SR_RXNE) == 0) {
            uint64_t end = mcu_time_us() + BYTE_TIMEOUT_US;
            while ((regs->SR & SPI_SR_RXNE) == 0) {
                if (mcu_time_us() >= end) {
                    mcu_spi_config_t config = configs[unit - 1];
                    mcu_spi_init(unit, &config);
                    return -EIO;
                }
            }
        }
        uint8_t c = (uint8_t)regs->DR;
        if (rx != NULL) {
            rx[i] = c;
        }
    }
    return 0;
}
