# SPDX-License-Identifier: MIT
"""Where everything lies on a board, as board.json says it, for the flash tools and for docs/memory.md.

python -m tools.memory_map BOARD     print a board's map
python -m tools.memory_map --store   write docs/memory.md: all maps, and what the built images take of them

board.json:

    "memory": {"code": {"origin": "0x08000000", "size": "512K"}, "ram": {…}, "ccm": {…}},
    "flash": {"sector": "2K",
              "sectors": [[4, "16K"], [1, "64K"], [7, "128K"]],
              "regions": [{"name": "its", "size": "64K", "origin": "0x080C0000", "extent": "256K"}]}

`sectors` is what the chip erases at once, from the code's origin on; without it that is `sector` everywhere. A region's
`size` is what the program sees, `extent` (default: the same) what it takes of the chip from `origin` on. A region
without an origin lies in a file of the emulator.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import board as boards
from tools import cli
from tools.board import Board
from tools.cli import ToolError
from tools.paths import ROOT, build_dir

DOCUMENT = Path("docs/memory.md")
KEYS = "its"
_UNITS = {"": 1, "K": 1024, "M": 1024 * 1024}
_USES = {
    "code": "the firmware, read-only for the program",
    "filesystem": "file system",
    KEYS: "keys (ITS)",
    "ram": "data, heap",
    "ccm": "RAM of the core alone: arena, stacks",
}


@dataclass(frozen=True)
class Region:
    """A part of a memory. `extent` is what it takes of the chip, `size` what the program gets of it, both in bytes."""

    name: str
    origin: int | None  # None: an emulator's file holds it, at `offset`
    extent: int
    size: int
    offset: int = 0  # data regions: where the program's flash interface has it

    @property
    def end(self) -> int:
        """The first address after it."""
        assert self.origin is not None
        return self.origin + self.extent

    def holds(self, address: int) -> bool:
        return self.origin is not None and self.origin <= address < self.end

    @property
    def use(self) -> str:
        return _USES.get(self.name, self.name)


@dataclass(frozen=True)
class MemoryMap:
    """The memories of one board."""

    code: Region
    ram: tuple[Region, ...]
    data: tuple[Region, ...]
    sectors: tuple[tuple[int, int], ...]  # (origin, size) of all that the flash erases at once, in order

    def region(self, name: str) -> Region:
        return next(region for region in self.data if region.name == name)

    def erased_by(self, origin: int, end: int) -> tuple[tuple[int, int], ...]:
        """The sectors that hold any of the bytes from `origin` to before `end`."""
        return tuple((at, size) for at, size in self.sectors if at < end and at + size > origin)


def load(board: Board) -> MemoryMap | None:
    """The map of a board; None for one that is a process of the host. ToolError when regions collide."""
    if board.port == "unix":
        return None
    data = json.loads(board.path.read_text(encoding="utf-8"))
    where = f"{board.name}/board.json"
    try:
        return _build(data, where)
    except (KeyError, TypeError, IndexError) as error:
        raise ToolError(f"{where}: memory map: {error} is missing or of a wrong type") from error


def _number(value: object, where: str) -> int:
    match = re.fullmatch(r"(0x[0-9a-fA-F]+|[0-9]+)([KM]?)", str(value))
    if match is None:
        raise ToolError(f'{where}: "{value}" is no size; accepted: bytes, 0x…, or a number with K or M')
    return int(match[1], 0) * _UNITS[match[2]]


def _build(data: dict[str, Any], where: str) -> MemoryMap:
    def plain(name: str) -> Region:
        size = _number(data["memory"][name]["size"], where)
        return Region(name, _number(data["memory"][name]["origin"], where), size, size)

    code = plain("code")
    assert code.origin is not None
    ram = tuple(plain(name) for name in ("ram", "ccm") if name in data["memory"])
    flash = data["flash"]
    regions, offset = [], 0
    for region in flash["regions"]:
        size = _number(region["size"], where)
        extent = _number(region.get("extent", region["size"]), where)
        origin = _number(region["origin"], where) if "origin" in region else None
        if extent < size:
            raise ToolError(f"{where}: region {region['name']}: its extent is smaller than its size")
        regions.append(Region(str(region["name"]), origin, extent, size, offset))
        offset += size
    on_chip = [code, *(region for region in regions if region.origin is not None)]
    sectors = _sectors(flash, code.origin, max(region.end for region in on_chip), where)
    edges = {code.origin, *(at + size for at, size in sectors)}
    for region in on_chip:
        if region.origin not in edges or region.end not in edges:
            raise ToolError(f"{where}: region {region.name} shares a sector of the flash with something else")
        for other in on_chip:
            if other is not region and region.origin < other.end and other.origin < region.end:  # type: ignore[operator]
                raise ToolError(f"{where}: regions {region.name} and {other.name} overlap")
    return MemoryMap(code, ram, tuple(regions), sectors)


def _sectors(flash: dict[str, Any], origin: int, end: int, where: str) -> tuple[tuple[int, int], ...]:
    sizes: list[int] = []
    for count, size in flash.get("sectors", []):
        sizes += [_number(size, where)] * int(count)
    if not sizes:
        sizes = [_number(flash["sector"], where)] * -(-(end - origin) // _number(flash["sector"], where))
    found, at = [], origin
    for size in sizes:
        found.append((at, size))
        at += size
    if at < end:
        raise ToolError(f"{where}: flash.sectors end at {at:#010x}, the regions at {end:#010x}")
    return tuple(found)


# ------------------------------------------------------------------------------------------------------- the page


def amount(size: int) -> str:
    """A size for people."""
    for unit, name in ((1 << 20, "MB"), (1 << 10, "KB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size / 1024:.1f} KB" if size >= 1024 else f"{size} bytes"


def map_table(layout: MemoryMap) -> str:
    """The map as a table of Markdown."""
    lines = ["| from | to | size | what |", "|---|---|---|---|"]
    on_chip = [layout.code, *(region for region in layout.data if region.origin is not None)]
    for region in [*sorted(on_chip, key=lambda one: one.origin or 0), *layout.ram]:
        what = region.use
        if region.size != region.extent:
            what += f"; {amount(region.size)} for the program, the rest for wear and power cuts"
        lines.append(f"| {region.origin:#010x} | {region.end - 1:#010x} | {amount(region.extent)} | {what} |")
    for region in layout.data:
        if region.origin is None:
            what = f"{region.use}, in the emulator's file `flash.bin` from offset {region.offset:#x} on"
            lines.append(f"| – | – | {amount(region.extent)} | {what} |")
    sizes: list[tuple[int, int]] = []
    for at, size in layout.erased_by(layout.code.origin or 0, layout.code.end):
        if sizes and sizes[-1][1] == size:
            sizes[-1] = (sizes[-1][0] + 1, size)
        else:
            sizes.append((1, size))
        assert at >= (layout.code.origin or 0)
    erased = ", ".join(f"{count} × {amount(size)}" for count, size in sizes)
    on_chip_text = f"Sectors of the code region: {erased}."
    return "\n".join(
        [*lines, "", on_chip_text if layout.data[0].origin is not None else "The code is in RAM of the FPGA."]
    )


def _binutils(*command: str) -> str:
    return subprocess.run(
        ["arm-none-eabi-" + command[0], *command[1:]], capture_output=True, text=True, check=True
    ).stdout


def measured_table(board: Board, layout: MemoryMap) -> str | None:
    """What the built image takes of each region; None when the board is not built."""
    image = build_dir(board.name) / board.artefact
    if not image.is_file():
        return None
    rows = re.findall(
        r"^\s*\[\s*\d+\]\s+(\S+)\s+(PROGBITS|NOBITS|ARM_EXIDX)\s+([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\S+\s+\S*A",
        _binutils("readelf", "-S", "-W", str(image)),
        re.MULTILINE,
    )
    found = [(name, kind, int(address, 16), int(size, 16)) for name, kind, address, size in rows]
    from_flash = sum(size for _, kind, _, size in found if kind != "NOBITS")
    lines = [_row("code", layout.code.size, from_flash, "instructions, constants, initial values")]
    used = [(name, at, size) for name, _, at, size in found if size]
    # The linker script's symbols for what no section holds.
    symbols = {
        name: int(value, 16)
        for value, name in re.findall(r"^([0-9a-f]+) \S (_stack_guard|_stack_top|_heap_start|_heap_end)$",
                                      _binutils("nm", str(image)), re.MULTILINE)
    }  # fmt: skip
    for name, start, end in (
        ("stack and its guard", "_stack_guard", "_stack_top"),
        ("heap", "_heap_start", "_heap_end"),
    ):
        used.append((name, symbols[start], symbols[end] - symbols[start]))
    for region in layout.ram:
        inside = [(name, size) for name, at, size in sorted(used, key=lambda one: one[1]) if region.holds(at)]
        parts = ", ".join(f"{name} {_grouped(size)}" for name, size in inside)
        lines.append(_row(region.name, region.size, sum(size for name, size in inside if name != "heap"), parts))
    return "\n".join(lines)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _row(name: str, size: int, used: int, parts: str) -> str:
    return f"{name:<5} {_grouped(used):>9} of {_grouped(size):>9} bytes ({100 * used / size:3.0f} %)  {parts}"


_BLOCK = re.compile(r"^## (\S+)\n.*?^```\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
NOT_BUILT = "not measured"


def stored_measurements(text: str) -> dict[str, str]:
    """The measured blocks of a page by board."""
    found = {}
    for part in re.split(r"(?=^## )", text, flags=re.MULTILINE):
        match = _BLOCK.match(part)
        if match:
            found[match[1]] = match[2]
    return found


def document(measured: dict[str, str], root: Path = ROOT) -> str:
    """The page: every board's map from its board.json, and the measured blocks that are given."""
    parts = [
        "# Memory maps",
        "",
        "Written by `python -m tools.memory_map --store` from `boards/*/board.json`. The figures in the blocks are",
        "those of the board's default build; [sizes.md](sizes.md) has them by profile.",
    ]
    for name in boards.names(root):
        board = boards.load(name, root)
        layout = load(board)
        if layout is None:
            continue
        block = measured.get(name, NOT_BUILT)
        parts += ["", f"## {name}", "", board.description, "", map_table(layout), "", "```", block, "```"]
    return "\n".join(parts) + "\n"


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.memory_map", description="Memory maps of the boards.")
    parser.add_argument("board", nargs="?")
    parser.add_argument("--store", action="store_true", help=f"write {DOCUMENT}; boards that are built are measured")
    options = parser.parse_args(argv)
    if options.store:
        path = ROOT / DOCUMENT
        measured = stored_measurements(path.read_text(encoding="utf-8")) if path.exists() else {}
        for name in boards.names():
            board = boards.load(name)
            layout = load(board)
            block = measured_table(board, layout) if layout else None
            if block is not None:
                measured[name] = block
        cli.write_whole(path, document(measured))
        print(DOCUMENT)
        return 0
    if not options.board:
        raise ToolError(f"usage: python -m tools.memory_map BOARD | --store; boards: {', '.join(boards.names())}")
    chosen = boards.load(options.board)
    layout = load(chosen)
    if layout is None:
        raise ToolError(f"{chosen.name} is a process of this machine and has no memory map")
    print(map_table(layout))
    block = measured_table(chosen, layout)
    if block is not None:
        print(f"\n{block}")
    return 0


if __name__ == "__main__":
    cli.run(main)
