// SPDX-License-Identifier: MIT
// Scenarios of key derivation: who works, in which order, what the driver sees, and how it ends.

#include <stdio.h>
#include <string.h>

#include "core_drivers.h"

#define INPUT(step) PSA_KEY_DERIVATION_INPUT_##step

static const uint8_t bytes[32] = { 7, 8, 9, 10 };

// Two outputs and an abort, under the given titles.
static void read_twice(psa_key_derivation_operation_t *operation, const char *title) {
    uint8_t output[16];
    end(title, psa_key_derivation_output_bytes(operation, output, 10));
    show("first", output, 10);
    end("again", psa_key_derivation_output_bytes(operation, output, 4));
    show("second", output, 4);
    end("abort", abort_and_check(operation));
}

static void secret_in_element(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    end("inputs", start_hkdf(&operation, secret, true));
    read_twice(&operation, "output");
    destroy(secret);
}

static void secret_local(void) {
    psa_key_id_t secret = make_secret(HERE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    end("inputs", start_hkdf(&operation, secret, false));
    read_twice(&operation, "output");
    destroy(secret);
}

static void secret_bytes(void) {
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    check(psa_key_derivation_setup(&operation, HKDF) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_bytes(&operation, INPUT(SECRET), bytes, 32) == PSA_SUCCESS, "secret");
    check(psa_key_derivation_input_bytes(&operation, INPUT(INFO), NULL, 0) == PSA_SUCCESS, "info");
    read_twice(&operation, "output");
}

// The same derivation by the built-in code alone: RFC 5869 over the inputs of start_hkdf().
static void fallback_to_builtin(void) {
    psa_key_id_t secret = make_secret(HERE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    end("inputs", start_hkdf(&operation, secret, true));
    recorder_force("soft.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    read_twice(&operation, "output");
    destroy(secret);
}

static void fallback_from_element(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    recorder_force("safe.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    read_twice(&operation, "transparent");

    recorder_force("safe.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    recorder_force("soft.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    read_twice(&operation, "builtin");

    uint8_t output[4] = { 1, 2, 3, 4 };
    recorder_force("safe.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    recorder_force("safe.export_key", PSA_ERROR_NOT_PERMITTED, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    end("no export", psa_key_derivation_output_bytes(&operation, output, 4));
    show("output", output, 4);
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

// An element without key derivation, under an algorithm that drivers have and one that none has.
static void element_that_only_exports(void) {
    psa_key_id_t secret = make_secret(VAULT, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    end("inputs", start_hkdf(&operation, secret, true));
    read_twice(&operation, "transparent");
    destroy(secret);

    psa_algorithm_t alg = PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_256);
    secret = make_secret(VAULT, alg);
    check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_bytes(&operation, INPUT(SALT), bytes, 3) == PSA_SUCCESS, "salt");
    end("exported at once", psa_key_derivation_input_key(&operation, INPUT(SECRET), secret));
    read_twice(&operation, "builtin");

    recorder_force("vault.export_key", PSA_ERROR_COMMUNICATION_FAILURE, 1);
    check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_bytes(&operation, INPUT(SALT), bytes, 3) == PSA_SUCCESS, "salt");
    end("export fails", psa_key_derivation_input_key(&operation, INPUT(SECRET), secret));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

// Inputs of another element than the secret's are exported; those of its own are passed as keys.
static void other_inputs_in_elements(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_id_t near = make_key(SAFE, PSA_KEY_TYPE_RAW_DATA, 128, PSA_KEY_USAGE_DERIVE, HKDF);
    psa_key_id_t far = make_key(VAULT, PSA_KEY_TYPE_RAW_DATA, 64, PSA_KEY_USAGE_DERIVE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    check(psa_key_derivation_setup(&operation, HKDF) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_key(&operation, INPUT(SALT), near) == PSA_SUCCESS, "salt");
    check(psa_key_derivation_input_key(&operation, INPUT(SECRET), secret) == PSA_SUCCESS, "secret");
    check(psa_key_derivation_input_key(&operation, INPUT(INFO), far) == PSA_SUCCESS, "info");
    read_twice(&operation, "output");
    destroy(secret);
    destroy(near);
    destroy(far);
}

static void password_in_parts(void) {
    psa_algorithm_t alg = PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256);
    psa_key_id_t password = make_key(HERE, PSA_KEY_TYPE_PASSWORD, 64, PSA_KEY_USAGE_DERIVE, alg);
    psa_key_id_t salt = make_key(HERE, PSA_KEY_TYPE_RAW_DATA, 64, PSA_KEY_USAGE_DERIVE, alg);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    for (int round = 0; round < 2; round++) {
        if (round == 1) {
            recorder_force("soft.setup", PSA_ERROR_NOT_SUPPORTED, 1);
        }
        check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
        check(psa_key_derivation_input_integer(&operation, INPUT(COST), 3) == PSA_SUCCESS, "cost");
        check(psa_key_derivation_input_bytes(&operation, INPUT(SALT), bytes, 3) == PSA_SUCCESS, "salt");
        check(psa_key_derivation_input_key(&operation, INPUT(SALT), salt) == PSA_SUCCESS, "more salt");
        check(psa_key_derivation_input_key(&operation, INPUT(PASSWORD), password) == PSA_SUCCESS, "password");
        read_twice(&operation, round == 0 ? "driver" : "builtin");
    }
    destroy(password);
    destroy(salt);
}

// A driver for the algorithm changes nothing about which inputs are refused, when, and with which status.
static void bad_inputs(void) {
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_algorithm_t psk = PSA_ALG_TLS12_PSK_TO_MS(PSA_ALG_SHA_256);
    psa_algorithm_t pbkdf2 = PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256);
    static uint8_t long_psk[PSA_TLS12_PSK_TO_MS_PSK_MAX_SIZE + 1];
    const struct {
        const char *title;
        psa_algorithm_t alg;
        // The last one is refused; 0: none. Its value is its length, or an integer.
        psa_key_derivation_step_t steps[4];
        size_t length;
    } cases[] = {
        { "hkdf label", HKDF, { INPUT(LABEL) }, 3 },
        { "hkdf cost", HKDF, { INPUT(COST) }, 3 },
        { "hkdf salt twice", HKDF, { INPUT(SALT), INPUT(SALT) }, 3 },
        { "hkdf salt late", HKDF, { INPUT(SECRET), INPUT(SALT) }, 3 },
        { "hkdf secret twice", HKDF, { INPUT(SECRET), INPUT(SECRET) }, 3 },
        { "hkdf info twice", HKDF, { INPUT(INFO), INPUT(INFO) }, 3 },
        { "psk secret first", psk, { INPUT(SECRET) }, 3 },
        { "psk label early", psk, { INPUT(SEED), INPUT(LABEL) }, 3 },
        { "psk other late", psk, { INPUT(SEED), INPUT(SECRET), INPUT(OTHER_SECRET) }, 3 },
        { "psk long", psk, { INPUT(SEED), INPUT(SECRET) }, sizeof(long_psk) },
        { "pbkdf2 salt first", pbkdf2, { INPUT(SALT) }, 3 },
        { "pbkdf2 no salt", pbkdf2, { INPUT(COST), INPUT(PASSWORD) }, 3 },
        { "pbkdf2 cost twice", pbkdf2, { INPUT(COST), INPUT(COST) }, 3 },
        { "pbkdf2 no cost", pbkdf2, { INPUT(COST) }, 0 },
        { "pbkdf2 info", pbkdf2, { INPUT(COST), INPUT(INFO) }, 3 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psa_status_t status = psa_key_derivation_setup(&operation, cases[i].alg);
        for (size_t step = 0; step < 4 && cases[i].steps[step] != 0; step++) {
            bool last = step == 3 || cases[i].steps[step + 1] == 0;
            check(status == PSA_SUCCESS, cases[i].title);
            size_t value = last ? cases[i].length : 3;
            if (cases[i].steps[step] == INPUT(COST)) {
                status = psa_key_derivation_input_integer(&operation, INPUT(COST), value);
            } else {
                status = psa_key_derivation_input_bytes(&operation, cases[i].steps[step], long_psk, value);
            }
        }
        end(cases[i].title, status);
        uint8_t output[4];
        check(psa_key_derivation_output_bytes(&operation, output, 4) == PSA_ERROR_BAD_STATE, "it is aborted");
        check(abort_and_check(&operation) == PSA_SUCCESS, "abort");
    }

    uint8_t output[4];
    check(psa_key_derivation_setup(&operation, HKDF) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_bytes(&operation, INPUT(SECRET), bytes, 3) == PSA_SUCCESS, "secret");
    end("info missing", psa_key_derivation_output_bytes(&operation, output, 4));
    end("then", psa_key_derivation_output_bytes(&operation, output, 4));
    end("abort", abort_and_check(&operation));
    end("unknown", psa_key_derivation_setup(&operation, (psa_algorithm_t)0x88000200));
    end("no hash", psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_MD5)));
}

static void late_input(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t output[4];
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_output_bytes(&operation, output, 4) == PSA_SUCCESS, "output");
    recorder_begin();
    end("input after output", psa_key_derivation_input_bytes(&operation, INPUT(SALT), bytes, 3));
    end("abort", abort_and_check(&operation));

    recorder_force("safe.setup", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("fails", psa_key_derivation_output_bytes(&operation, output, 4));
    end("input after failure", psa_key_derivation_input_bytes(&operation, INPUT(SALT), bytes, 3));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

static void long_inputs(void) {
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t output[4];
    end("set-up", psa_key_derivation_setup(&operation, VENDOR_ALG));
    end("secret", psa_key_derivation_input_bytes(&operation, INPUT(SECRET), bytes, 16));
    end("long", psa_key_derivation_input_bytes(&operation, 0x8001, bytes, 20));
    end("more", psa_key_derivation_input_bytes(&operation, 0x8001, bytes, 12));
    end("other", psa_key_derivation_input_bytes(&operation, 0x8002, bytes, 1));
    end("output", psa_key_derivation_output_bytes(&operation, output, 4));
    end("too late", psa_key_derivation_input_bytes(&operation, 0x8001, bytes, 1));
    end("abort", abort_and_check(&operation));

    recorder_force("soft.input_step", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(psa_key_derivation_setup(&operation, VENDOR_ALG) == PSA_SUCCESS, "set-up");
    end("fails", psa_key_derivation_input_bytes(&operation, 0x8001, bytes, 20));
    end("abort", abort_and_check(&operation));

    recorder_force("soft.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    check(psa_key_derivation_setup(&operation, VENDOR_ALG) == PSA_SUCCESS, "set-up");
    end("nobody", psa_key_derivation_output_bytes(&operation, output, 4));
    end("abort", abort_and_check(&operation));
}

static void failing_steps(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t output[4] = { 0 };
    recorder_force("safe.setup", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    end("setup fails", psa_key_derivation_output_bytes(&operation, output, 4));
    show("output", output, 4);
    end("exhausted", psa_key_derivation_output_bytes(&operation, output, 4));
    end("abort", abort_and_check(&operation));

    memset(output, 0, sizeof(output));
    recorder_force("safe.output_bytes", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    end("output fails", psa_key_derivation_output_bytes(&operation, output, 4));
    show("output", output, 4);
    end("exhausted", psa_key_derivation_output_bytes(&operation, output, 4));
    end("abort", abort_and_check(&operation));

    recorder_force("safe.output_bytes", PSA_ERROR_NOT_SUPPORTED, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    end("no way back", psa_key_derivation_output_bytes(&operation, output, 4));
    end("abort", abort_and_check(&operation));

    recorder_force("safe.abort", PSA_ERROR_COMMUNICATION_FAILURE, 1);
    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_output_bytes(&operation, output, 4) == PSA_SUCCESS, "output");
    recorder_begin();
    recorder_force("safe.abort", PSA_ERROR_COMMUNICATION_FAILURE, 1);
    end("abort fails", abort_and_check(&operation));

    check(start_hkdf(&operation, secret, true) == PSA_SUCCESS, "inputs");
    end("abort before set-up", abort_and_check(&operation));
    destroy(secret);
}

static void capacity(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t output[32];
    size_t left = 0;
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_get_capacity(&operation, &left) == PSA_SUCCESS && left == 255 * 32, "capacity of HKDF");
    end("before set-up", psa_key_derivation_set_capacity(&operation, 20));
    end("output", psa_key_derivation_output_bytes(&operation, output, 8));
    end("more than there is", psa_key_derivation_set_capacity(&operation, 13));
    end("less", psa_key_derivation_set_capacity(&operation, 9));
    check(psa_key_derivation_get_capacity(&operation, &left) == PSA_SUCCESS && left == 9, "capacity that was set");
    end("over", psa_key_derivation_output_bytes(&operation, output, 10));
    end("nothing left", psa_key_derivation_output_bytes(&operation, output, 1));
    end("abort", abort_and_check(&operation));

    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_output_bytes(&operation, output, 8) == PSA_SUCCESS, "output");
    recorder_begin();
    recorder_force("safe.set_capacity", PSA_ERROR_HARDWARE_FAILURE, 1);
    end("fails", psa_key_derivation_set_capacity(&operation, 9));
    end("exhausted", psa_key_derivation_output_bytes(&operation, output, 1));
    end("abort", abort_and_check(&operation));

    recorder_force("safe.set_capacity", PSA_ERROR_NOT_SUPPORTED, 9);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_set_capacity(&operation, 9) == PSA_SUCCESS, "capacity");
    end("the core's alone", psa_key_derivation_output_bytes(&operation, output, 9));
    end("over", psa_key_derivation_output_bytes(&operation, output, 1));
    end("abort", abort_and_check(&operation));

    check(psa_key_derivation_setup(&operation, VENDOR_ALG) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_set_capacity(&operation, PSA_KEY_DERIVATION_UNLIMITED_CAPACITY) == PSA_SUCCESS,
        "unlimited stays unlimited");
    end("unlimited", psa_key_derivation_output_bytes(&operation, output, 9));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

static void output_key_inside(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t attributes =
        attributes_of(SAFE, PSA_KEY_TYPE_DERIVE, 128, PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_DERIVE, HKDF);
    psa_key_id_t key = 0;
    uint8_t output[32];
    size_t length = 0;
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("inside", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("bytes after", psa_key_derivation_output_bytes(&operation, output, 2));
    show("bytes", output, 2);
    end("export", psa_export_key(key, output, sizeof(output), &length));
    show("key", output, length);
    destroy(key);
    end("abort", abort_and_check(&operation));

    recorder_force("safe.output_key", PSA_ERROR_NOT_SUPPORTED, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("declined", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(psa_export_key(key, output, sizeof(output), &length) == PSA_SUCCESS, "export");
    show("key", output, length);
    recorder_begin();
    destroy(key);
    end("abort", abort_and_check(&operation));

    recorder_force("safe.output_key", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("fails", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(key == 0, "no key");
    end("exhausted", psa_key_derivation_output_bytes(&operation, output, 2));
    end("abort", abort_and_check(&operation));

    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_set_capacity(&operation, 15) == PSA_SUCCESS, "capacity");
    end("over", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("abort", abort_and_check(&operation));

    attributes = attributes_of(SAFE, PSA_KEY_TYPE_DERIVE, 130, PSA_KEY_USAGE_DERIVE, HKDF);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("odd size", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(abort_and_check(&operation) == PSA_SUCCESS, "abort");
    recorder_begin();
    destroy(secret);
}

// A key pair may take more of the stream than it is long: the driver has to know the capacity, and to hold to it.
static void output_cooked_key_inside(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t attributes = attributes_of(
        SAFE, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, PSA_KEY_USAGE_EXPORT, PSA_ALG_ECDH);
    psa_key_id_t key = 0;
    uint8_t output[32];
    size_t length = 0;
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_set_capacity(&operation, 70) == PSA_SUCCESS, "capacity");
    end("inside", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("export", psa_export_key(key, output, sizeof(output), &length));
    show("key", output, length);
    destroy(key);
    recorder_begin();
    end("less", psa_key_derivation_set_capacity(&operation, 35));
    // Its first candidate is no key, and for a second one too little is left.
    recorder_force("safe.output_key", PSA_ERROR_INSUFFICIENT_DATA, 1);
    end("stream ends", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(key == 0, "no key");
    end("exhausted", psa_key_derivation_output_bytes(&operation, output, 1));
    end("abort", abort_and_check(&operation));

    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_set_capacity(&operation, 31) == PSA_SUCCESS, "capacity");
    end("over", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

static void output_key_elsewhere(void) {
    psa_key_id_t secret = make_secret(SAFE, HKDF);
    const psa_key_location_t places[] = { HERE, VAULT };
    for (size_t i = 0; i < 2; i++) {
        psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
        psa_key_attributes_t attributes =
            attributes_of(places[i], PSA_KEY_TYPE_DERIVE, 128, PSA_KEY_USAGE_EXPORT, PSA_ALG_NONE);
        psa_key_id_t key = 0;
        uint8_t output[32];
        size_t length = 0;
        check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
        end(i == 0 ? "local" : "other element", psa_key_derivation_output_key(&attributes, &operation, &key));
        check(psa_export_key(key, output, sizeof(output), &length) == PSA_SUCCESS, "export");
        show("key", output, length);
        recorder_begin();
        destroy(key);
        end("abort", abort_and_check(&operation));
    }
    destroy(secret);

    // From a transparent driver into an element.
    secret = make_secret(HERE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t attributes = attributes_of(SAFE, PSA_KEY_TYPE_DERIVE, 128, PSA_KEY_USAGE_EXPORT, PSA_ALG_NONE);
    psa_key_id_t key = 0;
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("into the element", psa_key_derivation_output_key(&attributes, &operation, &key));
    destroy(key);
    end("abort", abort_and_check(&operation));

    // Bytes as the secret give no key.
    check(psa_key_derivation_setup(&operation, HKDF) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_bytes(&operation, INPUT(SECRET), bytes, 32) == PSA_SUCCESS, "secret");
    check(psa_key_derivation_input_bytes(&operation, INPUT(INFO), bytes, 2) == PSA_SUCCESS, "info");
    end("no key from bytes", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

const check_case_t derivation_scenarios[] = {
    { "secret_in_element", secret_in_element },
    { "secret_local", secret_local },
    { "secret_bytes", secret_bytes },
    { "fallback_to_builtin", fallback_to_builtin },
    { "fallback_from_element", fallback_from_element },
    { "element_that_only_exports", element_that_only_exports },
    { "other_inputs_in_elements", other_inputs_in_elements },
    { "password_in_parts", password_in_parts },
    { "bad_inputs", bad_inputs },
    { "late_input", late_input },
    { "long_inputs", long_inputs },
    { "failing_steps", failing_steps },
    { "capacity", capacity },
    { "output_key_inside", output_key_inside },
    { "output_cooked_key_inside", output_cooked_key_inside },
    { "output_key_elsewhere", output_key_elsewhere },
    { NULL, NULL },
};
