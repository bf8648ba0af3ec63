# SPDX-License-Identifier: MIT
"""Launches a board in QEMU: its UARTs over socket pairs, its flash and entropy over semihosting."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import socket
import subprocess
import threading

from tools import processes
from tools.cli import ToolError
from tools.emulator_types import MachineConfig

PROGRAM = "qemu-system-arm"
UARTS = 5
QMP_TIMEOUT = 10.0


def _option(value: str) -> str:
    """QEMU's option syntax: a comma inside a value is doubled."""
    return value.replace(",", ",,")


def _semihosting(config: MachineConfig) -> str:
    """The command line that the firmware reads with SYS_GET_CMDLINE: words separated by blanks."""
    words = {
        "flash": config.flash.name,
        "uid": hashlib.sha256(str(config.flash).encode()).hexdigest()[:24],
    }
    if config.trng is not None:
        words["trng"] = str(config.trng)
    for name, value in words.items():
        if any(c.isspace() for c in value):
            raise ToolError(f"{name} path '{value}': blanks cannot be passed to the board, use another name")
    arguments = "".join(f",arg={name}={_option(value)}" for name, value in words.items())
    return f"enable=on,target=native,arg=micropsa{arguments}"


class QemuMachine:
    """One QEMU process."""

    def __init__(self, config: MachineConfig) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            raise ToolError(f"{PROGRAM} is not installed; on Debian and Ubuntu: apt-get install {PROGRAM}")
        machine = config.board.emulator.get("machine")
        if not isinstance(machine, str):
            raise ToolError(f"{config.board.path}: 'emulator.machine' must name a machine of QEMU")
        self.uarts: dict[int, socket.socket] = {}
        self._qmp_lock = threading.Lock()
        ends: list[socket.socket] = []

        def pair() -> tuple[socket.socket, int]:
            mine, its = socket.socketpair()
            ends.append(its)
            return mine, its.fileno()

        command = [program, "-M", machine, "-display", "none", "-nodefaults"]
        command += ["-semihosting-config", _semihosting(config)]
        command += ["-S"] if config.blank else ["-kernel", str(config.firmware)]
        if config.gdb_port is not None:
            command += ["-gdb", f"tcp:127.0.0.1:{config.gdb_port}"]
        for number in range(UARTS):
            if number in config.uarts:
                self.uarts[number], fd = pair()
                command += [
                    "-chardev",
                    f"socket,id=uart{number},fd={fd}",
                    "-serial",
                    f"chardev:uart{number}",
                ]
            else:
                command += ["-serial", "null"]
        self._qmp, fd = pair()
        command += ["-chardev", f"socket,id=qmp,fd={fd}", "-mon", "chardev=qmp,mode=control"]
        if config.icount is not None:
            command += ["-icount", config.icount]
        # The kernel kills the emulator when the thread that started it ends, however that came about.
        guard = shutil.which("setpriv")
        if guard is not None:
            command = [guard, "--pdeathsig", "KILL", *command]
        try:
            with config.log.open("wb") as log:
                self.process = subprocess.Popen(
                    command,
                    cwd=config.flash.parent,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[end.fileno() for end in ends] + [config.lock_fd],
                    start_new_session=True,  # Ctrl-C on the terminal is for us, not for QEMU
                )
        except BaseException:
            self._close()
            raise
        finally:
            for end in ends:
                end.close()
        self._qmp.settimeout(QMP_TIMEOUT)
        self._qmp_file = self._qmp.makefile("rwb")
        self._qmp_ready = False

    def reset(self) -> None:
        """Press the reset button."""
        with self._qmp_lock:
            if not self._qmp_ready:
                self._qmp_file.readline()  # greeting
                self._command("qmp_capabilities")
                self._qmp_ready = True
            self._command("system_reset")

    def _command(self, name: str) -> None:
        self._qmp_file.write(json.dumps({"execute": name}).encode() + b"\n")
        self._qmp_file.flush()
        while True:
            line = self._qmp_file.readline()
            if not line:
                raise ToolError("QEMU closed its control connection")
            answer = json.loads(line)
            if "error" in answer:
                raise ToolError(f"QEMU refused {name}: {answer['error'].get('desc')}")
            if "return" in answer:
                return  # events in between are of no interest

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def exit_code(self, timeout: float) -> int | None:
        """How QEMU ended, waiting for it; None when it lives on."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout)
        return None

    def kill(self) -> None:
        """The plug is pulled."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    def end(self) -> None:
        """Switch off; the UARTs' ends belong to whoever took them."""
        processes.end(self.process)
        self._close()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._qmp.close()
