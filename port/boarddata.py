# SPDX-License-Identifier: MIT
"""Turn a board's memory and flash map (board.json) into a linker fragment and a C header.

Usage: boarddata.py board.json --ld memory.ld --header board_data.h

Sizes are bytes, or strings such as "64K" and "1M"; flash regions follow each other from offset 0.

Pins and buses are optional:

    "pins": {"cpu": ["PA0-15", "PC13"], "names": {"LD4": "PD12"}}
    "i2c": {"1": {"scl": "PB6", "sda": "PB9"}}
    "spi": {"1": {"sck": "PA5", "mosi": "PA7", "miso": "PA6"}}

`cpu` lists the pins that the package has, in the chip's own words: PA0 or P0_13. `names` are the board's. The numbers
of buses are the chip's; their pins are those that a program gets which names none.
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


def linker_fragment(data: dict[str, Any], start: int | None = None) -> str:
    """Return the MEMORY command and the stack sizes. The image begins at `start` instead of the code region's origin,
    for a boot loader below it."""
    lines = ["/* Written by port/boarddata.py from board.json. */", "MEMORY", "{"]
    memories = [("code", "rx"), ("ram", "rwx")]
    symbols: list[str] = []
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
        if name == "code":
            symbols = [f"_code_region_origin = {origin:#010x};", f"_code_region_size = {size:#x};"]
            if start is not None:
                # The vector table lies on a multiple of its size (Armv7-M, "Vector Table Offset Register").
                if not origin < start < origin + size or start % 1024:
                    raise BoardDataError(f"uf2.origin: {start:#x} is no multiple of 1 KB inside of memory.code")
                origin, size = start, origin + size - start
        lines.append(f"    {name.upper()} ({attributes}) : ORIGIN = {origin:#010x}, LENGTH = {size:#x}")
    lines += ["}", *symbols]
    for name in ("stack", "interrupt_stack"):
        size = parse_size(get(data, "memory", name), f"memory.{name}")
        if size % 32:
            raise BoardDataError(f"memory.{name}: {size} is not a multiple of 32 bytes")
        lines.append(f"_board_{name}_size = {size:#x};")
    return "\n".join(lines) + "\n"


def header(data: dict[str, Any]) -> str:
    """Return the flash map as macros, BOARD_FLASH_<REGION>_OFFSET and _SIZE, then pins and buses."""
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
    lines += pin_tables(data)
    return "\n".join(lines) + "\n"


def pin_number(name: str, field: str) -> int:
    """Return the flat number of PA5 (16 pins a port) or P0_13 (32 pins a port)."""
    if match := re.fullmatch(r"P([A-K])([0-9]|1[0-5])", name):
        return 16 * (ord(match[1]) - ord("A")) + int(match[2])
    if match := re.fullmatch(r"P([0-9])_(0[0-9]|[12][0-9]|3[01])", name):
        return 32 * int(match[1]) + int(match[2])
    raise BoardDataError(f'{field}: "{name}" is not a pin; accepted: PA0 … PK15, or P0_00 … P9_31')


def cpu_pins(data: dict[str, Any]) -> dict[str, int]:
    """Return the package's pins, ranges such as PA0-15 and P0_00-31 resolved, and their numbers."""
    pins: dict[str, int] = {}
    for item in get(data, "pins", "cpu"):
        field = "pins.cpu"
        match = re.fullmatch(r"(P[A-K]|P[0-9]_)([0-9]+)(?:-([0-9]+))?", str(item))
        if match is None:
            raise BoardDataError(f'{field}: "{item}" is no pin and no range; accepted: PA3, PA0-15, P0_03, P0_00-31')
        width = 2 if match[1].endswith("_") else 1
        for bit in range(int(match[2]), int(match[3] or match[2]) + 1):
            name = f"{match[1]}{bit:0{width}}"
            if name in pins:
                raise BoardDataError(f"{field}: {name} is there twice")
            pins[name] = pin_number(name, field)
    return pins


def table(macro: str, rows: list[str]) -> str:
    """Return a macro that applies its argument to every row."""
    return " \\\n    ".join([f"#define {macro}(X)", *(f"X({row})" for row in rows)])


def pin_tables(data: dict[str, Any]) -> list[str]:
    """Return the board's pins and buses as macros BOARD_CPU_PINS, BOARD_NAMED_PINS, BOARD_I2CS, BOARD_SPIS."""
    pins = cpu_pins(data) if "pins" in data else {}
    named = []
    for name, pin in get(data, "pins").get("names", {}).items() if pins else ():
        field = f"pins.names.{name}"
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or name in pins:
            raise BoardDataError(f"{field}: a name must be an identifier and no pin of the chip")
        if pin not in pins:
            raise BoardDataError(f'{field}: "{pin}" is not in pins.cpu')
        named.append(f"{name}, {pin}")
    accepted = [str(item) for item in data["pins"]["cpu"]] if pins else []
    lines = [
        table("BOARD_CPU_PINS", [f"{name}, {number}" for name, number in pins.items()]),
        table("BOARD_NAMED_PINS", named),
        f'#define BOARD_PINS_TEXT "{" ".join([*accepted, *(row.split(",")[0] for row in named)])}"',
    ]
    for bus, signals in (("i2c", ("scl", "sda")), ("spi", ("sck", "mosi", "miso"))):
        rows = []
        for unit in data.get(bus, {}):
            if not re.fullmatch(r"[0-9]", unit):
                raise BoardDataError(f'{bus}: "{unit}" is not the number of a unit, 0 to 9')
            numbers = []
            for signal in signals:
                pin = get(data, bus, unit, signal)
                if pin not in pins:
                    raise BoardDataError(f'{bus}.{unit}.{signal}: "{pin}" is not in pins.cpu')
                numbers.append(str(pins[pin]))
            rows.append(", ".join([unit, *numbers]))
        lines.append(table(f"BOARD_{bus.upper()}S", rows))
    return lines


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
    parser.add_argument("--uf2-ld", type=pathlib.Path, help="the same for an image above a UF2 boot loader's parts")
    args = parser.parse_args(argv)
    try:
        data = json.loads(args.board_json.read_text(encoding="utf-8"))
        write_if_changed(args.ld, linker_fragment(data))
        write_if_changed(args.header, header(data))
        if args.uf2_ld is not None:
            start = parse_size(get(data, "uf2", "origin"), "uf2.origin")
            write_if_changed(args.uf2_ld, linker_fragment(data, start))
    except (OSError, ValueError, BoardDataError) as error:
        print(f"{args.board_json}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
