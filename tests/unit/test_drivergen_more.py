# SPDX-License-Identifier: MIT
"""Generated code beyond dispatch: random generator, persistent state, cooked keys, key derivation drivers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit import drivergen_kit as kit
from tests.unit.drivergen_recorder import contexts_header, run

NOT_SUPPORTED = -134
INSUFFICIENT_DATA = -143
INSUFFICIENT_ENTROPY = -148
STORAGE = -146


def tables(folder: Path, description: dict[str, Any], source: str) -> list[str]:
    """Compiles psa_driver_tables.c of one driver with a program around it; returns what it prints."""
    gen = kit.emit(folder / "gen", description)
    include = folder / "include"
    include.mkdir()
    (include / description["headers"][0]).write_text(contexts_header([description["prefix"]]))
    (include / "config.h").write_text(
        "#define MBEDTLS_PSA_CRYPTO_CONFIG\n#define MBEDTLS_PSA_CRYPTO_C\n#define MBEDTLS_PLATFORM_C\n"
    )
    (include / "want.h").write_text('#define PSA_WANT_ALG_SHA_256 1\n#include "psa_accel_config.h"\n')
    if "MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG" not in (gen / "psa_accel_config.h").read_text():
        with (include / "config.h").open("a") as file:
            file.write("#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG\n")
    program = folder / "program.c"
    program.write_text(
        "#include <stdio.h>\n#include <string.h>\n"
        '#include "psa/crypto_driver_prototypes.h"\n#include "psa_driver_hooks.h"\n'
        '#include "psa/internal_trusted_storage.h"\n'
        "void mbedtls_platform_zeroize(void *buffer, size_t size) {\n    memset(buffer, 0, size);\n}\n" + source
    )
    flags = [
        *kit.include_flags(gen, include),
        '-DMBEDTLS_CONFIG_FILE="config.h"',
        '-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE="want.h"',
    ]
    return kit.compile_and_run(program, flags, gen / "psa_driver_tables.c").splitlines()


RANDOM = {"entry_points": ["random", "init_random", "add_entropy"], "initial_entropy_size": 48}

RANDOM_C = """
static int entropy_left = 1000, generator_left, refuse, calls;
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *length);
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *length) {
    if (entropy_left < (int)size) {
        return -1;
    }
    entropy_left -= (int)size;
    memset(output, 0x55, size);
    *length = size;
    return 0;
}
psa_status_t acme_init_random(acme_random_context_t *context) {
    for (size_t i = 0; i < sizeof(context->bytes); i++) {
        if (context->bytes[i] != 0) {
            printf("dirty ");
        }
    }
    context->bytes[0] = 1;
    printf("init ");
    return PSA_SUCCESS;
}
psa_status_t acme_add_entropy(acme_random_context_t *context, const uint8_t *entropy, size_t entropy_size) {
    printf("+%d ", (int)entropy_size);
    generator_left = refuse ? 0 : 40;
    return PSA_SUCCESS;
}
psa_status_t acme_get_random(acme_random_context_t *context, uint8_t *output, size_t output_size,
    size_t *output_length) {
    calls++;
    size_t size = output_size < (size_t)generator_left ? output_size : (size_t)generator_left;
    memset(output, 0xaa, size);
    generator_left -= (int)size;
    *output_length = size;
    return size == 0 ? PSA_ERROR_INSUFFICIENT_ENTROPY : PSA_SUCCESS;
}
static void ask(size_t size) {
    uint8_t output[256] = { 0 };
    size_t length = 7;
    psa_status_t status = mbedtls_psa_external_get_random(NULL, output, size, &length);
    int good = 1, empty = 1;
    for (size_t i = 0; i < size; i++) {
        good = good && output[i] == 0xaa;
        empty = empty && output[i] == 0;
    }
    printf("%d %d %s\\n", (int)status, (int)length, good ? "filled" : empty ? "wiped" : "mixed");
}
int main(void) {
    ask(16);
    ask(100);
    psa_driver_random_free();
    ask(8);
    entropy_left = 0;
    ask(64);
    entropy_left = 1000;
    refuse = 1;
    ask(64);
    psa_driver_random_free();
    entropy_left = 0;
    ask(1);
    return 0;
}
"""


def test_random_generator_of_a_driver(tmp_path: Path) -> None:
    """Seeded with what it asked for, fed when it runs dry, never less than was asked for."""
    driver = kit.transparent(RANDOM)
    assert tables(tmp_path, driver, RANDOM_C) == [
        "init +32 +16 0 16 filled",
        "+32 +32 0 100 filled",
        "init +32 +16 0 8 filled",
        f"{INSUFFICIENT_ENTROPY} 0 wiped",
        f"+32 {INSUFFICIENT_ENTROPY} 0 wiped",
        f"init {INSUFFICIENT_ENTROPY} 0 wiped",
    ]


STATE_C = """
static uint8_t stored[64];
static size_t stored_size;
static int exists, broken, writes;
psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *info) {
    info->size = stored_size;
    return broken ? PSA_ERROR_STORAGE_FAILURE : exists ? PSA_SUCCESS : PSA_ERROR_DOES_NOT_EXIST;
}
psa_status_t psa_its_get(psa_storage_uid_t uid, uint32_t offset, uint32_t size, void *data, size_t *length) {
    memcpy(data, stored + offset, size);
    *length = size;
    return PSA_SUCCESS;
}
psa_status_t psa_its_set(psa_storage_uid_t uid, uint32_t size, const void *data, psa_storage_create_flags_t flags) {
    memcpy(stored, data, size);
    stored_size = size;
    exists = 1;
    writes++;
    return PSA_SUCCESS;
}
static void show(const char *title) {
    uint8_t *state = NULL;
    psa_driver_state_enter(&psa_driver_state_safe);
    psa_status_t status = psa_crypto_driver_get_persistent_state(&state);
    printf("%s %d", title, (int)status);
    for (int i = 0; i < 4; i++) {
        printf(" %d", state[i]);
    }
    printf("\\n");
    psa_driver_state_leave();
}
int main(void) {
    uint8_t *state;
    printf("load %d\\n", (int)psa_driver_state_load());
    show("first");
    printf("outside %d %d\\n", (int)psa_crypto_driver_get_persistent_state(&state),
        (int)psa_crypto_driver_commit_persistent_state(0, 1));
    psa_driver_state_enter(&psa_driver_state_safe);
    psa_crypto_driver_get_persistent_state(&state);
    memcpy(state, "\\1\\2\\3\\4", 4);
    printf("range %d %d %d\\n", (int)psa_crypto_driver_commit_persistent_state(4, 1),
        (int)psa_crypto_driver_commit_persistent_state(5, 0),
        (int)psa_crypto_driver_commit_persistent_state(1, (size_t)-1));
    printf("writes %d\\n", writes);
    printf("commit %d\\n", (int)psa_crypto_driver_commit_persistent_state(1, 2));
    psa_driver_state_leave();
    psa_driver_state_unload();
    psa_driver_state_load();
    show("again");
    stored_size = 2;
    psa_driver_state_load();
    show("shorter");
    stored_size = 9;
    psa_driver_state_load();
    show("longer");
    broken = 1;
    printf("broken %d\\n", (int)psa_driver_state_load());
    show("wiped");
    return 0;
}
"""


def test_persistent_state_of_an_opaque_driver(tmp_path: Path) -> None:
    driver = kit.opaque(persistent_state_size=4)
    assert tables(tmp_path, driver, STATE_C) == [
        "load 0",
        "first 0 0 0 0 0",
        "outside -137 -137",
        "range -135 -135 -135",
        "writes 0",
        "commit 0",
        "again 0 1 2 3 4",
        "shorter 0 1 2 0 0",
        "longer 0 1 2 3 4",
        f"broken {STORAGE}",
        "wiped 0 0 0 0 0",
    ]


def test_cooked_keys(tmp_path: Path) -> None:
    """A driver gets piece after piece of the key stream until it is content; its memory begins at zero."""
    pair = "PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"
    derive = {"entry_points": ["derive_key"], "derived_types": [pair], "derived_sizes": [256]}
    drivers = [
        kit.transparent({**derive, "fallback": True}, prefix="one", headers=["one.h"]),
        kit.transparent({**derive, "memory": True}, prefix="two", headers=["two.h"]),
    ]
    main = f"""
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t attributes = key_of({pair}, 256, 0);
    note(psa_driver_derive_key_length(&attributes) == 32 ? "32" : "wrong length");
    end("length", 0);
    end("first", psa_driver_wrapper_derive_key(&attributes, &operation, data, 32, out, 32, &length));
    force("one_derive_key", PSA_ERROR_NOT_SUPPORTED);
    end("fallback", psa_driver_wrapper_derive_key(&attributes, &operation, data, 32, out, 32, &length));
    force("one_derive_key", PSA_ERROR_INSUFFICIENT_DATA);
    stream_left = 2;
    end("starved", psa_driver_wrapper_derive_key(&attributes, &operation, data, 32, out, 32, &length));
    attributes = key_of({pair}, 384, 0);
    end("size", psa_driver_wrapper_derive_key(&attributes, &operation, data, 48, out, 48, &length));"""
    extra = """
