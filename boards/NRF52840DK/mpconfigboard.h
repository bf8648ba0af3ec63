// SPDX-License-Identifier: MIT
// Pins after Nordic's nRF52840 DK hardware user guide. P0.n is n, P1.n is 32 + n.
#define MICROPY_HW_BOARD_NAME "NRF52840DK"
#define MICROPY_HW_MCU_NAME "nRF52840"

// The board has the 32.768 kHz crystal.
#define MICROPY_HW_LFXO (1)

// UARTE, TX pin, RX pin. 0: the interface MCU's serial port (P0.06, P0.08), carries the REPL. 1: header pins D1 (P1.02)
// and D0 (P1.01).
#define MICROPY_HW_UARTS { 0, 6, 8 }, { 1, 34, 33 }
#define MICROPY_HW_REPL_UART (0)
#define MICROPY_HW_REPL_BAUD (115200)
