# SPDX-License-Identifier: MIT
"""tools.board, tools.build, tools.size, tools.progress and the top Makefile: wrong names, failing builds, counting."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import board, build, cli, paths, progress, size, sources
from tools.cli import ToolError

ROOT = paths.ROOT


def make(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The top Makefile without its bootstrap: PATH and cache are ours."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "BOARD", "PSA_"))}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT, env={**clean, **env}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ Makefile


def test_help_has_one_line_for_every_target() -> None:
    done = make()
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = next(line for line in text.splitlines() if line.startswith(".PHONY:")).split()[1:]
    shown = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  make ")]
    assert done.returncode == 0 and sorted(shown) == sorted(targets)
    assert all(len(line) <= 120 for line in done.stdout.splitlines())


@pytest.mark.parametrize("target", ["firmware", "run", "repl", "test", "size", "clean"])
def test_unknown_board_says_what_exists_before_anything_is_installed(target: str, tmp_path: Path) -> None:
    done = make(target, "BOARD=PDP11", MICROPSA_CACHE=str(tmp_path / "cache"))
    assert done.returncode != 0 and "there is no board 'PDP11'" in done.stderr
    assert all(name in done.stderr for name in board.names())
    assert not (tmp_path / "cache").exists()


def test_clean_takes_one_board_or_everything() -> None:
    assert make("-n", "clean", "BOARD=UNIX").stdout.splitlines()[-1] == "rm -rf build/UNIX build/UNIX-*"
    assert make("-n", "clean").stdout.splitlines()[-1] == "rm -rf build"


def test_a_debug_port_is_open_or_closed_and_a_process_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    unix, nrf = board.load("UNIX"), board.load("NRF52840DK")
    monkeypatch.delenv("DEBUG_PORT", raising=False)
    assert not build.debug_port_open(unix) and not build.debug_port_open(nrf)
    monkeypatch.setenv("DEBUG_PORT", "open")
    assert build.debug_port_open(nrf)
    assert build.outputs(build.Job(nrf))[0] == build.DEBUG_PORT_OPEN
    with pytest.raises(ToolError, match="UNIX is a process of this machine"):
        build.main(["firmware", "--board", "NRF52840DK", "--board", "UNIX"])
    monkeypatch.setenv("DEBUG_PORT", "Open")
    with pytest.raises(ToolError, match="DEBUG_PORT is 'Open'; accepted: open, closed"):
        build.main(["firmware", "--board", "NRF52840DK"])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STM32F4DISCOVERY", "open", "the chip of STM32F4DISCOVERY does not ask its firmware"),
        ("MPS2_AN386", "open", "the chip of MPS2_AN386 does not ask its firmware"),
        ("NRF52840DK", "yes", 'DEBUG_PORT="yes"; accepted: open, closed'),
        ("NRF52840DK", "open closed", 'DEBUG_PORT="open closed"; accepted: open, closed'),
    ],
)
def test_the_ports_makefile_refuses_an_open_debug_port_where_it_cannot_be(name: str, value: str, said: str) -> None:
    tree = sources.resolve("micropython")[0]
    what = (f"BOARD={name}", f"MICROPYTHON_DIR={tree}", "MICROPSA_NO_PSA=1", f"DEBUG_PORT={value}")
    done = make("-n", "-C", "port", *what)
    assert done.returncode != 0 and said in done.stderr, done


@pytest.fixture
def distclean(tmp_path: Path) -> Path:
    """A copy of the script, so that it never deletes our own build folder."""
    (tmp_path / "repo" / "tools").mkdir(parents=True)
    (tmp_path / "repo" / "build").mkdir()
    return Path(shutil.copy(ROOT / "tools" / "distclean.sh", tmp_path / "repo" / "tools"))


def test_distclean_asks_and_spares_what_is_not_ours(distclean: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / "src" / "tree").mkdir(parents=True)
    (cache / "src" / "tree").chmod(0o555)
    (cache / "photos").mkdir()
    done = subprocess.run([distclean, cache, ""], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1 and "FORCE=1" in done.stderr and str(cache) in done.stdout
    assert (cache / "src").exists() and not (tmp_path / "repo" / "build").exists()
    assert subprocess.run([distclean, cache, "1"], capture_output=True).returncode == 0
    assert [path.name for path in cache.iterdir()] == ["photos"]


# -------------------------------------------------------------------------------------------------------- boards


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with one board, one driver and one SoC."""
    for folder in ("boards/ONE", "drivers/dice", "port/mcu/soc"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "drivers" / "dice" / "driver.json").write_text("{}")
    return tmp_path


