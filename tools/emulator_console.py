# SPDX-License-Identifier: MIT
"""A person or a script on an emulated board's console."""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import termios
import time
import tty
from pathlib import Path
from typing import TYPE_CHECKING

from tools.cli import ToolError

if TYPE_CHECKING:
    from tools.emulator import Emulator

PROMPT = b"\r\n>>> "
RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
# What the board prints when it comes up, and a script that asked for it is gone.
REBOOTED = b'Type "help()" for more information.\r\n>>> '
FIRMWARE_SAYS = b"MPY: "
BOOT_PATIENCE = 3.0  # seconds until a boot.py or main.py that does not end is interrupted
ANSWER_TIMEOUT = 10.0
BOOT_TIMEOUT = 60.0
NEVER = float("inf")

CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E, CTRL_X = (
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04",
    b"\x05",
    b"\x18",
)


class Console:
    """A connection to the board's console with deadlines."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._socket = socket.create_connection(("127.0.0.1", emulator.uart_port()))
        self._buffer = bytearray()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def write(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise ToolError(self._emulator.obituary()) from error

    def fill(self, deadline: float) -> bool:
        """Wait for more bytes; False when the deadline passed."""
        patience = None if deadline == NEVER else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select([self._socket], [], [], patience)
        if not ready:
            return False
        try:
            data = self._socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise ToolError(self._emulator.obituary())
        self._buffer += data
        return True

    def take(self, count: int) -> bytes:
        """The first `count` bytes that were received."""
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    @property
    def received(self) -> bytearray:
        return self._buffer

    def until(self, ending: bytes, deadline: float) -> bool:
        """Receive until `ending` and drop everything up to it; False when the deadline passed."""
        while True:
            found = self._buffer.find(ending)
            if found >= 0:
                self.take(found + len(ending))
                return True
            if not self.fill(deadline):
                return False

    def exactly(self, count: int, deadline: float) -> bytes:
        while len(self._buffer) < count:
            if not self.fill(deadline):
                raise ToolError("the board does not answer")
        return self.take(count)


def _enter_raw_repl(console: Console) -> None:
    """Wait for the boot to end, interrupting a program that does not, and go to the raw prompt.

    What the firmware itself says of the boot (no file system, safe mode) goes to stderr.
    """
    deadline = time.monotonic() + BOOT_PATIENCE
    while PROMPT not in console.received and console.fill(deadline):
        pass
    for line in bytes(console.received).splitlines():
        if line.startswith(FIRMWARE_SAYS):
            print(line.decode("utf-8", "replace"), file=sys.stderr)
    for _ in range(5):
        console.write(b"\r" + CTRL_C + CTRL_A)
        if console.until(RAW_BANNER, time.monotonic() + 2.0):
            return
    raise ToolError("the board does not come to its prompt")


def _paste(console: Console, code: bytes) -> bool:
    """Send code in raw-paste mode; False when the board stopped taking it (a syntax error it will report)."""
    deadline = time.monotonic() + ANSWER_TIMEOUT
    console.write(CTRL_E + b"A" + CTRL_A)
    if console.exactly(2, deadline) != b"R\x01":
        raise ToolError("the board does not speak raw-paste mode")
    (window,) = struct.unpack("<H", console.exactly(2, deadline))
    room = window
    while code:
        while room == 0 or console.received:
            answer = console.exactly(1, time.monotonic() + ANSWER_TIMEOUT)
            if answer == CTRL_D:
                console.write(CTRL_D)
                return False
            room += window
        console.write(code[:room])
        code, room = code[room:], room - min(room, len(code))
    console.write(CTRL_D)
    return True


def _copy_output(console: Console, deadline: float) -> None:
    """Print the script's output as it comes, up to the end that the board marks with Ctrl-D."""
    tail = b""
    while True:
        end = console.received.find(CTRL_D)
        # A line end may be half here: its CR waits for the LF.
        count = end if end >= 0 else len(console.received) - console.received.endswith(b"\r")
        data = console.take(count)
        sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
        sys.stdout.buffer.flush()
        if end >= 0:
            console.take(1)
            return
        tail = (tail + data)[-len(REBOOTED) :]
        if tail == REBOOTED:
            raise ToolError("the board restarted while the script ran")
        if not console.fill(deadline):
            raise TimeoutError


def _execute(console: Console, code: bytes, deadline: float) -> bytes:
    """Run code at the raw prompt, print what it prints; returns the traceback of an uncaught exception or b""."""
    # After the code: windows granted late, then the acknowledgement that it is complete.
    if _paste(console, code) and not console.until(CTRL_D, time.monotonic() + ANSWER_TIMEOUT):
        raise ToolError("the board did not take the script")
    _copy_output(console, deadline)
    trace = bytearray()
    while not trace.endswith(CTRL_D):
        trace += console.exactly(1, time.monotonic() + ANSWER_TIMEOUT)
    console.until(b">", time.monotonic() + ANSWER_TIMEOUT)
    return bytes(trace[:-1]).replace(b"\r\n", b"\n")


