// SPDX-License-Identifier: MIT
// I2C controllers as masters, polled (RM0090, chapter "Inter-integrated circuit (I2C) interface").
#include <errno.h>

#include "clock.h"
#include "gpio.h"
#include "i2c_recovery.h"
#include "mcu.h"
#include "mcu_gpio.h"
#include "mcu_i2c.h"
#include "soc.h"

#define MIN_HZ (8000u)
#define STANDARD_HZ (100000u)
#define MAX_HZ (400000u)
#define FUNCTION (4)
#define UNITS (3)

typedef struct {
    uint8_t scl, sda;
    uint32_t hz;
    bool held; // no stop condition since the last start
} i2c_state_t;

static i2c_state_t states[UNITS + 1];

static soc_i2c_t *const regs_of_unit[UNITS + 1] = { NULL, (soc_i2c_t *)0x40005400, (soc_i2c_t *)0x40005800, (soc_i2c_t *)0x40005c00 };

#define PA(bit) (bit)
#define PB(bit) (16 + (bit))
#define PC(bit) (32 + (bit))
#define PF(bit) (80 + (bit))
#define PH(bit) (112 + (bit))
#define NONE (0xff)

// Function 4 in the datasheet's table "Alternate function mapping".
static const uint8_t scl_pins[UNITS + 1][3] = { { 0 }, { PB(6), PB(8), NONE }, { PB(10), PF(1), PH(4) }, { PA(8), PH(7), NONE } };
static const uint8_t sda_pins[UNITS + 1][3] = { { 0 }, { PB(7), PB(9), NONE }, { PB(11), PF(0), PH(5) }, { PC(9), PH(8), NONE } };

static bool in_list(const uint8_t *list, unsigned pin) {
    return pin == list[0] || pin == list[1] || pin == list[2];
}

mcu_i2c_check_t mcu_i2c_check(unsigned unit, unsigned scl, unsigned sda, uint32_t hz) {
    if (!in_list(scl_pins[unit], scl)) {
        return MCU_I2C_BAD_SCL;
    }
    if (!in_list(sda_pins[unit], sda)) {
        return MCU_I2C_BAD_SDA;
    }
    return hz < MIN_HZ ? MCU_I2C_BAD_HZ : MCU_I2C_OK;
}

uint32_t mcu_i2c_min_hz(void) {
    return MIN_HZ;
}

uint32_t mcu_i2c_max_hz(void) {
    return MAX_HZ;
}

// Registers and pins from a software reset on; returns the real clock in Hz.
static uint32_t start_unit(unsigned unit) {
    i2c_state_t *state = &states[unit];
    soc_i2c_t *regs = regs_of_unit[unit];
    gpio_connect(state->scl, FUNCTION, true, true);
    gpio_connect(state->sda, FUNCTION, true, true);
    regs->CR1 = I2C_CR1_SWRST;
    regs->CR1 = 0;
    state->held = false;

    uint32_t bus_hz = clock_apb1_hz();
    uint32_t bus_mhz = bus_hz / 1000000;
    regs->CR2 = bus_mhz;
    // Rounded up: never faster than asked. In fast mode SCL is low twice as long as high. TRISE: the longest rise of
    // the mode, 1000 or 300 ns, in cycles, plus one.
    uint32_t divider;
    uint32_t real;
    if (state->hz <= STANDARD_HZ) {
        divider = (bus_hz + 2 * state->hz - 1) / (2 * state->hz);
        divider = divider < 4 ? 4 : divider;
        regs->CCR = divider;
        regs->TRISE = bus_mhz + 1;
        real = bus_hz / (2 * divider);
    } else {
        divider = (bus_hz + 3 * state->hz - 1) / (3 * state->hz);
        regs->CCR = I2C_CCR_FS | divider;
        regs->TRISE = bus_mhz * 300 / 1000 + 1;
        real = bus_hz / (3 * divider);
    }
    regs->CR1 = I2C_CR1_PE;
    return real;
}

uint32_t mcu_i2c_init(unsigned unit, unsigned scl, unsigned sda, uint32_t hz) {
    SOC_RCC->APB1ENR |= RCC_APB1ENR_I2C1EN << (unit - 1);
    (void)SOC_RCC->APB1ENR;
    states[unit] = (i2c_state_t){ .scl = (uint8_t)scl, .sda = (uint8_t)sda, .hz = hz > MAX_HZ ? MAX_HZ : hz };
    return start_unit(unit);
}

