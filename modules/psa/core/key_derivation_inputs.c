// SPDX-License-Identifier: MIT
// Which inputs a key derivation algorithm takes, and the accessors that drivers read them with.

#include "psa_key_derivation_inputs.h"

#include <string.h>

// A set of input steps.
enum {
    SECRET = 1 << 0,
    OTHER_SECRET = 1 << 1,
    PASSWORD = 1 << 2,
    LABEL = 1 << 3,
    SALT = 1 << 4,
    INFO = 1 << 5,
    SEED = 1 << 6,
    COST = 1 << 7,
    ANY_STEP = 0xff,
};

typedef enum {
    HKDF,
    HKDF_EXTRACT,
    HKDF_EXPAND,
    TLS12_PRF,
    TLS12_PSK_TO_MS,
    TLS12_ECJPAKE_TO_PMS,
    PBKDF2,
    VENDOR,
} kdf_kind_t;

typedef struct {
    uint8_t mandatory;
    uint8_t optional;
    uint8_t repeated; // may come in several parts
} kdf_steps_t;

static const kdf_steps_t steps_of[] = {
    [HKDF] = { SECRET | INFO, SALT, 0 },
    [HKDF_EXTRACT] = { SECRET | SALT, 0, 0 },
    [HKDF_EXPAND] = { SECRET | INFO, 0, 0 },
    [TLS12_PRF] = { SEED | SECRET | LABEL, 0, 0 },
    [TLS12_PSK_TO_MS] = { SEED | SECRET | LABEL, OTHER_SECRET, 0 },
    [TLS12_ECJPAKE_TO_PMS] = { SECRET, 0, 0 },
    [PBKDF2] = { COST | SALT | PASSWORD, 0, SALT },
    // Its driver knows what is missing.
    [VENDOR] = { 0, ANY_STEP, 0 },
};

// What must have come before a step, and what must not.
typedef struct {
    uint8_t kind;
    uint8_t step;
    uint8_t after;
    uint8_t before;
} kdf_order_t;

static const kdf_order_t orders[] = {
    { HKDF, SALT, 0, SECRET },
    { HKDF_EXTRACT, SECRET, SALT, 0 },
    { HKDF_EXPAND, INFO, SECRET, 0 },
    { TLS12_PRF, SECRET, SEED, 0 },
    { TLS12_PRF, LABEL, SECRET, 0 },
    { TLS12_PSK_TO_MS, OTHER_SECRET, SEED, SECRET },
    { TLS12_PSK_TO_MS, SECRET, SEED, 0 },
    { TLS12_PSK_TO_MS, LABEL, SECRET, 0 },
    { PBKDF2, SALT, COST, PASSWORD },
    { PBKDF2, PASSWORD, SALT, 0 },
};

static kdf_kind_t kind_of(psa_algorithm_t alg) {
    if (PSA_ALG_IS_HKDF(alg)) {
        return HKDF;
    }
    if (PSA_ALG_IS_HKDF_EXTRACT(alg)) {
        return HKDF_EXTRACT;
    }
    if (PSA_ALG_IS_HKDF_EXPAND(alg)) {
        return HKDF_EXPAND;
    }
    if (PSA_ALG_IS_TLS12_PRF(alg)) {
        return TLS12_PRF;
    }
    if (PSA_ALG_IS_TLS12_PSK_TO_MS(alg)) {
        return TLS12_PSK_TO_MS;
    }
    if (alg == PSA_ALG_TLS12_ECJPAKE_TO_PMS) {
        return TLS12_ECJPAKE_TO_PMS;
    }
    if (PSA_ALG_IS_PBKDF2(alg)) {
        return PBKDF2;
    }
    return VENDOR;
}

static unsigned int bit_of(psa_key_derivation_step_t step) {
    switch (step) {
        case PSA_KEY_DERIVATION_INPUT_SECRET:
            return SECRET;
        case PSA_KEY_DERIVATION_INPUT_OTHER_SECRET:
            return OTHER_SECRET;
        case PSA_KEY_DERIVATION_INPUT_PASSWORD:
            return PASSWORD;
        case PSA_KEY_DERIVATION_INPUT_LABEL:
            return LABEL;
        case PSA_KEY_DERIVATION_INPUT_SALT:
            return SALT;
        case PSA_KEY_DERIVATION_INPUT_INFO:
            return INFO;
        case PSA_KEY_DERIVATION_INPUT_SEED:
            return SEED;
        case PSA_KEY_DERIVATION_INPUT_COST:
            return COST;
        default:
            return 0;
    }
}

