# SPDX-License-Identifier: MIT
"""The generated dispatch keeps the order, the fallback rule and the life cycle of the driver interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit import drivergen_kit as kit
from tests.unit.drivergen_recorder import run
from tools.drivergen.accel import accelerated

SHA256 = "PSA_ALG_SHA_256"
NOT_SUPPORTED = -134
STORAGE = -146
INVALID_SIGNATURE = -149
INVALID_ARGUMENT = -135

AES = "psa_key_attributes_t attributes = key_of(PSA_KEY_TYPE_AES, 128, PSA_KEY_LOCATION_LOCAL_STORAGE);"


def first(prefix: str, names: list[str], **more: Any) -> dict[str, Any]:
    return {
        "prefix": prefix,
        "type": "transparent",
        "headers": [f"{prefix}.h"],
        "capabilities": [{"entry_points": names, **more}],
    }


def test_order_and_fallback(tmp_path: Path) -> None:
    """Drivers are asked in order; only a declared fallback and NOT_SUPPORTED lead to the next."""
    call = "length = 0; status = psa_driver_wrapper_hash_compute(%s, data, 3, out, sizeof(out), &length);"
    lines = ["    psa_status_t status;"]
    for title, forced, alg in (
        ("first", "", SHA256),
        ("fallback", 'force("one_hash_compute", PSA_ERROR_NOT_SUPPORTED);', SHA256),
        (
            "builtin",
            'force("one_hash_compute", PSA_ERROR_NOT_SUPPORTED); force("two_hash_compute", PSA_ERROR_NOT_SUPPORTED);',
            SHA256,
        ),
        ("error", 'force("one_hash_compute", PSA_ERROR_STORAGE_FAILURE);', SHA256),
        (
            "final",
            'force("one_hash_compute", PSA_ERROR_NOT_SUPPORTED); force("three_hash_compute", PSA_ERROR_NOT_SUPPORTED);',
            "PSA_ALG_SHA_512",
        ),
        ("other", "", "PSA_ALG_SHA_1"),
    ):
        lines.append(f'    {forced} {call % alg} end("{title}", status);')
    drivers = [
        first("one", ["hash_compute"], algorithms=[SHA256, "PSA_ALG_SHA_512"], fallback=True),
        first("two", ["hash_compute"], algorithms=[SHA256], fallback=True),
        first("three", ["hash_compute"], algorithms=["PSA_ALG_SHA_512"]),
    ]
    assert run(tmp_path, drivers, "\n".join(lines)) == {
        "first": "one_hash_compute = 0",
        "fallback": "one_hash_compute two_hash_compute = 0",
        "builtin": "one_hash_compute two_hash_compute mbedtls_psa_hash_compute = 0",
        "error": f"one_hash_compute = {STORAGE}",
        "final": f"one_hash_compute three_hash_compute = {NOT_SUPPORTED}",
        "other": "mbedtls_psa_hash_compute = 0",
    }


def test_two_capabilities_of_one_function_are_asked_once(tmp_path: Path) -> None:
    driver = kit.transparent(
        {"entry_points": ["hash_compute"], "algorithms": [SHA256], "fallback": True},
        {"entry_points": ["hash_compute"], "algorithms": ["PSA_ALG_ANY_HASH"], "fallback": True},
    )
    main = """
    force("acme_hash_compute", PSA_ERROR_NOT_SUPPORTED);
    end("once", psa_driver_wrapper_hash_compute(PSA_ALG_SHA_256, data, 3, out, sizeof(out), &length));"""
    assert run(tmp_path, [driver], main) == {"once": "acme_hash_compute mbedtls_psa_hash_compute = 0"}


def test_context_is_zero_before_each_setup_and_the_id_set_on_success_only(tmp_path: Path) -> None:
    main = """
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    force("one_hash_setup", PSA_ERROR_NOT_SUPPORTED);
    psa_status_t status = psa_driver_wrapper_hash_setup(&operation, PSA_ALG_SHA_256);
    psa_driver_wrapper_hash_update(&operation, data, 3);
    psa_driver_wrapper_hash_abort(&operation);
    end("fallback", status);

    memset(&operation, 0, sizeof(operation));
    force("one_hash_setup", PSA_ERROR_NOT_SUPPORTED);
    force("two_hash_setup", PSA_ERROR_NOT_SUPPORTED);
    status = psa_driver_wrapper_hash_setup(&operation, PSA_ALG_SHA_256);
    end("builtin", status);

    memset(&operation, 0, sizeof(operation));
    force("one_hash_setup", PSA_ERROR_STORAGE_FAILURE);
    status = psa_driver_wrapper_hash_setup(&operation, PSA_ALG_SHA_256);
    check_zero(&operation, sizeof(operation));
    end("failure", status);"""
    drivers = [
        first("one", ["hash_multipart"], fallback=True),
        first("two", ["hash_multipart"], fallback=True),
    ]
    assert run(tmp_path, drivers, main) == {
        "fallback": "one_hash_setup two_hash_setup two_hash_update two_hash_abort = 0",
        "builtin": "one_hash_setup two_hash_setup mbedtls_psa_hash_setup = 0",
        "failure": f"one_hash_setup = {STORAGE}",
    }


def test_clone_copies_the_context_byte_by_byte(tmp_path: Path) -> None:
    main = """
    psa_hash_operation_t one = PSA_HASH_OPERATION_INIT, two = PSA_HASH_OPERATION_INIT;
    psa_driver_wrapper_hash_setup(&one, PSA_ALG_SHA_256);
    psa_status_t status = psa_driver_wrapper_hash_clone(&one, &two);
    note(memcmp(&one.ctx, &two.ctx, sizeof(one.ctx)) == 0 ? "same" : "different");
    psa_driver_wrapper_hash_abort(&two);
    psa_driver_wrapper_hash_update(&one, data, 3);
    end("clone", status);"""
    assert run(tmp_path, [first("acme", ["hash_multipart"])], main) == {
        "clone": "acme_hash_setup same acme_hash_abort acme_hash_update = 0"
    }


@pytest.mark.parametrize(
    ("family", "setup", "finish", "kind"),
    [
        ("mac_multipart", "mac_sign_setup", "mac_sign_finish(&operation, out, 16, &length)", "mac"),
        ("mac_verify_multipart", "mac_verify_setup", "mac_verify_finish(&operation, data, 16)", "mac"),
        ("cipher_encrypt_multipart", "cipher_encrypt_setup", "cipher_finish(&operation, out, 16, &length)", "cipher"),
        (
            "aead_encrypt_multipart",
            "aead_encrypt_setup",
            "aead_finish(&operation, out, 16, &length, out + 16, 16, &length)",
            "aead",
        ),
        (
            "aead_decrypt_multipart",
            "aead_decrypt_setup",
            "aead_verify(&operation, out, 16, &length, data, 16)",
            "aead",
        ),
    ],
)
def test_nothing_is_called_after_a_failed_finish(
    tmp_path: Path, family: str, setup: str, finish: str, kind: str
) -> None:
    name = finish.split("(")[0]
    alg = {"mac": "PSA_ALG_CMAC", "cipher": "PSA_ALG_CTR", "aead": "PSA_ALG_GCM"}[kind]
    main = f"""
    {AES}
    psa_{kind}_operation_t operation = {{ 0 }};
    psa_driver_wrapper_{setup}(&operation, &attributes, data, 16, {alg});
    force("acme_{name}", PSA_ERROR_STORAGE_FAILURE);
    psa_status_t status = psa_driver_wrapper_{finish};
    check_zero(&operation.ctx, sizeof(operation.ctx));
    note(operation.id != 0 ? "active" : "inactive");
    psa_status_t aborted = psa_driver_wrapper_{kind}_abort(&operation);
    note(aborted == PSA_SUCCESS ? "aborted" : "not aborted");
    end("finish", status);"""
    # The core's own abort works on an id that is not 0; it would leave flags of its own behind otherwise.
    assert run(tmp_path, [first("acme", [family])], main) == {
        "finish": f"acme_{setup} acme_{name} active aborted = {STORAGE}"
    }


def test_single_part_from_the_multi_part_family(tmp_path: Path) -> None:
    main = f"""
    {AES}
    end("hash", psa_driver_wrapper_hash_compute(PSA_ALG_SHA_256, data, 3, out, 64, &length));
    force("hash_hash_update", PSA_ERROR_STORAGE_FAILURE);
    end("hash step", psa_driver_wrapper_hash_compute(PSA_ALG_SHA_256, data, 3, out, 64, &length));
    force("hash_hash_setup", PSA_ERROR_STORAGE_FAILURE);
    end("hash setup", psa_driver_wrapper_hash_compute(PSA_ALG_SHA_256, data, 3, out, 64, &length));
    end("mac", psa_driver_wrapper_mac_compute(&attributes, data, 16, PSA_ALG_CMAC, data, 3, out, 16, &length));
    force("hash_mac_sign_finish", PSA_ERROR_STORAGE_FAILURE);
    end("mac finish", psa_driver_wrapper_mac_compute(&attributes, data, 16, PSA_ALG_CMAC, data, 3, out, 16, &length));
    end("mac verify", psa_driver_wrapper_mac_verify(&attributes, data, 16, PSA_ALG_CMAC, data, 3, data, 16));
    end("cipher", psa_driver_wrapper_cipher_encrypt(&attributes, data, 16, PSA_ALG_CTR, data, 16,
        data, 3, out, 64, &length));
    end("ecb", psa_driver_wrapper_cipher_encrypt(&attributes, data, 16, PSA_ALG_ECB_NO_PADDING, data, 0,
        data, 16, out, 64, &length));
    end("decrypt", psa_driver_wrapper_cipher_decrypt(&attributes, data, 16, PSA_ALG_CTR, data, 20, out, 64, &length));
    end("short", psa_driver_wrapper_cipher_decrypt(&attributes, data, 16, PSA_ALG_CTR, data, 15, out, 64, &length));
    force("hash_aead_finish", PSA_ERROR_STORAGE_FAILURE);
    memset(out, 7, sizeof(out));
    psa_status_t status = psa_driver_wrapper_aead_encrypt(&attributes, data, 16, PSA_ALG_GCM, data, 12, data, 2,
        data, 3, out, 64, &length);
    check_zero(out, 64);
    end("aead", status);
    force("hash_aead_update_ad", PSA_ERROR_STORAGE_FAILURE);
    end("aead step", psa_driver_wrapper_aead_encrypt(&attributes, data, 16, PSA_ALG_GCM, data, 12, data, 2,
        data, 3, out, 64, &length));
    force("hash_aead_verify", PSA_ERROR_INVALID_SIGNATURE);
    memset(out, 7, sizeof(out));
    status = psa_driver_wrapper_aead_decrypt(&attributes, data, 16, PSA_ALG_GCM, data, 12, data, 2,
        data, 20, out, 64, &length);
    check_zero(out, 64);
    end("open", status);
    end("cut", psa_driver_wrapper_aead_decrypt(&attributes, data, 16, PSA_ALG_GCM, data, 12, data, 2,
        data, 15, out, 64, &length));"""
    families = [
        "hash_multipart",
        "mac_multipart",
        "mac_verify_multipart",
        "cipher_encrypt_multipart",
        "cipher_decrypt_multipart",
        "aead_encrypt_multipart",
        "aead_decrypt_multipart",
    ]
    steps = "hash_aead_set_nonce hash_aead_set_lengths hash_aead_update_ad hash_aead_update"
    assert run(tmp_path, [first("hash", families)], main) == {
        "hash": "hash_hash_setup hash_hash_update hash_hash_finish = 0",
        "hash step": f"hash_hash_setup hash_hash_update hash_hash_abort = {STORAGE}",
        "hash setup": f"hash_hash_setup = {STORAGE}",
        "mac": "hash_mac_sign_setup hash_mac_update hash_mac_sign_finish = 0",
        "mac finish": f"hash_mac_sign_setup hash_mac_update hash_mac_sign_finish = {STORAGE}",
        "mac verify": "hash_mac_verify_setup hash_mac_update hash_mac_verify_finish = 0",
        "cipher": "hash_cipher_encrypt_setup hash_cipher_set_iv hash_cipher_update hash_cipher_finish = 0",
        "ecb": "hash_cipher_encrypt_setup hash_cipher_update hash_cipher_finish = 0",
        "decrypt": "hash_cipher_decrypt_setup hash_cipher_set_iv hash_cipher_update hash_cipher_finish = 0",
        "short": f" = {INVALID_ARGUMENT}",
        "aead": f"hash_aead_encrypt_setup {steps} hash_aead_finish = {STORAGE}",
        "aead step": "hash_aead_encrypt_setup hash_aead_set_nonce hash_aead_set_lengths hash_aead_update_ad "
        f"hash_aead_abort = {STORAGE}",
        "open": f"hash_aead_decrypt_setup {steps} hash_aead_verify = {INVALID_SIGNATURE}",
        "cut": f" = {INVALID_ARGUMENT}",
    }


def test_mac_is_verified_with_the_sign_family_alone(tmp_path: Path) -> None:
    """The recorder's MAC has length 0, so a verification of 16 bytes must fail, of 0 bytes pass."""
    main = f"""
    {AES}
    psa_mac_operation_t operation = {{ 0 }};
    psa_driver_wrapper_mac_verify_setup(&operation, &attributes, data, 16, PSA_ALG_CMAC);
    operation.mac_size = 16;
    psa_status_t status = psa_driver_wrapper_mac_verify_finish(&operation, data, 16);
    psa_driver_wrapper_mac_abort(&operation);
    end("wrong", status);
    memset(&operation, 0, sizeof(operation));
    psa_driver_wrapper_mac_verify_setup(&operation, &attributes, data, 16, PSA_ALG_CMAC);
    status = psa_driver_wrapper_mac_verify_finish(&operation, data, 0);
    psa_driver_wrapper_mac_abort(&operation);
    end("right", status);"""
    assert run(tmp_path, [first("acme", ["mac_multipart"])], main) == {
        "wrong": f"acme_mac_sign_setup acme_mac_sign_finish acme_mac_abort = {INVALID_SIGNATURE}",
        "right": "acme_mac_sign_setup acme_mac_sign_finish acme_mac_abort = 0",
    }


