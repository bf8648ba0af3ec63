// SPDX-License-Identifier: MIT
// What this firmware is: use of the arena, and what it was built with.

#include <string.h>

#include "psa_driver_tables.h"
#include "bind/psa_bind.h"

static mp_obj_t mp_psa_arena_info(const mp_psa_arg_t *a) {
    psa_module_arena_info_t info;
    psa_module_arena_info(&info);
    static const qstr fields[] = { MP_QSTR_size, MP_QSTR_used, MP_QSTR_high_water, MP_QSTR_blocks };
    mp_obj_t items[] = {
        mp_obj_new_int_from_uint(info.size),
        mp_obj_new_int_from_uint(info.used),
        mp_obj_new_int_from_uint(info.high_water),
        mp_obj_new_int_from_uint(info.blocks),
    };
    return mp_obj_new_attrtuple(fields, MP_ARRAY_SIZE(items), items);
}
MP_PSA_DEFINE_0(arena_info, MP_PSA_BEFORE_INIT);

static mp_obj_t mp_psa_can_do_hash(const mp_psa_arg_t *a) {
    return mp_obj_new_bool(psa_can_do_hash(a[0].u));
}
MP_PSA_DEFINE(can_do_hash, MP_PSA_ARG(U32, hash_alg));

static mp_obj_t mp_psa_can_do_cipher(const mp_psa_arg_t *a) {
    return mp_obj_new_bool(psa_can_do_cipher(a[0].u, a[1].u));
}
MP_PSA_DEFINE(can_do_cipher, MP_PSA_ARG(U16, key_type), MP_PSA_ARG(U32, cipher_alg));

// Names are what the PSA_WANT_ macros of crypto_config.h say, so that they can be compared with a configuration.
#define WANTED(name_) MP_ROM_QSTR(MP_QSTR_##name_),
#define IGNORED(name_)

static const mp_rom_obj_t algorithms[] = {
#define MP_PSA_WANT_ALG WANTED
#define MP_PSA_WANT_KEY_TYPE IGNORED
#define MP_PSA_WANT_CURVE IGNORED
#include "bind/want.def"
};

static const mp_rom_obj_t key_types[] = {
#undef MP_PSA_WANT_ALG
#undef MP_PSA_WANT_KEY_TYPE
#define MP_PSA_WANT_ALG IGNORED
#define MP_PSA_WANT_KEY_TYPE WANTED
#include "bind/want.def"
};

static const mp_rom_obj_t curves[] = {
#undef MP_PSA_WANT_KEY_TYPE
#undef MP_PSA_WANT_CURVE
#define MP_PSA_WANT_KEY_TYPE IGNORED
#define MP_PSA_WANT_CURVE WANTED
#include "bind/want.def"
};

static void store(mp_obj_t dict, qstr key, mp_obj_t value) {
    mp_obj_dict_store(dict, MP_OBJ_NEW_QSTR(key), value);
}

static mp_obj_t new_string(const char *s) {
    return mp_obj_new_str(s, strlen(s));
}

static mp_obj_t mp_psa_capabilities(const mp_psa_arg_t *a) {
    psa_module_arena_info_t info;
    psa_module_arena_info(&info);
    mp_obj_t drivers = mp_obj_new_list(0, NULL);
    for (const char *const *name = psa_driver_names; *name != NULL; name++) {
        mp_obj_list_append(drivers, new_string(*name));
    }
    mp_obj_t dict = mp_obj_new_dict(0);
    store(dict, MP_QSTR_library, new_string(MBEDTLS_VERSION_STRING_FULL));
    store(dict, MP_QSTR_profile, new_string(MICROPSA_PROFILE));
    store(dict, MP_QSTR_arena_size, mp_obj_new_int_from_uint(info.size));
    store(dict, MP_QSTR_drivers, drivers);
    store(dict, MP_QSTR_algorithms, mp_obj_new_tuple(MP_ARRAY_SIZE(algorithms), (const mp_obj_t *)algorithms));
    store(dict, MP_QSTR_key_types, mp_obj_new_tuple(MP_ARRAY_SIZE(key_types), (const mp_obj_t *)key_types));
    store(dict, MP_QSTR_curves, mp_obj_new_tuple(MP_ARRAY_SIZE(curves), (const mp_obj_t *)curves));
    return dict;
}
MP_PSA_DEFINE_0(capabilities, MP_PSA_BEFORE_INIT);