static unsigned int present(const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    unsigned int bits = 0;
    for (const micropsa_kdf_input_t *input = inputs->first; input != NULL; input = input->next) {
        if (input->type != PSA_KEY_DERIVATION_INPUT_TYPE_INVALID) {
            bits |= bit_of(input->step);
        }
    }
    return bits;
}

psa_key_derivation_step_t micropsa_kdf_secret_step(psa_algorithm_t alg) {
    return kind_of(alg) == PBKDF2 ? PSA_KEY_DERIVATION_INPUT_PASSWORD : PSA_KEY_DERIVATION_INPUT_SECRET;
}

bool micropsa_kdf_is_long_step(psa_algorithm_t alg, psa_key_derivation_step_t step) {
    return kind_of(alg) == VENDOR && bit_of(step) == 0;
}

size_t micropsa_kdf_capacity(psa_algorithm_t alg) {
    size_t hash_size = PSA_HASH_LENGTH(PSA_ALG_GET_HASH(alg));
    switch (kind_of(alg)) {
        case HKDF:
        case HKDF_EXPAND:
            return 255 * hash_size;
        case HKDF_EXTRACT:
            return hash_size;
        case TLS12_PSK_TO_MS:
            return 48;
        case TLS12_ECJPAKE_TO_PMS:
            return 32;
        default:
            return PSA_KEY_DERIVATION_UNLIMITED_CAPACITY;
    }
}

// Limits of a value; the order of the steps is checked elsewhere.
static psa_status_t check_value(
    psa_algorithm_t alg,
    psa_key_derivation_step_t step,
    const uint8_t *data,
    size_t length,
    uint64_t integer) {
    switch (kind_of(alg)) {
        case HKDF_EXPAND:
            if (step == PSA_KEY_DERIVATION_INPUT_SECRET && length != PSA_HASH_LENGTH(PSA_ALG_HKDF_GET_HASH(alg))) {
                return PSA_ERROR_INVALID_ARGUMENT;
            }
            break;
        case TLS12_PSK_TO_MS:
            if (step == PSA_KEY_DERIVATION_INPUT_SECRET && length > PSA_TLS12_PSK_TO_MS_PSK_MAX_SIZE) {
                return PSA_ERROR_INVALID_ARGUMENT;
            }
            break;
        case TLS12_ECJPAKE_TO_PMS:
            // An uncompressed point of P-256.
            if (length != PSA_TLS12_ECJPAKE_TO_PMS_INPUT_SIZE || (data != NULL && data[0] != 0x04)) {
                return PSA_ERROR_INVALID_ARGUMENT;
            }
            break;
        case PBKDF2:
            if (step == PSA_KEY_DERIVATION_INPUT_COST) {
                if (integer > PSA_VENDOR_PBKDF2_MAX_ITERATIONS) {
                    return PSA_ERROR_NOT_SUPPORTED;
                }
                if (integer == 0) {
                    return PSA_ERROR_INVALID_ARGUMENT;
                }
            }
            break;
        default:
            break;
    }
    return PSA_SUCCESS;
}