def write_board(root: Path, **changes: object) -> None:
    data = {"name": "ONE", "description": "a board", "port": "port", "mcu": "soc", "drivers": ["dice"]}
    (root / "boards" / "ONE" / "board.json").write_text(json.dumps({**data, **changes}))


def test_board_is_read(root: Path) -> None:
    write_board(root, profile="tiny")
    read = board.load("ONE", root)
    assert (read.name, read.mcu, read.drivers, read.profile) == ("ONE", "soc", ("dice",), "tiny")
    assert read.artefact == "firmware.elf"


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"drivers": ["dice", "coin"]}, "no driver 'coin'; drivers: dice"),
        ({"drivers": "dice"}, "'drivers' must be a list"),
        ({"name": "TWO"}, "'name' is 'TWO', but the folder is 'ONE'"),
        ({"port": "esp32"}, "'port' is 'esp32'; accepted: port, unix"),
        ({"mcu": "z80"}, "no 'mcu' named 'z80'; in port/mcu/: soc"),
        ({"mcu": ""}, "in port/mcu/: soc"),
        ({"profile": "huge"}, "accepted: tiny, default, full"),
        ({"description": 7}, "'description' must be a string"),
        ({"emulator": []}, "'emulator' must be an object"),
    ],
)
def test_board_faults_are_named_with_what_exists(root: Path, changes: dict[str, object], reason: str) -> None:
    write_board(root, **changes)
    with pytest.raises(ToolError) as caught:
        board.load("ONE", root)
    assert reason in str(caught.value) and "boards/ONE/board.json" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"name": '])
def test_board_that_is_no_json_object(root: Path, text: str) -> None:
    (root / "boards" / "ONE" / "board.json").write_text(text)
    with pytest.raises(ToolError, match=r"boards/ONE/board\.json"):
        board.load("ONE", root)


@pytest.mark.parametrize("name", ["", "TWO", "../boards/ONE", "one"])
def test_unknown_board(root: Path, name: str) -> None:
    write_board(root)
    with pytest.raises(ToolError, match="boards: ONE"):
        board.load(name, root)


def test_every_board_of_the_tree_loads() -> None:
    assert {"UNIX", "MPS2_AN386"} <= set(board.names())
    for name in board.names():
        assert board.load(name).description


# ------------------------------------------------------------------------------------------------ folders, jobs


def test_build_folders_never_collide() -> None:
    folders = {
        build.Job(board.load(name), profile, variant).folder
        for name in board.names()
        for profile in paths.PROFILES
        for variant in ("", build.NO_PSA, build.SANITIZE)
    }
    assert len(folders) == len(board.names()) * len(paths.PROFILES) * 3
    assert all(folder.parent == ROOT / "build" for folder in folders)
    assert build.Job(board.load("UNIX")).folder.name == "UNIX"


def test_unknown_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSA_PROFILE", "huge")
    with pytest.raises(ToolError, match="'huge'; profiles: tiny, default, full"):
        build.profile_from_environment()


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_jobs_must_be_a_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("JOBS", value)
    with pytest.raises(ToolError, match="JOBS"):
        build.jobs()


