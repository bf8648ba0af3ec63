# SPDX-License-Identifier: MIT
"""An entropy device on a serial line, played by the host: what drivers/trng_serial talks to.

    python -m tools.entropy_device serve --port /dev/ttyUSB0      on a real line, or socket://HOST:PORT
    python -m tools.entropy_device serve --pty                    on a pseudo terminal, whose name it prints
    python -m tools.entropy_device tell 4711 stuck                to one that was started with --control 4711

Emulated boards that have an entropy device get one from tools.emulator, in its process; this command is for a board on
the desk and for a device that shall be watched. Behaviours, changed at any time by a line on stdin or on the control
port:

    good      noise of the host's generator
    silent    answers nothing
    stuck     every byte of noise is the same, in blocks that are otherwise right
    biased    each bit of noise is 1 with probability 0.98
    slow      good, but one byte of the line a second
    noisy     the line spoils every tenth byte: another value, a byte too many, or one too few

Further lines: `status`, `log` (what the board asked for), `quit`. drivers/trng_serial/README.md has the protocol.
"""

from __future__ import annotations

import argparse
import binascii
import contextlib
import io
import os
import pty
import random
import selectors
import socket
import sys
import termios
import threading
import time
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path

from tools import cli
from tools.cli import ToolError

BEHAVIOURS = ("good", "silent", "stuck", "biased", "slow", "noisy")

# The protocol.
MARKER = 0xA5
NOISE_SIZE = 16
BLOCK_SIZE = 2 + NOISE_SIZE + 2
COMMAND_SIZE = 3
MAX_BLOCKS = 255

STUCK_BYTE = 0x55  # as many ones as zeros: counting bits would not notice
BIAS = 0.98
SLOW_INTERVAL = 1.0  # seconds per byte of the line
NOISY_SHARE = 0.1
LOG_LIMIT = 10_000
CHUNK = 4096
BAUD = 115200


def block(session: int, noise: bytes) -> bytes:
    """One block as the line carries it."""
    body = bytes([session]) + noise
    return bytes([MARKER]) + body + binascii.crc_hqx(body, 0xFFFF).to_bytes(2, "big")


def command(letter: str, argument: int) -> bytes:
    """One command as the board sends it."""
    return bytes([ord(letter), argument, ~(ord(letter) ^ argument) & 0xFF])