psa_status_t micropsa_kdf_check_step(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    psa_crypto_driver_key_derivation_input_type_t type,
    const uint8_t *data,
    size_t length,
    uint64_t integer) {
    kdf_kind_t kind = kind_of(inputs->alg);
    const kdf_steps_t *steps = &steps_of[kind];
    unsigned int bit = bit_of(step);
    unsigned int there = present(inputs);

    if (((steps->mandatory | steps->optional) & bit) == 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (kind != VENDOR && (bit == COST) != (type == PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if ((there & bit & ~steps->repeated) != 0) {
        return PSA_ERROR_BAD_STATE;
    }
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        const kdf_order_t *order = &orders[i];
        if (order->kind == kind && order->step == bit &&
            ((there & order->after) != order->after || (there & order->before) != 0)) {
            return PSA_ERROR_BAD_STATE;
        }
    }
    return check_value(inputs->alg, step, data, length, integer);
}

psa_status_t micropsa_kdf_check_complete(const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    unsigned int missing = steps_of[kind_of(inputs->alg)].mandatory & ~present(inputs);
    return missing == 0 ? PSA_SUCCESS : PSA_ERROR_BAD_STATE;
}

micropsa_kdf_input_t *micropsa_kdf_find(
    const psa_crypto_driver_key_derivation_inputs_t *inputs, psa_key_derivation_step_t step) {
    for (micropsa_kdf_input_t *input = inputs->first; input != NULL; input = input->next) {
        if (input->step == step && input->type != PSA_KEY_DERIVATION_INPUT_TYPE_INVALID) {
            return input;
        }
    }
    return NULL;
}

psa_crypto_driver_key_derivation_input_type_t psa_crypto_driver_key_derivation_get_input_type(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step) {
    const micropsa_kdf_input_t *input = micropsa_kdf_find(inputs, step);
    if (input != NULL) {
        return input->type;
    }
    if ((steps_of[kind_of(inputs->alg)].optional & bit_of(step)) != 0) {
        return PSA_KEY_DERIVATION_INPUT_TYPE_OMITTED;
    }
    return PSA_KEY_DERIVATION_INPUT_TYPE_INVALID;
}

// The input of a step when it has the wanted type, else the status that says why not.
static psa_status_t input_of_type(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    psa_crypto_driver_key_derivation_input_type_t type,
    micropsa_kdf_input_t **found) {
    *found = micropsa_kdf_find(inputs, step);
    if (*found == NULL && micropsa_kdf_is_long_step(inputs->alg, step)) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if (*found == NULL || (*found)->type != type) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return PSA_SUCCESS;
}

// A salt of PBKDF2 may have come in parts: together they are one input.
static size_t joined_size(const micropsa_kdf_input_t *input) {
    size_t size = 0;
    for (const micropsa_kdf_input_t *part = input; part != NULL; part = part->next) {
        if (part->step == input->step && part->type == input->type) {
            size += part->length;
        }
    }
    return size;
}

psa_status_t psa_crypto_driver_key_derivation_get_input_size(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    size_t *size) {
    micropsa_kdf_input_t *input;
    psa_status_t status = input_of_type(inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, &input);
    if (status == PSA_SUCCESS) {
        *size = joined_size(input);
    }
    return status;
}

psa_status_t psa_crypto_driver_key_derivation_get_input_bytes(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    uint8_t *buffer,
    size_t buffer_size,
    size_t *buffer_length) {
    micropsa_kdf_input_t *input;
    psa_status_t status = input_of_type(inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, &input);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (buffer_size < joined_size(input)) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    *buffer_length = 0;
    for (const micropsa_kdf_input_t *part = input; part != NULL; part = part->next) {
        if (part->step == step && part->type == PSA_KEY_DERIVATION_INPUT_TYPE_BYTES && part->length != 0) {
            memcpy(buffer + *buffer_length, part->data, part->length);
            *buffer_length += part->length;
        }
    }
    return PSA_SUCCESS;
}

psa_status_t psa_crypto_driver_key_derivation_get_input_key(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    psa_key_attributes_t *attributes,
    uint8_t **p_key_buffer,
    size_t *key_buffer_size) {
    micropsa_kdf_input_t *input;
    psa_status_t status = input_of_type(inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_KEY, &input);
    if (status == PSA_SUCCESS) {
        *attributes = input->attributes;
        *p_key_buffer = input->data;
        *key_buffer_size = input->length;
    }
    return status;
}

psa_status_t psa_crypto_driver_key_derivation_get_input_integer(
    const psa_crypto_driver_key_derivation_inputs_t *inputs,
    psa_key_derivation_step_t step,
    uint64_t *value) {
    micropsa_kdf_input_t *input;
    psa_status_t status = input_of_type(inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER, &input);
    if (status == PSA_SUCCESS) {
        *value = input->integer;
    }
    return status;
}
