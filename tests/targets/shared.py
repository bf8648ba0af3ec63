# SPDX-License-Identifier: MIT
"""Machines that many tests share one after the other, because booting an emulator costs more than
most tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.targets import registry
from tests.targets.base import Target, TargetError


class SharedMachines:
    """Running machines, lent to one test at a time; one per board and profile as long as no test needs two.

    Every loan begins with a soft reset, and with the flash as it was at first. A test that broke the machine costs it
    its place: the next loan gets a new one with an empty flash.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._idle: dict[tuple[str, str], list[tuple[Target, bytes]]] = {}

    @contextmanager
    def lend(self, board: str, profile: str = "default") -> Iterator[Target]:
        idle = self._idle.setdefault((board, profile), [])
        if idle:
            machine, clean = idle.pop()
            machine.wake()
        else:
            machine, clean = self._boot(board, profile)
        try:
            yield machine
        finally:  # a borrower may leave with an exception, as one does that skips its test
            if self._ready_again(machine, clean):
                idle.append((machine, clean))
            else:
                machine.stop()

    def _ready_again(self, machine: Target, clean: bytes) -> bool:
        """Whether the machine is as it was before the loan."""
        if machine.broken:  # the test that broke it has failed already
            return False
        try:
            machine.soft_reset()
            usable = _contents(machine.flash) == clean or machine.start_over(clean)
            if usable:
                machine.rest()
        except TargetError:
            machine.stop()
            raise
        return usable

    def _boot(self, board: str, profile: str) -> tuple[Target, bytes]:
        self._count += 1
        machine = registry.factory(board, profile)(self._folder / f"{board}-{self._count}.bin")
        machine.start()
        try:
            machine.run("pass")
        except TargetError:
            machine.stop()
            raise
        return machine, _contents(machine.flash)

    def close(self) -> None:
        for machines in self._idle.values():
            for machine, _ in machines:
                machine.stop()
        self._idle.clear()


def _contents(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
