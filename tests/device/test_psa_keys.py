# SPDX-License-Identifier: MIT
"""Key management, status by status: purge, copy, destroy, open and close as their specification documents them.

Statuses of that specification which no local key on working hardware can produce, and why they have no case here:
COMMUNICATION_FAILURE and HARDWARE_FAILURE are a secure element's, CORRUPTION_DETECTED needs RAM that changes by itself,
NOT_PERMITTED of open_key needs keys of other clients.

Where a case allows two statuses, the first is the specification's and the other what Mbed TLS's core says instead.
"""

import struct
import zlib

import pytest

from tests.device.psa_code import PRELUDE

READ_ONLY = (
    "psa.KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(psa.KEY_PERSISTENCE_READ_ONLY, psa.KEY_LOCATION_LOCAL_STORAGE)"
)
PERSISTENT = "lifetime=psa.KEY_LIFETIME_PERSISTENT"


@pytest.mark.parametrize(
    "call",
    [
        "psa.purge_key(1)",
        "psa.copy_key(1, psa.KeyAttributes())",
        "psa.destroy_key(1)",
        "psa.open_key(1)",
        "psa.close_key(1)",
        "psa.destroy_key(0)",
        "psa.close_key(0)",
    ],
)
def test_bad_state_before_init(target, call):
    assert target.raises(f"import psa\n{call}").name == "BadState"


def test_destroy(target):
    target.run(f"""{PRELUDE}
psa.destroy_key(0)                                      # 0: nothing to do
raises(psa.InvalidHandle, psa.destroy_key, 77)          # never was
raises(psa.InvalidHandle, psa.destroy_key, 0xffffffff)  # cannot be
k = hmac()
psa.destroy_key(k)
raises(psa.InvalidHandle, psa.destroy_key, k)           # not twice
raises(psa.InvalidHandle, psa.mac_compute, k, HMAC_SHA, b"")
k = aes(psa.ALG_CTR)
p = make(AES, CRYPT, psa.ALG_CTR, bytes(16), {PERSISTENT}, id=5)
psa.destroy_key(p)
raises(psa.DoesNotExist, psa.open_key, p)
""")


def storage_crc(data):
    """The checksum of core/its.c: CRC-32 without the final inversion."""
    return zlib.crc32(data) ^ 0xFFFFFFFF


def stored_key(lifetime, key_id, material):
    """A raw data key as it lies in flash: header of the storage, then Mbed TLS's record."""
    record = b"PSA\0KEY\0" + struct.pack("<IIHHIIII", 0, lifetime, 0x1001, 8 * len(material), 3, 0, 0, len(material))
    record += material
    fields = struct.pack("<IIII", 0x31495350, 0, len(record), storage_crc(record))
    return fields + struct.pack("<I", storage_crc(fields + struct.pack("<Q", key_id))) + record


def test_destroy_read_only(machine):
    # Nobody can create a read-only key; a manufacturer provides them. Here a flash programmer changes a lifetime.
    read_only = machine.eval("__import__('psa').KEY_PERSISTENCE_READ_ONLY")
    material = bytes(range(256)) * 5
    machine.run(f"""{PRELUDE}
raises(psa.InvalidArgument, make, RAW, EXPORT | COPY, 0, b"abc", lifetime={read_only}, id=6)
make(RAW, EXPORT | COPY, 0, bytes(range(256)) * 5, {PERSISTENT}, id=6)
""")
    machine.stop()
    flash = machine.flash.read_bytes()
    old, new = stored_key(1, 6, material)[:200], stored_key(read_only, 6, material)[:200]
    assert flash.count(old) >= 1, "the record of the key is not where it was expected"
    machine.flash.write_bytes(flash.replace(old, new))
    machine.start()
    machine.run(f"""{PRELUDE}
assert psa.get_key_attributes(6).lifetime == {read_only}
raises(psa.NotPermitted, psa.destroy_key, 6)
assert len(psa.export_key(6)) == 1280
""")
    machine.restart()
    machine.run(f"{PRELUDE}\nassert len(psa.export_key(6)) == 1280")


