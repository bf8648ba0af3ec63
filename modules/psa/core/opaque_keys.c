// SPDX-License-Identifier: MIT

#include "psa_opaque_keys.h"

#include <stdbool.h>
#include <string.h>

#include "mbedtls/platform.h"
#include "mbedtls/platform_util.h"
#include "psa/internal_trusted_storage.h"
#include "psa_driver_hooks.h"
#include "psa_driver_locations.h"

// Next to Mbed TLS's transaction file (0xffffff74), out of the range of key ids.
#define RECORD_UID ((psa_storage_uid_t)0xffffff76)

// What stands in storage while a key is made or destroyed: enough to call destroy_key after a restart. The key context
// follows. Read back by the firmware that wrote it, so the layout is the compiler's.
typedef struct {
    uint32_t id;
    uint32_t lifetime;
    uint32_t usage;
    uint32_t alg;
    uint32_t enrollment_alg;
    uint16_t type;
    uint16_t bits;
    uint8_t context[];
} record_t;

static struct {
    bool active; // between begin and end or rollback
    bool allocated; // the driver handed out an identifier
    bool recorded; // and it is in storage
    psa_key_attributes_t attributes;
    uint8_t *context; // as allocate_key left it, in the arena
    size_t context_size;
} creation;

static void wipe_and_free(void *buffer, size_t size) {
    if (buffer != NULL) {
        mbedtls_platform_zeroize(buffer, size);
        mbedtls_free(buffer);
    }
}

static void forget_creation(void) {
    wipe_and_free(creation.context, creation.context_size);
    memset(&creation, 0, sizeof(creation));
}

static psa_status_t write_record(const psa_key_attributes_t *attributes, const uint8_t *context, size_t size) {
    // A key that could not be rolled back because its element did not answer goes first.
    psa_status_t status = micropsa_opaque_keys_recover();
    if (status != PSA_SUCCESS) {
        return status;
    }
    record_t *record = mbedtls_calloc(1, sizeof(record_t) + size);
    if (record == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    record->id = psa_get_key_id(attributes);
    record->lifetime = psa_get_key_lifetime(attributes);
    record->usage = psa_get_key_usage_flags(attributes);
    record->alg = psa_get_key_algorithm(attributes);
    record->enrollment_alg = psa_get_key_enrollment_algorithm(attributes);
    record->type = psa_get_key_type(attributes);
    record->bits = psa_get_key_bits(attributes);
    memcpy(record->context, context, size);
    status = psa_its_set(RECORD_UID, sizeof(record_t) + size, record, PSA_STORAGE_FLAG_NONE);
    wipe_and_free(record, sizeof(record_t) + size);
    return status;
}

void micropsa_opaque_creation_begin(void) {
    forget_creation();
    creation.active = true;
}

psa_status_t micropsa_opaque_creation_allocate(const psa_key_attributes_t *attributes, uint8_t *key_buffer,
    size_t key_buffer_size) {
    if (!creation.active || creation.allocated) {
        return PSA_SUCCESS;
    }
    psa_status_t status = psa_driver_wrapper_allocate_key(attributes, key_buffer, key_buffer_size);
    if (status != PSA_SUCCESS) {
        return status == PSA_ERROR_NOT_SUPPORTED ? PSA_SUCCESS : status;
    }
    creation.context = mbedtls_calloc(1, key_buffer_size);
    if (creation.context == NULL) {
        // Nothing was created yet: the identifier is given back now, as the rollback will not know it.
        (void)psa_driver_wrapper_destroy_key(attributes, key_buffer, key_buffer_size);
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    creation.attributes = *attributes;
    creation.context_size = key_buffer_size;
    memcpy(creation.context, key_buffer, key_buffer_size);
    creation.allocated = true;
    if (PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(attributes))) {
        return PSA_SUCCESS;
    }
    status = write_record(attributes, key_buffer, key_buffer_size);
    creation.recorded = status == PSA_SUCCESS;
    return status;
}

psa_status_t micropsa_opaque_creation_end(void) {
    if (creation.recorded) {
        psa_status_t status = psa_its_remove(RECORD_UID);
        if (status != PSA_SUCCESS) {
            return status;
        }
    }
    forget_creation();
    return PSA_SUCCESS;
}

void micropsa_opaque_creation_rollback(void) {
    // The caller reports the error that came first; what fails here is tried again after a restart.
    if (creation.allocated) {
        psa_status_t status = psa_driver_wrapper_destroy_key(&creation.attributes, creation.context,
            creation.context_size);
        if (creation.recorded && (status == PSA_SUCCESS || status == PSA_ERROR_DOES_NOT_EXIST)) {
            (void)psa_its_remove(RECORD_UID);
        }
    }
    forget_creation();
}

psa_status_t micropsa_opaque_destruction_begin(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size) {
    psa_status_t status = PSA_SUCCESS;
    if (!PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(attributes))) {
        status = write_record(attributes, key_buffer, key_buffer_size);
    }
    // A full storage does not keep a key alive: without the record only the protection from power cuts is lost.
    psa_status_t destroyed = psa_driver_wrapper_destroy_key(attributes, key_buffer, key_buffer_size);
    if (destroyed == PSA_ERROR_NOT_SUPPORTED || destroyed == PSA_ERROR_DOES_NOT_EXIST) {
        destroyed = PSA_SUCCESS;
    }
    return destroyed != PSA_SUCCESS ? destroyed : status;
}

