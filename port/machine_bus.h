// SPDX-License-Identifier: MIT
#pragma once

// Stop every machine.I2C and machine.SPI; part of the soft reset.
void machine_i2c_deinit_all(void);
void machine_spi_deinit_all(void);
