// SPDX-License-Identifier: MIT
#pragma once

// Find the data regions in the flash; prepare blank ones.
void flash_init(void);
