// SPDX-License-Identifier: MIT
#pragma once

// In GPREGRET, which survives a reset by software: that reset ends mcu_deepsleep().
#define SYSTEM_SLEPT (0x5au)
