// SPDX-License-Identifier: MIT
// Keys that an opaque driver stores in its element, on the patched PSA core over core/its.c: the element's slots and
// the key files agree, whatever fails and whenever the power goes. One case per argument name.

#include <string.h>

#include "core/its.h"
#include "element_keys.h"
#include "flash_model.h"
#include "psa/crypto.h"
#include "psa/internal_trusted_storage.h"
#include "psa_driver_locations.h"
#include "psa_driver_tables.h"

#define LIFETIME PSA_KEY_LIFETIME_vault
#define VOLATILE PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, PSA_KEY_LOCATION_vault)
#define RECORD 0xffffff76

// The element. An allocation is only a number until a key is made under it.
static struct {
    bool holds_key[SLOTS];
    unsigned next;
    psa_status_t allocate_status, create_status, destroy_status;
    unsigned created, destroyed;
} element;

static void store_slot(uint8_t *context, uint32_t slot) {
    memcpy(context, &slot, sizeof(slot));
}

static uint32_t slot_of(const uint8_t *context) {
    uint32_t slot;
    memcpy(&slot, context, sizeof(slot));
    CHECK(slot < SLOTS);
    return slot;
}

psa_status_t vault_allocate_key(const psa_key_attributes_t *attributes, uint8_t *context, size_t size) {
    CHECK(size == 8 && PSA_KEY_LIFETIME_GET_LOCATION(psa_get_key_lifetime(attributes)) == PSA_KEY_LOCATION_vault);
    if (element.allocate_status != PSA_SUCCESS) {
        return element.allocate_status;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned slot = element.next++ % SLOTS;
        if (!element.holds_key[slot]) {
            store_slot(context, slot);
            return PSA_SUCCESS;
        }
    }
    return PSA_ERROR_INSUFFICIENT_STORAGE;
}

static psa_status_t create(uint8_t *context, size_t *length) {
    uint32_t slot = slot_of(context);
    CHECK(!element.holds_key[slot]);
    element.created++;
    element.holds_key[slot] = true; // also when the answer is lost on the way
    *length = 8;
    return element.create_status;
}

psa_status_t vault_generate_key(const psa_key_attributes_t *attributes, uint8_t *context, size_t size, size_t *length) {
    CHECK(size == 8 && psa_get_key_bits(attributes) == 128);
    return create(context, length);
}

psa_status_t vault_import_key(const psa_key_attributes_t *attributes, const uint8_t *data, size_t data_length,
    uint8_t *context, size_t size, size_t *length, size_t *bits) {
    (void)attributes;
    (void)data;
    CHECK(size == 8);
    *bits = 8 * data_length;
    return create(context, length);
}

psa_status_t vault_copy_key(psa_key_attributes_t *attributes, const uint8_t *source, size_t source_length,
    uint8_t *context, size_t size, size_t *length) {
    (void)attributes;
    CHECK(size == 8 && source_length == 8 && element.holds_key[slot_of(source)]);
    return create(context, length);
}

psa_status_t vault_destroy_key(const psa_key_attributes_t *attributes, const uint8_t *context, size_t size) {
    CHECK(size == 8 && PSA_KEY_LIFETIME_GET_LOCATION(psa_get_key_lifetime(attributes)) == PSA_KEY_LOCATION_vault);
    element.destroyed++;
    if (element.destroy_status != PSA_SUCCESS) {
        return element.destroy_status;
    }
    bool held = element.holds_key[slot_of(context)];
    element.holds_key[slot_of(context)] = false;
    return held ? PSA_SUCCESS : PSA_ERROR_DOES_NOT_EXIST;
}

psa_status_t vault_get_entropy(uint32_t flags, size_t *bits, uint8_t *output, size_t size) {
    return seed(flags, bits, output, size);
}

void element_blank(void) {
    memset(&element, 0, sizeof(element));
}

psa_status_t start(void) {
    return psa_crypto_init();
}

void stop(void) {
    mbedtls_psa_crypto_free();
    micropsa_its_unmount();
}

