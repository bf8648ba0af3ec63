// SPDX-License-Identifier: MIT
// Key management. Keys are numbers here; their material stays in the PSA core.

#include "bind/psa_bind.h"

void mp_psa_get_key_shape(mbedtls_svc_key_id_t key, psa_key_type_t *type, size_t *bits) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = psa_get_key_attributes(key, &attributes);
    *type = psa_get_key_type(&attributes);
    *bits = psa_get_key_bits(&attributes);
    psa_reset_key_attributes(&attributes);
    mp_psa_check(status);
}

static mp_obj_t mp_psa_import_key(const mp_psa_arg_t *a) {
    mbedtls_svc_key_id_t key = PSA_KEY_ID_NULL;
    psa_status_t status = psa_import_key(a[0].attributes, a[1].p, a[1].n, &key);
    return mp_psa_new_key_id(status, key);
}
MP_PSA_DEFINE(import_key, MP_PSA_ARG(ATTRIBUTES, attributes), MP_PSA_ARG(IN, data));

static mp_obj_t mp_psa_generate_key(const mp_psa_arg_t *a) {
    mbedtls_svc_key_id_t key = PSA_KEY_ID_NULL;
    psa_status_t status = psa_generate_key(a[0].attributes, &key);
    return mp_psa_new_key_id(status, key);
}
MP_PSA_DEFINE(generate_key, MP_PSA_ARG(ATTRIBUTES, attributes));

static mp_obj_t mp_psa_generate_key_custom(const mp_psa_arg_t *a) {
    mbedtls_svc_key_id_t key = PSA_KEY_ID_NULL;
    psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    custom.flags = a[1].u;
    psa_status_t status = psa_generate_key_custom(a[0].attributes, &custom, a[2].p, a[2].n, &key);
    return mp_psa_new_key_id(status, key);
}
MP_PSA_DEFINE(generate_key_custom, MP_PSA_ARG(ATTRIBUTES, attributes), MP_PSA_ARG(U32, custom),
    MP_PSA_ARG(IN, custom_data));

static mp_obj_t mp_psa_copy_key(const mp_psa_arg_t *a) {
    mbedtls_svc_key_id_t key = PSA_KEY_ID_NULL;
    psa_status_t status = psa_copy_key(a[0].u, a[1].attributes, &key);
    return mp_psa_new_key_id(status, key);
}
MP_PSA_DEFINE(copy_key, MP_PSA_ARG(U32, source_key), MP_PSA_ARG(ATTRIBUTES, attributes));

static mp_obj_t mp_psa_destroy_key(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_destroy_key(a[0].u));
}
MP_PSA_DEFINE(destroy_key, MP_PSA_ARG(U32, key));

static mp_obj_t mp_psa_purge_key(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_purge_key(a[0].u));
}
MP_PSA_DEFINE(purge_key, MP_PSA_ARG(U32, key));

static mp_obj_t mp_psa_open_key(const mp_psa_arg_t *a) {
    psa_key_handle_t handle = PSA_KEY_HANDLE_INIT;
    mp_psa_check(psa_open_key(a[0].u, &handle));
    return mp_obj_new_int_from_uint(handle);
}
MP_PSA_DEFINE(open_key, MP_PSA_ARG(U32, key));

static mp_obj_t mp_psa_close_key(const mp_psa_arg_t *a) {
    return mp_psa_none(psa_close_key(a[0].u));
}
MP_PSA_DEFINE(close_key, MP_PSA_ARG(U32, handle));

static mp_obj_t mp_psa_export_key(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    size_t need = 0;
    if (a[1].p == NULL) {
        psa_key_type_t type;
        size_t bits;
        mp_psa_get_key_shape(a[0].u, &type, &bits);
        need = PSA_EXPORT_KEY_OUTPUT_SIZE(type, bits);
    }
    mp_psa_out_begin(&out, &a[1], need);
    return mp_psa_out_end(&out, psa_export_key(a[0].u, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(export_key, MP_PSA_ARG(U32, key), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_export_public_key(const mp_psa_arg_t *a) {
    mp_psa_out_t out;
    size_t need = 0;
    if (a[1].p == NULL) {
        psa_key_type_t type;
        size_t bits;
        mp_psa_get_key_shape(a[0].u, &type, &bits);
        need = PSA_EXPORT_PUBLIC_KEY_OUTPUT_SIZE(type, bits);
    }
    mp_psa_out_begin(&out, &a[1], need);
    return mp_psa_out_end(&out, psa_export_public_key(a[0].u, out.buf, out.size, &out.len));
}
MP_PSA_DEFINE(export_public_key, MP_PSA_ARG(U32, key), MP_PSA_ARG_OUT);

static mp_obj_t mp_psa_get_key_attributes(const mp_psa_arg_t *a) {
    mp_psa_key_attributes_obj_t *result = MP_OBJ_TO_PTR(mp_psa_new_key_attributes());
    mp_psa_check(psa_get_key_attributes(a[0].u, &result->attributes));
    return MP_OBJ_FROM_PTR(result);
}
MP_PSA_DEFINE(get_key_attributes, MP_PSA_ARG(U32, key));

#if defined(MBEDTLS_PSA_CRYPTO_BUILTIN_KEYS)
static mp_obj_t mp_psa_key_id_is_builtin(const mp_psa_arg_t *a) {
    return mp_obj_new_bool(psa_key_id_is_builtin(a[0].u));
}
MP_PSA_DEFINE_FLAGS(key_id_is_builtin, MP_PSA_BEFORE_INIT, MP_PSA_ARG(U32, key_id));
#endif

static mp_obj_t mp_psa_key_handle_is_null(const mp_psa_arg_t *a) {
    return mp_obj_new_bool(psa_key_handle_is_null(a[0].u));
}
MP_PSA_DEFINE_FLAGS(key_handle_is_null, MP_PSA_BEFORE_INIT, MP_PSA_ARG(U32, handle));
