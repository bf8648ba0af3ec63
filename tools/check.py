# SPDX-License-Identifier: MIT
"""Runs the checks.

python -m tools.check test [--board B]… [-- PYTEST_ARGUMENT…]   build what the tests need, then pytest
python -m tools.check renode [--board B]… [-- …]                the same, only boards that run in Renode
python -m tools.check lint                                      the tests of tests/lint
python -m tools.check format                                    make the formatters' changes
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tools import board as boards
from tools import cli, get_renode, sources
from tools.build import SANITIZE, Job, build_all
from tools.cli import ToolError
from tools.paths import ROOT
from tools.progress import Steps

# Tests that run on a board.
RENODE_ROOMS = ("tests/device", "tests/vectors", "tests/emu")
C_ROOMS = ("port", "modules", "drivers", "boards", "tests")


def run(*command: str | Path) -> int:
    """Run a tool of the venv in the repository's root and return its exit status."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", *map(str, command)], cwd=ROOT, check=False).returncode


def prepare_environment() -> None:
    """For pytest and what it starts: nothing is written beside the sources, git reads our tree whoever owns it."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # A shell starts background jobs with Ctrl-C ignored, every child inherits that, and tests of Ctrl-C could not work.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # In a container the clone often belongs to another user, and git then refuses to list it.
    os.environ.update(GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0=str(ROOT))


def test(names: list[str], arguments: list[str]) -> int:
    """Build, then become pytest: its summary is the last thing printed, its exit status ours."""
    wanted = [boards.load(name) for name in names or boards.names()]
    wanted_jobs = [Job(board) for board in wanted]
    wanted_jobs += [Job(board, variant=SANITIZE) for board in wanted if board.port == "unix"]
    emulated = [board.name for board in wanted if in_renode(board)]
    if emulated and get_renode.required():  # before minutes of building
        get_renode.find()
    steps = Steps(3 + len(wanted_jobs) + bool(emulated))
    build_all(wanted_jobs, steps, sources.ensure(steps))
    if emulated:
        with steps.step("Renode") as step:
            if get_renode.prepare(step):
                step.detail += f"; {', '.join(emulated)} will not be tested"
    steps.announce("Testing")
    targets = [word for name in names for word in ("--target", name)]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *targets, *arguments])


def in_renode(board: boards.Board) -> bool:
    """Whether Renode is what runs the board."""
    return board.emulator.get("kind") == "renode"


def test_renode(names: list[str], arguments: list[str]) -> int:
    """What runs on boards in Renode: the tests of every target, those of Renode's models, the Robot suites."""
    known = [name for name in boards.names() if in_renode(boards.load(name))]
    for name in names:
        if name not in known:
            raise ToolError(f"{name} does not run in Renode; boards that do: {', '.join(known)}")
    get_renode.find()
    return test(names or known, [*RENODE_ROOMS, *arguments])


def format_all() -> int:
    files = [path for room in C_ROOMS for path in sorted((ROOT / room).rglob("*.[ch]"))]
    code = run("ruff", "check", "--fix", "--quiet", ".")
    code |= run("ruff", "format", "--quiet", ".")
    if files:
        clang_format = Path(sys.executable).with_name("clang-format")
        code |= subprocess.run([clang_format, "-i", "--style=file", *files], cwd=ROOT, check=False).returncode
    return code


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.check", description="Runs the checks.")
    parser.add_argument("action", choices=["test", "renode", "lint", "format"])
    parser.add_argument("--board", action="append", default=[])
    parser.add_argument("arguments", nargs="*", help="for pytest, after --")
    options = parser.parse_intermixed_args(argv)
    prepare_environment()
    if options.action == "test":
        return test(options.board, options.arguments)
    if options.action == "renode":
        return test_renode(options.board, options.arguments)
    steps = Steps(1)
    if options.action == "lint":
        steps.announce("Linting")
        return run("pytest", "-q", "tests/lint")
    steps.announce("Formatting")
    return format_all()


if __name__ == "__main__":
    cli.run(main)
