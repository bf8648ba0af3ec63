# SPDX-License-Identifier: MIT
"""Random generators of chips that fail, in Renode: every fault of the models ends in the documented exception.

Where the chip's manual has a way back it is taken. Nothing here judges how random a model's numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.targets.emulated import EmulatedTarget

BOARDS = ("STM32F4DISCOVERY", "NRF52840DK")
pytestmark = pytest.mark.target(*BOARDS)

# Knob, its value, the value without the fault; the same names on every model.
FAULTS = {
    "seed error": ("SeedErrors", "-1", "0"),
    "clock error": ("ClockErrors", "-1", "0"),
    "never ready": ("NeverReady", "true", "false"),
    "stuck word": ("StuckWord", "true", "false"),
    "biased": ("Bias", "95", "50"),
    "correlated": ("Correlation", "95", "50"),
}
SLOW = 120.0
ALL_WELL = "len(set(psa.generate_random(64))) > 30"


@dataclass(frozen=True)
class Generator:
    """A chip's generator: its driver, what its model counts, faults that pass and how many starts they cost."""

    driver: str
    reads: str
    passing: dict[str, int]


# RM0090 section 24.3.2: a seed error costs a start each time, a clock error is waited out. The nRF52840 has no flags:
# after a fault it is started again.
GENERATORS = {
    "STM32F4DISCOVERY": Generator("trng_stm32", "WordsRead", {"SeedErrors 2": 3, "ClockErrors 20": 1}),
    "NRF52840DK": Generator("trng_nrf52", "BytesRead", {"SeedErrors 2": 3, "ClockErrors 2": 3}),
}


class Knobs:
    """The board's generator in the monitor."""

    def __init__(self, board: EmulatedTarget) -> None:
        self.board = board

    def set(self, line: str) -> None:
        self.board.monitor(f"sysbus.trng {line}")

    def get(self, name: str) -> int | bool:
        answer = self.board.monitor(f"sysbus.trng {name}")
        found = re.search(r"0x[0-9A-Fa-f]+|\d+|True|False", answer)
        assert found, answer
        return found[0] == "True" if found[0].isalpha() else int(found[0], 0)


@pytest.fixture
def trng(target: EmulatedTarget) -> Iterator[Knobs]:
    """Faults end with the test: other tests get the machine next."""
    knobs = Knobs(target)
    yield knobs
    for knob, _, sound in FAULTS.values():
        knobs.set(f"{knob} {sound}")


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_ends_in_the_documented_exception(target: EmulatedTarget, trng: Knobs, board: str, fault: str) -> None:
    """As long as the fault lasts there are no random numbers, no keys and no weaker ones; after it all is well."""
    knob, value, sound = FAULTS[fault]
    trng.set(f"{knob} {value}")
    error = target.raises("import psa\npsa.crypto_init()", timeout=SLOW)
    assert error.name == "InsufficientEntropy", error
    error = target.raises("psa.generate_random(8)", timeout=SLOW)
    assert error.name == "BadState", error
    error = target.raises("import os\nos.urandom(8)", timeout=SLOW)
    assert error.name == "OSError", error
    error = target.raises(f"psa.get_entropy('{GENERATORS[board].driver}', 512)", timeout=SLOW)
    assert error.name == "HardwareFailure", error
    assert target.eval("psa.arena_info().used") == 0
    assert trng.get("IsRunning") is False
    trng.set(f"{knob} {sound}")
    target.soft_reset()
    target.run("import psa\npsa.crypto_init()", timeout=SLOW)
    assert target.eval(ALL_WELL)


def test_seed_error_gives_an_exception_where_others_give_zeros(target: EmulatedTarget, trng: Knobs) -> None:
    """MicroPython's own STM32 port does not look at the error flags: with the status of a seed error its os.urandom(8)
    returns eight zero bytes, without an exception."""
    trng.set("SeedErrors -1")
    target.run(
        "import os\nfilled = bytearray(b'unchanged')\n"
        "try:\n    filled[:] = os.urandom(9)\nexcept OSError as error:\n    caught = error"
    )
    assert target.eval("bytes(filled)") == b"unchanged"
    assert target.eval("'no entropy' in str(caught)")


def test_passing_faults_cost_nothing_but_time(target: EmulatedTarget, trng: Knobs, board: str) -> None:
    for knob, starts in GENERATORS[board].passing.items():
        target.soft_reset()
        target.run("import psa")
        # What raises leaves the generator off, and the source usable.
        assert target.raises("psa.generate_random(1)").name == "BadState"
        trng.set(knob)
        before = trng.get("Starts")
        # A seed is collected in several calls; the first one meets the fault.
        target.run("psa.crypto_init()", timeout=SLOW)
        assert trng.get(knob.split()[0]) == 0
        assert trng.get("Starts") - before >= starts
        assert trng.get("IsRunning") is False  # powered down when nobody needs it
        assert target.eval(ALL_WELL)


def test_flags_do_what_they_say(target: EmulatedTarget, trng: Knobs, board: str) -> None:
    """NONBLOCK asks and leaves, KEEPALIVE leaves the generator running: seen on the model, not believed."""
    chip = GENERATORS[board]
    target.run(
        "import psa, time\npsa.crypto_init()\nNONBLOCK = psa.GET_ENTROPY_NONBLOCK\n"
        "KEEPALIVE = psa.GET_ENTROPY_KEEPALIVE\n"
        f"def get(flags):\n    return psa.get_entropy('{chip.driver}', 16, flags)",
        timeout=SLOW,
    )
    assert trng.get("IsRunning") is False
    read = trng.get(chip.reads)
    assert target.raises("get(NONBLOCK)").name == "InsufficientEntropy"
    assert (trng.get("IsRunning"), trng.get(chip.reads)) == (False, read)
    assert target.raises("get(NONBLOCK | KEEPALIVE)").name == "InsufficientEntropy"
    assert (trng.get("IsRunning"), trng.get(chip.reads)) == (True, read)
    starts = trng.get("Starts")
    target.run("time.sleep_ms(2)\ndata, bits = get(NONBLOCK | KEEPALIVE)")
    assert target.eval("(len(data), bits)") == (16, 64)
    assert (trng.get("IsRunning"), trng.get("Starts")) == (True, starts)
    target.run("get(KEEPALIVE)")
    assert (trng.get("IsRunning"), trng.get("Starts")) == (True, starts)
    target.run("get(0)")
    assert (trng.get("IsRunning"), trng.get("Starts")) == (False, starts)
    # What is broken is not kept alive.
    trng.set("StuckWord true")
    assert target.raises("get(KEEPALIVE)", timeout=SLOW).name == "HardwareFailure"
    assert trng.get("IsRunning") is False


def test_nobody_waits_for_a_dead_generator(target: EmulatedTarget, trng: Knobs, board: str) -> None:
    """Bounded: within a second of the board's time, however often it is tried."""
    trng.set("NeverReady true")
    target.run("import psa, time\nstart = time.ticks_ms()")
    for call in ("psa.crypto_init()", f"psa.get_entropy('{GENERATORS[board].driver}', 16)"):
        target.raises(call, timeout=SLOW)
    assert target.eval("time.ticks_diff(time.ticks_ms(), start)") < 1000
