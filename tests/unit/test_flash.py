# SPDX-License-Identifier: MIT
"""tools.flash with programs that pass for openocd, pyocd and JLinkExe and have a chip: what is written, what is left
alone, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit import flash_standin
from tests.unit.test_uf2 import elf
from tools import flash, flash_types, flash_usb
from tools.cli import ToolError
from tools.flash_openocd import pieces
from tools.image import Image

BOARD = "STM32F4DISCOVERY"
CODE, FILES, KEYS = 0x08000000, 0x08080000, 0x080C0000
IDCODE, OPTCR = 0xE0042000, 0x40023C14
TOOLS = {"openocd": "openocd", "pyocd": "pyocd", "jlink": "JLinkExe"}
RUNNERS = list(TOOLS)
FIRMWARE = (0x20001000).to_bytes(4, "little") + (CODE + 0x101).to_bytes(4, "little") + bytes(range(256)) * 300


class Bench:
    """A table with a board, probes and programs on it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.chip = folder / "chip.bin"
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.sysfs = folder / "usb"
        self.sysfs.mkdir()
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("STANDIN", str(folder))
        monkeypatch.setattr(flash_usb, "SYSFS", self.sysfs)
        # Logs and temporary files go where the test's are.
        monkeypatch.setattr(flash, "build_dir", lambda *_: folder / "build")
        # Old firmware, files and keys that nothing may touch.
        self.before = os.urandom(1 << 20)
        self.chip.write_bytes(self.before)
        self.words({IDCODE: 0x10076413, OPTCR: 0x0FFFAAED})
        self.scenario("")
        self.probes(["066DFF485550755187121234"])
        self.image = folder / "firmware.elf"
        self.image.write_bytes(elf((CODE, FIRMWARE, len(FIRMWARE))))

    def install(self, *runners: str) -> None:
        for runner in runners:
            program = self.bin / TOOLS[runner]
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {flash_standin.__file__} {TOOLS[runner]} "$@"\n')
            program.chmod(0o755)

    def words(self, words: dict[int, int]) -> None:
        (self.folder / "words.json").write_text(json.dumps({hex(key): value for key, value in words.items()}))

    def scenario(self, name: str) -> None:
        (self.folder / "scenario").write_text(name)

    def probes(self, serials: list[str]) -> None:
        for old in self.sysfs.iterdir():
            for file in old.iterdir():
                file.unlink()
            old.rmdir()
        for number, serial in enumerate(serials):
            device = self.sysfs / f"1-{number}"
            device.mkdir()
            contents = {"idVendor": "0483", "idProduct": "3748", "product": "STM32 STLink", "serial": serial}
            for name, value in contents.items():
                (device / name).write_text(value + "\n")
        listed = [{"unique_id": serial, "info": "STM32 STLink"} for serial in serials]
        (self.folder / "probes.json").write_text(json.dumps(listed))
        probe = "Connection: USB, Serial number: {}, ProductName: J-Link OB, Nickname: <not set>"
        lines = [f"J-Link[{n}]: {probe.format(683000000 + n)}" for n, _ in enumerate(serials)]
        (self.folder / "probes.txt").write_text("\n".join(lines) + "\n")

    def run(self, action: str, *arguments: str) -> int:
        extra = ["--image", str(self.image)] if action == "write" else []
        return flash.main([action, "--board", BOARD, *extra, *arguments])

    def fails(self, action: str, *arguments: str) -> str:
        with pytest.raises(ToolError) as caught:
            self.run(action, *arguments)
        return str(caught.value)

    def now(self, start: int, end: int) -> bytes:
        return self.chip.read_bytes()[start - CODE : end - CODE]

    def untouched(self, start: int = CODE, end: int = CODE + (1 << 20)) -> bool:
        return self.now(start, end) == self.before[start - CODE : end - CODE]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


# ------------------------------------------------------------------------------------------------------- what is done


