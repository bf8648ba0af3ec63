# SPDX-License-Identifier: MIT
"""What the README shows is what comes out: every block after an `output:` marker is compared with a real run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.targets import registry
from tools.build import QUICKSTART
from tools.paths import ROOT

BLOCK = re.compile(r"^<!-- output: (.+?) -->\n```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shape(text: str) -> str:
    """Keys, signatures and ciphertexts differ from run to run; their length does not."""
    return re.sub(r"\b[0-9a-f]{16,}\b", lambda found: f"<{len(found[0])} hex digits>", text)


def test_readme_has_the_output_of_make_run():
    assert [command for command, _ in BLOCK.findall(README)] == ["make run"]


@pytest.mark.target("MPS2_AN386", "UNIX", "NRF52840DK", "STM32F4DISCOVERY")
def test_quickstart_prints_what_the_readme_shows(board: str, tmp_path: Path):
    """A fresh flash: the first run of a new user, as `make run` starts it."""
    ((_, shown),) = BLOCK.findall(README)
    image = registry.image(board)
    flash = tmp_path / "flash.bin"
    if board == "UNIX":
        command, env = [str(image), QUICKSTART], {"MICROPSA_FLASH": str(flash)}
    else:
        command = [sys.executable, "-m", "tools.emulator", "run", "--board", board, "--flash", str(flash), QUICKSTART]
        env = {name: os.environ[name] for name in ("RENODE", "MICROPSA_CACHE", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert shape(done.stdout) == shape(shown)


def test_shape_sees_a_change():
    assert shape("key 00112233445566778899") == "key <20 hex digits>"
    assert shape("key 00112233445566778899") != shape("key 0011223344556677889900")
    assert shape("signing key 1 found") != shape("signing key 2 found")
