# SPDX-License-Identifier: MIT
"""An emulated board and its console as a person at a terminal sees them."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.targets import registry
from tools.emulator import Emulator

PROMPT = ">>> "


class Console:
    """Types at the friendly prompt and reads what comes back."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))

    def close(self) -> None:
        self._socket.close()

    def type(self, data: str | bytes) -> None:
        self._socket.sendall(data.encode() if isinstance(data, str) else data)

    def until(self, ending: str, timeout: float = 20.0) -> str:
        """Everything up to `ending`, which is included; fails the test when it does not come."""
        deadline = time.monotonic() + timeout
        seen = bytearray()
        while not seen.endswith(ending.encode()):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                raise AssertionError(f"{ending!r} did not come; came: {bytes(seen)!r}")
            data = self._socket.recv(1)
            if not data:
                raise AssertionError(f"the console closed; came: {bytes(seen)!r}")
            seen += data
        return seen.decode("utf-8", "replace").replace("\r\n", "\n")

    def settle(self) -> None:
        """Come to the prompt, however many were printed before. What is typed while the board starts may be lost: its
        UART is off."""
        for again in (True, True, False):
            self.type("print('sett' + 'led')\r")
            try:
                self.until("settled\r\n" + PROMPT)
                return
            except AssertionError:
                if not again:
                    raise

    def ask(self, line: str, timeout: float = 20.0) -> str:
        """Type a line, return what it printed."""
        self.type(line + "\r")
        return self.until(PROMPT, timeout).removeprefix(line).removesuffix(PROMPT).strip()


@pytest.fixture
def new_emulator(board: str, tmp_path: Path) -> Iterator[Callable[..., Emulator]]:
    """A function that makes emulators of the board, not yet started, all on one flash file."""
    made: list[Emulator] = []

    def make(**options: object) -> Emulator:
        options.setdefault("flash", tmp_path / "flash.bin")
        emulator = Emulator(board, firmware=registry.image(board), **options)  # type: ignore[arg-type]
        made.append(emulator)
        return emulator

    yield make
    for emulator in made:
        emulator.stop()


@pytest.fixture
def connect() -> Iterator[Callable[[Emulator], Console]]:
    """A function that opens the console of a running emulator and waits for the prompt."""
    opened: list[Console] = []

    def open_console(emulator: Emulator, wait: bool = True, uart: int = 0) -> Console:
        console = Console(emulator.uart_port(uart))
        opened.append(console)
        if wait:
            console.settle()
        return console

    yield open_console
    for console in opened:
        console.close()


@pytest.fixture
def console(new_emulator: Callable[..., Emulator], connect: Callable[[Emulator], Console]) -> Console:
    """The console of a freshly started board, at its prompt."""
    emulator = new_emulator()
    emulator.start()
    return connect(emulator)
