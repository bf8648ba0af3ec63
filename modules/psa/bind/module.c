// SPDX-License-Identifier: MIT
// The table of the psa module. Its order matters: names that loops look up come first, constants last.

#include "psa/crypto_driver_entropy.h"
#include "psa/internal_trusted_storage.h"
#include "py/objint.h"
#include "py/smallint.h"
#include "psa_driver_locations.h"
#include "bind/psa_bind.h"

////////////////////////////////////////////////////////////////////////////////
// Constants beyond the small integers of a 32-bit machine

#if MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ
// The value in digits of at least 16 bits, as many of them as are needed.
#define BIG_DIGIT(name_, i_) ((mpz_dig_t)((i_) * MPZ_DIG_SIZE < 64 ? (uint64_t)PSA_##name_ >> ((i_) * MPZ_DIG_SIZE % 64) : 0))
#define BIG_LEN(name_) (BIG_DIGIT(name_, 3) ? 4 : BIG_DIGIT(name_, 2) ? 3 \
        : BIG_DIGIT(name_, 1)                                         ? 2 \
                                                                      : 1)
_Static_assert(MPZ_DIG_SIZE == 16 || MPZ_DIG_SIZE == 32, "BIG_DIGIT");
#define MP_PSA_BIG_CONSTANT(name_) \
    static const mpz_dig_t digits_##name_[] = { \
        BIG_DIGIT(name_, 0), BIG_DIGIT(name_, 1), BIG_DIGIT(name_, 2), BIG_DIGIT(name_, 3) \
    }; \
    static const mp_obj_int_t big_##name_ = { \
        { &mp_type_int }, \
        { .fixed_dig = 1, .alloc = 4, .len = BIG_LEN(name_), .dig = (mpz_dig_t *)digits_##name_ } \
    };
#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_LONGLONG
#define MP_PSA_BIG_CONSTANT(name_) \
    static const mp_obj_int_t big_##name_ = { { &mp_type_int }, PSA_##name_ };
#else
#error The psa module needs integers of more than 31 bits: MICROPY_LONGINT_IMPL
#endif
#define MP_PSA_CONSTANT(name_) _Static_assert(MP_SMALL_INT_FITS(PSA_##name_), #name_);
#define MP_PSA_MACRO_1(name_, ...) extern const mp_psa_macro_t mp_psa_macro_##name_##_obj;
#define MP_PSA_MACRO_2(name_, ...) MP_PSA_MACRO_1(name_)
#define MP_PSA_MACRO_3(name_, ...) MP_PSA_MACRO_1(name_)
#define MP_PSA_PREDICATE_1(name_, ...) MP_PSA_MACRO_1(name_)
#include "bind/values.def"
#undef MP_PSA_BIG_CONSTANT
#undef MP_PSA_CONSTANT
#undef MP_PSA_MACRO_1

////////////////////////////////////////////////////////////////////////////////
// The module

#define TYPE(name_, type_) { MP_ROM_QSTR(MP_QSTR_##name_), MP_ROM_PTR(&type_) }

static const mp_rom_map_elem_t psa_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_psa) },

