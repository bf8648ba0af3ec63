// SPDX-License-Identifier: MIT
// The entropy sources: what was seen of them, and a look at their raw output.

#include <string.h>

#include "core/entropy_collect.h"
#include "bind/psa_bind.h"

#define ALL_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

static qstr health_name(entropy_source_health_t health) {
    switch (health) {
        case ENTROPY_SOURCE_UNTESTED:
            return MP_QSTR_untested;
        case ENTROPY_SOURCE_STARTING:
            return MP_QSTR_starting;
        case ENTROPY_SOURCE_HEALTHY:
            return MP_QSTR_healthy;
        case ENTROPY_SOURCE_FAILED:
            return MP_QSTR_failed;
        default:
            return MP_QSTR_misdeclared;
    }
}

static mp_obj_t declared_bits(uint32_t millibits) {
#if MICROPY_PY_BUILTINS_FLOAT
    return mp_obj_new_float((mp_float_t)millibits / 1000);
#else
    return MP_OBJ_NEW_SMALL_INT(millibits / 1000);
#endif
}

static mp_obj_t mp_psa_entropy_sources(const mp_psa_arg_t *a) {
    static const qstr fields[] = {
        MP_QSTR_name,
        MP_QSTR_health,
        MP_QSTR_sample_bits,
        MP_QSTR_declared_bits,
        MP_QSTR_accepted_flags,
        MP_QSTR_calls,
        MP_QSTR_rounds,
        MP_QSTR_empty,
        MP_QSTR_failures,
        MP_QSTR_faults,
        MP_QSTR_alarms,
        MP_QSTR_credited_bits,
    };
    mp_obj_t list = mp_obj_new_list(0, NULL);
    entropy_source_info_t info;
    for (size_t i = 0; entropy_source_info(i, &info); i++) {
        mp_obj_t items[] = {
            mp_obj_new_str(info.name, strlen(info.name)),
            MP_OBJ_NEW_QSTR(health_name(info.health)),
            MP_OBJ_NEW_SMALL_INT(info.sample_bits),
            declared_bits(info.min_entropy_millibits),
            mp_obj_new_int_from_uint(info.accepted_flags),
            mp_obj_new_int_from_uint(info.calls),
            mp_obj_new_int_from_uint(info.rounds),
            mp_obj_new_int_from_uint(info.empty),
            mp_obj_new_int_from_uint(info.failures),
            mp_obj_new_int_from_uint(info.faults),
            mp_obj_new_int_from_uint(info.alarms),
            mp_obj_new_int_from_ull(info.credited_bits),
        };
        _Static_assert(MP_ARRAY_SIZE(items) == MP_ARRAY_SIZE(fields), "a name for each item");
        mp_obj_list_append(list, mp_obj_new_attrtuple(fields, MP_ARRAY_SIZE(items), items));
    }
    return list;
}
MP_PSA_DEFINE_0(entropy_sources, MP_PSA_BEFORE_INIT);

// Index of the source with this name; DoesNotExist lists those that there are.
static size_t find_source(const uint8_t *name, size_t length) {
    entropy_source_info_t info;
    for (size_t i = 0; entropy_source_info(i, &info); i++) {
        if (strlen(info.name) == length && memcmp(info.name, name, length) == 0) {
            return i;
        }
    }
    vstr_t hint;
    vstr_init(&hint, 64);
    vstr_add_str(&hint, entropy_source_count() == 0 ? "this firmware has no entropy source" : "sources are");
    for (size_t i = 0; entropy_source_info(i, &info); i++) {
        vstr_add_str(&hint, i == 0 ? " " : ", ");
        vstr_add_str(&hint, info.name);
    }
    mp_psa_raise(PSA_ERROR_DOES_NOT_EXIST, vstr_null_terminated_str(&hint));
}

// What the core, not the driver, found wrong in the call that went before; NULL when it was the driver's own status.
static const char *core_finding(size_t index, const entropy_source_info_t *before) {
    entropy_source_info_t now;
    (void)entropy_source_info(index, &now);
    if (now.health == ENTROPY_SOURCE_MISDECLARED) {
        return "its description declares what cannot be";
    }
    if (now.alarms != before->alarms) {
        return "alarm of the health tests";
    }
    return now.faults != before->faults ? "the driver broke the rules of get_entropy" : NULL;
}

static mp_obj_t mp_psa_get_entropy(const mp_psa_arg_t *a) {
    size_t flags = a[2].u;
    if (flags & ~(size_t)ALL_FLAGS) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("flags: %u has bits beyond GET_ENTROPY_NONBLOCK and GET_ENTROPY_KEEPALIVE"),
            (unsigned int)flags);
    }
    size_t size = a[1].u;
    if (size == SIZE_MAX) {
        if (a[3].p == NULL) {
            mp_raise_TypeError(MP_ERROR_TEXT("get_entropy() needs size or out"));
        }
        size = a[3].n;
    }
    if (size == 0 || size > ENTROPY_SOURCE_READ_MAX) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("size must be 1..%u, not %u"), ENTROPY_SOURCE_READ_MAX,
            (unsigned int)size);
    }
    size_t index = find_source(a[0].p, a[0].n);
    if (!psa_module_drivers_ready()) {
        mp_psa_raise(PSA_ERROR_BAD_STATE, "call psa.crypto_init() first, which prepares the drivers");
    }
    // Made before the call, so that nothing can fail between it and the hand-over.
    mp_obj_tuple_t *result = MP_OBJ_TO_PTR(mp_obj_new_tuple(2, NULL));
    mp_psa_out_t out;
    mp_psa_out_begin(&out, &a[3], size);
    if (size > out.size) {
        return mp_psa_out_end(&out, PSA_ERROR_BUFFER_TOO_SMALL);
    }
    entropy_source_info_t before;
    (void)entropy_source_info(index, &before);
    size_t bits;
    psa_status_t status = entropy_source_read(index, flags, &bits, out.buf, size);
    const char *finding = status == PSA_SUCCESS ? NULL : core_finding(index, &before);
    if (finding != NULL) {
        mp_psa_out_drop(&out);
        mp_psa_raise(status, finding);
    }
    out.len = size;
    result->items[0] = mp_psa_out_end(&out, status);
    result->items[1] = MP_OBJ_NEW_SMALL_INT(bits);
    return MP_OBJ_FROM_PTR(result);
}
MP_PSA_DEFINE_FLAGS(get_entropy, MP_PSA_BEFORE_INIT, MP_PSA_ARG(STR, name), MP_PSA_OPT(SIZE, size), MP_PSA_OPT(U32, flags),
    MP_PSA_ARG_OUT);
