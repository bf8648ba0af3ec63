# SPDX-License-Identifier: MIT
"""RSA keys of vector files in the format that PSA imports: PKCS #1 in DER."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes([count])
    size = (count.bit_length() + 7) // 8
    return bytes([0x80 | size]) + count.to_bytes(size, "big")


def _integer(value: int) -> bytes:
    body = value.to_bytes(value.bit_length() // 8 + 1, "big")  # the leading bit stays clear: positive
    return b"\x02" + _length(len(body)) + body


def _sequence(*numbers: int) -> bytes:
    body = b"".join(map(_integer, numbers))
    return b"\x30" + _length(len(body)) + body


def public(n: int, e: int) -> bytes:
    """RSAPublicKey of RFC 8017, appendix A.1.1."""
    return _sequence(n, e)


@cache
def private(n: int, e: int, d: int, p: int, q: int) -> bytes:
    """RSAPrivateKey of RFC 8017, appendix A.1.2."""
    return _sequence(0, n, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


@cache
def private_from_exponent(n: int, e: int, d: int) -> bytes:
    """The same when the file does not tell the primes."""
    return private(n, e, d, *rsa.rsa_recover_prime_factors(n, e, d))
