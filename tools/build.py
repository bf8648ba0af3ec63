# SPDX-License-Identifier: MIT
"""Builds firmware and starts it.

python -m tools.build firmware --board B    build one board (repeat --board for more)
python -m tools.build run --board B [SCRIPT [ARGUMENT…]]
python -m tools.build repl --board B

From the environment, where make puts what its command line says: PSA_PROFILE, DEBUG_PORT, MICROPYTHON_DIR,
MBEDTLS_DIR, V, JOBS.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import board as boards
from tools import cli, folder_lock, get_renode, image, sources, uf2
from tools.board import Board
from tools.cli import ToolError
from tools.paths import ROOT, build_dir
from tools.progress import Step, Steps

QUICKSTART = "examples/quickstart.py"
COMPILED = re.compile(r"(?:^|echo \")CC ")
FAULT = re.compile(
    r"error:|\*\*\*|undefined reference|does not apply|No space left|: not found$|Error \d|^error", re.IGNORECASE
)
SANITIZE = "sanitize"
NO_PSA = "no-psa"
DEBUG_PORT_OPEN = (
    "debug port: the firmware opens it at every start (DEBUG_PORT=open); not for boards that leave your desk"
)
ARTEFACTS = ("", ".elf", ".hex", ".bin", ".uf2")


@dataclass(frozen=True)
class Job:
    """One build: a board in one PSA profile and variant."""

    board: Board
    profile: str = "default"
    variant: str = ""  # "", SANITIZE (UNIX only) or NO_PSA

    @property
    def folder(self) -> Path:
        return build_dir(self.board.name, self.profile, self.variant)

    @property
    def artefact(self) -> Path:
        return self.folder / self.board.artefact

    @property
    def title(self) -> str:
        extra = [self.profile if self.profile != "default" else "", self.variant]
        words = ", ".join(word for word in extra if word)
        return f"{self.board.name} ({words})" if words else self.board.name

    def make_arguments(self, trees: dict[str, Path], mpy_cross: Path) -> list[str]:
        """The make invocation that builds it: our port, or MicroPython's unix port with our module."""
        micropython = trees["micropython"]
        with_psa = self.variant != NO_PSA
        arguments = [
            f"BUILD={self.folder}",
            f"PYTHON={sys.executable}",
            f"MICROPY_MPYCROSS={mpy_cross}",
            f"MICROPY_MPYCROSS_DEPENDENCY={mpy_cross}",
        ]
        if with_psa:
            profile = self.board.profile if self.profile == "default" else self.profile
            arguments += [f"MBEDTLS_DIR={trees['mbedtls']}", f"PSA_PROFILE={profile}"]
        if self.board.port == "port":
            arguments += [f"BOARD={self.board.name}", f"MICROPYTHON_DIR={micropython}"]
            arguments.append(f"DEBUG_PORT={'open' if debug_port_open(self.board) else 'closed'}")
            if not with_psa:
                arguments.append("MICROPSA_NO_PSA=1")
            return ["-C", str(ROOT / "port"), *arguments]
        arguments.append(f"VARIANT_DIR={self.board.path.parent}")
        if with_psa:
            arguments += [f"USER_C_MODULES={ROOT / 'modules'}", f"PSA_BOARD_JSON={self.board.path}"]
        if self.variant == SANITIZE:
            arguments.append("MICROPSA_SANITIZE=1")
        return ["-C", str(micropython / "ports" / "unix"), *arguments]


def make_environment(trees: dict[str, Path]) -> dict[str, str]:
    """The environment of MicroPython's makefiles: nothing of our own make, nothing that writes into their tree."""
    leave_out = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "BOARD", "BUILD", "PSA_PROFILE", "VARIANT"}
    leave_out.add("DEBUG_PORT")
    env = {key: value for key, value in os.environ.items() if key not in leave_out}
    if env.get("V") != "1":
        env.pop("V", None)
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    # Without this MicroPython looks for a git repository around it and finds one that is not its own.
    env["MICROPY_GIT_TAG"] = f"v{sources.tree_version('micropython', trees['micropython'])}"
    env.pop("MICROPY_GIT_HASH", None)
    return env


def jobs() -> int:
    """Compilations at the same time: JOBS, else one per processor that we may use."""
    chosen = os.environ.get("JOBS")
    if chosen:
        if not chosen.isdecimal() or int(chosen) < 1:
            raise ToolError(f"JOBS is '{chosen}'; accepted: a number from 1")
        return int(chosen)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# -------------------------------------------------------------------------------------------------------- make


@contextlib.contextmanager
def locked(folder: Path, step: Step) -> Iterator[None]:
    """Two commands never build in the same folder at the same time."""
    with folder_lock.locked(folder, lambda: step.update("waiting for another build of it")):
        yield


