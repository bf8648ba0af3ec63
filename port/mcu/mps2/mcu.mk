# SPDX-License-Identifier: MIT
CFLAGS_MCU = -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -mabi=aapcs
SRC_MCU_C = clock.c flash.c system.c uart.c wdt.c
MCU_HAS = WDT
MCU_LD = cortexm/one_ram.ld
