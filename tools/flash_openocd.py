# SPDX-License-Identifier: MIT
"""OpenOCD as a runner. It sets its own pace and shows none, so the image goes in as pieces of whole sectors.

Messages are those of OpenOCD 0.12.0: printed by the program itself without a probe, or from its sources
(src/jtag/drivers, src/flash/nor/stm32f2x.c, tcl/target/nrf52.cfg).
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tools import flash_usb
from tools.flash_types import FlashError, Job, Probe, Runner, Show, Word, unprintable
from tools.image import ERASED, Image
from tools.memory_map import MemoryMap, Region

PIECE = 32 * 1024  # at least this much between two signs of life
KNOWN = (
    (r"LIBUSB_ERROR_ACCESS|Access denied|insufficient permissions", "no-permission"),
    (r"LIBUSB_ERROR_BUSY|Resource busy|LIBUSB_ERROR_NOT_FOUND.*claim|already in use", "busy"),
    (r"unable to find a matching CMSIS-DAP device|^Error: open failed|No J-Link device found", "no-probe"),
    (r"AP lock engaged|Device Security Bit Set", "locked"),
    (r"Can't find (target|interface)/\S+\.cfg|invalid subcommand \"serial|invalid command name", "too-old"),
    (r"init mode failed|Could not find MEM-AP|examination failed|Target not examined|Error connecting DP", "no-chip"),
    (r"checksum mismatch|contents differ|verify failed", "verify"),
    (r"sector \d+ is protected|failed erasing sectors|write.protect", "protected"),
    (r"LIBUSB_ERROR_NO_DEVICE|LIBUSB_ERROR_PIPE|error writing USB data|DAP transaction stalled", "lost"),
)


def pieces(layout: MemoryMap, image: Image) -> list[tuple[int, bytes]]:
    """An image in parts that share no sector: writing one erases nothing of another."""
    found: list[tuple[int, bytes]] = []
    start = image.origin
    for at, size in layout.erased_by(image.origin, image.end):
        end = min(at + size, image.end)
        if end - start >= PIECE or end == image.end:
            found.append((start, image.data[start - image.origin : end - image.origin]))
            start = end
    return found


class OpenOcd(Runner):
    name = "openocd"
    programs = ("openocd",)
    install = "your system's package manager has it (apt-get install openocd); needed is 0.12 or newer"

    def __init__(self, job: Job) -> None:
        super().__init__(job, known=KNOWN, hints={"too-old": "needed is OpenOCD 0.12 or newer"})

    def probes(self) -> list[Probe] | None:
        return flash_usb.probes()

    def command(self, probe: Probe | None, *steps: str) -> list[str]:
        """The command line. Ports stay closed: nobody else is to talk to the chip meanwhile."""
        kind = probe.kind if probe else self.job.setting(self.name, "interface")
        command = [self.program(), "-f", f"interface/{kind}.cfg"]
        setup = ["gdb_port disabled", "tcl_port disabled", "telnet_port disabled"]
        setup.append("transport select " + ("hla_swd" if kind == "stlink" else "swd"))
        if probe and probe.raw_serial:
            setup.append(f"adapter serial {_quoted(probe.raw_serial)}")
        for step in setup:
            command += ["-c", step]
        command += ["-f", self.job.setting(self.name, "target")]
        for step in ("init", *steps, "shutdown"):
            command += ["-c", step]
        return command

    def read(self, probe: Probe | None, words: list[Word]) -> dict[Word, int]:
        # mdw prints "0xe0042000: 10076413". Other access ports than memory's do without: nrf52.cfg checks the lock.
        steps = [f"mdw {word.address:#010x}" for word in words if word.access_port == 0]
        output = self.call(self.command(probe, *steps))
        for pattern, key in self.known:
            if key == "locked" and re.search(pattern, output):
                raise self.say(key)
        found = {}
        for word in words:
            match = re.search(rf"^{word.address:#010x}: ([0-9a-f]{{8}})\b", output, re.MULTILINE)
            if match:
                found[word] = int(match[1], 16)
        return found

    def write(self, probe: Probe | None, image: Image, elf: Path, show: Show) -> None:
        total = len(image.data)
        with tempfile.TemporaryDirectory(prefix="flash-", dir=self.job.folder) as folder:
            whole = _file(folder, "firmware.bin", image.data)
            steps = ["reset init", "echo {micropsa writing 0}"]
            done = 0
            for number, (at, data) in enumerate(pieces(self.job.layout, image)):
                done += len(data)
                part = _file(folder, f"part{number}.bin", data)
                steps.append(f"flash write_image erase {part} {at:#010x} bin")
                steps.append(f"echo {{micropsa writing {done}}}")
            steps += ["echo {micropsa verifying}", f"verify_image {whole} {image.origin:#010x} bin"]
            steps += ["echo {micropsa verified}", "reset run"]
            self._run(probe, steps, total, show)

    def erase(self, probe: Probe | None, region: Region, show: Show) -> None:
        with tempfile.TemporaryDirectory(prefix="flash-", dir=self.job.folder) as folder:
            blank = _file(folder, "blank.bin", bytes([ERASED]) * region.extent)
            steps = ["reset init", "echo {micropsa writing 0}"]
            steps.append(f"flash erase_address {region.origin:#010x} {region.extent:#x}")
            steps += ["echo {micropsa verifying}", f"verify_image {blank} {region.origin:#010x} bin"]
            steps += ["echo {micropsa verified}", "reset run"]
            self._run(probe, steps, region.extent, show)

    def _run(self, probe: Probe | None, steps: list[str], total: int, show: Show) -> None:
        def watch(piece: str) -> None:
            match = re.match(r"micropsa (\w+) ?(\d*)", piece)
            if match and match[1] == "writing":
                self.begun = True
                show(f"{int(match[2]) // 1024}/{total // 1024} KB")
            elif match:
                show(match[1])

        self.job.folder.mkdir(parents=True, exist_ok=True)
        output = self.call(self.command(probe, *steps), watch)
        if "micropsa verified" not in output:
            raise FlashError(f"openocd ended without having verified; full log: {self.job.log}")


def _quoted(text: str) -> str:
    """A word of Tcl. Bytes that are no text become \\xNN."""
    if not unprintable(text):
        return f"{{{text}}}"
    return '"' + "".join(f"\\x{ord(c) & 0xFF:02x}" for c in text) + '"'


def _file(folder: str, name: str, data: bytes) -> str:
    path = Path(folder) / name
    path.write_bytes(data)
    return f"{{{path}}}"
