// SPDX-License-Identifier: MIT

#include "recorder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DERIVATION_MAGIC 0xde21fa7e

char recorder_log[8192];
int recorder_keys_alive;

static struct {
    const char *name;
    psa_status_t status;
    int times;
} forced[8];

void recorder_begin(void) {
    recorder_log[0] = 0;
    memset(forced, 0, sizeof(forced));
}

void recorder_note(const char *format, ...) {
    size_t used = strlen(recorder_log);
    if (used != 0 && used + 1 < sizeof(recorder_log)) {
        recorder_log[used++] = ' ';
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(recorder_log + used, sizeof(recorder_log) - used, format, arguments);
    va_end(arguments);
}

void recorder_force(const char *name, psa_status_t status, int times) {
    for (size_t i = 0; i < sizeof(forced) / sizeof(forced[0]); i++) {
        if (forced[i].name == NULL) {
            forced[i].name = name;
            forced[i].status = status;
            forced[i].times = times;
            return;
        }
    }
}

static psa_status_t forced_status(const char *name) {
    for (size_t i = 0; i < sizeof(forced) / sizeof(forced[0]); i++) {
        if (forced[i].name != NULL && forced[i].times > 0 && strcmp(forced[i].name, name) == 0) {
            forced[i].times--;
            return forced[i].status;
        }
    }
    return PSA_SUCCESS;
}

psa_status_t recorder_answer(const char *name) {
    recorder_note("%s", name);
    return forced_status(name);
}

static const struct {
    psa_key_derivation_step_t step;
    const char *name;
} steps[] = {
    { PSA_KEY_DERIVATION_INPUT_SECRET, "secret" },
    { PSA_KEY_DERIVATION_INPUT_OTHER_SECRET, "other" },
    { PSA_KEY_DERIVATION_INPUT_PASSWORD, "password" },
    { PSA_KEY_DERIVATION_INPUT_LABEL, "label" },
    { PSA_KEY_DERIVATION_INPUT_SALT, "salt" },
    { PSA_KEY_DERIVATION_INPUT_INFO, "info" },
    { PSA_KEY_DERIVATION_INPUT_SEED, "seed" },
    { PSA_KEY_DERIVATION_INPUT_COST, "cost" },
};

// One input as text: name=value, nothing for a step that the algorithm does not have.
static void describe(const psa_crypto_driver_key_derivation_inputs_t *inputs, size_t index, char *text, size_t size) {
    psa_key_derivation_step_t step = steps[index].step;
    const char *name = steps[index].name;
    uint8_t bytes[64];
    size_t length = 0;
    size_t expected = 0;
    uint64_t value = 0;
    uint8_t *context = NULL;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    text[0] = 0;
    switch (psa_crypto_driver_key_derivation_get_input_type(inputs, step)) {
        case PSA_KEY_DERIVATION_INPUT_TYPE_INVALID:
            if (psa_crypto_driver_key_derivation_get_input_size(inputs, step, &length) != PSA_ERROR_INVALID_ARGUMENT) {
                snprintf(text, size, " %s=invalid-but-there", name);
            }
            break;
        case PSA_KEY_DERIVATION_INPUT_TYPE_OMITTED:
            if (psa_crypto_driver_key_derivation_get_input_bytes(inputs, step, bytes, sizeof(bytes), &length) !=
                PSA_ERROR_INVALID_ARGUMENT) {
                snprintf(text, size, " %s=omitted-but-there", name);
            }
            break;
        case PSA_KEY_DERIVATION_INPUT_TYPE_BYTES:
            if (psa_crypto_driver_key_derivation_get_input_size(inputs, step, &expected) != PSA_SUCCESS ||
                (expected > 0 && psa_crypto_driver_key_derivation_get_input_bytes(inputs, step, bytes, expected - 1, &length) != PSA_ERROR_BUFFER_TOO_SMALL) ||
                psa_crypto_driver_key_derivation_get_input_bytes(inputs, step, bytes, sizeof(bytes), &length) !=
                    PSA_SUCCESS ||
                length != expected ||
                psa_crypto_driver_key_derivation_get_input_integer(inputs, step, &value) !=
                    PSA_ERROR_INVALID_ARGUMENT) {
                snprintf(text, size, " %s=wrong", name);
            } else {
                snprintf(text, size, " %s=bytes:%zu:%02x", name, length, length != 0 ? bytes[length - 1] : 0);
            }
            break;
        case PSA_KEY_DERIVATION_INPUT_TYPE_KEY:
            if (psa_crypto_driver_key_derivation_get_input_key(inputs, step, &attributes, &context, &length) !=
                PSA_SUCCESS) {
                snprintf(text, size, " %s=wrong", name);
            } else {
                unsigned int location = PSA_KEY_LIFETIME_GET_LOCATION(psa_get_key_lifetime(&attributes));
                snprintf(text, size, " %s=key:%u@%x", name, (unsigned int)psa_get_key_bits(&attributes), location);
            }
            break;
        case PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER:
            if (psa_crypto_driver_key_derivation_get_input_integer(inputs, step, &value) != PSA_SUCCESS) {
                snprintf(text, size, " %s=wrong", name);
            } else {
                snprintf(text, size, " %s=%u", name, (unsigned int)value);
            }
            break;
    }
}

psa_status_t recorder_setup(
    const char *name,
    recorder_derivation_t *operation,
    uint32_t first,
    const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    char text[512] = "";
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        size_t used = strlen(text);
        describe(inputs, i, text + used, sizeof(text) - used);
    }
    recorder_note("%s(%s)", name, text[0] != 0 ? text + 1 : "");
    for (size_t i = 0; i < sizeof(*operation); i++) {
        if (((uint8_t *)operation)[i] != 0) {
            recorder_note("dirty");
            break;
        }
    }
    // Also a setup that fails leaves something behind: the core has to wipe it.
    operation->magic = DERIVATION_MAGIC;
    operation->first = first;
    operation->capacity = SIZE_MAX;
    return forced_status(name);
}

