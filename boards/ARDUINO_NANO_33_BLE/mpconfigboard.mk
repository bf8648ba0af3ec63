# SPDX-License-Identifier: MIT
# The SoC folder in port/mcu/.
MCU = nrf52

# Bytes that Mbed TLS may allocate, apart from the GC heap.
PSA_ARENA_SIZE ?= 65536

FROZEN_MANIFEST ?= $(BOARD_DIR)/manifest.py
