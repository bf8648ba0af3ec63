# SPDX-License-Identifier: MIT
"""The patch series of modules/psa/patches and the macros that switch its patches.

Each patch says in its text "Switched by the macro NAME." and, where it builds on another, "It needs NAME.": off is
Mbed TLS's own behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.cli import ToolError
from tools.paths import ROOT

FOLDER = ROOT / "modules" / "psa" / "patches"


@dataclass(frozen=True)
class Patch:
    """One patch of the series. needs: macros without which its own must be off."""

    file: Path
    macro: str
    needs: tuple[str, ...]


def series() -> list[Patch]:
    """All patches, in the order in which they are applied."""
    patches = []
    for file in sorted(FOLDER.glob("*.patch")):
        text = re.split(r"^--- ", file.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
        switch = re.search(r"Switched by the macro (\w+)", text)
        if switch is None:
            raise ToolError(f"{file.name} does not say by which macro it is switched")
        patches.append(Patch(file, switch[1], tuple(re.findall(r"It needs (\w+)", text))))
    return patches


def macros() -> list[str]:
    """The macros of the series, each once, in the order of their first patches."""
    return list(dict.fromkeys(patch.macro for patch in series()))


def without(off: Iterable[str]) -> list[str]:
    """The macros that stay on when these are off: "all", or names; what needs one that is off goes, too."""
    known = macros()
    gone = set(off)
    if "all" in gone:
        return []
    for name in sorted(gone - set(known)):
        raise ToolError(f"no patch is switched by '{name}'; macros: {', '.join(known)}")
    patches = series()
    while True:
        more = {patch.macro for patch in patches if gone & set(patch.needs)} - gone
        if not more:
            return [macro for macro in known if macro not in gone]
        gone |= more