static psa_key_attributes_t attributes_of(psa_key_lifetime_t lifetime, psa_key_id_t id) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_COPY);
    psa_set_key_lifetime(&attributes, lifetime);
    if (id != 0) {
        psa_set_key_id(&attributes, id);
    }
    return attributes;
}

psa_status_t generate(psa_key_id_t id) {
    psa_key_attributes_t attributes = attributes_of(LIFETIME, id);
    psa_key_id_t got = 0;
    psa_status_t status = psa_generate_key(&attributes, &got);
    CHECK(got == (status == PSA_SUCCESS ? id : 0));
    return status;
}

static psa_status_t import(psa_key_id_t id) {
    static const uint8_t key[16] = { 1, 2, 3 };
    psa_key_attributes_t attributes = attributes_of(LIFETIME, id);
    return psa_import_key(&attributes, key, sizeof(key), &id);
}

static psa_status_t copy(psa_key_id_t id) {
    psa_key_attributes_t attributes = attributes_of(LIFETIME, id);
    return psa_copy_key(1, &attributes, &id);
}

static unsigned keys_in_element(void) {
    unsigned held = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        held += element.holds_key[i];
    }
    return held;
}

void check_agreement(unsigned keys) {
    struct psa_storage_info_t info;
    unsigned files = 0;
    for (psa_key_id_t id = 1; id <= SLOTS; id++) {
        psa_key_attributes_t attributes;
        files += key_file_exists(id);
        CHECK(psa_get_key_attributes(id, &attributes) ==
            (key_file_exists(id) ? PSA_SUCCESS : PSA_ERROR_INVALID_HANDLE));
        psa_reset_key_attributes(&attributes);
    }
    CHECK(keys_in_element() == keys && files == keys);
    CHECK(psa_its_get_info(RECORD, &info) == PSA_ERROR_DOES_NOT_EXIST);
}

static void makes_and_destroys(void) {
    CHECK(start() == PSA_SUCCESS);
    CHECK(generate(1) == PSA_SUCCESS && import(2) == PSA_SUCCESS && copy(3) == PSA_SUCCESS);
    check_agreement(3);
    restart_and_check(3);
    CHECK(psa_destroy_key(1) == PSA_SUCCESS && element.destroyed == 1);
    check_agreement(2);
    CHECK(psa_purge_key(2) == PSA_SUCCESS && psa_destroy_key(2) == PSA_SUCCESS && element.destroyed == 2);
    restart_and_check(1);
}

static void volatile_keys(void) {
    CHECK(start() == PSA_SUCCESS);
    psa_key_attributes_t attributes = attributes_of(VOLATILE, 0);
    psa_key_id_t id[3];
    for (int i = 0; i < 3; i++) {
        CHECK(psa_generate_key(&attributes, &id[i]) == PSA_SUCCESS);
    }
    CHECK(keys_in_element() == 3);
    CHECK(psa_destroy_key(id[0]) == PSA_SUCCESS && keys_in_element() == 2 && element.destroyed == 1);
    CHECK(psa_close_key(id[1]) == PSA_SUCCESS && keys_in_element() == 1 && element.destroyed == 2);
    stop();
    CHECK(keys_in_element() == 0 && element.destroyed == 3);
    CHECK(start() == PSA_SUCCESS);
    element.create_status = PSA_ERROR_COMMUNICATION_FAILURE;
    CHECK(psa_generate_key(&attributes, &id[0]) == PSA_ERROR_COMMUNICATION_FAILURE && keys_in_element() == 0);
    element.create_status = PSA_SUCCESS;
    CHECK(psa_generate_key(&attributes, &id[0]) == PSA_SUCCESS);
    element.destroy_status = PSA_ERROR_COMMUNICATION_FAILURE;
    CHECK(psa_destroy_key(id[0]) == PSA_ERROR_COMMUNICATION_FAILURE);
}

static void existing_id(void) {
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    CHECK(generate(1) == PSA_ERROR_ALREADY_EXISTS && import(1) == PSA_ERROR_ALREADY_EXISTS);
    stop();
    CHECK(start() == PSA_SUCCESS);
    CHECK(generate(1) == PSA_ERROR_ALREADY_EXISTS);
    CHECK(element.created == 1 && element.destroyed == 0);
    restart_and_check(1);
}

