// SPDX-License-Identifier: MIT
// Keys in a dynamic secure element, on the patched PSA core over core/its.c: the element's slots and the key files
// agree, whatever fails and whenever the power goes. One case per argument name.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include <string.h>

#include "core/its.h"
#include "element_keys.h"
#include "flash_model.h"
#include "psa/crypto.h"
#include "psa/crypto_se_driver.h"
#include "psa/internal_trusted_storage.h"
#include "psa_driver_tables.h"

#define LOCATION 7
#define LIFETIME PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_DEFAULT, LOCATION)
#define VOLATILE PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, LOCATION)

// The element: what it holds survives everything. Its host-side data says which slots are taken.
static struct {
    bool holds_key[SLOTS];
    psa_status_t generate_status, import_status, destroy_status;
    unsigned generated, imported, destroyed;
} element;

typedef struct {
    uint8_t taken[SLOTS];
} element_data_t;

static psa_status_t element_allocate(psa_drv_se_context_t *context, void *persistent_data,
    const psa_key_attributes_t *attributes, psa_key_creation_method_t method, psa_key_slot_number_t *slot) {
    (void)context;
    (void)attributes;
    (void)method;
    element_data_t *data = persistent_data;
    for (unsigned i = 0; i < SLOTS; i++) {
        if (!data->taken[i]) {
            data->taken[i] = 1;
            *slot = i;
            return PSA_SUCCESS;
        }
    }
    return PSA_ERROR_INSUFFICIENT_STORAGE;
}

static psa_status_t element_validate(psa_drv_se_context_t *context, void *persistent_data,
    const psa_key_attributes_t *attributes, psa_key_creation_method_t method, psa_key_slot_number_t slot) {
    (void)context;
    (void)attributes;
    (void)method;
    element_data_t *data = persistent_data;
    data->taken[slot] = 1;
    return PSA_SUCCESS;
}

static psa_status_t element_import(psa_drv_se_context_t *context, psa_key_slot_number_t slot,
    const psa_key_attributes_t *attributes, const uint8_t *key, size_t size, size_t *bits) {
    (void)context;
    (void)attributes;
    (void)key;
    element.imported++;
    if (element.import_status != PSA_SUCCESS) {
        return element.import_status;
    }
    element.holds_key[slot] = true;
    *bits = 8 * size;
    return PSA_SUCCESS;
}

static psa_status_t element_generate(psa_drv_se_context_t *context, psa_key_slot_number_t slot,
    const psa_key_attributes_t *attributes, uint8_t *pubkey, size_t pubkey_size, size_t *pubkey_length) {
    (void)context;
    (void)attributes;
    (void)pubkey;
    (void)pubkey_size;
    (void)pubkey_length;
    element.generated++;
    if (element.generate_status != PSA_SUCCESS) {
        return element.generate_status;
    }
    element.holds_key[slot] = true;
    return PSA_SUCCESS;
}

static psa_status_t element_destroy(psa_drv_se_context_t *context, void *persistent_data, psa_key_slot_number_t slot) {
    (void)context;
    element_data_t *data = persistent_data;
    element.destroyed++;
    if (element.destroy_status != PSA_SUCCESS) {
        return element.destroy_status;
    }
    bool held = element.holds_key[slot];
    element.holds_key[slot] = false;
    data->taken[slot] = 0;
    return held ? PSA_SUCCESS : PSA_ERROR_DOES_NOT_EXIST;
}

static const psa_drv_se_key_management_t management = {
    .p_allocate = element_allocate,
    .p_validate_slot_number = element_validate,
    .p_import = element_import,
    .p_generate = element_generate,
    .p_destroy = element_destroy,
};
static const psa_drv_se_t methods = {
    .hal_version = PSA_DRV_SE_HAL_VERSION,
    .persistent_data_size = sizeof(element_data_t),
    .key_management = &management,
};

const psa_driver_entropy_source_t psa_driver_entropy_sources[] = { { .name = "seed", .get_entropy = seed } };
const size_t psa_driver_entropy_source_count = 1;

