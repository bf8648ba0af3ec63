# SPDX-License-Identifier: MIT
"""Any gdb server as a runner: QEMU's, Renode's, OpenOCD's, J-Link's, a probe's own.

gdb is driven over its machine interface ("GDB/MI" in gdb's manual). What `load` does depends on the server: where its
memory map says "flash", gdb erases the sectors of the image and programs them (packets vFlashErase, vFlashWrite);
elsewhere it writes memory, which is right for the emulators, whose code memory is plain memory.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tools import processes
from tools.flash_types import FlashError, Job, Probe, Runner, Show, Word
from tools.image import ERASED, Image
from tools.memory_map import Region

CONNECT_SECONDS = 5
PATIENCE = 120.0  # for one command; a slow probe writes 10 KB/s
READ = 4096
KNOWN = (
    (r"Connection (refused|timed out|reset)|could not connect|No route to host|Name or service not known", "no-server"),
    (r"^\S+:\d+: No such file or directory", "no-server"),  # gdb of a host that nobody knows: maybe a serial port?
    (r"Cannot access memory|Failed to (read|write) memory", "no-chip"),
    (r"Remote connection closed|Remote communication error|Broken pipe", "lost"),
)
EMULATORS = ("QEMU", "Renode")


class GdbError(Exception):
    """A command that gdb refused; the text is gdb's."""


class Session:
    """One gdb process."""

    def __init__(self, program: str, elf: Path, log: Path) -> None:
        self._log = log.open("a", encoding="utf-8")
        command = [program, "-nx", "--quiet", "--interpreter=mi2", str(elf)]
        self._log.write(f"$ {' '.join(command)}\n")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to handle: gdb would pass it on to the board
        )  # fmt: skip
        self._pending = b""
        self._token = 0
        self._busy = False  # in the middle of a command
        for setting in ("confirm off", "pagination off", "width 0", f"tcp connect-timeout {CONNECT_SECONDS}"):
            self.command(f"-gdb-set {setting}")

    def _line(self, deadline: float) -> str:
        assert self._process.stdout is not None
        while b"\n" not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise GdbError("gdb does not answer")
            chunk = os.read(self._process.stdout.fileno(), 65536)
            if not chunk:
                raise GdbError("gdb ended")
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        text = line.decode("utf-8", "replace").rstrip("\r")
        self._log.write(text + "\n")
        self._log.flush()
        return text

    def command(self, text: str, watch: Callable[[str], None] | None = None) -> str:
        """Run one command; returns what it printed and, on the last line, its result record. `watch` gets the lines
        that come meanwhile. Every line extends the time."""
        self._token += 1
        self._busy = True
        assert self._process.stdin is not None
        self._log.write(f"{self._token}{text}\n")
        try:
            self._process.stdin.write(f"{self._token}{text}\n".encode())
            self._process.stdin.flush()
        except OSError as error:
            raise GdbError("gdb ended") from error
        printed = ""
        while True:
            line = self._line(time.monotonic() + PATIENCE)
            if line.startswith(f"{self._token}^"):
                self._busy = False
                kind, _, result = line[len(str(self._token)) + 1 :].partition(",")
                if kind == "error":
                    raise GdbError(_unquoted(result.removeprefix("msg=")))
                return printed + result
            if line[:1] in ("~", "@"):
                printed += _unquoted(line[1:])
            if watch is not None:
                watch(line)

    def console(self, text: str) -> str:
        """Run a command of gdb's command line; returns what it printed."""
        return self.command(f'-interpreter-exec console "{text}"')

    def monitor(self, text: str) -> str:
        return self.console(f"monitor {text}")

    def close(self) -> None:
        """End gdb without letting the board run or stopping it."""
        if self._busy:  # Ctrl-C: gdb would first end what it does, which takes minutes over a slow probe
            self._process.kill()
        else:
            with contextlib.suppress(GdbError):
                self.console("disconnect")
        processes.end(self._process)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._log.close()


def _unquoted(text: str) -> str:
    """A string of MI: C's escapes between quotation marks."""
    match = re.match(r'"((?:[^"\\]|\\.)*)"', text)
    if match is None:
        return text
    escapes = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), match[1])


