# SPDX-License-Identifier: MIT
"""All vectors that apply: each file of the package is used, or named here with the reason why it does not apply."""

from __future__ import annotations

from fnmatch import fnmatch

from tests.vectors import families, families_ecc, families_rsa, parse  # noqa: F401

FOLDERS = ("hashes", "HMAC", "CMAC", "KDF", "ciphers", "poly1305", "keywrap", "asymmetric")
SUFFIXES = (".rsp", ".txt", ".fax", ".vec")

NOT_IN_MBEDTLS = "PSA has a name for it or none, Mbed TLS 3.6 has no code for it"
DUPLICATE = "the same vectors as in the file with the other ending"
FORMATS = "encodings of keys (PEM, PKCS #8, X.509, SSH), which PSA does not read"
NOT_APPLICABLE = {
    "*[Rr]eadme.txt": "prose",
    "hashes/SHAKE/*": NOT_IN_MBEDTLS,
    "hashes/SM3/*": NOT_IN_MBEDTLS,
    "hashes/blake2/*": NOT_IN_MBEDTLS,
    "hashes/SHA2/SHA512_2*": NOT_IN_MBEDTLS,
    "hashes/*Monte.txt": DUPLICATE,
    "KDF/ansx963_2001.txt": NOT_IN_MBEDTLS,
    "KDF/argon2*": NOT_IN_MBEDTLS,
    "KDF/nist-800-108-KBKDF-CTR.txt": NOT_IN_MBEDTLS,
    "KDF/scrypt.txt": NOT_IN_MBEDTLS,
    "ciphers/AES/GCM-SIV/*": NOT_IN_MBEDTLS,
    "ciphers/AES/OCB3/*": NOT_IN_MBEDTLS,
    "ciphers/AES/SIV/*": NOT_IN_MBEDTLS,
    "ciphers/AES/XTS/*": "Mbed TLS has XTS, its PSA core does not",
    "ciphers/AES/CFB/CFB1[GKMV]*": "PSA's CFB has segments of a whole block",
    "ciphers/AES/CFB/CFB8*": "PSA's CFB has segments of a whole block",
    "ciphers/AES/CCM/DVPT*.txt": DUPLICATE,
    "ciphers/3DES/CBC/TCBCI*": "interleaved mode, which PSA does not have",
    "ciphers/3DES/CFB/*": "Mbed TLS's PSA core has no CFB for DES",
    "ciphers/3DES/OFB/*": "Mbed TLS's PSA core has no OFB for DES",
    "ciphers/Camellia/camellia-ofb.txt": "Mbed TLS has OFB for AES only",
    "ciphers/ARC4/*": NOT_IN_MBEDTLS,
    "ciphers/Blowfish/*": NOT_IN_MBEDTLS,
    "ciphers/CAST5/*": NOT_IN_MBEDTLS,
    "ciphers/IDEA/*": NOT_IN_MBEDTLS,
    "ciphers/RC2/*": NOT_IN_MBEDTLS,
    "ciphers/SEED/*": NOT_IN_MBEDTLS,
    "ciphers/SM4/*": NOT_IN_MBEDTLS,
    "poly1305/*": "PSA has Poly1305 inside ChaCha20-Poly1305 only",
    "keywrap/*": "Mbed TLS has key wrapping, its PSA core does not",
    "asymmetric/DH/*": "groups of RFC 5114 and X9.42, PSA has those of RFC 7919",
    "asymmetric/DSA/*": NOT_IN_MBEDTLS,
    "asymmetric/Ed448/*": NOT_IN_MBEDTLS,
    "asymmetric/MLDSA/*": NOT_IN_MBEDTLS,
    "asymmetric/MLKEM/*": NOT_IN_MBEDTLS,
    "asymmetric/EC/*": FORMATS,
    "asymmetric/PEM_Serialization/*": FORMATS,
    "asymmetric/ECDH/*_KDFConcat_*": "the concatenation KDF of SP 800-56A, which PSA does not have",
    "asymmetric/ECDSA/FIPS_186-?/SigGen.rsp": DUPLICATE,
    "asymmetric/RSA/oaep-custom/*": "PSA's OAEP uses one hash for label and mask",
    "asymmetric/RSA/FIPS_186-2/*.txt": DUPLICATE,
    "asymmetric/RSA/FIPS_186-2/Sig*RSA*": "signatures of X9.31, which PSA does not have",
    "asymmetric/RSA/FIPS_186-2/KeyGenRSA.rsp": "primes from given seeds: PSA generates from its own random numbers",
    "asymmetric/RSA/pkcs-1v2-1d2-vec/*-int.txt": "intermediate values of the file without -int",
}


def _files() -> list[str]:
    paths = (path for folder in FOLDERS for path in (parse.ROOT / folder).rglob("*") if path.suffix in SUFFIXES)
    return sorted(path.relative_to(parse.ROOT).as_posix() for path in paths)


def test_every_file_is_used_or_does_not_apply() -> None:
    used = {source.path for source in families.SOURCES}
    unexplained = [
        path for path in _files() if path not in used and not any(fnmatch(path, pattern) for pattern in NOT_APPLICABLE)
    ]
    assert not unexplained, "neither used nor explained:\n" + "\n".join(unexplained)


def test_every_reason_has_a_file() -> None:
    used = {source.path for source in families.SOURCES}
    unused = [path for path in _files() if path not in used]
    idle = [pattern for pattern in NOT_APPLICABLE if not any(fnmatch(path, pattern) for path in unused)]
    assert not idle, f"nothing matches {idle}"
