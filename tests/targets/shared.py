# SPDX-License-Identifier: MIT
"""Machines that many tests share one after the other, because booting an emulator costs more than
most tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.targets import registry
from tests.targets.base import Target, TargetError


class SharedMachines:
    """At most one running machine per board and profile, lent to one test at a time.

    Every loan begins with a soft reset. A test that changed the flash or broke the machine costs it
    its place: the next loan gets a new machine with an empty flash.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._running: dict[tuple[str, str], tuple[Target, bytes]] = {}

    @contextmanager
    def lend(self, board: str, profile: str = "default") -> Iterator[Target]:
        machine, clean = self._running.pop((board, profile), None) or self._boot(board, profile)
        yield machine
        if machine.broken:  # the test that broke it has failed already
            machine.stop()
            return
        try:
            machine.soft_reset()
        except TargetError:
            machine.stop()
            raise
        if _digest(machine.flash) == clean:
            self._running[board, profile] = (machine, clean)
        else:
            machine.stop()

    def _boot(self, board: str, profile: str) -> tuple[Target, bytes]:
        self._count += 1
        machine = registry.factory(board, profile)(self._folder / f"{board}-{self._count}.bin")
        machine.start()
        try:
            machine.run("pass")
        except TargetError:
            machine.stop()
            raise
        return machine, _digest(machine.flash)

    def close(self) -> None:
        for machine, _ in self._running.values():
            machine.stop()
        self._running.clear()


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").digest()