class EntropyDevice:
    """The device. serve() runs it on a stream; everything else may be called from other threads.

    noise:   file that the noise comes from, read on from call to call; when it ends or is missing, the device has none.
             Default: the host's generator.
    warm_up: seconds from being enabled to the first block.
    log:     what happened: "enable 12", "noise 8", "disable", "behaviour stuck"; the oldest go after 10,000.
    """

    def __init__(self, behaviour: str = "good", *, noise: Path | None = None, warm_up: float = 0.0) -> None:
        self.log: deque[str] = deque(maxlen=LOG_LIMIT)
        self.warm_up = warm_up
        self._noise_path = noise
        self._noise_fd = -1
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._stopped = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self._behaviour = ""
        self._commands = bytearray()
        self._pending = bytearray()  # for the line
        self._blocks = 0  # asked for and not made
        self._session = 0
        self._enabled = False
        self._not_before = 0.0  # time.monotonic() at which the next byte may go
        self.behaviour = behaviour

    @property
    def behaviour(self) -> str:
        """One of BEHAVIOURS; ToolError for another."""
        return self._behaviour

    @behaviour.setter
    def behaviour(self, name: str) -> None:
        if name not in BEHAVIOURS:
            raise ToolError(f"there is no behaviour '{name}'; accepted: {', '.join(BEHAVIOURS)}")
        with self._lock:
            self._behaviour = name
            self.log.append(f"behaviour {name}")
            self._wake()

    @property
    def enabled(self) -> bool:
        """Whether the board has the device switched on."""
        return self._enabled

    # --- life

    def start(self, fd: int, on_end: Callable[[], None] = lambda: None) -> None:
        """serve() in a thread of its own; on_end is called in it when the stream is no longer used."""

        def run() -> None:
            try:
                self.serve(fd)
            finally:
                on_end()

        self._thread = threading.Thread(target=run, name="entropy device", daemon=True)
        self._thread.start()

    def serve(self, fd: int) -> None:
        """Play the device on this descriptor until the other side closes it or stop() is called."""
        os.set_blocking(fd, False)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_read, selectors.EVENT_READ)
                selector.register(fd, selectors.EVENT_READ)
                while self._step(selector, fd):
                    pass
        finally:
            with self._lock:
                self._closed = True
                os.close(self._wake_read)
                os.close(self._wake_write)
                if self._noise_fd >= 0:
                    os.close(self._noise_fd)

    def stop(self) -> None:
        """End serve(), and wait for the thread of start()."""
        with self._lock:
            self._stopped = True
            self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _wake(self) -> None:
        if not self._closed:
            os.write(self._wake_write, b"x")

    def _step(self, selector: selectors.BaseSelector, fd: int) -> bool:
        """Wait for what can be done and do it; False at the end."""
        with self._lock:
            self._fill()
            pause = max(0.0, self._not_before - time.monotonic()) if self._pending else None
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if pause == 0.0 else 0)
        selector.modify(fd, wanted)
        for key, mask in selector.select(pause or None):
            if key.fd == self._wake_read:
                os.read(self._wake_read, CHUNK)
                if self._stopped:
                    return False
            elif not self._transfer(fd, mask):
                return False
        return True

    def _transfer(self, fd: int, mask: int) -> bool:
        try:
            if mask & selectors.EVENT_READ:
                data = os.read(fd, CHUNK)
                if not data:
                    return False
                with self._lock:
                    self._receive(data)
            if mask & selectors.EVENT_WRITE:
                with self._lock:
                    self._send(fd)
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True

    # --- called with the lock held

    def _send(self, fd: int) -> None:
        slow = self._behaviour == "slow"
        if not self._pending or self._behaviour == "silent":
            return
        sent = os.write(fd, self._pending[: 1 if slow else CHUNK])
        del self._pending[:sent]
        if slow:
            self._not_before = time.monotonic() + SLOW_INTERVAL

    def _receive(self, data: bytes) -> None:
        self._commands += data
        while len(self._commands) >= COMMAND_SIZE:
            letter, argument, check = self._commands[:COMMAND_SIZE]
            if letter ^ argument ^ check != 0xFF or letter not in b"END":
                del self._commands[0]  # rubbish on the line; the next byte may begin a command
                continue
            del self._commands[:COMMAND_SIZE]
            self._obey(chr(letter), argument)

    def _obey(self, letter: str, argument: int) -> None:
        if letter == "E":
            self.log.append(f"enable {argument}")
            self._enabled, self._session = True, argument
            self._not_before = time.monotonic() + self.warm_up
        elif letter == "D":
            self.log.append("disable")
            self._enabled = False
        if letter in "ED":
            self._blocks = 0
            self._pending.clear()
        elif self._enabled:
            self.log.append(f"noise {argument}")
            self._blocks = min(self._blocks + argument, MAX_BLOCKS)
        else:
            self.log.append(f"noise {argument} while off")

    def _fill(self) -> None:
        """Make the blocks that were asked for. A silent device loses them."""
        if self._behaviour == "silent":
            self._blocks = 0
            self._pending.clear()
        while self._blocks and self._enabled:
            noise = self._noise()
            if len(noise) < NOISE_SIZE:
                self._blocks = 0
                return
            self._blocks -= 1
            data = block(self._session, noise)
            self._pending += _spoil(data) if self._behaviour == "noisy" else data

    def _noise(self) -> bytes:
        if self._behaviour == "stuck":
            return bytes([STUCK_BYTE]) * NOISE_SIZE
        if self._behaviour == "biased":
            ones = (sum((random.random() < BIAS) << bit for bit in range(8)) for _ in range(NOISE_SIZE))
            return bytes(ones)
        if self._noise_path is None:
            return os.urandom(NOISE_SIZE)
        try:
            if self._noise_fd < 0:
                self._noise_fd = os.open(self._noise_path, os.O_RDONLY)
            return os.read(self._noise_fd, NOISE_SIZE)
        except OSError:
            return b""


def _spoil(data: bytes) -> bytes:
    """What a bad line makes of bytes."""
    spoilt = bytearray()
    for byte in data:
        if random.random() >= NOISY_SHARE:
            spoilt.append(byte)
            continue
        fault = random.randrange(3)
        if fault == 0:
            spoilt.append(byte ^ random.randrange(1, 256))
        elif fault == 1:
            spoilt += bytes([byte, random.randrange(256)])
    return bytes(spoilt)


# ------------------------------------------------------------------------------------------------- command line


def obey(device: EntropyDevice, line: str) -> str:
    """One line of a person or a script; returns the answer."""
    word = line.strip()
    if word == "status":
        return f"{device.behaviour}, {'enabled' if device.enabled else 'disabled'}"
    if word == "log":
        return "\n".join(device.log)
    try:
        device.behaviour = word
    except ToolError as error:
        return f"error: {error}; further: status, log, quit"
    return word


