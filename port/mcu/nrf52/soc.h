// SPDX-License-Identifier: MIT
// nRF52840. Registers after Nordic's nRF52840 Product Specification (PS), chapters as named below; interrupts after its
// chapter "Memory", table "Instantiation": the number is the one in the peripheral's address.
#pragma once

#include <stdint.h>

#include "cortexm/exceptions.h"

typedef enum {
    CORTEXM_EXCEPTIONS,
    POWER_CLOCK_IRQn = 0,
    UARTE0_IRQn = 2,
    SPIM0_TWIM0_IRQn = 3,
    SPIM1_TWIM1_IRQn = 4,
    GPIOTE_IRQn = 6,
    RNG_IRQn = 13,
    WDT_IRQn = 16,
    RTC1_IRQn = 17,
    TIMER4_IRQn = 27,
    SPIM2_IRQn = 35,
    RTC2_IRQn = 36,
    UARTE1_IRQn = 40,
} IRQn_Type;

#define SOC_IRQ_COUNT (48)
#define SOC_CLOCK_HZ (64000000u)

#define __CM4_REV 0x0001
#define __MPU_PRESENT 1
#define __FPU_PRESENT 1
#define __NVIC_PRIO_BITS 3
#define __Vendor_SysTickConfig 0

#include "core_cm4.h"

// A register by its peripheral's base address and its offset.
#define SOC_REG(base, offset) (*(volatile uint32_t *)((base) + (offset)))

// Tasks are started by a 1. An event is cleared by a 0; the write takes some cycles to get there, and an interrupt that
// returns earlier comes again ("Peripheral interface", "Interrupt clearing"): read it back.
#define SOC_TASK(base, task) (SOC_REG(base, task) = 1)
#define SOC_CLEAR_EVENT(base, event) (SOC_REG(base, event) = 0, (void)SOC_REG(base, event))

// Events: bit of the interrupt in INTENSET and INTENCLR, from the event's offset.
#define SOC_EVENT_MASK(event) (1u << ((event) - 0x100) / 4)
#define SOC_INTENSET (0x304)
#define SOC_INTENCLR (0x308)

// "CLOCK — Clock control".
#define SOC_CLOCK (0x40000000u)
#define CLOCK_TASKS_HFCLKSTART (0x000)
#define CLOCK_TASKS_HFCLKSTOP (0x004)
#define CLOCK_TASKS_LFCLKSTART (0x008)
#define CLOCK_TASKS_LFCLKSTOP (0x00c)
#define CLOCK_EVENTS_HFCLKSTARTED (0x100)
#define CLOCK_EVENTS_LFCLKSTARTED (0x104)
#define CLOCK_LFCLKSRC (0x518)
#define CLOCK_LFCLKSRC_RC (0u)
#define CLOCK_LFCLKSRC_XTAL (1u)

// "FICR — Factory information configuration registers".
#define SOC_FICR (0x10000000u)
#define FICR_DEVICEID0 (0x060)
#define FICR_DEVICEID1 (0x064)

// "NVMC — Non-volatile memory controller".
#define SOC_NVMC (0x4001e000u)
#define NVMC_READY (0x400)
#define NVMC_CONFIG (0x504)
#define NVMC_CONFIG_READ (0u)
#define NVMC_CONFIG_WRITE (1u)
#define NVMC_CONFIG_ERASE (2u)
#define NVMC_ERASEPAGE (0x508)
#define NVMC_ICACHECNF (0x540)
#define NVMC_ICACHECNF_ENABLE (1u)
#define SOC_FLASH_PAGE_SIZE (4096u)

// "TIMER — Timer/counter".
#define SOC_TIMER4 (0x4001b000u)
#define TIMER_TASKS_START (0x000)
#define TIMER_TASKS_STOP (0x004)
#define TIMER_TASKS_CLEAR (0x00c)
#define TIMER_TASKS_CAPTURE0 (0x040)
#define TIMER_MODE (0x504)
#define TIMER_MODE_TIMER (0u)
#define TIMER_BITMODE (0x508)
#define TIMER_BITMODE_32 (3u)
#define TIMER_PRESCALER (0x510)
#define TIMER_CC0 (0x540)

// "RTC — Real-time counter".
#define SOC_RTC1 (0x40011000u)
#define RTC_TASKS_START (0x000)
#define RTC_TASKS_STOP (0x004)
#define RTC_TASKS_CLEAR (0x008)
#define RTC_EVENTS_TICK (0x100)
#define RTC_PRESCALER (0x508)
#define SOC_LFCLK_HZ (32768u)

// "GPIO — General purpose input/output". Pins are numbered through: P1.00 is 32.
#define SOC_GPIO(pin) (0x50000000u + 0x300 * ((pin) / 32))
#define SOC_GPIO_MASK(pin) (1u << (pin) % 32)
#define GPIO_OUT (0x504)
#define GPIO_OUTSET (0x508)
#define GPIO_OUTCLR (0x50c)
#define GPIO_IN (0x510)
#define GPIO_DIR (0x514)
#define GPIO_DIRSET (0x518)
#define GPIO_DIRCLR (0x51c)
#define GPIO_PIN_CNF(pin) (0x700 + 4 * ((pin) % 32))
#define GPIO_PIN_CNF_OUTPUT (1u << 0)
#define GPIO_PIN_CNF_NO_INPUT (1u << 1)
#define GPIO_PIN_CNF_PULL_UP (3u << 2)

// "UARTE — Universal asynchronous receiver/transmitter with EasyDMA".
#define SOC_UARTE0 (0x40002000u)
#define SOC_UARTE1 (0x40028000u)
#define UARTE_TASKS_STARTRX (0x000)
#define UARTE_TASKS_STOPRX (0x004)
#define UARTE_TASKS_STARTTX (0x008)
#define UARTE_TASKS_STOPTX (0x00c)
#define UARTE_EVENTS_ENDRX (0x110)
#define UARTE_EVENTS_ENDTX (0x120)
#define UARTE_EVENTS_ERROR (0x124)
#define UARTE_EVENTS_RXTO (0x144)
#define UARTE_EVENTS_TXSTOPPED (0x158)
#define UARTE_ERRORSRC (0x480)
#define UARTE_ERRORSRC_FRAMING (1u << 2)
#define UARTE_ERRORSRC_BREAK (1u << 3)
#define UARTE_ENABLE (0x500)
#define UARTE_ENABLE_UARTE (8u)
#define UARTE_PSEL_RTS (0x508)
#define UARTE_PSEL_TXD (0x50c)
#define UARTE_PSEL_CTS (0x510)
#define UARTE_PSEL_RXD (0x514)
#define UARTE_PSEL_NONE (0xffffffffu)
#define UARTE_BAUDRATE (0x524)
#define UARTE_RXD_PTR (0x534)
#define UARTE_RXD_MAXCNT (0x538)
#define UARTE_TXD_PTR (0x544)
#define UARTE_TXD_MAXCNT (0x548)
#define UARTE_CONFIG (0x56c)
