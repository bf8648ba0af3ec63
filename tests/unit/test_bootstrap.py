# SPDX-License-Identifier: MIT
"""tools/bootstrap.sh on machines that lack things: a PATH of stubs, a root of its own, no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.paths import ROOT

# What every system has. The rest is what a test gives the machine.
BASE = ["sh", "env", "dirname", "cksum", "id", "date", "mkdir", "rm", "sed", "grep", "tail", "head", "cut", "cp"]
BASE += ["sleep", "cat", "chmod", "touch", "ls", "printf", "flock", "basename", "true", "wc"]
TOOLS = ("gcc", "make", "arm-none-eabi-gcc", "qemu-system-arm", "patch", "git")

# Acts as python3 in the three ways that the script uses it; python-version, venv-fails and pip-fails are its knobs.
PYTHON = """
case "$*" in
  *"import sys, venv"*) [ ! -e "$MACHINE/python-too-old" ] ;;
  *_base_executable*) echo "$MACHINE/bin/python3" ;;
  --version) echo "Python 3.9.2" ;;
  "-m venv "*)
    mkdir -p "$3/bin" && cp "$MACHINE/bin/python3" "$3/bin/python" && echo "venv $3" >>"$MACHINE/calls" ;;
  "-m pip "*)
    echo "pip $*" >>"$MACHINE/calls"
    if [ -e "$MACHINE/pip-says" ]; then cat "$MACHINE/pip-says"; exit 1; fi ;;
  *) echo "unexpected: $*" >&2; exit 64 ;;
esac
"""

# Installs a stub for each package that has one; apt-says makes it fail with that text.
APT = """
echo "apt-get $*" >>"$MACHINE/calls"
if [ -e "$MACHINE/apt-hangs" ]; then sleep 60; fi
if [ -e "$MACHINE/apt-says" ]; then cat "$MACHINE/apt-says"; exit 100; fi
if [ -e "$MACHINE/lists-empty" ]; then
  case "$*" in
    *update*) rm "$MACHINE/lists-empty" ;;
    *) echo "E: Unable to locate package"; exit 100 ;;
  esac
fi
for word in "$@"; do
  case $word in
    gcc-arm-none-eabi) word=arm-none-eabi-gcc ;;
  esac
  if [ -e "$MACHINE/shelf/$word" ]; then cp "$MACHINE/shelf/$word" "$MACHINE/bin/$word"; fi
