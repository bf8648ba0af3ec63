# SPDX-License-Identifier: MIT
"""UNIX: MicroPython's own unix port with our user module, one process per boot."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from tests.targets.base import DeviceDied, DeviceTimeout, Target
from tests.targets.stream import FdStream, Reader

REPO = Path(__file__).resolve().parents[2]
REPORT_BYTES = 8000
AGENT = Path(__file__).with_name("unix_agent.py")


class UnixTarget(Target):
    """A process of build/UNIX/micropython. `env` adds to or overrides its environment
    (MICROPSA_FLASH_CUT=…)."""

    name = "UNIX"

    def __init__(
        self,
        binary: Path,
        flash: Path,
        *,
        env: dict[str, str] | None = None,
        heap: str = "8m",
    ) -> None:
        super().__init__(flash)
        self.binary = binary
        self.env = dict(env or {})
        self.heap = heap
        self.log = flash.with_suffix(".stderr")
        self._log_start = 0
        self.exit_status: int | None = None  # of the process before the current one
        self._process: subprocess.Popen[bytes] | None = None
        self._stream: FdStream | None = None
        self._reader: Reader | None = None

    def environment(self) -> dict[str, str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith("MICROPSA_")}
        env.update(
            MICROPSA_FLASH=str(self.flash),
            MICROPYPATH=f".frozen:{REPO / 'python_lib'}",
            TERM="dumb",
        )
        # Frames on a fake stack, the default of newer sanitizers, look like endless recursion to MicroPython.
        env.setdefault("ASAN_OPTIONS", "detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=0:exitcode=99")
        env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1:exitcode=98")
        env.update(self.env)
        return env

    def start(self) -> None:
        self.stop()
        self.broken = False
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                [str(self.binary), "-X", f"heapsize={self.heap}", str(AGENT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.flash.parent,
                env=self.environment(),
            )
        assert self._process.stdin and self._process.stdout
        self._stream = FdStream(self._process.stdout.fileno(), self._process.stdin.fileno())
        self._reader = Reader(self._stream, self._post_mortem)

    def _post_mortem(self) -> tuple[str, str]:
        assert self._process is not None
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "the process closed its output and lives on", self.stderr()
        if code < 0:
            return f"the process was ended by {signal.Signals(-code).name}", self.stderr()
        return f"the process exited with status {code}", self.stderr()

    def stderr(self) -> str:
        """What this machine wrote to stderr since it was switched on (sanitizer reports end up here)."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read(REPORT_BYTES).decode("utf-8", "backslashreplace")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin and process.stdout
        lived = process.poll() is None
        with contextlib.suppress(BrokenPipeError):
            # the agent ends at the end of its input: interpreter and module shut down in order
            process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        self._reader = self._stream = None
        self.exit_status = process.returncode
        if lived and process.returncode != 0 and not self.broken:
            raise DeviceDied(f"the process exited with status {process.returncode}", "", self.stderr())

    def kill9(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def soft_reset(self) -> None:
        self.restart()

    def _execute(self, code: bytes, deadline: float) -> str:
        if self._reader is None or self._stream is None:
            raise DeviceDied("the machine is off")
        try:
            self._stream.write(b"%d\n" % len(code) + code)
        except EOFError as exc:
            message, report = self._post_mortem()
            raise DeviceDied(message, "", report) from exc
        try:
            return self._reader.answer(deadline)
        except DeviceTimeout:
            # nothing can interrupt it from outside; the next start() finds a clean slate
            self.kill9()
            raise
