# SPDX-License-Identifier: MIT
"""tools.image and tools.uf2: what goes into the flash, and the same as UF2, read back by a decoder of its own."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tools import image, uf2
from tools.cli import ToolError
from tools.image import Image

FAMILY = 0xADA52840  # nRF52840 in Microsoft's list of families


def read_as_a_boot_loader_does(data: bytes) -> dict[int, int]:
    """Every byte that ends up in the flash, decoded by the specification's offsets and nothing of tools.uf2."""
    flash: dict[int, int] = {}
    assert len(data) % 512 == 0
    total = len(data) // 512
    for number in range(total):
        block = data[number * 512 : number * 512 + 512]
        assert block[0:4] == b"UF2\n" and block[4:8] == bytes.fromhex("57515d9e")
        assert block[508:512] == bytes.fromhex("306fb10a")
        assert block[8:12] == bytes.fromhex("00200000")  # family id present, and nothing else
        address = int.from_bytes(block[12:16], "little")
        size = int.from_bytes(block[16:20], "little")
        assert size == 256 and address % 256 == 0
        assert int.from_bytes(block[20:24], "little") == number
        assert int.from_bytes(block[24:28], "little") == total
        assert int.from_bytes(block[28:32], "little") == FAMILY
        for offset, byte in enumerate(block[32 : 32 + size]):
            assert address + offset not in flash
            flash[address + offset] = byte
    return flash


@pytest.mark.parametrize("size", [1, 255, 256, 257, 5000])
def test_uf2_holds_the_image_and_erased_flash_after_it(size: int) -> None:
    data = bytes((7 * i + 3) & 0xFF for i in range(size))
    flash = read_as_a_boot_loader_does(uf2.encode(Image(0x26000, data), FAMILY))
    assert bytes(flash[0x26000 + i] for i in range(size)) == data
    assert sorted(flash) == list(range(0x26000, 0x26000 + -(-size // 256) * 256))
    assert all(flash[address] == 0xFF for address in flash if address >= 0x26000 + size)


def test_uf2_is_read_back() -> None:
    data = bytes(range(256)) * 3
    assert uf2.decode(uf2.encode(Image(0x1000, data), FAMILY)) == (Image(0x1000, data), FAMILY)


@pytest.mark.parametrize(
    "at, value, reason",
    [
        (512, b"\0", "block 1: wrong magic"),
        (1020, b"\0", "block 1: wrong magic"),
        (520, b"\0\0", "block 1: no family"),
        (532, b"\5", "block 1: says that it is number 5 of 2"),
        (525, b"\x10", "block 1: a second one for"),
        (540, b"\0", "2 families"),
        (528, b"\xff\xff", "block 1: 65535 bytes"),
    ],
)
def test_damaged_uf2_is_refused(at: int, value: bytes, reason: str) -> None:
    data = bytearray(uf2.encode(Image(0x1000, bytes(512)), FAMILY))
    data[at : at + len(value)] = value
    with pytest.raises(ToolError, match=reason):
        uf2.decode(bytes(data))


def test_uf2_refuses_what_the_format_cannot_say() -> None:
    with pytest.raises(ToolError, match="multiple of 256"):
        uf2.encode(Image(0x1080, b"x"), FAMILY)
    with pytest.raises(ToolError, match="512-byte blocks"):
        uf2.decode(b"x" * 513)


# ----------------------------------------------------------------------------------------------------------- ELF


def elf(*parts: tuple[int, bytes, int], machine: int = 40) -> bytes:
    """An ELF file with (address, bytes, size in memory) as its segments."""
    table, offset = b"", 52 + 32 * len(parts)
    body = b""
    for address, data, memory in parts:
        table += struct.pack("<8I", 1, offset + len(body), 0x20000000, address, len(data), memory, 5, 4)
        body += data
    head = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    return head + struct.pack("<HHIIIIIHHHHHH", 2, machine, 1, 0, 52, 0, 0, 52, 32, len(parts), 0, 0, 0) + table + body


def test_image_takes_load_addresses_and_fills_gaps(tmp_path: Path) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(elf((0x08000104, b"data", 4), (0x08000000, b"code" * 64, 256), (0x20000000, b"", 512)))
    loaded = image.load(path)
    assert loaded == Image(0x08000000, b"code" * 64 + b"\xff" * 4 + b"data") and loaded.end == 0x08000108


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"MZ" + bytes(100), "no ELF file"),
        (b"", "no ELF file"),
        (elf((0, b"code", 4), machine=62), "another processor"),
        (elf((0, b"code", 4))[:-2], "cut off"),
        (elf((0, b"", 4)), "loads nothing"),
        (elf((0, b"code", 4), (2, b"data", 4)), "overlap at 0x00000002"),
        (elf((0, b"code", 4), (0x20000000, b"data", 4)), "no flash can hold"),
    ],
)
def test_what_is_no_firmware_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(content)
    with pytest.raises(ToolError, match=reason):
        image.load(path)


@pytest.mark.skipif(shutil.which("arm-none-eabi-objcopy") is None, reason="no arm-none-eabi-objcopy")
def test_image_is_what_objcopy_makes(tmp_path: Path) -> None:
    """The second opinion: binutils, on an image that it linked itself."""
    source, linked, flat = tmp_path / "a.s", tmp_path / "a.elf", tmp_path / "a.bin"
    source.write_text('.section .text\n.word 1, 2, 3\n.section .data, "aw"\n.word 4\n')
    (tmp_path / "a.ld").write_text(
        "MEMORY { F (rx) : ORIGIN = 0x08000000, LENGTH = 64K R (rw) : ORIGIN = 0x20000000, LENGTH = 4K }\n"
        "SECTIONS { .text : { *(.text) } > F .data : ALIGN(64) { *(.data) } > R AT > F }\n"
    )
    subprocess.run(["arm-none-eabi-as", "-o", tmp_path / "a.o", source], check=True)
    subprocess.run(["arm-none-eabi-ld", "-T", tmp_path / "a.ld", "-o", linked, tmp_path / "a.o"], check=True)
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "--gap-fill", "0xff", linked, flat], check=True)
    assert image.load(linked) == Image(0x08000000, flat.read_bytes())


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"uf2": 3}', '{"uf2": {"origin": "0x26000"}}', '{"uf2": {"origin": "0x26000", "family": "x"}}',
     '{"uf2": {"origin": "0x26000", "family": "0xADA528401"}}', '{"uf2": {"origin": "-1", "family": "1"}}'],
)  # fmt: skip
def test_a_board_that_does_not_say_where_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "board.json"
    path.write_text(text)
    with pytest.raises(ToolError, match=str(path)):
        uf2.settings(path)


def test_uf2_is_written_whole(tmp_path: Path) -> None:
    (tmp_path / "a.elf").write_bytes(elf((0x26000, b"abc", 3)))
    (tmp_path / "board.json").write_text('{"uf2": {"origin": "0x26000", "family": "0xADA52840"}}')
    (tmp_path / "a.uf2").write_bytes(b"what was there")
    words = [str(tmp_path / name) for name in ("a.elf", "a.uf2")] + ["--board-json", str(tmp_path / "board.json")]
    assert uf2.main(words) == 0
    what, family = uf2.decode((tmp_path / "a.uf2").read_bytes())
    assert (what.origin, what.data[:3], family) == (0x26000, b"abc", 0xADA52840)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.elf", "a.uf2", "board.json"]
