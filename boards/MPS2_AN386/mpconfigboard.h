// SPDX-License-Identifier: MIT
#define MICROPY_HW_BOARD_NAME "MPS2_AN386"
#define MICROPY_HW_MCU_NAME "Cortex-M4F (AN386)"

// UART0 carries the REPL; machine.UART has the other four.
#define MICROPY_HW_REPL_UART (0)
#define MICROPY_HW_REPL_BAUD (115200)
