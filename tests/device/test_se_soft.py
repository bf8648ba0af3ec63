# SPDX-License-Identifier: MIT
"""Keys at the location of drivers/se_soft: used through the same calls as others, with the same results, and refused
when somebody changed what lies in flash."""

from __future__ import annotations

import struct
import zlib

import pytest

from tests.device.psa_code import PRELUDE
from tests.device.test_psa_derivation import JPAKE, STEPS
from tests.targets import Target

pytestmark = pytest.mark.supported_if("'se_soft' in caps['drivers']")

ELEMENT = """
def lifetime(persistence=psa.KEY_PERSISTENCE_VOLATILE):
    return psa.KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(persistence, psa.KEY_LOCATION_SE_SOFT)

INSIDE = lifetime()
STORED = lifetime(psa.KEY_PERSISTENCE_DEFAULT)

# The core keeps room for key slots from the first key on.
for where in (0, INSIDE):
    psa.destroy_key(make(RAW, 0, 0, b"x", lifetime=where))

def both(type, usage, alg, data):
    # The same key in local storage and in the element.
    return make(type, usage, alg, data), make(type, usage, alg, data, lifetime=INSIDE)
"""
SOURCE = PRELUDE + ELEMENT


def test_location(target: Target) -> None:
    target.run(f"""{SOURCE}
assert psa.KEY_LIFETIME_GET_LOCATION(STORED) == psa.KEY_LOCATION_SE_SOFT != psa.KEY_LOCATION_LOCAL_STORAGE
key = hmac()
inside = make(HMAC, SIGN, HMAC_SHA, bits=256, lifetime=INSIDE)
assert psa.get_key_attributes(inside).lifetime == INSIDE
nowhere = psa.KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(0, psa.KEY_LOCATION_SE_SOFT + 1)
raises(psa.InvalidArgument, make, HMAC, SIGN, HMAC_SHA, bits=256, lifetime=nowhere)
""")


def test_mac(target: Target) -> None:
    target.run(f"""{SOURCE}
base = arena()
for kind, alg, data in ((HMAC, HMAC_SHA, bytes(range(32))), (AES, psa.ALG_CMAC, bytes(range(16))),
        (HMAC, psa.ALG_TRUNCATED_MAC(HMAC_SHA, 10), bytes(64))):
    local, inside = both(kind, SIGN, alg, data)
    for message in (b"", b"abc", bytes(300)):
        mac = psa.mac_compute(local, alg, message)
        assert psa.mac_compute(inside, alg, message) == mac
        psa.mac_verify(inside, alg, message, mac)
        raises(psa.InvalidSignature, psa.mac_verify, inside, alg, message, bytes(len(mac)))
        op = psa.MACOperation()
        op.sign_setup(inside, alg)
        op.update(message[:7])
        op.update(message[7:])
        assert op.sign_finish() == mac
        op.verify_setup(inside, alg)
        op.update(message)
        op.verify_finish(mac)
        op.verify_setup(inside, alg)
        raises(psa.InvalidSignature, op.verify_finish, bytes(len(mac)))
        op.sign_setup(inside, alg)
        op.abort()
    raises(psa.NotPermitted, psa.mac_compute, inside, psa.ALG_HMAC(psa.ALG_SHA_384), b"")
    raises(psa.NotPermitted, psa.export_key, inside)
    psa.destroy_key(local)
    psa.destroy_key(inside)
assert arena() == base
""")


