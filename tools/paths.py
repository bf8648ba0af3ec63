# SPDX-License-Identifier: MIT
"""Where things lie: the repository, the cache outside it, the build folders inside it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
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


@contextlib.contextmanager
def filling_cache(what: str, megabytes: int) -> Iterator[None]:
    """Around code that writes into the cache: a full disk and lacking permissions become a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ToolError(
                f"no space left for {what} in {cache_dir()} (about {megabytes} MB are needed); free some, or name "
                f"another folder with MICROPSA_CACHE="
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ToolError(
                f"cannot write to {error.filename or cache_dir()}: {error.strerror}; name another folder with "
                f"MICROPSA_CACHE="
            ) from error
        raise


def build_dir(board: str, profile: str = "default", variant: str = "") -> Path:
    """The build folder of one board: build/<BOARD>, with -<profile> and -<variant> where they are not the default.

    The profile "default" is the board's own choice (`profile` in its board.json).
    """
    if profile not in PROFILES:
        raise ToolError(f"there is no PSA_PROFILE '{profile}'; profiles: {', '.join(PROFILES)}")
    parts = [board, "" if profile == "default" else profile, variant]
    return ROOT / "build" / "-".join(part for part in parts if part)