void recorder_stream(recorder_derivation_t *operation, uint8_t *output, size_t length) {
    if (operation->magic != DERIVATION_MAGIC) {
        recorder_note("stale");
    }
    for (size_t i = 0; i < length; i++) {
        output[i] = (uint8_t)(operation->first + operation->position++);
    }
}

psa_status_t recorder_compare(recorder_derivation_t *operation, const uint8_t *expected, size_t length) {
    psa_status_t status = PSA_SUCCESS;
    for (size_t i = 0; i < length; i++) {
        uint8_t actual;
        recorder_stream(operation, &actual, 1);
        if (actual != expected[i]) {
            status = PSA_ERROR_INVALID_SIGNATURE;
        }
    }
    return status;
}

void recorder_end(recorder_derivation_t *operation) {
    if (operation->magic != DERIVATION_MAGIC) {
        recorder_note("stale");
    }
    memset(operation, 0, sizeof(*operation));
}

void recorder_store(recorder_key_t *key, const uint8_t *material, size_t length) {
    key->magic = RECORDER_KEY_MAGIC;
    key->length = (uint32_t)length;
    for (size_t i = 0; i < length; i++) {
        key->masked[i] = material[i] ^ 0x5a;
    }
}

psa_status_t recorder_load(
    const uint8_t *key_buffer, size_t key_buffer_size, uint8_t *data, size_t data_size, size_t *data_length) {
    recorder_key_t key;
    if (key_buffer_size != sizeof(key)) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    memcpy(&key, key_buffer, sizeof(key));
    if (key.magic != RECORDER_KEY_MAGIC || key.length > data_size) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    for (size_t i = 0; i < key.length; i++) {
        data[i] = key.masked[i] ^ 0x5a;
    }
    *data_length = key.length;
    return PSA_SUCCESS;
}

psa_status_t recorder_import(
    const char *name,
    const uint8_t *data,
    size_t data_length,
    uint8_t *key_buffer,
    size_t key_buffer_size,
    size_t *key_buffer_length,
    size_t *bits) {
    psa_status_t status = recorder_answer(name);
    if (status != PSA_SUCCESS) {
        return status;
    }
    recorder_key_t *key = (recorder_key_t *)key_buffer;
    if (key_buffer_size != sizeof(*key) || data_length > sizeof(key->masked)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    recorder_store(key, data, data_length);
    *key_buffer_length = sizeof(*key);
    *bits = PSA_BYTES_TO_BITS(data_length);
    return PSA_SUCCESS;
}

psa_status_t recorder_export(
    const char *name,
    const uint8_t *key_buffer,
    size_t key_buffer_size,
    uint8_t *data,
    size_t data_size,
    size_t *data_length) {
    psa_status_t status = recorder_answer(name);
    return status != PSA_SUCCESS ? status : recorder_load(key_buffer, key_buffer_size, data, data_size, data_length);
}

psa_status_t recorder_agree(
    const char *name, uint8_t byte, uint8_t *shared_secret, size_t shared_secret_size, size_t *shared_secret_length) {
    psa_status_t status = recorder_answer(name);
    if (shared_secret_size < 32) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    memset(shared_secret, byte, 32);
    *shared_secret_length = 32;
    return status;
}
