// SPDX-License-Identifier: MIT
// What the files of bind/ share: the table-driven function type, the status funnel, outputs and operation objects.
//
// Every Python function is one line of data (names and kinds of its parameters) and one C function that receives the
// parameters already checked and converted. The same object serves as module function (psa.hash_update(op, data)) and
// as method (op.update(data)), so nothing is parsed in two places.

#ifndef MICROPSA_BIND_H
#define MICROPSA_BIND_H

#include "mbedtls/build_info.h"
#include "py/obj.h"
#include "py/runtime.h"
#include "psa/crypto.h"
#include "psa_module.h"

////////////////////////////////////////////////////////////////////////////////
// Functions

// What a parameter accepts. Integers outside of the range raise ValueError, wrong types TypeError; both name the parameter.
typedef enum {
    MP_PSA_U8, // .u
    MP_PSA_U16, // .u
    MP_PSA_U31, // .u: a PAKE primitive, whose type Mbed TLS shifts as a signed number
    MP_PSA_U32, // .u
    MP_PSA_SIZE, // .u, at most MP_PSA_SIZE_MAX; SIZE_MAX when an optional one is absent
    MP_PSA_CAPACITY, // .u, any size_t
    MP_PSA_U64, // .u64
    MP_PSA_UID, // .u64, at most 63 bits
    MP_PSA_IN, // .p, .n: a readable buffer; .p == NULL when an optional one is absent
    MP_PSA_OUT, // .p, .n: a writable buffer, optional and by keyword only; .p == NULL when absent
    MP_PSA_STR, // .p, .n: the text of a str, not terminated by 0
    MP_PSA_ATTRIBUTES, // .attributes
    MP_PSA_SUITE, // .suite
    MP_PSA_OP_HASH, // .op; the order is that of mp_psa_operation_types[]
    MP_PSA_OP_MAC,
    MP_PSA_OP_CIPHER,
    MP_PSA_OP_AEAD,
    MP_PSA_OP_KEY_DERIVATION,
    MP_PSA_OP_PAKE,
    MP_PSA_OP_SIGN_HASH,
    MP_PSA_OP_VERIFY_HASH,
} mp_psa_kind_t;

// Raises RuntimeError in an interrupt (psa_port_in_interrupt()). Everything that reaches the core begins with it.
void mp_psa_refuse_interrupt(void);

// Largest length that a caller may ask for; sums with any tag, IV or padding stay far below SIZE_MAX.
#define MP_PSA_SIZE_MAX (0x0fffffff)
#define MP_PSA_PARAMS_MAX (7)

struct _mp_psa_operation_t;

typedef union {
    size_t u;
    uint64_t u64;
    struct {
        uint8_t *p;
        size_t n;
    };
    psa_key_attributes_t *attributes;
    psa_pake_cipher_suite_t *suite;
    struct _mp_psa_operation_t *op;
} mp_psa_arg_t;

typedef mp_obj_t (*mp_psa_fun_t)(const mp_psa_arg_t *a);

typedef struct {
    qstr_short_t name;
    uint8_t kind; // mp_psa_kind_t
    uint8_t optional; // absent and None: see the kinds
} mp_psa_param_t;

#define MP_PSA_BEFORE_INIT (0x01) // works without crypto_init()
#define MP_PSA_SELF_SECOND (0x02) // a method whose object is the second parameter of the C function

typedef struct {
    mp_obj_base_t base;
    mp_psa_fun_t fun;
    const mp_psa_param_t *params;
    uint8_t n_params;
    uint8_t flags;
} mp_psa_function_t;

extern const mp_obj_type_t mp_psa_function_type;

#define MP_PSA_ARG(kind_, name_) { MP_QSTR_##name_, MP_PSA_##kind_, 0 }
#define MP_PSA_OPT(kind_, name_) { MP_QSTR_##name_, MP_PSA_##kind_, 1 }
#define MP_PSA_ARG_OUT MP_PSA_OPT(OUT, out)

