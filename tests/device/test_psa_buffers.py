# SPDX-License-Identifier: MIT
"""Buffers in, buffers out: every kind of input, out= without allocation, overlap, nothing left behind on failure."""

from tests.device.psa_code import PRELUDE

# One call of every function that returns bytes: name, arguments up to `out`, and what it takes first.
CALLS = """
ctr, gcm, mac = aes(psa.ALG_CTR), aes(psa.ALG_GCM), hmac()
ec = p256()
raw = make(RAW, EXPORT, 0, bytes(range(40)))
ecdh = make(P256, psa.KEY_USAGE_DERIVE, psa.ALG_ECDH, bits=256)
nonce = bytes(12)
digest = psa.hash_compute(SHA, b"abc")
sealed = psa.aead_encrypt(gcm, psa.ALG_GCM, nonce, b"ad", b"text")
public = psa.export_public_key(ec)
psa.its_set(1, b"stored")
one_shot = [
    (psa.generate_random, (16,)),
    (psa.hash_compute, (SHA, b"abc")),
    (psa.mac_compute, (mac, HMAC_SHA, b"abc")),
    (psa.aead_encrypt, (gcm, psa.ALG_GCM, nonce, b"ad", b"text")),
    (psa.aead_decrypt, (gcm, psa.ALG_GCM, nonce, b"ad", sealed)),
    (psa.sign_message, (ec, ECDSA, b"abc")),
    (psa.sign_hash, (ec, ECDSA, digest)),
    (psa.export_key, (raw,)),
    (psa.export_public_key, (ec,)),
    (psa.raw_key_agreement, (psa.ALG_ECDH, ecdh, public)),
    (psa.its_get, (1,)),
]
if have("ALG_CTR"):
    one_shot.append((psa.cipher_encrypt, (ctr, psa.ALG_CTR, b"abc")))
    one_shot.append((psa.cipher_decrypt, (ctr, psa.ALG_CTR, psa.cipher_encrypt(ctr, psa.ALG_CTR, b"text"))))
"""


def test_every_kind_of_input_buffer(target):
    target.run(f"""{PRELUDE}
import array
text = b"one input, many clothes!"
want = psa.hash_compute(SHA, text)
for data in (text, bytearray(text), memoryview(text), memoryview(bytearray(text)), memoryview(b"--" + text)[2:],
        array.array("B", text), array.array("H", text), array.array("I", text)):
    assert psa.hash_compute(SHA, data) == want, type(data)
empty = psa.hash_compute(SHA, b"")
assert empty == psa.hash_compute(SHA, bytearray(0)) == psa.hash_compute(SHA, memoryview(b"abc")[3:])
for data in ("text", 5, None, [1, 2], (1, 2), {{}}, object()):
    raises(TypeError, psa.hash_compute, SHA, data)
""")


def test_out_takes_every_writable_buffer_and_nothing_else(target):
    target.run(f"""{PRELUDE}
import array
want = psa.hash_compute(SHA, b"abc")
array_b, array_i = array.array("B", bytes(32)), array.array("I", bytes(32))
for out in (bytearray(32), bytearray(33), array_b, array_i, memoryview(bytearray(40))):
    assert psa.hash_compute(SHA, b"abc", out=out) == 32
    assert bytes(memoryview(out))[:32] == want, type(out)
buf = bytearray(100)
assert psa.hash_compute(SHA, b"abc", out=memoryview(buf)[50:]) == 32 and buf[50:82] == want and not any(buf[:50])
for out in (bytes(32), memoryview(bytes(32)), "x" * 32, 32, [0] * 32):
    raises(TypeError, psa.hash_compute, SHA, b"abc", out=out)
assert psa.hash_compute(SHA, b"abc", out=None) == want
""")


