# SPDX-License-Identifier: MIT
"""A board of ours in its emulator, reached over its console as a real board is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from tests.targets.base import DeviceDied, Target
from tests.targets.rawrepl import RawRepl
from tests.targets.stream import FdStream, Reader
from tools.emulator import Emulator
from tools.entropy_device import EntropyDevice

BOOT_TIMEOUT = 30.0


class EmulatedTarget(Target):
    """One emulator process per boot. `trng` is the host file that the board's entropy comes from, `entropy` how its
    entropy device behaves from the start, where it has one."""

    def __init__(
        self, name: str, firmware: Path, flash: Path, *, trng: Path | None = None, entropy: str = "good"
    ) -> None:
        super().__init__(flash)
        self._behaviour = entropy
        self.name = name
        self.firmware = firmware
        self.trng = trng
        self._emulator: Emulator | None = None
        self._console: serial.SerialBase | None = None
        self._repl: RawRepl | None = None

    def start(self) -> None:
        self.stop()
        self.broken = False
        self._emulator = Emulator(
            self.name, firmware=self.firmware, flash=self.flash, trng=self.trng, entropy=self._behaviour
        )
        try:
            self._emulator.start()
            self._console = serial.serial_for_url(self._emulator.url)
            stream = FdStream(self._console.fileno(), self._console.fileno())
            self._repl = RawRepl(stream, Reader(stream, self._post_mortem))
            self._repl.enter(time.monotonic() + BOOT_TIMEOUT)
        except BaseException:
            self.stop()
            raise

    def _post_mortem(self) -> tuple[str, str]:
        assert self._emulator is not None
        return self._emulator.obituary(), ""

    def stop(self) -> None:
        if self._console is not None:
            self._console.close()
        if self._emulator is not None:
            self._emulator.stop()
        self._emulator = self._console = self._repl = None

    def kill9(self) -> None:
        if self._emulator is not None:
            self._emulator.kill()

    def reset(self) -> None:
        """Press the reset button; returns at the raw prompt."""
        repl = self._live()
        assert self._emulator is not None
        self._emulator.reset()
        with self._deaths_told():
            repl.enter(time.monotonic() + BOOT_TIMEOUT)

    def run_until_reset(self, code: str, *, timeout: float) -> None:
        """Run code that ends in a reset of the board; returns at the raw prompt after it."""
        repl = self._live()
        with self._deaths_told():
            repl.execute_until_reset(code.encode(), time.monotonic() + timeout)
            repl.enter(time.monotonic() + BOOT_TIMEOUT)

    def monitor_meanwhile(self, code: str, line: str, timeout: float = 60.0) -> str:
        """Run code and, a moment after it has printed "ready", a command of the monitor; what the code printed then."""
        repl = self._live()
        deadline = time.monotonic() + timeout
        with self._deaths_told():
            repl.begin(code.encode(), deadline)
            repl.until(b"ready\r\n", deadline)
            time.sleep(0.5)
            self.monitor(line)
            return repl.finish(deadline)

    def rest(self) -> None:
        if self._emulator is not None and self._emulator.has_monitor:
            self._emulator.monitor("pause")

    def wake(self) -> None:
        if self._emulator is not None and self._emulator.has_monitor:
            self._emulator.monitor("start")

    def start_over(self, flash: bytes) -> bool:
        if self._emulator is None or not self._emulator.has_monitor:
            return False
        self._emulator.load_flash(flash)
        self.reset()
        return True

    @property
    def entropy(self) -> EntropyDevice:
        """The entropy device of the running board; ToolError where there is none."""
        self._live()
        assert self._emulator is not None
        return self._emulator.entropy

    def monitor(self, line: str) -> str:
        """Run a command of Renode's monitor, such as a fault knob of a model; ToolError on other emulators."""
        self._live()
        assert self._emulator is not None
        return self._emulator.monitor(line)

    def soft_reset(self) -> None:
        self.boot_output()

    def boot_output(self) -> str:
        """Soft reset; what the board prints until the raw prompt, boot.py's output included. As on any MicroPython,
        main.py does not run when the raw REPL asked for the reset."""
        repl = self._live()
        with self._deaths_told():
            return repl.soft_reset(time.monotonic() + BOOT_TIMEOUT)

    def _execute(self, code: bytes, deadline: float) -> str:
        repl = self._live()
        with self._deaths_told():
            return repl.execute(code, deadline)

    def _live(self) -> RawRepl:
        if self._repl is None:
            raise DeviceDied("the board is off")
        return self._repl

    @contextmanager
    def _deaths_told(self) -> Iterator[None]:
        try:
            yield
        except EOFError as exc:
            message, report = self._post_mortem()
            raise DeviceDied(message, "", report) from exc