void element_blank(void) {
    memset(&element, 0, sizeof(element));
}

psa_status_t start(void) {
    CHECK(psa_register_se_driver(LOCATION, &methods) == PSA_SUCCESS);
    return psa_crypto_init();
}

// Mbed TLS's own; a restart forgets the drivers also when the power went before psa_crypto_init().
void psa_unregister_all_se_drivers(void);

void stop(void) {
    mbedtls_psa_crypto_free();
    psa_unregister_all_se_drivers();
    micropsa_its_unmount();
}

psa_status_t generate(psa_key_id_t id) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_lifetime(&attributes, LIFETIME);
    psa_set_key_id(&attributes, id);
    psa_key_id_t got = 0;
    psa_status_t status = psa_generate_key(&attributes, &got);
    CHECK(got == (status == PSA_SUCCESS ? id : 0));
    return status;
}

static psa_status_t import(psa_key_lifetime_t lifetime, psa_key_id_t id, size_t declared_bits) {
    static const uint8_t key[16] = { 1, 2, 3 };
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, declared_bits);
    psa_set_key_lifetime(&attributes, lifetime);
    if (id != 0) {
        psa_set_key_id(&attributes, id);
    }
    return psa_import_key(&attributes, key, sizeof(key), &id);
}

static bool key_works(psa_key_id_t id) {
    psa_key_attributes_t attributes;
    psa_status_t status = psa_get_key_attributes(id, &attributes);
    if (status == PSA_SUCCESS) {
        psa_key_slot_number_t slot;
        CHECK(psa_get_key_slot_number(&attributes, &slot) == PSA_SUCCESS && slot < SLOTS && element.holds_key[slot]);
        psa_reset_key_attributes(&attributes);
    }
    return status == PSA_SUCCESS;
}

// The element's data says the same as its slots, and no transaction is open.
void check_agreement(unsigned keys) {
    struct psa_storage_info_t info;
    element_data_t data;
    size_t length;
    unsigned held = 0, files = 0, taken = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        held += element.holds_key[i];
    }
    for (psa_key_id_t id = 1; id <= SLOTS; id++) {
        files += key_file_exists(id);
        CHECK(key_works(id) == key_file_exists(id));
    }
    psa_status_t status = psa_its_get(0xfffffe00 + LOCATION, 0, sizeof(data), &data, &length);
    CHECK(status == PSA_SUCCESS || status == PSA_ERROR_DOES_NOT_EXIST);
    for (unsigned i = 0; status == PSA_SUCCESS && i < SLOTS; i++) {
        taken += data.taken[i];
        CHECK(data.taken[i] == element.holds_key[i]);
    }
    CHECK(held == keys && files == keys && (taken == keys || status == PSA_ERROR_DOES_NOT_EXIST));
    CHECK(psa_its_get_info(0xffffff74, &info) == PSA_ERROR_DOES_NOT_EXIST);
}

static void makes_and_destroys(void) {
    CHECK(start() == PSA_SUCCESS);
    CHECK(generate(1) == PSA_SUCCESS && import(LIFETIME, 2, 128) == PSA_SUCCESS);
    check_agreement(2);
    restart_and_check(2);
    CHECK(psa_destroy_key(1) == PSA_SUCCESS);
    check_agreement(1);
    restart_and_check(1);
}

static void existing_id(void) {
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    CHECK(generate(1) == PSA_ERROR_ALREADY_EXISTS);
    stop();
    CHECK(start() == PSA_SUCCESS); // and when the key is not in memory
    CHECK(generate(1) == PSA_ERROR_ALREADY_EXISTS);
    CHECK(import(LIFETIME, 1, 128) == PSA_ERROR_ALREADY_EXISTS);
    CHECK(element.generated == 1 && element.imported == 0 && element.destroyed == 0);
    check_agreement(1);
    restart_and_check(1);
}

