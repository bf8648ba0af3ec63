# SPDX-License-Identifier: MIT
"""The workflow of this repository, and the one that docs/ci.md gives to others, name what is there."""

import re
from pathlib import Path

import pytest

from tools.paths import ROOT

PATHS = (Path(".github/workflows/ci.yml"), Path("docs/ci.md"))
FILES = re.compile(r"^ +path: (?!\|)(\S+)$|^ +(build/\S+|~/\S+|\.\./\S*|\S*/\.\./\S*)$", re.MULTILINE)
HASHED = re.compile(r"hashFiles\(([^)]*)\)")
RUNS = re.compile(r"- run: make ([a-z-]+)")


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_paths_are_such_as_the_actions_take(path: Path) -> None:
    """The actions for caches and artefacts refuse '..' in a path; '~' they know."""
    found = ["".join(groups) for groups in FILES.findall((ROOT / path).read_text(encoding="utf-8"))]
    assert len(found) >= 3
    assert [name for name in found if ".." in name.split("/") or "github.workspace" in name] == []


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_cache_key_follows_the_files_that_pin_renode(path: Path) -> None:
    [*lists] = HASHED.findall((ROOT / path).read_text(encoding="utf-8"))
    names = {name for text in lists for name in re.findall(r"'([^']+)'", text)}
    assert names and all((ROOT / name).is_file() for name in names)
    assert "tools/get_renode.py" in names


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_commands_are_targets_of_the_makefile(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(RUNS.findall((ROOT / path).read_text(encoding="utf-8")))
    assert "get-renode" in used and used <= targets
