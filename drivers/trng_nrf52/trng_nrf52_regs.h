// SPDX-License-Identifier: MIT
// Registers of the nRF52840's random number generator ("RNG" of the product specification). The driver's host test
// brings functions of its own instead of these.
#ifndef TRNG_NRF52_REGS_H
#define TRNG_NRF52_REGS_H

#include <stdint.h>

#define TRNG_TASKS_START (0x4000D000u)
#define TRNG_TASKS_STOP (0x4000D004u)
#define TRNG_EVENTS_VALRDY (0x4000D100u)
#define TRNG_SHORTS (0x4000D200u)
#define TRNG_INTENCLR (0x4000D308u)
#define TRNG_CONFIG (0x4000D504u)
#define TRNG_VALUE (0x4000D508u)

#define TRNG_CONFIG_DERCEN (1u << 0)
#define TRNG_INT_VALRDY (1u << 0)

#ifdef TRNG_NRF52_HOST_TEST
uint32_t trng_test_read(uint32_t reg);
void trng_test_write(uint32_t reg, uint32_t value);
#define trng_read trng_test_read
#define trng_write trng_test_write
#else
static inline uint32_t trng_read(uint32_t reg) {
    return *(volatile uint32_t *)reg;
}

static inline void trng_write(uint32_t reg, uint32_t value) {
    *(volatile uint32_t *)reg = value;
}
#endif

#endif
