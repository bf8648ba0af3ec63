// SPDX-License-Identifier: MIT
// STM32F405/407/415/417. Registers after ST's reference manual RM0090, interrupts after its section 12.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cortexm/exceptions.h"

typedef enum {
    CORTEXM_EXCEPTIONS,
    RTC_WKUP_IRQn = 3,
    EXTI0_IRQn = 6,
    EXTI1_IRQn = 7,
    EXTI2_IRQn = 8,
    EXTI3_IRQn = 9,
    EXTI4_IRQn = 10,
    EXTI9_5_IRQn = 23,
    USART1_IRQn = 37,
    USART2_IRQn = 38,
    USART3_IRQn = 39,
    EXTI15_10_IRQn = 40,
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
#define RCC_APB1ENR_I2C1EN (1u << 21) // I2C2 and I2C3 follow
#define RCC_APB1ENR_PWREN (1u << 28)
#define RCC_APB2ENR_SYSCFGEN (1u << 14)
#define RCC_BDCR_LSEON (1u << 0)
#define RCC_BDCR_LSERDY (1u << 1)
#define RCC_BDCR_RTCSEL_MASK (3u << 8)
#define RCC_BDCR_RTCSEL_LSE (1u << 8)
#define RCC_BDCR_RTCSEL_LSI (2u << 8)
#define RCC_BDCR_RTCEN (1u << 15)
#define RCC_BDCR_BDRST (1u << 16)
#define RCC_CSR_LSION (1u << 0)
#define RCC_CSR_LSIRDY (1u << 1)
#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_BORRSTF (1u << 25)
#define RCC_CSR_PINRSTF (1u << 26)
#define RCC_CSR_PORRSTF (1u << 27)
#define RCC_CSR_SFTRSTF (1u << 28)
#define RCC_CSR_IWDGRSTF (1u << 29)
#define RCC_CSR_WWDGRSTF (1u << 30)
#define RCC_CSR_LPWRRSTF (1u << 31)

// Power controller, section 5.4. Reset value: VOS = scale 1, which 168 MHz needs.
typedef struct {
    volatile uint32_t CR, CSR;
} soc_pwr_t;

#define SOC_PWR ((soc_pwr_t *)0x40007000)
#define PWR_CR_LPDS (1u << 0)
#define PWR_CR_PDDS (1u << 1)
#define PWR_CR_CWUF (1u << 2)
#define PWR_CR_CSBF (1u << 3)
#define PWR_CR_DBP (1u << 8)
#define PWR_CR_VOS (1u << 14)
#define PWR_CSR_SBF (1u << 1)
#define PWR_CSR_EWUP (1u << 8)

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

// System configuration and external interrupts, chapters "System configuration controller (SYSCFG)" and "Interrupts and
// events".
typedef struct {
    volatile uint32_t MEMRMP, PMC, EXTICR[4];
} soc_syscfg_t;

#define SOC_SYSCFG ((soc_syscfg_t *)0x40013800)

typedef struct {
    volatile uint32_t IMR, EMR, RTSR, FTSR, SWIER, PR;
} soc_exti_t;

#define SOC_EXTI ((soc_exti_t *)0x40013c00)

// I2C, chapter "Inter-integrated circuit (I2C) interface".
typedef struct {
    volatile uint32_t CR1, CR2, OAR1, OAR2, DR, SR1, SR2, CCR, TRISE, FLTR;
} soc_i2c_t;

#define I2C_CR1_PE (1u << 0)
#define I2C_CR1_START (1u << 8)
#define I2C_CR1_STOP (1u << 9)
#define I2C_CR1_ACK (1u << 10)
#define I2C_CR1_POS (1u << 11)
#define I2C_CR1_SWRST (1u << 15)
#define I2C_CCR_FS (1u << 15)
#define I2C_SR1_SB (1u << 0)
#define I2C_SR1_ADDR (1u << 1)
#define I2C_SR1_BTF (1u << 2)
#define I2C_SR1_RXNE (1u << 6)
#define I2C_SR1_TXE (1u << 7)
#define I2C_SR1_BERR (1u << 8)
#define I2C_SR1_ARLO (1u << 9)
#define I2C_SR1_AF (1u << 10)
#define I2C_SR2_BUSY (1u << 1)

// SPI, chapter "Serial peripheral interface (SPI)".
typedef struct {
    volatile uint32_t CR1, CR2, SR, DR, CRCPR, RXCRCR, TXCRCR, I2SCFGR, I2SPR;
} soc_spi_t;

#define SPI_CR1_CPHA (1u << 0)
#define SPI_CR1_CPOL (1u << 1)
#define SPI_CR1_MSTR (1u << 2)
#define SPI_CR1_BR_POS (3)
#define SPI_CR1_SPE (1u << 6)
#define SPI_CR1_LSBFIRST (1u << 7)
#define SPI_CR1_SSI (1u << 8)
#define SPI_CR1_SSM (1u << 9)
#define SPI_SR_RXNE (1u << 0)

// Independent watchdog, chapter "Independent watchdog (IWDG)".
typedef struct {
    volatile uint32_t KR, PR, RLR, SR;
} soc_iwdg_t;

#define SOC_IWDG ((soc_iwdg_t *)0x40003000)
#define IWDG_KEY_UNLOCK (0x5555u)
#define IWDG_KEY_RELOAD (0xaaaau)
#define IWDG_KEY_START (0xccccu)

// RTC and backup registers, chapter "Real-time clock (RTC)".
typedef struct {
    volatile uint32_t TR, DR, CR, ISR, PRER, WUTR, CALIBR, ALRMAR, ALRMBR, WPR, SSR, SHIFTR;
    volatile uint32_t TSTR, TSDR, TSSSR, CALR, TAFCR, ALRMASSR, ALRMBSSR, reserved;
    volatile uint32_t BKP[20];
} soc_rtc_t;

_Static_assert(offsetof(soc_rtc_t, BKP) == 0x50, "layout of the RTC");

#define SOC_RTC ((soc_rtc_t *)0x40002800)
#define RTC_CR_WUCKSEL_MASK (7u << 0)
#define RTC_CR_WUCKSEL_1HZ (4u << 0)
#define RTC_CR_BYPSHAD (1u << 5)
#define RTC_CR_WUTE (1u << 10)
#define RTC_CR_WUTIE (1u << 14)
#define RTC_ISR_WUTWF (1u << 2)
#define RTC_ISR_INITF (1u << 6)
#define RTC_ISR_INIT (1u << 7)
#define RTC_ISR_WUTF (1u << 10)

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
