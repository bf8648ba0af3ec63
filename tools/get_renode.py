# SPDX-License-Identifier: MIT
"""Finds Renode, and fetches it where it is not.

python -m tools.get_renode            the official portable release into the cache, and what renode-test needs
python -m tools.get_renode robot      only what renode-test needs: Python packages
python -m tools.get_renode path       which program is used

A Renode is looked for in this order: RENODE=, PATH, the cache. The release is one folder that runs where it lies; it
brings its own .NET. Renode's project publishes no checksums of its own: the ones below are those that GitHub shows for
the release's files.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import archive, cli, folder_lock
from tools.archive import Report
from tools.cli import ToolError
from tools.paths import ROOT, cache_dir, filling_cache
from tools.progress import Step, Steps

VERSION = "1.16.1"
RELEASES = f"https://github.com/renode/renode/releases/download/v{VERSION}/"
FOLDER = f"renode_{VERSION}-dotnet_portable"
ROBOT_REQUIREMENTS = ROOT / "renode" / "requirements.txt"
HOW_TO_GET = f"`make get-renode` downloads Renode {VERSION}, RENODE= names one that is elsewhere"


@dataclass(frozen=True)
class Release:
    """One archive: where it is, what it must be, the folder that it unpacks to."""

    url: str
    sha256: str
    folder: str = FOLDER

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]


# System and processor as Python names them.
PINS = {
    ("Linux", "x86_64"): Release(
        RELEASES + f"renode-{VERSION}.linux-portable-dotnet.tar.gz",
        "00e113cdbd0f5354cf2f64bbe3f5a070d8958409542fca66e45ac97d982938c0",
    ),
    ("Linux", "aarch64"): Release(
        RELEASES + f"renode-{VERSION}.linux-arm64-portable-dotnet.tar.gz",
        "fff3a098c96ed0a4ffbdff3f028c9c5fde432db09587c7bd7c99406180f90007",
    ),
}


# -------------------------------------------------------------------------------------------------------- find


def folder() -> Path:
    """Where the fetched release lies, or will lie."""
    return cache_dir() / "renode" / FOLDER


def find() -> Path:
    """Renode's program: RENODE, else on PATH, else in the cache. ToolError when there is none."""
    chosen = os.environ.get("RENODE")
    if chosen:
        if not os.access(chosen, os.X_OK) or os.path.isdir(chosen):
            raise ToolError(f"RENODE is '{chosen}', which is no program")
        return Path(chosen).resolve()
    program = shutil.which("renode")
    if program is not None:
        return Path(program)
    fetched = folder() / "renode"
    if os.access(fetched, os.X_OK):
        return fetched
    raise ToolError(f"Renode is not found: {HOW_TO_GET}")


def find_robot() -> Path:
    """The program renode-test of the Renode that find() gives. ToolError when it has none."""
    renode = find()
    # A package of a distribution links /usr/bin/renode to where it lies, renode-test stands beside either.
    for place in (renode.parent, renode.resolve().parent):
        if os.access(place / "renode-test", os.X_OK):
            return place / "renode-test"
    raise ToolError(f"{renode} has no renode-test beside it; {HOW_TO_GET}")


def required() -> bool:
    """Whether a missing Renode is an error and not a reason to test less: MICROPSA_REQUIRE_RENODE=1, as in CI."""
    value = os.environ.get("MICROPSA_REQUIRE_RENODE", "")
    if value not in ("", "0", "1"):
        raise ToolError(f"MICROPSA_REQUIRE_RENODE is '{value}'; accepted: 1 or 0")
    return value == "1"


# ------------------------------------------------------------------------------------------------------- fetch


def pinned() -> Release:
    """The release for this machine."""
    machine = (platform.system(), platform.machine())
    if machine not in PINS:
        known = ", ".join(" ".join(pair) for pair in PINS)
        raise ToolError(
            f"there is no pinned Renode for {' '.join(machine)} (there is for {known}); install Renode {VERSION} from "
            f"renode.io and name it with RENODE="
        )
    return PINS[machine]


