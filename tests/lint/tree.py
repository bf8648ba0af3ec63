# SPDX-License-Identifier: MIT
"""The files of the repository as the lint tests see them: what git tracks or would track."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
C_SUFFIXES = (".c", ".h")


@cache
def files(root: Path = ROOT) -> tuple[Path, ...]:
    """Tracked files and new ones that are not ignored, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout
    paths = (Path(name.decode()) for name in listing.split(b"\0") if name)
    return tuple(sorted({path for path in paths if (root / path).is_file()}))


def with_suffix(*suffixes: str, root: Path = ROOT) -> list[Path]:
    return [path for path in files(root) if path.suffix in suffixes]


def text(path: Path, root: Path = ROOT) -> str | None:
    """The file's text, None for a binary file."""
    try:
        return (root / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
