# SPDX-License-Identifier: MIT
"""The power goes at every single program and erase of the flash: the old state is there afterwards, or the new one.

Only on UNIX, whose flash file dies at a chosen operation (MICROPSA_FLASH_CUT): before it, in the
middle of it, and in the middle of it with the rest left undefined. The code above the flash is the
same on every target.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.device import keys
from tests.targets import DeviceDied, Target
from tests.targets.unix import UnixTarget

pytestmark = pytest.mark.target("UNIX")

CUT_STATUS = 77
KINDS = ("before", "half", "garbage")

HELPERS = (
    keys.SOURCE
    + """
def value(uid):
    try:
        info = psa.its_get_info(uid)
    except psa.DoesNotExist:
        return None
    data = psa.its_get(uid)
    assert info.size == len(data), (info, len(data))
    return data, info.flags

SMALL = b"small"
BIG = bytes(range(256)) * 24

# What no operation below touches, and what must be unharmed whatever happens to the rest.
def bystanders():
    assert value(100) == (BIG, 0), "a value that nobody touched changed"
    assert value(101) == (SMALL, psa.STORAGE_FLAG_WRITE_ONCE), "a write-once value that nobody touched changed"
    assert state(90) == "usable", "a key that nobody touched is gone"
"""
)
BYSTANDERS = """
psa.its_set(100, BIG)
psa.its_set(101, SMALL, psa.STORAGE_FLAG_WRITE_ONCE)
create(90)
"""


@dataclass(frozen=True)
class Scenario:
    """`action` leads from `old` to `new`, both values of `look` as Python literals of the
    device."""

    setup: str
    action: str
    look: str
    old: str
    new: str


SCENARIOS = {
    "set of a new value": Scenario("", "psa.its_set(1, SMALL)", "value(1)", "None", "(SMALL, 0)"),
    "set of a new big value": Scenario("", "psa.its_set(1, BIG)", "value(1)", "None", "(BIG, 0)"),
    "set over a small value": Scenario(
        "psa.its_set(1, SMALL)", "psa.its_set(1, b'other')", "value(1)", "(SMALL, 0)", "(b'other', 0)"
    ),
    "set of a big value over a small one": Scenario(
        "psa.its_set(1, SMALL)", "psa.its_set(1, BIG)", "value(1)", "(SMALL, 0)", "(BIG, 0)"
    ),
    "set of a small value over a big one": Scenario(
        "psa.its_set(1, BIG)", "psa.its_set(1, SMALL)", "value(1)", "(BIG, 0)", "(SMALL, 0)"
    ),
    "set with write-once": Scenario(
        "psa.its_set(1, SMALL)",
        "psa.its_set(1, BIG, psa.STORAGE_FLAG_WRITE_ONCE)",
        "value(1)",
        "(SMALL, 0)",
        "(BIG, psa.STORAGE_FLAG_WRITE_ONCE)",
    ),
    "remove": Scenario("psa.its_set(1, BIG)", "psa.its_remove(1)", "value(1)", "(BIG, 0)", "None"),
    "import_key": Scenario("", "create(5)", "state(5)", "'absent'", "'usable'"),
    "destroy_key": Scenario("create(5)", "psa.destroy_key(5)", "state(5)", "'usable'", "'absent'"),
    "the twentieth key": Scenario("for n in range(10, 29): create(n)", "create(5)", "state(5)", "'absent'", "'usable'"),
}


def _operations(trace: Path) -> int:
    return len(trace.read_text().splitlines()) if trace.exists() else 0


def _cut(machine: UnixTarget, code: str, at: int, kind: str) -> None:
    machine.env["MICROPSA_FLASH_CUT"] = f"{at}:{kind}"
    try:
        machine.start()
        with pytest.raises(DeviceDied):
            machine.run(code)
        machine.stop()
        assert machine.exit_status == CUT_STATUS, machine.stderr()
    finally:
        del machine.env["MICROPSA_FLASH_CUT"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_power_cut_at_every_flash_operation(
    name: str,
    new_machine: Callable[..., Target],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    scenario = SCENARIOS[name]
    machine = new_machine()
    assert isinstance(machine, UnixTarget)
    with machine:
        machine.run(HELPERS + BYSTANDERS + scenario.setup)
        assert machine.run(f"print({scenario.look} == {scenario.old})") == "True\n"
    base = tmp_path / "base.bin"
    shutil.copy(machine.flash, base)

    trace = tmp_path / "trace.txt"
    machine.env["MICROPSA_FLASH_TRACE"] = str(trace)
    with machine:
        machine.run(HELPERS)
        before = _operations(trace)
        machine.run(scenario.action)
        after = _operations(trace)
    del machine.env["MICROPSA_FLASH_TRACE"]
    assert after > before, "the action writes nothing"

    seen = set()
    for at in range(1, after + 1):
        for kind in KINDS:
            shutil.copy(base, machine.flash)
            _cut(machine, HELPERS + scenario.action, at, kind)
            with machine:
                machine.run(HELPERS)
                new = machine.eval(f"{scenario.look} == {scenario.new}")
                old = machine.eval(f"{scenario.look} == {scenario.old}")
                assert old or new, f"cut {at} of {after} ({kind}): neither the old state nor the new one"
                seen.add("new" if new else "old")
                machine.run("bystanders()")
                if old:  # and the storage still takes writes
                    machine.run(scenario.action)
                    assert machine.eval(f"{scenario.look} == {scenario.new}")
                machine.run("bystanders()")
    assert "old" in seen, "no cut came early enough to keep the old state"
    record_property("cuts", after * len(KINDS))


def test_power_cut_while_the_storage_is_made(new_machine: Callable[..., Target], tmp_path: Path) -> None:
    """From blank flash to the first value: nothing, or the value; and the storage works
    afterwards."""
    trace = tmp_path / "trace.txt"
    machine = new_machine(env={"MICROPSA_FLASH_TRACE": str(trace)})
    assert isinstance(machine, UnixTarget)
    action = "psa.its_set(1, SMALL)"
    with machine:
        machine.run(HELPERS + action)
    del machine.env["MICROPSA_FLASH_TRACE"]
    count = _operations(trace)
    assert count >= 3
    for at in range(1, count + 1):
        for kind in KINDS:
            machine.flash.unlink(missing_ok=True)
            _cut(machine, HELPERS + action, at, kind)
            with machine:
                machine.run(HELPERS)
                assert machine.eval("value(1) in (None, (SMALL, 0))")
                machine.run(action)
                assert machine.eval("value(1) == (SMALL, 0)")


def test_power_cut_after_power_cut(new_machine: Callable[..., Target], tmp_path: Path) -> None:
    """The first start after a cut may repair something; a second cut during that repair changes
    nothing of the above."""
    machine = new_machine()
    assert isinstance(machine, UnixTarget)
    scenario = SCENARIOS["set of a big value over a small one"]
    with machine:
        machine.run(HELPERS + BYSTANDERS + scenario.setup)
    base, broken = tmp_path / "base.bin", tmp_path / "broken.bin"
    shutil.copy(machine.flash, base)
    for first in range(1, 12):
        shutil.copy(base, machine.flash)
        _cut(machine, HELPERS + scenario.action, first, "garbage")
        shutil.copy(machine.flash, broken)
        for second in range(1, 8):
            shutil.copy(broken, machine.flash)
            _cut(machine, HELPERS + scenario.action, second, "half")
            with machine:
                machine.run(HELPERS)
                assert machine.eval(f"{scenario.look} in ({scenario.old}, {scenario.new})"), (first, second)
                machine.run("bystanders()")
