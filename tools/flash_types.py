# SPDX-License-Identifier: MIT
"""What the flash runners share: what they are told, how they call their tool, and the sentences for what goes wrong.

board.json, beside the memory map (tools/memory_map.py):

    "flashing": {
        "probe": "the ST-LINK on the board, USB socket CN1",      what a person connects
        "note": "…",                                              what a person should know before the board is written
        "chip": {"name": "STM32F407", "address": …, "mask": …, "value": …},   a word that tells the chip
        "lock": {"name": "readout protection", "access_port": 0, …},          a word that tells whether it is open;
                                                         "unless": "…" when there is a way in that keeps the contents
        "openocd": {"interface": "stlink", "target": "target/stm32f4x.cfg"},  runners that fit, the preferred one first
        "pyocd": {"target": "stm32f407vgtx"},
        "jlink": {"device": "STM32F407VG"}
    }

A word is read at `address` (memory for access port 0, else the port's register) and fits when value == word & mask.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools import processes
from tools.board import Board
from tools.cli import ToolError
from tools.image import Image
from tools.memory_map import MemoryMap, Region

SILENCE = 120.0  # seconds without output after which a tool counts as stuck; a 128 KB sector takes 4 s at the worst
LAST_LINES = 4
Show = Callable[[str], None]  # takes what stands after the step's title

# {probe}, {lock} and {unless} come from board.json, {tool} is the runner's name.
SENTENCES = {
    "no-probe": "{tool} finds no debug probe: connect {probe}, and on Linux check that you may open its USB device "
    "(docs/flashing.md)",
    "no-permission": "the probe is there, but this user may not open its USB device: it needs a udev rule "
    "(docs/flashing.md)",
    "busy": "the probe is in use by another program: end that one (a debugger, an IDE, another {tool}) and try again",
    "no-chip": "the probe is there, but no chip answers: check that the board has power and that SWDIO, SWCLK and GND "
    "are connected",
    "locked": "the chip is locked by its {lock}: only erasing all of it opens it again, keys and files "
    "included{unless} (docs/flashing.md says how); nothing was written",
    "no-support": "{tool} does not know this chip: {hint}",
    "too-old": "this {tool} is too old: {hint}",
    "verify": "what was written reads back differently",
    "not-blank": "the region is not blank after it was erased",
    "protected": "the chip refuses to erase or program: its write protection covers the region",
    "no-server": "no gdb server answers at {server}: start one, or name it with GDB_SERVER=host:port "
    "(docs/flashing.md)",
    "lost": "the connection to the probe was lost",
}
HALF_WRITTEN = (
    "The firmware may be half-written and the board may not start: run the same command again. "
    "Keys and files were not touched."
)
HALF_ERASED = "The keys' region may be half-erased: run the same command again. Firmware and files were not touched."


@dataclass(frozen=True)
class Probe:
    """A debug probe on this machine."""

    serial: str
    name: str
    kind: str = ""  # openocd's interface: stlink, jlink, cmsis-dap
    raw_serial: str = ""  # as the USB descriptor has it, when that cannot be printed


@dataclass(frozen=True)
class Word:
    """A word of the chip that must have a value."""

    name: str
    address: int
    mask: int
    value: int
    access_port: int = 0

    def fits(self, word: int) -> bool:
        return word & self.mask == self.value


@dataclass(frozen=True)
class Job:
    """What is to be done to which board."""

    board: Board
    layout: MemoryMap
    folder: Path  # for temporary files and the log
    settings: dict[str, Any]  # "flashing" of board.json
    server: str = ""  # gdb runner: host:port

    @property
    def log(self) -> Path:
        return self.folder / "flash.log"

    def word(self, name: str) -> Word | None:
        """ "chip" or "lock"."""
        found = self.settings.get(name)
        if found is None:
            return None
        numbers = {key: int(str(found[key]), 0) for key in ("address", "mask", "value")}
        return Word(str(found["name"]), **numbers, access_port=int(found.get("access_port", 0)))

    def setting(self, runner: str, key: str) -> str:
        value = self.settings.get(runner, {}).get(key)
        if not isinstance(value, str):
            raise ToolError(f"{self.board.name}/board.json: 'flashing.{runner}.{key}' must be a string")
        return value


class FlashError(ToolError):
    """A step of flashing that failed; the text is what the user reads."""


@dataclass
class Runner:
    """A program that reaches chips. Subclasses say how; whatever they start goes through call()."""

    job: Job
    # What the tool prints, and the key of the sentence that says it. The first pattern that is found counts.
    known: tuple[tuple[str, str], ...] = ()
    hints: dict[str, str] = field(default_factory=dict)
    begun: bool = False  # something may have been written or erased

    name = ""
    programs: tuple[str, ...] = ()
    install = ""  # how to get it

    @classmethod
    def find(cls) -> str | None:
        """The program's path, None when it is not installed."""
        return next((path for path in map(shutil.which, cls.programs) if path), None)

    def probes(self) -> list[Probe] | None:
        """The probes that the runner could use; None when it cannot tell."""
        raise NotImplementedError

    def read(self, probe: Probe | None, words: list[Word]) -> dict[Word, int]:
        """Connect without stopping the program and read words; those that cannot be read are left out."""
        raise NotImplementedError

    def write(self, probe: Probe | None, image: Image, elf: Path, show: Show) -> None:
        """Erase the sectors of an image, write it, compare, reset the board."""
        raise NotImplementedError

    def erase(self, probe: Probe | None, region: Region, show: Show) -> None:
        """Erase a region, check that it is blank, reset the board."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------- for subclasses

    def program(self) -> str:
        found = self.find()
        if found is None:
            raise FlashError(f"{self.name} is not installed: {self.install}")
        return found

    def say(self, key: str) -> FlashError:
        """The sentence of a kind of failure."""
        lock = self.job.word("lock")
        return FlashError(
            SENTENCES[key].format(
                tool=self.name,
                probe=self.job.settings.get("probe", "a debug probe"),
                lock=lock.name if lock else "readout protection",
                unless=self.unless(),
                server=self.job.server,
                hint=self.hints.get(key, ""),
            )
        )

    def unless(self) -> str:
        """What ends the sentence on a locked chip that has a way in besides an erase."""
        way = self.job.settings.get("lock", {}).get("unless", "")
        return f", unless {way}" if way else ""

    def explain(self, output: str, how: str) -> FlashError:
        """The sentence for a tool's output; its last lines when they are none that we know."""
        for pattern, key in self.known:
            if re.search(pattern, output, re.IGNORECASE | re.MULTILINE):
                return self.say(key)
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        said = "".join(f"\n  {line}" for line in lines[-LAST_LINES:])
        return FlashError(f"{self.name} {how}{said}\n  full log: {self.job.log}")

    def call(
        self,
        command: list[str],
        watch: Callable[[str], None] | None = None,
        *,
        check: bool = True,
        cwd: Path | None = None,
    ) -> str:
        """Run the tool and return all that it printed. `watch` gets every line (a progress bar's parts too) as it
        comes. A status other than 0, silence, or death by a signal is a FlashError."""
        self.job.folder.mkdir(parents=True, exist_ok=True)
        printed: list[str] = []

        def stuck() -> FlashError:
            return self.explain("".join(printed), "stopped saying anything")

        with self.job.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n")
            log.flush()
            process = subprocess.Popen(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "80"},
            )  # fmt: skip
            assert process.stdout is not None
            try:
                for piece in _pieces(process.stdout.fileno(), stuck):
                    printed.append(piece)
                    log.write(piece)
                    log.flush()
                    if watch is not None:
                        watch(piece)
                code = process.wait()
            except BaseException:
                processes.end(process)
                raise
            finally:
                process.stdout.close()
        output = "".join(printed)
        if check and code != 0:
            how = f"was ended by signal {-code}" if code < 0 else f"failed (exit status {code})"
            raise self.explain(output, how)
        return output


def _pieces(fd: int, stuck: Callable[[], FlashError]) -> Any:
    """What comes out of a pipe, in pieces that end with a line's end or where the tool pauses."""
    pending = ""
    last = time.monotonic()
    while True:
        if not select.select([fd], [], [], 0.1)[0]:
            if pending:
                yield pending
                pending = ""
            if time.monotonic() - last > SILENCE:
                raise stuck()
            continue
        chunk = os.read(fd, 65536)
        last = time.monotonic()
        if not chunk:
            break
        pending += chunk.decode("utf-8", "replace")
        *lines, pending = re.split(r"(?<=[\r\n])", pending)
        yield from lines
    if pending:
        yield pending


def unprintable(serial: str) -> bool:
    """Whether a serial number is one of old ST-LINKs: twelve bytes that are no text."""
    return not serial.isascii() or not serial.isprintable()
