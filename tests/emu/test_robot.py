# SPDX-License-Identifier: MIT
"""The Robot suites of renode/, on every board that Renode runs, as `renode-test` runs them for anybody."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.targets import registry
from tools import board as boards
from tools import get_renode
from tools.paths import ROOT

RENODE = [name for name in registry.names() if boards.load(name).emulator.get("kind") == "renode"]
SUITES = sorted((ROOT / "renode").glob("*.robot"))
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_there_are_suites() -> None:
    assert {"boot", "entropy", "keys"} <= {suite.stem for suite in SUITES}


@pytest.mark.target(*RENODE)
@pytest.mark.timeout(900)
def test_robot_suites(board: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    obstacle = get_renode.robot_obstacle()
    if obstacle is not None:
        assert not get_renode.required(), obstacle
        pytest.skip(obstacle)
    python = get_renode.robot_python()
    temporary = tmp_path / "tmp"  # Renode removes folders of other instances from its temporary folder
    temporary.mkdir()
    command = [get_renode.find_robot(), *SUITES, "-r", tmp_path / "results"]
    command += ["--variable", f"BOARD:{board}", "--variable", f"ELF:{registry.image(board)}"]
    done = subprocess.run(
        list(map(str, command)),
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(temporary),
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=850,
        check=False,
    )
    said = COLOUR.sub("", done.stdout)
    assert done.returncode == 0, said
    passed = len(re.findall(r"^\+{5} Finished test .* with status OK$", said, re.MULTILINE))
    assert passed >= len(SUITES), said
    record_property("robot tests", passed)
