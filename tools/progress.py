# SPDX-License-Identifier: MIT
"""One step of a longer job, shown while it works: "[2/5] Building UNIX: 134/412 files 0:23".

On a terminal the line is rewritten in place; elsewhere a plain line appears at most every 10 seconds,
so that a CI log stays readable.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from types import TracebackType
from typing import TextIO

PLAIN_INTERVAL = 10.0  # seconds between lines when the output is not a terminal
PLAIN_DELAY = 1.0  # seconds before the first of them
TTY_INTERVAL = 0.1


def clock(seconds: float) -> str:
    """Seconds as m:ss."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Steps:
    """Numbers the steps of one command. MICROPSA_STEPS_BEFORE counts those that ran before us."""

    def __init__(self, total: int, out: TextIO | None = None) -> None:
        before = int(os.environ.get("MICROPSA_STEPS_BEFORE", "0"))
        self.done = before
        self.total = before + total
        self.out = out

    def step(self, title: str) -> Step:
        self.done += 1
        return Step(f"[{self.done}/{self.total}] {title}", self.out)

    def announce(self, title: str) -> None:
        """A step that hands the terminal over: one line, and nothing after it."""
        step = self.step(title)
        step.out.write(step.title + "\n")
        step.out.flush()


class Step:
    """A running step; a context manager that ends its line whatever happens."""

    def __init__(self, title: str, out: TextIO | None = None) -> None:
        self.title = title
        self.out = out if out is not None else sys.stderr
        self.tty = self.out.isatty() and os.environ.get("TERM") != "dumb"
        self.detail = ""
        self.shown = 0.0
        self.start = time.monotonic()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._ticker: threading.Thread | None = None

    def __enter__(self) -> Step:
        self.start = time.monotonic()
        if self.tty:
            self._show()
        # The clock keeps moving when a single compilation takes long.
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._ticker is not None:
            self._ticker.join()
        verdict = "" if kind is None else " stopped" if kind is KeyboardInterrupt else " FAILED"
        self._show(final=True, verdict=verdict)

    def update(self, detail: str) -> None:
        """Set what stands after the title, such as "134/412 files"."""
        self.detail = detail
        if self.tty and time.monotonic() - self.shown >= TTY_INTERVAL:
            self._show()

    def _tick(self) -> None:
        interval = 1.0 if self.tty else PLAIN_INTERVAL
        # A plain line is worth printing when the step takes long enough to be waited for.
        if not self.tty and not self._stop.wait(PLAIN_DELAY):
            self._show()
        while not self._stop.wait(interval):
            if time.monotonic() - self.shown >= interval:
                self._show()

    def _show(self, *, final: bool = False, verdict: str = "") -> None:
        with self._lock:
            self.shown = time.monotonic()
            text = self.title + (f": {self.detail}" if self.detail else "")
            if final or self.shown - self.start >= 1.0:
                text += f" {clock(self.shown - self.start)}"
            text += verdict
            if self.tty:
                text = text[: max(20, shutil.get_terminal_size().columns - 1)]
                self.out.write(f"\r\x1b[K{text}" + ("\n" if final else ""))
            else:
                self.out.write(text + "\n")
            self.out.flush()
