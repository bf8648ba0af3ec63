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

// "POWER — Power supply", in the same place.
#define SOC_POWER (0x40000000u)
#define POWER_RESETREAS (0x400)
#define POWER_RESETREAS_PIN (1u << 0)
#define POWER_RESETREAS_WATCHDOG (1u << 1)
#define POWER_RESETREAS_SOFTWARE (1u << 2)
#define POWER_RESETREAS_OFF (1u << 16)
#define POWER_SYSTEMOFF (0x500)
#define POWER_GPREGRET (0x51c)

// "FICR — Factory information configuration registers".
#define SOC_FICR (0x10000000u)
#define FICR_DEVICEID0 (0x060)
#define FICR_DEVICEID1 (0x064)

// "UICR — User information configuration registers", and the firmware's half of the access port protection ("Debug and
// trace"), which shares the address of POWER and CLOCK.
#define SOC_UICR (0x10001000u)
#define UICR_APPROTECT (0x208)
#define UICR_APPROTECT_MASK (0xffu)
#define UICR_APPROTECT_HW_DISABLED (0x5au)
#define SOC_APPROTECT (0x40000000u)
#define APPROTECT_DISABLE (0x558)
#define APPROTECT_DISABLE_SW (0x5au)

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
#define RTC_EVENTS_COMPARE0 (0x140)
#define RTC_COUNTER (0x504)
#define RTC_COUNTER_MASK (0xffffffu)
#define RTC_PRESCALER (0x508)
#define RTC_CC0 (0x540)
#define SOC_LFCLK_HZ (32768u)

// "GPIO — General purpose input/output". Pins are numbered through: P1.00 is 32.
#define SOC_PIN_COUNT (48)
#define SOC_GPIO(pin) (0x50000000u + 0x300 * ((pin) / 32))
#define SOC_GPIO_MASK(pin) (1u << (pin) % 32)
#define GPIO_OUT (0x504)
#define GPIO_OUTSET (0x508)
#define GPIO_OUTCLR (0x50c)
#define GPIO_IN (0x510)
#define GPIO_PIN_CNF(pin) (0x700 + 4 * ((pin) % 32))
#define GPIO_PIN_CNF_OUTPUT (1u << 0)
#define GPIO_PIN_CNF_NO_INPUT (1u << 1)
#define GPIO_PIN_CNF_PULL_MASK (3u << 2)
#define GPIO_PIN_CNF_PULL_DOWN (1u << 2)
#define GPIO_PIN_CNF_PULL_UP (3u << 2)
#define GPIO_PIN_CNF_DRIVE_MASK (7u << 8)
#define GPIO_PIN_CNF_OPEN_DRAIN (6u << 8) // standard 0, disconnect 1
#define GPIO_PIN_CNF_SENSE_HIGH (2u << 16)
#define GPIO_PIN_CNF_SENSE_LOW (3u << 16)

// "GPIOTE — GPIO tasks and events".
#define SOC_GPIOTE (0x40006000u)
#define GPIOTE_CHANNELS (8)
#define GPIOTE_EVENTS_IN(channel) (0x100 + 4 * (channel))
#define GPIOTE_CONFIG(channel) (0x510 + 4 * (channel))
#define GPIOTE_CONFIG_EVENT (1u << 0)
#define GPIOTE_CONFIG_PIN_POS (8) // the port's bit follows the pin's five
#define GPIOTE_CONFIG_RISING (1u << 16)
#define GPIOTE_CONFIG_FALLING (2u << 16)
#define GPIOTE_CONFIG_OUTINIT (1u << 20)

// "WDT — Watchdog timer".
#define SOC_WDT (0x40010000u)
#define WDT_TASKS_START (0x000)
#define WDT_RUNSTATUS (0x400)
#define WDT_CRV (0x504)
#define WDT_RREN (0x508)
#define WDT_CONFIG (0x50c)
#define WDT_CONFIG_IN_SLEEP (1u << 0)
#define WDT_RR0 (0x600)
#define WDT_RELOAD (0x6e524635u)

