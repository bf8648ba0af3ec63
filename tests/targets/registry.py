# SPDX-License-Identifier: MIT
"""Which targets there are, where their images lie, and how to get a machine of each."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.targets.base import Target
from tests.targets.emulated import EmulatedTarget
from tests.targets.unix import UnixTarget
from tools import board, get_renode, paths
from tools.build import SANITIZE
from tools.cli import ToolError
from tools.emulator import LAUNCHERS


class NotBuilt(Exception):
    """An image is missing; the text says which and what builds it."""


def names() -> list[str]:
    """Every board that tests can run on: processes, and boards in an emulator that the tools can start."""
    described = {name: json.loads((paths.ROOT / "boards" / name / "board.json").read_text()) for name in board.names()}
    return [name for name, what in described.items() if _runs(what)]


def _runs(what: dict[str, Any]) -> bool:
    return what.get("port") == "unix" or what.get("emulator", {}).get("kind") in LAUNCHERS


def is_twin(name: str) -> bool:
    """Whether a board differs from another one in data only and runs in that one's machine: it boots in every run, but
    the tests run on it only when it is asked for."""
    described = board.load(name).emulator
    return described.get("kind") == "renode" and "machine" in described


@functools.cache
def obstacle(name: str) -> str | None:
    """Why this machine cannot run a target although there is one; None when it can."""
    if board.load(name).emulator.get("kind") != "renode":
        return None
    try:
        get_renode.find()
    except ToolError as exc:
        return str(exc)
    return None


def image(name: str, profile: str = "default") -> Path:
    """The file to run for a target; NotBuilt when there is none."""
    try:
        artefact = board.load(name).artefact
    except ToolError as exc:
        raise NotBuilt(f"target {name} cannot be built: {exc}") from exc
    return _existing(paths.build_dir(name, profile) / artefact, f"target {name}")


def fullest_profile(name: str) -> str:
    """The profile of the image that can do most, of those that are built: a board's own choice may be a small one."""
    try:
        image(name, "full")
    except NotBuilt:
        return "default"
    return "full"


def sanitized_image() -> Path:
    """The UNIX image built with AddressSanitizer and UndefinedBehaviorSanitizer."""
    return _existing(paths.build_dir("UNIX", variant=SANITIZE) / "micropython", "the sanitizer build of UNIX")


def _existing(path: Path, what: str) -> Path:
    if not path.is_file():
        where = path.relative_to(paths.ROOT)
        raise NotBuilt(f"{what} is not built (no {where}); `make test` builds everything that the tests need")
    return path


def factory(name: str, profile: str = "default") -> Callable[..., Target]:
    """A function (flash, **options) → Target for one board. Options are the class's own
    keywords."""
    path = image(name, profile)
    if board.load(name).port == "unix":
        return lambda flash, **options: UnixTarget(path, flash, **options)
    return lambda flash, **options: EmulatedTarget(name, path, flash, **options)
