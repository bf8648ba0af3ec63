// SPDX-License-Identifier: MIT
// STM32F405/407/415/417. Registers after ST's reference manual RM0090, interrupts after its section 12.
#pragma once

#include <stdint.h>

#include "cortexm/exceptions.h"

typedef enum {
    CORTEXM_EXCEPTIONS,
    USART1_IRQn = 37,
    USART2_IRQn = 38,
    USART3_IRQn = 39,
    UART4_IRQn = 52,
    UART5_IRQn = 53,
    USART6_IRQn = 71,
} IRQn_Type;

#define SOC_IRQ_COUNT (82)

#define __CM4_REV 0x0001
#define __MPU_PRESENT 1
#define __FPU_PRESENT 1
#define __NVIC_PRIO_BITS 4
#define __Vendor_SysTickConfig 0

#include "core_cm4.h"

// Reset and clock control, RM0090 section 7.3.
typedef struct {
    volatile uint32_t CR, PLLCFGR, CFGR, CIR;
    volatile uint32_t AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved1;
    volatile uint32_t APB1RSTR, APB2RSTR, reserved2[2];
    volatile uint32_t AHB1ENR, AHB2ENR, AHB3ENR, reserved3;
    volatile uint32_t APB1ENR, APB2ENR, reserved4[2];
    volatile uint32_t AHB1LPENR, AHB2LPENR, AHB3LPENR, reserved5;
    volatile uint32_t APB1LPENR, APB2LPENR, reserved6[2];
    volatile uint32_t BDCR, CSR;
} soc_rcc_t;

#define SOC_RCC ((soc_rcc_t *)0x40023800)
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_CSSON (1u << 19)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_PLLCFGR_RESERVED (0xf0bc8000u)
#define RCC_PLLCFGR_PLLN_POS (6)
#define RCC_PLLCFGR_PLLSRC_HSE (1u << 22)
#define RCC_PLLCFGR_PLLQ_POS (24)
#define RCC_CFGR_SW_PLL (2u << 0)
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PPRE1_DIV4 (5u << 10)
#define RCC_CFGR_PPRE2_DIV2 (4u << 13)
#define RCC_CIR_CSSC (1u << 23)
#define RCC_APB1ENR_TIM2EN (1u << 0)
#define RCC_APB1ENR_PWREN (1u << 28)
#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_PORRSTF (1u << 27)
#define RCC_CSR_IWDGRSTF (1u << 29)
#define RCC_CSR_WWDGRSTF (1u << 30)

// Power controller, section 5.4. Reset value: VOS = scale 1, which 168 MHz needs.
#define SOC_PWR_CR (*(volatile uint32_t *)0x40007000)
#define PWR_CR_VOS (1u << 14)

// Flash interface, section 3.9.
typedef struct {
    volatile uint32_t ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
} soc_flash_t;

#define SOC_FLASH ((soc_flash_t *)0x40023c00)
#define FLASH_ACR_LATENCY_5WS (5u << 0)
#define FLASH_ACR_LATENCY_MASK (7u << 0)
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)
#define FLASH_ACR_DCRST (1u << 12)
#define FLASH_KEY1 (0x45670123u)
#define FLASH_KEY2 (0xcdef89abu)
#define FLASH_SR_EOP (1u << 0)
#define FLASH_SR_OPERR (1u << 1)
#define FLASH_SR_WRPERR (1u << 4)
#define FLASH_SR_PGAERR (1u << 5)
#define FLASH_SR_PGPERR (1u << 6)
#define FLASH_SR_PGSERR (1u << 7)
#define FLASH_SR_ERRORS (FLASH_SR_OPERR | FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR)
#define FLASH_SR_BSY (1u << 16)
#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_SER (1u << 1)
#define FLASH_CR_SNB_POS (3)
#define FLASH_CR_PSIZE_X32 (2u << 8)
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_LOCK (1u << 31)

// GPIO port, section 8.4.
typedef struct {
    volatile uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
} soc_gpio_t;

#define SOC_GPIO(port) ((soc_gpio_t *)(0x40020000 + 0x400 * (port)))

// USART, section 30.6.
typedef struct {
    volatile uint32_t SR, DR, BRR, CR1, CR2, CR3, GTPR;
} soc_usart_t;

#define USART_SR_FE (1u << 1)
#define USART_SR_NF (1u << 2)
#define USART_SR_ORE (1u << 3)
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TC (1u << 6)
#define USART_SR_TXE (1u << 7)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_UE (1u << 13)

// General-purpose timer with 32 bits, section 18.4.
typedef struct {
    volatile uint32_t CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR;
} soc_timer_t;

#define SOC_TIM2 ((soc_timer_t *)0x40000000)
#define TIM_CR1_CEN (1u << 0)
#define TIM_EGR_UG (1u << 0)

// 96 bits that no two chips share, section 39.1.
#define SOC_UNIQUE_ID ((const volatile uint32_t *)0x1fff7a10)
#define SOC_UNIQUE_ID_SIZE (12)
