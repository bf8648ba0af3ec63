# SPDX-License-Identifier: MIT
"""port/boarddata.py: a board's memory and flash map, as linker fragment and C header."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys

import pytest

from tools import board as boards
from tools import paths

SCRIPT = paths.ROOT / "port" / "boarddata.py"
GOOD = {
    "memory": {
        "code": {"origin": "0x08000000", "size": "1M"},
        "ram": {"origin": "0x20000000", "size": "128K"},
        "stack": "16K",
        "interrupt_stack": 1024,
    },
    "flash": {"sector": "4K", "regions": [{"name": "filesystem", "size": "256K"}, {"name": "its", "size": 65536}]},
}


@pytest.fixture
def generate(tmp_path):
    def run(data):
        source = tmp_path / "board.json"
        source.write_text(data if isinstance(data, str) else json.dumps(data))
        line = [
            sys.executable,
            str(SCRIPT),
            str(source),
            "--ld",
            str(tmp_path / "m.ld"),
            "--header",
            str(tmp_path / "b.h"),
        ]
        done = subprocess.run(line, capture_output=True, text=True)
        return done, tmp_path / "m.ld", tmp_path / "b.h"

    return run


def changed(*path, to=None):
    """GOOD with one field replaced, or deleted."""
    data = copy.deepcopy(GOOD)
    node = data
    for key in path[:-1]:
        node = node[key]
    if to is None:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return data


def test_what_it_writes(generate):
    done, fragment, header = generate(GOOD)
    assert done.returncode == 0, done.stderr
    assert "CODE (rx) : ORIGIN = 0x08000000, LENGTH = 0x100000" in fragment.read_text()
    assert "RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 0x20000" in fragment.read_text()
    assert "_board_stack_size = 0x4000;" in fragment.read_text()
    defined = dict(line.split(None, 2)[1:] for line in header.read_text().splitlines() if "u)" in line)
    assert defined["BOARD_FLASH_ITS_OFFSET"] == "(262144u)"
    assert defined["BOARD_FLASH_ITS_SIZE"] == "(65536u)"
    assert defined["BOARD_FLASH_SIZE"] == "(327680u)"
    assert "BOARD_FLASH_ITS_ORIGIN" not in defined
    _, _, header = generate(changed("flash", "regions", 1, "origin", to="0x080C0000"))
    assert "#define BOARD_FLASH_ITS_ORIGIN (0x080c0000u)" in header.read_text().splitlines()


WITH_PINS = {
    **GOOD,
    "pins": {"cpu": ["PA0-1", "PH1", "P1_02"], "names": {"LED": "PH1"}},
    "i2c": {"1": {"scl": "PA0", "sda": "PA1"}},
    "spi": {"0": {"sck": "PA0", "mosi": "PA1", "miso": "P1_02"}},
}


def with_pins(**fields):
    return {**WITH_PINS, **fields}


def test_pins_and_buses_become_tables_of_numbers(generate):
    done, _, header = generate(WITH_PINS)
    assert done.returncode == 0, done.stderr
    lines = header.read_text().replace(" \\\n    ", " ").splitlines()
    assert lines[-5:] == [
        "#define BOARD_CPU_PINS(X) X(PA0, 0) X(PA1, 1) X(PH1, 113) X(P1_02, 34)",
        "#define BOARD_NAMED_PINS(X) X(LED, PH1)",
        '#define BOARD_PINS_TEXT "PA0-1 PH1 P1_02 LED"',
        "#define BOARD_I2CS(X) X(1, 0, 1)",
        "#define BOARD_SPIS(X) X(0, 0, 1, 34)",
    ]


def test_unchanged_output_keeps_its_time(generate):
    _, fragment, header = generate(GOOD)
    for path in (fragment, header):
        os.utime(path, (1, 1))
    generate(GOOD)
    assert fragment.stat().st_mtime == header.stat().st_mtime == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (changed("memory", "ram"), "memory.ram is missing"),
        (changed("memory", "ram", "size", to="128Q"), 'memory.ram.size: "128Q" is not a size; accepted'),
        (changed("memory", "ram", "size", to=-1), "memory.ram.size"),
        (changed("memory", "code", "size", to="768K"), "memory.code: 786432 bytes at 0x8000000 is no MPU region"),
        (changed("memory", "code", "origin", to="0x08010000"), "is no MPU region"),
        (changed("memory", "stack", to=1000), "memory.stack: 1000 is not a multiple of 32"),
        (changed("flash", "sector"), "flash.sector is missing"),
        (changed("flash", "regions", 1, "size", to=5000), "flash.regions.its.size: 5000 is not a multiple"),
        (changed("flash", "regions", 1, "size", to=0), "flash.regions.its.size: 0 is not a multiple"),
        (changed("flash", "regions", 1, "origin", to="there"), 'flash.regions.its.origin: "there" is not a size'),
        (changed("flash", "regions", 1), 'exactly one region "its" is needed, found: filesystem'),
        (changed("flash", "regions", 1, "name", to="filesystem"), 'exactly one region "filesystem"'),
        ("not json", "Expecting value"),
        (with_pins(pins={"cpu": ["PA16"]}), 'pins.cpu: "PA16" is not a pin; accepted: PA0'),
        (with_pins(pins={"cpu": ["P0_32"]}), 'pins.cpu: "P0_32" is not a pin'),
        (with_pins(pins={"cpu": ["A1"]}), 'pins.cpu: "A1" is no pin and no range'),
        (with_pins(pins={"cpu": ["PA0-1", "PA1"]}), "pins.cpu: PA1 is there twice"),
        (with_pins(pins={"cpu": ["PA0"], "names": {"L": "PB0"}}), 'pins.names.L: "PB0" is not in pins.cpu'),
        (with_pins(pins={"cpu": ["PA0"], "names": {"a-b": "PA0"}}), "pins.names.a-b: a name must be an identifier"),
        (with_pins(pins={"cpu": ["PA0", "PA1"], "names": {"PA0": "PA1"}}), "and no pin of the chip"),
        (with_pins(i2c={"I2C1": {}}), 'i2c: "I2C1" is not the number of a unit'),
        (with_pins(i2c={"1": {"scl": "PA0"}}), "i2c.1.sda is missing"),
        (with_pins(i2c={"1": {"scl": "PA0", "sda": "PB7"}}), 'i2c.1.sda: "PB7" is not in pins.cpu'),
    ],
)
def test_a_wrong_map_says_what_is_wrong(generate, data, said):
    done, fragment, header = generate(data)
    assert done.returncode == 1
    assert said in done.stderr
    assert not header.exists()


@pytest.mark.parametrize("name", [name for name in boards.names() if boards.load(name).port == "port"])
def test_our_boards_maps_are_right(generate, name):
    done, _, _ = generate((paths.ROOT / "boards" / name / "board.json").read_text())
    assert done.returncode == 0, done.stderr