done
"""


class Machine:
    """A machine with its own PATH, repository copy and cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.shelf = folder / "shelf"
        self.cache = folder / "cache"
        for path in (self.bin, self.shelf, folder / "repo" / "tools"):
            path.mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "bootstrap.sh", folder / "repo" / "tools")
        (folder / "repo" / "requirements.txt").write_text("jinja2==3.1.6\n")
        (folder / "os-release").write_text("ID=debian\n")
        for name in BASE:
            found = shutil.which(name)
            if found:
                (self.bin / name).symlink_to(found)
        for name in TOOLS:
            self.stub(name, "exit 0", self.shelf)
        self.stub("python3", PYTHON, self.shelf)
        self.env = {
            "PATH": str(self.bin),
            "HOME": str(folder / "home"),
            "MACHINE": str(folder),
            "MICROPSA_CACHE": str(self.cache),
            "MICROPSA_OS_RELEASE": str(folder / "os-release"),
        }

    def stub(self, name: str, script: str, where: Path | None = None) -> None:
        path = (where or self.bin) / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def install(self, *names: str) -> None:
        for name in names:
            shutil.copy(self.shelf / name, self.bin / name)

    def knob(self, name: str, text: str = "") -> None:
        (self.folder / name).write_text(text)

    def run(self) -> subprocess.CompletedProcess[str]:
        script = self.folder / "repo" / "tools" / "bootstrap.sh"
        return subprocess.run([script, "5"], env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def complete(machine: Machine) -> Machine:
    """Lacks nothing but the venv."""
    machine.install(*TOOLS, "python3")
    return machine


def error(result: subprocess.CompletedProcess[str]) -> str:
    """The one sentence that a failed run ends with."""
    assert result.returncode == 1, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1 and result.stderr.splitlines()[-1] == lines[0], result.stderr
    return lines[0]


@pytest.mark.parametrize(
    "manager, command",
    [
        ("dnf", "sudo dnf install gcc"),
        ("pacman", "sudo pacman -S --needed gcc"),
        ("brew", "brew install make qemu"),
        (None, "your system's package manager"),
    ],
)
def test_without_apt_it_says_what_is_missing_and_how_to_get_it(
    machine: Machine, manager: str | None, command: str
) -> None:
    if manager:
        machine.stub(manager, "exit 1")
    machine.install("gcc", "make", "patch", "python3")
    said = error(machine.run())
    assert "arm-none-eabi-gcc" in said and "qemu-system-arm" in said and command in said
    assert "C compiler" not in said and "Python" not in said.split("install with")[0]
    assert machine.calls() == [], "nothing may be installed"


def test_apt_without_root_and_sudo_gives_the_exact_command(machine: Machine) -> None:
    machine.stub("apt-get", APT)
    (machine.bin / "id").unlink()
    machine.stub("id", "echo 1000")
    machine.install("gcc", "make", "patch", "python3", "qemu-system-arm")
    said = error(machine.run())
    assert "apt-get install --no-install-recommends gcc-arm-none-eabi libnewlib-arm-none-eabi" in said
    assert machine.calls() == []


def as_root(machine: Machine) -> None:
    machine.stub("apt-get", APT)
    (machine.bin / "id").unlink()
    machine.stub("id", "echo 0")


def test_apt_installs_what_is_missing_once(machine: Machine) -> None:
    as_root(machine)
    machine.knob("lists-empty")
    result = machine.run()
    assert result.returncode == 0, result.stderr
    apt = [call for call in machine.calls() if call.startswith("apt-get")]
    assert len(apt) == 3 and "install" in apt[0] and apt[1].endswith("update") and "install" in apt[2]
    assert "--no-install-recommends" in apt[2] and "python3-venv" in apt[2]
    assert (machine.cache / "venv" / "bin" / "python").exists()
    before = machine.calls()
    again = machine.run()
    assert again.returncode == 0 and machine.calls() == before, "the second call does nothing"
    assert again.stderr == "[1/5] Tools: ready\n"


def test_sudo_is_used_without_a_question(machine: Machine) -> None:
    as_root(machine)
    machine.stub("id", "echo 1000")
    machine.stub("sudo", 'echo "sudo $*" >>"$MACHINE/calls"; shift; exec "$@"')
    assert machine.run().returncode == 0
    assert any(call.startswith("sudo -n env") and "apt-get" in call for call in machine.calls())


@pytest.mark.parametrize(
    "text, reason",
    [
        ("E: Could not resolve 'mirror.example'", "mirror cannot be reached"),
        ("E: You don't have enough free space", "disk is full"),
        ("E: Could not get lock /var/lib/dpkg/lock", "another package manager is running"),
        ("E: Unable to locate package qemu-system-arm", "no such package"),
        ("something else", "apt-get failed"),
    ],
)
def test_why_apt_failed(machine: Machine, text: str, reason: str) -> None:
    as_root(machine)
    machine.knob("apt-says", text)
    said = error(machine.run())
    assert reason in said and "missing: " in said and "bootstrap.log" in said


def test_packages_that_do_not_help_are_noticed(machine: Machine) -> None:
    as_root(machine)
    (machine.shelf / "qemu-system-arm").unlink()
    assert "still missing after the installation: QEMU" in error(machine.run())


def test_a_python_that_is_too_old_is_named(machine: Machine) -> None:
    as_root(machine)
    machine.stub("apt-cache", "exit 100")
    machine.knob("python-too-old")
    assert "Python is too old (Python 3.9.2); needed is 3.11" in error(machine.run())


@pytest.mark.parametrize(
    "text, reason",
    [
        ("NewConnectionError: Failed to establish a new connection", "registry cannot be reached"),
        ("ERROR: No matching distribution found for jinja2==3.1.6", "lacks a pinned version"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("SSL: CERTIFICATE_VERIFY_FAILED", "certificate is not trusted"),
        ("Traceback", "pip failed"),
    ],
)
def test_why_pip_failed(complete: Machine, text: str, reason: str) -> None:
    complete.knob("pip-says", text)
    assert reason in error(complete.run())
    (complete.folder / "pip-says").unlink()
    assert complete.run().returncode == 0, "a venv that was left half made is made again"
    assert sum(call.startswith("venv") for call in complete.calls()) == 2


def test_a_full_disk_is_named_though_the_log_has_no_room_for_it(complete: Machine) -> None:
    """No file may become larger than 16 blocks of 512 bytes, which is what a disk does that is as good as full."""
    complete.knob("pip-says", "Traceback")
    script = complete.folder / "repo" / "tools" / "bootstrap.sh"
    small = ["sh", "-c", 'trap "" XFSZ; ulimit -f 16; exec "$0" 5', str(script)]
    complete.env["PATH"] = str(complete.bin)
    done = subprocess.run(small, env=complete.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0 and f"the disk is full ({complete.cache})" in done.stderr, done.stderr
    assert not (complete.cache / ".room").exists()


def test_changed_requirements_make_a_new_venv(complete: Machine) -> None:
    assert complete.run().returncode == 0
    (complete.folder / "repo" / "requirements.txt").write_text("jinja2==3.1.5\n")
    assert complete.run().returncode == 0
    assert sum(call.startswith("venv") for call in complete.calls()) == 2


def test_progress_ends_with_the_step_whatever_becomes_of_sigterm(complete: Machine) -> None:
    """It was asked to end by SIGTERM, which is lost when it comes right after the fork, and which a caller may have
    ignored: the command then never came back."""
    script = complete.folder / "repo" / "tools" / "bootstrap.sh"
    ignored = ["sh", "-c", 'trap "" TERM; exec "$0" 5', str(script)]
    complete.env["PATH"] = str(complete.bin)
    done = subprocess.run(ignored, env=complete.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "installing Python packages" in done.stderr, done.stderr


def test_a_venv_whose_python_went_away_is_made_again(complete: Machine) -> None:
    assert complete.run().returncode == 0
    (complete.cache / "venv" / "bin" / "python").unlink()
    assert complete.run().returncode == 0
    assert sum(call.startswith("venv") for call in complete.calls()) == 2


def test_git_is_needed_in_a_clone_only(complete: Machine) -> None:
    (complete.bin / "git").unlink()
    assert complete.run().returncode == 0
    (complete.folder / "repo" / ".git").mkdir()
    assert "missing: git; install with" in error(complete.run())


def test_gdb_is_installed_for_the_tests_where_that_needs_no_question(complete: Machine) -> None:
    """make flash RUNNER=gdb is tested with it; every other command does without."""
    complete.stub("gdb-multiarch", "exit 0", complete.shelf)
    complete.env["MICROPSA_TESTING"] = "1"
    assert complete.run().returncode == 0 and not (complete.bin / "gdb-multiarch").exists(), "no apt"
    as_root(complete)
    del complete.env["MICROPSA_TESTING"]
    assert complete.run().returncode == 0 and not (complete.bin / "gdb-multiarch").exists(), "no test"
    complete.env["MICROPSA_TESTING"] = "1"
    assert complete.run().returncode == 0 and (complete.bin / "gdb-multiarch").exists()
    before = complete.calls()
    assert complete.run().returncode == 0 and complete.calls() == before


def test_gdb_is_not_asked_for(complete: Machine) -> None:
    as_root(complete)
    (complete.bin / "id").unlink()
    complete.stub("id", "echo 1000")
    complete.env["MICROPSA_TESTING"] = "1"
    assert complete.run().returncode == 0 and not any(call.startswith("apt-get") for call in complete.calls())


def test_a_cache_that_cannot_be_written(complete: Machine) -> None:
    complete.env["MICROPSA_CACHE"] = str(complete.folder / "os-release" / "below-a-file")
    assert "name another folder with MICROPSA_CACHE=" in error(complete.run())


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
def test_ctrl_c_ends_it_with_130_and_leaves_nothing_running(machine: Machine) -> None:
    as_root(machine)
    machine.knob("apt-hangs")
    process = subprocess.Popen(
        [machine.folder / "repo" / "tools" / "bootstrap.sh"],
        env=machine.env, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not machine.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130 and said.rstrip().endswith("interrupted")
    deadline = time.monotonic() + 20
    while left := [p for p in Path("/proc").glob("[0-9]*/stat") if _session(p) == process.pid]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def _session(stat: Path) -> int:
    try:
        text = stat.read_text()
    except OSError:
        return -1
    state, _, _, session = text.rpartition(")")[2].split()[:4]
    return -1 if state == "Z" else int(session)
