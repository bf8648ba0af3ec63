// SPDX-License-Identifier: MIT
// Key derivation through drivers: a part of psa_crypto.c, which patches/ includes there and calls. It uses static
// functions of that file and the generated wrappers, so it cannot be a translation unit of its own.
//
// While operation->ctx.id is 0 and operation->ctx.inputs exists, the inputs are collected. The first output decides
// who works: the driver of the secret's secure element, else transparent drivers, else Mbed TLS's built-in code, which
// then gets the inputs in the order in which they came. Without a driver for the algorithm nothing is collected.

#ifndef PSA_KEY_DERIVATION_DISPATCH_H
#define PSA_KEY_DERIVATION_DISPATCH_H

#include "psa_key_derivation_inputs.h"

static psa_status_t psa_key_derivation_input_internal(
    psa_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    psa_key_type_t key_type,
    const uint8_t *data,
    size_t data_length);
static psa_status_t psa_key_derivation_input_integer_internal(
    psa_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    uint64_t value);
#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)
static int psa_key_derivation_check_input_type(psa_key_derivation_step_t step, psa_key_type_t key_type);
static int is_kdf_alg_supported(psa_algorithm_t kdf_alg);
#endif

static psa_key_location_t kdf_location(const psa_key_attributes_t *attributes) {
    return PSA_KEY_LIFETIME_GET_LOCATION(psa_get_key_lifetime(attributes));
}

// Whether inputs are still being collected.
static bool kdf_is_collecting(const psa_key_derivation_operation_t *operation) {
    return operation->ctx.id == 0 && operation->ctx.inputs != NULL;
}

// Whether a driver carries the operation. A dead operation counts: its driver failed.
static bool kdf_is_driven(const psa_key_derivation_operation_t *operation) {
    return operation->ctx.id > PSA_CRYPTO_MBED_TLS_DRIVER_ID;
}

static void kdf_free_input(micropsa_kdf_input_t *input) {
    mbedtls_zeroize_and_free(input, sizeof(*input) + input->length);
}

// Wipes the inputs. Temporary keys stay, unless `keys`: then they are destroyed too.
static psa_status_t kdf_forget(psa_crypto_driver_key_derivation_inputs_t *inputs, bool keys) {
    psa_status_t result = PSA_SUCCESS;
    micropsa_kdf_input_t **link = &inputs->first;
    while (*link != NULL) {
        micropsa_kdf_input_t *input = *link;
        if (input->temporary && !keys) {
            input->type = PSA_KEY_DERIVATION_INPUT_TYPE_INVALID;
            link = &input->next;
            continue;
        }
        if (input->temporary) {
            psa_status_t status = psa_driver_wrapper_destroy_key(&input->attributes, input->data, input->length);
            if (status != PSA_SUCCESS && status != PSA_ERROR_NOT_SUPPORTED && result == PSA_SUCCESS) {
                result = status;
            }
        }
        *link = input->next;
        kdf_free_input(input);
    }
    return result;
}

// Ends what the core and drivers hold of an operation. Built-in code ends in psa_key_derivation_abort() as ever, and
// then this returns false.
static bool kdf_abort(psa_key_derivation_operation_t *operation, psa_status_t *status) {
    if (operation->alg == 0) {
        // Not set up: what else is in it may never have been initialized.
        return false;
    }
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    bool ours = kdf_is_driven(operation) || kdf_is_collecting(operation);
    operation->ctx.inputs = NULL;
    *status = PSA_SUCCESS;
    if (kdf_is_driven(operation)) {
        *status = psa_driver_wrapper_key_derivation_abort(operation);
    }
    if (inputs != NULL) {
        // The secure element destroys a temporary key after its derivation has ended.
        psa_status_t destroyed = kdf_forget(inputs, true);
        if (*status == PSA_SUCCESS) {
            *status = destroyed;
        }
        if (inputs->unread != NULL) {
            mbedtls_zeroize_and_free(inputs->unread, inputs->unread_size);
        }
        mbedtls_zeroize_and_free(inputs, sizeof(*inputs));
    }
    if (ours) {
        mbedtls_platform_zeroize(operation, sizeof(*operation));
    }
    return ours;
}

