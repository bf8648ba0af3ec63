# SPDX-License-Identifier: MIT
"""tools.memory_map: maps that contradict themselves are refused, and docs/memory.md says what the boards' files say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tools import board, memory_map, paths
from tools.board import Board
from tools.cli import ToolError

GOOD: dict[str, Any] = {
    "memory": {"code": {"origin": "0x08000000", "size": "128K"}, "ram": {"origin": "0x20000000", "size": "64K"}},
    "flash": {
        "sector": "2K",
        "sectors": [[4, "16K"], [1, "64K"], [2, "128K"]],
        "regions": [
            {"name": "filesystem", "size": "48K", "origin": "0x08020000", "extent": "128K"},
            {"name": "its", "size": "32K", "origin": "0x08040000", "extent": "128K"},
        ],
    },
}


def load(tmp_path: Path, data: dict[str, Any]) -> memory_map.MemoryMap:
    path = tmp_path / "board.json"
    path.write_text(json.dumps(data))
    found = memory_map.load(Board("ONE", "a board", "port", "soc", (), path=path))
    assert found is not None
    return found


def changed(*path: str | int, value: object) -> dict[str, Any]:
    data = json.loads(json.dumps(GOOD))
    node = data
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return data


def test_map_is_read(tmp_path: Path) -> None:
    found = load(tmp_path, GOOD)
    assert (found.code.origin, found.code.end) == (0x08000000, 0x08020000)
    keys = found.region("its")
    assert (keys.origin, keys.end, keys.size, keys.offset) == (0x08040000, 0x08060000, 0x8000, 0xC000)
    assert found.sectors[4] == (0x08010000, 0x10000) and len(found.sectors) == 7


def test_sectors_of_a_range(tmp_path: Path) -> None:
    found = load(tmp_path, GOOD)
    assert found.erased_by(0x08000000, 0x08000001) == ((0x08000000, 0x4000),)
    assert found.erased_by(0x08000000, 0x08004000) == ((0x08000000, 0x4000),)
    assert found.erased_by(0x08003FFF, 0x08004001) == ((0x08000000, 0x4000), (0x08004000, 0x4000))
    assert len(found.erased_by(0x08000000, 0x08020000)) == 5


def test_uniform_sectors_need_no_list(tmp_path: Path) -> None:
    data = changed("flash", "sectors", value=[])
    assert len(load(tmp_path, data).sectors) == 0x60000 // 2048


@pytest.mark.parametrize(
    "path, value, reason",
    [
        (("flash", "regions", 0, "origin"), "0x08010000", "filesystem and code overlap|code and filesystem overlap"),
        (("flash", "regions", 0, "origin"), "0x08030000", "filesystem shares a sector"),
        (("flash", "regions", 1, "extent"), "64K", "its shares a sector"),
        (("flash", "regions", 1, "extent"), "16K", "extent is smaller than its size"),
        (("flash", "sectors"), [[4, "16K"]], "flash.sectors end at 0x08010000"),
        (("memory", "code", "size"), "lots", '"lots" is no size'),
        (("memory", "code"), {}, "'size' is missing"),
    ],
)
def test_map_that_contradicts_itself_is_refused(
    tmp_path: Path, path: tuple[str | int, ...], value: object, reason: str
) -> None:
    with pytest.raises(ToolError, match=reason):
        load(tmp_path, changed(*path, value=value))


def test_page_says_what_the_boards_say() -> None:
    """`python -m tools.memory_map --store` writes it."""
    text = (paths.ROOT / memory_map.DOCUMENT).read_text(encoding="utf-8")
    measured = memory_map.stored_measurements(text)
    assert text == memory_map.document(measured)
    assert memory_map.NOT_BUILT not in measured.values()
    expected = {name for name in board.names() if board.load(name).port == "port"}
    assert set(measured) == expected


def test_stm32_regions_are_those_of_the_firmware() -> None:
    """The port's header numbers the sectors, board.json gives their addresses: they must be the same."""
    for name in board.names():
        described = board.load(name)
        if described.mcu != "stm32f4":
            continue
        layout = memory_map.load(described)
        assert layout is not None
        header = (described.path.parent / "mpconfigboard.h").read_text()
        for region in layout.data:
            found = re.search(rf"#define MICROPY_HW_FLASH_{region.name.upper()}_SECTOR \((\d+)\)", header)
            assert found is not None
            # sectorlog takes two sectors from there on (port/mcu/stm32f4/sectorlog.h).
            first = int(found[1])
            assert region.origin == layout.sectors[first][0]
            assert region.extent == sum(size for _, size in layout.sectors[first : first + 2])
