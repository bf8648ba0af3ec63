// SPDX-License-Identifier: MIT
// Scenarios of the patched PSA core with recorder drivers: main() and what they share.

#include "core_drivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "mbedtls/entropy.h"
#include "psa/internal_trusted_storage.h"

#include "core/psa_arena.h"

// What the module's other parts give the core: entropy, and trusted storage that has nothing and takes nothing.

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t length, size_t *out_length) {
    (void)data;
    *out_length = length;
    return getrandom(output, length, 0) == (ssize_t)length ? 0 : MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
}

psa_status_t psa_its_set(
    psa_storage_uid_t uid, uint32_t data_length, const void *p_data, psa_storage_create_flags_t create_flags) {
    (void)uid;
    (void)data_length;
    (void)p_data;
    (void)create_flags;
    return PSA_ERROR_INSUFFICIENT_STORAGE;
}

psa_status_t psa_its_get(
    psa_storage_uid_t uid, uint32_t data_offset, uint32_t data_size, void *p_data, size_t *p_data_length) {
    (void)uid;
    (void)data_offset;
    (void)data_size;
    (void)p_data;
    (void)p_data_length;
    return PSA_ERROR_DOES_NOT_EXIST;
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info) {
    (void)uid;
    (void)p_info;
    return PSA_ERROR_DOES_NOT_EXIST;
}

psa_status_t psa_its_remove(psa_storage_uid_t uid) {
    (void)uid;
    return PSA_ERROR_DOES_NOT_EXIST;
}

void end(const char *title, psa_status_t status) {
    printf("%s: %s = %d\n", title, recorder_log, (int)status);
    recorder_begin();
}

void check(bool good, const char *what) {
    if (!good) {
        printf("not so: %s (log: %s)\n", what, recorder_log);
        exit(1);
    }
}

psa_key_attributes_t attributes_of(
    psa_key_location_t location, psa_key_type_t type, size_t bits, psa_key_usage_t usage, psa_algorithm_t alg) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_lifetime(&attributes,
        PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, location));
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    return attributes;
}

psa_key_id_t make_key(
    psa_key_location_t location, psa_key_type_t type, size_t bits, psa_key_usage_t usage, psa_algorithm_t alg) {
    uint8_t material[96];
    psa_key_id_t key = 0;
    for (size_t i = 0; i < sizeof(material); i++) {
        material[i] = (uint8_t)(i + 1);
    }
    psa_key_attributes_t attributes = attributes_of(location, type, bits, usage, alg);
    psa_status_t status = psa_import_key(&attributes, material, PSA_BITS_TO_BYTES(bits), &key);
    check(status == PSA_SUCCESS, "a key is imported");
    recorder_begin();
    return key;
}

psa_key_id_t make_secret(psa_key_location_t location, psa_algorithm_t alg) {
    return make_key(location, PSA_KEY_TYPE_DERIVE, 256, PSA_KEY_USAGE_DERIVE, alg);
}

void destroy(psa_key_id_t key) {
    char before[sizeof(recorder_log)];
    memcpy(before, recorder_log, sizeof(before));
    check(psa_destroy_key(key) == PSA_SUCCESS, "a key is destroyed");
    memcpy(recorder_log, before, sizeof(before));
}

void show(const char *title, const uint8_t *data, size_t length) {
    printf("%s: ", title);
    for (size_t i = 0; i < length; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

psa_status_t start_hkdf(psa_key_derivation_operation_t *operation, psa_key_id_t secret, bool salt) {
    const uint8_t bytes[3] = { 7, 8, 9 };
    psa_status_t status = psa_key_derivation_setup(operation, HKDF);
    if (status == PSA_SUCCESS && salt) {
        status = psa_key_derivation_input_bytes(operation, PSA_KEY_DERIVATION_INPUT_SALT, bytes, sizeof(bytes));
    }
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_input_key(operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret);
    }
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_input_bytes(operation, PSA_KEY_DERIVATION_INPUT_INFO, bytes, 2);
    }
    return status;
}

psa_status_t abort_and_check(psa_key_derivation_operation_t *operation) {
    psa_status_t status = psa_key_derivation_abort(operation);
    for (size_t i = 0; i < sizeof(*operation); i++) {
        check(((const uint8_t *)operation)[i] == 0, "an aborted operation is all zero");
    }
    return status;
}

static bool run_one_of(const scenario_t *scenarios, const char *name) {
    for (const scenario_t *scenario = scenarios; scenario->name != NULL; scenario++) {
        if (strcmp(scenario->name, name) == 0) {
            scenario->run();
            return true;
        }
    }
    return false;
}

int main(int count, char **arguments) {
    check(count == 2, "one argument, a scenario");
    check(psa_crypto_init() == PSA_SUCCESS, "the core starts");
    micropsa_arena_info_t before, after;
    micropsa_arena_info(&before);
    if (!run_one_of(derivation_scenarios, arguments[1]) && !run_one_of(other_scenarios, arguments[1])) {
        check(false, "there is such a scenario");
    }
    // Slots of destroyed keys are kept for the next keys; nothing else may stay.
    mbedtls_psa_crypto_free();
    micropsa_arena_info(&after);
    check(after.used == 0, "nothing is left allocated");
    check(recorder_keys_alive == 0, "no key is left in an element");
    return 0;
}
