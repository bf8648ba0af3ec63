// SPDX-License-Identifier: MIT

#include <string.h>

#include "py/obj.h"
#include "py/runtime.h"

#include "core/its.h"
#include "core/psa_arena.h"
#include "mbedtls/platform.h"
#include "psa/crypto.h"
#include "psa_module.h"

// Operations that are alive, newest first. The header stands in front of each operation's state in the arena.
typedef struct op_header {
    struct op_header *next;
    struct op_header **link; // what points at this one
    void (*abort_op)(void *op);
    uint64_t op[]; // as aligned as the arena is
} op_header_t;

static op_header_t *live_ops;
static uint32_t generation;
static bool ready;
static bool drivers_ready;

static op_header_t *op_header(void *op) {
    return (op_header_t *)((uint8_t *)op - offsetof(op_header_t, op));
}

void *psa_module_op_alloc(size_t size, void (*abort_op)(void *op)) {
    if (size > SIZE_MAX - sizeof(op_header_t)) {
        return NULL;
    }
    op_header_t *header = mbedtls_calloc(1, sizeof(op_header_t) + size);
    if (header == NULL) {
        return NULL;
    }
    header->abort_op = abort_op;
    header->next = live_ops;
    header->link = &live_ops;
    if (live_ops != NULL) {
        live_ops->link = &header->next;
    }
    live_ops = header;
    return header->op;
}

void psa_module_op_free(void *op) {
    if (op == NULL) {
        return;
    }
    op_header_t *header = op_header(op);
    *header->link = header->next;
    if (header->next != NULL) {
        header->next->link = header->link;
    }
    header->abort_op(op);
    mbedtls_free(header);
}

uint32_t psa_module_generation(void) {
    return generation;
}

bool psa_module_is_ready(void) {
    return ready;
}

bool psa_module_drivers_ready(void) {
    return drivers_ready;
}

void psa_module_arena_info(psa_module_arena_info_t *info) {
    micropsa_arena_info(info);
}

void psa_module_arena_reset_high_water(void) {
    micropsa_arena_restart_high_water();
}

void psa_module_deinit(void) {
    MP_STATE_VM(psa_module_sentinel) = NULL;
    ready = false;
    drivers_ready = false;
    generation++;
    // Operations first: a driver may have to close what they opened, and that needs the core.
    while (live_ops != NULL) {
        psa_module_op_free(live_ops->op);
    }
    mbedtls_psa_crypto_free();
    micropsa_its_unmount();
    micropsa_arena_reset();
}

// The sentinel: an object that lives as long as the GC heap and whose finaliser stops the core when the heap goes.
#if MICROPY_ENABLE_FINALISER

static mp_obj_t sentinel_del(mp_obj_t self) {
    // A sentinel of an earlier start may be collected late; only the present one speaks for the core.
    if (MP_OBJ_TO_PTR(self) == MP_STATE_VM(psa_module_sentinel)) {
        psa_module_deinit();
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(sentinel_del_obj, sentinel_del);

static const mp_rom_map_elem_t sentinel_locals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___del__), MP_ROM_PTR(&sentinel_del_obj) },
};
static MP_DEFINE_CONST_DICT(sentinel_locals, sentinel_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(sentinel_type, MP_QSTR_psa, MP_TYPE_FLAG_NONE, locals_dict, &sentinel_locals);

static void place_sentinel(void) {
    MP_STATE_VM(psa_module_sentinel) = mp_obj_malloc_with_finaliser(mp_obj_base_t, &sentinel_type);
}

#else

// Without finalisers the port has to call psa_module_deinit() itself before the heap goes.
static void place_sentinel(void) {
}

#endif

psa_status_t psa_module_init(void) {
    if (ready) {
        return PSA_SUCCESS;
    }
    if (MP_STATE_VM(psa_module_sentinel) == NULL) {
        place_sentinel();
    }
    psa_status_t status = psa_crypto_init();
    // The random generator is seeded after the drivers' init.
    drivers_ready = status == PSA_SUCCESS || status == PSA_ERROR_INSUFFICIENT_ENTROPY;
    if (status != PSA_SUCCESS) {
        // Mbed TLS keeps the steps that succeeded; without all of them nothing shall work.
        mbedtls_psa_crypto_free();
        return status;
    }
    ready = true;
    return PSA_SUCCESS;
}

MP_REGISTER_ROOT_POINTER(void *psa_module_sentinel);