def test_location_decides_between_opaque_drivers(tmp_path: Path) -> None:
    main = """
    psa_key_location_t locations[] = { 0, 0x800001, 0x800002, 0x800003 };
    const char *titles[] = { "local", "one", "two", "nowhere" };
    for (size_t i = 0; i < 4; i++) {
        psa_key_attributes_t attributes = key_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, locations[i]);
        psa_status_t status = psa_driver_wrapper_sign_hash(&attributes, data, 8, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
            data, 32, out, 64, &length);
        end(titles[i], status);
    }
    psa_key_attributes_t attributes = key_of(PSA_KEY_TYPE_AES, 128, PSA_KEY_LOCATION_two);
    end("missing", psa_driver_wrapper_mac_compute(&attributes, data, 8, PSA_ALG_CMAC, data, 3, out, 16, &length));
    end("message", psa_driver_wrapper_sign_message(&attributes, data, 8, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
        data, 32, out, 64, &length));
    size_t size = 7;
    psa_status_t status = psa_driver_wrapper_get_key_buffer_size(&attributes, &size);
    note(size == 8 + 16 ? "right size" : "wrong size");
    end("size", status);
    note(PSA_DRIVER_IS_OPAQUE_LOCATION(0x800002) && !PSA_DRIVER_IS_OPAQUE_LOCATION(3) ? "reserved" : "free");
    end("reserved", 0);
    note(PSA_KEY_LIFETIME_two == 0x80000201 ? "lifetime" : "other");
    end("lifetime", 0);"""
    one = kit.opaque({"entry_points": ["sign_hash"]}, prefix="one", location=0x800001)
    two = kit.opaque(
        {"entry_points": ["sign_hash"]},
        prefix="two",
        location="0x800002",
        key_context={"base_size": 8, "symmetric_factor": 1},
    )
    acme = first("acme", ["sign_hash"])
    assert run(tmp_path, [one, acme, two], main) == {
        "local": "acme_sign_hash = 0",
        "one": "one_sign_hash = 0",
        "two": "two_sign_hash = 0",
        "nowhere": f" = {INVALID_ARGUMENT}",
        "missing": f" = {NOT_SUPPORTED}",
        "message": "psa_sign_message_builtin = 0",
        "size": "right size = 0",
        "reserved": "reserved = 0",
        "lifetime": "lifetime = 0",
    }


