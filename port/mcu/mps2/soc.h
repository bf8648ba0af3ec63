// SPDX-License-Identifier: MIT
// Arm MPS2 with the AN386 image: Cortex-M4F. Addresses and interrupts after Arm's application note AN386 and the
// Cortex-M System Design Kit manual (CMSDK).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cortexm/exceptions.h"

typedef enum {
    CORTEXM_EXCEPTIONS,
    UART0_RX_IRQn = 0,
    UART0_TX_IRQn = 1,
    UART1_RX_IRQn = 2,
    UART1_TX_IRQn = 3,
    UART2_RX_IRQn = 4,
    UART2_TX_IRQn = 5,
    DUALTIMER_IRQn = 10,
    UART_OVERFLOW_IRQn = 12,
    UART3_RX_IRQn = 18,
    UART3_TX_IRQn = 19,
    UART4_RX_IRQn = 20,
    UART4_TX_IRQn = 21,
} IRQn_Type;

#define SOC_IRQ_COUNT (32)
#define SOC_CLOCK_HZ (25000000u)

#define __CM4_REV 0x0001
#define __MPU_PRESENT 1
#define __FPU_PRESENT 1
#define __NVIC_PRIO_BITS 3
#define __Vendor_SysTickConfig 0

#include "core_cm4.h"

// CMSDK APB UART.
typedef struct {
    volatile uint32_t DATA;
    volatile uint32_t STATE;
    volatile uint32_t CTRL;
    volatile uint32_t INT; // read: status, write: clear
    volatile uint32_t BAUDDIV;
} soc_uart_t;

#define UART_STATE_TX_FULL (1u << 0)
#define UART_STATE_RX_FULL (1u << 1)
#define UART_STATE_TX_OVERRUN (1u << 2)
#define UART_STATE_RX_OVERRUN (1u << 3)
#define UART_CTRL_TX_ENABLE (1u << 0)
#define UART_CTRL_RX_ENABLE (1u << 1)
#define UART_CTRL_RX_INT_ENABLE (1u << 3)
#define UART_INT_RX (1u << 1)
#define UART_BAUDDIV_MIN (16u)
#define UART_BAUDDIV_MAX (0xfffffu)

// One half of the CMSDK dual timer.
typedef struct {
    volatile uint32_t LOAD;
    volatile uint32_t VALUE; // counts down
    volatile uint32_t CONTROL;
    volatile uint32_t INTCLR;
} soc_timer_t;

#define TIMER_CONTROL_ENABLE (1u << 7)
#define TIMER_CONTROL_32BIT (1u << 1)

#define SOC_TIMER1 ((soc_timer_t *)0x40002000)

// CMSDK APB watchdog.
typedef struct {
    volatile uint32_t LOAD;
    volatile uint32_t VALUE;
    volatile uint32_t CONTROL;
    volatile uint32_t INTCLR;
    volatile uint32_t RIS, MIS;
    uint32_t reserved[762];
    volatile uint32_t LOCK; // at 0xc00
} soc_wdt_t;

_Static_assert(offsetof(soc_wdt_t, LOCK) == 0xc00, "layout of the watchdog");

#define SOC_WDT ((soc_wdt_t *)0x40008000)
#define WDT_CONTROL_INTEN (1u << 0)
#define WDT_CONTROL_RESEN (1u << 1)
#define WDT_LOCK_KEY (0x1acce551u)

// System configuration controller: the image's identity.
#define SOC_SCC_ID (*(volatile uint32_t *)0x4002fffc)