def test_out_allocates_nothing(target):
    # A loop that allocated one block per call would show with hundreds of them. Exceptions: none are raised here.
    target.run(
        f"""{PRELUDE}{CALLS}
out = bytearray(128)
def measure(f, args, n):
    for _ in range(n):
        f(*args, out=out)

def plain():            # calls without argument tuples: what is measured is the function alone
    f = psa.hash_compute
    a = SHA
    d = b"abc"
    o = out
    gc.collect()
    before = gc.mem_alloc()
    f(a, d, out=o)
    f(a, d, out=o)
    f(a, d, out=o)
    f(a, d, out=o)
    return gc.mem_alloc() - before
plain()
assert plain() == 0, plain()

for f, args in one_shot:
    # Star calls build a frame of their own on the heap; take what the same call of a Python function takes as zero.
    def nothing(*args, out):
        pass
    gc.disable()
    costs = []
    for g in (nothing, f):
        gc.collect()
        measure(g, args, 1)
        gc.collect()
        before = gc.mem_alloc()
        measure(g, args, 4)
        costs.append(gc.mem_alloc() - before)
    gc.enable()
    assert costs[1] <= costs[0], (f, costs)
""",
        timeout=120,
    )


def test_out_of_operations_allocates_nothing(target):
    target.run(f"""{PRELUDE}
key, mac_key, gcm = aes(psa.ALG_CTR), hmac(), aes(psa.ALG_GCM)
h, m, c = psa.HashOperation(), psa.MACOperation(), psa.CipherOperation()
a, k = psa.AEADOperation(), psa.KeyDerivationOperation()
secret = make(DERIVE, psa.KEY_USAGE_DERIVE, psa.ALG_HKDF(SHA), b"secret")
hkdf, ctr, alg, mac_alg, sha = psa.ALG_HKDF(SHA), psa.ALG_CTR, psa.ALG_GCM, HMAC_SHA, SHA
S, I = psa.KEY_DERIVATION_INPUT_SECRET, psa.KEY_DERIVATION_INPUT_INFO
data, out = b"abc", bytearray(64)
with_cipher = have("ALG_CTR")
def steps():
    h.setup(sha)
    h.update(data)
    h.finish(out=out)
    m.sign_setup(mac_key, mac_alg)
    m.update(data)
    m.sign_finish(out=out)
    if with_cipher:
        c.encrypt_setup(key, ctr)
        c.generate_iv(out=out)
        c.update(data, out=out)
        c.finish(out=out)
    a.encrypt_setup(gcm, alg)
    a.generate_nonce(out=out)
    a.update_ad(data)
    a.update(data, out=out)
    a.finish(out=out)
    k.setup(hkdf)
    k.input_key(S, secret)
    k.input_bytes(I, data)
    k.output_bytes(20, out=out)
    k.abort()
steps()
gc.collect()
before = gc.mem_alloc()
steps()
steps()
assert gc.mem_alloc() == before, gc.mem_alloc() - before
""")


def test_results_equal_with_and_without_out(target):
    target.run(f"""{PRELUDE}{CALLS}
for f, args in one_shot:
    plain = f(*args)
    out = bytearray(b"\\xaa" * 128)
    n = f(*args, out=out)
    assert type(plain) is bytes and type(n) is int and n == len(plain), f
    if f not in (psa.generate_random, psa.cipher_encrypt, psa.sign_message, psa.sign_hash):
        assert out[:n] == plain, f
psa.verify_message(ec, ECDSA, b"abc", psa.sign_message(ec, ECDSA, b"abc"))
""")


def test_too_small_out_raises_and_is_wiped(target):
    target.run(f"""{PRELUDE}{CALLS}
for f, args in one_shot:
    n = len(f(*args))
    for size in {{0, 1, n - 1}}:
        out = bytearray(b"\\xaa" * size)
        raises(psa.BufferTooSmall, f, *args, out=out)
        assert not any(out), (f, size, out)
""")


def test_failed_decryption_leaves_nothing(target):
    target.run(f"""{PRELUDE}{CALLS}
bad = bytearray(sealed)
bad[0] ^= 1
out = bytearray(b"\\xaa" * 32)
raises(psa.InvalidSignature, psa.aead_decrypt, gcm, psa.ALG_GCM, nonce, b"ad", bad, out=out)
assert not any(out)
op = psa.AEADOperation()
op.decrypt_setup(gcm, psa.ALG_GCM)
op.set_nonce(nonce)
op.update_ad(b"ad")
op.update(sealed[:4])
out = bytearray(b"\\xaa" * 32)
raises(psa.InvalidSignature, op.verify, bytes(16), out=out)
assert not any(out)
""")


