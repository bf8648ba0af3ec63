# SPDX-License-Identifier: MIT
"""One concrete algorithm, key type and size for each capability, to call it with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .entry_points import ENTRY_POINTS
from .expr import AlgPattern, TypePattern
from .model import Capability

_DEFAULT_ALG = {
    "hash": "PSA_ALG_SHA_256",
    "mac": "PSA_ALG_CMAC",
    "cipher": "PSA_ALG_CTR",
    "aead": "PSA_ALG_GCM",
    "sign": "PSA_ALG_ECDSA(PSA_ALG_SHA_256)",
    "asymmetric encryption": "PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256)",
    "key derivation": "PSA_ALG_HKDF(PSA_ALG_SHA_256)",
    "key agreement": "PSA_ALG_ECDH",
    "pake": "PSA_ALG_JPAKE",
}
_P256 = "PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"
# Key sizes in bits for types whose capability names none.
_BITS = {
    "MONTGOMERY": 255,
    "EDWARDS": 255,
    "ECC": 256,
    "DH_": 2048,
    "RSA": 1024,
    "CHACHA20": 256,
    "DES": 64,
}


@dataclass(frozen=True)
class Sample:
    """C expressions of an algorithm and a key type, and a key size in bits."""

    alg: str
    key_type: str
    bits: int


def concrete(pattern: AlgPattern) -> str:
    """An algorithm that a pattern covers, as a C expression."""
    text = pattern.c_value.replace("PSA_ALG_ANY_HASH", "PSA_ALG_SHA_256")
    if pattern.minimum is None:
        return text
    for at_least, exact in (
        ("PSA_ALG_AT_LEAST_THIS_LENGTH_MAC", "PSA_ALG_TRUNCATED_MAC"),
        ("PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG", "PSA_ALG_AEAD_WITH_SHORTENED_TAG"),
    ):
        text = text.replace(at_least, exact)
    # 16 bytes are a length that every MAC and tag of the field has.
    return re.sub(r", \d+\)$", ", 16)", text)


def _type_of(alg: str) -> str:
    if "HMAC" in alg and "PBKDF2" not in alg:
        return "PSA_KEY_TYPE_HMAC"
    if "CHACHA20" in alg or "STREAM_CIPHER" in alg:
        return "PSA_KEY_TYPE_CHACHA20"
    if "RSA" in alg:
        return "PSA_KEY_TYPE_RSA_KEY_PAIR"
    if "FFDH" in alg:
        return "PSA_KEY_TYPE_DH_KEY_PAIR(PSA_DH_FAMILY_RFC7919)"
    if "ECDSA" in alg or "ECDH" in alg:
        return _P256
    if "JPAKE" in alg:
        return "PSA_KEY_TYPE_PASSWORD"
    if "HKDF" in alg or "TLS12" in alg:
        return "PSA_KEY_TYPE_DERIVE"
    return "PSA_KEY_TYPE_AES"


def _concrete_type(pattern: TypePattern) -> str:
    if pattern.mask == 0xFFFF:
        return pattern.c_value
    base = pattern.c_value.removesuffix("_BASE")
    return f"{base}({'PSA_ECC_FAMILY_SECP_R1' if 'ECC' in base else 'PSA_DH_FAMILY_RFC7919'})"


def _bits_of(key_type: str, capability: Capability) -> int:
    if capability.key_sizes:
        return capability.key_sizes[0]
    for part, bits in _BITS.items():
        if part in key_type:
            return bits
    return 128


def sample(capability: Capability, entry_name: str) -> Sample:
    """What to call an entry point of a capability with."""
    entry = ENTRY_POINTS[entry_name]
    category = entry.categories[0] if entry.categories else "sign"
    alg = _DEFAULT_ALG[category]
    for pattern in capability.algorithms or ():
        if not entry.categories or pattern.category in entry.categories:
            alg = concrete(pattern)
            break
    types = list(capability.key_types or ())
    if entry_name in ("import_key", "export_key", "copy_key", "allocate_key", "destroy_key"):
        types.sort(key=lambda item: item.asymmetric)
    elif types and types[0].asymmetric:
        # Pairs can do all that public keys can.
        types.sort(key=lambda item: not item.key_pair)
    key_type = _concrete_type(types[0]) if types else _type_of(alg)
    if entry_name in ("import_key", "export_key", "copy_key", "allocate_key", "destroy_key") and not types:
        key_type = "PSA_KEY_TYPE_AES"
    if entry_name in ("generate_key", "export_public_key") and not types:
        key_type = _P256
    return Sample(alg, key_type, _bits_of(key_type, capability))
