# SPDX-License-Identifier: MIT
"""Boards that differ from another one in data only: the folder in boards/ is all that they took, and they boot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.targets import registry
from tests.targets.emulated import EmulatedTarget
from tools import get_renode

TWINS = [name for name in registry.names() if registry.is_twin(name)]


def test_there_is_one() -> None:
    assert "ARDUINO_NANO_33_BLE" in TWINS


@pytest.mark.parametrize("name", TWINS)
def test_it_boots(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    chosen = request.config.getoption("--target")
    if chosen and name not in chosen and "all" not in chosen:
        pytest.skip(f"runs on {name}, not on the selected {', '.join(chosen)}")
    obstacle = registry.obstacle(name)
    if obstacle is not None:
        assert not get_renode.required(), obstacle
        pytest.skip(obstacle)
    with EmulatedTarget(name, registry.image(name), tmp_path / "flash.bin") as board:
        assert isinstance(board, EmulatedTarget)
        assert board.eval("__import__('os').uname().machine").startswith(name)
        board.run("import psa\npsa.crypto_init()\nwith open('/f', 'w') as f:\n    f.write('kept')", timeout=120)
        assert len(board.eval("psa.generate_random(16)")) == 16
        board.reset()
        assert board.eval("open('/f').read()") == "kept"
        assert board.monitor("sysbus.dataFlash Violations").split()[-1] in ("0", "0x0000000000000000")
