# SPDX-License-Identifier: MIT
CFLAGS_MCU = -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -mabi=aapcs -DMCU_HAS_START_WARNING=1
SRC_MCU_C = clock.c flash.c system.c uart.c
MCU_LD = cortexm/one_ram.ld
