// SPDX-License-Identifier: MIT
// Pins after Arduino's pinout of the Nano 33 BLE (ABX00030). P0.n is n, P1.n is 32 + n.
#define MICROPY_HW_BOARD_NAME "ARDUINO_NANO_33_BLE"
#define MICROPY_HW_MCU_NAME "nRF52840"

// No 32.768 kHz crystal.
#define MICROPY_HW_LFXO (0)

// UARTE, TX pin, RX pin. 0: header pins TX (P1.03) and RX (P1.10), carries the REPL. 1: header pins D5 (P1.13) and D6
// (P1.14).
#define MICROPY_HW_UARTS { 0, 35, 42 }, { 1, 45, 46 }
#define MICROPY_HW_REPL_UART (0)
#define MICROPY_HW_REPL_BAUD (115200)
