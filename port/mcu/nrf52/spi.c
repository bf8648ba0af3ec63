// SPDX-License-Identifier: MIT
// "SPIM — Serial peripheral interface master with EasyDMA": unit 2. Units 0 and 1 share their hardware with I2C's, and
// unit 3 sends wrong data while the CPU uses the RAM beside its buffer (erratum 198).
#include <errno.h>
#include <string.h>

#include "genhdr/board_data.h"
#include "gpio.h"
#include "mcu.h"
#include "mcu_gpio.h"
#include "mcu_spi.h"
#include "soc.h"

#define CHECK_UNIT(unit, sck, mosi, miso) _Static_assert(unit == 2, "board.json: spi: this SoC has unit 2");
BOARD_SPIS(CHECK_UNIT)

#define BASE SOC_SPIM2
#define MIN_HZ (125000u)
#define BOUNCE_SIZE (64)
#define SLACK_US (10000u)

// Register FREQUENCY.
static const struct {
    uint32_t hz, value;
} rates[] = {
    { 8000000, 0x80000000 },
    { 4000000, 0x40000000 },
    { 2000000, 0x20000000 },
    { 1000000, 0x10000000 },
    { 500000, 0x08000000 },
    { 250000, 0x04000000 },
    { MIN_HZ, 0x02000000 },
};

static mcu_spi_config_t current;
static uint32_t current_hz;

uint32_t mcu_spi_min_hz(unsigned unit) {
    return MIN_HZ;
}

// Any pin can be anything, but one thing only.
mcu_spi_check_t mcu_spi_check(unsigned unit, const mcu_spi_config_t *config) {
    if (config->mosi == config->sck) {
        return MCU_SPI_BAD_MOSI;
    }
    if (config->miso == config->sck || config->miso == config->mosi) {
        return MCU_SPI_BAD_MISO;
    }
    return config->hz < MIN_HZ ? MCU_SPI_BAD_HZ : MCU_SPI_OK;
}

static void start(void) {
    // "Master mode pin configuration": the levels before the SPIM takes over.
    mcu_gpio_write(current.sck, current.polarity);
    mcu_gpio_write(current.mosi, false);
    gpio_connect(current.sck, BASE + SPIM_PSEL_SCK, GPIO_PIN_CNF_OUTPUT);
    gpio_connect(current.mosi, BASE + SPIM_PSEL_MOSI, GPIO_PIN_CNF_OUTPUT);
    gpio_connect(current.miso, BASE + SPIM_PSEL_MISO, 0);
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); ++i) {
        current_hz = rates[i].hz;
        SOC_REG(BASE, SPIM_FREQUENCY) = rates[i].value;
        if (current_hz <= current.hz) {
            break;
        }
    }
    SOC_REG(BASE, SPIM_CONFIG) = (current.lsb_first ? SPIM_CONFIG_LSB_FIRST : 0) | (current.phase ? SPIM_CONFIG_PHASE : 0) |
        (current.polarity ? SPIM_CONFIG_POLARITY : 0);
    SOC_REG(BASE, SPIM_ORC) = 0xff;
    SOC_REG(BASE, SOC_ENABLE) = SPIM_ENABLE_SPIM;
}

uint32_t mcu_spi_init(unsigned unit, const mcu_spi_config_t *config) {
    mcu_spi_deinit(unit);
    current = *config;
    start();
    return current_hz;
}

void mcu_spi_deinit(unsigned unit) {
    if (current_hz != 0) {
        SOC_REG(BASE, SOC_ENABLE) = 0;
        gpio_disconnect(current.sck);
        gpio_disconnect(current.mosi);
        gpio_disconnect(current.miso);
        current_hz = 0;
    }
}

static bool in_ram(const uint8_t *data, size_t len) {
    uint32_t start = (uint32_t)data;
    return start >= SOC_RAM && len <= SOC_RAM_SIZE && start - SOC_RAM <= SOC_RAM_SIZE - len;
}

static bool run(const uint8_t *tx, uint8_t *rx, size_t len) {
    SOC_REG(BASE, SPIM_TXD_PTR) = (uint32_t)tx;
    SOC_REG(BASE, SPIM_TXD_MAXCNT) = len;
    SOC_REG(BASE, SPIM_RXD_PTR) = (uint32_t)rx;
    SOC_REG(BASE, SPIM_RXD_MAXCNT) = rx == NULL ? 0 : len;
    SOC_CLEAR_EVENT(BASE, SPIM_EVENTS_END);
    __DSB();
    SOC_TASK(BASE, SPIM_TASKS_START);
    uint64_t end = mcu_time_us() + SLACK_US + (uint64_t)len * 8 * 1000000 / current_hz;
    while (SOC_REG(BASE, SPIM_EVENTS_END) == 0) {
        if (mcu_time_us() > end) {
            return false;
        }
    }
    __DSB();
    return true;
}

int mcu_spi_transfer(unsigned unit, const uint8_t *tx, uint8_t *rx, size_t len) {
    for (size_t done = 0; done < len;) {
        // EasyDMA does not see the flash.
        uint8_t bounce[BOUNCE_SIZE];
        bool direct = in_ram(tx, len);
        size_t limit = direct ? SOC_DMA_MAX : sizeof(bounce);
        size_t n = len - done < limit ? len - done : limit;
        if (!direct) {
            memcpy(bounce, &tx[done], n);
        }
        if (!run(direct ? &tx[done] : bounce, rx == NULL ? NULL : &rx[done], n)) {
            SOC_REG(BASE, SOC_ENABLE) = 0;
            start();
            return -EIO;
        }
        done += n;
    }
    return 0;
}
