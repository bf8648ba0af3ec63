// SPDX-License-Identifier: MIT
// What the tests of keys in an element share, whatever kind of driver is before it: the storage fills up, and the power
// goes at every operation of the flash while a key is made or destroyed, and once more while the core recovers.

#ifndef TESTS_UNIT_C_ELEMENT_KEYS_H
#define TESTS_UNIT_C_ELEMENT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psa/crypto.h"

#define SLOTS 8 // keys in an element, and the highest id of a key

// The test's own.
void element_blank(void); // as it came from the factory
psa_status_t start(void); // of the core, as after a reset
void stop(void);
psa_status_t generate(psa_key_id_t id); // a persistent key in the element
// The element holds as many keys as there are key files, and nothing is left to be cleared up.
void check_agreement(unsigned keys);

// A source that seeds the generator; how good it is does not matter here.
psa_status_t seed(uint32_t flags, size_t *bits, uint8_t *output, size_t size);

bool key_file_exists(psa_key_id_t id);
void restart_and_check(unsigned keys);

// A case: keys are made until one no longer fits.
void full_storage(void);

// Calls with two keys in the element, 1 and 2, with every cut: the call has made id, or destroyed it, or it has done
// nothing, and when it returned it has. It takes at least `least` operations of the flash.
void cut_everywhere(psa_status_t (*call)(psa_key_id_t id), psa_key_id_t id, bool creates, unsigned long least);

// For main(): each case on blank flash.
void blank_flash(void);

#endif