void mcu_i2c_deinit(unsigned unit) {
    regs_of_unit[unit]->CR1 = 0;
    mcu_gpio_config(states[unit].scl, MCU_GPIO_IN, MCU_GPIO_PULL_NONE);
    mcu_gpio_config(states[unit].sda, MCU_GPIO_IN, MCU_GPIO_PULL_NONE);
    SOC_RCC->APB1ENR &= ~(RCC_APB1ENR_I2C1EN << (unit - 1));
}

typedef struct {
    soc_i2c_t *regs;
    uint32_t timeout_us;
} transfer_t;

// Wait until one of `flags` of SR1 is set, or an error. Returns 0, -EIO, -ETIMEDOUT, or -ENODEV for a byte that was not
// acknowledged.
static int wait_for(const transfer_t *t, uint32_t flags) {
    uint64_t end = mcu_time_us() + t->timeout_us;
    for (;;) {
        // Looked at once more after the time is over: the program may have been interrupted for long.
        bool late = mcu_time_us() >= end;
        uint32_t status = t->regs->SR1;
        if (status & (I2C_SR1_BERR | I2C_SR1_ARLO)) {
            t->regs->SR1 = ~(I2C_SR1_BERR | I2C_SR1_ARLO);
            return -EIO;
        }
        if (status & I2C_SR1_AF) {
            t->regs->SR1 = ~I2C_SR1_AF;
            return -ENODEV;
        }
        if (status & flags) {
            return 0;
        }
        if (late) {
            return -ETIMEDOUT;
        }
    }
}

// The hardware clears CR1.STOP when the condition is on the bus; CR1 must not be written before.
static int stop(const transfer_t *t) {
    t->regs->CR1 |= I2C_CR1_STOP;
    uint64_t end = mcu_time_us() + t->timeout_us;
    while (t->regs->CR1 & I2C_CR1_STOP) {
        if (mcu_time_us() >= end) {
            return -ETIMEDOUT;
        }
    }
    return 0;
}

// Start condition and address. ADDR stays set, with SCL held low, until SR2 is read.
static int start(const transfer_t *t, uint8_t address, bool read) {
    t->regs->CR1 = (t->regs->CR1 & ~(I2C_CR1_POS)) | I2C_CR1_ACK | I2C_CR1_START;
    int ret = wait_for(t, I2C_SR1_SB);
    if (ret != 0) {
        return ret == -ENODEV ? -EIO : ret;
    }
    t->regs->DR = (uint32_t)address << 1 | (read ? 1 : 0);
    return wait_for(t, I2C_SR1_ADDR);
}

// Where the next byte of a list of buffers is.
typedef struct {
    const mcu_i2c_buf_t *buf;
    size_t at;
    size_t left; // of all buffers
} cursor_t;

static cursor_t cursor_over(const mcu_i2c_buf_t *bufs, size_t count) {
    cursor_t cursor = { bufs, 0, 0 };
    for (size_t i = 0; i < count; ++i) {
        cursor.left += bufs[i].len;
    }
    return cursor;
}

static uint8_t *next(cursor_t *cursor) {
    while (cursor->at == cursor->buf->len) {
        ++cursor->buf;
        cursor->at = 0;
    }
    --cursor->left;
    return &cursor->buf->data[cursor->at++];
}

// Returns how many bytes were acknowledged; *refused is set when it was not all of them.
static int write(const transfer_t *t, cursor_t cursor, bool *refused) {
    (void)t->regs->SR2; // ADDR is cleared: the clock goes on
    int done = 0;
    *refused = false;
    while (cursor.left != 0) {
        int ret = wait_for(t, I2C_SR1_TXE);
        if (ret == 0) {
            t->regs->DR = *next(&cursor);
            // Byte by byte: which one was refused must be known.
            ret = wait_for(t, I2C_SR1_BTF);
        }
        if (ret == -ENODEV) {
            *refused = true;
            return done;
        }
        if (ret != 0) {
            return ret;
        }
        ++done;
    }
    return done;
}