def test_cipher_and_aead(target: Target) -> None:
    target.run(f"""{SOURCE}
base = arena()
for alg in (psa.ALG_CTR, psa.ALG_CBC_PKCS7, psa.ALG_CBC_NO_PADDING, psa.ALG_ECB_NO_PADDING):
    local, inside = both(AES, CRYPT, alg, bytes(range(32)))
    text = bytes(range(48))
    for a, b in ((local, inside), (inside, local)):
        sealed = psa.cipher_encrypt(a, alg, text)
        assert psa.cipher_decrypt(b, alg, sealed) == text
        op = psa.CipherOperation()
        op.encrypt_setup(a, alg)
        iv = op.generate_iv() if alg != psa.ALG_ECB_NO_PADDING else b""
        sealed = iv + op.update(text[:20]) + op.update(text[20:]) + op.finish()
        assert psa.cipher_decrypt(b, alg, sealed) == text
        op.decrypt_setup(b, alg)
        if iv:
            op.set_iv(iv)
        assert op.update(sealed[len(iv):]) + op.finish() == text
    psa.destroy_key(local)
    psa.destroy_key(inside)
inside = make(AES, CRYPT, psa.ALG_CBC_PKCS7, bytes(16), lifetime=INSIDE)
raises((psa.InvalidPadding, psa.InvalidArgument), psa.cipher_decrypt, inside, psa.ALG_CBC_PKCS7, bytes(47))
psa.destroy_key(inside)
for kind, alg in ((AES, psa.ALG_GCM), (AES, psa.ALG_CCM), (psa.KEY_TYPE_CHACHA20, psa.ALG_CHACHA20_POLY1305)):
    local, inside = both(kind, CRYPT, alg, bytes(range(32)))
    sealed = psa.aead_encrypt(local, alg, bytes(12), b"header", b"secret")
    assert psa.aead_encrypt(inside, alg, bytes(12), b"header", b"secret") == sealed
    assert psa.aead_decrypt(inside, alg, bytes(12), b"header", sealed) == b"secret"
    raises(psa.InvalidSignature, psa.aead_decrypt, inside, alg, bytes(12), b"Header", sealed)
    op = psa.AEADOperation()
    op.encrypt_setup(inside, alg)
    op.set_lengths(6, 6)
    op.set_nonce(bytes(12))
    op.update_ad(b"header")
    parts = op.update(b"secret")
    rest, tag = op.finish()
    assert parts + rest + tag == sealed
    op.decrypt_setup(inside, alg)
    op.set_lengths(6, 6)
    op.set_nonce(bytes(12))
    op.update_ad(b"header")
    op.update(sealed[:6])
    raises(psa.InvalidSignature, op.verify, bytes(16))
    psa.destroy_key(local)
    psa.destroy_key(inside)
assert arena() == base
""")


def test_signatures_and_agreement(target: Target) -> None:
    target.run(
        f"""{SOURCE}
base = arena()
pair = p256(lifetime=INSIDE)
public = make(psa.KEY_TYPE_ECC_PUBLIC_KEY(psa.ECC_FAMILY_SECP_R1), SIGN | SIGN_HASH, ECDSA,
    psa.export_public_key(pair))
public_inside = make(psa.KEY_TYPE_ECC_PUBLIC_KEY(psa.ECC_FAMILY_SECP_R1), SIGN | SIGN_HASH, ECDSA,
    psa.export_public_key(pair), lifetime=INSIDE)
signature = psa.sign_message(pair, ECDSA, b"message")
digest = psa.hash_compute(SHA, b"message")
for key in (pair, public, public_inside):
    psa.verify_message(key, ECDSA, b"message", signature)
    psa.verify_hash(key, ECDSA, digest, psa.sign_hash(pair, ECDSA, digest))
    raises(psa.InvalidSignature, psa.verify_message, key, ECDSA, b"massage", signature)
assert psa.export_public_key(public_inside) == psa.export_public_key(pair)
raises(psa.InvalidArgument, psa.sign_hash, pair, ECDSA, b"no digest")
raises(psa.NotPermitted, psa.sign_hash, pair, psa.ALG_ECDSA(psa.ALG_SHA_384), bytes(48))
for key in (pair, public, public_inside):
    psa.destroy_key(key)
for kind, bits in ((P256, 256), (psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_MONTGOMERY), 255)):
    local = make(kind, psa.KEY_USAGE_DERIVE, psa.ALG_ECDH, bits=bits)
    inside = make(kind, psa.KEY_USAGE_DERIVE, psa.ALG_ECDH, bits=bits, lifetime=INSIDE)
    shared = psa.raw_key_agreement(psa.ALG_ECDH, local, psa.export_public_key(inside))
    assert psa.raw_key_agreement(psa.ALG_ECDH, inside, psa.export_public_key(local)) == shared
    raises(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, inside, b"no point")
    psa.destroy_key(local)
    psa.destroy_key(inside)
assert arena() == base
""",
        timeout=300,
    )


