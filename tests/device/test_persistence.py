# SPDX-License-Identifier: MIT
"""Keys outlive what they are said to outlive, and nothing else does."""

from tests.device import keys
from tests.targets import Target


def test_persistent_key_survives_every_kind_of_end(machine: Target) -> None:
    machine.run(keys.SOURCE + "create(7)")
    for end in (machine.soft_reset, machine.restart, machine.power_cycle):
        end()
        machine.run(keys.SOURCE)
        assert machine.eval("state(7)") == "usable", end.__name__
    machine.run("psa.destroy_key(7)")
    for end in (machine.soft_reset, machine.power_cycle):
        end()
        machine.run(keys.SOURCE)
        assert machine.eval("state(7)") == "absent", end.__name__


def test_generated_key_is_the_same_after_a_restart(machine: Target) -> None:
    curve = "psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)"
    machine.run(
        f"""
import psa
psa.crypto_init()
alg = psa.ALG_ECDSA(psa.ALG_SHA_256)
key = psa.generate_key(psa.KeyAttributes(type={curve}, bits=256, alg=alg,
    usage=psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE, lifetime=psa.KEY_LIFETIME_PERSISTENT, id=11))
"""
    )
    public = machine.eval("psa.export_public_key(11)")
    signature = machine.eval("psa.sign_message(11, alg, b'before')")
    machine.restart()
    machine.run("import psa\npsa.crypto_init()\nalg = psa.ALG_ECDSA(psa.ALG_SHA_256)")
    assert machine.eval("psa.export_public_key(11)") == public
    machine.run(f"psa.verify_message(11, alg, b'before', {signature!r})")
    machine.run("signature = psa.sign_message(11, alg, b'after')\npsa.verify_message(11, alg, b'after', signature)")
    assert machine.raises("psa.export_key(11)").name == "NotPermitted"


def test_volatile_key_ends_with_the_soft_reset(target: Target) -> None:
    target.run(keys.SOURCE + "key = volatile(1)")
    key = target.eval("key")
    target.soft_reset()
    target.run("import psa\npsa.crypto_init()")
    assert target.raises(f"psa.export_key({key})").name in ("InvalidHandle", "DoesNotExist")


def test_second_key_with_the_same_id_is_refused(machine: Target) -> None:
    machine.run(keys.SOURCE + "create(7)")
    assert machine.raises("create(7)").name == "AlreadyExists"
    machine.restart()
    machine.run(keys.SOURCE)
    assert machine.raises("create(7)").name == "AlreadyExists"
    assert machine.eval("state(7)") == "usable"


def test_storage_that_is_full_says_so_and_stays_whole(machine: Target) -> None:
    machine.run(keys.SOURCE)
    exc = machine.raises("made = 0\nfor n in range(1, 4000):\n    create(n)\n    made = n\n", timeout=300)
    assert exc.name == "InsufficientStorage", exc
    made = machine.eval("made")
    assert made >= 4
    assert machine.eval(f"state({made})") == "usable"
    # There is room again when others go. Their neighbours: littlefs keeps small files beside each other.
    machine.run(f"for n in range({made - 40}, {made}): psa.destroy_key(n)\ncreate({made + 1})")
    machine.restart()
    machine.run(keys.SOURCE)
    assert machine.eval(f"[state(n) for n in (3, {made}, {made + 1})]") == ["usable"] * 3


def test_its_values(machine: Target) -> None:
    machine.run("import psa\npsa.crypto_init()")
    machine.run("psa.its_set(1, b'hello')\npsa.its_set(2, b'')\npsa.its_set(3, b'once', psa.STORAGE_FLAG_WRITE_ONCE)")
    machine.restart()
    machine.run("import psa\npsa.crypto_init()")
    assert machine.eval("psa.its_get(1)") == b"hello"
    assert machine.eval("psa.its_get(1, 1, 3)") == b"ell"
    assert machine.eval("psa.its_get(2)") == b""
    assert machine.eval("tuple(psa.its_get_info(3))") == (4, 1)
    assert machine.raises("psa.its_set(3, b'twice')").name == "NotPermitted"
    assert machine.raises("psa.its_remove(3)").name == "NotPermitted"
    machine.run("psa.its_remove(1)")
    assert machine.raises("psa.its_get(1)").name == "DoesNotExist"
    assert machine.raises("psa.its_set(0, b'x')").name == "InvalidArgument"


def test_its_and_keys_do_not_meet(machine: Target) -> None:
    """The values of a script and the keys of the core live under different identifiers."""
    machine.run(keys.SOURCE + "create(7)\npsa.its_set(7, b'mine')")
    assert machine.eval("state(7)") == "usable"
    machine.run("psa.destroy_key(7)")
    assert machine.eval("psa.its_get(7)") == b"mine"