static void element_fails(void) {
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    element.allocate_status = PSA_ERROR_INSUFFICIENT_STORAGE;
    CHECK(generate(2) == PSA_ERROR_INSUFFICIENT_STORAGE && element.created == 1 && element.destroyed == 0);
    element.allocate_status = PSA_SUCCESS;
    element.create_status = PSA_ERROR_HARDWARE_FAILURE;
    CHECK(generate(2) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(import(2) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(copy(2) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(element.destroyed == 3);
    check_agreement(1);
    element.create_status = PSA_SUCCESS;
    CHECK(generate(2) == PSA_SUCCESS);
    restart_and_check(2);
}

// The element goes silent in the middle of a creation: what it may hold is destroyed as soon as it answers again.
static void silent_element(void) {
    struct psa_storage_info_t info;
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    element.create_status = PSA_ERROR_COMMUNICATION_FAILURE;
    element.destroy_status = PSA_ERROR_COMMUNICATION_FAILURE;
    CHECK(generate(2) == PSA_ERROR_COMMUNICATION_FAILURE);
    CHECK(keys_in_element() == 2 && psa_its_get_info(RECORD, &info) == PSA_SUCCESS);
    CHECK(generate(3) == PSA_ERROR_COMMUNICATION_FAILURE && element.created == 2); // not before the first is cleared
    element.create_status = PSA_SUCCESS;
    element.destroy_status = PSA_SUCCESS;
    CHECK(generate(3) == PSA_SUCCESS);
    restart_and_check(2);
}

static void silent_at_start(void) {
    struct psa_storage_info_t info;
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    element.create_status = PSA_ERROR_COMMUNICATION_FAILURE;
    element.destroy_status = PSA_ERROR_COMMUNICATION_FAILURE;
    CHECK(generate(2) == PSA_ERROR_COMMUNICATION_FAILURE);
    stop();
    CHECK(start() == PSA_ERROR_COMMUNICATION_FAILURE);
    micropsa_its_unmount();
    CHECK(psa_its_get_info(RECORD, &info) == PSA_SUCCESS);
    element.destroy_status = PSA_SUCCESS;
    CHECK(start() == PSA_SUCCESS);
    check_agreement(1);
}

static void key_of_another_firmware(void) {
    struct psa_storage_info_t info;
    uint8_t record[32] = { 2, 0, 0, 0, 1, 0x33, 0, 0 }; // location 0x33: no driver here
    CHECK(psa_its_set(RECORD, sizeof(record), record, 0) == PSA_SUCCESS);
    CHECK(start() == PSA_ERROR_DATA_INVALID);
    CHECK(psa_its_get_info(RECORD, &info) == PSA_SUCCESS && element.destroyed == 0);
    CHECK(psa_its_set(RECORD, 3, record, 0) == PSA_SUCCESS);
    CHECK(start() == PSA_ERROR_DATA_INVALID);
}

static void cut_while_generating(void) {
    cut_everywhere(generate, 3, true, 4);
}

static void cut_while_importing(void) {
    cut_everywhere(import, 3, true, 4);
}

static void cut_while_copying(void) {
    cut_everywhere(copy, 3, true, 4);
}

static void cut_while_destroying(void) {
    cut_everywhere(psa_destroy_key, 2, false, 4);
}

static const check_case_t cases[] = {
    { "makes_and_destroys", makes_and_destroys },
    { "volatile_keys", volatile_keys },
    { "existing_id", existing_id },
    { "element_fails", element_fails },
    { "silent_element", silent_element },
    { "silent_at_start", silent_at_start },
    { "key_of_another_firmware", key_of_another_firmware },
    { "full_storage", full_storage },
    { "cut_while_generating", cut_while_generating },
    { "cut_while_importing", cut_while_importing },
    { "cut_while_copying", cut_while_copying },
    { "cut_while_destroying", cut_while_destroying },
    { NULL, NULL },
};

int main(int argc, char **argv) {
    return check_main(argc, argv, cases, blank_flash);
}
