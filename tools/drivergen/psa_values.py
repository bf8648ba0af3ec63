# SPDX-License-Identifier: MIT
"""Numeric model of the PSA Crypto encodings (Mbed TLS 3.6, psa/crypto_values.h).

The generator needs the numbers to find overlapping capabilities and to hold its C predicates
against a Python model; tests/unit/test_drivergen_values.py compares every entry with the C headers.
"""

from __future__ import annotations

from dataclasses import dataclass

HASH_MASK = 0x000000FF
MAC_TRUNCATION_MASK = 0x003F0000
AEAD_TAG_LENGTH_MASK = 0x003F0000
AT_LEAST_FLAG = 0x00008000
LENGTH_OFFSET = 16
KEY_AGREEMENT_MASK = 0xFFFF0000
VENDOR_FLAG = 0x80000000
KEY_TYPE_VENDOR_FLAG = 0x8000
CURVE_MASK = 0x00FF
ANY_HASH = 0x020000FF
MAX_KEY_BITS = 0xFFF8

# Bits 24..30 of an algorithm.
CATEGORIES = {
    0x02: "hash",
    0x03: "mac",
    0x04: "cipher",
    0x05: "aead",
    0x06: "sign",
    0x07: "asymmetric encryption",
    0x08: "key derivation",
    0x09: "key agreement",
    0x0A: "pake",
}

HASH_LENGTHS = {
    "PSA_ALG_MD5": 16,
    "PSA_ALG_RIPEMD160": 20,
    "PSA_ALG_SHA_1": 20,
    "PSA_ALG_SHA_224": 28,
    "PSA_ALG_SHA_256": 32,
    "PSA_ALG_SHA_384": 48,
    "PSA_ALG_SHA_512": 64,
    "PSA_ALG_SHA_512_224": 28,
    "PSA_ALG_SHA_512_256": 32,
    "PSA_ALG_SHA3_224": 28,
    "PSA_ALG_SHA3_256": 32,
    "PSA_ALG_SHA3_384": 48,
    "PSA_ALG_SHA3_512": 64,
}

# Algorithms without arguments.
ALGORITHMS = {
    "PSA_ALG_MD5": 0x02000003,
    "PSA_ALG_RIPEMD160": 0x02000004,
    "PSA_ALG_SHA_1": 0x02000005,
    "PSA_ALG_SHA_224": 0x02000008,
    "PSA_ALG_SHA_256": 0x02000009,
    "PSA_ALG_SHA_384": 0x0200000A,
    "PSA_ALG_SHA_512": 0x0200000B,
    "PSA_ALG_SHA_512_224": 0x0200000C,
    "PSA_ALG_SHA_512_256": 0x0200000D,
    "PSA_ALG_SHA3_224": 0x02000010,
    "PSA_ALG_SHA3_256": 0x02000011,
    "PSA_ALG_SHA3_384": 0x02000012,
    "PSA_ALG_SHA3_512": 0x02000013,
    "PSA_ALG_SHAKE256_512": 0x02000015,
    "PSA_ALG_ANY_HASH": ANY_HASH,
    "PSA_ALG_CBC_MAC": 0x03C00100,
    "PSA_ALG_CMAC": 0x03C00200,
    "PSA_ALG_STREAM_CIPHER": 0x04800100,
    "PSA_ALG_CTR": 0x04C01000,
    "PSA_ALG_CFB": 0x04C01100,
    "PSA_ALG_OFB": 0x04C01200,
    "PSA_ALG_XTS": 0x0440FF00,
    "PSA_ALG_ECB_NO_PADDING": 0x04404400,
    "PSA_ALG_CBC_NO_PADDING": 0x04404000,
    "PSA_ALG_CBC_PKCS7": 0x04404100,
    "PSA_ALG_CCM_STAR_NO_TAG": 0x04C01300,
    "PSA_ALG_CCM": 0x05500100,
    "PSA_ALG_GCM": 0x05500200,
    "PSA_ALG_CHACHA20_POLY1305": 0x05100500,
    "PSA_ALG_RSA_PKCS1V15_SIGN_RAW": 0x06000200,
    "PSA_ALG_ECDSA_ANY": 0x06000600,
    "PSA_ALG_PURE_EDDSA": 0x06000800,
    "PSA_ALG_ED25519PH": 0x0600090B,
    "PSA_ALG_ED448PH": 0x06000915,
    "PSA_ALG_RSA_PKCS1V15_CRYPT": 0x07000200,
    "PSA_ALG_TLS12_ECJPAKE_TO_PMS": 0x08000609,
    "PSA_ALG_PBKDF2_AES_CMAC_PRF_128": 0x08800200,
    "PSA_ALG_FFDH": 0x09010000,
    "PSA_ALG_ECDH": 0x09020000,
    "PSA_ALG_JPAKE": 0x0A000100,
}

# Macros of one hash argument: NAME(hash) == base | low byte of hash.
HASH_MACROS = {
    "PSA_ALG_HMAC": 0x03800000,
    "PSA_ALG_RSA_PKCS1V15_SIGN": 0x06000200,
    "PSA_ALG_RSA_PSS": 0x06000300,
    "PSA_ALG_RSA_PSS_ANY_SALT": 0x06001300,
    "PSA_ALG_ECDSA": 0x06000600,
    "PSA_ALG_DETERMINISTIC_ECDSA": 0x06000700,
    "PSA_ALG_RSA_OAEP": 0x07000300,
    "PSA_ALG_HKDF": 0x08000100,
    "PSA_ALG_HKDF_EXTRACT": 0x08000400,
    "PSA_ALG_HKDF_EXPAND": 0x08000500,
    "PSA_ALG_TLS12_PRF": 0x08000200,
    "PSA_ALG_TLS12_PSK_TO_MS": 0x08000300,
    "PSA_ALG_PBKDF2_HMAC": 0x08800100,
}


