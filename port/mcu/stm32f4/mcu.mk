# SPDX-License-Identifier: MIT
CFLAGS_MCU = -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -mabi=aapcs
MCU_HAS = START_WARNING
SRC_MCU_C = clock.c flash.c flash_hw.c sectorlog.c system.c uart.c
