# SPDX-License-Identifier: MIT
"""Which built-in code a board can do without, because a driver covers it and never falls back.

A mechanism (MBEDTLS_PSA_ACCEL_x) has many uses: entry points, hashes, lengths, key types and sizes.
Its built-in code goes when every use is covered; a use that is not covered may still be one that the
profile does not want, so the macro is defined under the condition that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import psa_values as pv
from .dispatch import SINGLE_FROM_FAMILY
from .expr import algorithm, key_type
from .model import Capability, Driver

# More alternatives than this in one condition would help nobody.
_MAX_TERMS = 16

_HASHES = [name for name in pv.HASH_LENGTHS if name not in ("PSA_ALG_SHA_512_224", "PSA_ALG_SHA_512_256")]
_BLOCK_TYPES = ("AES", "ARIA", "CAMELLIA", "DES")
_BLOCK_ALGS = (
    "CTR",
    "CFB",
    "OFB",
    "ECB_NO_PADDING",
    "CBC_NO_PADDING",
    "CBC_PKCS7",
    "CCM_STAR_NO_TAG",
    "CCM",
    "GCM",
    "CMAC",
)
# Modes over 128-bit blocks only.
_NO_DES = frozenset(("CTR", "CFB", "OFB", "CCM_STAR_NO_TAG", "CCM", "GCM"))
_CURVES = (
    ("SECP_K1", 192),
    ("SECP_K1", 224),
    ("SECP_K1", 256),
    ("SECP_R1", 192),
    ("SECP_R1", 224),
    ("SECP_R1", 256),
    ("SECP_R1", 384),
    ("SECP_R1", 521),
    ("BRAINPOOL_P_R1", 256),
    ("BRAINPOOL_P_R1", 384),
    ("BRAINPOOL_P_R1", 512),
    ("MONTGOMERY", 255),
    ("MONTGOMERY", 448),
)
_SIGNATURES = ("ECDSA", "DETERMINISTIC_ECDSA")


@dataclass(frozen=True)
class Accelerated:
    """One MBEDTLS_PSA_ACCEL_ macro; condition: preprocessor condition, "" for none."""

    macro: str
    condition: str


@dataclass(frozen=True)
class Use:
    """One call that built-in code would serve. wants: the PSA_WANT_ names without which nobody makes it."""

    entry_point: str
    alg: int | None
    key: tuple[int, int] | None
    wants: frozenset[str]


def _use(entry: str, alg: int | None, key: tuple[int, int] | None, *wants: str) -> Use:
    return Use(entry, alg, key, frozenset(wants))


def _implements(capability: Capability, entry_point: str) -> bool:
    """A driver with the family alone serves the single-part call too."""
    if entry_point in capability.entry_points or entry_point in capability.families:
        return True
    if entry_point == "mac_verify_multipart" and "mac_multipart" in capability.families:
        return True
    return SINGLE_FROM_FAMILY.get(entry_point, "") in capability.families


class _Board:
    """The transparent drivers of a board, asked whether built-in code is out of reach."""

    def __init__(self, drivers: Sequence[Driver]) -> None:
        self.final = [
            capability
            for driver in drivers
            if driver.transparent
            for capability in driver.capabilities
            if not capability.fallback and not driver.condition(capability)
        ]

    def covers(self, use: Use) -> bool:
        return any(
            _implements(capability, use.entry_point) and capability.matches(use.alg, use.key)
            for capability in self.final
        )

    def judge(self, name: str, uses: Iterable[Use]) -> Accelerated | None:
        """The macro of a mechanism, or None when its built-in code must stay."""
        covered = False
        terms: set[frozenset[str]] = set()
        for use in uses:
            if self.covers(use):
                covered = True
            elif not use.wants:
                return None
            else:
                terms.add(use.wants)
        # A smaller set of wants that nobody has says all that a larger one says.
        terms = {term for term in terms if not any(other < term for other in terms)}
        if not covered or len(terms) > _MAX_TERMS:
            return None
        parts = []
        for term in sorted(terms, key=sorted):
            wanted = " && ".join(f"defined(PSA_WANT_{want})" for want in sorted(term))
            parts.append(f"!{wanted}" if len(term) == 1 else f"!({wanted})")
        return Accelerated(f"MBEDTLS_PSA_ACCEL_{name}", " && ".join(parts))


def _short(name: str) -> str:
    return name.removeprefix("PSA_")


def _hash_uses(name: str) -> Iterator[Use]:
    alg = pv.ALGORITHMS[name]
    yield _use("hash_compute", alg, None)
    yield _use("hash_multipart", alg, None)


_MAC_CALLS = ("mac_compute", "mac_multipart", "mac_verify_multipart")
_CIPHER_CALLS = (
    "cipher_encrypt",
    "cipher_decrypt",
    "cipher_encrypt_multipart",
    "cipher_decrypt_multipart",
)
_AEAD_CALLS = ("aead_encrypt", "aead_decrypt", "aead_encrypt_multipart", "aead_decrypt_multipart")


def _hmac_uses() -> Iterator[Use]:
    kind = pv.KEY_TYPES["PSA_KEY_TYPE_HMAC"].value
    for name in _HASHES:
        texts = [f"PSA_ALG_HMAC({name})"]
        texts += [f"PSA_ALG_TRUNCATED_MAC({texts[0]}, {length})" for length in (4, 8, 12, 16)]
        for text in texts:
            for bits in (8, 128, 256, 4096):
                for call in _MAC_CALLS:
                    yield _use(call, algorithm(text).value, (kind, bits), _short(name))


def _variants(name: str) -> list[int]:
    """A symmetric algorithm with all its lengths."""
    full = pv.ALGORITHMS[f"PSA_ALG_{name}"]
    values = [full]
    if name in ("CCM", "GCM", "CHACHA20_POLY1305"):
        values += [
            algorithm(f"PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_{name}, {length})").value
            for length in pv.AEAD_TAG_LENGTHS[full]
        ]
    if name == "CMAC":
        values += [algorithm(f"PSA_ALG_TRUNCATED_MAC(PSA_ALG_{name}, {length})").value for length in (4, 8, 12, 16)]
    return values


def _symmetric_uses(alg_name: str, type_name: str, *wants: str) -> Iterator[Use]:
    known = pv.KEY_TYPES[f"PSA_KEY_TYPE_{type_name}"]
    for alg in _variants(alg_name):
        calls = {"mac": _MAC_CALLS, "aead": _AEAD_CALLS}.get(pv.category(alg), _CIPHER_CALLS)
        for bits in sorted(known.sizes or ()):
            for call in calls:
                yield _use(call, alg, (known.value, bits), *wants)


def _pairs(alg_name: str) -> Iterator[str]:
    for type_name in _BLOCK_TYPES:
        if type_name != "DES" or alg_name not in _NO_DES:
            yield type_name


def _curve_name(curve: tuple[str, int]) -> str:
    return f"ECC_{curve[0]}_{curve[1]}"


def _curve_keys(curve: tuple[str, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    family = f"PSA_ECC_FAMILY_{curve[0]}"
    pair = key_type(f"PSA_KEY_TYPE_ECC_KEY_PAIR({family})").value
    public = key_type(f"PSA_KEY_TYPE_ECC_PUBLIC_KEY({family})").value
    return (pair, curve[1]), (public, curve[1])


def _ecc_uses(alg_name: str, curve: tuple[str, int], *wants: str) -> Iterator[Use]:
    """What an ECC algorithm does on a curve, nothing for a combination that does not exist."""
    pair, public = _curve_keys(curve)
    if alg_name == "ECDH":
        yield _use("key_agreement", pv.ALGORITHMS["PSA_ALG_ECDH"], pair, *wants)
    elif alg_name == "JPAKE":
        if curve == ("SECP_R1", 256):
            for kind in ("PASSWORD", "PASSWORD_HASH"):
                key = (pv.KEY_TYPES[f"PSA_KEY_TYPE_{kind}"].value, 128)
                yield _use("pake", pv.ALGORITHMS["PSA_ALG_JPAKE"], key, *wants)
    elif curve[0] != "MONTGOMERY":
        hashes = [(f"PSA_ALG_{alg_name}({name})", (_short(name),)) for name in _HASHES]
        more: list[tuple[str, tuple[str, ...]]] = [*hashes]
        if alg_name == "ECDSA":
            more.append(("PSA_ALG_ECDSA_ANY", ()))
        for text, hash_wants in more:
            alg = algorithm(text).value
            yield _use("sign_hash", alg, pair, *wants, *hash_wants)
            yield _use("verify_hash", alg, pair, *wants, *hash_wants)
            yield _use("verify_hash", alg, public, *wants, *hash_wants)


def _ecc(board: _Board) -> Iterator[Accelerated | None]:
    algs = (*_SIGNATURES, "ECDH", "JPAKE")
    for alg in algs:
        uses = (use for curve in _CURVES for use in _ecc_uses(alg, curve, _curve_name(curve)))
        yield board.judge(f"ALG_{alg}", uses)
    for curve in _CURVES:
        uses = (use for alg in algs for use in _ecc_uses(alg, curve, f"ALG_{alg}"))
        yield board.judge(_curve_name(curve), uses)
    management = (
        ("KEY_TYPE_ECC_KEY_PAIR_IMPORT", "import_key", 0),
        ("KEY_TYPE_ECC_KEY_PAIR_EXPORT", "export_public_key", 0),
        ("KEY_TYPE_ECC_KEY_PAIR_GENERATE", "generate_key", 0),
        ("KEY_TYPE_ECC_KEY_PAIR_DERIVE", "derive_key", 0),
        ("KEY_TYPE_ECC_PUBLIC_KEY", "import_key", 1),
    )
    for name, entry, which in management:
        uses = (_use(entry, None, _curve_keys(c)[which], _curve_name(c)) for c in _CURVES)
        yield board.judge(name, uses)


def accelerated(drivers: Sequence[Driver]) -> list[Accelerated]:
    """The macros to define, in a stable order."""
    board = _Board(drivers)
    if not board.final:
        return []
    found: list[Accelerated | None] = []
    for name in _HASHES:
        found.append(board.judge(_short(name), _hash_uses(name)))
    found.append(board.judge("ALG_HMAC", _hmac_uses()))
    for alg in _BLOCK_ALGS:
        uses = (use for kind in _pairs(alg) for use in _symmetric_uses(alg, kind, f"KEY_TYPE_{kind}"))
        found.append(board.judge(f"ALG_{alg}", uses))
    for kind in _BLOCK_TYPES:
        uses = (use for alg in _BLOCK_ALGS if kind in _pairs(alg) for use in _symmetric_uses(alg, kind, f"ALG_{alg}"))
        found.append(board.judge(f"KEY_TYPE_{kind}", uses))
    stream = ("STREAM_CIPHER", "CHACHA20_POLY1305")
    for alg in stream:
        found.append(board.judge(f"ALG_{alg}", _symmetric_uses(alg, "CHACHA20")))
    uses = (use for alg in stream for use in _symmetric_uses(alg, "CHACHA20", f"ALG_{alg}"))
    found.append(board.judge("KEY_TYPE_CHACHA20", uses))
    found.extend(_ecc(board))
    return [item for item in found if item is not None]


def curves_touched(macros: Sequence[Accelerated]) -> list[str]:
    """All curve names when any elliptic curve macro is defined, otherwise none."""
    if any("_ECC_" in item.macro for item in macros):
        return [_curve_name(curve) for curve in _CURVES]
    return []
