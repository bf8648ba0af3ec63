// SPDX-License-Identifier: MIT
// Pins after ST's user manual UM1472.
#define MICROPY_HW_BOARD_NAME "STM32F4DISCOVERY"
#define MICROPY_HW_MCU_NAME "STM32F407VG"

// Crystal X2.
#define MICROPY_HW_HSE_HZ (8000000u)

// USART, TX port and pin, RX port and pin (A is 0). 0: USART2 on PA2 and PA3 carries the REPL, 1: USART3 on PD8 and PD9.
#define MICROPY_HW_UARTS { 2, 0, 2, 0, 3 }, { 3, 3, 8, 3, 9 }
#define MICROPY_HW_REPL_UART (0)
#define MICROPY_HW_REPL_BAUD (115200)

// Each region takes this sector and the next one (128 KB each); the code has sectors 0 to 7.
#define MICROPY_HW_FLASH_FILESYSTEM_SECTOR (8)
#define MICROPY_HW_FLASH_ITS_SECTOR (10)
