// SPDX-License-Identifier: MIT
#pragma once

void clock_init(void);
