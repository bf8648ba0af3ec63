// SPDX-License-Identifier: MIT
// What tests see and turn of the AES block's model.
#ifndef ECB_NRF52_TEST_DEVICE_H
#define ECB_NRF52_TEST_DEVICE_H

#include <stdbool.h>

#include "ecb_nrf52_regs.h"

typedef struct {
    // Knobs.
    int looks_until_end; // reads of ENDECB that a block takes
    int errors;          // starts that end in ERRORECB; -1: all
    bool never_ends;
    bool writes_nothing; // says that it did
    // The block.
    bool busy, end, error;
    int looks_left;
    ecb_data_t *data;
    // Counters.
    unsigned starts, blocks, wrong_writes;
    unsigned long accesses;
} ecb_test_device_t;

extern ecb_test_device_t ecb_test_device;

#endif // ECB_NRF52_TEST_DEVICE_H
