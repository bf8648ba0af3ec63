# SPDX-License-Identifier: MIT
"""pyOCD as a runner.

pyOCD unlocks a locked nRF52 by erasing all of it, unless the option auto_unlock says otherwise (its documentation,
"Session options"). Every command here says so: keys are lost only where somebody asked for it.
Messages are those of pyOCD 0.46 (pyocd/core/helpers.py, board/board.py, probe/, target/family/target_nRF52.py).
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from tools.flash_types import FlashError, Job, Probe, Runner, Show, Word
from tools.image import ERASED, Image
from tools.memory_map import Region

KNOWN = (
    (r"APPROTECT enabled|target is locked", "locked"),
    (r"No connected debug probe|No available debug probes|No target device available", "no-probe"),
    (r"Access denied|insufficient permissions|USBError.*Errno 13", "no-permission"),
    (r"Resource busy|already open|USBError.*Errno 16|Unable to claim interface", "busy"),
    (r"Target type \S+ not recognized", "no-support"),
    (r"unrecognized arguments|invalid choice", "too-old"),
    (
        r"No device connected|No ACK|No cores were discovered|Unable to connect|SWD/JTAG communication failure",
        "no-chip",
    ),
    (r"Mismatched byte", "verify"),
    (r"flash erase.*failure|flash program.*failure", "protected"),
    (r"probe.*disconnected|Errno 19|No such device", "lost"),
)
SAFE = ["-O", "auto_unlock=false", "-O", "chip_erase=sector"]


class PyOcd(Runner):
    name = "pyocd"
    programs = ("pyocd",)
    install = "pipx install pyocd"

    def __init__(self, job: Job) -> None:
        target = job.settings.get(self.name, {}).get("target", "")
        hints = {"no-support": f"pyocd pack install {target}", "too-old": "needed is pyOCD 0.36 or newer"}
        super().__init__(job, known=KNOWN, hints=hints)

    def probes(self) -> list[Probe] | None:
        output = self.call([self.program(), "json", "--probes"])
        try:
            boards = json.loads(output[output.index("{") :])["boards"]
            return [Probe(str(one["unique_id"]), str(one["info"])) for one in boards]
        except (ValueError, KeyError, TypeError) as error:
            raise self.explain(output, "lists its probes in a way that we do not know") from error

    def command(self, verb: str, probe: Probe | None, *arguments: str) -> list[str]:
        command = [self.program(), verb, "--no-wait", "--no-config", "--target", self.job.setting(self.name, "target")]
        if probe:
            command += ["--uid", probe.serial]
        return [*command, *SAFE, *arguments]

    def read(self, probe: Probe | None, words: list[Word]) -> dict[Word, int]:
        # read32 prints "e0042000:  10076413    |..d.|".
        steps = [f"read32 {word.address:#010x}" for word in words if word.access_port == 0]
        output = self.call(self.command("commander", probe, *_commands(steps)))
        if re.search(KNOWN[0][0], output):
            raise self.say("locked")
        found = {}
        for word in words:
            match = re.search(rf"^{word.address:08x}:\s+([0-9a-f]{{8}})\b", output, re.MULTILINE)
            if match:
                found[word] = int(match[1], 16)
        return found

    def write(self, probe: Probe | None, image: Image, elf: Path, show: Show) -> None:
        def watch(piece: str) -> None:
            # The bar: "[==========          ]" or "[---|---|…]" and "=" as they come.
            if re.match(r"\s*\[?[=-]", piece) or "%" in piece:
                self.begun = True
            match = re.search(r"(\d+)%", piece)
            if match:
                show(f"{match[1]} %")

        with tempfile.TemporaryDirectory(prefix="flash-", dir=self._folder()) as folder:
            file = Path(folder) / "firmware.bin"
            file.write_bytes(image.data)
            load = ["--erase", "sector", "--base-address", f"{image.origin:#x}", "--format", "bin", "--no-reset"]
            self.call(self.command("load", probe, "-O", "resume_on_disconnect=false", *load, str(file)), watch)
            self.begun = True
            self._compare(probe, image.origin, file, "verify", show)

    def erase(self, probe: Probe | None, region: Region, show: Show) -> None:
        assert region.origin is not None
        with tempfile.TemporaryDirectory(prefix="flash-", dir=self._folder()) as folder:
            file = Path(folder) / "blank.bin"
            file.write_bytes(bytes([ERASED]) * region.extent)
            self.begun = True
            self.call(self.command("erase", probe, "--sector", f"{region.origin:#x}+{region.extent:#x}"))
            self._compare(probe, region.origin, file, "not-blank", show)

    def _compare(self, probe: Probe | None, origin: int, file: Path, wrong: str, show: Show) -> None:
        """Compare with a file; reset the board when it holds what it should."""
        show("verifying")
        compare = f"compare {origin:#x} {file.name}"
        output = self.call(self.command("commander", probe, "--halt", *_commands([compare])), cwd=file.parent)
        if "Mismatched byte" in output:
            raise self.say(wrong)
        if not re.search(r"All \d+ bytes match", output):
            raise FlashError(f"pyocd ended without having verified; full log: {self.job.log}")
        show("verified")
        self.call(self.command("reset", probe))

    def _folder(self) -> Path:
        self.job.folder.mkdir(parents=True, exist_ok=True)
        return self.job.folder


def _commands(steps: list[str]) -> list[str]:
    return [word for step in steps for word in ("--command", step)]
