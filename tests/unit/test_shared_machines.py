# SPDX-License-Identifier: MIT
"""No machine that tests share is lost: an emulator that nobody stops takes time from all tests after it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.targets import registry
from tests.targets.base import TargetError
from tests.targets.shared import SharedMachines


class Machine(SimpleNamespace):
    def __init__(self, flash: Path) -> None:
        super().__init__(flash=flash, broken=False, running=False, deaf=False)
        self.resets = 0

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def run(self, code: str) -> None:
        pass

    def soft_reset(self) -> None:
        if self.deaf:
            raise TargetError("no answer")
        self.resets += 1

    def start_over(self, flash: bytes) -> bool:
        return False

    def rest(self) -> None:
        pass

    def wake(self) -> None:
        pass


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Machine]:
    machines: list[Machine] = []

    def factory(board: str, profile: str):
        def make(flash: Path) -> Machine:
            machines.append(Machine(flash))
            return machines[-1]

        return make

    monkeypatch.setattr(registry, "factory", factory)
    return machines


def test_a_borrower_that_leaves_with_an_exception_brings_it_back(made: list[Machine], tmp_path: Path) -> None:
    machines = SharedMachines(tmp_path)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="skipped"), machines.lend("BOARD"):
            raise RuntimeError("skipped")
    with machines.lend("BOARD"):
        pass
    assert [(machine.running, machine.resets) for machine in made] == [(True, 4)]
    machines.close()
    assert not made[0].running


def test_what_is_broken_deaf_or_written_on_is_stopped(made: list[Machine], tmp_path: Path) -> None:
    machines = SharedMachines(tmp_path)
    with machines.lend("BOARD") as machine:
        machine.broken = True
    with pytest.raises(TargetError, match="no answer"), machines.lend("BOARD") as machine:
        machine.deaf = True
    with machines.lend("BOARD") as machine:
        machine.flash.write_bytes(b"a file")
    assert [machine.running for machine in made] == [False, False, False]


def test_two_loans_at_once_are_two_machines_and_both_are_stopped(made: list[Machine], tmp_path: Path) -> None:
    machines = SharedMachines(tmp_path)
    with machines.lend("BOARD") as one, machines.lend("BOARD") as other:
        assert one is not other
    with machines.lend("BOARD"):
        pass
    assert [machine.running for machine in made] == [True, True]
    machines.close()
    assert [machine.running for machine in made] == [False, False]
