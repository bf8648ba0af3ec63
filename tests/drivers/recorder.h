// SPDX-License-Identifier: MIT
// What the recorder drivers share: a log of the calls that reach them, and statuses that a test forces.

#ifndef RECORDER_H
#define RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "psa/crypto.h"
#include "psa/crypto_driver_key_derivation.h"

#include "recorder_types.h"

// The calls since the last recorder_begin(), separated by spaces.
extern char recorder_log[8192];

void recorder_begin(void);
void recorder_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Makes the next `times` calls of an entry point, such as "safe.setup", fail with a status.
void recorder_force(const char *name, psa_status_t status, int times);

// Logs a call and returns the status for it.
psa_status_t recorder_answer(const char *name);

// Logs the inputs that the core offers, and "dirty" when the context is not zeroed.
psa_status_t recorder_setup(
    const char *name,
    recorder_derivation_t *operation,
    uint32_t first,
    const psa_crypto_driver_key_derivation_inputs_t *inputs);
void recorder_stream(recorder_derivation_t *operation, uint8_t *output, size_t length);
// Compares and moves on.
psa_status_t recorder_compare(recorder_derivation_t *operation, const uint8_t *expected, size_t length);
void recorder_end(recorder_derivation_t *operation);

// What elements have in common: the calls of these entry points, logged under the name.
psa_status_t recorder_import(
    const char *name,
    const uint8_t *data,
    size_t data_length,
    uint8_t *key_buffer,
    size_t key_buffer_size,
    size_t *key_buffer_length,
    size_t *bits);
psa_status_t recorder_export(
    const char *name,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    uint8_t *data,
    size_t data_size,
    size_t *data_length);
// A shared secret of 32 equal bytes, written also when the call is forced to fail.
psa_status_t recorder_agree(
    const char *name, uint8_t byte, uint8_t *shared_secret, size_t shared_secret_size, size_t *shared_secret_length);

// The keys that elements with storage hold now: allocated and not destroyed.
extern int recorder_keys_alive;

void recorder_store(recorder_key_t *key, const uint8_t *material, size_t length);
psa_status_t recorder_load(
    const uint8_t *key_buffer, size_t key_buffer_size, uint8_t *data, size_t data_size, size_t *data_length);

#endif