@pytest.mark.supported_if("'se_soft' in caps['drivers'] and 'ALG_RSA_OAEP' in caps['algorithms']")
def test_rsa(target: Target) -> None:
    target.run(
        f"""{SOURCE}
PAIR, PUBLIC = psa.KEY_TYPE_RSA_KEY_PAIR, psa.KEY_TYPE_RSA_PUBLIC_KEY
OAEP, PSS = psa.ALG_RSA_OAEP(SHA), psa.ALG_RSA_PSS(SHA)
inside = make(PAIR, CRYPT | SIGN, OAEP, bits=1024, alg2=PSS, lifetime=INSIDE)
public = make(PUBLIC, CRYPT | SIGN, OAEP, psa.export_public_key(inside), alg2=PSS)
sealed = psa.asymmetric_encrypt(public, OAEP, b"secret")
assert psa.asymmetric_decrypt(inside, OAEP, sealed) == b"secret"
assert psa.asymmetric_decrypt(inside, OAEP, psa.asymmetric_encrypt(inside, OAEP, b"own")) == b"own"
raises(psa.InvalidPadding, psa.asymmetric_decrypt, inside, OAEP, bytes(128))
psa.verify_message(public, PSS, b"message", psa.sign_message(inside, PSS, b"message"))
""",
        timeout=300,
    )


def test_import_export_copy(target: Target) -> None:
    target.run(f"""{SOURCE}
base = arena()
for kind, alg, data in ((AES, psa.ALG_CTR, bytes(range(24))), (HMAC, HMAC_SHA, bytes(range(77))), (RAW, 0, b"r"),
        (P256, ECDSA, bytes(31) + b"\\x05")):
    usage = EXPORT | COPY | (CRYPT if kind == AES else SIGN if kind in (HMAC, P256) else 0)
    local, inside = both(kind, usage, alg, data)
    assert psa.export_key(inside) == data
    assert psa.get_key_attributes(inside).bits == psa.get_key_attributes(local).bits
    copies = [inside]
    for source, where in ((local, INSIDE), (inside, INSIDE), (inside, psa.KEY_LIFETIME_VOLATILE)):
        copy = psa.copy_key(source, psa.KeyAttributes(usage=usage & ~COPY, alg=alg, lifetime=where))
        assert psa.export_key(copy) == data
        assert psa.get_key_attributes(copy).usage == usage & ~COPY
        raises(psa.NotPermitted, psa.copy_key, copy, psa.KeyAttributes(usage=usage, alg=alg, lifetime=INSIDE))
        copies.append(copy)
    for key in copies + [local]:
        psa.destroy_key(key)
locked = make(AES, CRYPT | COPY, psa.ALG_CTR, bytes(16), lifetime=INSIDE)
raises(psa.NotPermitted, psa.export_key, locked)
raises(psa.NotPermitted, psa.copy_key, locked, psa.KeyAttributes(usage=CRYPT | EXPORT, alg=psa.ALG_CTR))
copy = psa.copy_key(locked, psa.KeyAttributes(usage=CRYPT | EXPORT, alg=psa.ALG_CTR, lifetime=INSIDE))
assert psa.get_key_attributes(copy).usage == CRYPT, "a copy gets no rights that its source lacks"
raises(psa.NotPermitted, psa.export_key, copy)
psa.destroy_key(copy)
copy = psa.copy_key(locked, psa.KeyAttributes(usage=CRYPT, lifetime=INSIDE))
raises(psa.NotPermitted, psa.cipher_encrypt, copy, psa.ALG_CTR, b"a copy without an algorithm")
psa.destroy_key(copy)
psa.destroy_key(locked)
any_hash = make(P256, COPY | SIGN, psa.ALG_ECDSA(psa.ALG_ANY_HASH), bits=256, lifetime=INSIDE)
copy = psa.copy_key(any_hash, psa.KeyAttributes(usage=SIGN, alg=ECDSA, lifetime=INSIDE))
assert psa.get_key_attributes(copy).alg == ECDSA
psa.verify_message(copy, ECDSA, b"m", psa.sign_message(copy, ECDSA, b"m"))
psa.destroy_key(copy)
psa.destroy_key(any_hash)
raises(psa.InvalidArgument, make, P256, SIGN, ECDSA, bytes(32), lifetime=INSIDE)
raises(psa.InvalidArgument, make, AES, CRYPT, psa.ALG_CTR, bytes(15), lifetime=INSIDE)
assert arena() == base
""")


# --- storage


def test_key_survives_the_power(machine: Target) -> None:
    machine.run(
        f"{SOURCE}\np256(lifetime=STORED, id=11)\nmake(AES, CRYPT, psa.ALG_CTR, bits=256, lifetime=STORED, id=12)"
    )
    public = machine.eval("psa.export_public_key(11)")
    sealed = machine.eval("psa.cipher_encrypt(12, psa.ALG_CTR, b'secret')")
    for end in (machine.soft_reset, machine.power_cycle):
        end()
        machine.run(SOURCE)
        assert machine.eval("psa.export_public_key(11)") == public
        machine.run("psa.verify_message(11, ECDSA, b'x', psa.sign_message(11, ECDSA, b'x'))")
        assert machine.eval(f"psa.cipher_decrypt(12, psa.ALG_CTR, {sealed!r})") == b"secret"
        assert machine.raises("psa.export_key(11)").name == "NotPermitted"
    machine.run("psa.destroy_key(11)")
    machine.power_cycle()
    machine.run(SOURCE)
    assert machine.raises("psa.export_public_key(11)").name in ("InvalidHandle", "DoesNotExist")
    assert machine.eval(f"psa.cipher_decrypt(12, psa.ALG_CTR, {sealed!r})") == b"secret"