psa_status_t micropsa_opaque_destruction_end(const psa_key_attributes_t *attributes) {
    if (PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(attributes))) {
        return PSA_SUCCESS;
    }
    psa_status_t status = psa_its_remove(RECORD_UID);
    return status == PSA_ERROR_DOES_NOT_EXIST ? PSA_SUCCESS : status;
}

// Destroys the key of a record: in the element, then its file. Whatever is gone already is no error.
static psa_status_t destroy_recorded(const record_t *record, size_t context_size) {
    if (!PSA_DRIVER_IS_OPAQUE_LOCATION(PSA_KEY_LIFETIME_GET_LOCATION(record->lifetime))) {
        return PSA_ERROR_DATA_INVALID; // this firmware lacks the driver: another one may have it
    }
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_id(&attributes, record->id);
    psa_set_key_lifetime(&attributes, record->lifetime);
    psa_set_key_usage_flags(&attributes, record->usage);
    psa_set_key_algorithm(&attributes, record->alg);
    psa_set_key_enrollment_algorithm(&attributes, record->enrollment_alg);
    psa_set_key_type(&attributes, record->type);
    psa_set_key_bits(&attributes, record->bits);
    psa_status_t status = psa_driver_wrapper_destroy_key(&attributes, record->context, context_size);
    if (status != PSA_SUCCESS && status != PSA_ERROR_DOES_NOT_EXIST && status != PSA_ERROR_NOT_SUPPORTED) {
        return status;
    }
    status = psa_its_remove(record->id);
    return status == PSA_ERROR_DOES_NOT_EXIST ? PSA_SUCCESS : status;
}

psa_status_t micropsa_opaque_keys_recover(void) {
    struct psa_storage_info_t info;
    psa_status_t status = psa_its_get_info(RECORD_UID, &info);
    if (status != PSA_SUCCESS) {
        return status == PSA_ERROR_DOES_NOT_EXIST ? PSA_SUCCESS : status;
    }
    if (info.size < sizeof(record_t)) {
        return PSA_ERROR_DATA_INVALID;
    }
    record_t *record = mbedtls_calloc(1, info.size);
    if (record == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    size_t length;
    status = psa_its_get(RECORD_UID, 0, info.size, record, &length);
    if (status == PSA_SUCCESS) {
        status = length == info.size ? destroy_recorded(record, length - sizeof(record_t)) : PSA_ERROR_DATA_INVALID;
    }
    wipe_and_free(record, info.size);
    return status == PSA_SUCCESS ? psa_its_remove(RECORD_UID) : status;
}
