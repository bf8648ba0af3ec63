# SPDX-License-Identifier: MIT
"""Internal trusted storage from Python: values by number, apart from the keys of the PSA core."""

from tests.device.psa_code import PRELUDE


def test_set_get_remove(target):
    target.run(f"""{PRELUDE}
raises(psa.DoesNotExist, psa.its_get, 1)
raises(psa.DoesNotExist, psa.its_get_info, 1)
raises(psa.DoesNotExist, psa.its_remove, 1)
assert psa.its_set(1, b"hello world") is None
info = psa.its_get_info(1)
assert info.size == 11 and info.flags == psa.STORAGE_FLAG_NONE, info
assert psa.its_get(1) == b"hello world"
assert psa.its_get(1, 6) == b"world" and psa.its_get(1, 6, 3) == b"wor" and psa.its_get(1, data_length=5) == b"hello"
assert psa.its_get(1, 11) == b""
raises(psa.InvalidArgument, psa.its_get, 1, 12)
raises(ValueError, psa.its_get, 1, -1)
out = bytearray(11)
assert psa.its_get(1, out=out) == 11 and out == b"hello world"
raises(psa.BufferTooSmall, psa.its_get, 1, out=bytearray(10))
psa.its_set(1, bytearray(b"new"))
assert psa.its_get(1) == b"new"
psa.its_set(1, b"")
assert psa.its_get(1) == b"" and psa.its_get_info(1).size == 0
psa.its_remove(1)
raises(psa.DoesNotExist, psa.its_get, 1)
""")


def test_numbers(target):
    target.run(f"""{PRELUDE}
for uid in (1, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 32, (1 << 63) - 1):
    psa.its_set(uid, b"value %d" % uid)
for uid in (1, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 32, (1 << 63) - 1):
    assert psa.its_get(uid) == b"value %d" % uid, uid
raises(psa.InvalidArgument, psa.its_set, 0, b"")
for uid in (-1, 1 << 63, 1 << 64):
    raises(ValueError, psa.its_set, uid, b"")
raises(TypeError, psa.its_set, "1", b"")
raises(TypeError, psa.its_set, 1, "text")
""")


def test_write_once(target):
    target.run(f"""{PRELUDE}
psa.its_set(2, b"for good", psa.STORAGE_FLAG_WRITE_ONCE)
assert psa.its_get_info(2).flags == psa.STORAGE_FLAG_WRITE_ONCE
raises(psa.NotPermitted, psa.its_set, 2, b"other")
raises(psa.NotPermitted, psa.its_remove, 2)
assert psa.its_get(2) == b"for good"
raises(psa.NotSupported, psa.its_set, 3, b"", 1 << 20)
""")


def test_keys_are_out_of_reach(target):
    # The core stores key 5 under number 5 of its own space.
    target.run(f"""{PRELUDE}
secret = bytes(range(100, 132))
make(RAW, 0, 0, secret, lifetime=psa.KEY_LIFETIME_PERSISTENT, id=5)
raises(psa.DoesNotExist, psa.its_get, 5)
raises(psa.DoesNotExist, psa.its_remove, 5)
psa.its_set(5, b"mine")
assert psa.get_key_attributes(5).bits == 256
psa.purge_key(5)
assert psa.get_key_attributes(5).bits == 256
psa.destroy_key(5)
assert psa.its_get(5) == b"mine"
""")


def test_values_survive_a_restart(machine):
    machine.run(f"{PRELUDE}\npsa.its_set(4, b'kept')")
    machine.power_cycle()
    assert machine.eval("__import__('psa').its_get(4)") == b"kept"
