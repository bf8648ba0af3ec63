# SPDX-License-Identifier: MIT
"""The conformance program of a driver: C that reaches each declared entry point through the API.

tools/check_driver.py builds and runs it. The linker's --wrap leads the core's calls through the program, which counts
them, stands in for the driver, or fails in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .cformat import layout
from .emit import environment
from .entry_points import ENTRY_POINTS
from .model import Driver
from .samples import Sample, sample

_KEY = ["status = make_key(ALL_USAGE, &key);"]
_END = ["psa_destroy_key(key);"]


def _then(*calls: str) -> list[str]:
    """Calls of which each is made when the last succeeded."""
    lines = []
    for call in calls:
        lines += ["if (status == PSA_SUCCESS) {", f"status = {call};", "}"]
    return lines


_DIGEST = "out, PSA_HASH_LENGTH(sample_alg), &out_length"
_MAC = "out, PSA_MAC_LENGTH(sample_type, sample_bits, sample_alg), &out_length"
_AEAD_STEPS = (
    "psa_aead_set_lengths(&operation, 2, 16)",
    "psa_aead_set_nonce(&operation, in, PSA_AEAD_NONCE_LENGTH(sample_type, sample_alg))",
    "psa_aead_update_ad(&operation, in, 2)",
    "psa_aead_update(&operation, in, 16, out, 64, &out_length)",
)
_NONCE = "in, PSA_AEAD_NONCE_LENGTH(sample_type, sample_alg), in, 2"
_SIGNATURE = "out, PSA_SIGN_OUTPUT_SIZE(sample_type, sample_bits, sample_alg), &out_length"
_PEER = [
    "uint8_t peer[1100];",
    "size_t peer_length = 0;",
    *_KEY,
    "if (status == PSA_SUCCESS) {",
    "bool was_fake = fake;",
    "fake = false;",
    "psa_key_attributes_t theirs = PSA_KEY_ATTRIBUTES_INIT;",
    "psa_set_key_type(&theirs, sample_type);",
    "psa_set_key_bits(&theirs, sample_bits);",
    "psa_key_id_t other = PSA_KEY_ID_NULL;",
    "status = psa_generate_key(&theirs, &other);",
    *_then("psa_export_public_key(other, peer, sizeof(peer), &peer_length)"),
    "psa_destroy_key(other);",
    "fake = was_fake;",
    "}",
]
_SUITE = [
    "psa_pake_cipher_suite_t suite = PSA_PAKE_CIPHER_SUITE_INIT;",
    "psa_pake_cs_set_algorithm(&suite, sample_alg);",
    "psa_pake_cs_set_primitive(&suite, PSA_PAKE_PRIMITIVE(PSA_PAKE_PRIMITIVE_TYPE_ECC, PSA_ECC_FAMILY_SECP_R1, 256));",
    "psa_pake_cs_set_hash(&suite, PSA_ALG_SHA_256);",
    "psa_pake_operation_t operation = PSA_PAKE_OPERATION_INIT;",
    "static const psa_pake_step_t steps[] = { PSA_PAKE_STEP_KEY_SHARE, PSA_PAKE_STEP_ZK_PUBLIC, "
    "PSA_PAKE_STEP_ZK_PROOF };",
]


def _pake() -> list[str]:
    lines = [
        *_SUITE,
        *_KEY,
        *_then(
            "psa_pake_setup(&operation, &suite)",
            'psa_pake_set_user(&operation, (const uint8_t *)"client", 6)',
            'psa_pake_set_peer(&operation, (const uint8_t *)"server", 6)',
            "psa_pake_set_password_key(&operation, key)",
        ),
    ]
    for shares in (2, 1):
        lines += [
            f"for (size_t i = 0; i < {3 * shares} && status == PSA_SUCCESS; i++) {{",
            "status = psa_pake_output(&operation, steps[i % 3], out, 128, &out_length);",
            "}",
            f"for (size_t i = 0; i < {3 * shares} && status == PSA_SUCCESS; i++) {{",
            "status = psa_pake_input(&operation, steps[i % 3], in, i % 3 == 2 ? 32 : 65);",
            "}",
        ]
    return [
        *lines,
        "psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;",
        *_then(
            "psa_key_derivation_setup(&derivation, PSA_ALG_HKDF(PSA_ALG_SHA_256))",
            "psa_pake_get_implicit_key(&operation, &derivation)",
        ),
        "psa_key_derivation_abort(&derivation);",
        "psa_pake_abort(&operation);",
        *_END,
    ]


def _derivation(*outputs: str, kind: str = "PSA_KEY_TYPE_AES") -> list[str]:
    return [
        "psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;",
        "psa_key_attributes_t derived = PSA_KEY_ATTRIBUTES_INIT;",
        f"psa_set_key_type(&derived, {kind});",
        "psa_set_key_bits(&derived, 128);",
        "psa_set_key_algorithm(&derived, sample_alg);",
        "psa_set_key_usage_flags(&derived, PSA_KEY_USAGE_VERIFY_DERIVATION);",
        "psa_set_key_lifetime(&derived, "
        "PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, LOCATION));",
        "psa_key_id_t other = PSA_KEY_ID_NULL;",
        "sample_type = PSA_KEY_TYPE_DERIVE;",
        *_KEY,
        *_then(
            "psa_key_derivation_setup(&operation, sample_alg)",
            "psa_key_derivation_set_capacity(&operation, 100)",
            "psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, key)",
            "psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, in, 4)",
            *outputs,
        ),
        "psa_key_derivation_abort(&operation);",
        "psa_destroy_key(other);",
        *_END,
    ]


_NEW_ATTRIBUTES = [
    "psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;",
    "psa_set_key_type(&attributes, sample_type);",
    "psa_set_key_bits(&attributes, sample_bits);",
    "psa_set_key_lifetime(&attributes, "
    "PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, LOCATION));",
]

# entry point that a probe is made for -> its statements. A family is reached by its setup function.
PROBES: dict[str, list[str]] = {
    "init": [],
    "hash_compute": _then(f"psa_hash_compute(sample_alg, in, 3, {_DIGEST})"),
    "hash_setup": [
        "psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;",
        *_then(
            "psa_hash_setup(&operation, sample_alg)",
            "psa_hash_update(&operation, in, 3)",
            f"psa_hash_finish(&operation, {_DIGEST})",
        ),
        "psa_hash_abort(&operation);",
    ],
    "mac_compute": [*_KEY, *_then(f"psa_mac_compute(key, sample_alg, in, 3, {_MAC})"), *_END],
    "mac_verify": [
        *_KEY,
        *_then("psa_mac_verify(key, sample_alg, in, 3, in, PSA_MAC_LENGTH(sample_type, sample_bits, sample_alg))"),
        *_END,
    ],
    "mac_sign_setup": [
        "psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;",
        *_KEY,
        *_then(
            "psa_mac_sign_setup(&operation, key, sample_alg)",
            "psa_mac_update(&operation, in, 3)",
            f"psa_mac_sign_finish(&operation, {_MAC})",
            "psa_mac_sign_setup(&operation, key, sample_alg)",
        ),
        "psa_mac_abort(&operation);",
        *_END,
    ],
    "mac_verify_setup": [
        "psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;",
        *_KEY,
        *_then(
            "psa_mac_verify_setup(&operation, key, sample_alg)",
            "psa_mac_update(&operation, in, 3)",
            "psa_mac_verify_finish(&operation, in, PSA_MAC_LENGTH(sample_type, sample_bits, sample_alg))",
        ),
        "psa_mac_abort(&operation);",
        *_END,
    ],
    "cipher_encrypt": [*_KEY, *_then("psa_cipher_encrypt(key, sample_alg, in, 32, out, 64, &out_length)"), *_END],
    "cipher_decrypt": [*_KEY, *_then("psa_cipher_decrypt(key, sample_alg, in, 48, out, 64, &out_length)"), *_END],
    "asymmetric_encrypt": [
        *_KEY,
        *_then("psa_asymmetric_encrypt(key, sample_alg, in, 10, NULL, 0, out, 512, &out_length)"),
        *_END,
    ],
    "asymmetric_decrypt": [
        *_KEY,
        *_then(
            "psa_asymmetric_decrypt(key, sample_alg, in, PSA_BITS_TO_BYTES(sample_bits), NULL, 0, "
            "out, 512, &out_length)"
        ),
        *_END,
    ],
    "sign_message": [*_KEY, *_then(f"psa_sign_message(key, sample_alg, in, 3, {_SIGNATURE})"), *_END],
    "verify_message": [*_KEY, *_then("psa_verify_message(key, sample_alg, in, 3, in, 64)"), *_END],
    "sign_hash": [*_KEY, *_then(f"psa_sign_hash(key, sample_alg, in, 32, {_SIGNATURE})"), *_END],
    "verify_hash": [*_KEY, *_then("psa_verify_hash(key, sample_alg, in, 32, in, 64)"), *_END],
    "aead_encrypt": [
        *_KEY,
        *_then(f"psa_aead_encrypt(key, sample_alg, {_NONCE}, in, 16, out, 64, &out_length)"),
        *_END,
    ],
    "aead_decrypt": [
        *_KEY,
        *_then(f"psa_aead_decrypt(key, sample_alg, {_NONCE}, in, 48, out, 64, &out_length)"),
        *_END,
    ],
    "aead_encrypt_setup": [
        "psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;",
        *_KEY,
        *_then(
            "psa_aead_encrypt_setup(&operation, key, sample_alg)",
            *_AEAD_STEPS,
            "psa_aead_finish(&operation, out, 64, &out_length, out2, 16, &out2_length)",
            "psa_aead_encrypt_setup(&operation, key, sample_alg)",
        ),
        "psa_aead_abort(&operation);",
        *_END,
    ],
    "aead_decrypt_setup": [
        "psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;",
        *_KEY,
        *_then(
            "psa_aead_decrypt_setup(&operation, key, sample_alg)",
            *_AEAD_STEPS,
            "psa_aead_verify(&operation, out, 64, &out_length, in, 16)",
        ),
        "psa_aead_abort(&operation);",
        *_END,
    ],
    "key_agreement": [
        *_PEER,
        *_then(
            "psa_raw_key_agreement(sample_alg, key, peer, peer_length, out, "
            "PSA_RAW_KEY_AGREEMENT_OUTPUT_SIZE(sample_type, sample_bits), &out_length)"
        ),
        *_END,
    ],
    "key_agreement_to_key": [
        "psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;",
        *_PEER,
        *_then(
            "psa_key_derivation_setup(&operation, PSA_ALG_KEY_AGREEMENT(sample_alg, PSA_ALG_HKDF(PSA_ALG_SHA_256)))",
            "psa_key_derivation_key_agreement(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, key, peer, peer_length)",
            "psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, in, 4)",
            "psa_key_derivation_output_bytes(&operation, out, 16)",
        ),
        "psa_key_derivation_abort(&operation);",
        *_END,
    ],
    "key_derivation_setup": _derivation("psa_key_derivation_output_bytes(&operation, out, 16)"),
    "key_derivation_output_key": _derivation("psa_key_derivation_output_key(&derived, &operation, &other)"),
    "key_derivation_set_capacity": _derivation("psa_key_derivation_output_bytes(&operation, out, 16)"),
    "key_derivation_verify_bytes": _derivation("psa_key_derivation_verify_bytes(&operation, in, 16)"),
    "key_derivation_verify_key": _derivation(
        "psa_import_key(&derived, in, 16, &other)",
        "psa_key_derivation_verify_key(&operation, other)",
        kind="PSA_KEY_TYPE_PASSWORD_HASH",
    ),
    "derive_key": [
        "psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;",
        "psa_key_attributes_t secret = PSA_KEY_ATTRIBUTES_INIT;",
        "psa_set_key_type(&secret, PSA_KEY_TYPE_DERIVE);",
        "psa_set_key_algorithm(&secret, PSA_ALG_HKDF(PSA_ALG_SHA_256));",
        "psa_set_key_usage_flags(&secret, PSA_KEY_USAGE_DERIVE);",
        "psa_key_id_t other = PSA_KEY_ID_NULL;",
        "psa_key_attributes_t derived = PSA_KEY_ATTRIBUTES_INIT;",
        "psa_set_key_type(&derived, sample_type);",
        "psa_set_key_bits(&derived, sample_bits);",
        *_then(
            "psa_import_key(&secret, in, 32, &other)",
            "psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHA_256))",
            "psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, other)",
            "psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, in, 4)",
            "psa_key_derivation_output_key(&derived, &operation, &key)",
        ),
        "psa_key_derivation_abort(&operation);",
        "psa_destroy_key(other);",
        *_END,
    ],
    "pake_setup": _pake(),
    "import_key": [
        *_NEW_ATTRIBUTES,
        *_then(
            "psa_import_key(&attributes, in, "
            "PSA_KEY_TYPE_IS_RSA(sample_type) ? 600 : PSA_BITS_TO_BYTES(sample_bits), &key)"
        ),
        *_END,
    ],
    "generate_key": [*_NEW_ATTRIBUTES, *_then("psa_generate_key(&attributes, &key)"), *_END],
    "export_public_key": [
        *_KEY,
        *_then(
            "psa_export_public_key(key, out, PSA_EXPORT_PUBLIC_KEY_OUTPUT_SIZE(sample_type, sample_bits), &out_length)"
        ),
        *_END,
    ],
    "export_key": [
        *_KEY,
        *_then("psa_export_key(key, out, PSA_EXPORT_KEY_OUTPUT_SIZE(sample_type, sample_bits), &out_length)"),
        *_END,
    ],
    "copy_key": [
        *_NEW_ATTRIBUTES,
        "psa_key_id_t copy = PSA_KEY_ID_NULL;",
        "psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_EXPORT);",
        *_KEY,
        *_then("psa_copy_key(key, &attributes, &copy)"),
        "psa_destroy_key(copy);",
        *_END,
    ],
    "destroy_key": [*_KEY, *_then("psa_destroy_key(key)")],
    "get_builtin_key": [
        "psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;",
        *_then("psa_get_key_attributes(MBEDTLS_PSA_KEY_ID_BUILTIN_MIN, &attributes)"),
    ],
}

for _way in ("encrypt", "decrypt"):
    PROBES[f"cipher_{_way}_setup"] = [
        "psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;",
        *_KEY,
        *_then(f"psa_cipher_{_way}_setup(&operation, key, sample_alg)"),
        "size_t iv_length = PSA_CIPHER_IV_LENGTH(sample_type, sample_alg);",
        "if (status == PSA_SUCCESS && iv_length > 0) {",
        "status = psa_cipher_set_iv(&operation, in, iv_length);",
        "}",
        *_then(
            "psa_cipher_update(&operation, in, 32, out, 64, &out_length)",
            "psa_cipher_finish(&operation, out2, 64, &out2_length)",
            f"psa_cipher_{_way}_setup(&operation, key, sample_alg)",
        ),
        "psa_cipher_abort(&operation);",
        *_END,
    ]

# No probe goes through the API: the entropy collector and the generator belong to the firmware, and no algorithm of
# the specification has long inputs. These have tests of their own.
_RANDOM = "tests/unit/test_drivergen_more.py::test_random_generator_of_a_driver"
UNREACHABLE = {
    "get_entropy": "tests/unit/test_entropy_collect.py",
    "init_random": _RANDOM,
    "add_entropy": _RANDOM,
    "get_random": _RANDOM,
    "key_derivation_input_step": "tests/unit/test_core_drivers.py",
}


@dataclass(frozen=True)
class _Wrapped:
    """A driver function that the program stands before."""

    name: str
    entry: str
    params: list[str]
    args: str
    context: bool
    family: str
    outputs: list[tuple[str, str, str]]


def _wrapped(driver: Driver) -> list[_Wrapped]:
    done: dict[str, _Wrapped] = {}
    for capability in driver.capabilities:
        for name, entry in ENTRY_POINTS.items():
            if name not in capability.entry_points or name in UNREACHABLE:
                continue
            function = driver.function(capability, name)
            context = ""
            if entry.family:
                context = driver.function(capability, f"{entry.family}_operation_t")
            memory = "void"
            if capability.raw.get("memory"):
                memory = driver.function(capability, "derive_key_memory_t")
            items = list(entry.params)
            order = capability.raw.get("micropsa/key_agreement_order")
            if order == "key_first" and name.startswith("key_agreement"):
                items = [*items[1:4], items[0], *items[4:]]
            params = [item.declaration.format(ctx=context, memory=memory) for item in items]
            args = ", ".join(item.name for item in items)
            done.setdefault(
                function,
                _Wrapped(function, name, params, args, bool(entry.family), entry.family, entry.outputs),
            )
    return list(done.values())


@dataclass(frozen=True)
class _Probe:
    name: str
    sample: Sample
    lines: Sequence[str]
    own: Sequence[str]


def _probes(driver: Driver) -> list[_Probe]:
    probes = []
    for capability in driver.capabilities:
        names = sorted(capability.entry_points - set(UNREACHABLE))
        own = [driver.function(capability, name) for name in names]
        for name in ENTRY_POINTS:
            if name not in capability.entry_points or name not in PROBES:
                continue
            probes.append(
                _Probe(
                    f"capabilities[{capability.index}].{name}",
                    sample(capability, name),
                    PROBES[name],
                    own,
                )
            )
    return probes


def functions(driver: Driver) -> list[str]:
    """C names that the linker has to lead through the program."""
    return [item.name for item in _wrapped(driver)]


def untested(driver: Driver) -> list[str]:
    """Declared entry points that no call of the API reaches on the host."""
    have: set[str] = set()
    for capability in driver.capabilities:
        have |= capability.entry_points & set(UNREACHABLE)
    return sorted(have)


def program(driver: Driver) -> str:
    """The C text of the conformance program."""
    context: dict[str, Any] = {
        "driver": driver,
        "functions": _wrapped(driver),
        "probes": _probes(driver),
        "location": "0" if driver.transparent else f"PSA_KEY_LOCATION_{driver.prefix}",
    }
    return layout(environment().get_template("check/program.c.jinja").render(context))
