# SPDX-License-Identifier: MIT
"""Launches a board in Renode: its UARTs over socket terminals, its knobs over the monitor.

board.json says what is to be run:

    "emulator": {"kind": "renode", "uart": "sysbus.usart2", "more_uarts": ["sysbus.usart3"],
                 "flash": "sysbus.dataFlash", "trng": "sysbus.trng"}

The script renode/<BOARD>.resc finds the image in $elf and the words of a unique id in $uid1 to $uid3.
`flash` is a StrictFlash, which keeps its contents in the flash file. `trng` has a knob NeverReady, set when the
entropy file that was asked for is missing or empty: nothing else feeds a chip's generator from a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from tools.cli import ToolError
from tools.emulator_types import MachineConfig
from tools.paths import ROOT

MONITOR_TIMEOUT = 60.0
CONNECT_INTERVAL = 0.05

_TELNET = re.compile(rb"\xff[\xfb-\xfe].", re.DOTALL)
_COLOUR = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
_PROMPT = re.compile(rb"\((?:monitor|[A-Za-z0-9_-]+)\) $")
_ERROR = re.compile(
    r"^(There was an error|No such command|Could not|.*: error |Errors during|Bad parameters)", re.MULTILINE
)


def find() -> Path:
    """Renode's program: RENODE, else on PATH. ToolError when there is none."""
    chosen = os.environ.get("RENODE")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise ToolError(f"RENODE is '{chosen}', which is no program")
        return Path(chosen).resolve()
    program = shutil.which("renode")
    if program is None:
        raise ToolError(
            "Renode is not found: install Renode 1.16.1 (renode.io), put it on PATH or name it with RENODE="
        )
    return Path(program)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Monitor:
    """Renode's command line over TCP."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._lock = threading.Lock()
        self._socket = _connect(process, port)
        self._socket.settimeout(1.0)
        self._read()

    def _read(self) -> str:
        """What the monitor says up to its prompt."""
        data = b""
        deadline = time.monotonic() + MONITOR_TIMEOUT
        while time.monotonic() < deadline:
            try:
                chunk = self._socket.recv(65536)
            except TimeoutError:
                continue
            if not chunk:
                raise ToolError("Renode closed its monitor")
            data += chunk
            text = _COLOUR.sub(b"", _TELNET.sub(b"", data))
            if _PROMPT.search(text):
                return _PROMPT.sub(b"", text).decode("utf-8", "replace").replace("\r", "")
        raise ToolError("Renode's monitor does not answer")

    def command(self, line: str) -> str:
        """Run one command; returns its output. ToolError with Renode's words when it fails."""
        with self._lock:
            self._socket.sendall(line.encode() + b"\n")
            answer = self._read()
        answer = answer.split("\n", 1)[1] if "\n" in answer else ""  # the first line is the echo
        if _ERROR.search(answer):
            raise ToolError(f"Renode refused '{line}': {answer.strip()}")
        return answer.strip()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()


def _connect(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    deadline = time.monotonic() + MONITOR_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ToolError(f"Renode ended (exit code {process.returncode})")
        try:
            connection = socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(CONNECT_INTERVAL)
            continue
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    raise ToolError(f"Renode does not open its port {port}")


def _setting(config: MachineConfig, name: str) -> str:
    value = config.board.emulator.get(name)
    if not isinstance(value, str):
        raise ToolError(f"{config.board.path}: 'emulator.{name}' must be a string")
    return value


def _uart_names(config: MachineConfig) -> list[str]:
    more = config.board.emulator.get("more_uarts", [])
    if not isinstance(more, list) or not all(isinstance(name, str) for name in more):
        raise ToolError(f"{config.board.path}: 'emulator.more_uarts' must be a list of names")
    return [_setting(config, "uart"), *more]


class RenodeMachine:
    """One Renode process."""

    def __init__(self, config: MachineConfig) -> None:
        program = find()
        if config.icount is not None:
            raise ToolError(f"{config.board.name}: --icount is QEMU's; Renode counts instructions in any case")
        for path in (config.firmware, config.flash):
            if any(c.isspace() or c in '"\\' for c in str(path)):
                raise ToolError(f"path '{path}': blanks and quotes cannot be passed to Renode, use another name")
        self.uarts: dict[int, socket.socket] = {}
        self._monitor: Monitor | None = None
        # Renode removes folders of other instances from its temporary folder, so it gets one of its own.
        self._temporary = tempfile.TemporaryDirectory(prefix="micropsa-emulator-", ignore_cleanup_errors=True)
        port = _free_port()
        command = [str(program), "--plain", "--hide-monitor", "-P", str(port)]
        # The kernel kills the emulator when the thread that started it ends, however that came about.
        guard = shutil.which("setpriv")
        if guard is not None:
            command = [guard, "--pdeathsig", "KILL", *command]
        with config.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "TMPDIR": self._temporary.name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[config.lock_fd],
                start_new_session=True,  # Ctrl-C on the terminal is for us, not for Renode
            )
        try:
            self._monitor = Monitor(self.process, port)
            self._set_up(config)
        except BaseException:
            self.process.kill()
            self.process.wait()
            self.close()
            raise

    def _set_up(self, config: MachineConfig) -> None:
        uid = hashlib.sha256(str(config.flash).encode()).hexdigest()
        self.monitor(f"$elf=@{config.firmware}")
        for i in range(3):
            self.monitor(f"$uid{i + 1}=0x{uid[8 * i : 8 * i + 8]}")
        self.monitor(f"include @{ROOT / 'renode' / config.board.name}.resc")
        self.monitor(f'{_setting(config, "flash")} BackingFile "{config.flash}"')
        if config.trng is not None and not (config.trng.exists() and _has_data(config.trng)):
            self.monitor(f"{_setting(config, 'trng')} NeverReady true")
        for number, name in enumerate(_uart_names(config)):
            if number in config.uarts:
                port = _free_port()
                self.monitor(f'emulation CreateServerSocketTerminal {port} "uart{number}" false')
                self.monitor(f"connector Connect {name} uart{number}")
                self.uarts[number] = _connect(self.process, port)
        missing = [number for number in config.uarts if number not in self.uarts]
        if missing:
            raise ToolError(f"board {config.board.name} has no UART {missing[0]} in Renode")
        self.monitor("start")

    def monitor(self, line: str) -> str:
        """Run one command of Renode's monitor, such as a fault knob; returns what it printed."""
        if self._monitor is None:
            raise ToolError("Renode is not running")
        return self._monitor.command(line)

    def reset(self) -> None:
        """Press the reset button."""
        self.monitor("machine Reset")

    def close(self) -> None:
        """Close our ends; the UARTs' ends belong to whoever took them."""
        if self._monitor is not None:
            self._monitor.close()
        self._temporary.cleanup()


def _has_data(path: Path) -> bool:
    """Whether a file, or a device, gives at least one byte."""
    with path.open("rb") as file:
        return bool(file.read(1))