#define MP_PSA_FUNCTION(name_) { MP_ROM_QSTR(MP_QSTR_##name_), MP_ROM_PTR(&mp_psa_##name_##_obj) },
#include "bind/functions.def"
#undef MP_PSA_FUNCTION

    TYPE(KeyAttributes, mp_psa_key_attributes_type),
    TYPE(HashOperation, mp_psa_hash_operation_type),
    TYPE(MACOperation, mp_psa_mac_operation_type),
    TYPE(CipherOperation, mp_psa_cipher_operation_type),
    TYPE(AEADOperation, mp_psa_aead_operation_type),
    TYPE(KeyDerivationOperation, mp_psa_key_derivation_operation_type),
    TYPE(SignHashInterruptibleOperation, mp_psa_sign_hash_interruptible_operation_type),
    TYPE(VerifyHashInterruptibleOperation, mp_psa_verify_hash_interruptible_operation_type),
    TYPE(PAKEOperation, mp_psa_pake_operation_type),
    TYPE(PAKECipherSuite, mp_psa_pake_cipher_suite_type),

    // C initialises structures with functions; here the types are their own.
    TYPE(key_attributes_init, mp_psa_key_attributes_type),
    TYPE(hash_operation_init, mp_psa_hash_operation_type),
    TYPE(mac_operation_init, mp_psa_mac_operation_type),
    TYPE(cipher_operation_init, mp_psa_cipher_operation_type),
    TYPE(aead_operation_init, mp_psa_aead_operation_type),
    TYPE(key_derivation_operation_init, mp_psa_key_derivation_operation_type),
    TYPE(sign_hash_interruptible_operation_init, mp_psa_sign_hash_interruptible_operation_type),
    TYPE(verify_hash_interruptible_operation_init, mp_psa_verify_hash_interruptible_operation_type),
    TYPE(pake_operation_init, mp_psa_pake_operation_type),
    TYPE(pake_cipher_suite_init, mp_psa_pake_cipher_suite_type),

    // Older names, whose C functions take the same values in another structure.
    { MP_ROM_QSTR(MP_QSTR_generate_key_ext), MP_ROM_PTR(&mp_psa_generate_key_custom_obj) },
    { MP_ROM_QSTR(MP_QSTR_key_derivation_output_key_ext), MP_ROM_PTR(&mp_psa_key_derivation_output_key_custom_obj) },

    TYPE(PSAError, mp_psa_PSAError_type),
#define MP_PSA_ERROR(status_, class_) TYPE(class_, mp_psa_##class_##_type),
#include "bind/errors.def"
#undef MP_PSA_ERROR

#define MP_PSA_CONSTANT(name_) { MP_ROM_QSTR(MP_QSTR_##name_), MP_ROM_INT(PSA_##name_) },
#define MP_PSA_BIG_CONSTANT(name_) { MP_ROM_QSTR(MP_QSTR_##name_), MP_ROM_PTR(&big_##name_) },
#define MP_PSA_MACRO_1(name_, ...) { MP_ROM_QSTR(MP_QSTR_##name_), MP_ROM_PTR(&mp_psa_macro_##name_##_obj) },
#include "bind/values.def"

    // Where keys of the board's opaque drivers live: C has PSA_KEY_LOCATION_<prefix>.
#define MP_PSA_LOCATION(prefix_, name_) { MP_ROM_QSTR(MP_QSTR_KEY_LOCATION_##name_), MP_ROM_INT(PSA_KEY_LOCATION_##prefix_) },
    PSA_DRIVER_FOR_EACH_OPAQUE(MP_PSA_LOCATION)

    // Flags of get_entropy()
    { MP_ROM_QSTR(MP_QSTR_GET_ENTROPY_NONBLOCK), MP_ROM_INT(PSA_DRIVER_GET_ENTROPY_NONBLOCK) },
    { MP_ROM_QSTR(MP_QSTR_GET_ENTROPY_KEEPALIVE), MP_ROM_INT(PSA_DRIVER_GET_ENTROPY_KEEPALIVE) },

    // Storage flags of its_set()
    { MP_ROM_QSTR(MP_QSTR_STORAGE_FLAG_NONE), MP_ROM_INT(PSA_STORAGE_FLAG_NONE) },
    { MP_ROM_QSTR(MP_QSTR_STORAGE_FLAG_WRITE_ONCE), MP_ROM_INT(PSA_STORAGE_FLAG_WRITE_ONCE) },
};
MP_DEFINE_CONST_DICT(mp_module_psa_globals, psa_globals_table);

const mp_obj_module_t mp_module_psa = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&mp_module_psa_globals,
};

MP_REGISTER_MODULE(MP_QSTR_psa, mp_module_psa);