def test_make_arguments_keep_the_trees_pristine(tmp_path: Path) -> None:
    trees = {"micropython": tmp_path / "mp", "mbedtls": tmp_path / "mb"}
    for name, variant in [("UNIX", ""), ("UNIX", build.SANITIZE), ("MPS2_AN386", ""), ("MPS2_AN386", build.NO_PSA)]:
        arguments = build.Job(board.load(name), variant=variant).make_arguments(trees, tmp_path / "mpy-cross")
        (folder,) = [a for a in arguments if a.startswith("BUILD=")]
        assert folder.startswith(f"BUILD={ROOT / 'build'}")
        assert ("MBEDTLS_DIR=" in " ".join(arguments)) is (variant != build.NO_PSA)
        assert ("MICROPSA_SANITIZE=1" in arguments) is (variant == build.SANITIZE)


def test_sanitizers_are_refused_for_a_microcontroller() -> None:
    with pytest.raises(ToolError, match="UNIX only"):
        build.main(["firmware", "--board", "MPS2_AN386", "--sanitize"])


def test_script_that_does_not_exist() -> None:
    with pytest.raises(ToolError, match="no script 'nowhere.py'"):
        build.main(["run", "--board", "UNIX", "nowhere.py"])


# ---------------------------------------------------------------------------------------------- a build that fails


def write_makefile(folder: Path, recipe: str) -> list[str]:
    (folder / "Makefile").write_text(f"all:\n\t@{recipe}\n")
    return ["-C", str(folder)]


def test_failure_shows_the_errors_and_the_log(tmp_path: Path) -> None:
    arguments = write_makefile(tmp_path, "echo 'CC a.c'; echo 'a.c:1:1: error: no such thing'; echo noise; exit 1")
    step = progress.Step("Building", io.StringIO())
    with pytest.raises(ToolError) as caught:
        build.run_make(arguments, dict(os.environ), tmp_path / "build.log", step, 5)
    said = str(caught.value)
    assert "a.c:1:1: error: no such thing" in said and str(tmp_path / "build.log") in said
    assert "noise" not in said and "noise" in (tmp_path / "build.log").read_text()


