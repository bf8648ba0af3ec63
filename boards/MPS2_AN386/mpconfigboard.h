// SPDX-License-Identifier: MIT
#define MICROPY_HW_BOARD_NAME "MPS2_AN386"
#define MICROPY_HW_MCU_NAME "Cortex-M4F (AN386)"

// UART0 carries the REPL, UART4 the entropy device (board.json: entropy_uart); machine.UART has the other three.
#define MICROPY_HW_REPL_UART (0)
#define MICROPY_HW_REPL_BAUD (115200)
#define MICROPY_HW_ENTROPY_UART (4)
#define MICROPY_HW_ENTROPY_BAUD (115200)
