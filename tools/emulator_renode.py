# SPDX-License-Identifier: MIT
"""Launches a board in Renode: its UARTs over socket terminals, its knobs over the monitor.

board.json says what is to be run:

    "emulator": {"kind": "renode", "uart": "sysbus.usart2", "more_uarts": ["sysbus.usart3"],
                 "flash": "sysbus.dataFlash", "trng": "sysbus.trng"}

The script renode/<BOARD>.resc, or another board's with the same chip that "machine" names, finds the image in $elf, the
words of a unique id in $uid1 to $uid3 and the board's name in $name.
`flash` is a StrictFlash, which keeps its contents in the flash file. `trng` has a knob NeverReady, set when the
entropy file that was asked for is missing or empty: nothing else feeds a chip's generator from a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import subprocess
from pathlib import Path

from tools import memory_map
from tools.board import Board
from tools.cli import ToolError
from tools.emulator_types import MachineConfig
from tools.paths import ROOT
from tools.renode_process import POOL, RenodeProcess, free_port


def _setting(config: MachineConfig, name: str) -> str:
    value = config.board.emulator.get(name)
    if not isinstance(value, str):
        raise ToolError(f"{config.board.path}: 'emulator.{name}' must be a string")
    return value


def script(board: Board) -> str:
    """The script that makes the board's machine, as a path from the repository's root."""
    path = f"renode/{board.emulator.get('machine', board.name)}.resc"
    if not (ROOT / path).is_file():
        raise ToolError(f"{board.path}: 'emulator.machine': there is no script {path}")
    return path


def _uart_names(config: MachineConfig) -> list[str]:
    more = config.board.emulator.get("more_uarts", [])
    if not isinstance(more, list) or not all(isinstance(name, str) for name in more):
        raise ToolError(f"{config.board.path}: 'emulator.more_uarts' must be a list of names")
    return [_setting(config, "uart"), *more]


class RenodeMachine:
    """One machine in a Renode process."""

    def __init__(self, config: MachineConfig) -> None:
        if config.icount is not None:
            raise ToolError(f"{config.board.name}: --icount is QEMU's; Renode counts instructions in any case")
        for path in (config.firmware, config.flash):
            if any(c.isspace() or c in '"\\' for c in str(path)):
                raise ToolError(f"path '{path}': blanks and quotes cannot be passed to Renode, use another name")
        self.uarts: dict[int, socket.socket] = {}
        self._flash = _setting(config, "flash")
        self._flash_file = config.flash
        self._renode: RenodeProcess | None = POOL.take(config.log, config.lock_fd)
        self._killed = False
        try:
            self._set_up(config)
        except BaseException:
            self._renode.end()
            raise

    def _set_up(self, config: MachineConfig) -> None:
        uid = hashlib.sha256(str(config.flash).encode()).hexdigest()
        self.monitor(f"$elf=@{config.firmware}")
        for i in range(3):
            self.monitor(f"$uid{i + 1}=0x{uid[8 * i : 8 * i + 8]}")
        self.monitor(f'$name="{config.board.name}"')
        self.monitor(f"include @{ROOT / script(config.board)}")
        self.monitor(f'{self._flash} BackingFile "{config.flash}"')
        if config.trng is not None and not (config.trng.exists() and _has_data(config.trng)):
            self.monitor(f"{_setting(config, 'trng')} NeverReady true")
        for number, name in enumerate(_uart_names(config)):
            if number in config.uarts:
                port = free_port()
                self.monitor(f'emulation CreateServerSocketTerminal {port} "uart{number}" false')
                self.monitor(f"connector Connect {name} uart{number}")
                self.uarts[number] = self._process().connect(port)
        missing = [number for number in config.uarts if number not in self.uarts]
        if missing:
            raise ToolError(f"board {config.board.name} has no UART {missing[0]} in Renode")
        if config.blank:
            self._blank(config)
        if config.gdb_port is not None:
            self.monitor(f"machine StartGdbServer {config.gdb_port}")
        self.monitor("start")

    def _blank(self, config: MachineConfig) -> None:
        """Empty the code memory but for a loop that does nothing: Renode takes a CPU out of service for good that finds
        no vector table."""
        layout = memory_map.load(config.board)
        assert layout is not None and layout.code.origin is not None
        origin, stack = layout.code.origin, layout.ram[0].end
        self.monitor(f"sysbus.{config.board.emulator.get('code', 'flash')} ZeroAll")
        for offset, word in ((0, stack), (4, origin + 9), (8, 0xE7FEE7FE)):  # b . (Armv7-M, "B", encoding T2)
            self.monitor(f"sysbus WriteDoubleWord {origin + offset:#x} {word:#x}")

    def _process(self) -> RenodeProcess:
        if self._renode is None:
            raise ToolError("Renode is not running")
        return self._renode

    def monitor(self, line: str) -> str:
        """Run one command of Renode's monitor, such as a fault knob; returns what it printed."""
        return self._process().command(line)

    def reset(self) -> None:
        """Press the reset button."""
        self.monitor("machine Reset")

    def load_flash(self, contents: bytes) -> None:
        """Replace what the flash holds, in the chip and in the file."""
        self._flash_file.write_bytes(contents)
        self.monitor(f'{self._flash} BackingFile "{self._flash_file}"')  # is read when it is set

    @property
    def running(self) -> bool:
        return self._renode is not None and self._renode.running and not self._killed

    def exit_code(self, timeout: float) -> int | None:
        """How Renode ended, waiting for it; None when it lives on."""
        if self._renode is None or self._killed:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._renode.process.wait(timeout)
        return None

    def kill(self) -> None:
        """The plug is pulled. A Renode that is shared outlives its machine, which stops wherever it is."""
        renode = self._renode  # end() may come from another thread
        if renode is None:
            return
        self._killed = True
        if POOL.is_open:
            with contextlib.suppress(ToolError):
                renode.command("Clear")
                return
        renode.process.kill()

    def end(self) -> None:
        """Switch off; the UARTs' ends belong to whoever took them."""
        renode, self._renode = self._renode, None
        if renode is not None:
            POOL.give_back(renode)


def _has_data(path: Path) -> bool:
    """Whether a file, or a device, gives at least one byte."""
    with path.open("rb") as file:
        return bool(file.read(1))
