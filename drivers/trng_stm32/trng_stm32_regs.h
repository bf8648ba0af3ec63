// SPDX-License-Identifier: MIT
// Registers of the random number generator (RM0090 section 24.4) and its clock (section 7.3.11). The driver's host test
// brings functions of its own instead of these.
#ifndef TRNG_STM32_REGS_H
#define TRNG_STM32_REGS_H

#include <stdint.h>

#define TRNG_CR (0x50060800u)
#define TRNG_SR (0x50060804u)
#define TRNG_DR (0x50060808u)
#define TRNG_RCC_AHB2ENR (0x40023834u)

#define TRNG_CR_RNGEN (1u << 2)
#define TRNG_SR_DRDY (1u << 0)
#define TRNG_SR_CECS (1u << 1)
#define TRNG_SR_SECS (1u << 2)
#define TRNG_SR_CEIS (1u << 5)
#define TRNG_SR_SEIS (1u << 6)
#define TRNG_RCC_AHB2ENR_RNGEN (1u << 6)

#ifdef TRNG_STM32_HOST_TEST
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
