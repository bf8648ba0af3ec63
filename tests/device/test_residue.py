# SPDX-License-Identifier: MIT
"""Nothing is left of a destroyed key in RAM: on no stack, in no driver's buffer, in no cache of the storage."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.targets import registry
from tests.targets.base import Target
from tests.targets.emulated import EmulatedTarget

CODE = Path(__file__).with_name("residue.py").read_text(encoding="utf-8")
SLOW = 120.0
CASES = re.findall(r'^    "([\w-]+)": \(', CODE, re.MULTILINE)


def regions(board: str) -> list[tuple[int, int]]:
    """Variables, arena and stacks of an image: all of RAM but the heap."""
    listing = subprocess.run(
        ["arm-none-eabi-nm", str(registry.image(board, registry.fullest_profile(board)))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    symbols = {name: int(value, 16) for value, name in re.findall(r"^(\w+) \w (\w+)$", listing, re.MULTILINE)}
    ends = [
        ("_interrupt_stack", "_interrupt_stack_top"),
        ("_data_start", "_bss_end"),
        ("_arena_start", "_arena_end"),
        ("_stack_guard_end", "_stack_top"),
    ]
    return [(symbols[start], symbols[end]) for start, end in ends if symbols[start] < symbols[end]]


@pytest.fixture
def searched(target: Target) -> list[tuple[int, int]]:
    target.run(CODE, timeout=SLOW)
    target.run("psa.crypto_init()", timeout=SLOW)
    return regions(target.name)


@pytest.mark.target("MPS2_AN386")
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_left_of_a_destroyed_key(target: Target, searched: list[tuple[int, int]], case: str) -> None:
    assert target.eval(f"left_by({case!r}, {searched})", timeout=SLOW) == []


# A chip in Renode is slow to search: what its own driver does.
@pytest.mark.target("NRF52840DK")
@pytest.mark.parametrize("case", ["cbc", "ctr"])
def test_nor_in_the_accelerator(target: Target, searched: list[tuple[int, int]], case: str) -> None:
    """Its data lies in RAM, the key included, while it works."""
    assert target.eval(f"left_by({case!r}, {searched})", timeout=SLOW) == []


@pytest.mark.target("MPS2_AN386")
def test_the_search_finds_what_is_there(target: Target, searched: list[tuple[int, int]]) -> None:
    target.run(
        "secret = secret_of(32, 99)\n"
        "of_hmac = psa.KeyAttributes(type=psa.KEY_TYPE_HMAC, alg=psa.ALG_HMAC(psa.ALG_SHA_256), usage=ALL)\n"
        "key = psa.import_key(of_hmac, secret)"
    )
    assert target.eval(f"len(found(secret, {searched})) >= 4", timeout=SLOW)
    target.run("psa.destroy_key(key)")
    assert target.eval(f"found(secret, {searched})", timeout=SLOW) == []


@pytest.mark.target("MPS2_AN386")
def test_a_reset_leaves_nothing_on_the_stacks(machine: EmulatedTarget) -> None:
    """RAM keeps its contents, and a watchdog does not wait until a call has wiped its own."""
    interrupts, *_, stack = regions(machine.name)
    machine.run("import machine, uctypes\nmark = bytes(range(0x40, 0x80)) * 4")
    for start in (interrupts[0], stack[0]):
        machine.run(f"uctypes.bytearray_at({start}, 256)[:] = mark")
        assert machine.eval(f"bytes(uctypes.bytearray_at({start}, 256)) == mark")
    machine.reset()
    machine.run("import uctypes")
    for start in (interrupts[0], stack[0]):
        assert machine.eval(f"bytes(uctypes.bytearray_at({start}, 256)) == bytes(256)")