// After an error of an output: like Mbed TLS, wipes everything and keeps the algorithm, so that later calls find an
// exhausted operation and not a blank one.
static void kdf_exhaust(psa_key_derivation_operation_t *operation) {
    psa_algorithm_t alg = operation->alg;
    bool ours = kdf_is_driven(operation) || kdf_is_collecting(operation);
    psa_key_derivation_abort(operation);
    operation->alg = alg;
    if (ours) {
        operation->ctx.id = PSA_DRIVER_DEAD_ID;
    }
}

// Starts to collect inputs when a driver may take the algorithm. status: the built-in code's opinion of it.
static psa_status_t kdf_start(psa_key_derivation_operation_t *operation, psa_algorithm_t alg, psa_status_t status) {
#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)
    if (!psa_driver_wrapper_key_derivation_is_candidate(alg)) {
        return status;
    }
    if (status != PSA_SUCCESS) {
        operation->capacity = micropsa_kdf_capacity(alg);
    }
    operation->ctx.inputs = mbedtls_calloc(1, sizeof(*operation->ctx.inputs));
    if (operation->ctx.inputs == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    operation->ctx.inputs->alg = alg;
    return PSA_SUCCESS;
#else
    (void)operation;
    (void)alg;
    return status;
#endif
}

// The operation's own memory, for what outlives the collection.
static psa_crypto_driver_key_derivation_inputs_t *kdf_own(psa_key_derivation_operation_t *operation) {
    if (operation->ctx.inputs == NULL) {
        operation->ctx.inputs = mbedtls_calloc(1, sizeof(*operation->ctx.inputs));
        if (operation->ctx.inputs != NULL && operation->ctx.id == 0) {
            // Inputs went to the built-in code already, or will: they are not collected.
            operation->ctx.id = PSA_CRYPTO_MBED_TLS_DRIVER_ID;
        }
    }
    return operation->ctx.inputs;
}

#if defined(PSA_DRIVER_HAS_OPAQUE)

// Reads the material of a secure element's key for a derivation that its element cannot do. The key's own policy
// allowed the derivation; PSA_KEY_USAGE_EXPORT is about applications. *data is the caller's to wipe and free.
static psa_status_t kdf_export(
    const psa_key_attributes_t *attributes,
    const uint8_t *context,
    size_t context_length,
    uint8_t **data,
    size_t *size,
    size_t *length) {
    *length = 0;
    *data = NULL;
    *size = PSA_EXPORT_KEY_OUTPUT_SIZE(psa_get_key_type(attributes), psa_get_key_bits(attributes));
    if (*size == 0) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    *data = mbedtls_calloc(1, *size);
    if (*data == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    psa_status_t status = psa_driver_wrapper_export_key(attributes, context, context_length, *data, *size, length);
    if (status == PSA_SUCCESS && *length > *size) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status != PSA_SUCCESS) {
        mbedtls_zeroize_and_free(*data, *size);
        *data = NULL;
    }
    return status;
}

#endif

#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)

static void kdf_append(psa_crypto_driver_key_derivation_inputs_t *inputs, micropsa_kdf_input_t *input) {
    micropsa_kdf_input_t **link = &inputs->first;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = input;
}

static micropsa_kdf_input_t *kdf_new_input(
    psa_key_derivation_step_t step,
    psa_crypto_driver_key_derivation_input_type_t type,
    const uint8_t *data,
    size_t length) {
    micropsa_kdf_input_t *input = mbedtls_calloc(1, sizeof(*input) + length);
    if (input != NULL) {
        input->step = step;
        input->type = type;
        input->length = length;
        if (data != NULL && length != 0) {
            memcpy(input->data, data, length);
        }
    }
    return input;
}

// Turns keys of secure elements into bytes, except those of the element `keep`.
static psa_status_t kdf_export_inputs(psa_crypto_driver_key_derivation_inputs_t *inputs, psa_key_location_t keep) {
#if defined(PSA_DRIVER_HAS_OPAQUE)
    for (micropsa_kdf_input_t **link = &inputs->first; *link != NULL; link = &(*link)->next) {
        micropsa_kdf_input_t *key = *link;
        psa_key_location_t location = kdf_location(&key->attributes);
        if (key->type != PSA_KEY_DERIVATION_INPUT_TYPE_KEY || location == PSA_KEY_LOCATION_LOCAL_STORAGE ||
            location == keep) {
            continue;
        }
        uint8_t *data;
        size_t size;
        size_t length;
        psa_status_t status = kdf_export(&key->attributes, key->data, key->length, &data, &size, &length);
        if (status != PSA_SUCCESS) {
            return status;
        }
        micropsa_kdf_input_t *bytes =
            kdf_new_input(key->step, PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, data, length);
        mbedtls_zeroize_and_free(data, size);
        if (bytes == NULL) {
            return PSA_ERROR_INSUFFICIENT_MEMORY;
        }
        bytes->next = key->next;
        if (key->temporary) {
            key->type = PSA_KEY_DERIVATION_INPUT_TYPE_INVALID;
            key->next = bytes;
            link = &key->next;
        } else {
            *link = bytes;
            kdf_free_input(key);
        }
    }
#else
    (void)inputs;
    (void)keep;
#endif
    return PSA_SUCCESS;
}

// Gives the collected inputs to the built-in code.
static psa_status_t kdf_replay(psa_key_derivation_operation_t *operation) {
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    if (!is_kdf_alg_supported(inputs->alg)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = PSA_SUCCESS;
    operation->ctx.id = PSA_CRYPTO_MBED_TLS_DRIVER_ID;
    // A failing input aborts the operation, and the list with it.
    for (micropsa_kdf_input_t *input = inputs->first; input != NULL && status == PSA_SUCCESS;) {
        micropsa_kdf_input_t *next = input->next;
        if (input->type == PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER) {
            status = psa_key_derivation_input_integer_internal(operation, input->step, input->integer);
        } else if (input->type != PSA_KEY_DERIVATION_INPUT_TYPE_INVALID) {
            status = psa_key_derivation_input_internal(
                operation, input->step, PSA_KEY_TYPE_NONE, input->data, input->length);
        }
        input = next;
    }
    return status;
}

// Asks who takes the collected inputs: operation->ctx.id is set on success.
static psa_status_t kdf_dispatch(psa_key_derivation_operation_t *operation) {
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    psa_status_t status = micropsa_kdf_check_complete(inputs);
    if (status != PSA_SUCCESS) {
        return status;
    }
    const micropsa_kdf_input_t *secret = micropsa_kdf_find(inputs, micropsa_kdf_secret_step(inputs->alg));
    if (secret != NULL && secret->type == PSA_KEY_DERIVATION_INPUT_TYPE_KEY) {
        inputs->location = kdf_location(&secret->attributes);
    }
    if (inputs->location != PSA_KEY_LOCATION_LOCAL_STORAGE) {
        status = kdf_export_inputs(inputs, inputs->location);
        if (status != PSA_SUCCESS) {
            return status;
        }
        status = psa_driver_wrapper_key_derivation_setup(operation, inputs->alg, &secret->attributes, inputs);
        if (status != PSA_ERROR_NOT_SUPPORTED) {
            return status;
        }
        inputs->location = PSA_KEY_LOCATION_LOCAL_STORAGE;
    }
    status = kdf_export_inputs(inputs, PSA_KEY_LOCATION_LOCAL_STORAGE);
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = psa_driver_wrapper_key_derivation_setup(operation, inputs->alg, NULL, inputs);
    if (status == PSA_ERROR_NOT_SUPPORTED) {
        status = kdf_replay(operation);
    }
    return status;
}

// Before an output or a long input: ends the collection. On failure the operation is exhausted.
static psa_status_t kdf_ready(psa_key_derivation_operation_t *operation) {
    if (operation->ctx.id == PSA_DRIVER_DEAD_ID) {
        // As for built-in code: its capacity is 0.
        return PSA_ERROR_INSUFFICIENT_DATA;
    }
    if (!kdf_is_collecting(operation)) {
        return PSA_SUCCESS;
    }
    psa_algorithm_t alg = operation->alg;
    psa_status_t status = kdf_dispatch(operation);
    if (status == PSA_SUCCESS) {
        psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
        (void)kdf_forget(inputs, false);
        if (kdf_is_driven(operation) && inputs->capacity_set &&
            operation->capacity != PSA_KEY_DERIVATION_UNLIMITED_CAPACITY) {
            status = psa_driver_wrapper_key_derivation_set_capacity(operation, operation->capacity);
            if (status == PSA_ERROR_NOT_SUPPORTED) {
                // The core enforces the capacity alone.
                status = PSA_SUCCESS;
            }
        }
    }
    if (status != PSA_SUCCESS) {
        // A replay that failed has wiped the operation, algorithm included.
        operation->alg = alg;
        kdf_exhaust(operation);
    }
    return status;
}

// Collects an input, or hands a long one to the driver. type: of the key that it comes from, PSA_KEY_TYPE_NONE for
// bytes; attributes: NULL unless it stays a key.
static psa_status_t kdf_input(
    psa_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    psa_key_type_t type,
    const psa_key_attributes_t *attributes,
    const uint8_t *data,
    size_t length) {
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    if (inputs == NULL || inputs->output_started) {
        return PSA_ERROR_BAD_STATE;
    }
    if (micropsa_kdf_is_long_step(inputs->alg, step)) {
        if (attributes != NULL && kdf_location(attributes) != PSA_KEY_LOCATION_LOCAL_STORAGE) {
            return PSA_ERROR_NOT_SUPPORTED;
        }
        psa_status_t status = kdf_ready(operation);
        if (status == PSA_SUCCESS) {
            status = psa_driver_wrapper_key_derivation_input_step(operation, step, data, length);
            if (status == PSA_ERROR_NOT_SUPPORTED) {
                status = PSA_ERROR_INVALID_ARGUMENT;
            }
        }
        return status;
    }
    if (!kdf_is_collecting(operation)) {
        return PSA_ERROR_BAD_STATE;
    }
    psa_status_t status = psa_key_derivation_check_input_type(step, type);
    if (status != PSA_SUCCESS) {
        return status;
    }
    bool external = attributes != NULL && kdf_location(attributes) != PSA_KEY_LOCATION_LOCAL_STORAGE;
    status = micropsa_kdf_check_step(
        inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, external ? NULL : data,
        external ? PSA_BITS_TO_BYTES(psa_get_key_bits(attributes)) : length, 0);
    if (status != PSA_SUCCESS) {
        return status;
    }
    // Parts of one salt are joined, so they have to be of one kind.
    bool joined = PSA_ALG_IS_PBKDF2(inputs->alg) && step == PSA_KEY_DERIVATION_INPUT_SALT;
    bool is_key = external || (attributes != NULL && !joined);
    micropsa_kdf_input_t *input = kdf_new_input(
        step, is_key ? PSA_KEY_DERIVATION_INPUT_TYPE_KEY : PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, data, length);
    if (input == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    if (is_key) {
        input->attributes = *attributes;
    }
    kdf_append(inputs, input);
    return PSA_SUCCESS;
}

static psa_status_t kdf_input_integer(
    psa_key_derivation_operation_t *operation, psa_key_derivation_step_t step, uint64_t value) {
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    if (!kdf_is_collecting(operation)) {
        return PSA_ERROR_BAD_STATE;
    }
    psa_status_t status =
        micropsa_kdf_check_step(inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER, NULL, 0, value);
    if (status != PSA_SUCCESS) {
        return status;
    }
    micropsa_kdf_input_t *input = kdf_new_input(step, PSA_KEY_DERIVATION_INPUT_TYPE_INTEGER, NULL, 0);
    if (input == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    input->integer = value;
    kdf_append(inputs, input);
    return PSA_SUCCESS;
}

// After the application lowered the capacity.
static psa_status_t kdf_capacity_changed(psa_key_derivation_operation_t *operation) {
    if (operation->ctx.inputs != NULL) {
        operation->ctx.inputs->capacity_set = true;
    }
    if (!kdf_is_driven(operation) || operation->capacity == PSA_KEY_DERIVATION_UNLIMITED_CAPACITY) {
        return PSA_SUCCESS;
    }
    psa_status_t status = psa_driver_wrapper_key_derivation_set_capacity(operation, operation->capacity);
    if (status == PSA_ERROR_NOT_SUPPORTED) {
        return PSA_SUCCESS;
    }
    if (status != PSA_SUCCESS) {
        kdf_exhaust(operation);
    }
    return status;
}

// Output of the driver that carries the operation; the capacity is checked already. On failure the caller wipes.
static psa_status_t kdf_output_bytes(psa_key_derivation_operation_t *operation, uint8_t *output, size_t length) {
    if (operation->ctx.inputs == NULL) {
        return PSA_ERROR_BAD_STATE;
    }
    operation->ctx.inputs->output_started = true;
    psa_status_t status = psa_driver_wrapper_key_derivation_output_bytes(operation, output, length);
    // A driver that began cannot hand over: nobody else has its state.
    return status == PSA_ERROR_NOT_SUPPORTED ? PSA_ERROR_CORRUPTION_DETECTED : status;
}

// Takes length bytes off the capacity. INSUFFICIENT_DATA: there are not so many, and the operation is exhausted.
static psa_status_t kdf_take_capacity(psa_key_derivation_operation_t *operation, size_t length) {
    if (length > operation->capacity) {
        operation->capacity = 0;
        kdf_exhaust(operation);
        return PSA_ERROR_INSUFFICIENT_DATA;
    }
    operation->capacity -= length;
    return PSA_SUCCESS;
}

// Whether the secure element that carries the operation is at this location, and at the stream's current position.
static bool kdf_is_here(const psa_key_derivation_operation_t *operation, psa_key_location_t location) {
    return location != PSA_KEY_LOCATION_LOCAL_STORAGE && location == operation->ctx.inputs->location &&
        operation->ctx.inputs->unread == NULL;
}

// Derives a key that stays in the secure element of its secret. *done: false when the core has to do it.
static psa_status_t kdf_output_key(
    psa_key_derivation_operation_t *operation, psa_key_slot_t *slot, size_t bits, bool *done) {
    *done = true;
    psa_status_t status = kdf_ready(operation);
    if (status != PSA_SUCCESS) {
        return status;
    }
    psa_key_location_t location = kdf_location(&slot->attr);
    if (!kdf_is_driven(operation) || !kdf_is_here(operation, location)) {
        *done = false;
        return PSA_SUCCESS;
    }
    // Cooked keys may take more of the stream than they have bytes; the driver enforces that limit itself.
    size_t length = PSA_BITS_TO_BYTES(bits);
    if (length > operation->capacity) {
        return kdf_take_capacity(operation, length);
    }
    if (key_type_is_raw_bytes(slot->attr.type) && bits % 8 != 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    slot->attr.bits = (psa_key_bits_t)bits;
    size_t size;
    status = psa_driver_wrapper_get_key_buffer_size(&slot->attr, &size);
    if (status == PSA_SUCCESS) {
        // With MICROPSA_OPAQUE_KEYS this calls "allocate_key", and a failed creation "destroy_key".
        status = psa_allocate_buffer_to_slot(slot, size);
    }
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = psa_driver_wrapper_key_derivation_output_key(
        &slot->attr, operation, slot->key.data, slot->key.bytes, &slot->key.bytes);
    if (status == PSA_SUCCESS && slot->key.bytes > size) {
        slot->key.bytes = size;
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status == PSA_SUCCESS) {
        operation->ctx.inputs->output_started = true;
        return kdf_take_capacity(operation, length);
    }
    if (status == PSA_ERROR_NOT_SUPPORTED) {
        // The buffer stays for the import.
        slot->key.bytes = size;
        *done = false;
        return PSA_SUCCESS;
    }
    kdf_exhaust(operation);
    return status;
}

#if defined(PSA_DRIVER_HAS_OPAQUE)

// Key agreement whose shared secret stays in the secure element of the private key, as a temporary key that is an
// input of the derivation. NOT_SUPPORTED: the driver cannot, agree on bytes.
static psa_status_t kdf_agree_to_key(
    psa_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    psa_algorithm_t agreement,
    const psa_key_slot_t *private_key,
    const uint8_t *peer_key,
    size_t peer_key_length) {
    psa_key_location_t location = kdf_location(&private_key->attr);
    if (!kdf_is_collecting(operation) || location == PSA_KEY_LOCATION_LOCAL_STORAGE) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_crypto_driver_key_derivation_inputs_t *inputs = operation->ctx.inputs;
    size_t secret_length = PSA_RAW_KEY_AGREEMENT_OUTPUT_SIZE(
        psa_get_key_type(&private_key->attr), psa_get_key_bits(&private_key->attr));
    psa_status_t status = psa_key_derivation_check_input_type(step, PSA_KEY_TYPE_DERIVE);
    if (status == PSA_SUCCESS) {
        status = micropsa_kdf_check_step(
            inputs, step, PSA_KEY_DERIVATION_INPUT_TYPE_BYTES, NULL, secret_length, 0);
    }
    if (status != PSA_SUCCESS) {
        return status;
    }

    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_lifetime(&attributes,
        PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, location));
    psa_set_key_type(&attributes, PSA_KEY_TYPE_DERIVE);
    psa_set_key_bits(&attributes, PSA_BYTES_TO_BITS(secret_length));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE);
    psa_set_key_algorithm(&attributes, inputs->alg);
    size_t size;
    if (psa_driver_wrapper_get_key_buffer_size(&attributes, &size) != PSA_SUCCESS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    micropsa_kdf_input_t *input = kdf_new_input(step, PSA_KEY_DERIVATION_INPUT_TYPE_KEY, NULL, size);
    if (input == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    input->attributes = attributes;
    status = psa_driver_wrapper_allocate_key(&attributes, input->data, size);
    bool allocated = status == PSA_SUCCESS;
    size_t length = 0;
    if (allocated || status == PSA_ERROR_NOT_SUPPORTED) {
        status = psa_driver_wrapper_key_agreement_to_key(&private_key->attr, private_key->key.data,
            private_key->key.bytes, agreement, peer_key, peer_key_length, &attributes, input->data, size, &length);
    }
    if (status == PSA_SUCCESS && length > size) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status != PSA_SUCCESS) {
        if (allocated) {
            (void)psa_driver_wrapper_destroy_key(&attributes, input->data, size);
        }
        kdf_free_input(input);
        return status;
    }
    mbedtls_platform_zeroize(input->data + length, size - length);
    input->length = length;
    input->temporary = true;
    kdf_append(inputs, input);
    return PSA_SUCCESS;
}

#endif
#endif // PSA_DRIVER_HAS_KEY_DERIVATION

// An input from a key, when it is not the built-in code's own business: collected with its context, or exported from
// a secure element for the built-in code. False: the key is local and nothing is collected.
static bool kdf_input_key(
    psa_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step,
    const psa_key_slot_t *slot,
    psa_status_t *status) {
#if defined(PSA_DRIVER_HAS_KEY_DERIVATION)
    if (operation->alg != 0 && (kdf_is_collecting(operation) || kdf_is_driven(operation))) {
        *status = kdf_input(operation, step, slot->attr.type, &slot->attr, slot->key.data, slot->key.bytes);
        if (*status != PSA_SUCCESS) {
            psa_key_derivation_abort(operation);
        }
        return true;
    }
#endif
#if defined(PSA_DRIVER_HAS_OPAQUE)
    if (kdf_location(&slot->attr) != PSA_KEY_LOCATION_LOCAL_STORAGE && operation->alg != 0) {
        uint8_t *data;
        size_t size;
        size_t length;
        *status = kdf_export(&slot->attr, slot->key.data, slot->key.bytes, &data, &size, &length);
        if (*status != PSA_SUCCESS) {
            psa_key_derivation_abort(operation);
            return true;
        }
        *status = psa_key_derivation_input_internal(operation, step, slot->attr.type, data, length);
        mbedtls_zeroize_and_free(data, size);
        return true;
    }
#endif
    (void)operation;
    (void)step;
    (void)slot;
    (void)status;
    return false;
}

#endif
