# SPDX-License-Identifier: MIT
"""Key derivation step by step, and password-authenticated key exchange end to end."""

import pytest

from tests.device.psa_code import PRELUDE

STEPS = f"""{PRELUDE}
SECRET, SALT, INFO = psa.KEY_DERIVATION_INPUT_SECRET, psa.KEY_DERIVATION_INPUT_SALT, psa.KEY_DERIVATION_INPUT_INFO
PASSWORD, COST = psa.KEY_DERIVATION_INPUT_PASSWORD, psa.KEY_DERIVATION_INPUT_COST
HKDF = psa.ALG_HKDF(SHA)

def hkdf(op, secret=bytes([11] * 22), salt=bytes(range(13)), info=bytes(range(0xf0, 0xfa))):
    op.setup(HKDF)
    op.input_bytes(SALT, salt)
    op.input_bytes(SECRET, secret)
    op.input_bytes(INFO, info)
    return op
"""


def test_hkdf_of_rfc_5869(target):
    target.run(f"""{STEPS}
want = bytes.fromhex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
op = psa.KeyDerivationOperation()
assert hkdf(op).output_bytes(42) == want
op.abort()
hkdf(op)
assert op.output_bytes(10) + op.output_bytes(0) + op.output_bytes(32) == want
op.abort()
out = bytearray(42)
assert hkdf(op).output_bytes(out=out) == 42 and out == want
op.abort()
assert hkdf(op).output_bytes(5, out=out) == 5
raises(psa.BufferTooSmall, op.output_bytes, 43, out=out)
assert op.output_bytes(5) == want[5:10], "a buffer that is too small is found before anything is taken"
raises(TypeError, op.output_bytes)
raises(ValueError, op.output_bytes, -1)
""")


def test_capacity(target):
    target.run(f"""{STEPS}
op = psa.KeyDerivationOperation()
raises(psa.BadState, op.get_capacity)
op.setup(HKDF)
assert op.get_capacity() == 255 * 32
op.set_capacity(100)
raises(psa.InvalidArgument, op.set_capacity, 101)
assert op.get_capacity() == 100, "and the operation goes on"
raises(ValueError, op.set_capacity, -1)
raises(ValueError, op.set_capacity, 1 << 70)
op.input_bytes(SECRET, b"secret")
op.input_bytes(INFO, b"")
op.output_bytes(60)
assert op.get_capacity() == 40
out = bytearray(b"\\xaa" * 41)
raises(psa.InsufficientData, op.output_bytes, 41, out=out)
assert not any(out)
assert op.get_capacity() == 0, "after asking for too much there is nothing more to get"
raises(psa.InsufficientData, op.output_bytes, 1)
op.abort()
raises(psa.BadState, op.output_bytes, 1)
""")


def test_inputs_out_of_order(target):
    target.run(f"""{STEPS}
op = psa.KeyDerivationOperation()
base = arena()
for wrong in (
    lambda: op.input_bytes(INFO, b"") or op.output_bytes(1),                                # no secret
    lambda: op.input_bytes(SECRET, b"x") or op.input_bytes(SALT, b"late"),
    lambda: op.input_bytes(SECRET, b"x") or op.input_bytes(SECRET, b"twice"),
    lambda: op.input_integer(COST, 5),
    lambda: op.input_bytes(0x0999, b"unknown step"),
    lambda: op.input_key(SECRET, 12345),
    lambda: op.key_agreement(SECRET, 12345, b""),
):
    op.setup(HKDF)
    try:
        wrong()
        assert False
    except (psa.BadState, psa.InvalidArgument, psa.InvalidHandle):
        pass
    op.abort()
assert arena() == base
raises(psa.InvalidArgument, op.setup, HMAC_SHA)
raises(ValueError, hkdf(op).input_bytes, 1 << 16, b"")
op.abort()
not_for_this = make(DERIVE, psa.KEY_USAGE_DERIVE, psa.ALG_HKDF(psa.ALG_SHA_512), b"secret")
op.setup(HKDF)
raises(psa.NotPermitted, op.input_key, SECRET, not_for_this)
raises(psa.BadState, op.input_bytes, SECRET, b"x")
""")


