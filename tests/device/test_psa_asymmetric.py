# SPDX-License-Identifier: MIT
"""Signatures, agreement and encryption with key pairs; signing in steps while an asyncio program keeps running."""

import pytest

from tests.device.psa_code import PRELUDE


def test_sign_and_verify(target):
    target.run(f"""{PRELUDE}
key = p256(SIGN | SIGN_HASH | EXPORT)
public_type = psa.KEY_TYPE_PUBLIC_KEY_OF_KEY_PAIR(P256)
public = make(public_type, psa.KEY_USAGE_VERIFY_MESSAGE | psa.KEY_USAGE_VERIFY_HASH, ECDSA, psa.export_public_key(key))
signature = psa.sign_message(key, ECDSA, b"abc")
assert len(signature) == psa.SIGN_OUTPUT_SIZE(P256, 256, ECDSA) == 64
psa.verify_message(public, ECDSA, b"abc", signature)
digest = psa.hash_compute(SHA, b"abc")
psa.verify_hash(public, ECDSA, digest, signature)
psa.verify_hash(public, ECDSA, digest, psa.sign_hash(key, ECDSA, digest))
for wrong in (signature[:-1], signature + b"x", bytes(64), b"", bytes(signature[:63]) + bytes([signature[63] ^ 1])):
    raises(psa.InvalidSignature, psa.verify_message, public, ECDSA, b"abc", wrong)
raises(psa.InvalidSignature, psa.verify_message, public, ECDSA, b"abd", signature)
raises(psa.InvalidSignature, psa.verify_message, p256(), ECDSA, b"abc", signature)
raises((psa.InvalidArgument, psa.NotPermitted), psa.sign_message, public, ECDSA, b"abc")
raises((psa.NotPermitted, psa.NotSupported), psa.sign_message, key, psa.ALG_ECDSA(psa.ALG_SHA_384), b"abc")
raises(psa.InvalidHandle, psa.sign_message, 12345, ECDSA, b"abc")
raises(psa.InvalidHandle, psa.sign_message, 12345, ECDSA, b"abc", out=bytearray(64))
raises(psa.NotPermitted, psa.sign_message, p256(psa.KEY_USAGE_VERIFY_MESSAGE), ECDSA, b"abc")
assert len(psa.export_key(key)) == 32
raises(psa.NotPermitted, psa.export_key, p256())
""")


def test_hash_has_the_length_of_its_algorithm(target):
    """What is not a hash is not signed; an algorithm that names none takes what it is given."""
    target.run(f"""{PRELUDE}
key = p256(SIGN_HASH | psa.KEY_USAGE_VERIFY_HASH)
signature = psa.sign_hash(key, ECDSA, bytes(32))
for length in (0, 1, 31, 33, 64):
    out = bytearray(b"x" * 64)
    raises(psa.InvalidArgument, psa.sign_hash, key, ECDSA, bytes(length), out=out)
    assert out == bytes(64)
    raises(psa.InvalidArgument, psa.verify_hash, key, ECDSA, bytes(length), signature)
    raises(psa.InvalidArgument, psa.SignHashInterruptibleOperation().start, key, ECDSA, bytes(length))
    raises(psa.InvalidArgument, psa.VerifyHashInterruptibleOperation().start, key, ECDSA, bytes(length), signature)
any_hash = make(P256, SIGN_HASH | psa.KEY_USAGE_VERIFY_HASH, psa.ALG_ECDSA_ANY, bits=256)
for length in (0, 1, 31, 33, 64):
    signature = psa.sign_hash(any_hash, psa.ALG_ECDSA_ANY, bytes(length))
    psa.verify_hash(any_hash, psa.ALG_ECDSA_ANY, bytes(length), signature)
""")


def test_raw_key_agreement(target):
    target.run(f"""{PRELUDE}
a, b = [make(P256, psa.KEY_USAGE_DERIVE, psa.ALG_ECDH, bits=256) for _ in range(2)]
shared = psa.raw_key_agreement(psa.ALG_ECDH, a, psa.export_public_key(b))
assert shared == psa.raw_key_agreement(alg=psa.ALG_ECDH, private_key=b, peer_key=psa.export_public_key(a))
assert len(shared) == psa.RAW_KEY_AGREEMENT_OUTPUT_SIZE(P256, 256) == 32
raises(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, a, bytes(65))
raises(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, a, b"")
raises(psa.NotPermitted, psa.raw_key_agreement, psa.ALG_ECDH, p256(), psa.export_public_key(a))
raises(psa.InvalidHandle, psa.raw_key_agreement, psa.ALG_ECDH, 12345, b"")
""")