def test_transparent_drivers_manage_asymmetric_keys_only(tmp_path: Path) -> None:
    main = """
    size_t bits = 0;
    psa_key_type_t types[] = { PSA_KEY_TYPE_AES, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1),
                               PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1) };
    const char *titles[] = { "aes", "public", "pair" };
    for (size_t i = 0; i < 3; i++) {
        psa_key_attributes_t attributes = key_of(types[i], 0, 0);
        psa_driver_wrapper_import_key(&attributes, data, i == 1 ? 65 : 32, out, 64, &length, &bits);
        end(titles[i], psa_driver_wrapper_generate_key(&attributes, NULL, NULL, 0, out, 64, &length));
    }
    psa_key_attributes_t attributes = key_of(types[2], 384, 0);
    end("size", psa_driver_wrapper_import_key(&attributes, data, 48, out, 64, &length, &bits));
    psa_custom_key_parameters_t custom = { 1 };
    attributes = key_of(types[2], 256, 0);
    end("custom", psa_driver_wrapper_generate_key(&attributes, &custom, NULL, 0, out, 64, &length));"""
    driver = kit.transparent(
        {"entry_points": ["import_key"], "key_sizes": [256]},
        {"entry_points": ["generate_key"]},
    )
    assert run(tmp_path, [driver], main) == {
        "aes": "psa_import_key_into_slot psa_generate_key_internal = 0",
        "public": "acme_import_key psa_generate_key_internal = 0",
        "pair": "acme_import_key acme_generate_key = 0",
        "size": "psa_import_key_into_slot = 0",
        "custom": "psa_generate_key_internal = 0",
    }


