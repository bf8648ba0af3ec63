# SPDX-License-Identifier: MIT
"""The errors with which the generator refuses a description."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PathItem = str | int


def format_path(items: Iterable[PathItem]) -> str:
    """Writes a JSON property path the way people do: capabilities[1].key_sizes[0]."""
    text = ""
    for item in items:
        if isinstance(item, int):
            text += f"[{item}]"
        elif text:
            text += f".{item}"
        else:
            text = item
    return text or "(top level)"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one description.

    file: the JSON file; path: where in it; problem: what is wrong there;
    expected: what would be right.
    """

    file: Path
    path: tuple[PathItem, ...]
    problem: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {format_path(self.path)}: {self.problem}; {self.expected}"


class DescriptionError(Exception):
    """One or more descriptions are wrong. str() lists every fault, one per line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class GeneratorError(Exception):
    """The generator cannot run: missing file, unknown driver name, wrong command line."""
