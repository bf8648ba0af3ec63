# SPDX-License-Identifier: MIT
"""Commands as people mistype them: one sentence that names what was wrong, nothing done by half, nothing run that was
only a name."""

from __future__ import annotations

import errno
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.test_build import make
from tools import bench, build, check, check_driver, cli, emulator, flash_gdb, paths, power
from tools import board as boards
from tools.cli import ToolError
from tools.renode_process import RenodeProcess

ROOT = paths.ROOT
HOSTILE = 'it\'s;touch gone `touch gone` "x" & | > out'

# ------------------------------------------------------------------------------------------------------ Makefile


@pytest.mark.parametrize("name", ["UNIX MPS2_AN386", "UNIX ../../x", "%", "MPS2_%", "% ../x", ""])
@pytest.mark.parametrize("goal", ["clean", "firmware", "flash", "erase-keys"])
def test_board_is_one_name_exactly(goal: str, name: str) -> None:
    done = make("-n", goal, f"BOARD={name}")
    assert done.returncode != 0 and f"there is no board '{name}'; boards: " in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    "variable, words, expected",
    [
        ("RUNNER", ["flash"], f"--runner={HOSTILE}"),
        ("PROBE", ["flash"], f"--probe={HOSTILE}"),
        ("GDB_SERVER", ["erase-keys"], f"--server={HOSTILE}"),
        ("SCRIPT", ["run"], HOSTILE),
        ("CUTS", ["test-power"], f"--cuts={HOSTILE}"),
        ("NAME", ["new-driver", "KIND=opaque"], HOSTILE),
    ],
)
def test_what_a_user_gives_is_one_word_for_the_shell(variable: str, words: list[str], expected: str) -> None:
    done = make("-n", *words, f"{variable}={HOSTILE}")
    assert done.returncode == 0, done.stderr
    assert expected in shlex.split(done.stdout.splitlines()[-1])


def test_lists_of_names_are_words_for_the_shell() -> None:
    assert shlex.split(make("-n", "check-driver", "NAME=a;b 'c").stdout)[-2:] == ["a;b", "'c"]
    assert shlex.split(make("-n", "size", "PSA_PROFILES=a;b $$(c)").stdout)[-2:] == ["a;b", "$(c)"]
    assert "--help" not in shlex.split(make("-n", "check-driver", "NAME=--help").stdout.partition(" -- ")[0])


@pytest.mark.parametrize("value, forced", [("", False), ("0", False), ("1", True), ("no", None), ("1 x", None)])
def test_keys_are_erased_unasked_for_force_1_only(value: str, forced: bool | None) -> None:
    done = make("-n", "erase-keys", "BOARD=MPS2_AN386", f"FORCE={value}")
    assert ("--force" in done.stdout) == bool(forced)
    assert ("accepted: 1" in done.stdout) == (forced is None)


def test_folders_with_blanks_are_refused(tmp_path: Path) -> None:
    done = make("boards", MICROPSA_CACHE=str(tmp_path / "my cache"))
    assert done.returncode != 0 and "blank in its path" in done.stderr and "my cache'; name another" in done.stderr
    folder = tmp_path / "my folder"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "boards", folder / "boards")
    done = subprocess.run(["make", "boards"], cwd=folder, capture_output=True, text=True)
    assert done.returncode != 0 and f"blank in its path, as in '{folder}'" in done.stderr
    assert subprocess.run(["make"], cwd=folder, capture_output=True).returncode == 0, "help is for everybody"
    with pytest.raises(ToolError, match="blank in its path, as in '/tmp/m p'"):
        build.refuse_blanks([Path("/tmp/good"), Path("/tmp/m p")])


# -------------------------------------------------------------------------------------------------- said before work


def test_what_is_missing_is_said_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def build_nothing(*_: object) -> None:
        raise AssertionError("it builds")

    for module in (build, check, power, bench):
        monkeypatch.setattr(module, "build_all", build_nothing)
    monkeypatch.setenv("RENODE", "/nowhere/renode")
    for action in ("run", "repl"):
        with pytest.raises(ToolError, match="RENODE is '/nowhere/renode', which is no program"):
            build.main([action, "--board", "STM32F4DISCOVERY"])
    monkeypatch.setenv("MICROPSA_REQUIRE_RENODE", "1")
    with pytest.raises(ToolError, match="which is no program"):
        check.test(["STM32F4DISCOVERY"], [])
    monkeypatch.setenv("MICROPSA_REQUIRE_RENODE", "yes")
    with pytest.raises(ToolError, match="MICROPSA_REQUIRE_RENODE is 'yes'; accepted: 1 or 0"):
        check.test(["STM32F4DISCOVERY"], [])
    with pytest.raises(ToolError, match="QEMU emulates can: MPS2_AN386"):
        bench.main(["--board", "UNIX"])


