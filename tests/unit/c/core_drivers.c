// SPDX-License-Identifier: MIT
// Scenarios of the patched PSA core with recorder drivers: main() and what they share.

#include "core_drivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/psa_arena.h"
#include "core_services.h"

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

int main(int count, char **arguments) {
    check(count == 2, "one argument, a scenario");
    check(psa_crypto_init() == PSA_SUCCESS, "the core starts");
    micropsa_arena_info_t after;
    if (!check_run(derivation_scenarios, arguments[1]) && !check_run(other_scenarios, arguments[1])) {
        check(false, "there is such a scenario");
    }
    // Slots of destroyed keys are kept for the next keys; nothing else may stay.
    mbedtls_psa_crypto_free();
    micropsa_arena_info(&after);
    check(after.used == 0, "nothing is left allocated");
    check(recorder_keys_alive == 0, "no key is left in an element");
    its_forget();
    return 0;
}