def test_argument_order_and_names_of_key_agreement(tmp_path: Path) -> None:
    main = """
    psa_key_attributes_t attributes = key_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, 0);
    end("agree", psa_driver_wrapper_key_agreement(&attributes, data, 32, PSA_ALG_ECDH, data, 65, out, 64, &length));"""
    driver = kit.transparent(
        {
            "entry_points": ["key_agreement"],
            "algorithms": ["PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, PSA_ALG_HKDF(PSA_ALG_SHA_256))"],
            "names": {"key_agreement": "vendor_shared_secret"},
        }
    )
    assert run(tmp_path, [driver], main) == {"agree": "vendor_shared_secret = 0"}


def test_conditions_leave_drivers_out(tmp_path: Path) -> None:
    main = """
    end("hash", psa_driver_wrapper_hash_compute(PSA_ALG_SHA_256, data, 3, out, sizeof(out), &length));"""
    driver = kit.transparent(
        {"entry_points": ["hash_compute", "hash_multipart"], "mbedtls/c_condition": "defined(NOWHERE)"},
        {"entry_points": ["sign_hash"]},
    )
    assert run(tmp_path, [driver], main) == {"hash": "mbedtls_psa_hash_compute = 0"}


def test_init_stops_at_the_first_failure(tmp_path: Path) -> None:
    main = """
    end("init", psa_driver_wrapper_init());
    force("one_init", PSA_ERROR_HARDWARE_FAILURE);
    end("failure", psa_driver_wrapper_init());"""
    assert run(tmp_path, [first("one", ["init"]), first("two", ["init"])], main) == {
        "init": "one_init two_init = 0",
        "failure": "one_init = -147",
    }