@pytest.mark.parametrize(
    "port, blank, says",
    [
        ("x", "", "GDB is 'x'; accepted: a TCP port"),
        ("0", "", "GDB is '0'"),
        ("65536", "", "GDB is '65536'"),
        ("", "1", "needs GDB="),
        ("3333", "yes", "BLANK is 'yes'; accepted: 1 or 0"),
    ],
)
def test_wrong_gdb_options_of_repl(monkeypatch: pytest.MonkeyPatch, port: str, blank: str, says: str) -> None:
    monkeypatch.setenv("GDB", port)
    monkeypatch.setenv("BLANK", blank)
    with pytest.raises(ToolError, match=re.escape(says)):
        build.check_start(boards.load("MPS2_AN386"))


def test_right_gdb_options_of_repl(monkeypatch: pytest.MonkeyPatch) -> None:
    for port, blank, options in (("", "0", []), ("1", "0", ["--gdb", "1"]), ("7", "1", ["--gdb", "7", "--blank"])):
        monkeypatch.setenv("GDB", port)
        monkeypatch.setenv("BLANK", blank)
        assert build.gdb_options() == options


@pytest.mark.parametrize("name", ["acne", "../drivers/se_soft", "se_soft/", ""])
def test_drivers_are_names_not_paths(name: str) -> None:
    with pytest.raises(ToolError, match=f"no driver '{name}'; drivers: .*se_soft"):
        check_driver.main([name])