def test_destroy_under_an_operation(target):
    target.run(f"""{PRELUDE}
k = hmac()
op = psa.MACOperation()
op.sign_setup(k, HMAC_SHA)
op.update(b"abc")
psa.destroy_key(k)
# The specification lets the operation fail or end; here it owns a copy of what it needs.
try:
    assert len(op.sign_finish()) == 32
except psa.PSAError:
    pass
raises(psa.BadState, op.update, b"")
""")


def test_purge(target):
    target.run(f"""{PRELUDE}
k = hmac()
psa.purge_key(k)                        # a volatile key stays
psa.mac_compute(k, HMAC_SHA, b"")
p = make(HMAC, SIGN, HMAC_SHA, bytes(32), {PERSISTENT}, id=7)
mac = psa.mac_compute(p, HMAC_SHA, b"")
before = arena()
psa.purge_key(p)
assert arena() < before, "the copy in memory is gone"
assert psa.mac_compute(p, HMAC_SHA, b"") == mac, "the key in storage is not"
psa.purge_key(p)
after = arena()
psa.purge_key(p)                        # nothing is in memory any more
assert arena() == after
for no_key in (78, 0, 0xffffffff):
    raises(psa.InvalidArgument, psa.purge_key, no_key)
op = psa.MACOperation()
op.sign_setup(p, HMAC_SHA)
psa.purge_key(p)
assert op.sign_finish() == mac
""")


def test_open_and_close(target):
    target.run(f"""{PRELUDE}
p = make(HMAC, SIGN, HMAC_SHA, bytes(32), {PERSISTENT}, id=8)
h = psa.open_key(8)
psa.mac_compute(h, HMAC_SHA, b"")
psa.close_key(h)
h = psa.open_key(8)                     # closing took nothing from storage
psa.close_key(h)
psa.close_key(0)
raises(psa.InvalidHandle, psa.close_key, 79)
raises(psa.DoesNotExist, psa.open_key, 80)
raises(psa.InvalidArgument, psa.open_key, 0xffffffff)
raises(psa.InvalidArgument, psa.open_key, 0)
k = hmac()
raises(psa.DoesNotExist, psa.open_key, k)        # no persistent key has this id
psa.close_key(k)                        # the last handle of a volatile key
raises(psa.InvalidHandle, psa.mac_compute, k, HMAC_SHA, b"")
""")


def test_open_without_memory(target):
    target.run(
        f"""{PRELUDE}
make(RAW, EXPORT, 0, bytes(1000), {PERSISTENT}, id=9)
psa.purge_key(9)
size = 4096
while size:
    try:
        make(RAW, EXPORT, 0, bytes(size))
    except psa.InsufficientMemory:
        size //= 2
raises(psa.InsufficientMemory, psa.open_key, 9)
def setups():
    held = []
    while True:
        held.append(psa.HashOperation())
        held[-1].setup(SHA)
raises(psa.InsufficientMemory, setups)
""",
        timeout=120,
    )


