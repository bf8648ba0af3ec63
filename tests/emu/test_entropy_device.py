# SPDX-License-Identifier: MIT
"""The entropy device of an emulated board: in the emulator's process, from its command line, and as a process of its
own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.emu.test_emulator import command
from tests.targets import registry
from tools import board as boards
from tools import paths
from tools.cli import ToolError
from tools.emulator import Emulator

WITH_DEVICE = [name for name in registry.names() if "entropy_uart" in boards.load(name).emulator]
pytestmark = pytest.mark.target(*WITH_DEVICE)
TIMEOUT = 120.0
SCRIPT = """
import psa
try:
    psa.crypto_init()
    print(len(psa.generate_random(8)))
except psa.PSAError as exc:
    print(type(exc).__name__, [(s.name, s.health) for s in psa.entropy_sources()])
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


def run(line):
    return subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True, timeout=TIMEOUT)


def test_good_without_a_word(board, tmp_path, script):
    done = run(command("run", board, tmp_path / "flash.bin", script))
    assert (done.returncode, done.stdout, done.stderr) == (0, "8\n", "")


def test_behaviour_on_the_command_line(board, tmp_path, script):
    done = run(command("run", board, tmp_path / "flash.bin", "--entropy", "stuck", script))
    assert done.stdout == "InsufficientEntropy [('trng_serial', 'failed')]\n"
    done = run(command("run", board, tmp_path / "flash.bin", "--entropy", "loud", script))
    assert done.returncode == 2 and "invalid choice: 'loud'" in done.stderr


def test_a_process_of_its_own_on_the_uart(board, new_emulator, connect):
    uart = boards.load(board).emulator["entropy_uart"]
    emulator = new_emulator(entropy=None, uarts=(uart,))
    emulator.start()
    console = connect(emulator)
    with pytest.raises(ToolError, match="without an entropy device"):
        _ = emulator.entropy
    words = [sys.executable, "-m", "tools.entropy_device", "serve", "--port", emulator.uart_url(uart)]
    device = subprocess.Popen(words, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(line):
        device.stdin.write(line + "\n")
        device.stdin.flush()
        return device.stdout.readline().strip()

    try:
        assert tell("status") == "good, disabled"
        assert console.ask("import psa; psa.crypto_init(); len(psa.generate_random(8))") == "8"
        assert tell("stuck") == "stuck"
        assert "InsufficientEntropy" in console.ask("psa.random_reseed()")
        assert tell("good") == "good"
        assert console.ask("[psa.random_reseed() for _ in range(9)][0] is None") == "True"
        emulator.stop()
        assert device.wait(20) == 0, "the line's end is the device's, too"
    finally:
        device.kill()
        device.communicate()


def test_wrong_choices_are_named(board, tmp_path):
    flash = tmp_path / "flash.bin"
    with pytest.raises(ToolError, match="no behaviour 'loud'; accepted: good, silent"):
        Emulator(board, flash=flash, entropy="loud")
    with pytest.raises(ToolError, match="is the entropy device's"):
        Emulator(board, flash=flash, uarts=(boards.load(board).emulator["entropy_uart"],))
    for name in boards.names():
        if boards.load(name).emulator.get("kind") == "renode":
            with pytest.raises(ToolError, match=f"board {name} has no entropy device that could be stuck"):
                Emulator(name, flash=flash, entropy="stuck")
