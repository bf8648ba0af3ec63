// SPDX-License-Identifier: MIT
// "TWIM — I2C compatible two-wire interface master with EasyDMA": units 0 and 1. A transfer is one run of EasyDMA each way;
// what is in flash, or in several pieces, goes through a buffer here, because a run cannot be continued without a
// second start condition.
#include <errno.h>
#include <string.h>

#include "genhdr/board_data.h"
#include "gpio.h"
#include "i2c_recovery.h"
#include "mcu.h"
#include "mcu_i2c.h"
#include "soc.h"

#define CHECK_UNIT(unit, scl, sda) _Static_assert(unit < 2, "board.json: i2c: this SoC has units 0 and 1");
BOARD_I2CS(CHECK_UNIT)

#define UNIT_COUNT (2)
#define BOUNCE_SIZE (512)

// Register FREQUENCY. 400 kHz would violate the bus's timing (erratum 219); its remedy is 390 kHz.
static const struct {
    uint32_t hz, value;
} rates[] = {
    { 390000, 0x06200000 },
    { 250000, 0x04000000 },
    { 100000, 0x01980000 },
};

#define RATE_COUNT (sizeof(rates) / sizeof(rates[0]))

static const uint32_t bases[UNIT_COUNT] = { SOC_TWIM0, SOC_TWIM1 };

static struct {
    uint8_t scl, sda;
    uint8_t rate;
    bool running;
    bool kept; // the transfer before ended without a stop condition
} units[UNIT_COUNT];

static uint8_t bounce[BOUNCE_SIZE];

mcu_i2c_check_t mcu_i2c_check(unsigned unit, unsigned scl, unsigned sda, uint32_t hz) {
    // Any pin can be anything, but one thing only.
    return scl == sda ? MCU_I2C_BAD_SDA : hz < mcu_i2c_min_hz() ? MCU_I2C_BAD_HZ
                                                                : MCU_I2C_OK;
}

uint32_t mcu_i2c_min_hz(void) {
    return rates[RATE_COUNT - 1].hz;
}

uint32_t mcu_i2c_max_hz(void) {
    return rates[0].hz;
}

static void start(unsigned unit) {
    uint32_t base = bases[unit];
    // "Master mode pin configuration": open drain.
    const uint32_t cnf = GPIO_PIN_CNF_PULL_UP | GPIO_PIN_CNF_OPEN_DRAIN;
    gpio_connect(units[unit].scl, base + TWIM_PSEL_SCL, cnf);
    gpio_connect(units[unit].sda, base + TWIM_PSEL_SDA, cnf);
    SOC_REG(base, TWIM_FREQUENCY) = rates[units[unit].rate].value;
    SOC_REG(base, TWIM_SHORTS) = 0;
    SOC_REG(base, SOC_ENABLE) = TWIM_ENABLE_TWIM;
    units[unit].running = true;
    units[unit].kept = false;
}

uint32_t mcu_i2c_init(unsigned unit, unsigned scl, unsigned sda, uint32_t hz) {
    mcu_i2c_deinit(unit);
    units[unit].scl = (uint8_t)scl;
    units[unit].sda = (uint8_t)sda;
    for (units[unit].rate = 0; units[unit].rate < RATE_COUNT - 1 && rates[units[unit].rate].hz > hz;) {
        units[unit].rate += 1;
    }
    start(unit);
    return rates[units[unit].rate].hz;
}

void mcu_i2c_deinit(unsigned unit) {
    if (units[unit].running) {
        SOC_REG(bases[unit], SOC_ENABLE) = 0;
        gpio_disconnect(units[unit].scl);
        gpio_disconnect(units[unit].sda);
        units[unit].running = false;
    }
}

// Switch off, free the bus, switch on.
static int give_up(unsigned unit) {
    mcu_i2c_deinit(unit);
    i2c_recover(units[unit].scl, units[unit].sda);
    start(unit);
    return -ETIMEDOUT;
}

// Wait for one of two events; false when neither comes in time.
static bool await(uint32_t base, uint32_t event, uint32_t other, uint64_t end) {
    while (SOC_REG(base, event) == 0 && SOC_REG(base, other) == 0) {
        if (mcu_time_us() > end) {
            return false;
        }
    }
    return true;
}

