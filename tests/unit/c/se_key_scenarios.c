// SPDX-License-Identifier: MIT
// Keys in a secure element whose driver is registered at run time, on the patched core: keys that live and die
// there, and what its interface lacks.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "se_scenarios.h"

#include <string.h>

#include "psa/internal_trusted_storage.h"

static void refusals(void) {
    psa_key_id_t key = begin(CRYPTS, PSA_ALG_GCM);
    size_t length;
    // AEAD is one call in this interface.
    psa_aead_operation_t aead = PSA_AEAD_OPERATION_INIT;
    CHECK(psa_aead_encrypt_setup(&aead, key, PSA_ALG_GCM) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_aead_abort(&aead) == PSA_SUCCESS);
    CHECK(psa_aead_decrypt_setup(&aead, key, PSA_ALG_GCM) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_aead_abort(&aead) == PSA_SUCCESS);
    CHECK(psa_aead_encrypt(key, PSA_ALG_GCM, iv, 12, NULL, 0, text, 20, out, 36, &length) == PSA_SUCCESS);
    CHECK(length == 36);
    prepare();
    recorder_force("se.aead_encrypt", PSA_ERROR_HARDWARE_FAILURE, 1);
    CHECK(psa_aead_encrypt(key, PSA_ALG_GCM, iv, 12, NULL, 0, text, 20, out, 36, &length) ==
        PSA_ERROR_HARDWARE_FAILURE);
    CHECK(length == 0 && no_trace(out, sizeof(out)));
    CHECK(psa_aead_decrypt(key, PSA_ALG_GCM, iv, 12, NULL, 0, text, 36, out, 20, &length) == PSA_ERROR_NOT_SUPPORTED);

    // Key agreement and signatures in steps.
    psa_key_type_t pair = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1);
    psa_key_id_t agrees = se_key(pair, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH);
    CHECK(psa_raw_key_agreement(PSA_ALG_ECDH, agrees, text, 65, out, 32, &length) == PSA_ERROR_NOT_SUPPORTED);
    psa_key_id_t signs = se_key(pair, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH, PSA_ALG_ECDSA_ANY);
    psa_sign_hash_interruptible_operation_t signing = PSA_SIGN_HASH_INTERRUPTIBLE_OPERATION_INIT;
    CHECK(psa_sign_hash_start(&signing, signs, PSA_ALG_ECDSA_ANY, text, 32) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(psa_sign_hash_abort(&signing) == PSA_SUCCESS);
    CHECK(psa_sign_hash(signs, PSA_ALG_ECDSA_ANY, text, 32, out, 64, &length) == PSA_ERROR_NOT_SUPPORTED);

    CHECK(psa_destroy_key(agrees) == PSA_SUCCESS && psa_destroy_key(signs) == PSA_SUCCESS);
    finish(key);
}

static void derivation(void) {
    // The element's p_setup of derivations is not used: the core derives, from a secret that the element exports.
    prepare();
    se_start();
    const psa_algorithm_t hkdf = PSA_ALG_HKDF(PSA_ALG_SHA_256);
    for (int may_export = 0; may_export < 2; may_export++) {
        psa_drv_se_export_key_t export = se_management.p_export;
        psa_key_id_t key = se_key(PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE, hkdf);
        se_management.p_export = may_export ? export : NULL;
        psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
        CHECK(psa_key_derivation_setup(&operation, hkdf) == PSA_SUCCESS);
        psa_status_t status = psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, key);
        if (status == PSA_SUCCESS) {
            status = psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, text, 3);
        }
        if (status == PSA_SUCCESS) {
            status = psa_key_derivation_output_bytes(&operation, out, 32);
        }
        CHECK(status == PSA_ERROR_NOT_SUPPORTED);
        CHECK(psa_key_derivation_abort(&operation) == PSA_SUCCESS);
        se_management.p_export = export;
        CHECK(psa_destroy_key(key) == PSA_SUCCESS);
    }
    // A key that the core derives does not go into the element either.
    psa_key_attributes_t secret_attributes =
        attributes_of(PSA_KEY_LIFETIME_VOLATILE, 0, PSA_KEY_TYPE_DERIVE, PSA_KEY_USAGE_DERIVE, hkdf);
    psa_key_id_t secret, derived = 7;
    CHECK(psa_import_key(&secret_attributes, text, 32, &secret) == PSA_SUCCESS);
    psa_key_attributes_t attributes = attributes_of(SE_VOLATILE, 0, AES, CRYPTS, CTR);
    psa_set_key_bits(&attributes, 128);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    CHECK(psa_key_derivation_setup(&operation, hkdf) == PSA_SUCCESS);
    CHECK(psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret) == PSA_SUCCESS);
    CHECK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, text, 3) == PSA_SUCCESS);
    CHECK(psa_key_derivation_output_key(&attributes, &operation, &derived) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(derived == 0 && psa_key_derivation_abort(&operation) == PSA_SUCCESS);
    CHECK(psa_destroy_key(secret) == PSA_SUCCESS);
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(!se_holds_key[i]);
    }
}

