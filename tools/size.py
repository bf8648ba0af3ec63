# SPDX-License-Identifier: MIT
"""How big a board's firmware is, and what the psa module adds over the same port without it.

python -m tools.size --board B [PROFILE]…
python -m tools.size --board B --store tiny default full      … and write the board's table to docs/sizes.md
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import board as boards
from tools import cli, sources
from tools.build import NO_PSA, Job, build_all
from tools.cli import ToolError
from tools.paths import ROOT
from tools.progress import Steps

DOCUMENT = Path("docs/sizes.md")
ARENA = "arena"  # the static buffer in modules/psa/core/psa_arena.c


@dataclass(frozen=True)
class Size:
    """Bytes of one image, as binutils' size counts them; the arena is a part of bss."""

    text: int
    data: int
    bss: int
    arena: int | None = 0  # None: an image without symbols does not tell

    @property
    def flash(self) -> int:
        return self.text + self.data

    @property
    def ram(self) -> int:
        return self.data + self.bss

    def __sub__(self, other: Size) -> Size:
        arena = None if self.arena is None or other.arena is None else self.arena - other.arena
        return Size(self.text - other.text, self.data - other.data, self.bss - other.bss, arena)

    def columns(self) -> tuple[int | None, ...]:
        return (self.text, self.data, self.bss, self.arena, self.flash, self.ram)


def parse_size(output: str) -> tuple[int, int, int]:
    """text, data and bss from the Berkeley format of size."""
    match = re.search(r"^\s*(\d+)\s+(\d+)\s+(\d+)\s+\d+\s+[0-9a-f]+\s", output, re.MULTILINE)
    if match is None:
        raise ToolError(f"size printed nothing that looks like a size: {output.strip()[:200]}")
    return int(match[1]), int(match[2]), int(match[3])


def parse_arena(output: str) -> int | None:
    """Bytes of the arena from `nm -S`; 0 when the image has none, None when it is stripped."""
    if not output.strip():
        return None
    match = re.search(rf"^[0-9a-f]+ ([0-9a-f]+) [bB] {ARENA}$", output, re.MULTILINE)
    return int(match[1], 16) if match else 0


def measure(image: Path, prefix: str) -> Size:
    """Measure one image with the binutils of its toolchain."""

    def tool(*command: str) -> str:
        return subprocess.run([*command, str(image)], capture_output=True, text=True, check=True).stdout

    return Size(*parse_size(tool(f"{prefix}size")), parse_arena(tool(f"{prefix}nm", "-S")))


def table(rows: list[tuple[str, Size]]) -> str:
    """Rows as a table in bytes with a blank as thousands separator."""
    lines: list[tuple[str, ...]] = [("", "text", "data", "bss", "of it arena", "flash", "RAM")]
    lines += [
        (name, *("?" if value is None else f"{value:,}".replace(",", " ") for value in size.columns()))
        for name, size in rows
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def stored(text: str) -> dict[str, str]:
    """The measured blocks of the page by board; each starts with "BOARD, bytes:"."""
    return {block.split(",", 1)[0]: block for block in re.findall(r"^```\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)}


def document(measured: dict[str, str]) -> str:
    """The page with a block for each board."""
    blocks = "\n\n".join(f"```\n{measured[name]}\n```" for name in sorted(measured))
    return f"""\
# How big the firmware is

Measured by `make size BOARD=… PSA_PROFILES=all SIZE_ARGS=--store`, in bytes. The arena is what Mbed TLS allocates from;
its size is the board's choice (`PSA_ARENA_SIZE`). UNIX is stripped, so nothing tells its arena ("?"). Numbers depend on
the compiler's version. Where everything lies is in [memory.md](memory.md).

{blocks}
"""


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.size", description="How big the firmware is.")
    parser.add_argument("--board", required=True)
    parser.add_argument("--store", action="store_true", help=f"write the table to {DOCUMENT}")
    parser.add_argument("profiles", nargs="*", default=["default"])
    options = parser.parse_args(argv)
    board = boards.load(options.board)
    without = Job(board, variant=NO_PSA)
    jobs = [Job(board, profile) for profile in dict.fromkeys(options.profiles)]
    for job in jobs:
        assert job.folder  # names the profiles when one does not exist, before anything is built
    steps = Steps(2 + 1 + len(jobs))
    build_all([without, *jobs], steps, sources.ensure(steps))
    prefix = "" if board.port == "unix" else "arm-none-eabi-"
    base = measure(without.artefact, prefix)
    rows = [("without psa", base)]
    for job in jobs:
        size = measure(job.artefact, prefix)
        profile = board.profile if job.profile == "default" else job.profile
        rows.append((f"with psa, profile {profile}", size))
        rows.append(("  psa adds", size - base))
    measured = f"{board.name}, bytes:\n{table(rows)}"
    print(measured)
    if options.store:
        page = ROOT / DOCUMENT
        blocks = stored(page.read_text(encoding="utf-8")) if page.exists() else {}
        cli.write_whole(page, document({**blocks, board.name: measured}))
    return 0


if __name__ == "__main__":
    cli.run(main)