@dataclass(frozen=True)
class LengthMacro:
    """A macro of a base algorithm and a length in bytes."""

    category: str
    at_least: bool
    mask_name: str
    flag_name: str


LENGTH_MACROS = {
    "PSA_ALG_TRUNCATED_MAC": LengthMacro(
        "mac", False, "PSA_ALG_MAC_TRUNCATION_MASK", "PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG"
    ),
    "PSA_ALG_AT_LEAST_THIS_LENGTH_MAC": LengthMacro(
        "mac", True, "PSA_ALG_MAC_TRUNCATION_MASK", "PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG"
    ),
    "PSA_ALG_AEAD_WITH_SHORTENED_TAG": LengthMacro(
        "aead", False, "PSA_ALG_AEAD_TAG_LENGTH_MASK", "PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG"
    ),
    "PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG": LengthMacro(
        "aead", True, "PSA_ALG_AEAD_TAG_LENGTH_MASK", "PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG"
    ),
}

KEY_AGREEMENT_MACRO = "PSA_ALG_KEY_AGREEMENT"

# Tag lengths that the AEAD algorithms define, in bytes.
AEAD_TAG_LENGTHS = {
    0x05500100: (4, 6, 8, 10, 12, 14, 16),
    0x05500200: (4, 8, 12, 13, 14, 15, 16),
    0x05100500: (16,),
}


@dataclass(frozen=True)
class KeyType:
    """A key type or the base of a parametrised one. sizes: the key sizes in bits, None for any."""

    value: int
    sizes: frozenset[int] | None = None


_DES_SIZES = frozenset({64, 128, 192})
_BLOCK_SIZES = frozenset({128, 192, 256})

KEY_TYPES = {
    "PSA_KEY_TYPE_RAW_DATA": KeyType(0x1001),
    "PSA_KEY_TYPE_HMAC": KeyType(0x1100),
    "PSA_KEY_TYPE_DERIVE": KeyType(0x1200),
    "PSA_KEY_TYPE_PASSWORD": KeyType(0x1203),
    "PSA_KEY_TYPE_PASSWORD_HASH": KeyType(0x1205),
    "PSA_KEY_TYPE_PEPPER": KeyType(0x1206),
    "PSA_KEY_TYPE_AES": KeyType(0x2400, _BLOCK_SIZES),
    "PSA_KEY_TYPE_ARIA": KeyType(0x2406, _BLOCK_SIZES),
    "PSA_KEY_TYPE_DES": KeyType(0x2301, _DES_SIZES),
    "PSA_KEY_TYPE_CAMELLIA": KeyType(0x2403, _BLOCK_SIZES),
    "PSA_KEY_TYPE_CHACHA20": KeyType(0x2004, frozenset({256})),
    "PSA_KEY_TYPE_RSA_PUBLIC_KEY": KeyType(0x4001),
    "PSA_KEY_TYPE_RSA_KEY_PAIR": KeyType(0x7001),
}

# Macros of one family argument: base value and the kind of family.
KEY_TYPE_MACROS = {
    "PSA_KEY_TYPE_ECC_PUBLIC_KEY": (0x4100, "curve"),
    "PSA_KEY_TYPE_ECC_KEY_PAIR": (0x7100, "curve"),
    "PSA_KEY_TYPE_DH_PUBLIC_KEY": (0x4200, "group"),
    "PSA_KEY_TYPE_DH_KEY_PAIR": (0x7200, "group"),
}

CURVE_FAMILIES = {
    "PSA_ECC_FAMILY_SECP_K1": KeyType(0x17, frozenset({192, 224, 225, 256})),
    "PSA_ECC_FAMILY_SECP_R1": KeyType(0x12, frozenset({192, 224, 256, 384, 521})),
    "PSA_ECC_FAMILY_SECP_R2": KeyType(0x1B, frozenset({160})),
    "PSA_ECC_FAMILY_SECT_K1": KeyType(0x27, frozenset({163, 233, 239, 283, 409, 571})),
    "PSA_ECC_FAMILY_SECT_R1": KeyType(0x22, frozenset({163, 233, 283, 409, 571})),
    "PSA_ECC_FAMILY_SECT_R2": KeyType(0x2B, frozenset({163})),
    "PSA_ECC_FAMILY_BRAINPOOL_P_R1": KeyType(0x30, frozenset({160, 192, 224, 256, 320, 384, 512})),
    "PSA_ECC_FAMILY_MONTGOMERY": KeyType(0x41, frozenset({255, 448})),
    "PSA_ECC_FAMILY_TWISTED_EDWARDS": KeyType(0x42, frozenset({255, 448})),
}

GROUP_FAMILIES = {
    "PSA_DH_FAMILY_RFC7919": KeyType(0x03, frozenset({2048, 3072, 4096, 6144, 8192})),
}

FAMILIES = {"curve": CURVE_FAMILIES, "group": GROUP_FAMILIES}


def category(alg: int) -> str:
    """Name of an algorithm's category, "vendor" when the vendor bit is set."""
    if alg & VENDOR_FLAG:
        return "vendor"
    return CATEGORIES.get((alg >> 24) & 0x7F, "unknown")
