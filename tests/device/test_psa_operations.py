# SPDX-License-Identifier: MIT
"""Operation objects: misuse raises BadState, nothing leaks, nothing dangles; results equal the one-shot functions'."""

import pytest

from tests.device.psa_code import PRELUDE

# name: constructor, set-up, a step, the last step
OPERATIONS = {
    "hash": ("psa.HashOperation", "op.setup(SHA)", "op.update(b'abc')", "op.finish()"),
    "hash verify": (
        "psa.HashOperation",
        "op.setup(SHA)",
        "op.update(b'abc')",
        "op.verify(psa.hash_compute(SHA, b'abc'))",
    ),
    "mac sign": ("psa.MACOperation", "op.sign_setup(mac, HMAC_SHA)", "op.update(b'abc')", "op.sign_finish()"),
    "mac verify": (
        "psa.MACOperation",
        "op.verify_setup(mac, HMAC_SHA)",
        "op.update(b'abc')",
        "op.verify_finish(psa.mac_compute(mac, HMAC_SHA, b'abc'))",
    ),
    "cipher": (
        "psa.CipherOperation",
        "op.encrypt_setup(ctr, psa.ALG_CTR); op.generate_iv()",
        "op.update(b'abc')",
        "op.finish()",
    ),
    "aead": (
        "psa.AEADOperation",
        "op.encrypt_setup(gcm, psa.ALG_GCM); op.set_nonce(bytes(12))",
        "op.update(b'abc')",
        "op.finish()",
    ),
    "sign": (
        "psa.SignHashInterruptibleOperation",
        "op.start(ec, ECDSA, bytes(32))",
        "op.get_num_ops()",
        "op.complete()",
    ),
    "verify": (
        "psa.VerifyHashInterruptibleOperation",
        "op.start(ec, ECDSA, bytes(32), psa.sign_hash(ec, ECDSA, bytes(32)))",
        "op.get_num_ops()",
        "op.complete()",
    ),
    "key derivation": (
        "psa.KeyDerivationOperation",
        "op.setup(psa.ALG_HKDF(SHA)); op.input_key(psa.KEY_DERIVATION_INPUT_SECRET, secret); "
        "op.input_bytes(psa.KEY_DERIVATION_INPUT_INFO, b'')",
        "op.output_bytes(5)",
        "op.abort()",
    ),
}

KEYS = f"""{PRELUDE}
mac, ctr, gcm, ec = hmac(), aes(psa.ALG_CTR), aes(psa.ALG_GCM), p256()
secret = make(DERIVE, psa.KEY_USAGE_DERIVE, psa.ALG_HKDF(SHA), b"secret")
"""


def skip_unsupported(target, kind):
    if kind == "cipher" and "ALG_CTR" not in target.capabilities()["algorithms"]:
        pytest.skip(f"{target.name}: this firmware has no unauthenticated ciphers")


@pytest.mark.parametrize("kind", OPERATIONS)
def test_life_of_an_operation(target, kind):
    skip_unsupported(target, kind)
    make, setup, step, last = OPERATIONS[kind]
    target.run(f"""{KEYS}
def setup(op):
    {setup}
def step(op):
    return {step}
def last(op):
    return {last}

op = {make}()
assert repr(op) == "<{make[4:]} inactive>", op
base = arena()

# before the set-up nothing but abort works
raises(psa.BadState, step, op)
if {last!r} != "op.abort()":
    raises(psa.BadState, last, op)
op.abort()

# the way it is meant, twice with the same object
for _ in range(2):
    setup(op)
    assert "inactive" not in repr(op) and arena() > base
    step(op)
    last(op)
    assert "inactive" in repr(op) and arena() == base, "the state is gone with the last step"

# after the end
raises(psa.BadState, step, op)
if {last!r} != "op.abort()":
    raises(psa.BadState, last, op)
op.abort()
op.abort()

# a second set-up ends the first one
setup(op)
raises(psa.BadState, setup, op)
raises(psa.BadState, step, op)
assert arena() == base

# left by an exception
try:
    with {make}() as op:
        setup(op)
        raise KeyError
except KeyError:
    pass
assert "inactive" in repr(op) and arena() == base

# forgotten
def forget():
    for _ in range(20):
        setup({make}())
forget()
# The stack may still hold the last one; call deeper to overwrite it.
def deeper(n):
    return n and deeper(n - 1)
deeper(20)
left = arena()
one = {make}()
setup(one)
size = arena() - left
one.abort()
assert left - base <= 2 * size, (base, left, size)
""")


