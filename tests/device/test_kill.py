# SPDX-License-Identifier: MIT
"""kill -9 while keys are made and destroyed: every key that was promised is there, no key is half there."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable

import pytest

from tests.device import keys
from tests.targets import DeviceDied, Target

# Announces each step before it begins and after it ended. Four keys are kept, so the flash never fills up.
WORK = """
def work(first):
    n = first
    while True:
        print("+", n)
        create(n)
        print("made", n)
        if n >= first + 4:
            print("-", n - 4)
            psa.destroy_key(n - 4)
            print("gone", n - 4)
        n += 1
"""
STEP = re.compile(r"^(\+|made|-|gone) (\d+)$", re.MULTILINE)


class Ledger:
    """What the machine promised about each key id."""

    def __init__(self) -> None:
        self.promised: dict[int, set[str]] = {}
        self.next_id = 1

    def read(self, output: str) -> int:
        """Take over what a run announced; returns how many steps it completed."""
        complete = 0
        for word, number in STEP.findall(output):
            key_id = int(number)
            self.next_id = max(self.next_id, key_id + 1)
            self.promised[key_id] = {
                "+": {"usable", "absent"},
                "-": {"usable", "absent"},
                "made": {"usable"},
                "gone": {"absent"},
            }[word]
            complete += word in ("made", "gone")
        return complete

    def check(self, machine: Target) -> None:
        """Every id is in a promised state; what was open is settled from here on."""
        found = machine.eval(f"{{n: state(n) for n in {sorted(self.promised)!r}}}", timeout=60)
        wrong = {n: found[n] for n, allowed in self.promised.items() if found[n] not in allowed}
        assert not wrong, f"keys in a state that was not promised: {wrong}; promised: {self.promised}"
        kept = [n for n in self.promised if found[n] == "usable"]
        machine.run(f"for n in {kept!r}: psa.destroy_key(n)")
        self.promised = dict.fromkeys(sorted(found)[-6:], {"absent"})


def _run_to_the_end(machine: Target, code: str, killer: threading.Thread) -> str:
    """Run code that never ends by itself until the killer has struck; returns what it announced."""
    killer.start()
    try:
        with pytest.raises(DeviceDied) as death:
            machine.run(code, timeout=60)
    finally:
        killer.join()
    return death.value.output


def _after(machine: Target, delay: float) -> threading.Thread:
    return threading.Timer(delay, machine.kill9)


def _at_write(machine: Target, count: int) -> threading.Thread:
    """Kills when the flash file has been seen to change `count` times: in the middle of the storage's work."""

    def watch() -> None:
        seen = machine.flash.stat().st_mtime_ns
        changes, end = 0, time.monotonic() + 20
        while changes < count and time.monotonic() < end:
            now = machine.flash.stat().st_mtime_ns
            changes += now != seen
            seen = now
        machine.kill9()

    return threading.Thread(target=watch)


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


def test_kill_while_keys_are_made_and_destroyed(
    new_machine: Callable[..., Target], kills: int, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(4)  # the moments differ from run to run anyway: the machine's clock is the host's
    machine = new_machine()
    ledger = Ledger()
    steps = 0
    for number in range(kills):
        machine.start()
        machine.run(keys.SOURCE + WORK)
        # From at once to long enough for some dozen keys, so that the cut falls on all steps of the storage.
        # Every third one is aimed at a write of the flash.
        delay = chance.uniform(0, 0.02) if number % 2 else chance.uniform(0, 0.3)
        killer = _after(machine, delay) if number % 3 else _at_write(machine, 1 + number // 3 % 12)
        steps += ledger.read(_run_to_the_end(machine, f"work({ledger.next_id})", killer))
        machine.start()
        machine.run(keys.SOURCE)
        ledger.check(machine)
        machine.kill9()  # the checks above are writes too, and may be cut like any others
    assert steps >= kills // 2, f"only {steps} steps between {kills} kills: the storage was hardly at work"
    record_property("steps", steps)


def test_kill_while_the_key_store_is_first_written(new_machine: Callable[..., Target], kills: int) -> None:
    """A board that loses power during its very first start must start the next time, with a key store that works."""
    chance = random.Random(5)
    for _ in range(max(3, kills // 5)):
        machine = new_machine()
        machine.start()
        delay = chance.uniform(0, 0.05)
        code = keys.SOURCE + "create(1)\nprint('made', 1)\nwhile True: pass"
        output = _run_to_the_end(machine, code, _after(machine, delay))
        machine.start()
        machine.run(keys.SOURCE)
        allowed = {"usable"} if "made 1" in output else {"usable", "absent"}
        assert machine.eval("state(1)") in allowed
        assert machine.eval("state(2)") == "absent"
        machine.stop()