static void element_fails(void) {
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    element.generate_status = PSA_ERROR_HARDWARE_FAILURE;
    element.import_status = PSA_ERROR_COMMUNICATION_FAILURE;
    for (int i = 0; i < 2 * SLOTS; i++) {
        CHECK(generate(2) == PSA_ERROR_HARDWARE_FAILURE);
        CHECK(import(LIFETIME, 3, 128) == PSA_ERROR_COMMUNICATION_FAILURE);
        CHECK(import(VOLATILE, 0, 128) == PSA_ERROR_COMMUNICATION_FAILURE);
    }
    CHECK(element.destroyed == 6 * SLOTS);
    check_agreement(1);
    element.generate_status = PSA_SUCCESS;
    CHECK(generate(2) == PSA_SUCCESS);
    restart_and_check(2);
}

static void destroy_fails_in_rollback(void) {
    CHECK(start() == PSA_SUCCESS);
    element.generate_status = PSA_ERROR_HARDWARE_FAILURE;
    element.destroy_status = PSA_ERROR_COMMUNICATION_FAILURE;
    for (int i = 0; i < 2 * SLOTS; i++) {
        CHECK(generate(1) == PSA_ERROR_HARDWARE_FAILURE); // the error that came first; no slot is lost
    }
    check_agreement(0);
    restart_and_check(0);
}

static void wrong_size(void) {
    // The element took the key before the core saw that it is not what was declared.
    CHECK(start() == PSA_SUCCESS);
    CHECK(import(LIFETIME, 1, 256) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(element.imported == 1 && element.destroyed == 1);
    check_agreement(0);
    restart_and_check(0);
}

static void registration_keeps_the_key(void) {
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    element.holds_key[5] = true; // provisioned in the factory
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_lifetime(&attributes, LIFETIME);
    psa_set_key_id(&attributes, 1);
    psa_set_key_slot_number(&attributes, 5);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_ALREADY_EXISTS);
    CHECK(element.holds_key[5] && element.destroyed == 0);
    psa_set_key_id(&attributes, 2);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_SUCCESS);
    CHECK(key_works(2) && element.destroyed == 0);
}

static void no_driver_after_a_cut(void) {
    CHECK(start() == PSA_SUCCESS && generate(1) == PSA_SUCCESS);
    flash.operations = 0;
    flash.cut_at = 8; // after the transaction was written; the exhaustive case tries them all
    if (setjmp(flash.power_lost) == 0) {
        (void)generate(2);
        CHECK(!"cut");
    }
    stop();
    flash.cut_at = 0;
    struct psa_storage_info_t info;
    CHECK(psa_its_get_info(0xffffff74, &info) == PSA_SUCCESS);
    for (int i = 0; i < 2; i++) {
        CHECK(psa_crypto_init() == PSA_ERROR_DATA_INVALID); // the driver is missing
        micropsa_its_unmount();
        CHECK(psa_its_get_info(0xffffff74, &info) == PSA_SUCCESS);
    }
    element.destroy_status = PSA_ERROR_COMMUNICATION_FAILURE; // it is there and does not answer
    CHECK(start() == PSA_ERROR_COMMUNICATION_FAILURE);
    CHECK(psa_its_get_info(0xffffff74, &info) == PSA_SUCCESS);
    element.destroy_status = PSA_SUCCESS;
    restart_and_check(1);
}

static void cut_while_creating(void) {
    cut_everywhere(generate, 3, true, 7);
}

static void cut_while_destroying(void) {
    cut_everywhere(psa_destroy_key, 2, false, 7);
}

static const check_case_t cases[] = {
    { "makes_and_destroys", makes_and_destroys },
    { "existing_id", existing_id },
    { "element_fails", element_fails },
    { "destroy_fails_in_rollback", destroy_fails_in_rollback },
    { "wrong_size", wrong_size },
    { "full_storage", full_storage },
    { "registration_keeps_the_key", registration_keeps_the_key },
    { "no_driver_after_a_cut", no_driver_after_a_cut },
    { "cut_while_creating", cut_while_creating },
    { "cut_while_destroying", cut_while_destroying },
    { NULL, NULL },
};

int main(int argc, char **argv) {
    return check_main(argc, argv, cases, blank_flash);
}