def test_output_key(target):
    target.run(f"""{STEPS}
op = psa.KeyDerivationOperation()
secret = make(DERIVE, psa.KEY_USAGE_DERIVE, HKDF, bytes([11] * 22))

def with_key():
    op.setup(HKDF)
    op.input_bytes(SALT, bytes(range(13)))
    op.input_key(SECRET, secret)
    op.input_bytes(INFO, bytes(range(0xf0, 0xfa)))
attributes = psa.KeyAttributes(type=AES, bits=128, usage=CRYPT | EXPORT, alg=psa.ALG_GCM)
with_key()
key = op.output_key(attributes)
assert psa.export_key(key).hex() == "3cb25f25faacd57a90434f64d0362f2a"
second = psa.key_derivation_output_key(attributes, op)
assert psa.export_key(second).hex() == "2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
op.abort()
with_key()
assert psa.export_key(op.output_key_custom(attributes, 0, b"")) == psa.export_key(key)
assert psa.export_key(psa.key_derivation_output_key_custom(attributes, op, 0, b"")) == psa.export_key(second)
pair = op.output_key(psa.KeyAttributes(type=P256, bits=256, usage=SIGN, alg=ECDSA))
psa.verify_message(pair, ECDSA, b"abc", psa.sign_message(pair, ECDSA, b"abc"))
raises((psa.InvalidArgument, psa.NotSupported), op.output_key, psa.KeyAttributes(type=AES, bits=100))
op.abort()
# A secret that came as bytes may give bytes only.
hkdf(op)
raises(psa.NotPermitted, op.output_key, attributes)
op.abort()
raises(psa.BadState, op.output_key, attributes)
""")


def test_key_agreement_into_derivation(target):
    target.run(f"""{STEPS}
alg = psa.ALG_KEY_AGREEMENT(psa.ALG_ECDH, HKDF)
a, b = [make(P256, psa.KEY_USAGE_DERIVE, alg, bits=256) for _ in range(2)]
results = []
for own, peer in ((a, b), (b, a)):
    with psa.KeyDerivationOperation() as op:
        op.setup(alg)
        op.key_agreement(SECRET, own, psa.export_public_key(peer))
        op.input_bytes(INFO, b"session")
        results.append(op.output_bytes(32))
assert results[0] == results[1] and any(results[0])
op.setup(alg)
raises(psa.InvalidArgument, op.key_agreement, SECRET, a, bytes(65))
raises(psa.BadState, op.input_bytes, INFO, b"")
""")


@pytest.mark.supported_if("'ALG_PBKDF2_HMAC' in caps['algorithms']")
def test_pbkdf2(target):
    target.run(f"""{STEPS}
alg = psa.ALG_PBKDF2_HMAC(SHA)
op = psa.KeyDerivationOperation()
op.setup(alg)
op.input_integer(COST, 2)
op.input_bytes(SALT, b"salt")
op.input_bytes(PASSWORD, b"password")
assert op.output_bytes(32).hex() == "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"
op.abort()
op.setup(alg)
raises(ValueError, op.input_integer, COST, -1)
raises(ValueError, op.input_integer, COST, 1 << 64)
raises((psa.InvalidArgument, psa.NotSupported), op.input_integer, COST, 1 << 33)
op.setup(alg)
raises(psa.InvalidArgument, op.input_integer, COST, 0)
""")


def test_verify(target):
    target.run(f"""{STEPS}
op = psa.KeyDerivationOperation()
want = hkdf(op).output_bytes(42)
op.abort()
assert hkdf(op).verify_bytes(want[:20]) is None
op.verify_bytes(want[20:])
op.abort()
hkdf(op)
raises(psa.InvalidSignature, op.verify_bytes, bytes(20))
op.verify_bytes(want[20:])                              # a difference is an answer, not the end
assert op.get_capacity() == 255 * 32 - 42
op.set_capacity(10)
raises(psa.InsufficientData, op.verify_bytes, bytes(11))
assert op.get_capacity() == 0
op.abort()
raises(psa.BadState, op.verify_bytes, b"")
raises(psa.BadState, op.verify_key, 1)
""")


