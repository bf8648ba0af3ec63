# SPDX-License-Identifier: MIT
"""A client of MicroPython's raw REPL with raw-paste flow control, as a board offers it on its
console."""

from __future__ import annotations

import struct
import time

from tests.targets.base import DeviceException, DeviceTimeout, TargetError
from tests.targets.stream import END, Reader, Stream

BANNER = b"raw REPL; CTRL-B to exit\r\n>"
STARTS = b"MicroPython v"
INTERRUPT, RAW, FRIENDLY = b"\r\x03", b"\r\x01", b"\r\x02"


class RawRepl:
    """Speaks over a stream; knows nothing of the machine behind it."""

    def __init__(self, stream: Stream, reader: Reader) -> None:
        self._stream, self._reader = stream, reader

    def enter(self, deadline: float) -> None:
        """From whatever the console is doing to the raw prompt; a running program is interrupted."""
        patience = 0.1
        while True:
            self._stream.write(INTERRUPT + RAW)
            try:
                self._reader.until(BANNER, min(deadline, time.monotonic() + patience))
                break
            except DeviceTimeout:
                if time.monotonic() >= deadline:
                    raise
                patience = min(2 * patience, 1.0)
        # A slow board may still owe answers to further attempts; what it prints now comes after all of them.
        self._stream.write(b"print('in', 'step')" + END)
        self._reader.until(b"in step\r\n" + END + END + b">", deadline)

    def soft_reset(self, deadline: float) -> str:
        """Ctrl-D at the raw prompt. Returns what the board printed (boot.py included) until the
        next raw prompt."""
        self._stream.write(END)
        return self._reader.until(BANNER, deadline).decode("utf-8", "backslashreplace")

    def execute_until_reset(self, code: bytes, deadline: float) -> None:
        """Run code until the board says that it starts."""
        self.begin(code, deadline)
        self._reader.until(STARTS, deadline)

    def execute(self, code: bytes, deadline: float) -> str:
        self.begin(code, deadline)
        return self.finish(deadline)

    def begin(self, code: bytes, deadline: float) -> None:
        """Have code run; the caller waits for what it prints, if it comes to an end at all."""
        self._stream.write(b"\x05A\x01")
        answer = self._reader.exactly(2, deadline)
        if answer != b"R\x01":
            raise TargetError(f"the board does not speak raw-paste mode, it answered {answer!r}")
        self._paste(code, deadline)

    def until(self, text: bytes, deadline: float) -> None:
        """Wait for a text on the console; what was printed up to it is gone."""
        self._reader.until(text, deadline)

    def finish(self, deadline: float) -> str:
        """What the code printed; DeviceException when it raised."""
        try:
            output = self._reader.answer(deadline)
        except DeviceException:
            self._reader.until(b">", deadline)
            raise
        self._reader.until(b">", deadline)
        return output

    def _paste(self, code: bytes, deadline: float) -> None:
        window = left = struct.unpack("<H", self._reader.exactly(2, deadline))[0]
        while code:
            while left == 0 or self._reader.poll():
                control = self._reader.exactly(1, deadline)
                if control == b"\x01":
                    left += window
                elif control == END:  # the compiler gave up early, its error follows
                    self._stream.write(END)
                    return
                else:
                    raise TargetError(f"unexpected {control!r} in raw-paste mode")
            self._stream.write(code[:left])
            code, left = code[left:], left - min(left, len(code))
        self._stream.write(END)
        self._reader.until(END, deadline)  # windows granted late and the acknowledgement