@pytest.mark.parametrize("kind", OPERATIONS)
def test_soft_reset_ends_operations(target, kind):
    skip_unsupported(target, kind)
    make, setup, step, _ = OPERATIONS[kind]
    target.run(f"{KEYS}\nop = {make}()\n{setup}\n{step}")
    target.soft_reset()
    target.run("import psa\nassert psa.arena_info().used == 0, psa.arena_info()\npsa.crypto_init()")


def test_failed_setup_leaves_nothing(target):
    target.run(f"""{KEYS}
base = arena()
for op, call in (
    (psa.HashOperation(), lambda op: op.setup(psa.ALG_GCM)),
    (psa.MACOperation(), lambda op: op.sign_setup(ctr, HMAC_SHA)),
    (psa.MACOperation(), lambda op: op.sign_setup(12345, HMAC_SHA)),
    (psa.CipherOperation(), lambda op: op.encrypt_setup(mac, psa.ALG_CTR)),
    (psa.AEADOperation(), lambda op: op.decrypt_setup(gcm, psa.ALG_CCM)),
    (psa.KeyDerivationOperation(), lambda op: op.setup(SHA)),
    (psa.SignHashInterruptibleOperation(), lambda op: op.start(mac, ECDSA, bytes(32))),
    (psa.VerifyHashInterruptibleOperation(), lambda op: op.start(ec, ECDSA, bytes(32), bytes(63))),
):
    try:
        call(op)
        assert False, op
    except psa.PSAError:
        pass
    assert "inactive" in repr(op) and arena() == base, op
""")


def test_failed_step_ends_the_operation(target):
    target.run(f"""{KEYS}
base = arena()
if have("ALG_CTR"):
    op = psa.CipherOperation()
    op.encrypt_setup(ctr, psa.ALG_CTR)
    raises(psa.BadState, op.update, b"abc")         # no IV yet
    assert arena() == base
    raises(psa.BadState, op.set_iv, bytes(16))
    op.encrypt_setup(ctr, psa.ALG_CTR)
    raises(psa.InvalidArgument, op.set_iv, bytes(15))
op = psa.AEADOperation()
op.encrypt_setup(gcm, psa.ALG_GCM)
op.set_nonce(bytes(12))
raises(psa.BadState, op.set_nonce, bytes(12))       # a nonce is for once
raises(psa.BadState, op.update, b"")
op.encrypt_setup(gcm, psa.ALG_GCM)
op.set_nonce(bytes(12))
op.update(b"abc")
raises(psa.BadState, op.update_ad, b"too late")
op.encrypt_setup(gcm, psa.ALG_GCM)
op.set_lengths(3, 3)
op.set_nonce(bytes(12))
op.update_ad(b"abc")
raises(psa.InvalidArgument, op.update, b"abcd")     # more than announced
op.encrypt_setup(gcm, psa.ALG_GCM)
op.set_lengths(3, 3)
op.set_nonce(bytes(12))
raises(psa.InvalidArgument, op.finish)              # less than announced
op = psa.HashOperation()
op.setup(SHA)
raises(psa.InvalidSignature, op.verify, bytes(32))
raises(psa.BadState, op.verify, bytes(32))
op = psa.MACOperation()
op.sign_setup(mac, HMAC_SHA)
raises(psa.BadState, op.verify_finish, bytes(32))   # this one signs
op.verify_setup(mac, HMAC_SHA)
raises(psa.BadState, op.sign_finish)
op.verify_setup(mac, HMAC_SHA)
raises(psa.InvalidSignature, op.verify_finish, bytes(32))
assert arena() == base
""")


def test_methods_and_functions_are_the_same(target):
    target.run(f"""{KEYS}
op = psa.hash_operation_init()
psa.hash_setup(op, SHA)
psa.hash_update(operation=op, input=b"ab")
op.update(input=b"c")
assert psa.hash_finish(op) == psa.hash_compute(SHA, b"abc")
raises(TypeError, psa.hash_setup, psa.MACOperation(), SHA)
raises(TypeError, psa.HashOperation.setup, psa.MACOperation(), SHA)
raises(TypeError, psa.hash_setup, None, SHA)
for name in ("hash", "mac", "cipher", "aead", "key_derivation", "pake"):
    assert type(getattr(psa, name + "_operation_init")()) in (psa.HashOperation, psa.MACOperation, psa.CipherOperation,
        psa.AEADOperation, psa.KeyDerivationOperation, psa.PAKEOperation)
""")


