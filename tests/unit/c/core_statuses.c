// SPDX-License-Identifier: MIT
// Statuses of the patched PSA core where Mbed TLS's own differ from the specification.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "core_host.h"

#include <string.h>

#include "psa/crypto_se_driver.h"
#include "psa_driver_locations.h"

#include "recorder.h"

#define STORED PSA_KEY_LIFETIME_PERSISTENT
#define VAULT PSA_KEY_LOCATION_recorder_vault
#define PAIR PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define ECDSA PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define SIGNS (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH)
#define COPIES (PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_COPY)

// Numbers that no key of an application can have: none, past all ranges, and files of the core.
static const psa_key_id_t no_ids[] = { 0, PSA_KEY_ID_VENDOR_MAX + 1, 0xffffff52, 0xffffff74, 0xffffffff };
#define NO_IDS (sizeof(no_ids) / sizeof(no_ids[0]))

static psa_key_id_t store(psa_key_id_t id) {
    psa_key_attributes_t attributes = attributes_of(STORED, id, PSA_KEY_TYPE_RAW_DATA, COPIES, 0);
    psa_key_id_t key;
    CHECK(psa_import_key(&attributes, (const uint8_t *)"0123456789abcdef", 16, &key) == PSA_SUCCESS);
    return key;
}

static psa_key_id_t make_volatile(void) {
    psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_LIFETIME_VOLATILE, 0, PSA_KEY_TYPE_RAW_DATA, PSA_KEY_USAGE_EXPORT, 0);
    psa_key_id_t key;
    CHECK(psa_import_key(&attributes, (const uint8_t *)"volatile", 8, &key) == PSA_SUCCESS);
    return key;
}

static psa_status_t export(psa_key_id_t key) {
    uint8_t data[32];
    size_t length;
    return psa_export_key(key, data, sizeof(data), &length);
}

static void before_init(void) {
    psa_key_handle_t handle = 7;
    CHECK(psa_purge_key(1) == PSA_ERROR_BAD_STATE && psa_purge_key(0) == PSA_ERROR_BAD_STATE);
    CHECK(psa_close_key(1) == PSA_ERROR_BAD_STATE && psa_close_key(0) == PSA_SUCCESS);
    CHECK(psa_open_key(1, &handle) == PSA_ERROR_BAD_STATE && handle == 0);
    handle = 7;
    CHECK(psa_open_key(0, &handle) == PSA_ERROR_BAD_STATE && handle == 0);
    CHECK(psa_destroy_key(1) == PSA_ERROR_BAD_STATE);
}

static void purge(void) {
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    psa_key_id_t key = store(7);
    size_t loaded = arena_used();
    CHECK(psa_purge_key(key) == PSA_SUCCESS && arena_used() < loaded);
    size_t purged = arena_used();
    CHECK(psa_purge_key(key) == PSA_SUCCESS && arena_used() == purged); // not in memory, and it stays so
    mbedtls_psa_crypto_free();
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    CHECK(psa_purge_key(key) == PSA_SUCCESS); // never was in memory
    CHECK(export(key) == PSA_SUCCESS);

    CHECK(psa_purge_key(8) == PSA_ERROR_INVALID_ARGUMENT);
    for (size_t i = 0; i < NO_IDS; i++) {
        CHECK(psa_purge_key(no_ids[i]) == PSA_ERROR_INVALID_ARGUMENT);
    }
    CHECK(psa_purge_key(MBEDTLS_PSA_KEY_ID_BUILTIN_MIN) == PSA_ERROR_INVALID_ARGUMENT); // this board has none

    psa_key_id_t passing = make_volatile();
    CHECK(psa_purge_key(passing) == PSA_SUCCESS && export(passing) == PSA_SUCCESS);
    CHECK(psa_destroy_key(passing) == PSA_SUCCESS && psa_purge_key(passing) == PSA_ERROR_INVALID_ARGUMENT);

    its_faults = (its_faults_t){ .uid = 7, .get = PSA_ERROR_DATA_CORRUPT };
    CHECK(psa_purge_key(key) == PSA_SUCCESS);
    CHECK(psa_purge_key(key) == PSA_SUCCESS); // damaged, but nothing of it is in memory
    its_faults = (its_faults_t){ 0 };
    CHECK(psa_destroy_key(key) == PSA_SUCCESS && psa_purge_key(key) == PSA_ERROR_INVALID_ARGUMENT);
}