// Defines the object mp_psa_<name>_obj over the C function mp_psa_<name>.
#define MP_PSA_DEFINE_FLAGS(name_, flags_, ...) \
    static const mp_psa_param_t name_##_params[] = { __VA_ARGS__ }; \
    _Static_assert(MP_ARRAY_SIZE(name_##_params) <= MP_PSA_PARAMS_MAX, "MP_PSA_PARAMS_MAX"); \
    const mp_psa_function_t mp_psa_##name_##_obj = { \
        { &mp_psa_function_type }, mp_psa_##name_, name_##_params, MP_ARRAY_SIZE(name_##_params), flags_ \
    }
#define MP_PSA_DEFINE(name_, ...) MP_PSA_DEFINE_FLAGS(name_, 0, __VA_ARGS__)
#define MP_PSA_DEFINE_0(name_, flags_) \
    const mp_psa_function_t mp_psa_##name_##_obj = { { &mp_psa_function_type }, mp_psa_##name_, NULL, 0, flags_ }

// Remembers that crypto_init() succeeded; forgotten with the next psa_module_deinit().
void mp_psa_set_ready(void);
bool mp_psa_is_ready(void);

// The unsigned integer `o`, which must be at most `max`; otherwise ValueError or TypeError naming `name`.
uint64_t mp_psa_get_uint(mp_obj_t o, qstr name, uint64_t max);

// The name of the function that runs now (errors name it), MP_QSTRnull when none does.
qstr mp_psa_current_function(void);

// The name under which psa has `value`, MP_QSTRnull if none: lets repr() show KEY_TYPE_AES instead of a number.
qstr mp_psa_name_of_object(const void *value);
qstr mp_psa_name_of_int(const char *prefix, uint32_t value);
// Prints ALG_X, ALG_X(HASH) or the number in hexadecimal.
void mp_psa_print_algorithm(const mp_print_t *print, psa_algorithm_t alg);
void mp_psa_print_key_type(const mp_print_t *print, psa_key_type_t type);

////////////////////////////////////////////////////////////////////////////////
// Constants and the macros of the specification (values.def)

typedef uint32_t (*mp_psa_macro_fun_t)(uint32_t a, uint32_t b, uint32_t c);

typedef struct {
    mp_obj_base_t base;
    mp_psa_macro_fun_t fun;
    uint8_t kinds[3]; // mp_psa_macro_kind_t
    bool predicate; // returns True or False
} mp_psa_macro_t;

extern const mp_obj_type_t mp_psa_macro_type;

////////////////////////////////////////////////////////////////////////////////
// Status

// PSA_SUCCESS returns, anything else raises psa.PSAError or its subclass. The only way from a status to Python:
// whatever has to be released or wiped is so before the call.
void mp_psa_check(psa_status_t status);

// The same for a status that is an error, with a sentence of advice for the message.
NORETURN void mp_psa_raise(psa_status_t status, const char *hint);

// The same for functions that return nothing else: returns None.
mp_obj_t mp_psa_none(psa_status_t status);

// A new key identifier as Python integer; destroys the key should MemoryError arise on the way.
mp_obj_t mp_psa_new_key_id(psa_status_t status, mbedtls_svc_key_id_t key);

////////////////////////////////////////////////////////////////////////////////
// Outputs: the buffer of out=, or a bytes object made before the call

typedef struct {
    uint8_t *buf;
    size_t size;
    size_t len; // set by the PSA function
    struct _mp_obj_str_t *bytes; // NULL with out=
} mp_psa_out_t;

// `need`: enough bytes for any result. Can raise MemoryError, so it comes before the PSA call.
void mp_psa_out_begin(mp_psa_out_t *out, const mp_psa_arg_t *arg, size_t need);

// Wipes the buffer and raises when status is no success; else returns the bytes object of exact size, or the length.
mp_obj_t mp_psa_out_end(mp_psa_out_t *out, psa_status_t status);

// Wipes the buffer, for a caller that raises something else than mp_psa_out_end() would.
void mp_psa_out_drop(mp_psa_out_t *out);

////////////////////////////////////////////////////////////////////////////////
// Operations: the C state is in the arena from setup to finish, failure or abort

typedef struct _mp_psa_operation_t {
    mp_obj_base_t base;
    void *state; // NULL: inactive
    uint32_t generation; // of state, see psa_module_generation()
    psa_algorithm_t alg; // of the last setup
} mp_psa_operation_t;

// In the protocol slot of an operation type.
typedef struct {
    size_t size;
    void (*abort)(void *state);
} mp_psa_operation_class_t;

extern const mp_obj_type_t mp_psa_hash_operation_type;
extern const mp_obj_type_t mp_psa_mac_operation_type;
extern const mp_obj_type_t mp_psa_cipher_operation_type;
extern const mp_obj_type_t mp_psa_aead_operation_type;
extern const mp_obj_type_t mp_psa_key_derivation_operation_type;
extern const mp_obj_type_t mp_psa_pake_operation_type;
extern const mp_obj_type_t mp_psa_sign_hash_interruptible_operation_type;
extern const mp_obj_type_t mp_psa_verify_hash_interruptible_operation_type;
extern const mp_obj_type_t *const mp_psa_operation_types[];

MP_DECLARE_CONST_FUN_OBJ_1(mp_psa_operation_del_obj);
MP_DECLARE_CONST_FUN_OBJ_1(mp_psa_operation_self_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(mp_psa_operation_exit_obj);

mp_obj_t mp_psa_operation_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args);
void mp_psa_operation_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind);

