# SPDX-License-Identifier: MIT
"""What lists of drivers add to a call: instructions of hash_compute of 0 bytes, counted by QEMU.

A small program of its own, not the firmware: the generated dispatch for each list, Mbed TLS's SHA-256, the firmware's
compiler options. The numbers are exact, two runs agree.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.cli import ToolError
from tools.drivergen.emit import generate
from tools.drivergen.load import load_drivers
from tools.paths import ROOT

HERE = Path(__file__).resolve().parent
COMPILER = "arm-none-eabi-gcc"
EMULATOR = "qemu-system-arm"
# The firmware's (port/Makefile), for the board whose instructions `make bench` counts.
CPU = ("-mcpu=cortex-m4", "-mthumb")
OPTIONS = (*CPU, "-Os", "-DNDEBUG", "-std=gnu11", "-ffunction-sections", "-fdata-sections", "-nostartfiles")
SOURCES = ("psa_crypto_hash.c", "sha256.c", "sha512.c", "platform_util.c")
TIMEOUT = 120  # seconds


@dataclass(frozen=True)
class Cost:
    """Instructions of one call: without any dispatch, and with a list of drivers."""

    builtin: int
    empty: int  # no driver has hash_compute
    others: int  # three drivers have it for other hashes
    declining: int  # three drivers have it for SHA-256, and each answers NOT_SUPPORTED

    def table(self) -> str:
        """Markdown."""
        rows = [
            ("no dispatch: the built-in code itself", self.builtin),
            ("an empty list", self.empty),
            ("three drivers for other hashes", self.others),
            ("three drivers that decline", self.declining),
        ]
        lines = ["| drivers | instructions | dispatch adds |", "|---|---:|---:|"]
        for title, count in rows:
            lines.append(f"| {title} | {count:,} | {count - self.builtin:,} |")
        return "\n".join(lines)


def _drivers(algorithm: str) -> list[Any]:
    return [
        {
            "prefix": f"bench_{letter}",
            "type": "transparent",
            "capabilities": [{"entry_points": ["hash_compute"], "algorithms": [algorithm], "fallback": True}],
        }
        for letter in "abc"
    ]


LISTS = {
    "hash_with_none": [],
    "hash_with_others": _drivers("PSA_ALG_SHA_512"),
    "hash_with_declining": _drivers("PSA_ALG_SHA_256"),
}


def _run(what: str, command: Sequence[str | Path]) -> str:
    if shutil.which(str(command[0])) is None:
        raise ToolError(f"{command[0]} is not installed: make setup")
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"{what} did not end within {TIMEOUT} seconds") from error
    if done.returncode != 0:
        raise ToolError(f"{what} failed with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def measure(mbedtls: Path) -> Cost:
    """Builds the program and runs it."""
    module = ROOT / "modules" / "psa"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        define = (
            '-DMBEDTLS_CONFIG_FILE="config/mbedtls_config.h"',
            '-DMICROPSA_PROFILE_FILE="config/profile_default.h"',
            "-DPSA_ARENA_SIZE=32768",
        )
        objects = []

        def compiled(source: Path, target: str, gen: Path, *more: str) -> None:
            places = (gen, module / "include", mbedtls / "include", module, mbedtls / "library")
            include = [f"-I{place}" for place in (*places, ROOT / "drivers" / "include")]
            objects.append(folder / target)
            _run(source.name, [COMPILER, *OPTIONS, *define, *include, *more, "-c", source, "-o", folder / target])

        for function, drivers in LISTS.items():
            gen = folder / function
            generate(load_drivers(drivers, [], Path("bench"), ("drivers",)), mbedtls, gen)
            compiled(HERE / "wrapper.c", f"{function}.o", gen, f"-DHASH_WITH={function}", "-w")
        gen = folder / "hash_with_none"
        for source in SOURCES:
            compiled(mbedtls / "library" / source, f"{Path(source).stem}.o", gen, "-w")
        compiled(HERE / "main.c", "main.o", gen, "-Wall", "-Wextra", "-Werror")
        program = folder / "program.elf"
        places = ("-Wl,--section-start=.vectors=0", "-Wl,-Ttext=0x100", "-Wl,-Tdata=0x20000000")
        layout = (*places, "-Wl,-n", "-Wl,--gc-sections", "-Wl,-u,vectors", "-Wl,-e,vectors")
        _run("linking", [COMPILER, *OPTIONS, *layout, "--specs=nano.specs", *objects, "-o", program])
        text = _run(
            "the measurement",
            [EMULATOR, "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "null", "-icount", "shift=0",
             "-semihosting-config", "enable=on,target=native", "-kernel", program],
        )  # fmt: skip
    return Cost(*(int(word) for word in text.split()))
