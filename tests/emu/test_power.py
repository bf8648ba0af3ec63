# SPDX-License-Identifier: MIT
"""Power cuts in Renode: a dozen of those that `make test-power` makes by the hundreds, and that it would see a loss."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.targets import registry
from tools import board as boards
from tools import power
from tools.paths import ROOT
from tools.progress import Steps

RENODE = [name for name in registry.names() if boards.load(name).emulator.get("kind") == "renode"]
renode = pytest.mark.target(*RENODE)
DOZEN = 12


def cut(board: str) -> list[power.Round]:
    rounds: list[power.Round] = []
    with Steps(1).step(f"Cutting the power of {board}") as step:
        power.campaign(board, DOZEN, step, rounds, firmware=registry.image(board), rooms=False)
    return rounds


@renode
def test_a_dozen_power_cuts_cost_nothing(board: str, record_property: Callable[[str, object], None]) -> None:
    rounds = cut(board)
    assert not [line for what in rounds for line in what.found], power.table(rounds)
    results = [name for what in rounds for counts in what.results.values() for name in counts.elements()]
    assert len(results) == DOZEN and set(results) <= {"old", "new"}
    assert {what.name for what in rounds} == set(power.ACTIONS)
    record_property("cuts", len(results))


@renode
def test_a_loss_is_seen(board: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Firmware that writes a file in place, as this action does, loses the old one before the new one is there."""
    careless = power.Action(
        "import os; os.remove('f'); write('f', 'b')", "write('f', 'a')", "file('f')", "a", "b", power.KEY_FILL
    )
    monkeypatch.setattr(power, "ACTIONS", {"careless write": careless})
    rounds = cut(board)
    assert [line for what in rounds for line in what.found], power.table(rounds)
    assert rounds[0].results["not done"]["half"] + rounds[0].results["garbage"]["half"] > 0


def test_points_are_spread_and_a_wrong_board_is_told() -> None:
    assert power.spread(list(range(100)), 5) == [0, 24, 49, 74, 99]
    assert power.spread([1, 2], 5) == [1, 2] and power.spread([1, 2], 1) == [1]
    first = power.Round("x", power.ACTIONS["file write"], b"", operations=100)
    second = power.Round("y", power.ACTIONS["file write"], b"", operations=power.MANY + 1)
    places = 100 + power.MAKES_ROOM
    assert len(first.places()) == 100 and len(second.places()) == power.MAKES_ROOM
    for cuts, count in ((12, 12), (power.CUTS, places * len(power.KINDS)), (places + 7, places + 7)):
        chosen = power.points([first, second], cuts)
        assert len(chosen) == count and len({(id(what), *rest) for what, *rest in chosen}) == count
        assert {kind for _, _, kind in chosen} == set(power.KINDS)
        if cuts > places:
            assert {place for what, place, _ in chosen if what is first} == set(range(1, 101))
    program = [sys.executable, "-m", "tools.power", "--board", "UNIX"]
    environment = {**os.environ, "RENODE": sys.executable}
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 1 and "UNIX does not run in Renode; boards that do:" in done.stderr
    done = subprocess.run([*program, "--cuts", "0"], cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 2 and "'0' is not accepted, a whole number from 1 is" in done.stderr
