# SPDX-License-Identifier: MIT
CFLAGS_MCU = -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -mabi=aapcs
MCU_HAS = DEBUG_PORT START_WARNING RESET_CAUSE SLEEP GPIO I2C SPI WDT
SRC_MCU_C = clock.c flash.c gpio.c i2c.c sleep.c spi.c system.c uart.c wdt.c
MCU_LD = cortexm/one_ram.ld