// New zeroed state for a setup function. An operation that is active already is aborted and BadState raised, as in C.
void *mp_psa_operation_begin(mp_psa_operation_t *op, psa_algorithm_t alg);
// The state of an active operation; BadState if it is inactive.
void *mp_psa_operation_state(mp_psa_operation_t *op);
bool mp_psa_operation_is_active(const mp_psa_operation_t *op);
// Aborts and frees the state, if there is any.
void mp_psa_operation_release(mp_psa_operation_t *op);
// After a step: a failed one releases the operation and raises; returns None.
mp_obj_t mp_psa_operation_step(mp_psa_operation_t *op, psa_status_t status);
// After the last step: releases the operation, raises or returns None.
mp_obj_t mp_psa_operation_finish(mp_psa_operation_t *op, psa_status_t status);
// The same for steps with output.
mp_obj_t mp_psa_operation_step_out(mp_psa_operation_t *op, mp_psa_out_t *out, psa_status_t status);
mp_obj_t mp_psa_operation_finish_out(mp_psa_operation_t *op, mp_psa_out_t *out, psa_status_t status);

// The method table entries that every operation type has.
#define MP_PSA_OPERATION_METHODS \
    { MP_ROM_QSTR(MP_QSTR___enter__), MP_ROM_PTR(&mp_psa_operation_self_obj) }, \
        { MP_ROM_QSTR(MP_QSTR___exit__), MP_ROM_PTR(&mp_psa_operation_exit_obj) }, \
    { \
        MP_ROM_QSTR(MP_QSTR___del__), MP_ROM_PTR(&mp_psa_operation_del_obj) \
    }

#define MP_PSA_METHOD(method_, name_) { MP_ROM_QSTR(MP_QSTR_##method_), MP_ROM_PTR(&mp_psa_##name_##_obj) }

// Defines the type mp_psa_<name>_operation_type; python_name is its class name, the rest its method table entries.
#define MP_PSA_DEFINE_OPERATION(name_, python_name_, ...) \
    static void name_##_operation_abort(void *state) { \
        (void)psa_##name_##_abort(state); \
    } \
    static const mp_psa_operation_class_t name_##_operation_class = { \
        sizeof(psa_##name_##_operation_t), name_##_operation_abort \
    }; \
    static const mp_rom_map_elem_t name_##_operation_locals_table[] = { __VA_ARGS__, MP_PSA_OPERATION_METHODS }; \
    static MP_DEFINE_CONST_DICT(name_##_operation_locals, name_##_operation_locals_table); \
    MP_DEFINE_CONST_OBJ_TYPE(mp_psa_##name_##_operation_type, MP_QSTR_##python_name_, MP_TYPE_FLAG_NONE, \
        make_new, mp_psa_operation_make_new, print, mp_psa_operation_print, \
        protocol, &name_##_operation_class, locals_dict, &name_##_operation_locals)

////////////////////////////////////////////////////////////////////////////////
// KeyAttributes and PAKECipherSuite

typedef struct {
    mp_obj_base_t base;
    psa_key_attributes_t attributes;
} mp_psa_key_attributes_obj_t;

typedef struct {
    mp_obj_base_t base;
    psa_pake_cipher_suite_t suite;
} mp_psa_pake_cipher_suite_obj_t;

extern const mp_obj_type_t mp_psa_key_attributes_type;
extern const mp_obj_type_t mp_psa_pake_cipher_suite_type;

mp_obj_t mp_psa_new_key_attributes(void);

// Type and size of a key, which tell the size of what it makes; raises what psa_get_key_attributes() says.
void mp_psa_get_key_shape(mbedtls_svc_key_id_t key, psa_key_type_t *type, size_t *bits);

// Declares the exception types.
extern const mp_obj_type_t mp_psa_PSAError_type;
#define MP_PSA_ERROR(status_, class_) extern const mp_obj_type_t mp_psa_##class_##_type;
#include "bind/errors.def"
#undef MP_PSA_ERROR

// Declares every function object that the module table names.
#define MP_PSA_FUNCTION(name_) extern const mp_psa_function_t mp_psa_##name_##_obj;
#include "bind/functions.def"
#undef MP_PSA_FUNCTION

extern const mp_obj_dict_t mp_module_psa_globals;

#endif