class Gdb(Runner):
    name = "gdb"
    programs = ("gdb-multiarch", "arm-none-eabi-gdb")
    install = "needed is a gdb for Arm, such as gdb-multiarch (apt-get install gdb-multiarch) or arm-none-eabi-gdb"

    def __init__(self, job: Job) -> None:
        super().__init__(job, known=KNOWN)
        self._session: Session | None = None
        self.server = "gdb server"  # what it calls itself

    def probes(self) -> list[Probe] | None:
        return None

    @contextlib.contextmanager
    def _told(self):  # type: ignore[no-untyped-def]
        """gdb's errors as sentences."""
        try:
            yield
        except GdbError as error:
            raise self.explain(str(error), "failed") from error

    def connect(self, elf: Path) -> None:
        """Connect, which stops the chip, and find out whose server it is."""
        self.job.folder.mkdir(parents=True, exist_ok=True)
        with self._told():
            self._session = Session(self.program(), elf, self.job.log)
            self._session.command(f"-target-select remote {self.job.server}")
        for question, answer, name in (
            ("version", r"Open On-Chip Debugger", "OpenOCD"),
            ("version", r"Renode", "Renode"),
            ("info version", r"^\d+\.\d+", "QEMU"),
        ):
            with contextlib.suppress(GdbError):
                if re.search(answer, self._running().monitor(question), re.MULTILINE):
                    self.server = name
                    return

    def _running(self) -> Session:
        assert self._session is not None
        return self._session

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def read(self, probe: Probe | None, words: list[Word]) -> dict[Word, int]:
        found = {}
        for word in words:
            if word.access_port == 0:
                with contextlib.suppress(GdbError):
                    found[word] = int.from_bytes(self._bytes(word.address, 4), "little")
        return found

    def _bytes(self, address: int, size: int) -> bytes:
        record = self._running().command(f"-data-read-memory-bytes {address:#x} {size}")
        match = re.search(r'contents="([0-9a-f]*)"', record)
        if match is None or len(match[1]) != 2 * size:
            raise GdbError(f"Cannot access memory at address {address:#x}")
        return bytes.fromhex(match[1])

    def _halt(self) -> None:
        """Stop at the reset vector: a program that runs half-erased could do anything."""
        if self.server == "QEMU":
            return
        if self.server == "Renode":
            # The program's MPU settings hold for gdb as well, and they make the code read-only.
            self._running().monitor("machine Reset")
            return
        for command in ("reset halt", "reset"):
            with contextlib.suppress(GdbError):
                self._running().monitor(command)
                return

    def write(self, probe: Probe | None, image: Image, elf: Path, show: Show) -> None:
        total = len(image.data)

        def watch(line: str) -> None:
            match = re.match(r'\d*\+download,.*total-sent="(\d+)"', line)
            if match:
                self.begun = True
                show(f"{int(match[1]) // 1024}/{total // 1024} KB")

        session = self._running()
        with self._told():
            self._halt()
            session.command("-target-download", watch)
            self.begun = True
            show("verifying")
            self._compare()
            self._restart()
            show("verified")

    def _compare(self) -> None:
        printed = self._running().console("compare-sections")
        if "MIS-MATCHED" in printed:
            raise self.say("verify")
        if "matched" not in printed:
            raise self.explain(printed, "compared nothing")

    def _restart(self) -> None:
        """Reset the chip and let it run, without us."""
        session = self._running()
        if self.server == "QEMU":
            session.monitor("system_reset")
            session.console("flushregs")
            try:
                self._compare()
            except FlashError as error:
                raise FlashError(
                    "QEMU put back the image of its option -kernel when it was reset: start it without that option "
                    "(docs/flashing.md)"
                ) from error
            session.command("-target-detach")
        elif self.server == "Renode":
            session.monitor("machine Reset")
            if "True" in session.monitor("sysbus.cpu IsHalted"):
                raise FlashError(
                    "the firmware is written, but Renode had taken the CPU out of service because its flash was blank: "
                    "type `cpu IsHalted false`, `pause` and `start` at its prompt"
                )
            session.command("-target-detach")
        elif self.server == "OpenOCD":
            session.monitor("reset run")
        else:
            session.monitor("reset")
            session.command("-target-detach")

    def erase(self, probe: Probe | None, region: Region, show: Show) -> None:
        if self.server != "OpenOCD":
            hint = "make erase-keys RUNNER=emulator, while it is off" if self.server in EMULATORS else "another RUNNER"
            raise FlashError(f"this gdb server ({self.server}) has no command that erases one region: use {hint}")
        assert region.origin is not None
        session = self._running()
        with self._told():
            self._halt()
            self.begun = True
            session.monitor(f"flash erase_address {region.origin:#010x} {region.extent:#x}")
            for at in range(region.origin, region.end, READ):
                show(f"verifying {(at - region.origin) // 1024}/{region.extent // 1024} KB")
                if self._bytes(at, min(READ, region.end - at)).strip(bytes([ERASED])):
                    raise self.say("not-blank")
            self._restart()
            show("verified")
