# SPDX-License-Identifier: MIT
"""Turn a board's memory and flash map (board.json) into a linker fragment and a C header.

Usage: boarddata.py board.json --ld memory.ld --header board_data.h

Sizes are bytes, or strings such as "64K" and "1M"; flash regions follow each other from offset 0.
An output file is rewritten only when its content changes, so that make does not rebuild in vain.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import sys
from typing import Any

_UNITS = {"": 1, "K": 1024, "M": 1024 * 1024}


class BoardDataError(Exception):
    """The map in board.json cannot be built; the message says which field and what is accepted."""


def parse_size(value: object, field: str) -> int:
    """Return a number of bytes from 4096, "4096", "0x1000", "4K" or "1M"."""
    match = re.fullmatch(r"(0x[0-9a-fA-F]+|[0-9]+)([KM]?)", str(value))
    if match is None:
        raise BoardDataError(f'{field}: "{value}" is not a size; accepted: bytes, 0x…, or a number with K or M')
    return int(match[1], 0) * _UNITS[match[2]]


def get(data: dict[str, Any], *path: str) -> Any:
    """Follow `path` into nested objects; name the missing field otherwise."""
    node: Any = data
    for i, key in enumerate(path):
        if not isinstance(node, dict) or key not in node:
            raise BoardDataError(f"{'.'.join(path[: i + 1])} is missing")
        node = node[key]
    return node


def linker_fragment(data: dict[str, Any]) -> str:
    """Return the MEMORY command and the stack sizes."""
    lines = ["/* Written by port/boarddata.py from board.json. */", "MEMORY", "{"]
    memories = [("code", "rx"), ("ram", "rwx")]
    # RAM that the core alone reaches: not every SoC has it.
    if "ccm" in get(data, "memory"):
        memories.append(("ccm", "rw"))
    for name, attributes in memories:
        origin = parse_size(get(data, "memory", name, "origin"), f"memory.{name}.origin")
        size = parse_size(get(data, "memory", name, "size"), f"memory.{name}.size")
        # The MPU protects the code as one region.
        if name == "code" and (size < 32 or size & (size - 1) or origin % size):
            raise BoardDataError(
                f"memory.code: {size} bytes at {origin:#x} is no MPU region: "
                "the size must be a power of two, the origin a multiple of it"
            )
        lines.append(f"    {name.upper()} ({attributes}) : ORIGIN = {origin:#010x}, LENGTH = {size:#x}")
    lines.append("}")
    for name in ("stack", "interrupt_stack"):
        size = parse_size(get(data, "memory", name), f"memory.{name}")
        if size % 32:
            raise BoardDataError(f"memory.{name}: {size} is not a multiple of 32 bytes")
        lines.append(f"_board_{name}_size = {size:#x};")
    return "\n".join(lines) + "\n"


def header(data: dict[str, Any]) -> str:
    """Return the flash map as macros: BOARD_FLASH_<REGION>_OFFSET and _SIZE."""
    sector = parse_size(get(data, "flash", "sector"), "flash.sector")
    lines = [
        "// Written by port/boarddata.py from board.json.",
        "#pragma once",
        f"#define BOARD_FLASH_SECTOR_SIZE ({sector}u)",
    ]
    offset = 0
    names = []
    for region in get(data, "flash", "regions"):
        name = str(get(region, "name"))
        size = parse_size(get(region, "size"), f"flash.regions.{name}.size")
        if size == 0 or size % sector:
            raise BoardDataError(f"flash.regions.{name}.size: {size} is not a multiple of the {sector}-byte sector")
        lines.append(f"#define BOARD_FLASH_{name.upper()}_OFFSET ({offset}u)")
        lines.append(f"#define BOARD_FLASH_{name.upper()}_SIZE ({size}u)")
        # Flash that the CPU sees at an address: an emulator's file has none.
        if "origin" in region:
            origin = parse_size(region["origin"], f"flash.regions.{name}.origin")
            lines.append(f"#define BOARD_FLASH_{name.upper()}_ORIGIN ({origin:#010x}u)")
        names.append(name)
        offset += size
    for needed in ("filesystem", "its"):
        if names.count(needed) != 1:
            raise BoardDataError(f'flash.regions: exactly one region "{needed}" is needed, found: {", ".join(names)}')
    lines.append(f"#define BOARD_FLASH_SIZE ({offset}u)")
    return "\n".join(lines) + "\n"


def write_if_changed(path: pathlib.Path, text: str) -> None:
    """Write `text`, leaving the file (and its time) alone when it already says so."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(argv: list[str]) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="board.json to linker fragment and C header")
    parser.add_argument("board_json", type=pathlib.Path)
    parser.add_argument("--ld", type=pathlib.Path, required=True)
    parser.add_argument("--header", type=pathlib.Path, required=True)
    args = parser.parse_args(argv)
    try:
        data = json.loads(args.board_json.read_text(encoding="utf-8"))
        write_if_changed(args.ld, linker_fragment(data))
        write_if_changed(args.header, header(data))
    except (OSError, ValueError, BoardDataError) as error:
        print(f"{args.board_json}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
