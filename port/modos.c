// SPDX-License-Identifier: MIT
// Included by extmod/modos.c.
#if MICROPY_PY_OS_URANDOM

#include "port/cortexm/irq.h"
#include "psa_module.h"

// urandom(n): bytes from the PSA core, which it starts if need be, or an exception: there is no weaker source.
static mp_obj_t mp_os_urandom(mp_obj_t n_in) {
    mp_int_t n = mp_obj_get_int(n_in);
    if (n < 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("urandom: negative size"));
    }
    if (irq_is_handler()) {
        // It may have come in the middle of a call of the PSA core.
        mp_raise_msg(&mp_type_RuntimeError, MP_ERROR_TEXT("urandom in a hard interrupt handler: use micropython.schedule()"));
    }
    vstr_t vstr;
    vstr_init_len(&vstr, (size_t)n);
    psa_status_t status = psa_module_init();
    if (status == PSA_SUCCESS) {
        status = psa_generate_random((uint8_t *)vstr.buf, (size_t)n);
    }
    if (status != PSA_SUCCESS) {
        memset(vstr.buf, 0, (size_t)n);
        mp_raise_msg_varg(&mp_type_OSError, MP_ERROR_TEXT("urandom: no entropy (PSA status %d)"), (int)status);
    }
    return mp_obj_new_bytes_from_vstr(&vstr);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mp_os_urandom_obj, mp_os_urandom);

#endif
