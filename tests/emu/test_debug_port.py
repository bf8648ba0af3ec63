# SPDX-License-Identifier: MIT
"""NRF52840DK's debug port, as our model of revision 3 has it: resets close it, UICR and firmware together open it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.targets import registry
from tests.targets.emulated import EmulatedTarget
from tools import board as boards
from tools import build, folder_lock, paths, sources

pytestmark = pytest.mark.target("NRF52840DK")

HW_DISABLED = "0xFFFFFF5A"
OPENS = "import machine\nmachine.mem32[0x40000558] = 0x5A"


@pytest.fixture(scope="module")
def opening(board: str) -> Path:
    """The firmware of DEBUG_PORT=open, without psa, in a folder of its own."""
    cross = paths.ROOT / "build" / "mpy-cross" / "mpy-cross"
    if not cross.is_file():
        pytest.fail("mpy-cross is not built; `make firmware` builds it")
    folder = paths.build_dir(board, variant="debug-port")
    trees = {name: sources.resolve(name)[0] for name in ("micropython", "mbedtls")}
    wanted = build.Job(boards.load(board), variant=build.NO_PSA)
    arguments = wanted.make_arguments(trees, cross) + [
        f"BUILD={folder}",
        "DEBUG_PORT=open",
        str(folder / "firmware.elf"),
    ]
    with folder_lock.locked(folder, lambda: None):
        done = subprocess.run(
            ["make", f"-j{build.jobs()}", *arguments],
            env=build.make_environment(trees), capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder / "firmware.elf"


def is_open(machine: EmulatedTarget) -> bool:
    return machine.monitor("sysbus.power DebugPortOpen") == "True"


def test_the_firmware_leaves_the_port_closed(board: str, tmp_path: Path) -> None:
    with EmulatedTarget(board, registry.image(board), tmp_path / "flash.bin") as machine:
        assert not is_open(machine)
        machine.monitor(f"sysbus.uicr Approtect {HW_DISABLED}")
        machine.reset()
        assert not is_open(machine)
        # As the board's page says: a program may open it, until the next reset, on a chip whose UICR agrees.
        machine.run(OPENS)
        assert is_open(machine)
        machine.reset()
        assert not is_open(machine)
        machine.monitor("sysbus.uicr Approtect 0xFFFFFFFF")
        machine.run(OPENS)
        assert not is_open(machine)


def test_a_firmware_that_opens_it_does_so_after_every_reset_where_uicr_agrees(
    board: str, opening: Path, tmp_path: Path
) -> None:
    with EmulatedTarget(board, opening, tmp_path / "flash.bin") as machine:
        assert not is_open(machine)  # a chip as it comes: UICR is erased
        machine.monitor(f"sysbus.uicr Approtect {HW_DISABLED}")
        machine.reset()
        assert is_open(machine)
        machine.run_until_reset("import machine\nmachine.reset()", timeout=60.0)
        assert is_open(machine)
        for value in ("0xFFFFFF00", "0xFFFFFFFF"):
            machine.monitor(f"sysbus.uicr Approtect {value}")
            machine.reset()
            assert not is_open(machine), value
