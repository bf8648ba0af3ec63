// SPDX-License-Identifier: MIT
#pragma once

// Open the flash file that the command line names (flash=PATH); create it, erased, when it does not exist.
void flash_init(void);

// Close it; the flash is gone after that.
void flash_deinit(void);