class Control:
    """A port on 127.0.0.1 that takes lines for a device; each line is answered and ended by an empty one."""

    def __init__(self, device: EntropyDevice, port: int = 0) -> None:
        self._device = device
        try:
            self._listener = socket.create_server(("127.0.0.1", port))
        except OverflowError as error:
            raise ToolError(f"control port {port}: accepted are 0 (any) to 65535") from error
        except OSError as error:
            raise ToolError(f"control port {port}: {error.strerror}") from error
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._run, name="entropy control", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            with contextlib.suppress(OSError), connection, connection.makefile("rw", encoding="utf-8") as lines:
                connection.settimeout(10.0)
                for line in lines:
                    lines.write(obey(self._device, line) + "\n\n")
                    lines.flush()

    def close(self) -> None:
        # shutdown() ends an accept() in another thread, which close() alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def tell(port: int, line: str) -> str:
    """Send a line to a control port; returns the answer. ToolError when there is none or it is an error."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10.0) as connection:
            connection.sendall(line.encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n\n"):
                part = connection.recv(CHUNK)
                if not part:
                    break
                answer += part
    except OSError as error:
        raise ToolError(f"no entropy device listens on port {port}: {error}") from error
    text = answer.decode("utf-8", "replace").strip()
    if text.startswith("error: "):
        raise ToolError(text.removeprefix("error: "))
    return text


def _open(options: argparse.Namespace) -> tuple[int, Callable[[], None]]:
    """The line's descriptor and what closes it."""
    if options.pty:
        master, slave = pty.openpty()
        tty.setraw(slave)  # this side stays open, so that the line outlives those who use it
        print(os.ttyname(slave), flush=True)
        return master, lambda: None
    import serial  # only a real line needs it

    try:
        line = serial.serial_for_url(options.port, baudrate=options.baud, timeout=0)
        return line.fileno(), line.close
    except (OSError, ValueError, TypeError, AttributeError, termios.error) as error:
        # pyserial lets slip what its own faults are; a line without a descriptor (loop://) is none of them.
        odd = isinstance(error, (TypeError, AttributeError, io.UnsupportedOperation)) or "not supported" in str(error)
        why = "not a serial line" if odd else str(error)
        raise ToolError(
            f"port {options.port}: {why}; accepted: a serial port such as /dev/ttyUSB0, or socket://HOST:PORT"
        ) from error


def _serve(options: argparse.Namespace) -> int:
    if options.noise is not None and not options.noise.exists():
        raise ToolError(f"there is no noise file {options.noise}")
    device = EntropyDevice(options.behaviour, noise=options.noise, warm_up=options.warm_up)
    control = Control(device, options.control) if options.control is not None else None
    if control is not None:
        print(f"control port {control.port}", flush=True)
    fd, close = _open(options)
    ended = threading.Event()
    device.start(fd, ended.set)

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "quit":
                break
            if line.strip():
                print(obey(device, line), flush=True)
        else:
            return  # no terminal: the line's end is ours
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        ended.wait()
    finally:
        device.stop()
        close()
        if control is not None:
            control.close()
    return 0


def main(argv: list[str]) -> int:
    parser = cli.Parser(
        prog="python -m tools.entropy_device", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="serve|tell")
    serve = commands.add_parser("serve", help="play the device on a serial line")
    where = serve.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", metavar="URL", help="a serial port (/dev/ttyUSB0) or another URL of pyserial")
    where.add_argument("--pty", action="store_true", help="make a pseudo terminal and print its name")
    serve.add_argument("--baud", type=cli.whole(1), default=BAUD, help="default: %(default)s")
    serve.add_argument("--behaviour", choices=BEHAVIOURS, default="good", help="default: %(default)s")
    serve.add_argument(
        "--noise", type=Path, metavar="FILE", help="noise comes from here, not from the host's generator"
    )
    serve.add_argument("--warm-up", type=cli.seconds, default=0.0, metavar="S", help="seconds until the first block")
    serve.add_argument("--control", type=cli.ANY_PORT, metavar="PORT", help="TCP port for `tell`; 0: any, printed")
    teller = commands.add_parser("tell", help="send a line to the control port of a device")
    teller.add_argument("control", type=cli.PORT, metavar="PORT")
    teller.add_argument("line", choices=(*BEHAVIOURS, "status", "log"))
    options = parser.parse_args(argv)
    if options.command == "tell":
        print(tell(options.control, options.line))
        return 0
    return _serve(options)


if __name__ == "__main__":
    cli.run(main)
