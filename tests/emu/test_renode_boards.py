# SPDX-License-Identifier: MIT
"""What only Renode shows of a board, the same for all that it runs: mpremote over its console, a watchdog that bites in
the middle of a signature, and exact counts of instructions that must not depend on a key."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.targets import registry
from tests.targets.emulated import EmulatedTarget
from tools import board as boards
from tools.emulator import Emulator

RENODE = [name for name in registry.names() if boards.load(name).emulator.get("kind") == "renode"]
pytestmark = pytest.mark.target(*RENODE)
SLOW = 120.0
SIGNATURES = 12  # with each of two keys


# ---------------------------------------------------------------------------------------------------------- mpremote


def test_mpremote_over_the_socket(new_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    emulator = new_emulator()
    emulator.start()

    def mpremote(*words: object) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-m", "mpremote", "connect", emulator.rfc2217_url, *map(str, words)]
        return subprocess.run(line, capture_output=True, timeout=SLOW)

    data = bytes(range(256)) * 4
    (tmp_path / "out").write_bytes(data)
    (tmp_path / "script.py").write_text("import sys\nprint('ran on', sys.platform)")
    assert mpremote("exec", "print(6 * 7)").stdout.split() == [b"42"]
    assert mpremote("run", tmp_path / "script.py").stdout.startswith(b"ran on ")
    assert mpremote("fs", "cp", tmp_path / "out", ":there").returncode == 0
    assert mpremote("fs", "cp", ":there", tmp_path / "back").returncode == 0
    assert (tmp_path / "back").read_bytes() == data
    failed = mpremote("exec", "raise ValueError(1)")
    assert failed.returncode == 1 and b"ValueError: 1" in failed.stdout + failed.stderr


# ---------------------------------------------------------------------------------------------------------- watchdog


def test_watchdog_bites_in_the_middle_of_a_signature(machine: EmulatedTarget) -> None:
    """The key that signs is persistent and must be what it was after the reset that nobody was prepared for."""
    if not machine.eval("hasattr(__import__('machine'), 'WDT')"):
        pytest.skip(f"{machine.name}: this firmware has no machine.WDT")
    machine.run(
        """
import machine, psa
psa.crypto_init()
curve, alg = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1), psa.ALG_ECDSA(psa.ALG_SHA_256)
psa.generate_key(psa.KeyAttributes(type=curve, bits=256, alg=alg, id=11, lifetime=psa.KEY_LIFETIME_PERSISTENT,
    usage=psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE))
""",
        timeout=SLOW,
    )
    public = machine.eval("psa.export_public_key(11)")
    last = machine.eval("psa.sign_message(11, alg, b'before')", timeout=SLOW)
    machine.run_until_reset(
        "dog = machine.WDT(timeout=1000)\nwhile True: psa.sign_message(11, alg, b'never finished')", timeout=SLOW
    )
    machine.run("import machine, psa\npsa.crypto_init()\nalg = psa.ALG_ECDSA(psa.ALG_SHA_256)", timeout=SLOW)
    assert machine.eval("machine.reset_cause() == machine.WDT_RESET")
    assert machine.eval("psa.export_public_key(11)") == public
    machine.run(f"psa.verify_message(11, alg, b'before', {last!r})", timeout=SLOW)
    machine.run("psa.verify_message(11, alg, b'after', psa.sign_message(11, alg, b'after'))", timeout=SLOW)


# ------------------------------------------------------------------------------------------------ instruction counts

# time.ticks_cpu() reads the counter through this function; Renode notes how many instructions were executed by then.
MARK = "mcu_ticks_cpu"
COUNTING = """
import psa, gc, machine, time
psa.crypto_init()
out = bytearray(64)
SHA = psa.ALG_SHA_256
ECDSA, HMAC = psa.ALG_DETERMINISTIC_ECDSA(SHA), psa.ALG_HMAC(SHA)
P256 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)

def count(call, *args):
    gc.collect()
    state = machine.disable_irq()
    time.ticks_cpu()
    try:
        call(*args, out=out) if call is not psa.mac_verify else call(*args)
    except psa.InvalidSignature:
        pass
    time.ticks_cpu()
    machine.enable_irq(state)

def with_key(type, usage, alg, data, call, *args):
    key = psa.import_key(psa.KeyAttributes(type=type, usage=usage, alg=alg), data)
    count(call, key, alg, *args)
    psa.destroy_key(key)

def aes(data):
    with_key(psa.KEY_TYPE_AES, psa.KEY_USAGE_ENCRYPT, psa.ALG_ECB_NO_PADDING, data, psa.cipher_encrypt, bytes(64))