# The key file of the PSA core: magic, version, lifetime, type, bits, usage, algorithm, second algorithm, length of the
# key context; then the key context of se_soft_wrap.c.
FILE_MAGIC = b"PSA\0KEY\0"
CONTEXT = 36
ITS_MAGIC = b"PSI1"


def crc(data: bytes) -> int:
    return zlib.crc32(data) ^ 0xFFFFFFFF


class KeyFile:
    """One stored key in the image of a machine's flash: its bytes, and a way to change them as somebody would who can
    write flash and knows the layout, checksums included."""

    def __init__(self, flash: bytearray, key_id: int) -> None:
        self.flash = flash
        self.key_id = key_id
        self.places = []
        at = flash.find(ITS_MAGIC)
        while at >= 0:
            version, flags, size, data_crc, header_crc = struct.unpack_from("<5I", flash, at)
            sealed = struct.pack("<6I", version, flags, size, data_crc, key_id, 0)
            if crc(sealed) == header_crc and flash[at + 20 : at + 28] == FILE_MAGIC:
                self.places.append((at, size))
            at = flash.find(ITS_MAGIC, at + 1)
        assert self.places, f"no file of key {key_id} in the flash"

    def read(self) -> bytes:
        at, size = self.places[0]
        return bytes(self.flash[at + 20 : at + 20 + size])

    def write(self, data: bytes) -> None:
        for at, size in self.places:
            assert len(data) == size
            version, flags = struct.unpack_from("<2I", self.flash, at)
            fields = (version, flags, size, crc(data))
            header_crc = crc(struct.pack("<6I", *fields, self.key_id, 0))
            self.flash[at : at + 20 + size] = struct.pack("<5I", *fields, header_crc) + data


# Too large for littlefs to keep them beside their name, where it has a checksum of its own over everything.
STORE = f"""{SOURCE}
for number in (21, 22):
    make(HMAC, SIGN, HMAC_SHA, bytes([number] * 640), lifetime=STORED, id=number)
"""


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def with_export(data: bytes) -> bytes:
    (usage,) = struct.unpack_from("<I", data, 20)
    return data[:20] + struct.pack("<I", usage | 1) + data[24:]


def with_export_everywhere(data: bytes) -> bytes:
    data = with_export(data)
    (usage,) = struct.unpack_from("<I", data, CONTEXT + 24)
    return data[: CONTEXT + 24] + struct.pack("<I", usage | 1) + data[CONTEXT + 28 :]


TAMPERING = {
    "magic": lambda data, other: flipped(data, CONTEXT),
    "salt": lambda data, other: flipped(data, CONTEXT + 4),
    "usage in the context": lambda data, other: flipped(data, CONTEXT + 24),
    "key": lambda data, other: flipped(data, CONTEXT + 44),
    "end of the key": lambda data, other: flipped(data, len(data) - 17),
    "tag": lambda data, other: flipped(data, len(data) - 1),
    "policy of the core": lambda data, other: with_export(data),
    "both policies": lambda data, other: with_export_everywhere(data),
    "algorithm of the core": lambda data, other: data[:24] + struct.pack("<I", 0x0380000A) + data[28:],
    "another key": lambda data, other: data[:CONTEXT] + other[CONTEXT:],
}