def count_files(arguments: list[str], env: dict[str, str]) -> int:
    """How many files a build would compile; 0 when make cannot tell."""
    result = subprocess.run(
        ["make", "-n", "--no-print-directory", *arguments], env=env, capture_output=True, text=True, check=False
    )
    return sum(1 for line in result.stdout.splitlines() if COMPILED.match(line)) if result.returncode == 0 else 0


def run_make(arguments: list[str], env: dict[str, str], log: Path, step: Step, total: int) -> None:
    """Run make, count compiled files, keep everything in log; ToolError with the last errors when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = ["make", f"-j{jobs()}", "--no-print-directory", *arguments]
    compiled = 0
    with log.open("w", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                file.write(line)
                if COMPILED.match(line):
                    compiled += 1
                    step.update(f"{compiled}/{max(total, compiled)} files" if total else f"{compiled} files")
            code = process.wait()
        except BaseException:
            # Ctrl-C reached make as well; it removes what it had half written. Wait for that.
            if not isinstance(sys.exc_info()[1], KeyboardInterrupt):
                process.terminate()
            process.wait()
            raise
    if code != 0:
        raise ToolError(failure(log))
    step.detail = f"{compiled} files" if compiled else "up to date"


def failure(log: Path, limit: int = 12) -> str:
    """What the user needs of a failed build's log: its first errors, what make says last, where the rest is."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if any("No space left on device" in line for line in lines):
        return cli.no_space(log.parent)
    found = list(dict.fromkeys(line for line in lines if FAULT.search(line))) or lines[-limit:]
    if len(found) > limit:
        found = [*found[: limit - 2], "…", found[-1]]
    shown = log.relative_to(ROOT) if log.is_relative_to(ROOT) else log
    return "the build failed\n" + "\n".join(f"  {line}" for line in found) + f"\n  full log: {shown}"


def build_mpy_cross(trees: dict[str, Path], step: Step) -> Path:
    """MicroPython's cross compiler, built outside of its tree. Returns the program."""
    folder = ROOT / "build" / "mpy-cross"
    arguments = ["-C", str(trees["micropython"] / "mpy-cross"), f"BUILD={folder}", f"PYTHON={sys.executable}"]
    arguments += ["USER_C_MODULES="]
    env = make_environment(trees)
    program = folder / "mpy-cross"
    with locked(folder, step):
        total = 0 if program.exists() else count_files(arguments, env)
        run_make(arguments, env, folder / "build.log", step, total)
    return program


def build(job: Job, trees: dict[str, Path], mpy_cross: Path, step: Step) -> None:
    """Build one job; a no-op takes about a second."""
    env = make_environment(trees)
    arguments = job.make_arguments(trees, mpy_cross)
    with locked(job.folder, step):
        total = 0 if job.artefact.exists() else count_files(arguments, env)
        run_make(arguments, env, job.folder / "build.log", step, total)
    if not job.artefact.exists():
        raise ToolError(f"make succeeded but left no {job.artefact.relative_to(ROOT)}")


def refuse_blanks(folders: list[Path]) -> None:
    """ToolError for a folder whose path MicroPython's makefiles would take for two."""
    for folder in folders:
        if any(c.isspace() for c in str(folder)):
            raise ToolError(
                f"MicroPython's makefiles take no folder with a blank in its path, as in '{folder}'; use another"
            )


def build_all(wanted: list[Job], steps: Steps, trees: dict[str, Path]) -> None:
    """Build mpy-cross and every job, one step each."""
    refuse_blanks([ROOT, *trees.values()])
    with steps.step("Building mpy-cross") as step:
        mpy_cross = build_mpy_cross(trees, step)
    for job in wanted:
        with steps.step(f"Building {job.title}") as step:
            build(job, trees, mpy_cross, step)


def debug_port_open(board: Board) -> bool:
    """Whether the environment asks for a firmware that opens the chip's debug port; it does not unless it says so.
    Whether the chip lets its firmware decide is known to port/Makefile, which refuses."""
    chosen = os.environ.get("DEBUG_PORT") or "closed"
    if chosen not in ("open", "closed"):
        raise ToolError(f"DEBUG_PORT is '{chosen}'; accepted: open, closed")
    if chosen == "open" and board.port != "port":
        raise ToolError(f"DEBUG_PORT=open: {board.name} is a process of this machine and has no debug port")
    return chosen == "open"