def test_hash_clone(target):
    target.run(f"""{PRELUDE}
base = arena()
op = psa.HashOperation()
raises(psa.BadState, op.clone)
op.setup(SHA)
op.update(b"ab")
copy = op.clone()
copy.update(b"d")
op.update(b"c")
into = psa.HashOperation()
assert op.clone(into) is into
assert into.finish() == op.finish() == psa.hash_compute(SHA, b"abc")
assert copy.finish() == psa.hash_compute(SHA, b"abd")
op.setup(SHA)
busy = psa.HashOperation()
busy.setup(SHA)
raises(psa.BadState, op.clone, busy)
op.clone()
busy.abort()
op.abort()
raises(psa.BadState, op.clone, busy)
psa.hash_compare(SHA, b"abc", psa.hash_compute(SHA, b"abc"))
raises(psa.InvalidSignature, psa.hash_compare, SHA, b"abd", psa.hash_compute(SHA, b"abc"))
raises(psa.InvalidSignature, psa.hash_compare, SHA, b"abc", psa.hash_compute(SHA, b"abc")[:31])
""")


def test_multipart_equals_one_shot(target):
    target.run(f"""{KEYS}
data = bytes(range(200)) * 3
steps = (0, 1, 15, 16, 17, 64, 100)
def pieces():
    at = 0
    for n in steps:
        yield data[at : at + n]
        at += n
    yield data[at:]

op = psa.MACOperation()
op.sign_setup(mac, HMAC_SHA)
for piece in pieces():
    op.update(piece)
assert op.sign_finish() == psa.mac_compute(mac, HMAC_SHA, data)
psa.mac_verify(mac, HMAC_SHA, data, psa.mac_compute(mac, HMAC_SHA, data))
raises(psa.InvalidSignature, psa.mac_verify, mac, HMAC_SHA, data[1:], psa.mac_compute(mac, HMAC_SHA, data))

for name in ("ALG_CTR", "ALG_CBC_PKCS7", "ALG_CBC_NO_PADDING"):
    if not have(name):
        continue
    alg = getattr(psa, name)
    text = data[:592]
    key = aes(alg)
    enc = psa.CipherOperation()
    enc.encrypt_setup(key, alg)
    iv = enc.generate_iv()
    sealed = b""
    for at in range(0, len(text), 37):
        sealed += enc.update(text[at : at + 37])
    sealed += enc.finish()
    assert psa.cipher_decrypt(key, alg, iv + sealed) == text
    dec = psa.CipherOperation()
    psa.cipher_decrypt_setup(dec, key, alg)
    dec.set_iv(iv)
    assert b"".join([dec.update(sealed[:100]), dec.update(sealed[100:]), dec.finish()]) == text

for alg in (psa.ALG_GCM, psa.ALG_CCM, psa.ALG_AEAD_WITH_SHORTENED_TAG(psa.ALG_GCM, 8)):
    try:
        key = aes(alg)
        nonce = psa.generate_random(12)
        whole = psa.aead_encrypt(key, alg, nonce, b"header", data)
    except psa.NotSupported:
        continue
    tag_length = psa.AEAD_TAG_LENGTH(AES, 128, alg)
    op = psa.AEADOperation()
    op.encrypt_setup(key, alg)
    op.set_lengths(6, len(data))
    op.set_nonce(nonce)
    op.update_ad(b"hea")
    op.update_ad(b"der")
    sealed = b"".join([op.update(piece) for piece in pieces()])
    last, tag = op.finish()
    assert sealed + last + tag == whole and len(tag) == tag_length, alg
    op.encrypt_setup(key, alg)
    op.set_lengths(6, len(data))
    op.set_nonce(nonce)
    op.update_ad(b"header")
    sealed = op.update(data)
    out = bytearray(32)
    n = op.finish(out=out)
    assert sealed + out[:n] == whole, "with out= the tag follows the rest of the ciphertext"
    op.decrypt_setup(key, alg)
    op.set_lengths(6, len(data))
    op.set_nonce(nonce)
    op.update_ad(b"header")
    opened = op.update(sealed)
    opened += op.verify(tag)
    assert opened == data
    op.encrypt_setup(key, alg)
    op.set_lengths(0, 0)
    assert len(op.generate_nonce()) >= 12
    op.abort()
""")


def test_random_reseeding(target):
    target.run(f"""{PRELUDE}
assert psa.generate_random(0) == b"" and len(psa.generate_random(1000)) == 1000
assert psa.generate_random(32) != psa.generate_random(32)
out = bytearray(20)
assert psa.generate_random(out=out) == 20 and any(out)
out = bytearray(20)
assert psa.generate_random(3, out=out) == 3 and not any(out[3:])
raises(psa.BufferTooSmall, psa.generate_random, 21, out=out)
if hasattr(psa, "random_reseed"):
    assert psa.random_reseed() is None
    psa.random_reseed(b"personal")
    psa.random_deplete()
    psa.random_set_prediction_resistance(1)
    psa.random_set_prediction_resistance(0)
    raises(ValueError, psa.random_set_prediction_resistance, -1)
    psa.generate_random(5)
""")
