# SPDX-License-Identifier: MIT
# The SoC folder in port/mcu/.
MCU = stm32f4

# Bytes that Mbed TLS may allocate, apart from the GC heap. It shares the CCM RAM with the stacks.
PSA_ARENA_SIZE ?= 41984
CFLAGS += '-DPSA_ARENA_SECTION=".arena"'

FROZEN_MANIFEST ?= $(BOARD_DIR)/manifest.py
