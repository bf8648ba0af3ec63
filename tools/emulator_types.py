# SPDX-License-Identifier: MIT
"""What a launcher of an emulator (QEMU, Renode) gets and what it gives."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tools.board import Board


@dataclass(frozen=True)
class MachineConfig:
    """One emulated board, ready to be started."""

    board: Board
    firmware: Path  # absolute
    flash: Path  # absolute; its folder exists, it itself may not
    trng: Path | None  # absolute; None: the driver's default source
    uarts: tuple[int, ...]  # numbers of the UARTs that are connected, the console first
    icount: str | None  # QEMU's -icount value: instruction counting for deterministic runs
    log: Path  # what the emulator itself says
    lock_fd: int  # inherited by the emulator, so that the flash stays locked as long as it lives
    gdb_port: int | None = None  # TCP port on 127.0.0.1 of the emulator's own gdb server
    blank: bool = False  # no firmware is loaded; the CPU waits for a gdb that brings some


class Machine(Protocol):
    """A running emulator."""

    uarts: dict[int, socket.socket]

    @property
    def running(self) -> bool: ...

    def reset(self) -> None: ...

    def kill(self) -> None: ...

    def exit_code(self, timeout: float) -> int | None: ...

    def end(self) -> None: ...