@pytest.mark.parametrize("runner", RUNNERS)
def test_write_changes_the_code_and_nothing_else(bench: Bench, runner: str, capsys: pytest.CaptureFixture[str]) -> None:
    bench.install(runner)
    assert bench.run("write", "--runner", runner) == 0
    assert bench.now(CODE, CODE + len(FIRMWARE)) == FIRMWARE
    # The image ends in sector 4, which ends at 128 KB: behind that the old contents stay, keys and files above all.
    assert bench.untouched(CODE + 0x20000)
    said = capsys.readouterr().out
    assert "write  0x08000000 to 0x08012c07    75.0 KB  firmware (erases 5 sectors, 0x08000000 to 0x0801ffff)" in said
    assert "keep   0x08080000 to 0x080bffff     256 KB  file system" in said
    assert "keep   0x080c0000 to 0x080fffff     256 KB  keys (ITS)" in said
    assert f"{BOARD} runs the new firmware" in said and "note:" not in said


@pytest.mark.parametrize("runner", RUNNERS)
def test_erase_keys_erases_the_keys_and_nothing_else(
    bench: Bench, runner: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.install(runner)
    assert bench.run("erase-keys", "--runner", runner, "--force") == 0
    assert bench.now(KEYS, CODE + (1 << 20)) == b"\xff" * 0x40000
    assert bench.untouched(CODE, KEYS)
    said = capsys.readouterr().out
    assert "keep   0x08000000 to 0x0807ffff" in said and "ERASE  0x080c0000 to 0x080fffff" in said


@pytest.mark.parametrize("answer, erased", [("STM32F4DISCOVERY\n", True), ("yes\n", False), ("\n", False), ("", False)])
def test_erase_keys_wants_the_boards_name_typed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, answer: str, erased: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.install("openocd")
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert bench.run("erase-keys") == (0 if erased else 1)
    assert bench.untouched(KEYS, CODE + (1 << 20)) != erased
    assert f"All keys of {BOARD} are lost" in capsys.readouterr().out


class Terminal:
    def __init__(self, text: str) -> None:
        self.text = text

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.text


def test_erase_keys_without_a_terminal_erases_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.install("openocd")
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert "FORCE=1" in bench.fails("erase-keys")
    assert bench.untouched()


def test_runner_is_the_first_installed_one_that_sees_a_probe(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.install(*RUNNERS)
    bench.run("write")
    assert "with openocd, probe 066DFF485550755187121234 (STM32 STLink)" in capsys.readouterr().out
    # On the USB there is none, but pyocd sees one in the network.
    listed = (bench.folder / "probes.json").read_text()
    bench.probes([])
    (bench.folder / "probes.json").write_text(listed)
    bench.run("write")
    assert "with pyocd, probe 066DFF485550755187121234" in capsys.readouterr().out


@pytest.mark.parametrize("runner", RUNNERS)
def test_named_probe_is_the_one_that_is_used(bench: Bench, runner: str) -> None:
    bench.install(runner)
    bench.probes(["AAA", "BBB"])
    serial = "683000001" if runner == "jlink" else "bbb"
    bench.run("write", "--runner", runner, "--probe", serial)
    assert (bench.folder / "serial").read_text().lower() == serial


def test_old_stlinks_serial_number_is_printable(bench: Bench) -> None:
    """Theirs are twelve bytes that are no text."""
    bench.install("openocd")
    bench.probes(["S\u00ffo\u0006uH"])
    bench.run("write")
    assert (bench.folder / "serial").read_text() == '"\\x53\\xff\\x6f\\x06\\x75\\x48"'
    bench.run("write", "--probe", "53ff6f067548")


def test_note_of_a_board_is_shown_before_it_is_written(bench: Bench) -> None:
    job = flash.make_job(flash.boards.load("ARDUINO_NANO_33_BLE"), "")
    shown = flash.plan(job, "flash it", flash.OpenOcd(job), None, Image(0, bytes(5000)), None)
    assert "note: the boot loader that the board came with is overwritten" in shown
    assert "keep   0x000c0000 to 0x000dffff     128 KB  keys (ITS)" in shown and "erases 2 sectors" in shown
    assert "note" not in flash.plan(job, "erase", flash.OpenOcd(job), None, None, job.layout.region("its"))


def test_pieces_share_no_sector() -> None:
    layout = flash.make_job(flash.boards.load(BOARD), "").layout
    image = Image(CODE, bytes(300_000))
    parts = pieces(layout, image)
    assert b"".join(data for _, data in parts) == image.data
    edges = {at for at, _ in layout.sectors}
    assert all(at in edges for at, _ in parts) and len(parts) == 5


# ------------------------------------------------------------------------------------------------------ what goes wrong

FAILURES = [
    # scenario, runners, what the sentence says
    ("no-probe", RUNNERS, "finds no debug probe: connect the ST-LINK on the board, USB socket CN1"),
    ("no-probe-dap", ["openocd"], "finds no debug probe"),
    ("no-probe-jlink", ["openocd"], "finds no debug probe"),
    ("no-permission", ["openocd", "pyocd"], "this user may not open its USB device"),
    ("busy", ["openocd", "pyocd"], "in use by another program"),
    ("no-chip", RUNNERS, "no chip answers"),
    ("locked-nrf", ["openocd", "pyocd"], "the chip is locked by its readout protection (RDP)"),
    ("no-support", ["pyocd"], "does not know this chip: pyocd pack install stm32f407vgtx"),
    ("no-support", ["jlink"], "does not know this chip: install a newer J-Link software pack"),
    ("old", ["openocd"], "this openocd is too old: needed is OpenOCD 0.12"),
]


@pytest.mark.parametrize("scenario, runner, says", [(s, runner, t) for s, runners, t in FAILURES for runner in runners])
def test_failure_before_anything_is_written(bench: Bench, scenario: str, runner: str, says: str) -> None:
    bench.install(runner)
    bench.scenario(scenario)
    for action in ("write", "erase-keys"):
        said = bench.fails(action, "--runner", runner, *(["--force"] if action == "erase-keys" else []))
        assert says in said and "half" not in said and "\n" not in said
        assert bench.untouched()


@pytest.mark.parametrize("runner", RUNNERS)
def test_locked_chip_is_not_opened(bench: Bench, runner: str) -> None:
    """RDP level 1 reads as anything but 0xAA (RM0090, "Flash option control register")."""
    bench.install(runner)
    bench.words({IDCODE: 0x10076413, OPTCR: 0x0FFF55ED})
    said = bench.fails("write", "--runner", runner)
    assert "locked by its readout protection (RDP)" in said and "nothing was written" in said and "\n" not in said
    assert bench.untouched()


@pytest.mark.parametrize("runner", RUNNERS)
def test_wrong_chip_is_named(bench: Bench, runner: str) -> None:
    bench.install(runner)
    bench.words({IDCODE: 0x20006411, OPTCR: 0x0FFFAAED})
    said = bench.fails("write", "--runner", runner)
    assert "wrong chip" in said and "STM32F405/407/415/417 (0x413)" in said and "0x411" in said
    assert bench.untouched()


def test_locked_nrf52_is_seen_before_the_jlink_software_connects(bench: Bench) -> None:
    """APPROTECTSTATUS of its access port 1 (nRF52840 product specification, "CTRL-AP - Control access port")."""
    bench.install("jlink")
    bench.image.write_bytes(elf((0, FIRMWARE.replace(b"\x01\x01\x00\x08", b"\x01\x01\x00\x00"), 8)))
    bench.words({0x0100000C: 0})
    arguments = ["write", "--board", "NRF52840DK", "--image", str(bench.image)]
    ways = r"locked by its access port protection.*included, unless a program on it may open it \(revision 3\) \(docs"
    with pytest.raises(ToolError, match=ways):
        flash.main(arguments)
    bench.words({0x0100000C: 1, 0x10000100: 0x52832})
    with pytest.raises(ToolError, match="wrong chip: NRF52840DK has nRF52840 .0x52840., this one says 0x52832"):
        flash.main(arguments)
    assert bench.untouched()


def test_chip_that_does_not_say_what_it_is(bench: Bench) -> None:
    bench.install("jlink")
    (bench.bin / "JLinkExe").write_text(
        (bench.bin / "JLinkExe").read_text().replace('"$@"', '"$@" | ' + "/bin/sed 's/Reading DP.*/Could not read/'")
    )
    assert "cannot be identified" in bench.fails("write", "--runner", "jlink")
    assert bench.untouched()


@pytest.mark.parametrize("runner", RUNNERS)
def test_two_probes_are_listed(bench: Bench, runner: str) -> None:
    bench.install(runner)
    bench.probes(["AAA", "BBB"])
    said = bench.fails("write", "--runner", runner)
    assert "2 probes are connected" in said and "PROBE=<serial number>" in said
    assert all(serial in said for serial in (["683000000", "683000001"] if runner == "jlink" else ["AAA", "BBB"]))
    said = bench.fails("write", "--runner", runner, "--probe", "CCC")
    assert f"{runner} sees no probe CCC" in said
    bench.probes([])
    assert "finds no debug probe" in bench.fails("write", "--runner", runner)
    assert bench.untouched()


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("scenario, says", [("verify", "reads back differently"), ("protected", "write protection")])
def test_failure_while_writing(bench: Bench, runner: str, scenario: str, says: str) -> None:
    bench.install(runner)
    bench.scenario(scenario)
    assert says in bench.fails("write", "--runner", runner)
    assert bench.untouched(FILES)


@pytest.mark.parametrize("runner", RUNNERS)
def test_tool_that_dies_half_way(bench: Bench, runner: str) -> None:
    bench.install(runner)
    bench.scenario("crash")
    said = bench.fails("write", "--runner", runner)
    assert "The firmware may be half-written" in said and "run the same command again" in said
    assert "Keys and files were not touched" in said
    assert not bench.untouched(CODE, FILES) and bench.untouched(FILES)
    bench.scenario("")
    assert bench.run("write", "--runner", runner) == 0
    assert bench.now(CODE, CODE + len(FIRMWARE)) == FIRMWARE


@pytest.mark.parametrize("runner", RUNNERS)
def test_region_that_is_not_blank_after_the_erase(bench: Bench, runner: str) -> None:
    bench.install(runner)
    bench.scenario("not-blank")
    said = bench.fails("erase-keys", "--runner", runner, "--force")
    assert "differently" in said or "not blank" in said
    assert "may be half-erased" in said and bench.untouched(CODE, KEYS)


def test_unknown_output_is_shown(bench: Bench) -> None:
    program = bench.bin / "openocd"
    program.write_text("#!/bin/sh\necho Error: the moon is full\nexit 3\n")
    program.chmod(0o755)
    said = bench.fails("write")
    assert "openocd failed (exit status 3)" in said and "the moon is full" in said and "flash.log" in said


def test_silent_tool_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    program = bench.bin / "openocd"
    program.write_text("#!/bin/sh\necho Info : clock speed\nexec /bin/sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(flash_types, "SILENCE", 0.5)
    assert "stopped saying anything" in bench.fails("write")


# ------------------------------------------------------------------------------------------------- what is not accepted


def test_nothing_installed_says_what_could_be(bench: Bench) -> None:
    said = bench.fails("write")
    assert "no program that flashes STM32F4DISCOVERY is installed" in said
    assert "apt-get install openocd" in said and "pipx install pyocd" in said and "segger.com" in said
    assert "openocd is not installed" in bench.fails("write", "--runner", "openocd")
    assert "gdb is not installed" in bench.fails("write", "--runner", "gdb")


def test_wrong_names_are_refused(bench: Bench) -> None:
    assert "no RUNNER 'dfu'; accepted: openocd, pyocd, jlink, gdb" in bench.fails("write", "--runner", "dfu")
    with pytest.raises(ToolError, match="does not fit MPS2_AN386; accepted: gdb"):
        flash.choose(flash.make_job(flash.boards.load("MPS2_AN386"), ""), "openocd", "")
    with pytest.raises(ToolError, match="UNIX is a process of this machine"):
        flash.main(["write", "--board", "UNIX"])


@pytest.mark.parametrize(
    "server", ["nope", "::", "localhost:", "localhost:0", "localhost:65536", "a b:1", "|id", "-x:1", "h:1;id", "h:1\nq"]
)
def test_a_server_is_a_host_and_a_port(bench: Bench, server: str) -> None:
    """gdb takes more for a target, a command to run among it."""
    said = bench.fails("write", "--runner", "gdb", f"--server={server}")
    assert said == f"GDB_SERVER is '{server}'; accepted: host:port, such as localhost:3333"
    board = flash.boards.load(BOARD)
    assert [flash.make_job(board, good).server for good in ("[::1]:9", "a-b.c:65535")] == ["[::1]:9", "a-b.c:65535"]


def test_a_server_is_for_the_gdb_runner(bench: Bench) -> None:
    bench.install("openocd")
    for words in ([], ["--runner", "openocd"]):
        assert "GDB_SERVER= is for RUNNER=gdb" in bench.fails("write", "--server", "localhost:1", *words)
    assert bench.untouched()


@pytest.mark.parametrize(
    "content, says",
    [
        (elf((CODE, FIRMWARE, 8), (FILES, b"data", 4)), "reaches from 0x08000000 to 0x08080003, but the code region"),
        (elf((0, FIRMWARE, 8)), "reaches from 0x00000000"),
        (elf((CODE, bytes(100), 8)), "does not start with a vector table"),
        (elf((CODE, b"abc", 8)), "too short"),
        (b"no ELF", "is no ELF file"),
    ],
)
def test_image_that_does_not_belong_there(bench: Bench, content: bytes, says: str) -> None:
    bench.install("openocd")
    bench.image.write_bytes(content)
    assert says in bench.fails("write")
    assert bench.untouched()


def test_every_board_that_can_be_flashed_says_how() -> None:
    """What board.json must have so that the tools work."""
    for name in flash.boards.names():
        board = flash.boards.load(name)
        settings = json.loads(board.path.read_text()).get("flashing")
        if settings is None:
            continue
        job = flash.make_job(board, "")
        assert job.word("chip") is not None and job.word("lock") is not None and settings["probe"]
        for runner, key in (("openocd", "target"), ("pyocd", "target"), ("jlink", "device")):
            assert job.setting(runner, key)
        assert job.layout.region("its").origin is not None


# -------------------------------------------------------------------------------------------------- an emulator's file


def test_keys_of_an_emulated_board_are_erased_in_its_file(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    run = bench.folder / "build" / "run"
    run.mkdir(parents=True)
    file = run / "flash.bin"
    before = os.urandom(576 * 1024)
    file.write_bytes(before)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flash, "ROOT", bench.folder)
        assert flash.main(["erase-keys", "--board", "MPS2_AN386", "--force"]) == 0
    after = file.read_bytes()
    assert after[: 512 * 1024] == before[: 512 * 1024] and after[512 * 1024 :] == b"\xff" * 65536


@pytest.mark.parametrize("answer, erased", [("MPS2_AN386", True), ("the emulated MPS2_AN386", False), ("y", False)])
def test_keys_of_an_emulated_board_want_its_name_typed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, answer: str, erased: bool
) -> None:
    run = bench.folder / "build" / "run"
    run.mkdir(parents=True)
    (run / "flash.bin").write_bytes(bytes(576 * 1024))
    monkeypatch.setattr(flash, "ROOT", bench.folder)
    monkeypatch.setattr(sys, "stdin", Terminal(answer + "\n"))
    assert flash.main(["erase-keys", "--board", "MPS2_AN386"]) == (0 if erased else 1)
    assert ((run / "flash.bin").read_bytes()[-1] == 0xFF) == erased


@pytest.mark.parametrize(
    "name, words, says",
    [
        ("MPS2_AN386", ["--runner", "openocd"], "file of the emulator: RUNNER=emulator"),
        ("MPS2_AN386", ["--runner", "dfu"], "file of the emulator: RUNNER=emulator"),
        ("MPS2_AN386", ["--probe", "1"], "not for the emulator's file"),
        ("MPS2_AN386", ["--server", "localhost:1"], "not for the emulator's file"),
        (BOARD, ["--runner", "dfu"], "no RUNNER 'dfu'; accepted: openocd, pyocd, jlink, gdb, emulator"),
        (BOARD, ["--runner", "emulator", "--probe", "1"], "not for the emulator's file"),
        (BOARD, ["--runner", "emulator", "--server", "localhost:1"], "GDB_SERVER= is for RUNNER=gdb"),
    ],
)
def test_keys_are_not_erased_elsewhere_than_asked(bench: Bench, name: str, words: list[str], says: str) -> None:
    run = bench.folder / "build" / "run"
    run.mkdir(parents=True)
    (run / "flash.bin").write_bytes(bytes(576 * 1024))
    bench.install("openocd")
    with pytest.raises(ToolError, match=re.escape(says)):
        flash.main(["erase-keys", "--board", name, "--force", *words])
    assert bench.untouched() and not any((run / "flash.bin").read_bytes())


# ------------------------------------------------------------------------------------------------- the real programs


@pytest.mark.skipif(shutil.which("openocd") is None, reason="openocd is not installed")
def test_openocd_takes_our_commands(tmp_path: Path) -> None:
    """OpenOCD itself, with its dummy adapter and a flash in its own memory. It runs what we give it up to the
    comparison, for which its dummy chip has no memory to read."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    job = dataclasses.replace(flash.make_job(flash.boards.load(BOARD), ""), folder=folder)
    runner = flash.OpenOcd(job)
    printed: list[str] = []
    # Only the part that reaches the chip is replaced.
    chip = [
        "adapter driver dummy", "transport select jtag", "adapter speed 1000", "jtag newtap x cpu -irlen 4",
        "target create x.cpu testee -chain-position x.cpu", "flash bank b faux 0x08000000 0x100000 0 0 x.cpu",
        "proc init_targets {} {}", "proc jtag_init {} {}", "proc init_reset {mode} {}", "proc reset {mode} {}",
    ]  # fmt: skip

    def call(command: list[str], watch: object = None, **_: object) -> str:
        steps = [value for option, value in zip(command, command[1:], strict=False) if option == "-c"]
        steps = [step for step in steps if not step.startswith(("transport", "adapter serial"))]
        whole = [runner.program()]
        for step in [*chip, *steps]:
            whole += ["-c", step]
        done = subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)
        printed.append(done.stdout + done.stderr)
        return printed[-1]

    runner.call = call  # type: ignore[method-assign]
    with pytest.raises(flash.FlashError, match="without having verified"):
        runner.write(None, Image(CODE, FIRMWARE), tmp_path, lambda _: None)
    with pytest.raises(flash.FlashError, match="without having verified"):
        runner.erase(None, job.layout.region("its"), lambda _: None)
    wrote, erased = printed
    assert f"micropsa writing {len(FIRMWARE)}\n" in wrote and "micropsa verifying" in wrote
    assert "wrote" in wrote and "Error" not in wrote[: wrote.index("micropsa verifying")]
    assert "micropsa verifying" in erased and "Error" not in erased[: erased.index("micropsa verifying")]


@pytest.mark.skipif(shutil.which("pyocd") is None, reason="pyocd is not installed")
def test_pyocd_takes_our_commands(tmp_path: Path) -> None:
    """pyOCD itself, which looks at the command line before it looks for a probe."""
    job = dataclasses.replace(flash.make_job(flash.boards.load(BOARD), ""), folder=tmp_path)
    runner = flash.PyOcd(job)
    assert runner.probes() is not None
    probe = flash.Probe("there-is-no-such-probe", "")
    for act in (
        lambda: runner.read(probe, [word for word in (job.word("chip"), job.word("lock")) if word]),
        lambda: runner.write(probe, Image(CODE, FIRMWARE), tmp_path, lambda _: None),
        lambda: runner.erase(probe, job.layout.region("its"), lambda _: None),
    ):
        with pytest.raises(flash.FlashError, match="finds no debug probe"):
            act()
