// SPDX-License-Identifier: MIT
// Life of the psa module: what bind/ calls to start and stop the PSA core, and where operations keep their state.

#ifndef MICROPSA_PSA_MODULE_H
#define MICROPSA_PSA_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/psa_arena.h"
#include "psa/crypto.h"

// Starts the PSA core: psa_crypto_init(), plus a finaliser on the GC heap that stops the core again when the heap goes,
// so that ports which do not know this module shut it down too. Calling it again is allowed and does nothing.
// Can raise MemoryError (GC heap full), before anything is started.
psa_status_t psa_module_init(void);

// Stops the PSA core: aborts every operation of psa_module_op_alloc(), forgets volatile keys, wipes the whole arena.
// Objects that are still referenced must look at psa_module_generation() before they touch C state. Idempotent; our
// port calls it on soft reset before the GC heap goes.
void psa_module_deinit(void);

// True between a psa_module_init() that succeeded and psa_module_deinit(). Mbed TLS lets hashes and some other calls
// through without psa_crypto_init(); bind/ asks here first and answers PSA_ERROR_BAD_STATE, as the API promises.
bool psa_module_is_ready(void);

// True after a psa_module_init() that got past the drivers' init, that is one that succeeded or found too little entropy:
// entry points of drivers may be called. False again after psa_module_deinit().
bool psa_module_drivers_ready(void);

// Changes with every psa_module_deinit(): C state that was allocated in another generation no longer exists.
uint32_t psa_module_generation(void);

// Memory for the C state of one operation object, zeroed, in the arena, aligned to 8 bytes.
// abort_op(op) closes what the operation holds (keys, driver sessions) and must be callable at any time; it is called
// by psa_module_op_free() and psa_module_deinit(). Returns NULL when the arena is full.
void *psa_module_op_alloc(size_t size, void (*abort_op)(void *op));

// Aborts, wipes and frees. NULL is allowed; an operation of another generation is not.
void psa_module_op_free(void *op);

typedef micropsa_arena_info_t psa_module_arena_info_t;

void psa_module_arena_info(psa_module_arena_info_t *info);

// Restarts the high-water mark from zero; it then tells the most that was allocated since.
void psa_module_arena_reset_high_water(void);

#endif