static unsigned held(void) {
    unsigned count = 0;
    for (size_t i = 0; i < SE_SLOTS; i++) {
        count += se_holds_key[i];
    }
    return count;
}

// What the driver has in storage says the same as the element.
static void check_data(void) {
    its_file_t *file = its_find(0xfffffe00 + SE_LOCATION);
    CHECK(file != NULL && file->size == sizeof(se_data_t));
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(((se_data_t *)file->data)->taken[i] == se_holds_key[i]);
    }
    CHECK(its_find(0xffffff74) == NULL); // no transaction is open
}

static psa_status_t make(psa_key_lifetime_t lifetime, psa_key_id_t id, bool generates, psa_key_id_t *key) {
    psa_key_attributes_t attributes = attributes_of(lifetime, id, AES, CRYPTS, CTR);
    psa_set_key_bits(&attributes, 128);
    return generates ? psa_generate_key(&attributes, key) : psa_import_key(&attributes, text, 16, key);
}

static bool works(psa_key_id_t key) {
    size_t length;
    psa_status_t status = psa_cipher_encrypt(key, CTR, text, 40, out, sizeof(out), &length);
    CHECK(status == PSA_SUCCESS || status == PSA_ERROR_INVALID_HANDLE);
    return status == PSA_SUCCESS;
}

static void volatile_keys(void) {
    psa_key_id_t key, other, stored;
    prepare();
    se_start();
    for (int generates = 0; generates < 2; generates++) {
        // Destroyed, closed, and gone with the core: the element lets go of each.
        CHECK(make(SE_VOLATILE, 0, generates, &key) == PSA_SUCCESS && held() == 1 && works(key));
        CHECK(psa_purge_key(key) == PSA_SUCCESS && works(key));
        CHECK(psa_destroy_key(key) == PSA_SUCCESS && held() == 0 && !works(key));
        CHECK(psa_destroy_key(key) == PSA_ERROR_INVALID_HANDLE);
        check_data();
        CHECK(make(SE_VOLATILE, 0, generates, &key) == PSA_SUCCESS);
        CHECK(psa_close_key(key) == PSA_SUCCESS && held() == 0 && !works(key));
        check_data();
        CHECK(make(SE_VOLATILE, 0, generates, &key) == PSA_SUCCESS);
        CHECK(make(SE_STORED, 3, generates, &stored) == PSA_SUCCESS);
        CHECK(make(SE_VOLATILE, 0, generates, &other) == PSA_SUCCESS && held() == 3);
        recorder_begin();
        mbedtls_psa_crypto_free();
        CHECK(held() == 1);
        expect_log("se.destroy se.destroy");
        check_data();
        se_start();
        CHECK(!works(key) && !works(other) && works(stored));
        CHECK(psa_destroy_key(stored) == PSA_SUCCESS && held() == 0);
        check_data();
    }
    // No room is left, and then there is again.
    psa_key_id_t keys[SE_SLOTS];
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(make(SE_VOLATILE, 0, true, &keys[i]) == PSA_SUCCESS);
    }
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_ERROR_INSUFFICIENT_STORAGE && key == 0);
    CHECK(psa_destroy_key(keys[1]) == PSA_SUCCESS && make(SE_VOLATILE, 0, true, &keys[1]) == PSA_SUCCESS);
    for (size_t i = 0; i < SE_SLOTS; i++) {
        CHECK(psa_destroy_key(keys[i]) == PSA_SUCCESS);
    }
    CHECK(held() == 0);
    check_data();
}

