# SPDX-License-Identifier: MIT
"""Byte streams with deadlines, and the end of a raw-REPL answer that both kinds of target speak."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from typing import Protocol

from tests.targets.base import DeviceDied, DeviceException, DeviceTimeout

END = b"\x04"


class Stream(Protocol):
    """Where bytes of a machine come from and go to."""

    def read_some(self, timeout: float) -> bytes:
        """At least one byte, b"" when none came in time; raises EOFError when there never will be
        more."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class FdStream:
    """A stream over a pair of file descriptors: pipes, a pty, a socket."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._in, self._out = read_fd, write_fd

    def read_some(self, timeout: float) -> bytes:
        try:
            ready, _, _ = select.select([self._in], [], [], max(timeout, 0))
            if not ready:
                return b""
            data = os.read(self._in, 65536)
        except OSError as exc:  # a pty whose other side is gone answers EIO
            raise EOFError(str(exc)) from exc
        if not data:
            raise EOFError("end of stream")
        return data

    def write(self, data: bytes) -> None:
        try:
            while data:
                select.select([], [self._out], [])
                data = data[os.write(self._out, data) :]
        except OSError as exc:
            raise EOFError(str(exc)) from exc

    def close(self) -> None:
        for fd in {self._in, self._out}:
            try:
                os.close(fd)
            except OSError:  # closed by its owner already
                continue


class Reader:
    """Reads a stream up to an ending, keeps what came too much, and knows what came before a
    failure."""

    def __init__(self, stream: Stream, post_mortem: Callable[[], tuple[str, str]]) -> None:
        self._stream = stream
        self._post_mortem = post_mortem
        self._buffer = bytearray()

    def until(self, ending: bytes, deadline: float, shown: bytes = b"") -> bytes:
        """Everything before `ending`, which is consumed. `shown` is output to repeat in a failure's
        message."""
        start = 0
        while True:
            found = self._buffer.find(ending, start)
            if found >= 0:
                data = bytes(self._buffer[:found])
                del self._buffer[: found + len(ending)]
                return data
            start = max(0, len(self._buffer) - len(ending) + 1)
            self._more(deadline, shown, f"waiting for {ending!r}")

    def exactly(self, count: int, deadline: float) -> bytes:
        while len(self._buffer) < count:
            self._more(deadline, b"", f"waiting for {count} bytes")
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def poll(self) -> int:
        """How many bytes are there without waiting."""
        data = self._stream.read_some(0)
        self._buffer += data
        return len(self._buffer)

    def _more(self, deadline: float, shown: bytes, what: str) -> None:
        left = deadline - time.monotonic()
        try:
            data = self._stream.read_some(left) if left > 0 else b""
        except EOFError as exc:
            message, report = self._post_mortem()
            raise DeviceDied(message, text(shown + self._buffer), report) from exc
        if not data and time.monotonic() >= deadline:
            raise DeviceTimeout(f"no answer in time, {what}", text(shown + self._buffer))
        self._buffer += data

    def answer(self, deadline: float) -> str:
        """An answer of the raw REPL: output, Ctrl-D, traceback, Ctrl-D. Returns the output or
        raises the traceback."""
        output = self.until(END, deadline)
        error = self.until(END, deadline, output)
        if error.strip():
            raise DeviceException(text(error), text(output))
        return text(output)


def text(data: bytes | bytearray) -> str:
    return bytes(data).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