def sign(data):
    with_key(P256, psa.KEY_USAGE_SIGN_HASH, ECDSA, data, psa.sign_hash, bytes(32))

def verify(tag):
    with_key(psa.KEY_TYPE_HMAC, psa.KEY_USAGE_VERIFY_MESSAGE, HMAC, bytes(range(32)), psa.mac_verify, b'x', tag)
"""


@pytest.fixture
def counts(machine: EmulatedTarget) -> Callable[..., list[int]]:
    """counts(function, arguments, rounds): the instructions of each call, interrupts apart, the least of the rounds:
    Python's own allocations cost sometimes more, sometimes less. An even number of arguments would let that alternate
    in step with them."""
    machine.monitor(f'cpu AddSymbolHook "{MARK}" "self.InfoLog(\'MARK {{0}}\', self.ExecutedInstructions)"')
    machine.run(COUNTING, timeout=SLOW)
    log = machine.flash.with_name(machine.flash.name + ".emulator.log")

    def marks() -> list[int]:
        return [int(number, 0) for number in re.findall(r"MARK (\w+)", log.read_text(errors="replace"))]

    def measure(function: str, arguments: list[bytes], rounds: int = 1) -> list[int]:
        before = len(marks())
        # The first call pays for what it finds for the first time.
        machine.run(f"for a in {[arguments[0], *arguments * rounds]!r}: {function}(a)", timeout=SLOW)
        machine.monitor("pause")  # with all of the log written
        found = marks()[before + 2 :]
        machine.monitor("start")
        assert len(found) == 2 * rounds * len(arguments), found
        each = [end - start for start, end in zip(found[::2], found[1::2], strict=True)]
        return [min(each[number :: len(arguments)]) for number in range(len(arguments))]

    return measure


ROUNDS = 8
# Many ones, few, and in between. AES-256: the nRF52840's block does AES-128, where the wait for it is what counts.
AES_KEYS = [bytes(32), b"\xff" * 32, bytes(31) + b"\x01", bytes(range(32)), bytes(range(100, 132))]


def test_aes_takes_the_same_instructions_with_every_key(counts: Callable[..., list[int]]) -> None:
    assert len(set(found := counts("aes", AES_KEYS, ROUNDS))) == 1, found
    assert found[0] > 1000


def test_comparing_a_mac_takes_the_same_instructions_wherever_it_differs(
    counts: Callable[..., list[int]], machine: EmulatedTarget
) -> None:
    machine.run(
        "key = psa.import_key(psa.KeyAttributes(type=psa.KEY_TYPE_HMAC, usage=psa.KEY_USAGE_SIGN_MESSAGE, alg=HMAC),"
        " bytes(range(32)))"
    )
    tag = machine.eval("psa.mac_compute(key, HMAC, b'x')")
    machine.run("psa.destroy_key(key)")
    wrong = [bytes([*tag[:at], tag[at] ^ 1, *tag[at + 1 :]]) for at in (0, 1, 15, 16, 30, 31)]
    wrong.append(bytes(byte ^ 0xFF for byte in tag))
    assert len(set(found := counts("verify", wrong, ROUNDS))) == 1, found


def test_p256_signatures_do_not_tell_keys_apart_by_their_instructions(
    counts: Callable[..., list[int]],
) -> None:
    """The scalar multiplication is blinded with random numbers, so its count varies with the same key as well. What may
    not differ is where the counts of two keys lie: Welch's t below 4.5, as in leakage assessment. The keys: as few ones
    as there can be, and as many as fit, both with all eight limbs in use: Mbed TLS's multiplication of r by the key
    shows how many limbs that is, fewer than eight in one key of 2^32."""
    sparse, dense = b"\x40" + bytes(30) + b"\x01", b"\x7f" + b"\xff" * 31
    found = counts("sign", [sparse, dense] * SIGNATURES)
    few, many = found[::2], found[1::2]
    assert len(set(few)) > 1, "without blinding this test would have to ask for equal counts"
    spread = (statistics.variance(few) + statistics.variance(many)) / SIGNATURES
    t = (statistics.mean(few) - statistics.mean(many)) / spread**0.5
    assert abs(t) < 4.5, (t, few, many)


def test_counts_show_a_difference(counts: Callable[..., list[int]], machine: EmulatedTarget) -> None:
    """The counter counts: a hash of more data takes more."""
    machine.run("def longer(data):\n    count(psa.hash_compute, SHA, data)")
    assert len(set(counts("longer", [bytes(10), bytes(500)]))) == 2