def test_tampered_flash_is_refused(machine: Target) -> None:
    machine.run(STORE)
    macs = [machine.eval(f"psa.mac_compute({n}, HMAC_SHA, b'x')") for n in (21, 22)]
    machine.stop()
    pristine = machine.flash.read_bytes()
    original = KeyFile(bytearray(pristine), 21).read()
    other = KeyFile(bytearray(pristine), 22).read()
    assert original[CONTEXT : CONTEXT + 4] == b"SES1" and b"\x15" * 16 not in pristine, "the key is in the clear"
    seen = {}
    for what, change in TAMPERING.items():
        flash = bytearray(pristine)
        KeyFile(flash, 21).write(change(original, other))
        machine.flash.write_bytes(flash)
        machine.start()
        machine.run(SOURCE)
        seen[what] = machine.raises("psa.mac_compute(21, psa.get_key_attributes(21).alg, b'x')").name
        machine.raises("psa.export_key(21)")
        # The neighbour is as good as before.
        assert machine.eval("psa.mac_compute(22, HMAC_SHA, b'x')") == macs[1], what
        machine.stop()
    assert seen == dict.fromkeys(TAMPERING, "DataCorrupt")
    # What was written is what refused it: the same bytes, written the same way, are a key.
    flash = bytearray(pristine)
    KeyFile(flash, 21).write(original)
    machine.flash.write_bytes(flash)
    machine.start()
    machine.run(SOURCE)
    assert machine.eval("psa.mac_compute(21, HMAC_SHA, b'x')") == macs[0]


# --- derivation

DERIVE = f"""{STEPS}
{ELEMENT}
RFC_SECRET, RFC_SALT, RFC_INFO = bytes([11] * 22), bytes(range(13)), bytes(range(0xf0, 0xfa))
RFC_WANT = bytes.fromhex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")

def secret(lifetime=0, alg=HKDF, data=RFC_SECRET):
    return make(DERIVE, psa.KEY_USAGE_DERIVE | psa.KEY_USAGE_VERIFY_DERIVATION, alg, data, lifetime=lifetime)

def derivation(key, salt=RFC_SALT, info=RFC_INFO, alg=HKDF, capacity=None):
    op = psa.KeyDerivationOperation()
    op.setup(alg)
    if capacity is not None:
        op.set_capacity(capacity)
    op.input_bytes(SALT, salt)
    op.input_key(SECRET, key)
    op.input_bytes(INFO, info)
    return op
"""


def test_derivation_through_the_element(target: Target) -> None:
    target.run(f"""{DERIVE}
base = arena()
key = secret(INSIDE)
op = derivation(key)
assert op.output_bytes(10) + op.output_bytes(32) == RFC_WANT
op.abort()
op = derivation(key)
op.verify_bytes(RFC_WANT[:20])
raises(psa.InvalidSignature, op.verify_bytes, RFC_WANT[:20])
op.abort()
# RFC 5869, test case 3: neither salt nor info.
op = derivation(key, b"", b"")
assert op.output_bytes(16) == bytes.fromhex("8da4e775a563c18f715f802a063c5a31")
op.abort()
op = derivation(key, capacity=42)
assert op.output_bytes(42) == RFC_WANT
raises(psa.InsufficientData, op.output_bytes, 1)
op.abort()
whole = derivation(key)
local = derivation(secret())
raises(psa.InvalidArgument, whole.set_capacity, 255 * 32 + 1)
for n in (1, 31, 32, 33, 255 * 32 - 97):
    assert whole.output_bytes(n) == local.output_bytes(n), n
raises(psa.InsufficientData, whole.output_bytes, 1)
whole.abort()
local.abort()
""")


@pytest.mark.supported_if("'se_soft' in caps['drivers'] and 'ALG_HKDF_EXPAND' in caps['algorithms']")
def test_halves_of_hkdf(target: Target) -> None:
    target.run(f"""{DERIVE}
EXTRACT, EXPAND = psa.ALG_HKDF_EXTRACT(SHA), psa.ALG_HKDF_EXPAND(SHA)
op = psa.KeyDerivationOperation()
op.setup(EXTRACT)
op.input_bytes(SALT, RFC_SALT)
op.input_key(SECRET, secret(INSIDE, EXTRACT))
prk = op.output_bytes(32)
assert prk == bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
raises(psa.InsufficientData, op.output_bytes, 1)
op.abort()
op.setup(EXPAND)
op.input_key(SECRET, secret(INSIDE, EXPAND, prk))
op.input_bytes(INFO, RFC_INFO)
assert op.output_bytes(42) == RFC_WANT
op.abort()
op.setup(EXPAND)
raises(psa.InvalidArgument, op.input_key, SECRET, secret(INSIDE, EXPAND, prk[:31]))
""")


