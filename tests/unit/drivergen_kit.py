# SPDX-License-Identifier: MIT
"""What the tests of the driver generator share: descriptions, generation, compiling against Mbed TLS."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import sources
from tools.cli import ToolError
from tools.drivergen.check import check
from tools.drivergen.emit import generate
from tools.drivergen.errors import DescriptionError, Fault
from tools.drivergen.load import load_drivers
from tools.drivergen.model import Driver

ROOT = Path(__file__).resolve().parent.parent.parent
CC = ["gcc", "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]


def mbedtls() -> Path:
    """The Mbed TLS tree that the firmware is built from; a skip says how to get it."""
    try:
        return sources.resolve("mbedtls")[0]
    except ToolError as error:
        pytest.skip(str(error))


def transparent(*capabilities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A transparent driver `acme` that is right unless the caller makes it wrong."""
    return {
        "prefix": "acme",
        "type": "transparent",
        "headers": ["acme.h"],
        "capabilities": list(capabilities) or [{"entry_points": ["hash_compute"]}],
        **more,
    }


def opaque(*capabilities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An opaque driver `safe` that is right unless the caller makes it wrong."""
    return {
        "prefix": "safe",
        "type": "opaque",
        "headers": ["safe.h"],
        "location": 0x800001,
        "key_context": {"base_size": 8},
        "capabilities": list(capabilities) or [{"entry_points": ["sign_hash"]}],
        **more,
    }


def drivers(*descriptions: dict[str, Any]) -> list[Driver]:
    """Descriptions through schema and semantic pass."""
    return check(load_drivers(copy.deepcopy(list(descriptions)), [], Path("board.json"), ("drivers",)))


def faults(*descriptions: Any) -> list[Fault]:
    """The faults of a driver list; it is an error of the test when there are none."""
    with pytest.raises(DescriptionError) as caught:
        drivers(*descriptions)
    return list(caught.value.faults)


def write_driver(folder: Path, description: dict[str, Any], source: str = "", header: str = "") -> None:
    """Puts a driver into folder/<prefix>/."""
    home = folder / description["prefix"]
    home.mkdir(parents=True)
    (home / "driver.json").write_text(json.dumps(description), encoding="utf-8")
    if source:
        (home / f"{description['prefix']}.c").write_text(source, encoding="utf-8")
    if header:
        (home / f"{description['prefix']}.h").write_text(header, encoding="utf-8")


def emit(out: Path, *descriptions: dict[str, Any]) -> Path:
    """Generates the code of inline descriptions into out."""
    raw = load_drivers(copy.deepcopy(list(descriptions)), [], Path("board.json"), ("drivers",))
    generate(raw, mbedtls(), out)
    return out


def include_flags(gen: Path, *more: Path) -> list[str]:
    """-I options in the order that the firmware has."""
    tree = mbedtls()
    folders = [gen, *more, ROOT / "modules/psa/include", ROOT / "drivers/include", tree / "include", tree / "library"]
    return [f"-I{folder}" for folder in folders]


def compile_and_run(source: Path, flags: list[str], *more: Path) -> str:
    """Compiles a C program for the host and returns what it prints."""
    program = source.with_suffix("")
    command = [*CC, *flags, "-o", str(program), str(source), *(str(file) for file in more)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ran = subprocess.run([str(program)], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
