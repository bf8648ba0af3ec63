// SPDX-License-Identifier: MIT
// Embedded flash, RM0090 section 3: single bank, programmed in words (supply 2.7 V to 3.6 V).
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "flash_hw.h"
#include "mcu.h"
#include "soc.h"

#define FLASH_BASE_ADDRESS (0x08000000u)

// Twice the datasheet's longest times (DS8626, "Flash memory programming": 100 us a word, 4 s for 128 KB).
#define PROGRAM_LIMIT_US (200u)
#define ERASE_LIMIT_US (8000000u)

uint32_t flash_hw_sector_size(unsigned sector) {
    return sector < 4 ? 16 * 1024 : sector == 4 ? 64 * 1024
                                                : 128 * 1024;
}

uint32_t flash_hw_sector_offset(unsigned sector) {
    uint32_t offset = 0;
    for (unsigned i = 0; i < sector; ++i) {
        offset += flash_hw_sector_size(i);
    }
    return offset;
}

static bool wait_while_busy(uint32_t limit_us) {
    uint64_t end = mcu_time_us() + limit_us;
    for (;;) {
        // Looked at once more after the time is over: an interrupt may have taken it.
        bool late = mcu_time_us() > end;
        if ((SOC_FLASH->SR & FLASH_SR_BSY) == 0) {
            return true;
        }
        if (late) {
            return false;
        }
    }
}

// Section 3.6.1. A wrong key locks the registers until the next reset, so it is written only when needed.
static bool unlock(void) {
    if (SOC_FLASH->CR & FLASH_CR_LOCK) {
        SOC_FLASH->KEYR = FLASH_KEY1;
        SOC_FLASH->KEYR = FLASH_KEY2;
    }
    return (SOC_FLASH->CR & FLASH_CR_LOCK) == 0;
}

static void lock(void) {
    SOC_FLASH->CR = FLASH_CR_LOCK;
}

// Errors stay until they are written with 1, and PGSERR and PGPERR block what follows (section 3.9.4).
static bool prepare(void) {
    if (!wait_while_busy(PROGRAM_LIMIT_US) || !unlock()) {
        return false;
    }
    SOC_FLASH->SR = FLASH_SR_ERRORS | FLASH_SR_EOP;
    return (SOC_FLASH->SR & FLASH_SR_ERRORS) == 0;
}

// What is programmed changes the data cache together with the flash, so a comparison that reads the cache proves nothing; and
// the cache holds what an erased sector had before (chapter "Embedded Flash memory interface", on caches).
static uint32_t cache_off(void) {
    uint32_t acr = SOC_FLASH->ACR;
    SOC_FLASH->ACR = acr & ~FLASH_ACR_DCEN;
    return acr;
}

// Empty; it can be reset only while it is off.
static void cache_on(uint32_t acr) {
    SOC_FLASH->ACR = (acr & ~FLASH_ACR_DCEN) | FLASH_ACR_DCRST;
    SOC_FLASH->ACR = acr;
}

static bool succeeded(uint32_t limit_us) {
    return wait_while_busy(limit_us) && (SOC_FLASH->SR & FLASH_SR_ERRORS) == 0;
}

void flash_hw_read(uint32_t offset, void *buf, size_t len) {
    memcpy(buf, (const void *)(FLASH_BASE_ADDRESS + offset), len);
}

static uint32_t word_at(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof(word));
    return word;
}

// Section 3.6.3.
int flash_hw_program(uint32_t offset, const void *buf, size_t len) {
    volatile uint32_t *to = (volatile uint32_t *)(FLASH_BASE_ADDRESS + offset);
    const uint8_t *from = buf;
    size_t words = len / 4;
    if (offset % 4 != 0 || len % 4 != 0) {
        return -EINVAL;
    }
    for (size_t i = 0; i < words; ++i) {
        if (word_at(&from[4 * i]) & ~to[i]) {
            return -EPERM;
        }
    }
    if (!prepare()) {
        lock();
        return -EIO;
    }
    int ret = 0;
    uint32_t acr = cache_off();
    SOC_FLASH->CR = FLASH_CR_PSIZE_X32 | FLASH_CR_PG;
    for (size_t i = 0; i < words && ret == 0; ++i) {
        uint32_t word = word_at(&from[4 * i]);
        if (word == to[i]) {
            continue;
        }
        to[i] = word;
        __DSB();
        if (!succeeded(PROGRAM_LIMIT_US) || to[i] != word) {
            ret = -EIO;
        }
    }
    lock();
    cache_on(acr);
    return ret;
}

// Section 3.6.2.
int flash_hw_erase(unsigned sector) {
    if (!prepare()) {
        lock();
        return -EIO;
    }
    uint32_t acr = cache_off();
    SOC_FLASH->CR = FLASH_CR_PSIZE_X32 | FLASH_CR_SER | sector << FLASH_CR_SNB_POS;
    SOC_FLASH->CR |= FLASH_CR_STRT;
    __DSB();
    bool erased = succeeded(ERASE_LIMIT_US);
    lock();
    cache_on(acr);
    return erased ? 0 : -EIO;
}