static void volatile_faults(void) {
    psa_key_id_t key = 7;
    prepare();
    se_start();
    static const char *const steps[] = { "se.allocate", "se.import", "se.generate" };
    for (size_t i = 0; i < 3; i++) {
        recorder_begin();
        recorder_force(steps[i], PSA_ERROR_HARDWARE_FAILURE, 1);
        key = 7;
        CHECK(make(SE_VOLATILE, 0, i == 2, &key) == PSA_ERROR_HARDWARE_FAILURE && key == 0 && held() == 0);
        check_data();
    }
    // The element does not answer when the key is destroyed: the status says so, the key is gone for the application.
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_SUCCESS);
    recorder_begin();
    recorder_force("se.destroy", PSA_ERROR_COMMUNICATION_FAILURE, 9);
    CHECK(psa_destroy_key(key) == PSA_ERROR_COMMUNICATION_FAILURE && !works(key));
    CHECK(strstr(recorder_log, "se.destroy") == recorder_log && strstr(recorder_log + 1, "se.destroy") == NULL);
    memset(se_holds_key, 0, sizeof(se_holds_key));
    mbedtls_psa_crypto_free();
    CHECK(psa_its_remove(0xfffffe00 + SE_LOCATION) == PSA_SUCCESS);
    se_start();
    // The storage is full: the key is destroyed all the same.
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_SUCCESS);
    its_faults = (its_faults_t){ .set = PSA_ERROR_INSUFFICIENT_STORAGE };
    CHECK(psa_destroy_key(key) == PSA_ERROR_INSUFFICIENT_STORAGE && held() == 0 && !works(key));
    its_faults = (its_faults_t){ 0 };
    // A key is destroyed under an operation: the element decides what becomes of that; nothing leaks.
    CHECK(make(SE_VOLATILE, 0, true, &key) == PSA_SUCCESS);
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    size_t length;
    CHECK(psa_cipher_encrypt_setup(&operation, key, CTR) == PSA_SUCCESS);
    CHECK(psa_cipher_set_iv(&operation, iv, 16) == PSA_SUCCESS);
    CHECK(psa_destroy_key(key) == PSA_SUCCESS);
    CHECK(psa_cipher_update(&operation, text, 16, out, 16, &length) == PSA_SUCCESS);
    CHECK(se_operations == 1 && psa_cipher_abort(&operation) == PSA_SUCCESS && se_operations == 0);
}

static void registration(void) {
    prepare();
    se_start();
    psa_key_attributes_t attributes = attributes_of(SE_STORED, 4, AES, CRYPTS, CTR);
    psa_set_key_bits(&attributes, 128);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_INVALID_ARGUMENT); // which slot?
    psa_set_key_slot_number(&attributes, 2);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_NOT_SUPPORTED); // nobody can say what is in the slot
    se_methods.key_management = NULL;
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_NOT_SUPPORTED);
    se_methods.key_management = &se_management;
    psa_set_key_lifetime(&attributes, SE_VOLATILE);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_INVALID_ARGUMENT);
    psa_set_key_lifetime(&attributes, PSA_KEY_LIFETIME_PERSISTENT);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_INVALID_ARGUMENT); // no element
    psa_set_key_lifetime(&attributes, SE_STORED);
    psa_set_key_bits(&attributes, 0);
    CHECK(mbedtls_psa_register_se_key(&attributes) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(its_find(4) == NULL && its_find(0xffffff74) == NULL);
    expect_log("");
}

const check_case_t element_key_scenarios[] = {
    { "refusals", refusals },
    { "derivation", derivation },
    { "volatile_keys", volatile_keys },
    { "volatile_faults", volatile_faults },
    { "registration", registration },
    { NULL, NULL },
};