def test_overlap(target):
    target.run(f"""{PRELUDE}{CALLS}
want = psa.hash_compute(SHA, bytes(range(64)))
buf = bytearray(range(64))
assert psa.hash_compute(SHA, buf, out=buf) == 32 and buf[:32] == want
# encryption in place, and with input and output shifted against each other both ways
text = bytes(range(48))
want = psa.aead_encrypt(gcm, psa.ALG_GCM, nonce, b"", text)
for at_in, at_out in ((0, 0), (8, 0), (0, 8), (3, 0), (0, 3), (16, 0), (0, 16)):
    buf = bytearray(96)
    buf[at_in : at_in + 48] = text
    view = memoryview(buf)
    n = psa.aead_encrypt(gcm, psa.ALG_GCM, nonce, b"", view[at_in : at_in + 48], out=view[at_out : at_out + 64])
    assert n == 64 and buf[at_out : at_out + 64] == want, (at_in, at_out)
    n = psa.aead_decrypt(gcm, psa.ALG_GCM, nonce, b"", view[at_out : at_out + 64], out=view[at_in : at_in + 48])
    assert n == 48 and buf[at_in : at_in + 48] == text, (at_in, at_out)
# the same buffer as key data, nonce and output
block = bytearray(32)
part = memoryview(block)[:12]
n = psa.aead_encrypt(gcm, psa.ALG_GCM, part, part, part, out=block)
assert psa.aead_decrypt(gcm, psa.ALG_GCM, bytes(12), bytes(12), block[:n]) == bytes(12)
op = psa.CipherOperation()
if have("ALG_CTR"):
    op.encrypt_setup(ctr, psa.ALG_CTR)
    op.set_iv(bytes(16))
    want = op.update(text)
    op.abort()
    op.encrypt_setup(ctr, psa.ALG_CTR)
    op.set_iv(bytes(16))
    buf = bytearray(text)
    assert op.update(buf, out=buf) == 48 and buf == want
""")


def test_result_is_exactly_as_long_as_its_content(target):
    # A bytes object keeps no room behind its end, where a result that was longer once could be read.
    target.run(f"""{PRELUDE}{CALLS}
for f, args in one_shot:
    result = f(*args)
    assert isinstance(result, bytes) and hash(result) == hash(bytes(bytearray(result))), f
    assert {{result: 1}}[bytes(bytearray(result))] == 1, "works as a dictionary key"
""")


def test_out_works_with_the_heap_locked(target):
    # The stronger form of "allocates nothing": any allocation at all would raise MemoryError here.
    target.run(f"""{PRELUDE}{CALLS}
import micropython
out = bytearray(128)
def locked(f, a, n):
    # Calls with the arguments spread out by hand: a star call needs the heap.
    micropython.heap_lock()
    try:
        if n == 1:
            f(a[0], out=out)
        elif n == 2:
            f(a[0], a[1], out=out)
        elif n == 3:
            f(a[0], a[1], a[2], out=out)
        else:
            f(a[0], a[1], a[2], a[3], a[4], out=out)
    finally:
        micropython.heap_unlock()
for f, args in one_shot:
    locked(f, args, len(args))
""")


def test_full_heap_loses_and_leaks_nothing(target):
    target.run(f"""{PRELUDE}
import micropython
attributes = psa.KeyAttributes(type=HMAC, bits=256, usage=SIGN, alg=HMAC_SHA)
op, sha, data = psa.HashOperation(), SHA, b"abc"
key = psa.generate_key(attributes)
spare = bytearray(32)
base = arena()

def with_locked_heap(f):
    micropython.heap_lock()
    try:
        f()
        return True
    except MemoryError:
        return False
    finally:
        micropython.heap_unlock()

def finish():
    op.finish()
def generate():
    psa.generate_key(attributes)
def compute():
    psa.hash_compute(sha, data)
def refused():
    psa.destroy_key(77)

op.setup(sha)
op.update(data)
assert not with_locked_heap(finish), "a result needs memory"
assert op.finish() == psa.hash_compute(sha, data), "and without it nothing was lost"
assert not with_locked_heap(compute)
# A number of a volatile key is an object on a 32-bit machine. If it cannot be made, nobody gets the key.
if not with_locked_heap(generate):
    assert arena() == base, "the key that nobody knows is gone"
# A status is told even where no exception with details can be made.
e = status = None     # room for the names
micropython.heap_lock()
try:
    refused()
except psa.InvalidHandle as e:
    status = e.status
finally:
    micropython.heap_unlock()
assert status == -136
""")