def test_copy(target):
    target.run(f"""{PRELUDE}
import_attributes = psa.KeyAttributes(type=AES, usage=CRYPT | COPY | EXPORT, alg=psa.ALG_CTR)
source = psa.import_key(import_attributes, bytes(range(16)))
copy = psa.copy_key(source, psa.KeyAttributes(usage=psa.KEY_USAGE_ENCRYPT | EXPORT, alg=psa.ALG_CTR))
a = psa.get_key_attributes(copy)
assert (a.type, a.bits, a.alg) == (AES, 128, psa.ALG_CTR), a
assert a.usage == psa.KEY_USAGE_ENCRYPT | EXPORT, "usage flags are what both allow"
assert psa.export_key(copy) == bytes(range(16))
stored = psa.copy_key(source, psa.KeyAttributes(type=AES, bits=128, usage=CRYPT, alg=psa.ALG_CTR, {PERSISTENT}, id=10))
assert stored == 10

raises(psa.AlreadyExists, psa.copy_key, source, psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_CTR, {PERSISTENT}, id=10))
raises(psa.InvalidHandle, psa.copy_key, 81, psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_CTR))
# lifetime and identifier
nowhere = psa.KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(0, 0x7ffff0)
nowhere = psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_CTR, lifetime=nowhere)
raises((psa.InvalidArgument, psa.NotSupported), psa.copy_key, source, nowhere)
raises(psa.InvalidArgument, psa.copy_key, source, psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_CTR, id=0xffffffff))
# policy without a common algorithm
raises(psa.InvalidArgument, psa.copy_key, source, psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_GCM))
# type or size that is not the source's
raises(psa.InvalidArgument, psa.copy_key, source, psa.KeyAttributes(type=HMAC, usage=CRYPT, alg=psa.ALG_CTR))
raises(psa.InvalidArgument, psa.copy_key, source, psa.KeyAttributes(bits=256, usage=CRYPT, alg=psa.ALG_CTR))
# no COPY flag: not even onto a stored key, and EXPORT does not stand for it
no_copy = aes(psa.ALG_CTR, CRYPT | EXPORT)
raises(psa.NotPermitted, psa.copy_key, no_copy, psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_CTR))
# the copy of a copy without the flag neither
raises(psa.NotPermitted, psa.copy_key, copy, psa.KeyAttributes(usage=CRYPT, alg=psa.ALG_CTR))
""")


def test_copy_without_export_stays_inside(target):
    target.run(f"""{PRELUDE}
GCM, nonce = psa.ALG_GCM, bytes(12)
source = aes(GCM, CRYPT | COPY)
copy = psa.copy_key(source, psa.KeyAttributes(usage=CRYPT | EXPORT, alg=GCM))
raises(psa.NotPermitted, psa.export_key, copy)
stored = psa.copy_key(source, psa.KeyAttributes(usage=CRYPT, alg=GCM, {PERSISTENT}, id=11))
assert psa.aead_decrypt(stored, GCM, nonce, b"", psa.aead_encrypt(source, GCM, nonce, b"", b"abc")) == b"abc"
""")


def test_copy_of_wildcard_policies(target):
    target.run(f"""{PRELUDE}
any_hash = psa.ALG_ECDSA(psa.ALG_ANY_HASH)
wild = p256(SIGN_HASH | COPY, any_hash)
exact = p256(SIGN_HASH | COPY, ECDSA)

def copied(source, alg):
    return psa.get_key_attributes(psa.copy_key(source, psa.KeyAttributes(usage=SIGN_HASH, alg=alg))).alg

assert copied(wild, any_hash) == any_hash       # same wildcard on both sides
assert copied(wild, ECDSA) == ECDSA             # the wildcard includes the algorithm: the algorithm is what remains
assert copied(exact, any_hash) == ECDSA
assert copied(exact, ECDSA) == ECDSA
raises(psa.InvalidArgument, copied, exact, psa.ALG_ECDSA(psa.ALG_SHA_384))
raises(psa.InvalidArgument, copied, wild, HMAC_SHA)

at_least = lambda n: psa.ALG_AT_LEAST_THIS_LENGTH_MAC(HMAC_SHA, n)
mac = make(HMAC, SIGN | COPY, at_least(16), bytes(32))
def copied(alg):
    return psa.get_key_attributes(psa.copy_key(mac, psa.KeyAttributes(usage=SIGN, alg=alg))).alg
assert copied(at_least(20)) == at_least(20)     # the stricter of two minima
assert copied(at_least(8)) == at_least(16)
assert copied(psa.ALG_TRUNCATED_MAC(HMAC_SHA, 16)) == psa.ALG_TRUNCATED_MAC(HMAC_SHA, 16)
raises(psa.InvalidArgument, copied, psa.ALG_TRUNCATED_MAC(HMAC_SHA, 12))
""")