@pytest.mark.supported_if("'ALG_RSA_OAEP' in caps['algorithms']")
def test_rsa(target):
    target.run(
        f"""{PRELUDE}
OAEP, PSS = psa.ALG_RSA_OAEP(SHA), psa.ALG_RSA_PSS(SHA)
RSA = psa.KEY_TYPE_RSA_KEY_PAIR
key = make(RSA, CRYPT | EXPORT, OAEP, bits=2048, alg2=PSS)
sealed = psa.asymmetric_encrypt(key, OAEP, b"secret", b"label")
assert len(sealed) == 256
assert psa.asymmetric_decrypt(key, OAEP, sealed, b"label") == b"secret"
out = bytearray(256)
assert psa.asymmetric_decrypt(key, OAEP, sealed, salt=b"label", out=out) == 6 and out[:6] == b"secret"
raises(psa.InvalidPadding, psa.asymmetric_decrypt, key, OAEP, sealed)
assert psa.asymmetric_decrypt(key, OAEP, psa.asymmetric_encrypt(key, OAEP, b"")) == b""
raises(psa.InvalidArgument, psa.asymmetric_encrypt, key, OAEP, bytes(200))
raises(psa.InvalidArgument, psa.asymmetric_decrypt, key, OAEP, sealed[1:], b"label")
signing = make(RSA, SIGN, PSS, psa.export_key(key))
signature = psa.sign_message(signing, PSS, b"abc")
psa.verify_message(signing, PSS, b"abc", signature)
raises(psa.InvalidSignature, psa.verify_message, signing, PSS, b"abd", signature)
exponent = psa.generate_key_custom(psa.KeyAttributes(type=RSA, bits=1024, usage=EXPORT), 0, bytes([3]))
assert b"\\x02\\x01\\x03" in psa.export_public_key(exponent)
raises(psa.InvalidArgument, psa.generate_key_custom, psa.KeyAttributes(type=RSA, bits=1024), 0, bytes([2]))
""",
        timeout=120,
    )


def test_signing_in_steps(target):
    target.run(
        f"""{PRELUDE}
key = p256()
digest = psa.hash_compute(SHA, b"abc")
assert psa.interruptible_get_max_ops() == psa.INTERRUPTIBLE_MAX_OPS_UNLIMITED
psa.interruptible_set_max_ops(300)
assert psa.interruptible_get_max_ops() == 300
base = arena()

def complete(op):
    steps = 0
    while True:
        try:
            return op.complete(), steps
        except psa.OperationIncomplete as e:
            assert e.status == psa.OPERATION_INCOMPLETE
            steps += 1

op = psa.SignHashInterruptibleOperation()
op.start(key, ECDSA, digest)
signature, steps = complete(op)
assert steps > 2, steps
psa.verify_hash(key, ECDSA, digest, signature)
raises(psa.BadState, op.complete)

check = psa.VerifyHashInterruptibleOperation()
check.start(key, ECDSA, digest, signature)
result, steps = complete(check)
assert result is None and steps > 2
check.start(key, ECDSA, digest, bytes(signature[:63]) + bytes([signature[63] ^ 1]))
raises(psa.InvalidSignature, complete, check)
raises(psa.BadState, check.complete)

# abandoned half-way: by abort, by forgetting
op.start(key, ECDSA, digest)
raises(psa.OperationIncomplete, op.complete)
assert op.get_num_ops() > 0
op.abort()
assert arena() == base
out = bytearray(64)
op.start(key, ECDSA, digest)
while True:
    try:
        assert op.complete(out=out) == 64
        break
    except psa.OperationIncomplete:
        pass
psa.verify_hash(key, ECDSA, digest, out)
raises((psa.NotPermitted, psa.NotSupported), op.start, key, psa.ALG_ECDSA(psa.ALG_SHA_384), digest)
psa.interruptible_set_max_ops(psa.INTERRUPTIBLE_MAX_OPS_UNLIMITED)
""",
        timeout=120,
    )


def test_an_asyncio_program_keeps_running_while_it_signs(target):
    target.run(
        f"""{PRELUDE}
import asyncio
key = p256()
digest = psa.hash_compute(SHA, b"abc")
psa.interruptible_set_max_ops(300)

async def sign():
    with psa.SignHashInterruptibleOperation() as op:
        op.start(key, ECDSA, digest)
        while True:
            try:
                return op.complete()
            except psa.OperationIncomplete:
                await asyncio.sleep(0)

beats = 0
async def heart():
    global beats
    while True:
        beats += 1
        await asyncio.sleep(0)

async def main():
    other = asyncio.create_task(heart())
    signature = await sign()
    other.cancel()
    return signature

psa.verify_hash(key, ECDSA, digest, asyncio.run(main()))
assert beats > 3, beats
psa.interruptible_set_max_ops(psa.INTERRUPTIBLE_MAX_OPS_UNLIMITED)
""",
        timeout=120,
    )