@pytest.mark.parametrize(
    "words, says",
    [
        (["--gdb", "65536"], "'65536' is not accepted, a whole number from 1 to 65535 is"),
        (["--gdb", "-1"], "'-1' is not accepted"),
        (["--entropy-control", "70000"], "from 0 to 65535"),
        (["--timeout", "nan"], "'nan' is not accepted, a number of seconds"),
        (["--timeout", "-1"], "'-1' is not accepted, a number of seconds"),
        (["--firmware", "README.md"], "README.md is no ELF file"),
        (["--trng", "docs"], "docs is a folder"),
        (["--entropy", "loud"], "invalid choice: 'loud'"),
    ],
)
def test_emulator_refuses(words: list[str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(ToolError) as caught:
        emulator.main(["run", *words, "examples/quickstart.py"])
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_emulator_says_how_to_build_and_what_a_flash_is(tmp_path: Path) -> None:
    missing = emulator.Emulator("MPS2_AN386", firmware=tmp_path / "none.elf", profile="full")
    with pytest.raises(ToolError, match="build it: make firmware BOARD=MPS2_AN386 PSA_PROFILE=full$"):
        missing.start()
    (tmp_path / "some.elf").touch()
    with pytest.raises(ToolError, match="is a folder; the board's flash is a file"):
        emulator.Emulator("MPS2_AN386", firmware=tmp_path / "some.elf", flash=tmp_path).start()


def test_a_renode_that_does_not_run_is_named_with_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "renode"
    program.write_text("#!/bin/sh\necho no runtime of mine; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("RENODE", str(program))
    says = f"Renode ended (exit code 3); the program is {program}, and it said: no runtime of mine"
    with pytest.raises(ToolError, match=re.escape(says)):
        RenodeProcess(tmp_path / "log")


# ------------------------------------------------------------------------------------------------ what tools share


def test_a_wrong_command_line_is_one_sentence() -> None:
    for module, words in (
        ("flash", []),
        ("uf2", ["x"]),
        ("drivergen", ["new", "x", "odd"]),
        ("power", ["--cuts", "x"]),
    ):
        done = subprocess.run(
            [sys.executable, "-m", f"tools.{module}", *words], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 2 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1, done.stderr


def test_the_systems_python_is_told_which_one_has_the_packages() -> None:
    for module, package in (("drivergen", "jinja2"), ("entropy_device", "serial")):
        words = ["serve", "--port", "/nowhere"] if module == "entropy_device" else ["reference", "--help"]
        script = (
            f"import runpy, sys\nsys.modules[{package!r}] = None\nsys.argv = ['-m']\nimport tools\n"
            f"sys.argv = ['x', *{words!r}]\nrunpy.run_module('tools.{module}', run_name='__main__')"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
        assert f"has no package '{package}'; use " in done.stderr and "venv/bin/python" in done.stderr
    done = subprocess.run(
        [sys.executable, "-c", "import sys\nsys.version_info = (3, 9, 18)\nimport tools.flash"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1 and done.stderr.startswith("error: needed is Python 3.11 or newer"), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_closed_stream_gets_no_file_in_its_place(number: int, tmp_path: Path) -> None:
    """With descriptor 1 closed, the first file that is opened becomes 1: a program's output would go into it."""
    script = (
        "import subprocess, sys\nfrom tools import cli\ndef main(argv):\n"
        "    with open(argv[0], 'w') as file:\n"
        "        print('on stdout'); print('on stderr', file=sys.stderr); assert sys.stdin.read() == ''\n"
        "        subprocess.run(['sh', '-c', 'cat; echo shell; echo shell >&2'], check=True)\n"
        "        assert file.fileno() > 2\n"
        "    return 0\n"
        "cli.run(main)"
    )
    file = tmp_path / "file"
    command = [sys.executable, "-c", script, str(file)]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {number}{"<" if number == 0 else ">"}&-', "sh", *command],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, file.read_bytes()) == (0, b""), done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "page.md"
    (tmp_path / "link").symlink_to(file)
    cli.write_whole(file, "old ü")
    cli.write_whole(tmp_path / "link", "new ü")
    assert file.read_text(encoding="utf-8") == "new ü" and (tmp_path / "link").is_symlink()
    os.mkfifo(tmp_path / "pipe")  # stands for a device, which must not become a file
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    cli.write_whole(tmp_path / "pipe", b"through")
    assert os.read(reader, 100) == b"through" and (tmp_path / "pipe").is_fifo()
    os.close(reader)
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        real(path, data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError):
        cli.write_whole(file, "newer")
    assert file.read_text(encoding="utf-8") == "new ü"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "page.md", "pipe"]


def test_a_program_that_is_missing_is_no_missing_file() -> None:
    script = "import subprocess\nfrom tools import cli\ncli.run(lambda argv: {})"
    for body, said in (
        ("subprocess.run(['gcc-of-nobody'])", "the program 'gcc-of-nobody' is not installed; `make setup` installs"),
        ("open('gcc-of-nobody')", "No such file or directory: gcc-of-nobody\n"),
    ):
        done = subprocess.run([sys.executable, "-c", script.format(body)], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr.startswith(f"error: {said}"), done.stderr


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("MICROPSA_CACHE", str(cache))
    usage = shutil.disk_usage(tmp_path)

    def disk_usage(path: Path) -> object:
        return usage._replace(free=100 if Path(path) == tmp_path else 1 << 30)  # cache is not there yet

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    said = f"no space left on the disk for {cache}: free some and run the same command again"
    assert cli.words(OSError(errno.ENOSPC, "No space left on device")) == said
    copied = shutil.Error([("a", "b/a", "[Errno 28] No space left on device: 'a' -> 'b/a'"), ("c", "d", "…")])
    assert cli.words(copied) == said.replace(str(cache), "b/a")
    named = OSError(errno.EDQUOT, "Disk quota exceeded", "some/file")
    assert cli.words(named) == said.replace(str(cache), "some/file")
    assert cli.words(shutil.Error([("a", "b/a", "not allowed")])) == "cannot copy to b/a: not allowed"
    log = tmp_path / "build.log"
    log.write_text("CC a.c\nOSError: [Errno 28] No space left on device\nmake: *** [x] Error 1\n")
    assert build.failure(log) == said.replace(str(cache), str(tmp_path))


# --------------------------------------------------------------------------------------------------------- Ctrl-C


def test_a_hasty_second_ctrl_c_does_not_disturb_the_clean_up(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom tools import cli\ndef main(argv):\n"
        "    try:\n        print('ready', flush=True); time.sleep(60)\n"
        "    finally:\n        print('cleaning', flush=True); time.sleep(0.5); Path(argv[0]).unlink()\n"
        "cli.run(main)"
    )
    left = tmp_path / "left"
    left.touch()
    with subprocess.Popen(
        [sys.executable, "-c", script, str(left)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for word in ("ready", "cleaning"):
            assert process.stdout.readline() == word + "\n"
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "\ninterrupted\n") and not left.exists()


FAKE_GDB = r"""#!/bin/sh
# Answers settings; says that a download began and then nothing more, whatever is asked.
while read -r line; do
    case $line in
        *-gdb-set*) echo "${line%%-*}^done" ;;
        *download*) echo '+download,{section=".text",total-sent="512"}' ;;
    esac
done
"""


def test_ctrl_c_ends_gdb_at_once_and_leaves_none(tmp_path: Path) -> None:
    program = tmp_path / "gdb"
    program.write_text(FAKE_GDB)
    program.chmod(0o755)
    session = flash_gdb.Session(str(program), tmp_path / "x.elf", tmp_path / "log")

    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        session.command("-target-download", interrupt)
    session.close()
    assert time.monotonic() - start < 10 and session._process.returncode is not None
