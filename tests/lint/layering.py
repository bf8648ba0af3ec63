# SPDX-License-Identifier: MIT
"""Who may know whom: reads #include lines and Python imports and names every arrow that the design forbids.

A room is a folder with an owner and a purpose. `RULES` says for each room which other rooms of ours
it may name, and which headers from outside. An include is resolved to files of the tree by its
trailing path, as a compiler with any choice of -I could; it is an offence when every file that it
can mean is out of bounds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)

# Longest prefix wins. A driver is a room of its own: drivers/<name>.
ROOMS = (
    "modules/psa/bind",
    "modules/psa/port",
    "modules/psa",
    "drivers/include",
    "drivers",
    "port/mcu",
    "port",
    "boards",
    "python_lib",
    "renode",
    "tools",
    "tests",
    "examples",
    "docs",
)

# Freestanding C and the small part of the hosted library that newlib gives a driver.
LIBC = (
    *("assert.h", "errno.h", "float.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h"),
    *("stdint.h", "stdio.h", "stdlib.h", "stdnoreturn.h", "string.h"),
)
PSA = ("psa/",)
HOST = ("sys/random.h",)  # the registers of a driver whose device is an operating system
# What a driver has in the place of registers when its device is the firmware itself: dispatch to the firmware's own
# crypto, and memory in the core's arena.
SOFTWARE = ("psa_crypto_driver_wrappers.h", "mbedtls/platform.h", "mbedtls/platform_util.h")
MICROPYTHON = (
    "py/",
    "extmod/",
    "shared/",
    "lib/",
    "genhdr/",
    "mpconfigport.h",
    "mphalport.h",
    "mpconfigboard.h",
)


@dataclass(frozen=True)
class Rule:
    """May include or import: rooms of ours, and headers from outside (None: any; else names or
    'folder/')."""

    rooms: tuple[str, ...]
    outside: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()  # headers from outside that `outside` would allow
    except_: tuple[str, ...] = ()  # … but these of them
    imports: tuple[str, ...] = ()  # Python: our top-level packages


MODULE = ("modules/psa", "modules/psa/bind")
RULES = {
    # What bindings need of Mbed TLS itself: its version and features, and wiping.
    "modules/psa/bind": Rule(MODULE, never=("mbedtls/",), except_=("mbedtls/build_info.h", "mbedtls/platform_util.h")),
    # The part of a port, for ports that are not ours.
    "modules/psa/port": Rule((*MODULE, "drivers/include")),
    "modules/psa": Rule(MODULE),
    "drivers/include": Rule(("drivers/include",), (*LIBC, *PSA)),
    "drivers": Rule(("drivers/include", "modules/psa"), (*LIBC, *PSA, *HOST, *SOFTWARE)),
    "port/mcu": Rule(("port/mcu", "port", "boards", "drivers/include"), never=("py/", "extmod/", "psa/", "mbedtls/")),
    "port": Rule(("port", "port/mcu", "modules/psa", "drivers/include", "drivers", "boards")),
    "boards": Rule(("boards",), (*LIBC, *MICROPYTHON, "variants/mpconfigvariant_common.h")),
    "python_lib": Rule((), imports=("psa", "psacrypto")),
    "renode": Rule(("renode",)),
    "tools": Rule(("tools", "drivers/include"), imports=("tools",)),
    "examples": Rule((), imports=("psa", "psacrypto")),
    "docs": Rule((), imports=("psa", "psacrypto")),
    "tests": Rule(ROOMS, imports=("tests", "tools", "psa", "psacrypto")),
}
# The headers of modules/psa that a driver may see: the PSA driver interface, found as psa/…
DRIVER_INTERFACE = "modules/psa/include/psa/"
OUR_PACKAGES = (
    "tools",
    "tests",
    "psacrypto",
    "modules",
    "drivers",
    "boards",
    "port",
    "renode",
    "examples",
)


@dataclass(frozen=True)
class Offence:
    path: PurePosixPath
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def room_of(path: PurePosixPath) -> str | None:
    for room in ROOMS:
        if path.is_relative_to(room):
            return room
    return None


def check(root: Path, paths: Iterable[Path]) -> list[Offence]:
    """All forbidden arrows among these files (relative to the root)."""
    tree = [PurePosixPath(path) for path in paths]
    by_name: dict[str, list[PurePosixPath]] = {}
    for path in tree:
        if path.suffix in (".h", ".c", ".inc"):
            by_name.setdefault(path.name, []).append(path)
    offences = []
    for path in tree:
        room = room_of(path)
        if room is None:
            continue
        if path.suffix in (".c", ".h", ".inc"):
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            offences += _check_c(path, room, text, by_name)
        elif path.suffix in (".py", ".pyi"):
            text = (root / path).read_text(encoding="utf-8")
            offences += _check_python(path, room, text)
    return offences


def _check_c(path: PurePosixPath, room: str, text: str, by_name: dict[str, list[PurePosixPath]]) -> Iterator[Offence]:
    for found in INCLUDE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        name = found.group(2)
        meant = _resolve(path, name, by_name)
        if meant:
            if not any(_may_include(path, room, other) for other in meant):
                there = ", ".join(str(other) for other in meant)
                yield Offence(path, line, f"{room} must not include {name} ({there})")
        elif not _outside_ok(RULES[room], name):
            yield Offence(path, line, f"{room} must not include {name} (from outside the tree)")


def _resolve(path: PurePosixPath, name: str, by_name: dict[str, list[PurePosixPath]]) -> list[PurePosixPath]:
    parts = [part for part in PurePosixPath(name).parts if part not in (".", "..")]
    if not parts:
        return []
    matches = [other for other in by_name.get(parts[-1], []) if list(other.parts[-len(parts) :]) == parts]
    beside = [other for other in matches if other.parent == path.parent]
    return beside or matches


def _may_include(path: PurePosixPath, room: str, other: PurePosixPath) -> bool:
    their = room_of(other)
    if their is None or their == "tests":
        return room == "tests"
    if their not in RULES[room].rooms and their != room:
        return False
    if room == "drivers":
        if their == "drivers":
            return path.parts[1] == other.parts[1]  # never another driver
        if their == "modules/psa":
            return str(other).startswith(DRIVER_INTERFACE)
    return True


def _outside_ok(rule: Rule, name: str) -> bool:
    if name not in rule.except_ and any(_matches(name, pattern) for pattern in rule.never):
        return False
    return rule.outside is None or any(_matches(name, pattern) for pattern in rule.outside)


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(pattern) if pattern.endswith("/") else name == pattern


def _check_python(path: PurePosixPath, room: str, text: str) -> Iterator[Offence]:
    allowed = RULES[room].imports
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:  # relative: must not climb out of its room
                base = path.parent
                for _ in range(node.level - 1):
                    base = base.parent
                if room_of(base / "x") != room:
                    yield Offence(path, node.lineno, f"{room} must not import from {base}")
                continue
            modules = [node.module or ""]
        else:
            continue
        for module in modules:
            top = module.split(".")[0]
            if top in OUR_PACKAGES and top not in allowed:
                yield Offence(path, node.lineno, f"{room} must not import {module}")