// UARTE, TWIM and SPIM.
#define SOC_ENABLE (0x500)
#define SOC_PSEL_NONE (0xffffffffu)

// "TWIM — I2C compatible two-wire interface master with EasyDMA".
#define SOC_TWIM0 (0x40003000u)
#define SOC_TWIM1 (0x40004000u)
#define TWIM_TASKS_STARTRX (0x000)
#define TWIM_TASKS_STARTTX (0x008)
#define TWIM_TASKS_STOP (0x014)
#define TWIM_TASKS_SUSPEND (0x01c)
#define TWIM_TASKS_RESUME (0x020)
#define TWIM_EVENTS_STOPPED (0x104)
#define TWIM_EVENTS_ERROR (0x124)
#define TWIM_EVENTS_SUSPENDED (0x148)
#define TWIM_EVENTS_RXSTARTED (0x14c)
#define TWIM_EVENTS_TXSTARTED (0x150)
#define TWIM_SHORTS (0x200)
#define TWIM_SHORTS_LASTTX_SUSPEND (1u << 8)
#define TWIM_SHORTS_LASTTX_STOP (1u << 9)
#define TWIM_SHORTS_LASTRX_SUSPEND (1u << 11)
#define TWIM_SHORTS_LASTRX_STOP (1u << 12)
#define TWIM_ERRORSRC (0x4c4)
#define TWIM_ERRORSRC_ANACK (1u << 1)
#define TWIM_ERRORSRC_DNACK (1u << 2)
#define TWIM_ENABLE_TWIM (6u)
#define TWIM_PSEL_SCL (0x508)
#define TWIM_PSEL_SDA (0x50c)
#define TWIM_FREQUENCY (0x524)
#define TWIM_RXD_PTR (0x534)
#define TWIM_RXD_MAXCNT (0x538)
#define TWIM_TXD_PTR (0x544)
#define TWIM_TXD_MAXCNT (0x548)
#define TWIM_TXD_AMOUNT (0x54c)
#define TWIM_ADDRESS (0x588)

// "SPIM — Serial peripheral interface master with EasyDMA". SPIM0 and SPIM1 are the same hardware as TWIM0 and TWIM1;
// SPIM3 is another one.
#define SOC_SPIM2 (0x40023000u)
#define SPIM_TASKS_START (0x010)
#define SPIM_TASKS_STOP (0x014)
#define SPIM_EVENTS_STOPPED (0x104)
#define SPIM_EVENTS_END (0x118)
#define SPIM_ENABLE_SPIM (7u)
#define SPIM_PSEL_SCK (0x508)
#define SPIM_PSEL_MOSI (0x50c)
#define SPIM_PSEL_MISO (0x510)
#define SPIM_FREQUENCY (0x524)
#define SPIM_RXD_PTR (0x534)
#define SPIM_RXD_MAXCNT (0x538)
#define SPIM_TXD_PTR (0x544)
#define SPIM_TXD_MAXCNT (0x548)
#define SPIM_CONFIG (0x554)
#define SPIM_CONFIG_LSB_FIRST (1u << 0)
#define SPIM_CONFIG_PHASE (1u << 1)
#define SPIM_CONFIG_POLARITY (1u << 2)
#define SPIM_ORC (0x5c0)

// What EasyDMA reaches, and how much at once.
#define SOC_RAM (0x20000000u)
#define SOC_RAM_SIZE (0x40000u)
#define SOC_DMA_MAX (0xffffu)

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
#define UARTE_ENABLE_UARTE (8u)
#define UARTE_PSEL_RTS (0x508)
#define UARTE_PSEL_TXD (0x50c)
#define UARTE_PSEL_CTS (0x510)
#define UARTE_PSEL_RXD (0x514)
#define UARTE_BAUDRATE (0x524)
#define UARTE_RXD_PTR (0x534)
#define UARTE_RXD_MAXCNT (0x538)
#define UARTE_TXD_PTR (0x544)
#define UARTE_TXD_MAXCNT (0x548)
#define UARTE_CONFIG (0x56c)
