# SPDX-License-Identifier: MIT
"""Where things lie: the repository, the cache outside it, the build folders inside it."""

from __future__ import annotations

import os
from pathlib import Path

from tools.cli import ToolError

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ("tiny", "default", "full")


def cache_dir() -> Path:
    """The cache that survives `make clean`: downloads/, src/, venv/. MICROPSA_CACHE overrides it."""
    chosen = os.environ.get("MICROPSA_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "micropsa"


def build_dir(board: str, profile: str = "default", *, with_psa: bool = True) -> Path:
    """The build folder of one board, profile and variant."""
    if profile not in PROFILES:
        raise ToolError(f"unknown PSA_PROFILE '{profile}'; there are: {', '.join(PROFILES)}")
    name = board if profile == "default" else f"{board}-{profile}"
    return ROOT / "build" / (name if with_psa else f"{board}-no-psa")