static void open_key(void) {
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    psa_key_handle_t handle = 7;
    for (size_t i = 0; i < NO_IDS; i++) {
        handle = 7;
        CHECK(psa_open_key(no_ids[i], &handle) == PSA_ERROR_INVALID_ARGUMENT && handle == 0);
    }
    psa_key_id_t passing = make_volatile();
    handle = 7;
    CHECK(psa_open_key(passing, &handle) == PSA_ERROR_DOES_NOT_EXIST && handle == 0 && export(passing) == PSA_SUCCESS);
    CHECK(psa_destroy_key(passing) == PSA_SUCCESS);
    handle = 7;
    CHECK(psa_open_key(passing, &handle) == PSA_ERROR_DOES_NOT_EXIST && handle == 0);
    // These could be keys.
    CHECK(psa_open_key(8, &handle) == PSA_ERROR_DOES_NOT_EXIST && handle == 0);
    CHECK(psa_open_key(PSA_KEY_ID_USER_MAX, &handle) == PSA_ERROR_DOES_NOT_EXIST);
    CHECK(psa_open_key(MBEDTLS_PSA_KEY_ID_BUILTIN_MIN, &handle) == PSA_ERROR_DOES_NOT_EXIST);
    psa_key_id_t key = store(8);
    CHECK(psa_open_key(8, &handle) == PSA_SUCCESS && handle == key && export(handle) == PSA_SUCCESS);
    CHECK(psa_close_key(handle) == PSA_SUCCESS);
    its_faults = (its_faults_t){ .uid = 8, .get_info = PSA_ERROR_STORAGE_FAILURE };
    CHECK(psa_open_key(8, &handle) == PSA_ERROR_STORAGE_FAILURE && handle == 0);
}

static void spoil_magic(its_file_t *file) {
    file->data[1] ^= 0x20;
}

static void spoil_version(its_file_t *file) {
    file->data[8] = 9;
}

static void spoil_length(its_file_t *file) {
    file->data[32] = 0xff; // more key than file
}

static void spoil_size(its_file_t *file) {
    file->size = 20; // cut inside of the header
}

static void destroy_damaged(void) {
    static void (*const spoil[])(its_file_t *) = { spoil_magic, spoil_version, spoil_length, spoil_size };
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    store(9);
    for (size_t i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
        CHECK(psa_purge_key(store(7)) == PSA_SUCCESS);
        spoil[i](its_find(7));
        CHECK(export(7) == PSA_ERROR_DATA_INVALID && its_find(7) != NULL);
        CHECK(psa_destroy_key(7) == PSA_ERROR_DATA_INVALID);
        CHECK(its_find(7) == NULL && psa_destroy_key(7) == PSA_ERROR_INVALID_HANDLE);
    }
    const psa_status_t reports[] = { PSA_ERROR_DATA_CORRUPT, PSA_ERROR_STORAGE_FAILURE, PSA_ERROR_DATA_INVALID };
    for (size_t i = 0; i < 3; i++) {
        CHECK(psa_purge_key(store(7)) == PSA_SUCCESS);
        its_faults = (its_faults_t){ .uid = 7, .get = reports[i] };
        CHECK(psa_destroy_key(7) == reports[i]);
        its_faults = (its_faults_t){ 0 };
        CHECK(its_find(7) == NULL && psa_destroy_key(7) == PSA_ERROR_INVALID_HANDLE);
    }
    CHECK(export(9) == PSA_SUCCESS); // the neighbour is as it was
}