def test_verify_follows_the_policy_of_the_secret(target):
    target.run(f"""{STEPS}
DERIVES, VERIFIES = psa.KEY_USAGE_DERIVE, psa.KEY_USAGE_VERIFY_DERIVATION
op = psa.KeyDerivationOperation()
want = hkdf(op).output_bytes(32)
op.abort()

def with_key(usage):
    secret = make(DERIVE, usage, HKDF, bytes([11] * 22))
    op.abort()
    op.setup(HKDF)
    op.input_bytes(SALT, bytes(range(13)))
    op.input_key(SECRET, secret)
    op.input_bytes(INFO, bytes(range(0xf0, 0xfa)))
    return op

raises(psa.NotPermitted, with_key(DERIVES).verify_bytes, want)
with_key(DERIVES | VERIFIES).verify_bytes(want)
with_key(VERIFIES).verify_bytes(want)
raises(psa.InvalidSignature, with_key(VERIFIES).verify_bytes, want[1:])
raises(psa.NotPermitted, with_key(VERIFIES).output_bytes, 32)

stored = make(psa.KEY_TYPE_PASSWORD_HASH, VERIFIES, HKDF, want)
other = make(psa.KEY_TYPE_PASSWORD_HASH, VERIFIES, HKDF, bytes(32))
assert psa.key_derivation_verify_key(with_key(VERIFIES), stored) is None
raises(psa.InvalidSignature, with_key(VERIFIES).verify_key, other)
raises(psa.InvalidHandle, with_key(VERIFIES).verify_key, 12345)
raises(psa.NotPermitted, with_key(VERIFIES).verify_key, make(psa.KEY_TYPE_PASSWORD_HASH, DERIVES, HKDF, want))
""")


JPAKE = f"""{PRELUDE}
suite = psa.PAKECipherSuite(
    algorithm=psa.ALG_JPAKE,
    primitive=psa.PAKE_PRIMITIVE(psa.PAKE_PRIMITIVE_TYPE_ECC, psa.ECC_FAMILY_SECP_R1, 256),
    hash=SHA,
)
KDF = psa.ALG_TLS12_ECJPAKE_TO_PMS
SHARE, PUBLIC, PROOF = psa.PAKE_STEP_KEY_SHARE, psa.PAKE_STEP_ZK_PUBLIC, psa.PAKE_STEP_ZK_PROOF

def password(text):
    return make(psa.KEY_TYPE_PASSWORD, psa.KEY_USAGE_DERIVE, psa.ALG_JPAKE, text)

def start(me, peer, text):
    op = psa.PAKEOperation()
    op.setup(suite)
    op.set_password_key(password(text))
    op.set_user(me)
    op.set_peer(peer)
    return op

def exchange(server_text, client_text):
    server = start(b"server", b"client", server_text)
    client = start(b"client", b"server", client_text)
    for rounds in (2, 1):
        for a, b in ((server, client), (client, server)):
            message = []
            for _ in range(rounds):
                for step in (SHARE, PUBLIC, PROOF):
                    message.append((step, a.output(step)))
            for step, data in message:
                b.input(step, data)
    keys = []
    for op in (server, client):
        kdf = psa.KeyDerivationOperation()
        kdf.setup(KDF)
        op.get_implicit_key(kdf)
        keys.append(kdf.output_bytes(32))
        kdf.abort()
        raises(psa.BadState, op.output, SHARE)
    return keys
"""