def test_stored_keys_of_a_secure_element(tmp_path: Path) -> None:
    main = """
    psa_key_attributes_t attributes = key_of(PSA_KEY_TYPE_AES, 128, PSA_KEY_LOCATION_safe);
    end("allocate", psa_driver_wrapper_allocate_key(&attributes, out, 8));
    end("destroy", psa_driver_wrapper_destroy_key(&attributes, out, 8));
    attributes = key_of(PSA_KEY_TYPE_AES, 128, 0);
    end("local", psa_driver_wrapper_destroy_key(&attributes, out, 8));"""
    driver = kit.opaque({"entry_points": ["allocate_key", "destroy_key", "import_key"]})
    assert run(tmp_path, [driver], main) == {
        "allocate": "safe_allocate_key = 0",
        "destroy": "safe_destroy_key = 0",
        "local": f" = {NOT_SUPPORTED}",
    }


def test_output_is_deterministic_and_untouched_when_equal(tmp_path: Path) -> None:
    descriptions = [kit.transparent(), kit.opaque()]
    gen = kit.emit(tmp_path / "gen", *descriptions)
    before = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in gen.rglob("*.*") if file.is_file()}
    kit.emit(gen, *descriptions)
    after = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in gen.rglob("*.*") if file.is_file()}
    assert before == after
    other = kit.emit(tmp_path / "other", *descriptions)
    for file, (_, text) in before.items():
        assert (other / file.relative_to(gen)).read_bytes() == text
    kit.emit(gen, kit.opaque())
    changed = [file.name for file, (_, text) in before.items() if file.read_bytes() != text]
    assert "psa_crypto_driver_wrappers.h" in changed


# ---------------------------------------------------------------- built-in code that is left out


def accel(*descriptions: dict[str, Any]) -> dict[str, str]:
    return {
        item.macro.removeprefix("MBEDTLS_PSA_ACCEL_"): item.condition
        for item in accelerated(kit.drivers(*descriptions))
    }