def test_failure_without_a_known_word_shows_the_end(tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    log.write_text("\n".join(f"line {i}" for i in range(100)))
    assert "line 99" in build.failure(log) and "line 80" not in build.failure(log)


def test_failure_with_many_errors_keeps_the_first(tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    log.write_text("\n".join(f"x.c:{i}: error: {i}" for i in range(100)) + "\nmake: *** [x.o] Error 1\n")
    said = build.failure(log).splitlines()
    assert len(said) == 14 and "x.c:0:" in said[1] and "*** [x.o]" in said[-2]


def test_files_are_counted(tmp_path: Path) -> None:
    arguments = write_makefile(tmp_path, "echo 'CC a.c'; echo 'CCX'; echo 'LINK x'; echo 'CC b.c'")
    step = progress.Step("Building", io.StringIO())
    build.run_make(arguments, dict(os.environ), tmp_path / "build.log", step, 2)
    assert step.detail == "2 files"


def test_count_of_a_broken_makefile_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("$(error no)\n")
    assert build.count_files(["-C", str(tmp_path)], dict(os.environ)) == 0


def test_two_builds_in_one_folder_wait_for_each_other(tmp_path: Path) -> None:
    out = io.StringIO()
    script = (
        "import sys, time, io; from pathlib import Path; from tools import build, progress\n"
        "with build.locked(Path(sys.argv[1]), progress.Step('x', io.StringIO())):\n"
        "    print('have', flush=True); time.sleep(0.7)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, tmp_path], cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"have\n"
        step = progress.Step("y", out)
        start = time.monotonic()
        with build.locked(tmp_path, step):
            assert time.monotonic() - start > 0.3
    assert step.detail == "waiting for another build of it"


# --------------------------------------------------------------------------------------------- progress and exit


def test_plain_steps_are_one_line_each_when_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROPSA_STEPS_BEFORE", "1")
    out = io.StringIO()
    steps = progress.Steps(2, out)
    with steps.step("Sources") as step:
        step.update("MicroPython")
        step.detail = "all"
    with pytest.raises(ToolError), steps.step("Building"):
        raise ToolError("no")
    assert out.getvalue().splitlines() == ["[2/3] Sources: all 0:00", "[3/3] Building 0:00 FAILED"]


def test_plain_steps_that_take_long_show_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PLAIN_DELAY", 0.05)
    monkeypatch.setattr(progress, "PLAIN_INTERVAL", 0.1)
    out = io.StringIO()
    with progress.Step("[1/1] Building", out) as step:
        step.update("1/9 files")
        time.sleep(0.5)
    assert 3 <= len(out.getvalue().splitlines()) <= 8


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_steps_rewrite_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    with progress.Step("[1/1] Building", out) as step:
        step.update("x" * 100)
    text = out.getvalue()
    assert text.count("\n") == 1 and text.endswith("\n")
    assert all(len(part.removeprefix("\x1b[K").rstrip("\n")) < 40 for part in text.split("\r"))


@pytest.mark.parametrize(
    "body, code, said",
    [
        ("raise ToolError('what is wrong')", 1, "error: what is wrong\n"),
        ("raise KeyboardInterrupt", 130, "\ninterrupted\n"),
        ("raise OSError(5, 'Input/output error')", 1, "error: Input/output error\n"),
        ("open('/nowhere/at/all')", 1, "error: No such file or directory: /nowhere/at/all\n"),
        ("return 3", 3, ""),
    ],
)
def test_every_way_out(body: str, code: int, said: str) -> None:
    script = f"from tools import cli\nfrom tools.cli import ToolError\ndef main(argv):\n    {body}\ncli.run(main)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, said)
    assert cli.EXIT_INTERRUPTED == 130


def test_ctrl_c_in_a_build_waits_for_make_and_exits_130(tmp_path: Path) -> None:
    """make removes what it had half made; we leave after it, without a traceback."""
    (tmp_path / "Makefile").write_text("half:\n\t@echo x >half; echo 'CC a'; sleep 30\n")
    script = (
        "import sys, io, os; from pathlib import Path; from tools import build, cli, progress\n"
        "def main(argv):\n"
        "    step = progress.Step('x', io.StringIO())\n"
        "    build.run_make(['-C', argv[0], 'half'], dict(os.environ), Path(argv[0]) / 'log', step, 1)\n"
        "    return 0\n"
        "cli.run(main)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "half").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in said
    assert not (tmp_path / "half").exists()


# ---------------------------------------------------------------------------------------------------------- size


def test_size_is_read_from_binutils() -> None:
    head = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n"
    output = head + " 337808\t     28\t  73788\t 411624\t  647e8\tfirmware.elf\n"
    assert size.parse_size(output) == (337808, 28, 73788)
    with pytest.raises(ToolError, match="size printed nothing"):
        size.parse_size("no such file")


def test_arena_is_read_from_the_symbols() -> None:
    assert size.parse_arena("20000500 00010000 b arena\n20010500 00000004 b arena_other\n") == 65536
    assert size.parse_arena("00000000 00000010 T main\n") == 0
    assert size.parse_arena("") is None  # stripped
    stripped = size.Size(1000, 10, 100, None)
    assert "?" in size.table([("stripped", stripped - size.Size(1, 1, 1, 1))])


def test_size_table_and_difference() -> None:
    small, big = size.Size(1000, 10, 100), size.Size(2_500_000, 30, 5000, 4096)
    assert (big - small).columns() == (2_499_000, 20, 4900, 4096, 2_499_020, 4920)
    lines = size.table([("without", small), ("with", big)]).splitlines()
    assert len({len(line) for line in lines}) == 1 and "2 500 000" in lines[2]


def test_size_page_keeps_the_other_boards() -> None:
    text = size.document({"B": "B, bytes:\n1 2", "A": "A, bytes:\n3 4"})
    assert size.stored(text) == {"A": "A, bytes:\n3 4", "B": "B, bytes:\n1 2"}
    assert text.index("A, bytes") < text.index("B, bytes")
    page = (ROOT / size.DOCUMENT).read_text(encoding="utf-8")
    assert set(size.stored(page)) <= set(board.names()) and page == size.document(size.stored(page))