def run_script(emulator: Emulator, script: Path, arguments: list[str], timeout: float) -> int:
    """Run a script and print what it prints. Returns 0, or 1 after printing the exception that ended it."""
    code = script.read_bytes()
    console = Console(emulator)
    try:
        _enter_raw_repl(console)
        deadline = time.monotonic() + timeout if timeout else NEVER
        argv = f"import sys\nsys.argv[:] = {[script.name, *arguments]!r}\ndel sys\n"
        try:
            trace = _execute(console, argv.encode(), deadline) or _execute(console, code, deadline)
        except TimeoutError as error:
            raise ToolError(f"{script} did not end in {timeout:g} s (--timeout)") from error
    finally:
        console.close()
    if trace:
        sys.stderr.buffer.write(trace)
        sys.stderr.buffer.flush()
        return 1
    return 0


class Session:
    """Code for the board, and what it printed, without anybody looking on."""

    def __init__(self, emulator: Emulator) -> None:
        self._console = Console(emulator)

    def close(self) -> None:
        self._console.close()

    def enter(self) -> None:
        """From whatever the board does, such as booting, to the raw prompt."""
        deadline = time.monotonic() + BOOT_TIMEOUT
        patience = 0.1
        while True:
            self._console.write(b"\r" + CTRL_C + CTRL_A)
            if self._console.until(RAW_BANNER, time.monotonic() + patience):
                break
            if time.monotonic() >= deadline:
                raise ToolError("the board does not come to its prompt")
            patience = min(2 * patience, 2.0)
        # Further attempts may still be answered; what it prints now comes after all of that.
        self._console.write(b"print('in', 'step')" + CTRL_D)
        if not self._console.until(b"in step\r\n" + CTRL_D + CTRL_D + b">", deadline):
            raise ToolError("the board does not come to its prompt")

    def run(self, code: str, timeout: float) -> str:
        """Run code; returns what it printed. ToolError with the last line of an exception's traceback, or after
        `timeout` seconds."""
        deadline = time.monotonic() + timeout
        if _paste(self._console, code.encode()) and not self._console.until(CTRL_D, deadline):
            raise ToolError("the board did not take the code")
        texts = []
        for _ in range(2):
            text = bytearray()
            while not text.endswith(CTRL_D):
                if not self._console.received and not self._console.fill(deadline):
                    raise ToolError(f"the board does not answer within {timeout:g} s")
                text += self._console.take(1)
            texts.append(bytes(text[:-1]).replace(b"\r\n", b"\n").decode("utf-8", "replace"))
        self._console.until(b">", deadline)
        output, trace = texts
        if trace.strip():
            raise ToolError(trace.strip().splitlines()[-1])
        return output


def _leaves(data: bytes, after_ctrl_a: bool) -> tuple[bytes, bool, bool]:
    """What of the typed `data` goes to the board; whether Ctrl-A came last; whether the user leaves.

    Ctrl-X leaves, and so does Ctrl-A x. A Ctrl-A goes to the board once the next key shows that it was meant so.
    """
    out = bytearray()
    for byte in data:
        key = bytes([byte])
        if key == CTRL_X or (after_ctrl_a and key == b"x"):
            return bytes(out), False, True
        if after_ctrl_a:
            out += CTRL_A
        after_ctrl_a = key == CTRL_A
        if not after_ctrl_a:
            out += key
    return bytes(out), after_ctrl_a, False


def repl(emulator: Emulator) -> int:
    """Connect the terminal to the board until the user leaves or the emulator ends."""
    print(f"{emulator.board.name}: {emulator.board.description}")
    print(f"  mpremote connect {emulator.pty}")
    print(f"  mpremote connect {emulator.rfc2217_url}")
    print("  Ctrl-C interrupts, Ctrl-D soft-resets, Ctrl-X or Ctrl-A x leaves", flush=True)
    console = Console(emulator)
    stdin = sys.stdin.fileno()
    saved = termios.tcgetattr(stdin) if os.isatty(stdin) else None
    try:
        if saved is not None:
            tty.setraw(stdin)
        _converse(console, stdin)
    finally:
        if saved is not None:
            termios.tcsetattr(stdin, termios.TCSADRAIN, saved)
        print()
        console.close()
    return 0


def _converse(console: Console, stdin: int) -> None:
    watched = [stdin, console.fileno()]
    after_ctrl_a = False
    while True:
        ready, _, _ = select.select(watched, [], [])
        if console.fileno() in ready:
            console.fill(time.monotonic() + 1.0)
            sys.stdout.buffer.write(console.take(len(console.received)))
            sys.stdout.buffer.flush()
        if stdin in ready:
            data = os.read(stdin, 1024)
            if not data:
                return
            data, after_ctrl_a, leave = _leaves(data, after_ctrl_a)
            console.write(data)
            if leave:
                return
