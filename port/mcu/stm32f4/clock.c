// SPDX-License-Identifier: MIT
// 168 MHz from the PLL, 48 MHz for the random number generator (RM0090 section 7.2). The PLL's input is the board's
// crystal; when that does not start, the internal oscillator (1 %, good enough for the console); when the PLL does not
// lock, the CPU stays on the internal oscillator and the random number generator has no clock.
#include "mpconfigboard.h"
#include "cortexm/handlers.h"
#include "cortexm/irq.h"
#include "clock.h"
#include "fatal.h"
#include "mcu.h"
#include "soc.h"

#define HSI_HZ (16000000u)
#define PLL_INPUT_HZ (2000000u) // section 7.3.2 recommends it against jitter
#define PLL_N (168u)
#define PLL_Q (7u)
#define PLL_HZ (PLL_INPUT_HZ * PLL_N / 2)

_Static_assert(PLL_INPUT_HZ *PLL_N / PLL_Q == 48000000, "the random number generator needs 48 MHz");
_Static_assert(MICROPY_HW_HSE_HZ % PLL_INPUT_HZ == 0, "the crystal must be a multiple of 2 MHz");

// The oscillator settles within some ms, the PLL within 300 us (datasheet DS8626, "PLL characteristics"). One turn of the
// waiting loop takes at least 4 cycles of the 16 MHz that the CPU runs at then: this is 100 ms or more.
#define WAIT_TURNS (400000u)

static uint32_t cpu_hz = HSI_HZ;
static uint32_t apb1_hz = HSI_HZ;
static uint32_t apb2_hz = HSI_HZ;
static const char *warning;

static uint32_t last_us;
static uint64_t total_us;

static bool wait_for(volatile uint32_t *reg, uint32_t mask, uint32_t value) {
    for (uint32_t turn = 0; turn < WAIT_TURNS; ++turn) {
        if ((*reg & mask) == value) {
            return true;
        }
    }
    return false;
}

static bool start_pll(bool from_crystal) {
    uint32_t input_hz = from_crystal ? MICROPY_HW_HSE_HZ : HSI_HZ;
    SOC_RCC->CR &= ~RCC_CR_PLLON;
    // P = 2 is the field's value 0.
    SOC_RCC->PLLCFGR = (SOC_RCC->PLLCFGR & RCC_PLLCFGR_RESERVED) | (input_hz / PLL_INPUT_HZ) | PLL_N << RCC_PLLCFGR_PLLN_POS | PLL_Q << RCC_PLLCFGR_PLLQ_POS |
        (from_crystal ? RCC_PLLCFGR_PLLSRC_HSE : 0);
    SOC_RCC->CR |= RCC_CR_PLLON;
    return wait_for(&SOC_RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY);
}

// Section 3.5.1: wait states first, and read back; then the divisors of the buses, at most 42 and 84 MHz; then the switch.
static bool switch_to_pll(void) {
    SOC_FLASH->ACR = FLASH_ACR_LATENCY_5WS | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    if (!wait_for(&SOC_FLASH->ACR, FLASH_ACR_LATENCY_MASK, FLASH_ACR_LATENCY_5WS)) {
        return false;
    }
    SOC_RCC->CFGR = RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2;
    SOC_RCC->CFGR |= RCC_CFGR_SW_PLL;
    if (!wait_for(&SOC_RCC->CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL)) {
        SOC_RCC->CFGR = 0;
        return false;
    }
    cpu_hz = PLL_HZ;
    apb1_hz = PLL_HZ / 4;
    apb2_hz = PLL_HZ / 2;
    return true;
}

// A timer runs at twice its bus's clock when that is divided (section 7.2, "Timers' clocks").
static void start_timer(void) {
    SOC_RCC->APB1ENR |= RCC_APB1ENR_TIM2EN;
    (void)SOC_RCC->APB1ENR;
    uint32_t timer_hz = apb1_hz == cpu_hz ? apb1_hz : 2 * apb1_hz;
    SOC_TIM2->CR1 = 0;
    SOC_TIM2->PSC = timer_hz / 1000000 - 1;
    SOC_TIM2->ARR = 0xffffffff;
    SOC_TIM2->EGR = TIM_EGR_UG; // loads the prescaler
    SOC_TIM2->CNT = 0;
    SOC_TIM2->CR1 = TIM_CR1_CEN;
    last_us = 0;

    // DWT counts the CPU's cycles.
    CoreDebug->DEMCR |= CoreDebug_DEMCR_TRCENA_Msk;
    DWT->CYCCNT = 0;
    DWT->CTRL |= DWT_CTRL_CYCCNTENA_Msk;
}

void clock_init(void) {
    SOC_RCC->APB1ENR |= RCC_APB1ENR_PWREN;
    (void)SOC_RCC->APB1ENR;
    SOC_PWR->CR |= PWR_CR_VOS;

    SOC_RCC->CR |= RCC_CR_HSEON;
    bool crystal = wait_for(&SOC_RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
    if (!crystal) {
        SOC_RCC->CR &= ~RCC_CR_HSEON;
        warning = "the crystal does not start, the clock comes from the internal oscillator (1 %)";
    }
    if (!start_pll(crystal) || !switch_to_pll()) {
        warning = "the PLL does not lock, the CPU runs at 16 MHz and the random number generator has no clock";
    } else if (crystal) {
        SOC_RCC->CR |= RCC_CR_CSSON;
    }
    start_timer();
}

// Stop mode has switched both oscillators and the PLL off (section 5.3.5); the flash's and the buses' settings are still there.
void clock_resume(void) {
    if (cpu_hz != PLL_HZ || (SOC_RCC->CFGR & RCC_CFGR_SWS_MASK) == RCC_CFGR_SWS_PLL) {
        return;
    }
    bool crystal = SOC_RCC->PLLCFGR & RCC_PLLCFGR_PLLSRC_HSE;
    if (crystal) {
        SOC_RCC->CR |= RCC_CR_HSEON;
    }
    if ((crystal && !wait_for(&SOC_RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY)) || !start_pll(crystal) || !switch_to_pll()) {
        fatal("the clock does not start after sleep");
    }
}

void clock_add_us(uint64_t us) {
    uint32_t state = irq_disable_save();
    total_us += us;
    irq_restore(state);
}

const char *mcu_start_warning(void) {
    return warning;
}

// NMI of the clock security system. The hardware has switched to the internal oscillator already (section 7.2.7): the UART's baud rate is wrong. The
// reset starts again with what works then.
void clock_failure_handler(void) {
    SOC_RCC->CIR |= RCC_CIR_CSSC;
    fatal("the crystal stopped");
}

uint32_t mcu_clock_hz(void) {
    return cpu_hz;
}

uint32_t clock_apb1_hz(void) {
    return apb1_hz;
}

uint32_t clock_apb2_hz(void) {
    return apb2_hz;
}

uint32_t mcu_ticks_cpu(void) {
    return DWT->CYCCNT;
}

// The counter wraps every 71 minutes; the tick reads it more often than that.
uint64_t mcu_time_us(void) {
    uint32_t state = irq_disable_save();
    uint32_t now = SOC_TIM2->CNT;
    total_us += now - last_us;
    last_us = now;
    uint64_t us = total_us;
    irq_restore(state);
    return us;
}

void mcu_tick(void) {
    (void)mcu_time_us();
}
