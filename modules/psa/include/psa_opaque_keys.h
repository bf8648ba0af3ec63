// SPDX-License-Identifier: MIT
// Keys that an opaque driver stores in its secure element ("allocate_key" and "destroy_key" of the PSA driver
// interface): the element and the key files agree, whatever fails and whenever the power goes. Called by the patched
// core; one key is created or destroyed at a time.

#ifndef PSA_OPAQUE_KEYS_H
#define PSA_OPAQUE_KEYS_H

#include "psa/crypto.h"

// A key is about to be created in the location of an opaque driver.
void micropsa_opaque_creation_begin(void);

// The slot has its buffer: the driver fills in the identifier of the key to be, if it stores keys. For a persistent key
// this is written down before the driver creates anything. Outside of a creation it does nothing and succeeds.
psa_status_t micropsa_opaque_creation_allocate(const psa_key_attributes_t *attributes, uint8_t *key_buffer,
    size_t key_buffer_size);

// The key is complete and its file written. On failure the creation has to be rolled back.
psa_status_t micropsa_opaque_creation_end(void);

// The creation failed: the driver destroys what it has. Without a creation it does nothing.
void micropsa_opaque_creation_rollback(void);

// Writes down that a persistent key is being destroyed, and has the driver destroy it. The key file goes next, then
// micropsa_opaque_destruction_end(). Returns the driver's status; a driver that stores no keys succeeds.
psa_status_t micropsa_opaque_destruction_begin(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size);
psa_status_t micropsa_opaque_destruction_end(const psa_key_attributes_t *attributes);

// At start: undoes the creation, or finishes the destruction, that the power interrupted. On failure the record stays.
psa_status_t micropsa_opaque_keys_recover(void);

#endif
