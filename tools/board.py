# SPDX-License-Identifier: MIT
"""Boards and drivers: which exist, and what boards/<BOARD>/board.json says.

python -m tools.board            list the boards
python -m tools.board BOARD      show one
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools import cli
from tools.cli import ToolError
from tools.paths import PROFILES, ROOT

PORTS = ("port", "unix")


@dataclass(frozen=True)
class Board:
    """One board: the folder in boards/, the make argument and the test target share its name."""

    name: str
    description: str
    port: str  # "port": our own port; "unix": MicroPython's unix port with USER_C_MODULES
    mcu: str  # SoC family, the folder in port/mcu/; empty for "unix"
    drivers: tuple[str, ...]
    profile: str = "default"  # PSA profile of a build that asks for none
    emulator: dict[str, Any] = field(default_factory=dict)
    path: Path = Path()

    @property
    def artefact(self) -> str:
        """File in the build folder that the build exists for."""
        return "micropython" if self.port == "unix" else "firmware.elf"


def names(root: Path = ROOT) -> list[str]:
    """Names of all boards: folders of boards/ that hold a board.json."""
    return sorted(p.parent.name for p in (root / "boards").glob("*/board.json"))


def driver_names(root: Path = ROOT) -> list[str]:
    """Names of all drivers: folders of drivers/ that hold a driver.json."""
    return sorted(p.parent.name for p in (root / "drivers").glob("*/driver.json"))


def _listing(items: list[str]) -> str:
    return ", ".join(items) if items else "none"


def load(name: str, root: Path = ROOT) -> Board:
    """Read and check boards/<name>/board.json; ToolError lists what exists when something does not."""
    known = names(root)
    if name not in known:
        raise ToolError(f"there is no board '{name}'; boards: {_listing(known)}")
    path = root / "boards" / name / "board.json"
    where = path.relative_to(root)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ToolError(f"{where}: {error}") from error
    if not isinstance(data, dict):
        raise ToolError(f"{where}: must be a JSON object")

    def text(key: str, default: str | None = None) -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            raise ToolError(f"{where}: '{key}' must be a string")
        return value

    if text("name") != name:
        raise ToolError(f"{where}: 'name' is '{data['name']}', but the folder is '{name}'")
    port = text("port")
    if port not in PORTS:
        raise ToolError(f"{where}: 'port' is '{port}'; accepted: {', '.join(PORTS)}")
    mcu = text("mcu", "")
    if port == "port" and not (mcu and (root / "port" / "mcu" / mcu).is_dir()):
        found = sorted(p.name for p in (root / "port" / "mcu").glob("*") if p.is_dir())
        raise ToolError(f"{where}: there is no 'mcu' named '{mcu}'; in port/mcu/: {_listing(found)}")
    profile = text("profile", "default")
    if profile not in PROFILES:
        raise ToolError(f"{where}: 'profile' is '{profile}'; accepted: {', '.join(PROFILES)}")
    drivers = data.get("drivers", [])
    if not isinstance(drivers, list) or not all(isinstance(d, str) for d in drivers):
        raise ToolError(f"{where}: 'drivers' must be a list of names")
    for driver in drivers:
        if driver not in driver_names(root):
            raise ToolError(f"{where}: there is no driver '{driver}'; drivers: {_listing(driver_names(root))}")
    emulator = data.get("emulator", {})
    if not isinstance(emulator, dict):
        raise ToolError(f"{where}: 'emulator' must be an object")
    return Board(name, text("description"), port, mcu, tuple(drivers), profile, emulator, path)


def main(argv: list[str]) -> int:
    if len(argv) > 1 or (argv and argv[0].startswith("-")):
        raise ToolError("usage: python -m tools.board [BOARD]")
    if argv:
        board = load(argv[0])
        print(f"{board.name}: {board.description}")
        print(f"  port    {board.port}{f' (mcu {board.mcu})' if board.mcu else ''}")
        print(f"  drivers {_listing(list(board.drivers))}")
        return 0
    for name in names():
        board = load(name)
        print(f"{name:<18} {board.description}")
    return 0


if __name__ == "__main__":
    cli.run(main)