def outputs(job: Job) -> list[str]:
    """The files that a build made, with their sizes and, of those that are written to a chip, the addresses."""
    lines = [DEBUG_PORT_OPEN] if debug_port_open(job.board) else []
    for path in sorted(job.folder.glob("firmware.*")) if job.board.port == "port" else [job.artefact]:
        line = f"{path.relative_to(ROOT)!s:<44} {path.stat().st_size:>9} bytes"
        if path.suffix == ".bin":
            what = image.load(job.artefact)
            line += f", {what.origin:#010x} to {what.end - 1:#010x}"
        elif path.suffix == ".uf2":
            what, family = uf2.decode(path.read_bytes())
            line += f", {what.origin:#010x} to {what.end - 1:#010x}, family {family:#010x}"
        if path.suffix in ARTEFACTS:
            lines.append(line)
    return lines


# ------------------------------------------------------------------------------------------------- run and repl


def start(job: Job, action: str, script: list[str]) -> int:
    """Replace this process by the board: its exit status becomes ours, Ctrl-C is its own business."""
    sys.stdout.flush()
    sys.stderr.flush()
    if job.board.port == "unix":
        run = job.folder / "run"
        run.mkdir(parents=True, exist_ok=True)
        env = dict(os.environ)
        env.setdefault("MICROPSA_FLASH", str(run / "flash.bin"))
        env.setdefault("MICROPYPATH", f".frozen:{ROOT / 'python_lib'}")
        os.execve(job.artefact, [str(job.artefact), *script], env)
    command = [sys.executable, "-m", "tools.emulator", action, "--board", job.board.name]
    if job.profile != "default":
        command += ["--profile", job.profile]
    command += gdb_options()
    os.execv(sys.executable, [*command, *script])


def gdb_options() -> list[str]:
    """make repl GDB=3333 BLANK=1: a board that waits for make flash RUNNER=gdb."""
    port, blank = os.environ.get("GDB", ""), os.environ.get("BLANK", "")
    if port and not (port.isdecimal() and 1 <= int(port) <= 65535):
        raise ToolError(f"GDB is '{port}'; accepted: a TCP port, 1 to 65535")
    if blank not in ("", "0", "1"):
        raise ToolError(f"BLANK is '{blank}'; accepted: 1 or 0")
    if blank == "1" and not port:
        raise ToolError("BLANK=1 is an empty board that waits for its firmware, and needs GDB=port to get it through")
    return [*(["--gdb", port] if port else []), *(["--blank"] if blank == "1" else [])]


def check_start(board: Board) -> None:
    """Say what a board could not be started for before minutes of building."""
    if board.port == "unix":
        return
    gdb_options()
    kind = board.emulator.get("kind")
    if kind is None:
        raise ToolError(f"no emulator runs {board.name}; make flash BOARD={board.name} writes it into a real one")
    if kind == "renode":
        get_renode.find()


def profile_from_environment() -> str:
    profile = os.environ.get("PSA_PROFILE") or "default"
    build_dir("any", profile)  # says which there are when this one is not
    return profile


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.build", description="Builds firmware and starts it.")
    parser.add_argument("action", choices=["firmware", "run", "repl"])
    parser.add_argument("--board", action="append", required=True)
    parser.add_argument("--sanitize", action="store_true", help="with AddressSanitizer and UBSan (UNIX only)")
    parser.add_argument("script", nargs="*", help="for run: a script and its arguments")
    options = parser.parse_intermixed_args(argv)
    wanted = [boards.load(name) for name in options.board]
    profile = profile_from_environment()
    for board in wanted:
        debug_port_open(board)
    if options.sanitize and any(board.port != "unix" for board in wanted):
        raise ToolError("--sanitize works on UNIX only: a microcontroller has no sanitizer runtime")
    wanted_jobs = [Job(board, profile, SANITIZE if options.sanitize else "") for board in wanted]
    if options.action == "firmware":
        steps = Steps(2 + len(wanted_jobs))
        build_all(wanted_jobs, steps, sources.ensure(steps))
        for job in wanted_jobs:
            print("\n".join(outputs(job)))
        return 0
    if len(wanted_jobs) != 1:
        raise ToolError(f"{options.action} takes one board")
    script = options.script
    if options.action == "run":
        script = script or [QUICKSTART]
        if not Path(script[0]).is_file():
            raise ToolError(f"there is no script '{script[0]}'; try {QUICKSTART}")
    elif script:
        raise ToolError("repl takes no script; use run")
    check_start(wanted[0])
    steps = Steps(4)
    build_all(wanted_jobs, steps, sources.ensure(steps))
    name = wanted_jobs[0].board.name
    steps.announce(f"Running {script[0]} on {name}" if script else f"REPL of {name}")
    return start(wanted_jobs[0], options.action, script)


if __name__ == "__main__":
    cli.run(main)
