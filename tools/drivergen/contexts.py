# SPDX-License-Identifier: MIT
"""Operation context headers: Mbed TLS's own context and one member per driver type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Binding, Driver

_KDF_BUILTIN = """#if defined(MBEDTLS_PSA_BUILTIN_ALG_HKDF) || \\
    defined(MBEDTLS_PSA_BUILTIN_ALG_HKDF_EXTRACT) || \\
    defined(MBEDTLS_PSA_BUILTIN_ALG_HKDF_EXPAND)
    psa_hkdf_key_derivation_t MBEDTLS_PRIVATE(hkdf);
#endif
#if defined(MBEDTLS_PSA_BUILTIN_ALG_TLS12_PRF) || \\
    defined(MBEDTLS_PSA_BUILTIN_ALG_TLS12_PSK_TO_MS)
    psa_tls12_prf_key_derivation_t MBEDTLS_PRIVATE(tls12_prf);
#endif
#if defined(MBEDTLS_PSA_BUILTIN_ALG_TLS12_ECJPAKE_TO_PMS)
    psa_tls12_ecjpake_to_pms_t MBEDTLS_PRIVATE(tls12_ecjpake_to_pms);
#endif
#if defined(PSA_HAVE_SOFT_PBKDF2)
    psa_pbkdf2_key_derivation_t MBEDTLS_PRIVATE(pbkdf2);
#endif"""


@dataclass(frozen=True)
class Member:
    """A member of a context union."""

    type: str
    name: str
    condition: str


@dataclass(frozen=True)
class Union:
    """A context type. id: it holds the driver's id itself, because the operation has no field; secure_element: keys
    in dynamic secure elements have such operations."""

    name: str
    builtin: str
    members: list[Member]
    id: bool = False
    secure_element: bool = False


@dataclass(frozen=True)
class ContextHeader:
    """One of the three headers that psa/crypto_struct.h includes."""

    file: str
    guard: str
    builtin_header: str
    headers: list[Driver]
    unions: list[Union]


def _members(bindings: Sequence[Binding], context: str) -> list[Member]:
    members: dict[str, Member] = {}
    for binding in bindings:
        if binding.family.context == context and binding.context_type not in members:
            members[binding.context_type] = Member(binding.context_type, binding.member, binding.driver.h_condition)
    return list(members.values())


def _union(bindings: Sequence[Binding], kind: str) -> Union:
    builtin = f"    mbedtls_psa_{kind}_operation_t mbedtls_ctx;"
    members = _members(bindings, f"{kind}_operation_t")
    return Union(f"psa_driver_{kind}_context_t", builtin, members, secure_element=kind in ("cipher", "mac"))


def context_headers(drivers: Sequence[Driver], bindings: Sequence[Binding]) -> list[ContextHeader]:
    """The three context headers; a driver's headers come in where its types are needed."""

    def owners(*contexts: str) -> list[Driver]:
        wanted = {binding.driver.tag for binding in bindings if binding.family.context in contexts}
        return [driver for driver in drivers if driver.tag in wanted and driver.headers]

    kdf = Union(
        "psa_driver_key_derivation_context_t",
        _KDF_BUILTIN,
        _members(bindings, "key_derivation_operation_t"),
        True,
    )
    return [
        ContextHeader(
            "crypto_driver_contexts_primitives.h",
            "PSA_CRYPTO_DRIVER_CONTEXTS_PRIMITIVES_H",
            "crypto_builtin_primitives.h",
            owners("hash_operation_t", "cipher_operation_t"),
            [_union(bindings, "hash"), _union(bindings, "cipher")],
        ),
        ContextHeader(
            "crypto_driver_contexts_composites.h",
            "PSA_CRYPTO_DRIVER_CONTEXTS_COMPOSITES_H",
            "crypto_builtin_composites.h",
            owners("mac_operation_t", "aead_operation_t", "pake_operation_t"),
            [
                _union(bindings, "mac"),
                _union(bindings, "aead"),
                _union([], "sign_hash_interruptible"),
                _union([], "verify_hash_interruptible"),
                _union(bindings, "pake"),
            ],
        ),
        ContextHeader(
            "crypto_driver_contexts_key_derivation.h",
            "PSA_CRYPTO_DRIVER_CONTEXTS_KEY_DERIVATION_H",
            "crypto_builtin_key_derivation.h",
            owners("key_derivation_operation_t"),
            [kdf],
        ),
    ]
