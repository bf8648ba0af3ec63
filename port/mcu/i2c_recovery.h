// SPDX-License-Identifier: MIT
#pragma once

// Free a bus on which a device waits for clocks that a reset swallowed: up to nine clock pulses until the device lets go of
// SDA, then a stop condition (UM10204, the I2C-bus specification, "Bus clear"). Takes up to 200 us. Both pins end as open drain,
// high; the caller gives them back to its controller.
void i2c_recover(unsigned scl, unsigned sda);