// Start condition, address, `len` bytes. Returns the number of acknowledged bytes of a write, 0 for a read, or an errno of
// mcu_i2c_transfer().
static int run(unsigned unit, bool read, uint8_t *data, size_t len, bool stop, uint64_t limit_us) {
    uint32_t base = bases[unit];
    static const uint32_t shorts[2][2] = {
        { TWIM_SHORTS_LASTTX_SUSPEND, TWIM_SHORTS_LASTTX_STOP },
        { TWIM_SHORTS_LASTRX_SUSPEND, TWIM_SHORTS_LASTRX_STOP },
    };
    uint32_t started = read ? TWIM_EVENTS_RXSTARTED : TWIM_EVENTS_TXSTARTED;
    uint32_t ended = stop ? TWIM_EVENTS_STOPPED : TWIM_EVENTS_SUSPENDED;
    SOC_CLEAR_EVENT(base, TWIM_EVENTS_STOPPED);
    SOC_CLEAR_EVENT(base, TWIM_EVENTS_SUSPENDED);
    SOC_CLEAR_EVENT(base, TWIM_EVENTS_ERROR);
    SOC_CLEAR_EVENT(base, started);
    SOC_REG(base, TWIM_ERRORSRC) = SOC_REG(base, TWIM_ERRORSRC); // cleared by 1
    SOC_REG(base, read ? TWIM_RXD_PTR : TWIM_TXD_PTR) = (uint32_t)data;
    SOC_REG(base, read ? TWIM_RXD_MAXCNT : TWIM_TXD_MAXCNT) = len;
    // There is no last byte of none.
    SOC_REG(base, TWIM_SHORTS) = len == 0 ? 0 : shorts[read][stop];
    __DSB();
    if (units[unit].kept) {
        SOC_TASK(base, TWIM_TASKS_RESUME);
    }
    units[unit].kept = false;
    SOC_TASK(base, read ? TWIM_TASKS_STARTRX : TWIM_TASKS_STARTTX);
    uint64_t end = mcu_time_us() + (len + 1) * (limit_us + 9 * 1000000 / rates[units[unit].rate].hz);
    if (len == 0) {
        if (!await(base, started, TWIM_EVENTS_ERROR, end)) {
            return give_up(unit);
        }
        SOC_TASK(base, stop ? TWIM_TASKS_STOP : TWIM_TASKS_SUSPEND);
    }
    if (!await(base, ended, TWIM_EVENTS_ERROR, end)) {
        return give_up(unit);
    }
    if (SOC_REG(base, TWIM_EVENTS_ERROR)) {
        // The shortcut did not come; a suspended unit does not take a stop.
        SOC_REG(base, TWIM_SHORTS) = 0;
        SOC_TASK(base, TWIM_TASKS_RESUME);
        SOC_TASK(base, TWIM_TASKS_STOP);
        if (!await(base, TWIM_EVENTS_STOPPED, TWIM_EVENTS_STOPPED, end)) {
            return give_up(unit);
        }
        uint32_t error = SOC_REG(base, TWIM_ERRORSRC);
        if (error & TWIM_ERRORSRC_ANACK) {
            return -ENODEV;
        }
        // "AMOUNT": includes the byte that was refused.
        uint32_t amount = SOC_REG(base, TWIM_TXD_AMOUNT);
        return !read && (error & TWIM_ERRORSRC_DNACK) && amount > 0 ? (int)amount - 1 : -EIO;
    }
    units[unit].kept = !stop;
    __DSB();
    return read ? 0 : (int)len;
}

static bool in_ram(const uint8_t *data, size_t len) {
    uint32_t start = (uint32_t)data;
    return start >= SOC_RAM && len <= SOC_RAM_SIZE && start - SOC_RAM <= SOC_RAM_SIZE - len;
}

// One run over several buffers.
static int run_all(unsigned unit, bool read, const mcu_i2c_buf_t *bufs, size_t count, bool stop, uint32_t limit_us) {
    size_t len = 0;
    for (size_t i = 0; i < count; ++i) {
        len += bufs[i].len;
    }
    bool direct = count == 1 && (len == 0 || in_ram(bufs[0].data, len));
    if (len > (direct ? SOC_DMA_MAX : sizeof(bounce))) {
        return -EINVAL;
    }
    if (direct) {
        return run(unit, read, bufs[0].data, len, stop, limit_us);
    }
    uint8_t *at = bounce;
    for (size_t i = 0; i < count && !read; at += bufs[i].len, ++i) {
        memcpy(at, bufs[i].data, bufs[i].len);
    }
    int ret = run(unit, read, bounce, len, stop, limit_us);
    at = bounce;
    for (size_t i = 0; i < count && read; at += bufs[i].len, ++i) {
        memcpy(bufs[i].data, at, bufs[i].len);
    }
    memset(bounce, 0, len);
    return ret;
}

int mcu_i2c_transfer(unsigned unit, uint8_t address, const mcu_i2c_buf_t *bufs, size_t count, unsigned flags, uint32_t timeout_us) {
    bool stop = (flags & MCU_I2C_STOP) != 0;
    SOC_REG(bases[unit], TWIM_ADDRESS) = address;
    if ((flags & MCU_I2C_READ) == 0) {
        return run_all(unit, false, bufs, count, stop, timeout_us);
    }
    if (flags & MCU_I2C_WRITE_FIRST) {
        int ret = run_all(unit, false, bufs, 1, false, timeout_us);
        if (ret < 0) {
            return ret;
        }
        if ((size_t)ret < bufs[0].len) {
            return -EIO;
        }
        bufs += 1;
        count -= 1;
    }
    return run_all(unit, true, bufs, count, stop, timeout_us);
}
