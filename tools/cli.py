# SPDX-License-Identifier: MIT
"""What every command-line tool shares: error types, a parser of command lines, one way out."""

from __future__ import annotations

import argparse
import errno
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

EXIT_INTERRUPTED = 130  # 128 + SIGINT, what a shell reports for Ctrl-C
CLEAN_UP = 2.0  # seconds after Ctrl-C in which another one means the same
LITTLE = 1 << 20  # bytes; a disk with less than that is full, as far as a build is concerned


class ToolError(Exception):
    """Something the user can mend; its text says what is wrong and what is accepted."""

    status = 1


class UsageError(ToolError):
    """A command line that makes no sense."""

    status = 2


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong, and not the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (`{self.prog} --help` shows what there is)")


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """For add_argument(type=…): a whole number from `low`, up to `high`."""
    accepted = f"from {low} to {high}" if high is not None else f"from {low}"

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < low or (high is not None and int(text) > high):
            raise argparse.ArgumentTypeError(f"'{text}' is not accepted, a whole number {accepted} is")
        return int(text)

    return read


PORT = whole(1, 65535)  # a TCP port
ANY_PORT = whole(0, 65535)  # 0: one that is free


def seconds(text: str) -> float:
    """For add_argument(type=…): a time, 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not accepted, a number of seconds from 0 is")
    return value


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: what was there stays when the disk is full. Devices are written to."""
    path = path.resolve()  # a link stays one
    if path.exists() and not path.is_file():
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def no_space(written: str | Path | None = None) -> str:
    """The sentence for a disk that takes no more, with what was written or else the folders that are on a full one."""
    from tools.paths import ROOT, cache_dir

    if written is not None:
        return f"no space left on the disk for {written}: free some and run the same command again"
    full = []
    for place in (ROOT / "build", cache_dir(), Path(tempfile.gettempdir()), Path.cwd()):
        there = next(folder for folder in (place, *place.parents) if folder.is_dir())
        if shutil.disk_usage(there).free < LITTLE and str(place) not in full:
            full.append(str(place))
    where = f" for {' and '.join(full)}" if full else ""
    return f"no space left on the disk{where}: free some and run the same command again"


def _raised_by_subprocess(error: OSError) -> bool:
    """Whether a program could not be started, and not a file opened."""
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(files) and files[-1] == subprocess.__file__


def words(error: OSError) -> str:
    """What the system has to say: no space left, no permission. The system's words are the clearest."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):  # of copying a tree
        _, target, why = error.args[0][0]
        if "No space left" in why or "quota" in why:
            return no_space(target)
        return f"cannot copy to {target}: {why}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_space(error.filename)
    if error.errno == errno.ENOENT and _raised_by_subprocess(error):
        return f"the program '{error.filename}' is not installed; `make setup` installs what is missing"
    return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")


def open_streams() -> None:
    """Standard streams that are closed become empty ones. Else the next file that is opened gets such a descriptor,
    and what we or a program that we start print goes into it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest free number is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115


def _interrupt_once() -> None:
    """A second Ctrl-C that follows at once does not disturb the clean-up that the first one began. Later ones count
    again: the clean-up may be what hangs."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # a shell's background job: Ctrl-C is not for it
    before = -math.inf

    def interrupt(_number: int, _frame: object) -> None:
        nonlocal before
        now, last = time.monotonic(), before
        before = now
        if now - last > CLEAN_UP:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)


def run(main: Callable[[list[str]], int]) -> None:
    """Run main(argv) and leave the process: no traceback for ToolError, Ctrl-C, a closed pipe, a full disk."""
    open_streams()
    _interrupt_once()
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        code = error.status
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader (head, less) went away
        code = 1
    except OSError as error:
        print(f"error: {words(error)}", file=sys.stderr)
        code = 1
    try:
        sys.stdout.flush()
    except OSError:
        # What cannot be printed goes nowhere; Python would complain of it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