// "Master receiver", closing the communication: the last byte is not acknowledged, which must be set, and the stop
// condition asked for, while the clock is held before it: with one byte before ADDR is cleared, with two by POS, with
// more when three are left. A read of nothing takes one byte and drops it: the device sends in any case.
static int read(const transfer_t *t, cursor_t cursor, bool stop_at_end) {
    soc_i2c_t *regs = t->regs;
    uint32_t end_bit = stop_at_end ? I2C_CR1_STOP : 0;
    uint8_t dropped;
    int ret;
    if (cursor.left <= 1) {
        regs->CR1 &= ~I2C_CR1_ACK;
        (void)regs->SR2;
        regs->CR1 |= end_bit;
        ret = wait_for(t, I2C_SR1_RXNE);
        if (ret == 0) {
            *(cursor.left == 0 ? &dropped : next(&cursor)) = (uint8_t)regs->DR;
        }
        return ret;
    }
    if (cursor.left == 2) {
        regs->CR1 = (regs->CR1 & ~I2C_CR1_ACK) | I2C_CR1_POS;
    }
    (void)regs->SR2;
    while (cursor.left > 3) {
        ret = wait_for(t, I2C_SR1_RXNE);
        if (ret != 0) {
            return ret;
        }
        *next(&cursor) = (uint8_t)regs->DR;
    }
    if (cursor.left == 3) {
        // Byte N-2 in DR, N-1 in the shift register.
        ret = wait_for(t, I2C_SR1_BTF);
        if (ret != 0) {
            return ret;
        }
        regs->CR1 &= ~I2C_CR1_ACK;
        *next(&cursor) = (uint8_t)regs->DR;
    }
    ret = wait_for(t, I2C_SR1_BTF);
    if (ret != 0) {
        return ret;
    }
    regs->CR1 |= end_bit;
    *next(&cursor) = (uint8_t)regs->DR;
    *next(&cursor) = (uint8_t)regs->DR;
    return 0;
}

static int run(const transfer_t *t, uint8_t address, const mcu_i2c_buf_t *bufs, size_t count, unsigned flags) {
    int done = 0;
    bool refused = false;
    if ((flags & MCU_I2C_READ) == 0 || flags & MCU_I2C_WRITE_FIRST) {
        int ret = start(t, address, false);
        if (ret != 0) {
            return ret;
        }
        done = write(t, cursor_over(bufs, flags & MCU_I2C_READ ? 1 : count), &refused);
        if (done < 0) {
            return done;
        }
    }
    if (flags & MCU_I2C_READ) {
        if (refused) {
            return -EIO;
        }
        int ret = start(t, address, true);
        if (ret == 0) {
            size_t written = flags & MCU_I2C_WRITE_FIRST ? 1 : 0;
            ret = read(t, cursor_over(bufs + written, count - written), flags & MCU_I2C_STOP);
            ret = ret == -ENODEV ? -EIO : ret;
        }
        return ret;
    }
    if (flags & MCU_I2C_STOP || refused) {
        int ret = stop(t);
        return ret != 0 ? ret : done;
    }
    return done;
}

int mcu_i2c_transfer(unsigned unit, uint8_t address, const mcu_i2c_buf_t *bufs, size_t count, unsigned flags, uint32_t timeout_us) {
    i2c_state_t *state = &states[unit];
    transfer_t t = { regs_of_unit[unit], timeout_us };
    int ret = 0;
    if (!state->held && (t.regs->SR2 & I2C_SR2_BUSY)) {
        // Nobody else is master here: a device holds the bus, or will let go within a bit of a finished transfer.
        uint64_t end = mcu_time_us() + timeout_us;
        while (t.regs->SR2 & I2C_SR2_BUSY) {
            if (mcu_time_us() >= end) {
                ret = -ETIMEDOUT;
                break;
            }
        }
    }
    if (ret == 0) {
        ret = run(&t, address, bufs, count, flags);
    }
    state->held = ret >= 0 && (flags & MCU_I2C_STOP) == 0;
    if (ret == -ENODEV && stop(&t) != 0) {
        ret = -ETIMEDOUT;
    }
    if (ret == -EIO || ret == -ETIMEDOUT) {
        i2c_recover(state->scl, state->sda);
        start_unit(unit);
    }
    return ret;
}