@contextlib.contextmanager
def _locked(report: Report) -> Iterator[Path]:
    place = cache_dir() / "renode"
    with folder_lock.locked(place, lambda: report("waiting for another process that fetches it")):
        for left in place.glob(".unpack-*"):  # of a process that was killed
            archive.remove_tree(left)
        yield place


def fetch(release: Release, report: Report) -> Path:
    """The release in the cache; returns its program. What an interrupted call left is used."""
    with filling_cache("Renode", 400), _locked(report) as place:
        root = place / release.folder
        if not root.is_dir():
            file = cache_dir() / "downloads" / release.name
            if not file.exists() or archive.sha256_file(file) != release.sha256:
                archive.download(release.url, release.sha256, file, report)
            temporary = place / f".unpack-{release.folder}"
            unpacked = archive.unpack(file, temporary, release.folder, report)
            if not os.access(unpacked / "renode", os.X_OK):
                raise ToolError(f"{release.name}: holds no program {release.folder}/renode")
            unpacked.replace(root)
            temporary.rmdir()
            file.unlink()  # 60 MB that nobody needs twice
        return root / "renode"


# ------------------------------------------------------------------------------------------------------- robot


def robot_python() -> Path:
    """The folder with the `python3` that renode-test runs on: Robot Framework of Renode's choice, not of ours."""
    return cache_dir() / "renode" / "robot" / "bin"


def robot_obstacle() -> str | None:
    """Why Robot suites cannot run; None when they can."""
    try:
        find_robot()
    except ToolError as error:
        return str(error)
    if not _robot_is_current():
        return "the Python packages of renode-test are not installed: `make test-renode` and `make get-renode` do it"
    return None


def _stamp() -> Path:
    return robot_python().parent / "requirements.sha256"


def _robot_is_current() -> bool:
    stamp = _stamp()
    return stamp.exists() and stamp.read_text(encoding="ascii") == archive.sha256_file(ROBOT_REQUIREMENTS)


def ensure_robot(report: Report) -> None:
    """Install the packages that renode-test imports, into a place of their own."""
    with _locked(report):
        if _robot_is_current():
            return
        report("installing Python packages")
        place = robot_python().parent
        shutil.rmtree(place, ignore_errors=True)
        log = cache_dir() / "log" / "robot.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        pip = [str(place / "bin" / "python3"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        with log.open("wb") as output:
            for command in ([sys.executable, "-m", "venv", str(place)], [*pip, "-r", str(ROBOT_REQUIREMENTS)]):
                done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
                if done.returncode != 0:
                    raise ToolError(f"cannot install the Python packages of renode-test (log: {log})")
        _stamp().write_text(archive.sha256_file(ROBOT_REQUIREMENTS), encoding="ascii")


def prepare(step: Step) -> str | None:
    """Before tests that want Renode: what renode-test needs is installed. Returns why there is no Renode, or None."""
    try:
        program = find()
    except ToolError as error:
        if required():
            raise
        step.detail = str(error)
        return str(error)
    with contextlib.suppress(ToolError):  # a Renode without renode-test runs all but the Robot suites
        find_robot()
        ensure_robot(step.update)
    step.detail = str(program)
    return None


# -------------------------------------------------------------------------------------------------------- main


def main(argv: list[str]) -> int:
    """The command line; returns the exit code."""
    match argv:
        case []:
            steps = Steps(2)
            with steps.step(f"Renode {VERSION}") as step:
                program = fetch(pinned(), step.update)
                step.detail = str(program.parent)
            with steps.step("Robot Framework") as step:
                ensure_robot(step.update)
                step.detail = "ready"
            try:
                used = find()
            except ToolError as error:  # RENODE= names none; what was asked for is done
                print(f"note: {error}; without RENODE= the one that was fetched is used")
                return 0
            if used != program:
                print(f"note: {used} is used, which {'RENODE= names' if os.environ.get('RENODE') else 'is on PATH'}")
        case ["robot"]:
            with Steps(1).step("Robot Framework") as step:
                ensure_robot(step.update)
                step.detail = "ready"
        case ["path"]:
            print(find())
        case _:
            raise ToolError("usage: python -m tools.get_renode [robot | path]")
    return 0


if __name__ == "__main__":
    cli.run(main)