static int stream_left;
psa_status_t psa_key_derivation_output_bytes(psa_key_derivation_operation_t *operation, uint8_t *output,
    size_t output_length) {
    note("stream");
    return stream_left-- > 0 ? PSA_SUCCESS : PSA_ERROR_INSUFFICIENT_DATA;
}
void mbedtls_zeroize_and_free(void *buffer, size_t size) {
    free(buffer);
}
"""
    assert run(tmp_path, drivers, main, extra) == {
        "length": "32 = 0",
        "first": "one_derive_key = 0",
        "fallback": "one_derive_key two_derive_key = 0",
        "starved": f"one_derive_key stream one_derive_key stream one_derive_key stream = {INSUFFICIENT_DATA}",
        "size": f" = {NOT_SUPPORTED}",
    }


def test_key_derivation_goes_by_the_location_of_the_secret(tmp_path: Path) -> None:
    hkdf = ["PSA_ALG_HKDF(PSA_ALG_ANY_HASH)"]
    acme = kit.transparent({"entry_points": ["key_derivation"], "algorithms": hkdf, "fallback": True})
    safe = kit.opaque(
        {
            "entry_points": [
                "key_derivation",
                "key_derivation_output_key",
                "key_derivation_set_capacity",
                "key_derivation_verify_key",
            ],
            "algorithms": hkdf,
        }
    )
    main = """
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_attributes_t secret = key_of(PSA_KEY_TYPE_DERIVE, 256, 0x800001);
    psa_algorithm_t hkdf = PSA_ALG_HKDF(PSA_ALG_SHA_256);
    psa_driver_wrapper_key_derivation_setup(&operation, hkdf, &secret, NULL);
    psa_driver_wrapper_key_derivation_set_capacity(&operation, 100);
    psa_driver_wrapper_key_derivation_output_bytes(&operation, out, 16);
    psa_status_t inside = psa_driver_wrapper_key_derivation_output_key(&secret, &operation, out, 8, &length);
    note(inside == PSA_SUCCESS ? "inside" : "outside");
    psa_key_attributes_t local = key_of(PSA_KEY_TYPE_AES, 128, 0);
    psa_status_t outside = psa_driver_wrapper_key_derivation_output_key(&local, &operation, out, 8, &length);
    note(outside == PSA_ERROR_NOT_SUPPORTED ? "other location" : "wrong");
    psa_status_t verify = psa_driver_wrapper_key_derivation_verify_bytes(&operation, data, 8);
    note(verify == PSA_ERROR_NOT_SUPPORTED ? "by the core" : "wrong");
    psa_status_t status = psa_driver_wrapper_key_derivation_abort(&operation);
    check_zero(&operation, sizeof(operation));
    end("opaque", status);

    status = psa_driver_wrapper_key_derivation_setup(&operation, hkdf, NULL, NULL);
    psa_driver_wrapper_key_derivation_output_bytes(&operation, out, 16);
    psa_driver_wrapper_key_derivation_abort(&operation);
    end("bytes", status);

    force("acme_key_derivation_setup", PSA_ERROR_NOT_SUPPORTED);
    status = psa_driver_wrapper_key_derivation_setup(&operation, hkdf, NULL, NULL);
    check_zero(&operation, sizeof(operation));
    end("fallback", status);
    psa_algorithm_t prf = PSA_ALG_TLS12_PRF(PSA_ALG_SHA_256);
    end("other", psa_driver_wrapper_key_derivation_setup(&operation, prf, &secret, NULL));
    end("idle", psa_driver_wrapper_key_derivation_abort(&operation));"""
    assert run(tmp_path, [acme, safe], main) == {
        "opaque": "safe_key_derivation_setup safe_key_derivation_set_capacity safe_key_derivation_output_bytes "
        "safe_key_derivation_output_key inside other location by the core safe_key_derivation_abort = 0",
        "bytes": "acme_key_derivation_setup acme_key_derivation_output_bytes acme_key_derivation_abort = 0",
        "fallback": f"acme_key_derivation_setup = {NOT_SUPPORTED}",
        "other": f" = {NOT_SUPPORTED}",
        "idle": " = 0",
    }


def test_key_agreement_into_a_key(tmp_path: Path) -> None:
    main = """
    psa_key_attributes_t ours = key_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, 0x800001);
    psa_key_attributes_t secret = key_of(PSA_KEY_TYPE_DERIVE, 256, 0x800001);
    end("inside", psa_driver_wrapper_key_agreement_to_key(&ours, data, 8, PSA_ALG_ECDH, data, 65, &secret, out, 8,
        &length));
    ours = key_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, 0);
    end("local", psa_driver_wrapper_key_agreement_to_key(&ours, data, 32, PSA_ALG_ECDH, data, 65, &secret, out, 8,
        &length));"""
    driver = kit.opaque({"entry_points": ["key_agreement_to_key"]})
    assert run(tmp_path, [driver], main) == {
        "inside": "safe_key_agreement_to_key = 0",
        "local": f" = {NOT_SUPPORTED}",
    }


def test_random_generator_rules() -> None:
    (found,) = kit.faults(kit.transparent({**RANDOM, "fallback": True}))
    assert "no built-in one" in found.problem
    lonely = {"entry_points": ["random"], "initial_entropy_size": 0}
    (found,) = kit.faults(
        kit.transparent(lonely),
        kit.transparent({"entry_points": ["get_entropy"]}, prefix="trng", headers=[]),
    )
    assert '"get_random" without "add_entropy"' in found.problem