def test_storage_full(target):
    target.run(
        f"""{PRELUDE}
full = psa.InsufficientStorage
size, n = 8000, 0x1000
made = []
while size > 8:
    try:
        made.append(make(RAW, EXPORT | COPY, 0, bytes(size), {PERSISTENT}, id=n))
        psa.purge_key(n)
        n += 1
    except full:
        size //= 2
source = make(RAW, EXPORT | COPY, 0, bytes(4000))
raises(full, psa.copy_key, source, psa.KeyAttributes(usage=EXPORT, {PERSISTENT}, id=n))
raises(psa.DoesNotExist, psa.open_key, n)
for k in made:
    psa.destroy_key(k)
psa.copy_key(source, psa.KeyAttributes(usage=EXPORT, {PERSISTENT}, id=n))
""",
        timeout=300,
    )


def test_damaged_storage(machine):
    secret = bytes((7 * n + 3) % 251 for n in range(1200))
    machine.run(f"""{PRELUDE}
make(RAW, EXPORT | COPY, 0, bytes((7 * n + 3) % 251 for n in range(1200)), {PERSISTENT}, id=12)
make(RAW, EXPORT | COPY, 0, b"unharmed" * 4, {PERSISTENT}, id=13)
""")
    machine.stop()
    flash = bytearray(machine.flash.read_bytes())
    at = flash.find(secret[600:700])
    assert at >= 0
    while at >= 0:  # every copy of it that the file system keeps
        flash[at] ^= 1
        at = flash.find(secret[600:700], at + 1)
    machine.flash.write_bytes(flash)
    machine.start()
    machine.run(f"""{PRELUDE}
damaged = psa.DataCorrupt
for f, args in ((psa.open_key, ()), (psa.export_key, ()), (psa.copy_key, (psa.KeyAttributes(usage=EXPORT),))):
    try:
        f(12, *args)
    except damaged:
        continue
    assert False, "damaged key was accepted"
assert psa.export_key(13) == b"unharmed" * 4
raises(damaged, psa.destroy_key, 12)    # what is left of it is gone all the same
raises(psa.DoesNotExist, psa.open_key, 12)
raises(psa.InvalidHandle, psa.destroy_key, 12)
make(RAW, EXPORT, 0, b"its successor", {PERSISTENT}, id=12)
assert psa.export_key(12) == b"its successor"
""")


def test_import_and_generate_misuse(target):
    target.run(f"""{PRELUDE}
raises(psa.InvalidArgument, make, AES, CRYPT, psa.ALG_CTR, bytes(15))
raises(psa.InvalidArgument, make, AES, CRYPT, psa.ALG_CTR, bytes(16), bits=256)
raises(psa.InvalidArgument, make, AES, CRYPT, psa.ALG_CTR, b"")
raises(psa.NotSupported, make, 0, CRYPT, psa.ALG_CTR, bytes(16))
raises(psa.InvalidArgument, make, P256, SIGN, ECDSA, bytes(32))              # zero is no private key
raises(psa.InvalidArgument, make, P256, SIGN, ECDSA, b"\\xff" * 32)           # beyond the order of the curve
raises(psa.InvalidArgument, make, AES, CRYPT, psa.ALG_CTR, bytes(16), id=0x7fffffff)
raises(psa.InvalidArgument, make, AES, 1 << 30, psa.ALG_CTR, bytes(16))       # unknown usage flag
raises(psa.InvalidArgument, psa.generate_key, psa.KeyAttributes(type=AES, bits=127, usage=CRYPT, alg=psa.ALG_CTR))
public = psa.KEY_TYPE_ECC_PUBLIC_KEY(psa.ECC_FAMILY_SECP_R1)
raises(psa.InvalidArgument, psa.generate_key, psa.KeyAttributes(type=public, bits=256))
k = make(AES, CRYPT, psa.ALG_CTR, bytes(16), {PERSISTENT}, id=14)
raises(psa.AlreadyExists, make, AES, CRYPT, psa.ALG_CTR, bytes(16), {PERSISTENT}, id=14)
raises(psa.NotPermitted, psa.export_key, k)
raises(psa.NotPermitted, psa.aead_encrypt, k, psa.ALG_GCM, bytes(12), b"", b"")
raises(psa.InvalidArgument, psa.export_public_key, k)
assert psa.generate_key_custom(psa.KeyAttributes(type=AES, bits=128), 0, b"")
raises(psa.InvalidArgument, psa.generate_key_custom, psa.KeyAttributes(type=AES, bits=128), 1, b"")
""")