static void destroy_damaged_not(void) {
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    CHECK(psa_purge_key(store(7)) == PSA_SUCCESS);
    // What is left cannot be removed either: that is the status, and it can be tried again.
    its_faults = (its_faults_t){ .uid = 7, .get = PSA_ERROR_DATA_CORRUPT, .remove = PSA_ERROR_HARDWARE_FAILURE };
    CHECK(psa_destroy_key(7) == PSA_ERROR_HARDWARE_FAILURE && its_find(7) != NULL);
    its_faults.remove = PSA_SUCCESS;
    CHECK(psa_destroy_key(7) == PSA_ERROR_DATA_CORRUPT && its_find(7) == NULL);
    // No damage: the key stays.
    its_faults = (its_faults_t){ 0 };
    CHECK(psa_purge_key(store(7)) == PSA_SUCCESS);
    its_faults = (its_faults_t){ .uid = 7, .get = PSA_ERROR_INSUFFICIENT_MEMORY };
    CHECK(psa_destroy_key(7) == PSA_ERROR_INSUFFICIENT_MEMORY && its_find(7) != NULL);
    // Files that are no keys of applications are not destroyed as damaged keys.
    its_faults = (its_faults_t){ 0 };
    const psa_key_id_t others[] = { 0xffffff74, 0xffffff52, MBEDTLS_PSA_KEY_ID_BUILTIN_MIN, PSA_KEY_ID_VENDOR_MIN };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        CHECK(psa_its_set(others[i], 4, "data", 0) == PSA_SUCCESS);
        CHECK(psa_destroy_key(others[i]) != PSA_SUCCESS && its_find(others[i]) != NULL);
        CHECK(psa_its_remove(others[i]) == PSA_SUCCESS);
    }
    CHECK(export(7) == PSA_SUCCESS);
}

static psa_key_id_t make_pair(psa_key_usage_t usage, psa_algorithm_t alg) {
    psa_key_attributes_t attributes = attributes_of(PSA_KEY_LIFETIME_VOLATILE, 0, PAIR, usage, alg);
    psa_set_key_bits(&attributes, 256);
    psa_key_id_t key;
    CHECK(psa_generate_key(&attributes, &key) == PSA_SUCCESS);
    return key;
}

// Signs and verifies at once and in steps; all four must have the same opinion.
static psa_status_t sign_both(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash, size_t length) {
    uint8_t signature[64], other[64];
    size_t size = 99;
    memset(signature, 0xaa, sizeof(signature));
    memset(other, 0xaa, sizeof(other));
    psa_status_t status = psa_sign_hash(key, alg, hash, length, signature, sizeof(signature), &size);
    CHECK(size == (status == PSA_SUCCESS ? sizeof(signature) : 0));
    psa_sign_hash_interruptible_operation_t signing = PSA_SIGN_HASH_INTERRUPTIBLE_OPERATION_INIT;
    CHECK(psa_sign_hash_start(&signing, key, alg, hash, length) == status);
    psa_verify_hash_interruptible_operation_t verifying = PSA_VERIFY_HASH_INTERRUPTIBLE_OPERATION_INIT;
    psa_status_t verified = psa_verify_hash(key, alg, hash, length, signature, sizeof(signature));
    CHECK(verified == status);
    CHECK(psa_verify_hash_start(&verifying, key, alg, hash, length, signature, sizeof(signature)) == status);
    if (status == PSA_SUCCESS) {
        CHECK(psa_sign_hash_complete(&signing, other, sizeof(other), &size) == PSA_SUCCESS && size == sizeof(other));
        CHECK(psa_verify_hash(key, alg, hash, length, other, size) == PSA_SUCCESS);
        CHECK(psa_verify_hash_complete(&verifying) == PSA_SUCCESS);
    } else {
        // The operations are in error until they are aborted.
        CHECK(psa_sign_hash_complete(&signing, other, sizeof(other), &size) == PSA_ERROR_BAD_STATE);
        CHECK(psa_verify_hash_complete(&verifying) == PSA_ERROR_BAD_STATE);
    }
    CHECK(psa_sign_hash_abort(&signing) == PSA_SUCCESS && psa_verify_hash_abort(&verifying) == PSA_SUCCESS);
    return status;
}