def test_cipher_suite(target):
    target.run(f"""{JPAKE}
assert (suite.algorithm, suite.hash) == (psa.ALG_JPAKE, SHA)
assert (suite.type, suite.family, suite.bits) == (psa.PAKE_PRIMITIVE_TYPE_ECC, psa.ECC_FAMILY_SECP_R1, 256)
assert repr(suite) == "PAKECipherSuite(algorithm=ALG_JPAKE, primitive=0x1120100, hash=ALG_SHA_256)", suite
other = psa.pake_cipher_suite_init()
assert other != suite
psa.pake_cs_set_algorithm(other, psa.ALG_JPAKE)
psa.pake_cs_set_primitive(other, suite.primitive)
psa.pake_cs_set_hash(other, SHA)
assert other == suite
assert psa.pake_cs_get_algorithm(other) == psa.ALG_JPAKE and psa.pake_cs_get_hash(other) == SHA
assert psa.pake_cs_get_primitive(other) == suite.primitive and psa.pake_cs_get_bits(other) == 256
assert psa.pake_cs_get_family(other) == psa.ECC_FAMILY_SECP_R1
raises(TypeError, psa.PAKECipherSuite, bits=256)
def assign():
    other.family = 1
raises(AttributeError, assign)
""")


@pytest.mark.supported_if("'ALG_JPAKE' in caps['algorithms']")
def test_jpake_end_to_end(target):
    target.run(
        f"""{JPAKE}
base = arena()
keys = exchange(b"correct horse", b"correct horse")
assert keys[0] == keys[1] and any(keys[0])
""",
        timeout=300,
    )


@pytest.mark.supported_if("'ALG_JPAKE' in caps['algorithms']")
def test_jpake_with_two_passwords_gives_two_keys(target):
    target.run(f"{JPAKE}\nkeys = exchange(b'correct horse', b'battery staple')\nassert keys[0] != keys[1]", timeout=300)


@pytest.mark.supported_if("'ALG_JPAKE' in caps['algorithms']")
def test_jpake_misuse(target):
    target.run(
        f"""{JPAKE}
op = psa.PAKEOperation()
raises(psa.BadState, op.set_user, b"me")
curve = psa.PAKE_PRIMITIVE(psa.PAKE_PRIMITIVE_TYPE_ECC, psa.ECC_FAMILY_SECP_R1, 384)
other = psa.PAKECipherSuite(algorithm=psa.ALG_JPAKE, primitive=curve, hash=SHA)
raises(psa.NotSupported, lambda: op.setup(other) or op.set_password_key(password(b"x")) or op.set_user(b"server")
    or op.set_peer(b"client") or op.output(SHARE))
raises(psa.InvalidArgument, op.setup, psa.PAKECipherSuite())
raises(TypeError, op.setup, SHA)
op.setup(suite)
raises((psa.InvalidArgument, psa.NotSupported), op.set_user, b"")
op = start(b"server", b"client", b"password")
raises(psa.BadState, op.set_user, b"twice")
op = start(b"server", b"client", b"password")
raises(psa.BadState, op.output, PROOF)                  # the share comes first
op = start(b"server", b"client", b"password")
raises(psa.InvalidArgument, op.output, 99)
op = start(b"server", b"client", b"password")
op.output(SHARE)
kdf = psa.KeyDerivationOperation()
kdf.setup(KDF)
raises(psa.BadState, op.get_implicit_key, kdf)          # nothing exchanged yet
server = start(b"server", b"client", b"password")
client = start(b"client", b"server", b"password")
message = [(step, server.output(step)) for _ in range(2) for step in (SHARE, PUBLIC, PROOF)]
message[2] = (PROOF, bytes(32))
try:
    for step, data in message:
        client.input(step, data)
    assert False, "a wrong proof was accepted"
except (psa.DataInvalid, psa.InvalidSignature, psa.InvalidArgument, psa.GenericError):
    pass
raises(psa.BadState, client.output, SHARE)
""",
        timeout=300,
    )


def test_jpake_without_support_says_so(target):
    if "ALG_JPAKE" in target.capabilities()["algorithms"]:
        pytest.skip("this firmware has J-PAKE")
    target.run(f"{JPAKE}\nraises(psa.NotSupported, psa.PAKEOperation().setup, suite)")