def test_attributes(target):
    target.run(f"""{PRELUDE}
a = psa.KeyAttributes(type=AES, bits=128, usage=CRYPT, alg=psa.ALG_GCM, alg2=psa.ALG_CTR, {PERSISTENT}, id=15)
assert (a.type, a.bits, a.usage, a.alg, a.alg2, a.lifetime, a.id) == (AES, 128, CRYPT, psa.ALG_GCM, psa.ALG_CTR, 1, 15)
assert repr(a) == ("KeyAttributes(type=KEY_TYPE_AES, bits=128, usage=KEY_USAGE_ENCRYPT|KEY_USAGE_DECRYPT, alg=ALG_GCM, "
    "alg2=ALG_CTR, lifetime=KEY_LIFETIME_PERSISTENT, id=15)"), a
assert eval(repr(a), {{n: getattr(psa, n) for n in dir(psa)}}) == a, "a repr is an expression"
key = psa.import_key(a, bytes(16))
assert psa.get_key_attributes(key) == a and not psa.get_key_attributes(key) != a
b = psa.KeyAttributes()
assert b != a and b != 3 and repr(b) == "KeyAttributes()"
for f, get, value in (
    (psa.set_key_type, psa.get_key_type, HMAC), (psa.set_key_bits, psa.get_key_bits, 256),
    (psa.set_key_usage_flags, psa.get_key_usage_flags, SIGN), (psa.set_key_algorithm, psa.get_key_algorithm, HMAC_SHA),
    (psa.set_key_enrollment_algorithm, psa.get_key_enrollment_algorithm, HMAC_SHA),
    (psa.set_key_lifetime, psa.get_key_lifetime, psa.KEY_LIFETIME_PERSISTENT), (psa.set_key_id, psa.get_key_id, 16),
):
    assert f(b, value) is None and get(b) == value
assert b.type == HMAC and b.id == 16
b.lifetime = psa.KEY_LIFETIME_VOLATILE
assert b.id == 0, "a volatile key has no number of its own choice, as in C"
b.id = 17
assert b.lifetime == psa.KEY_LIFETIME_PERSISTENT
psa.reset_key_attributes(b)
assert b == psa.KeyAttributes()
raises(AttributeError, lambda: b.bit)
def assign():
    b.bit = 1
raises(AttributeError, assign)
assert repr(psa.KeyAttributes(type=P256, alg=ECDSA)) == (
    "KeyAttributes(type=KEY_TYPE_ECC_KEY_PAIR(ECC_FAMILY_SECP_R1), alg=ALG_ECDSA(ALG_SHA_256))")
raises(psa.InvalidArgument, psa.get_key_slot_number, b)
psa.set_key_slot_number(b, 1 << 40)
assert psa.get_key_slot_number(b) == 1 << 40
psa.clear_key_slot_number(b)
raises(psa.InvalidArgument, psa.get_key_slot_number, b)
raises(psa.InvalidHandle, psa.get_key_attributes, 82)
""")


def test_volatile_keys_are_forgotten_on_soft_reset(target):
    target.run(f"{PRELUDE}\nk = hmac()")
    number = target.eval("k")
    target.soft_reset()
    target.run(f"{PRELUDE}\nraises(psa.InvalidHandle, psa.mac_compute, {number}, HMAC_SHA, b'')")
