// SPDX-License-Identifier: MIT
// Internal trusted storage for Python code. The PSA storage API gives every client identifiers of its own; Python's are
// the upper half of the 64-bit space, so that no script can read or overwrite what the PSA core keeps there (keys!).

#include "psa/internal_trusted_storage.h"
#include "bind/psa_bind.h"

static psa_storage_uid_t python_uid(uint64_t uid) {
    // 0 is no identifier and stays one that is refused.
    return uid == 0 ? 0 : uid | (UINT64_C(1) << 63);
}

static mp_obj_t mp_psa_its_set(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_its_set(python_uid(a[0].u64), a[1].n, a[1].p, a[2].u));
}
MP_PSA_DEFINE_FLAGS(its_set, MP_PSA_BEFORE_INIT, MP_PSA_ARG(UID, uid), MP_PSA_ARG(IN, data), MP_PSA_OPT(U32, create_flags));

static mp_obj_t mp_psa_its_get(const mp_psa_arg_t *a) {
    size_t offset = a[1].u == SIZE_MAX ? 0 : a[1].u;
    size_t length = a[2].u;
    if (length == SIZE_MAX) {
        // All that is there from the offset on.
        struct psa_storage_info_t info;
        mp_psa_check(psa_its_get_info(python_uid(a[0].u64), &info));
        if (offset > info.size) {
            mp_psa_check(PSA_ERROR_INVALID_ARGUMENT);
        }
        length = info.size - offset;
    }
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[3], length);
    if (length > out.size) {
        return mp_psa_out_end(&out, PSA_ERROR_BUFFER_TOO_SMALL);
    }
    return mp_psa_out_end(&out, psa_its_get(python_uid(a[0].u64), offset, length, out.buf, &out.len));
}
MP_PSA_DEFINE_FLAGS(its_get, MP_PSA_BEFORE_INIT, MP_PSA_ARG(UID, uid), MP_PSA_OPT(SIZE, data_offset),
    MP_PSA_OPT(SIZE, data_length), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_its_get_info(const mp_psa_arg_t *a) {
    struct psa_storage_info_t info;
    mp_psa_check(psa_its_get_info(python_uid(a[0].u64), &info));
    static const qstr fields[] = { MP_QSTR_size, MP_QSTR_flags };
    mp_obj_t items[] = { mp_obj_new_int_from_uint(info.size), mp_obj_new_int_from_uint(info.flags) };
    return mp_obj_new_attrtuple(fields, MP_ARRAY_SIZE(items), items);
}
MP_PSA_DEFINE_FLAGS(its_get_info, MP_PSA_BEFORE_INIT, MP_PSA_ARG(UID, uid));

static mp_obj_t mp_psa_its_remove(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_its_remove(python_uid(a[0].u64)));
}
MP_PSA_DEFINE_FLAGS(its_remove, MP_PSA_BEFORE_INIT, MP_PSA_ARG(UID, uid));
