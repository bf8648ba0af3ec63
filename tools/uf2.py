# SPDX-License-Identifier: MIT
"""Writes and reads UF2, the format that boot loaders with a USB drive take.

python -m tools.uf2 firmware.elf firmware.uf2 --board-json boards/NRF52840DK/board.json

board.json: "uf2": {"family": "0xADA52840", "origin": "0x26000"}, the chip in the specification's list of families and
the address where the boot loader starts the application.

Source: "USB Flashing Format (UF2)", Microsoft's specification, "File format" and "Flags".
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from tools import cli, image
from tools.cli import ToolError
from tools.image import Image

BLOCK = 512
PAYLOAD = 256
MAGIC_START = (0x0A324655, 0x9E5D5157)
MAGIC_END = 0x0AB16F30
FLAG_NOT_MAIN_FLASH = 0x00000001
FLAG_FAMILY = 0x00002000

_HEADER = struct.Struct("<8I")
_DATA = BLOCK - _HEADER.size - 4


def encode(what: Image, family: int) -> bytes:
    """The blocks of an image. Its start must lie on a multiple of 256, as flash pages do."""
    if what.origin % PAYLOAD:
        raise ToolError(f"an image at {what.origin:#010x} cannot be UF2: its start is no multiple of {PAYLOAD}")
    count = -(-len(what.data) // PAYLOAD)
    blocks = []
    for number in range(count):
        payload = what.data[number * PAYLOAD : (number + 1) * PAYLOAD].ljust(PAYLOAD, bytes([image.ERASED]))
        address = what.origin + number * PAYLOAD
        header = _HEADER.pack(*MAGIC_START, FLAG_FAMILY, address, PAYLOAD, number, count, family)
        blocks.append(header + payload.ljust(_DATA, b"\0") + struct.pack("<I", MAGIC_END))
    return b"".join(blocks)


def decode(data: bytes) -> tuple[Image, int]:
    """(image, family) of a UF2 file that holds one image. ToolError names the block that breaks the format."""
    if not data or len(data) % BLOCK:
        raise ToolError(f"a UF2 file consists of {BLOCK}-byte blocks; this one has {len(data)} bytes")
    parts: dict[int, bytes] = {}
    families = set()
    for at in range(0, len(data), BLOCK):
        number = at // BLOCK
        first, second, flags, address, size, index, count, family = _HEADER.unpack_from(data, at)
        (last,) = struct.unpack_from("<I", data, at + BLOCK - 4)
        if (first, second) != MAGIC_START or last != MAGIC_END:
            raise ToolError(f"UF2 block {number}: wrong magic number")
        if flags & FLAG_NOT_MAIN_FLASH:
            continue
        if not flags & FLAG_FAMILY:
            raise ToolError(f"UF2 block {number}: no family id")
        if index != number or count != len(data) // BLOCK:
            raise ToolError(f"UF2 block {number}: says that it is number {index} of {count}")
        if size > _DATA or size % 4 or address % 4:
            raise ToolError(f"UF2 block {number}: {size} bytes at {address:#010x}")
        if address in parts:
            raise ToolError(f"UF2 block {number}: a second one for {address:#010x}")
        parts[address] = data[at + _HEADER.size : at + _HEADER.size + size]
        families.add(family)
    if len(families) != 1:
        raise ToolError(f"the UF2 file is for {len(families)} families, not for one")
    origin = min(parts)
    whole = bytearray()
    for address in sorted(parts):
        whole += bytes([image.ERASED]) * (address - origin - len(whole)) + parts[address]
    return Image(origin, bytes(whole)), families.pop()


def settings(path: Path) -> tuple[int, int]:
    """(origin, family) of a board.json. ToolError says what it must have."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ToolError(f"{path}: {error}") from error
    try:
        origin, family = (int(str(found["uf2"][key]), 0) for key in ("origin", "family"))
    except (KeyError, TypeError, ValueError):
        origin = family = -1
    if not all(0 <= number < 1 << 32 for number in (origin, family)):
        raise ToolError(f"{path}: 'uf2' must have 'origin' and 'family', each a number of 32 bits such as \"0x26000\"")
    return origin, family


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.uf2", description="Turns firmware into UF2.")
    parser.add_argument("elf", type=Path)
    parser.add_argument("uf2", type=Path)
    parser.add_argument("--board-json", required=True, type=Path, help="has the family and the application's address")
    options = parser.parse_args(argv)
    origin, family = settings(options.board_json)
    what = image.load(options.elf)
    if what.origin != origin:
        raise ToolError(f"{options.elf} starts at {what.origin:#x}, but the boot loader starts what is at {origin:#x}")
    cli.write_whole(options.uf2, encode(what, family))
    return 0


if __name__ == "__main__":
    cli.run(main)
