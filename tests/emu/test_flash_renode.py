# SPDX-License-Identifier: MIT
"""The chips' flash in Renode keeps its rules, and so does the firmware; an operation that fails is an error above."""

from __future__ import annotations

import re

import pytest

from tests.device import keys
from tests.targets.emulated import EmulatedTarget

# What controls the flash.
CONTROLLERS = {"STM32F4DISCOVERY": "flashInterface", "NRF52840DK": "nvmc"}
pytestmark = pytest.mark.target(*CONTROLLERS)

SLOW = 120.0


def number(answer: str) -> int:
    """A number as the monitor prints it."""
    found = re.search(r"0x[0-9A-Fa-f]+|\d+", answer)
    assert found, answer
    return int(found[0], 0)


def test_flash_rules_were_kept_and_keys_survive_a_reset(machine: EmulatedTarget) -> None:
    machine.run(keys.SOURCE + "create(7)\nwith open('/f', 'w') as f:\n    f.write('kept')", timeout=SLOW)
    machine.reset()
    # The button, where the chip's flags tell it from power.
    assert machine.eval("__import__('machine').reset_cause()") in (1, 2)
    assert machine.eval("open('/f').read()") == "kept"
    machine.run(keys.SOURCE, timeout=SLOW)
    assert machine.eval("state(7)") == "usable"
    assert number(machine.monitor("sysbus.dataFlash Operations")) > 100
    assert number(machine.monitor("sysbus.dataFlash Violations")) == 0
    assert number(machine.monitor("sysbus.dataFlash Refused")) == 0


def test_flash_errors_are_reported(machine: EmulatedTarget, board: str) -> None:
    """An operation that fails (the STM32F4 says so, on the nRF52840 it is lost in silence) is an error above, not a key
    that may be there."""
    controller = f"sysbus.{CONTROLLERS[board]}"
    machine.run(keys.SOURCE + "create(7)", timeout=SLOW)
    machine.monitor(f"{controller} FailOperations 1000")
    error = machine.raises("create(8)", timeout=SLOW)
    assert error.name in ("StorageFailure", "HardwareFailure", "DataCorrupt"), error
    machine.monitor(f"{controller} FailOperations 0")
    machine.reset()
    machine.run(keys.SOURCE, timeout=SLOW)
    assert machine.eval("(state(7), state(8))", timeout=SLOW) == ("usable", "absent")