def test_keys_derived_into_the_element(target: Target) -> None:
    """Raw and cooked: the same keys that built-in code derives, from whatever to wherever."""
    target.run(
        f"""{DERIVE}
base = arena()
keys = {{0: secret(), INSIDE: secret(INSIDE)}}
CURVES = [(psa.ECC_FAMILY_SECP_R1, 256), (psa.ECC_FAMILY_SECP_R1, 384), (psa.ECC_FAMILY_MONTGOMERY, 255),
    (psa.ECC_FAMILY_SECP_R1, 521), (psa.ECC_FAMILY_MONTGOMERY, 448)]
curves = [(f, n) for f, n in CURVES if {{(0x12, 256): "ECC_SECP_R1_256", (0x12, 384): "ECC_SECP_R1_384",
    (0x12, 521): "ECC_SECP_R1_521", (0x41, 255): "ECC_MONTGOMERY_255",
    (0x41, 448): "ECC_MONTGOMERY_448"}}[f, n] in psa.capabilities()["curves"]]
assert len(curves) >= 2, psa.capabilities()["curves"]
KINDS = [(AES, 192, psa.ALG_CTR), (HMAC, 264, HMAC_SHA), (DERIVE, 256, HKDF)]
KINDS += [(psa.KEY_TYPE_ECC_KEY_PAIR(f), n, psa.ALG_ECDH) for f, n in curves]
for kind, bits, alg in KINDS:
    found = []
    for start in keys:
        for end in (0, INSIDE):
            op = derivation(keys[start])
            usage = EXPORT | (CRYPT if kind == AES else SIGN if kind == HMAC else psa.KEY_USAGE_DERIVE)
            key = op.output_key(psa.KeyAttributes(type=kind, bits=bits, alg=alg, usage=usage, lifetime=end))
            assert psa.get_key_attributes(key).bits == bits
            found.append((psa.export_key(key), op.output_bytes(9)))
            op.abort()
            psa.destroy_key(key)
    assert found == [found[0]] * 4, (kind, bits, found)
# A capacity holds for cooked keys, too.
ecc = psa.KeyAttributes(type=P256, bits=256, alg=psa.ALG_ECDH, usage=psa.KEY_USAGE_DERIVE, lifetime=INSIDE)
op = derivation(keys[INSIDE], capacity=40)
psa.destroy_key(op.output_key(ecc))
assert op.get_capacity() == 8
raises(psa.InsufficientData, op.output_key, ecc)
raises(psa.InsufficientData, op.output_bytes, 1)
op.abort()
odd = psa.KeyAttributes(type=AES, bits=100, alg=psa.ALG_CTR, usage=CRYPT, lifetime=INSIDE)
op = derivation(keys[INSIDE])
raises((psa.InvalidArgument, psa.NotSupported), op.output_key, odd)
op.abort()
for key in keys.values():
    psa.destroy_key(key)
""",
        timeout=300,
    )


def test_agreement_and_derivation_inside(target: Target) -> None:
    target.run(
        f"""{DERIVE}
alg = psa.ALG_KEY_AGREEMENT(psa.ALG_ECDH, HKDF)
def pair(lifetime):
    return make(P256, psa.KEY_USAGE_DERIVE, alg, bits=256, lifetime=lifetime)
keys = [pair(0), pair(INSIDE)]
found = []
for own, peer in (keys, keys[::-1]):
    op = psa.KeyDerivationOperation()
    op.setup(alg)
    op.input_bytes(SALT, b"salt")
    op.key_agreement(SECRET, own, psa.export_public_key(peer))
    op.input_bytes(INFO, b"info")
    found.append(op.output_bytes(50))
    op.abort()
assert found[0] == found[1]
""",
        timeout=300,
    )


@pytest.mark.supported_if("'se_soft' in caps['drivers'] and 'ALG_JPAKE' in caps['algorithms']")
@pytest.mark.parametrize("inside", ["server", "client", "both"])
def test_jpake_with_a_password_in_the_element(target: Target, inside: str) -> None:
    """The driver's J-PAKE talks to the built-in one, and to itself."""
    target.run(
        f"""{JPAKE}
{ELEMENT}
base = arena()
wants = {inside!r}
sides = iter(["server", "client"])
def password(text):
    side = next(sides)
    where = INSIDE if wants in (side, "both") else 0
    return make(psa.KEY_TYPE_PASSWORD, psa.KEY_USAGE_DERIVE, psa.ALG_JPAKE, text, lifetime=where)
keys = exchange(b"correct horse", b"correct horse")
assert keys[0] == keys[1] and any(keys[0])
sides = iter(["server", "client"])
keys = exchange(b"correct horse", b"battery staple")
assert keys[0] != keys[1]
sides = iter(["server", "client"])
server = start(b"server", b"client", b"password")
raises(psa.BadState, server.output, PROOF)
""",
        timeout=300,
    )
