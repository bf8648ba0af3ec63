# SPDX-License-Identifier: MIT
"""SEGGER's J-Link Commander as a runner.

Connecting to a locked chip can make the J-Link software erase all of it to open it. So the chip is looked at first
with plain accesses to the debug port (commands SWDReadAP and so on: ADIv5, Arm IHI 0031, "The Memory Access Port"), for
which the Commander does not connect; only when it is the right one and open does it connect and write.
Messages are those of J-Link Commander 7 and 8 as they stand in public logs; the program itself is proprietary and was
not run by us.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tools.flash_types import FlashError, Job, Probe, Runner, Show, Word
from tools.image import ERASED, Image
from tools.memory_map import Region

SPEED_KHZ = 4000
KNOWN = (
    (
        r"Cannot connect to (the )?(J-Link|probe)|Connecting to J-Link via USB\.\.\.FAILED|J-Link.* not found",
        "no-probe",
    ),
    (r"in use by|already open|could not be opened exclusively", "busy"),
    (r"read protect\w* .*detected|Secured? \w* ?device detected|device is secured|protected against", "locked"),
    (r"Unknown device|device \S+ (is )?not (known|found|supported)|Failed to get index for device", "no-support"),
    (
        r"Cannot connect to target|Could not connect to (the )?target|Failed to power up DAP|No devices? found",
        "no-chip",
    ),
    (r"Verify failed|Verification failed", "verify"),
    (r"Failed to (erase|program)|Error while (erasing|programming)|sectors? (is|are) (locked|protected)", "protected"),
    (r"Communication (timed out|lost)|Connection to (emulator|J-Link) (was )?lost|USB.*disconnected", "lost"),
)
# CTRL/STAT: CDBGPWRUPREQ and CSYSPWRUPREQ. ABORT: clear the sticky errors. CSW: 32 bits, privileged, no increment.
POWER_UP, CLEAR_ERRORS, CSW_WORD = 0x50000000, 0x1E, 0x23000042
ABORT, CTRL_STAT, SELECT, RDBUFF = 0, 1, 2, 3
CSW, TAR, DRW = 0, 1, 3


def look_script(words: list[Word]) -> list[str]:
    """Commands that read words through the debug port. Those of other access ports come first: a locked chip answers
    there, and the memory's port may not answer at all."""
    lines = ["si SWD", f"speed {SPEED_KHZ}", "SWDSelect"]
    lines += [f"SWDWriteDP {ABORT} {CLEAR_ERRORS:#x}", f"SWDWriteDP {CTRL_STAT} {POWER_UP:#010x}"]
    for word in ordered(words):
        if word.access_port:
            bank = word.access_port << 24 | (word.address & 0xF0)
            lines += [f"SWDWriteDP {SELECT} {bank:#010x}", f"SWDReadAP {word.address >> 2 & 3}"]
        else:
            lines += [f"SWDWriteDP {SELECT} 0x00000000", f"SWDWriteAP {CSW} {CSW_WORD:#010x}"]
            lines += [f"SWDWriteAP {TAR} {word.address:#010x}", f"SWDReadAP {DRW}"]
        # An AP read gives the value of the one before; the debug port's buffer has ours.
        lines.append(f"SWDReadDP {RDBUFF}")
    return [*lines, "exit"]


def ordered(words: list[Word]) -> list[Word]:
    return sorted(words, key=lambda word: word.access_port == 0)


class JLink(Runner):
    name = "jlink"
    programs = ("JLinkExe", "JLink")
    install = "the J-Link software pack comes from segger.com"

    def __init__(self, job: Job) -> None:
        hint = "install a newer J-Link software pack"
        super().__init__(job, known=KNOWN, hints={"no-support": hint})

    def _run(self, probe: Probe | None, options: list[str], lines: list[str], show: Show | None = None) -> str:
        def watch(piece: str) -> None:
            if piece.startswith(("Downloading file", "Erasing")) or "Erasing flash" in piece:
                self.begun = True
            match = re.match(r"\s*(\w+) flash +\[ *(\d+)%\]", piece)
            if match and show:
                show(f"{match[1].lower()} {match[2]} %")

        self.job.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="flash-", dir=self.job.folder) as folder:
            script = Path(folder) / "commands.jlink"
            script.write_text("\n".join(lines) + "\n", encoding="utf-8")
            command = [self.program(), "-NoGui", "1", "-ExitOnError", "1"]
            if probe:
                command += ["-SelectEmuBySN", probe.serial]
            # The Commander reports many failures in words only.
            output = self.call([*command, *options, "-CommandFile", str(script)], watch, check=False)
        for pattern, key in self.known:
            if re.search(pattern, output, re.IGNORECASE):
                raise self.say(key)
        return output

    def probes(self) -> list[Probe] | None:
        self.job.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="flash-", dir=self.job.folder) as folder:
            script = Path(folder) / "commands.jlink"
            script.write_text("ShowEmuList\nexit\n", encoding="utf-8")
            output = self.call([self.program(), "-NoGui", "1", "-CommandFile", str(script)], check=False)
        # "J-Link[0]: Connection: USB, Serial number: 683123456, ProductName: J-Link-OB-SAM3U128-V2-NordicSemi, …"
        found = re.findall(r"^J-Link\[\d+\]: .*?Serial number: (\d+), ProductName: ([^,\r\n]+)", output, re.MULTILINE)
        return [Probe(serial, name.strip()) for serial, name in found]

    def read(self, probe: Probe | None, words: list[Word]) -> dict[Word, int]:
        output = self._run(probe, [], look_script(words))
        # "Reading DP register 3 = 0x10076413 (0 read repetitions needed)"
        values = re.findall(rf"Read(?:ing)? DP register {RDBUFF} = (0x[0-9A-Fa-f]+)", output)
        return {word: int(value, 16) for word, value in zip(ordered(words), values, strict=False)}

    def _connected(self) -> list[str]:
        return [
            "-device",
            self.job.setting(self.name, "device"),
            "-if",
            "SWD",
            "-speed",
            str(SPEED_KHZ),
            "-autoconnect",
            "1",
        ]

    def write(self, probe: Probe | None, image: Image, elf: Path, show: Show) -> None:
        self._change(probe, image.origin, image.data, "loadbin {file},{at:#x}", "verify", show)

    def erase(self, probe: Probe | None, region: Region, show: Show) -> None:
        assert region.origin is not None
        self.begun = True
        erase = f"erase {region.origin:#x} {region.end - 1:#x}"
        self._change(probe, region.origin, bytes([ERASED]) * region.extent, erase, "not-blank", show)

    def _change(self, probe: Probe | None, at: int, data: bytes, how: str, wrong: str, show: Show) -> None:
        """Halt, change the flash, compare it with `data`, reset. The file's name must end with .bin."""
        self.job.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="flash-", dir=self.job.folder) as folder:
            file = Path(folder) / "expected.bin"
            file.write_bytes(data)
            lines = ["r", "h", how.format(file=file, at=at), f"verifybin {file},{at:#x}", "r", "g", "exit"]
            try:
                output = self._run(probe, self._connected(), lines, show)
            except FlashError as error:
                raise self.say(wrong) if str(error) == str(self.say("verify")) else error from error
        if "Verify successful" not in output:
            raise self.explain(output, "ended without having verified")
        show("verified")
