# SPDX-License-Identifier: MIT
"""What a firmware's ELF file puts into the flash: its bytes and where they go.

Format: System V ABI, "Program Header"; Arm's ELF32 with little-endian data.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from tools.cli import ToolError

_HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
_PROGRAM = struct.Struct("<IIIIIIII")
_MAGIC = b"\x7fELF\x01\x01"  # ELF, 32 bits, little-endian
_EM_ARM = 40
_PT_LOAD = 1
ERASED = 0xFF


@dataclass(frozen=True)
class Image:
    """Bytes for one range of addresses; what lies between two segments reads as erased flash."""

    origin: int
    data: bytes

    @property
    def end(self) -> int:
        """The first address after it."""
        return self.origin + len(self.data)


def segments(path: Path) -> list[tuple[int, bytes]]:
    """(address in flash, bytes) of everything that is loaded, in the order of the addresses. Empty ones (.bss, stacks)
    are left out. ToolError when the file is no firmware."""
    data = path.read_bytes()
    if len(data) < _HEADER.size or data[:6] != _MAGIC:
        raise ToolError(f"{path} is no ELF file of a 32-bit microcontroller")
    header = _HEADER.unpack_from(data)
    machine, table, entry_size, count = header[2], header[5], header[9], header[10]
    if machine != _EM_ARM:
        raise ToolError(f"{path} is for another processor than Arm's")
    found = []
    for index in range(count):
        at = table + index * entry_size
        if at + _PROGRAM.size > len(data):
            raise ToolError(f"{path} is cut off")
        kind, offset, _virtual, physical, size, *_ = _PROGRAM.unpack_from(data, at)
        if kind == _PT_LOAD and size:
            if offset + size > len(data):
                raise ToolError(f"{path} is cut off")
            found.append((physical, data[offset : offset + size]))
    if not found:
        raise ToolError(f"{path} loads nothing")
    return sorted(found)


def load(path: Path) -> Image:
    """The image of an ELF file. ToolError when two of its segments overlap."""
    parts = segments(path)
    origin = parts[0][0]
    whole = bytearray()
    for address, part in parts:
        gap = address - origin - len(whole)
        if gap < 0:
            raise ToolError(f"{path}: two segments overlap at {address:#010x}")
        if gap > 1 << 28:
            raise ToolError(f"{path}: {gap:#x} bytes lie between two segments, which no flash can hold")
        whole += bytes([ERASED]) * gap + part
    return Image(origin, bytes(whole))
