# SPDX-License-Identifier: MIT
"""RSA: PKCS #1 v1.5 and PSS signatures, v1.5 and OAEP encryption. Importing this module adds its sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.vectors import parse, rsa_keys
from tests.vectors.families import Case, Psa, Skip, add, hash_alg

ODD_SIZE = Skip("modulus not of a multiple of 8 bits: not supported by Mbed TLS's PSA core")
SHORT = Skip("modulus shorter than 1024 bits, the least that Mbed TLS is built for")
CHANGED_KEY = Skip("public exponent out of the range that Mbed TLS imports")


def unusable(n: int) -> Skip | None:
    if n.bit_length() < 1024:
        return SHORT
    return ODD_SIZE if n.bit_length() % 8 else None


def sign_alg(path: str, hash_name: str) -> Psa:
    scheme = "RSA_PSS_ANY_SALT" if "PSS" in path or "pss" in path else "RSA_PKCS1V15_SIGN"
    return Psa(f"psa.ALG_{scheme}({hash_alg(hash_name)})")


def signatures(path: str) -> Iterator[Case | Skip]:
    """SigGen and SigVer files; the verifying files come with the private key as well."""
    e = 0
    for record in parse.nist(path, "S"):
        n = int(record["n"], 16)
        e = int(record["e"], 16) if "e" in record else e  # written with the first vector of a key only
        reason = unusable(n)
        if reason:
            yield reason
            continue
        if e >= n or e < 3:
            yield CHANGED_KEY
            continue
        private = None
        valid = record.fields.get("Result", "P").startswith("P")
        if valid and "p" in record and "d" in record:
            private = rsa_keys.private(n, e, *(int(record[name], 16) for name in ("d", "p", "q")))
        alg = sign_alg(path, record["SHAAlg"])
        signature = int(record["S"], 16)
        encoded = signature.to_bytes((n.bit_length() + 7) // 8, "big")
        verdict = None if signature >= n else valid
        yield alg, private, rsa_keys.public(n, e), record.data("Msg"), encoded, verdict, "PSS" not in path


def examples(path: str) -> Iterator[Case | Skip]:
    """PKCS #1's own example files, all with SHA-1."""
    pss = "pss" in path
    for each in parse.pkcs1(path, "signature"):
        n, e, d, p, q = (each.key[name] for name in "nedpq")
        for message, _salt, signature in each.examples:
            reason = unusable(n)
            if reason:
                yield reason
                continue
            private = rsa_keys.private(n, e, d, p, q)
            alg = sign_alg(path, "SHA1")
            yield alg, private, rsa_keys.public(n, e), message, signature, True, not pss


def decryptions(path: str) -> Iterator[Case | Skip]:
    alg = Psa("psa.ALG_RSA_PKCS1V15_CRYPT")
    if "oaep" in path:
        # oaep-<hash>-<hash of the mask>.txt, or PKCS #1's own file with SHA-1
        hash_name = Path(path).stem.split("-")[1] if "custom" in path else "sha1"
        alg = Psa(f"psa.ALG_RSA_OAEP({hash_alg(hash_name)})")
    for each in parse.pkcs1(path, "encryption"):
        n, e, d, p, q = (each.key[name] for name in "nedpq")
        for message, _seed, ciphertext in each.examples:
            reason = unusable(n)
            if reason:
                yield reason
                continue
            yield alg, rsa_keys.private(n, e, d, p, q), b"", message, ciphertext


def labelled(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "Output"):
        key = serialization.load_der_private_key(record.data("KEY"), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        encoded = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        alg = Psa(f"psa.ALG_RSA_OAEP({hash_alg(record['OAEPDigest'])})")
        plaintext = record["Output"].strip('"').encode()
        yield alg, encoded, record.data("OAEPLabel"), plaintext, record.data("Input")


RSA = "asymmetric/RSA"
PKCS1, PSS = "KEY_TYPE_RSA_PUBLIC_KEY ALG_RSA_PKCS1V15_SIGN", "KEY_TYPE_RSA_PUBLIC_KEY ALG_RSA_PSS"
OAEP, CRYPT = "KEY_TYPE_RSA_KEY_PAIR_IMPORT ALG_RSA_OAEP", "KEY_TYPE_RSA_KEY_PAIR_IMPORT ALG_RSA_PKCS1V15_CRYPT"
for _name in ("SigGen15_186-2.rsp", "SigGen15_186-3.rsp", "SigVer15_186-3.rsp"):
    add("RSA-PKCS1", f"{RSA}/FIPS_186-2/{_name}", "rsa_sign", signatures, needs=PKCS1)
add("RSA-PKCS1", f"{RSA}/SigVer15EMTest.txt", "rsa_sign", signatures, needs=PKCS1)
add("RSA-PKCS1", f"{RSA}/pkcs1v15sign-vectors.txt", "rsa_sign", examples, needs=PKCS1)
for _name in ("SigGenPSS_186-2.rsp", "SigGenPSS_186-3.rsp", "SigVerPSS_186-3.rsp"):
    add("RSA-PSS", f"{RSA}/FIPS_186-2/{_name}", "rsa_sign", signatures, needs=PSS)
add("RSA-PSS", f"{RSA}/pkcs-1v2-1d2-vec/pss-vect.txt", "rsa_sign", examples, needs=PSS)
for _hash in ("sha224", "sha256", "sha384", "sha512"):  # PSA's OAEP uses one hash for label and mask
    add("RSA-OAEP", f"{RSA}/oaep-custom/oaep-{_hash}-{_hash}.txt", "rsa_crypt", decryptions, needs=OAEP)
add("RSA-OAEP", f"{RSA}/pkcs-1v2-1d2-vec/oaep-vect.txt", "rsa_crypt", decryptions, needs=OAEP)
add("RSA-OAEP", f"{RSA}/oaep-label.txt", "rsa_crypt", labelled, needs=OAEP)
add("RSA-crypt", f"{RSA}/pkcs1v15crypt-vectors.txt", "rsa_crypt", decryptions, needs=CRYPT)