static void hash_length(void) {
    static const uint8_t hash[100] = { 1, 2, 3 };
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    psa_key_id_t key = make_pair(SIGNS, PSA_ALG_ECDSA(PSA_ALG_ANY_HASH));
    for (size_t length = 0; length <= sizeof(hash); length++) {
        CHECK(sign_both(key, ECDSA, hash, length) == (length == 32 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT));
    }
    CHECK(sign_both(key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), hash, 48) == PSA_SUCCESS);
    CHECK(sign_both(key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), hash, 32) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(sign_both(key, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256), hash, 31) == PSA_ERROR_NOT_PERMITTED);
    // The policy comes first: who may not sign does not learn more.
    psa_key_id_t wrong = make_pair(PSA_KEY_USAGE_EXPORT, ECDSA);
    CHECK(sign_both(wrong, ECDSA, hash, 5) == PSA_ERROR_NOT_PERMITTED);
    // Whole messages are hashed here.
    psa_key_id_t messages = make_pair(PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE, ECDSA);
    uint8_t signature[64];
    size_t size;
    CHECK(psa_sign_message(messages, ECDSA, hash, 5, signature, sizeof(signature), &size) == PSA_SUCCESS);
    CHECK(psa_verify_message(messages, ECDSA, hash, 5, signature, size) == PSA_SUCCESS);
}

static void empty_hash(void) {
    static const uint8_t hash[32] = { 9, 8, 7 };
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    psa_key_id_t key = make_pair(SIGNS, PSA_ALG_ECDSA_ANY);
    // The algorithm names no hash: any length is accepted, none included.
    for (size_t length = 1; length <= sizeof(hash); length++) {
        CHECK(sign_both(key, PSA_ALG_ECDSA_ANY, hash, length) == PSA_SUCCESS);
    }
    CHECK(sign_both(key, PSA_ALG_ECDSA_ANY, NULL, 0) == PSA_SUCCESS);
}

static const psa_drv_se_key_management_t nothing = { .p_allocate = NULL };
static const psa_drv_se_t element = { .hal_version = PSA_DRV_SE_HAL_VERSION, .key_management = &nothing };
static const psa_drv_se_t old_element = { .hal_version = PSA_DRV_SE_HAL_VERSION - 1, .key_management = &nothing };

static void reserved_locations(void) {
    CHECK(psa_register_se_driver(PSA_KEY_LOCATION_LOCAL_STORAGE, &element) == PSA_ERROR_INVALID_ARGUMENT);
    CHECK(psa_register_se_driver(VAULT, &element) == PSA_ERROR_ALREADY_EXISTS);
    CHECK(psa_register_se_driver(VAULT + 1, &element) == PSA_ERROR_NOT_SUPPORTED); // beyond what the core stores
    CHECK(psa_register_se_driver(5, &old_element) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_register_se_driver(5, &element) == PSA_SUCCESS);
    CHECK(psa_register_se_driver(5, &element) == PSA_ERROR_ALREADY_EXISTS);
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    // A key at that location is the opaque driver's.
    psa_key_attributes_t attributes = attributes_of(
        PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, VAULT), 0,
        PSA_KEY_TYPE_RAW_DATA, PSA_KEY_USAGE_EXPORT, 0);
    psa_key_id_t key;
    recorder_begin();
    CHECK(psa_import_key(&attributes, (const uint8_t *)"material", 8, &key) == PSA_SUCCESS);
    CHECK(strstr(recorder_log, "vault.import_key") != NULL);
    CHECK(psa_destroy_key(key) == PSA_SUCCESS);
}

const check_case_t status_scenarios[] = {
    { "before_init", before_init },
    { "purge", purge },
    { "open_key", open_key },
    { "destroy_damaged", destroy_damaged },
    { "destroy_damaged_not", destroy_damaged_not },
    { "hash_length", hash_length },
    { "empty_hash", empty_hash },
    { "reserved_locations", reserved_locations },
    { NULL, NULL },
};