def test_a_hash_that_a_driver_covers_is_left_out() -> None:
    names = ["hash_compute", "hash_multipart"]
    assert accel(kit.transparent({"entry_points": names, "algorithms": [SHA256]})) == {"ALG_SHA_256": ""}
    # The multi-part family serves the single-part call, not the other way round.
    assert accel(kit.transparent({"entry_points": names[1:], "algorithms": [SHA256]})) == {"ALG_SHA_256": ""}
    assert accel(kit.transparent({"entry_points": names[:1], "algorithms": [SHA256]})) == {}
    assert accel(kit.transparent({"entry_points": names, "algorithms": [SHA256], "fallback": True})) == {}
    conditional = {"entry_points": names, "algorithms": [SHA256], "mbedtls/c_condition": "defined(ACME)"}
    assert accel(kit.transparent(conditional)) == {}


def test_a_cipher_stays_while_a_wanted_key_type_needs_it() -> None:
    names = ["cipher_encrypt_multipart", "cipher_decrypt_multipart"]
    capability = {
        "entry_points": names,
        "algorithms": ["PSA_ALG_CTR"],
        "key_types": ["PSA_KEY_TYPE_AES"],
    }
    found = accel(kit.transparent(capability))
    assert found["ALG_CTR"] == "!defined(PSA_WANT_KEY_TYPE_ARIA) && !defined(PSA_WANT_KEY_TYPE_CAMELLIA)"
    assert "!defined(PSA_WANT_ALG_GCM)" in found["KEY_TYPE_AES"]
    assert "PSA_WANT_ALG_CTR" not in found["KEY_TYPE_AES"]
    # A size that is not covered keeps the type's built-in code while the type is wanted.
    short = accel(kit.transparent({**capability, "key_sizes": [128]}))
    assert "!defined(PSA_WANT_KEY_TYPE_AES)" in short["ALG_CTR"]
    assert "!defined(PSA_WANT_ALG_CTR)" in short["KEY_TYPE_AES"]


def test_a_curve_is_left_out_with_all_its_algorithms(tmp_path: Path) -> None:
    """A driver for everything on P-256, in a configuration that wants P-256 only."""
    pair, public = (
        "PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)",
        "PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)",
    )
    driver = kit.transparent(
        {
            "entry_points": ["sign_hash", "verify_hash"],
            "algorithms": ["PSA_ALG_ECDSA(PSA_ALG_ANY_HASH)", "PSA_ALG_ECDSA_ANY"],
            "key_types": [pair, public],
            "key_sizes": [256],
        },
        {"entry_points": ["key_agreement"], "key_types": [pair], "key_sizes": [256]},
        {
            "entry_points": ["import_key", "export_public_key", "generate_key"],
            "key_types": [pair, public],
            "key_sizes": [256],
        },
    )
    assert "ECC_SECP_R1_384" not in accel(driver)
    gen = kit.emit(tmp_path / "gen", driver)
    wants = [
        "ALG_ECDSA",
        "ALG_ECDH",
        "ALG_SHA_256",
        "ECC_SECP_R1_256",
        "KEY_TYPE_ECC_PUBLIC_KEY",
        *(f"KEY_TYPE_ECC_KEY_PAIR_{use}" for use in ("BASIC", "IMPORT", "EXPORT", "GENERATE")),
    ]

    def builtin_ecp(more: list[str]) -> bool:
        lines = [f"#define PSA_WANT_{name} 1" for name in [*wants, *more]]
        (tmp_path / "want.h").write_text("\n".join([*lines, '#include "psa_accel_config.h"', ""]))
        (tmp_path / "config.h").write_text(
            "#define MBEDTLS_PSA_CRYPTO_CONFIG\n#define MBEDTLS_PSA_CRYPTO_C\n"
            "#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG\n#define MBEDTLS_PLATFORM_C\n#define MBEDTLS_ECP_RESTARTABLE\n"
        )
        source = tmp_path / "probe.c"
        source.write_text(
            '#include <stdio.h>\n#include "mbedtls/build_info.h"\nint main(void) {\n'
            '#if defined(MBEDTLS_ECP_C) || defined(MBEDTLS_ECP_LIGHT)\n    puts("yes");\n#else\n    puts("no");\n'
            "#endif\n    return 0;\n}\n"
        )
        flags = [
            *kit.include_flags(gen),
            f"-I{tmp_path}",
            '-DMBEDTLS_CONFIG_FILE="config.h"',
            '-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE="want.h"',
        ]
        return kit.compile_and_run(source, flags).strip() == "yes"

    assert not builtin_ecp([])
    assert builtin_ecp(["ECC_SECP_R1_384"])
    assert builtin_ecp(["ALG_DETERMINISTIC_ECDSA"])
    assert builtin_ecp(["ALG_JPAKE"])
