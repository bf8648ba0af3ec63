# SPDX-License-Identifier: MIT
"""make flash RUNNER=gdb on boards whose code memory is blank: over the gdb servers of QEMU and Renode, with a real
gdb."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.emu.conftest import Console
from tests.targets import registry
from tools import board as boards
from tools import image, paths, uf2
from tools.emulator import Emulator
from tools.flash_gdb import Gdb

EMULATED = [name for name in boards.names() if boards.load(name).port == "port"]
pytestmark = [
    pytest.mark.target(*EMULATED),
    pytest.mark.skipif(Gdb.find() is None, reason=f"no gdb: {Gdb.install}"),
]
SLOW = 120.0
KEY = (
    "psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=128, usage=psa.KEY_USAGE_ENCRYPT, alg=psa.ALG_CTR, id=7, lifetime=1)"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def flash(board: str, port: int, image: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.flash", "write", "--board", board, "--runner", "gdb"]
    command += ["--server", f"localhost:{port}", "--image", str(image)]
    return subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, timeout=SLOW, check=False)


def test_blank_board_is_flashed_and_answers(
    board: str, new_emulator: Callable[..., Emulator], connect: Callable[..., Console]
) -> None:
    port = free_port()
    emulator = new_emulator(gdb_port=port, blank=True)
    emulator.start()
    built = registry.image(board)
    done = flash(board, port, built)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"with gdb at localhost:{port}" in done.stdout and "keys (ITS)" in done.stdout
    assert "verified" in done.stderr and f"{board} runs the new firmware" in done.stdout
    console = connect(emulator, wait=False)
    console.type("\r")
    console.until(">>> ", timeout=SLOW)
    console.settle()
    assert console.ask("print(6 * 7)") == "42"

    # Once more, over a board that is at work: its keys and files stay.
    console.ask("import psa; psa.crypto_init(); f = open('/kept', 'w'); f.write('x'); f.close()", timeout=SLOW)
    assert console.ask(f"psa.generate_key({KEY})", timeout=SLOW) == "7"
    done = flash(board, port, built)
    assert done.returncode == 0, done.stdout + done.stderr
    console.until(">>> ", timeout=SLOW)
    console.settle()
    assert console.ask("import psa, os; psa.crypto_init(); 'f' in globals()", timeout=SLOW) == "False"
    assert console.ask("psa.get_key_attributes(7).bits, 'kept' in os.listdir('/')", timeout=SLOW) == "(128, True)"


@pytest.mark.target("NRF52840DK", "ARDUINO_NANO_33_BLE")
def test_uf2_holds_an_image_for_the_boot_loaders_place(board: str) -> None:
    folder = registry.image(board).parent
    what, family = uf2.decode((folder / "firmware.uf2").read_bytes())
    expected = image.load(folder / "firmware-uf2.elf")
    assert (what.origin, family) == (0x26000, 0xADA52840)
    assert what.data[: len(expected.data)] == expected.data
    reset = int.from_bytes(what.data[4:8], "little")
    assert what.origin < reset < what.end and reset & 1


@pytest.mark.target("NRF52840DK", "ARDUINO_NANO_33_BLE")
def test_uf2_image_runs_behind_a_boot_loader(
    board: str, new_emulator: Callable[..., Emulator], connect: Callable[..., Console], tmp_path: Path
) -> None:
    """What the file holds is put where it says, and started as a boot loader at address 0 starts it: the vector table
    still at 0, the stack pointer and the start taken from the image's first words."""
    what, _ = uf2.decode((registry.image(board).parent / "firmware.uf2").read_bytes())
    binary = tmp_path / "image.bin"
    binary.write_bytes(what.data)
    emulator = new_emulator(gdb_port=free_port(), blank=True)
    emulator.start()
    emulator.monitor("pause")
    emulator.monitor(f"sysbus LoadBinary @{binary} {what.origin:#x}")
    # ldr r0, =origin; ldr r1, [r0]; msr msp, r1; ldr r1, [r0, #4]; bx r1 (Armv7-M, encodings T1 of each)
    for offset, word in ((8, 0x68014802), (12, 0x8808F381), (16, 0x47086841), (20, what.origin)):
        emulator.monitor(f"sysbus WriteDoubleWord {offset:#x} {word:#x}")
    emulator.monitor("machine Reset")
    emulator.monitor("start")
    console = connect(emulator, wait=False)
    console.type("\r")
    console.until(">>> ", timeout=SLOW)
    console.settle()
    assert console.ask("import psa; psa.crypto_init()", timeout=SLOW) == ""
    assert console.ask(f"psa.generate_key({KEY})", timeout=SLOW) == "7"
    console.type("import machine; machine.reset()\r")
    console.until("import machine; machine.reset()", timeout=SLOW)
    console.until(">>> ", timeout=SLOW)
    console.settle()
    assert console.ask("import psa; psa.crypto_init(); psa.get_key_attributes(7).bits", timeout=SLOW) == "128"


@pytest.mark.target("MPS2_AN386")
def test_image_that_qemu_puts_back_is_told(board: str, new_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """QEMU writes what -kernel named into memory again at each reset: no flash, and no success to report."""
    other = tmp_path / "other.elf"
    data = bytearray(registry.image(board).read_bytes())
    at = data.index(b"MicroPython v")
    data[at : at + 11] = b"MICROPYTHON"
    other.write_bytes(data)
    port = free_port()
    emulator = new_emulator(gdb_port=port)
    emulator.start()
    done = flash(board, port, other)
    assert done.returncode == 1 and "QEMU put back the image of its option -kernel" in done.stderr, done.stderr


@pytest.mark.target("MPS2_AN386")
def test_no_gdb_server_is_one_sentence(board: str) -> None:
    done = flash(board, free_port(), registry.image(board))
    assert done.returncode == 1
    assert "error: no gdb server answers at localhost:" in done.stderr and "GDB_SERVER=host:port" in done.stderr
    assert "half" not in done.stderr


@pytest.mark.target("MPS2_AN386")
def test_erased_keys_are_gone_and_files_are_not(
    board: str, new_emulator: Callable[..., Emulator], connect: Callable[..., Console], tmp_path: Path
) -> None:
    """The firmware's view of make erase-keys RUNNER=emulator."""
    from tools import flash as tool

    emulator = new_emulator(flash=tmp_path / "run" / "flash.bin")
    emulator.start()
    console = connect(emulator)
    console.ask("import psa; psa.crypto_init(); f = open('/kept', 'w'); f.write('x'); f.close()")
    assert console.ask(f"psa.generate_key({KEY})") == "7"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "build_dir", lambda *_: tmp_path)
        patch.setattr(tool, "ROOT", tmp_path)
        with pytest.raises(tool.ToolError, match="in use by an emulator"):
            tool.main(["erase-keys", "--board", board, "--force"])
        emulator.stop()
        assert tool.main(["erase-keys", "--board", board, "--force"]) == 0
    emulator.start()
    console = connect(emulator)
    assert console.ask("import psa, os; psa.crypto_init(); 'kept' in os.listdir('/')") == "True"
    assert "PSA_ERROR_INVALID_HANDLE" in console.ask("psa.get_key_attributes(7)")
