// SPDX-License-Identifier: MIT
// Registers of the nRF52840's AES block ("ECB - AES electronic codebook mode encryption" of the product
// specification). Where there is no such chip, test_device.c brings functions instead of these.
#ifndef ECB_NRF52_REGS_H
#define ECB_NRF52_REGS_H

#include <stdint.h>

#define ECB_TASKS_STARTECB (0x4000E000u)
#define ECB_TASKS_STOPECB (0x4000E004u)
#define ECB_EVENTS_ENDECB (0x4000E100u)
#define ECB_EVENTS_ERRORECB (0x4000E104u)
#define ECB_ECBDATAPTR (0x4000E504u)

// What ECBDATAPTR points to, read and written by EasyDMA: it must be in RAM. Bytes in the order of FIPS 197.
typedef struct {
    uint8_t key[16];
    uint8_t cleartext[16];
    uint8_t ciphertext[16];
} ecb_data_t;

#ifdef ECB_NRF52_HOST_TEST
uint32_t ecb_test_read(uint32_t reg);
void ecb_test_write(uint32_t reg, uintptr_t value);
#define ecb_read ecb_test_read
#define ecb_write ecb_test_write

static inline void ecb_barrier(void) {
    __asm volatile("" : : : "memory");
}
#else
static inline uint32_t ecb_read(uint32_t reg) {
    return *(volatile uint32_t *)reg;
}

static inline void ecb_write(uint32_t reg, uintptr_t value) {
    *(volatile uint32_t *)reg = value;
}

// Memory is as the program says before EasyDMA looks at it, and as EasyDMA left it before the program does.
static inline void ecb_barrier(void) {
    __asm volatile("dmb" : : : "memory");
}
#endif

#endif // ECB_NRF52_REGS_H
