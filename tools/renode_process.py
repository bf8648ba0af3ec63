# SPDX-License-Identifier: MIT
"""A Renode process with its command line, the monitor, on a TCP port; and a pool of such processes.

A Renode that starts compiles the models in renode/peripherals, which takes seconds. A machine in a Renode that has done
so takes a fraction of one. So whoever runs many machines one after the other opens the pool: a machine that ends then
leaves its Renode empty (`Clear`), with no trace of its models' contents and knobs, for the next one.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from tools import get_renode, processes
from tools.cli import ToolError
from tools.paths import ROOT

MONITOR_TIMEOUT = 180.0
CONNECT_INTERVAL = 0.05
# The portable release runs without the system's ICU then, which a bare machine does not have.
ENVIRONMENT = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
MACHINES_PER_PROCESS = 40  # what a Renode that lives for ever would cost in memory is not known

_TELNET = re.compile(rb"\xff[\xfb-\xfe].", re.DOTALL)
_COLOUR = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
_PROMPT = re.compile(rb"\((?:monitor|[A-Za-z0-9_-]+)\) $")
_ERROR = re.compile(
    r"^(There was an error|No such command|Could not|.*: error |Errors during|Bad parameters)", re.MULTILINE
)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def connect(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    """A connection to a port that the process is about to open."""
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


class Monitor:
    """Renode's command line over TCP."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._lock = threading.Lock()
        self._socket = connect(process, port)
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
            except OSError as error:
                raise ToolError("Renode closed its monitor") from error
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
            try:
                self._socket.sendall(line.encode() + b"\n")
            except OSError as error:
                raise ToolError("Renode closed its monitor") from error
            answer = self._read()
        answer = answer.split("\n", 1)[1] if "\n" in answer else ""  # the first line is the echo
        if _ERROR.search(answer):
            raise ToolError(f"Renode refused '{line}': {answer.strip()}")
        return answer.strip()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()


def _models() -> list[tuple[str, int]]:
    """What a Renode compiles, and when it was written: it refuses a model that is not the one that it has."""
    return sorted((path.name, path.stat().st_mtime_ns) for path in (ROOT / "renode" / "peripherals").glob("*.cs"))


class RenodeProcess:
    """One Renode. The kernel kills it when the thread that started it ends, however that came about."""

    def __init__(self, log: Path, pass_fds: tuple[int, ...] = ()) -> None:
        program = get_renode.find()
        self.log = log
        self.machines = 0  # that it has served
        self.models = _models()
        # Renode removes folders of other instances from its temporary folder, so it gets one of its own.
        self._temporary = tempfile.TemporaryDirectory(prefix="micropsa-emulator-", ignore_cleanup_errors=True)
        port = free_port()
        command = [str(program), "--plain", "--hide-monitor", "-P", str(port)]
        guard = shutil.which("setpriv")
        if guard is not None:
            command = [guard, "--pdeathsig", "KILL", *command]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "TMPDIR": self._temporary.name, **ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=pass_fds,
                start_new_session=True,  # Ctrl-C on the terminal is for us, not for Renode
            )
        try:
            self._monitor = Monitor(self.process, port)
        except BaseException as error:
            self.process.kill()
            self.process.wait()
            self._temporary.cleanup()
            if isinstance(error, ToolError):
                said = processes.last_lines(log)
                raise ToolError(
                    f"{error}; the program is {program}" + (f", and it said: {said}" if said else "")
                ) from error
            raise

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def command(self, line: str) -> str:
        """Run one command of the monitor; returns what it printed."""
        return self._monitor.command(line)

    def connect(self, port: int) -> socket.socket:
        """A connection to a port that a command opened."""
        return connect(self.process, port)

    def end(self) -> None:
        """Stop the process; no error when it is gone already."""
        processes.end(self.process)
        self._monitor.close()
        self._temporary.cleanup()


class Pool:
    """Where machines take their Renode from. As long as it is not open, each gets one of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[RenodeProcess] = []
        self._folder: Path | None = None
        self._starter: concurrent.futures.ThreadPoolExecutor | None = None
        self._started = 0

    @property
    def is_open(self) -> bool:
        return self._starter is not None

    def open(self, folder: Path) -> None:
        """From here on processes are kept; what they print goes to files in `folder`."""
        self._folder = folder
        self._starter = concurrent.futures.ThreadPoolExecutor(1, "starts Renode")  # lives as long as the pool is open

    def close(self) -> None:
        """Stop the processes that are not in use; those that are end with their machine."""
        with self._lock:
            idle, self._idle = self._idle, []
            starter, self._starter = self._starter, None
        for process in idle:
            process.end()
        if starter is not None:
            starter.shutdown()

    def take(self, log: Path, lock_fd: int) -> RenodeProcess:
        """A process without a machine. `log` will show what it prints; a process that is not shared inherits the
        descriptor and with it the lock."""
        starter, folder = self._starter, self._folder
        if starter is None or folder is None:
            return RenodeProcess(log, (lock_fd,))
        with self._lock:
            process = self._idle.pop() if self._idle else None
            self._started += process is None
            number = self._started
        if process is not None and process.models != _models():
            process.end()
            process = None
        if process is None or not process.running:
            process = starter.submit(RenodeProcess, folder / f"renode-{number}.log").result()
        log.unlink(missing_ok=True)
        log.symlink_to(process.log.resolve())
        return process

    def give_back(self, process: RenodeProcess) -> None:
        """The machine is off."""
        process.machines += 1
        if self.is_open and process.machines < MACHINES_PER_PROCESS and process.running:
            with contextlib.suppress(ToolError):
                process.command("Clear")
                with self._lock:
                    self._idle.append(process)
                return
        process.end()


POOL = Pool()
