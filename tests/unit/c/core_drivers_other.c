// SPDX-License-Identifier: MIT
// Scenarios of verification, key agreement, cooked keys, copies and MACs.

// The inputs of a PAKE are the core's own structure.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include <stdio.h>
#include <string.h>

#include "psa/crypto_driver_pake.h"

#include "core_drivers.h"

#define VERIFY (PSA_KEY_USAGE_DERIVE | PSA_KEY_USAGE_VERIFY_DERIVATION)

// A P-256 point: the generator, which every implementation accepts as a public key.
static const uint8_t peer[65] = {
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5
};

// The recorders' key streams from 0x10 and 0x80.
static void stream(uint8_t *output, uint8_t first, size_t length) {
    for (size_t i = 0; i < length; i++) {
        output[i] = (uint8_t)(first + i);
    }
}

static void verify_bytes(void) {
    psa_key_id_t secret = make_key(SAFE, PSA_KEY_TYPE_DERIVE, 256, VERIFY, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t expected[32];
    size_t left = 0;
    stream(expected, 0x10, sizeof(expected));
    end("blank", psa_key_derivation_verify_bytes(&operation, expected, 4));

    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("same", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("different", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("goes on", psa_key_derivation_verify_bytes(&operation, expected + 16, 8));
    check(psa_key_derivation_get_capacity(&operation, &left) == PSA_SUCCESS && left == 255 * 32 - 24, "capacity");
    end("abort", abort_and_check(&operation));

    recorder_force("safe.verify_bytes", PSA_ERROR_NOT_SUPPORTED, 2);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("by the core", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("different", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("abort", abort_and_check(&operation));

    recorder_force("safe.verify_bytes", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("fails", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("exhausted", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("abort", abort_and_check(&operation));

    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_set_capacity(&operation, 7) == PSA_SUCCESS, "capacity");
    end("over", psa_key_derivation_verify_bytes(&operation, expected, 8));
    end("then", psa_key_derivation_verify_bytes(&operation, expected, 1));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

static void verify_key(void) {
    psa_key_id_t secret = make_key(SAFE, PSA_KEY_TYPE_DERIVE, 256, VERIFY, HKDF);
    // Material 1, 2, 3 … is not the stream; a key derived from it is.
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_key_location_t places[] = { SAFE, VAULT, HERE };
    const char *titles[] = { "inside", "other element", "local" };
    for (size_t i = 0; i < 3; i++) {
        psa_key_id_t good = 0;
        psa_key_attributes_t attributes = attributes_of(
            places[i], PSA_KEY_TYPE_PASSWORD_HASH, 128, PSA_KEY_USAGE_VERIFY_DERIVATION, HKDF);
        check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
        check(psa_key_derivation_output_key(&attributes, &operation, &good) == PSA_SUCCESS, "derived");
        check(abort_and_check(&operation) == PSA_SUCCESS, "abort");
        psa_key_id_t bad =
            make_key(places[i], PSA_KEY_TYPE_PASSWORD_HASH, 128, PSA_KEY_USAGE_VERIFY_DERIVATION, HKDF);
        check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
        end(titles[i], psa_key_derivation_verify_key(&operation, good));
        end("different", psa_key_derivation_verify_key(&operation, bad));
        end("abort", abort_and_check(&operation));
        destroy(good);
        destroy(bad);
    }

    psa_key_id_t expected =
        make_key(SAFE, PSA_KEY_TYPE_PASSWORD_HASH, 128, PSA_KEY_USAGE_VERIFY_DERIVATION, HKDF);
    recorder_force("safe.verify_key", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("fails", psa_key_derivation_verify_key(&operation, expected));
    end("exhausted", psa_key_derivation_verify_key(&operation, expected));
    end("abort", abort_and_check(&operation));
    recorder_force("safe.verify_key", PSA_ERROR_NOT_SUPPORTED, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("declined", psa_key_derivation_verify_key(&operation, expected));
    end("abort", abort_and_check(&operation));
    destroy(expected);

    expected = make_key(HERE, PSA_KEY_TYPE_PASSWORD_HASH, 128, PSA_KEY_USAGE_EXPORT, HKDF);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("usage", psa_key_derivation_verify_key(&operation, expected));
    end("abort", abort_and_check(&operation));
    destroy(expected);
    expected = make_key(HERE, PSA_KEY_TYPE_PASSWORD, 128, PSA_KEY_USAGE_VERIFY_DERIVATION, HKDF);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("type", psa_key_derivation_verify_key(&operation, expected));
    end("abort", abort_and_check(&operation));
    destroy(expected);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("no such key", psa_key_derivation_verify_key(&operation, 0x1234));
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

// Built-in code, which no driver is asked for: HKDF with SHA-384.
static void verify_policy(void) {
    psa_algorithm_t alg = PSA_ALG_HKDF(PSA_ALG_SHA_384);
    const psa_key_usage_t usages[] = { PSA_KEY_USAGE_DERIVE, PSA_KEY_USAGE_VERIFY_DERIVATION, VERIFY };
    const char *titles[] = { "derive", "verify", "both" };
    uint8_t output[16];
    uint8_t expected[16] = { 0 };
    for (size_t i = 3; i-- > 0;) {
        psa_key_id_t secret = make_key(HERE, PSA_KEY_TYPE_DERIVE, 256, usages[i], alg);
        psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
        for (int verify = 0; verify < 2; verify++) {
            char title[32];
            check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
            check(psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret) == PSA_SUCCESS,
                "secret");
            check(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, peer, 3) == PSA_SUCCESS,
                "info");
            snprintf(title, sizeof(title), "%s, %s", titles[i], verify ? "verify" : "output");
            if (verify) {
                end(title, psa_key_derivation_verify_bytes(&operation, expected, sizeof(expected)));
            } else {
                psa_key_id_t key = 0;
                psa_key_attributes_t attributes = attributes_of(HERE, PSA_KEY_TYPE_AES, 128, 0, 0);
                psa_status_t status = psa_key_derivation_output_key(&attributes, &operation, &key);
                check((status == PSA_SUCCESS) == (key != 0), "a key or an error");
                if (key != 0) {
                    destroy(key);
                    check(psa_key_derivation_abort(&operation) == PSA_SUCCESS, "abort");
                    check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
                    check(psa_key_derivation_input_key(
                              &operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret) == PSA_SUCCESS,
                        "secret");
                    check(psa_key_derivation_input_bytes(
                              &operation, PSA_KEY_DERIVATION_INPUT_INFO, peer, 3) == PSA_SUCCESS,
                        "info");
                }
                check(psa_key_derivation_output_bytes(&operation, output, sizeof(output)) == status,
                    "keys and bytes are allowed alike");
                end(title, status);
                if (status == PSA_SUCCESS) {
                    memcpy(expected, output, sizeof(expected));
                }
            }
            check(abort_and_check(&operation) == PSA_SUCCESS, "abort");
        }
        destroy(secret);
    }

    psa_key_id_t neither = make_key(HERE, PSA_KEY_TYPE_DERIVE, 256, PSA_KEY_USAGE_EXPORT, alg);
    psa_key_id_t salt = make_key(HERE, PSA_KEY_TYPE_RAW_DATA, 64, PSA_KEY_USAGE_DERIVE, alg);
    psa_key_id_t both = make_key(HERE, PSA_KEY_TYPE_DERIVE, 256, VERIFY, alg);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
    end("neither", psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, neither));
    check(psa_key_derivation_setup(&operation, alg) == PSA_SUCCESS, "set-up");
    check(psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SALT, salt) == PSA_SUCCESS, "salt");
    check(psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, both) == PSA_SUCCESS, "secret");
    check(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, peer, 3) == PSA_SUCCESS, "info");
    end("salt does not verify", psa_key_derivation_verify_bytes(&operation, expected, sizeof(expected)));
    end("abort", abort_and_check(&operation));
    destroy(neither);
    destroy(salt);
    destroy(both);
}

static psa_key_id_t make_pair(psa_key_location_t location, psa_algorithm_t alg) {
    return make_key(location, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, PSA_KEY_USAGE_DERIVE, alg);
}

static void raw_agreement(void) {
    uint8_t output[32];
    size_t length = 0;
    const psa_key_location_t places[] = { SAFE, VAULT, HERE };
    const char *titles[] = { "safe", "vault", "local" };
    for (size_t i = 0; i < 3; i++) {
        psa_key_id_t key = make_pair(places[i], PSA_ALG_ECDH);
        end(titles[i],
            psa_raw_key_agreement(PSA_ALG_ECDH, key, peer, sizeof(peer), output, sizeof(output), &length));
        show("secret", output, 4);
        if (i == 0) {
            recorder_force("safe.key_agreement", PSA_ERROR_HARDWARE_FAILURE, 1);
            end("fails",
                psa_raw_key_agreement(PSA_ALG_ECDH, key, peer, sizeof(peer), output, sizeof(output), &length));
            check(memcmp(output, "\xaa\xaa\xaa\xaa", 4) != 0, "the output of a failure is wiped");
            end("small", psa_raw_key_agreement(PSA_ALG_ECDH, key, peer, sizeof(peer), output, 31, &length));
        }
        destroy(key);
    }
}

static psa_status_t start_agreement(psa_key_derivation_operation_t *operation, psa_key_id_t key) {
    psa_status_t status = psa_key_derivation_setup(operation, PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, HKDF));
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_key_agreement(
            operation, PSA_KEY_DERIVATION_INPUT_SECRET, key, peer, sizeof(peer));
    }
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_input_bytes(operation, PSA_KEY_DERIVATION_INPUT_INFO, peer, 3);
    }
    return status;
}

static void agreement_to_key(void) {
    psa_key_id_t key = make_pair(SAFE, PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, HKDF));
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t output[8];
    end("agreement", start_agreement(&operation, key));
    end("output", psa_key_derivation_output_bytes(&operation, output, 8));
    end("abort", abort_and_check(&operation));

    end("agreement", start_agreement(&operation, key));
    end("abort at once", abort_and_check(&operation));

    check(start_agreement(&operation, key) == PSA_SUCCESS, "agreement");
    recorder_begin();
    recorder_force("safe.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    end("exported", psa_key_derivation_output_bytes(&operation, output, 8));
    end("abort", abort_and_check(&operation));

    check(start_agreement(&operation, key) == PSA_SUCCESS, "agreement");
    recorder_begin();
    recorder_force("safe.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    recorder_force("soft.setup", PSA_ERROR_NOT_SUPPORTED, 1);
    end("builtin", psa_key_derivation_output_bytes(&operation, output, 8));
    show("derived", output, 8);
    end("abort", abort_and_check(&operation));

    recorder_force("safe.key_agreement_to_key", PSA_ERROR_NOT_SUPPORTED, 1);
    end("declined", start_agreement(&operation, key));
    end("output", psa_key_derivation_output_bytes(&operation, output, 8));
    end("abort", abort_and_check(&operation));

    recorder_force("safe.key_agreement_to_key", PSA_ERROR_HARDWARE_FAILURE, 1);
    end("fails", start_agreement(&operation, key));
    end("abort", abort_and_check(&operation));

    check(start_agreement(&operation, key) == PSA_SUCCESS, "agreement");
    recorder_begin();
    recorder_force("safe.output_bytes", PSA_ERROR_HARDWARE_FAILURE, 1);
    end("output fails", psa_key_derivation_output_bytes(&operation, output, 8));
    end("abort", abort_and_check(&operation));

    check(start_agreement(&operation, key) == PSA_SUCCESS, "agreement");
    recorder_begin();
    recorder_force("safe.destroy_key", PSA_ERROR_COMMUNICATION_FAILURE, 1);
    end("destruction fails", abort_and_check(&operation));
    destroy(key);

    key = make_pair(VAULT, PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, HKDF));
    end("bytes only", start_agreement(&operation, key));
    end("output", psa_key_derivation_output_bytes(&operation, output, 8));
    end("abort", abort_and_check(&operation));
    destroy(key);
}

static void cooked_key(void) {
    psa_key_id_t secret = make_secret(HERE, HKDF);
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t attributes =
        attributes_of(HERE, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, PSA_KEY_USAGE_EXPORT, 0);
    psa_key_id_t key = 0;
    uint8_t output[32];
    size_t length = 0;
    size_t left = 0;

    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("at once", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(psa_export_key(key, output, sizeof(output), &length) == PSA_SUCCESS, "export");
    show("key", output, length);
    destroy(key);
    end("abort", abort_and_check(&operation));

    recorder_force("soft.derive_key", PSA_ERROR_INSUFFICIENT_DATA, 2);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("third candidate", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(psa_export_key(key, output, sizeof(output), &length) == PSA_SUCCESS, "export");
    show("key", output, length);
    check(psa_key_derivation_get_capacity(&operation, &left) == PSA_SUCCESS && left == 255 * 32 - 96, "capacity");
    destroy(key);
    end("abort", abort_and_check(&operation));

    recorder_force("soft.derive_key", PSA_ERROR_INSUFFICIENT_DATA, 9);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    check(psa_key_derivation_set_capacity(&operation, 80) == PSA_SUCCESS, "capacity");
    end("stream ends", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("abort", abort_and_check(&operation));

    recorder_force("soft.derive_key", PSA_ERROR_HARDWARE_FAILURE, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("fails", psa_key_derivation_output_key(&attributes, &operation, &key));
    end("exhausted", psa_key_derivation_output_bytes(&operation, output, 4));
    end("abort", abort_and_check(&operation));

    // The built-in code adds 1 to the first candidate that is small enough.
    recorder_force("soft.derive_key", PSA_ERROR_NOT_SUPPORTED, 1);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("builtin", psa_key_derivation_output_key(&attributes, &operation, &key));
    check(psa_export_key(key, output, sizeof(output), &length) == PSA_SUCCESS, "export");
    show("key", output, length);
    check(psa_key_derivation_get_capacity(&operation, &left) == PSA_SUCCESS && left == 255 * 32 - 32, "capacity");
    end("stream goes on", psa_key_derivation_output_bytes(&operation, output, 4));
    show("bytes", output, 4);
    destroy(key);
    end("abort", abort_and_check(&operation));

    // Not in the driver's list.
    attributes =
        attributes_of(HERE, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 255, PSA_KEY_USAGE_EXPORT, 0);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("other curve", psa_key_derivation_output_key(&attributes, &operation, &key));
    destroy(key);
    end("abort", abort_and_check(&operation));

    // Into an element: cooked here, imported there.
    attributes =
        attributes_of(VAULT, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, PSA_KEY_USAGE_EXPORT, 0);
    check(start_hkdf(&operation, secret, false) == PSA_SUCCESS, "inputs");
    end("into an element", psa_key_derivation_output_key(&attributes, &operation, &key));
    destroy(key);
    end("abort", abort_and_check(&operation));
    destroy(secret);
}

static void copy_across(void) {
    uint8_t output[16];
    size_t length = 0;
    const struct {
        const char *title;
        psa_key_location_t from;
        psa_key_location_t to;
        psa_key_usage_t usage;
    } cases[] = {
        { "local to element", HERE, SAFE, PSA_KEY_USAGE_COPY },
        { "element to local", SAFE, HERE, PSA_KEY_USAGE_COPY | PSA_KEY_USAGE_EXPORT },
        { "element to element", VAULT, SAFE, PSA_KEY_USAGE_COPY | PSA_KEY_USAGE_EXPORT },
        { "within an element", SAFE, SAFE, PSA_KEY_USAGE_COPY },
        { "not exportable", SAFE, HERE, PSA_KEY_USAGE_COPY },
        { "not copyable", HERE, SAFE, PSA_KEY_USAGE_EXPORT },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psa_key_id_t source = make_key(cases[i].from, PSA_KEY_TYPE_AES, 128, cases[i].usage, PSA_ALG_CTR);
        psa_key_id_t target = 0;
        psa_key_attributes_t attributes =
            attributes_of(cases[i].to, PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
        end(cases[i].title, psa_copy_key(source, &attributes, &target));
        if (target != 0) {
            psa_key_attributes_t actual = PSA_KEY_ATTRIBUTES_INIT;
            check(psa_get_key_attributes(target, &actual) == PSA_SUCCESS, "attributes");
            check(psa_get_key_usage_flags(&actual) == (cases[i].usage & PSA_KEY_USAGE_EXPORT),
                "the copy may not do more than the source");
            if ((cases[i].usage & PSA_KEY_USAGE_EXPORT) != 0) {
                check(psa_export_key(target, output, sizeof(output), &length) == PSA_SUCCESS && length == 16 &&
                        output[15] == 16,
                    "the copy is the key");
            }
            destroy(target);
        }
        destroy(source);
        recorder_begin();
    }
    psa_key_id_t source =
        make_key(VAULT, PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_COPY | PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
    psa_key_id_t target = 0;
    psa_key_attributes_t attributes = attributes_of(SAFE, 0, 0, PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
    recorder_force("safe.import_key", PSA_ERROR_HARDWARE_FAILURE, 1);
    end("import fails", psa_copy_key(source, &attributes, &target));
    recorder_force("vault.export_key", PSA_ERROR_HARDWARE_FAILURE, 1);
    end("export fails", psa_copy_key(source, &attributes, &target));
    destroy(source);
}

static void mac_verify(void) {
    psa_algorithm_t alg = PSA_ALG_HMAC(PSA_ALG_SHA_256);
    uint8_t mac[32];
    size_t length = 0;
    memset(mac, 0xac, sizeof(mac));
    psa_key_usage_t usage = PSA_KEY_USAGE_VERIFY_MESSAGE | PSA_KEY_USAGE_SIGN_MESSAGE;
    psa_key_id_t key = make_key(SAFE, PSA_KEY_TYPE_HMAC, 256, usage, alg);
    end("element", psa_mac_verify(key, alg, peer, 5, mac, 32));
    recorder_force("safe.mac_verify", PSA_ERROR_INVALID_SIGNATURE, 1);
    end("wrong", psa_mac_verify(key, alg, peer, 5, mac, 32));
    destroy(key);

    key = make_key(HERE, PSA_KEY_TYPE_HMAC, 256, usage, alg);
    end("transparent", psa_mac_verify(key, alg, peer, 5, mac, 32));
    check(psa_mac_compute(key, alg, peer, 5, mac, 32, &length) == PSA_SUCCESS, "MAC");
    recorder_force("soft.mac_verify", PSA_ERROR_NOT_SUPPORTED, 1);
    end("builtin", psa_mac_verify(key, alg, peer, 5, mac, 32));
    mac[0] ^= 1;
    recorder_force("soft.mac_verify", PSA_ERROR_NOT_SUPPORTED, 1);
    end("builtin, wrong", psa_mac_verify(key, alg, peer, 5, mac, 32));
    end("short", psa_mac_verify(key, alg, peer, 5, mac, 31));
    destroy(key);
    key = make_key(HERE, PSA_KEY_TYPE_HMAC, 256, PSA_KEY_USAGE_SIGN_MESSAGE, alg);
    end("policy", psa_mac_verify(key, alg, peer, 5, mac, 32));
    destroy(key);
}

// The accessors alone: J-PAKE itself, whose core calls them, is in the profile full only.
static void pake_inputs(void) {
    uint8_t password[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t output[8] = { 0 };
    uint8_t *context = NULL;
    size_t length = 0;
    psa_crypto_driver_pake_inputs_t inputs;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    memset(&inputs, 0, sizeof(inputs));
    end("no password", psa_crypto_driver_pake_get_password_bytes(&inputs, output, sizeof(output), &length));
    end("no key", psa_crypto_driver_pake_get_password_key(&inputs, &context, &length, &attributes));
    inputs.password = password;
    inputs.password_len = sizeof(password);
    inputs.attributes = attributes_of(HERE, PSA_KEY_TYPE_PASSWORD, 64, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE);
    end("small", psa_crypto_driver_pake_get_password_bytes(&inputs, output, 7, &length));
    end("bytes", psa_crypto_driver_pake_get_password_bytes(&inputs, output, 8, &length));
    show("password", output, length);
    inputs.attributes = attributes_of(SAFE, PSA_KEY_TYPE_PASSWORD, 64, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE);
    end("in an element", psa_crypto_driver_pake_get_password_bytes(&inputs, output, 8, &length));
    end("key", psa_crypto_driver_pake_get_password_key(&inputs, &context, &length, &attributes));
    check(context == password && length == 8, "the context is the core's");
    check(PSA_KEY_LIFETIME_GET_LOCATION(psa_get_key_lifetime(&attributes)) == SAFE, "with its attributes");
}

const check_case_t other_scenarios[] = {
    { "verify_bytes", verify_bytes },
    { "verify_key", verify_key },
    { "verify_policy", verify_policy },
    { "raw_agreement", raw_agreement },
    { "agreement_to_key", agreement_to_key },
    { "cooked_key", cooked_key },
    { "copy_across", copy_across },
    { "mac_verify", mac_verify },
    { "pake_inputs", pake_inputs },
    { NULL, NULL },
};
