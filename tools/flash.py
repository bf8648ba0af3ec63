# SPDX-License-Identifier: MIT
"""Writes firmware into a board's flash, and erases its keys where somebody asks for that.

python -m tools.flash write --board B [--runner R] [--probe SERIAL] [--server HOST:PORT] [--image FILE.elf]
python -m tools.flash erase-keys --board B [--force] …

Only sectors of the code region are ever erased by `write`, only those of the keys' region by `erase-keys`.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import board as boards
from tools import cli, image, memory_map, sources
from tools.board import Board
from tools.build import DEBUG_PORT_OPEN, build_all, debug_port_open, profile_from_environment
from tools.build import Job as BuildJob
from tools.cli import ToolError
from tools.flash_gdb import EMULATORS, Gdb
from tools.flash_jlink import JLink
from tools.flash_openocd import OpenOcd
from tools.flash_pyocd import PyOcd
from tools.flash_types import HALF_ERASED, HALF_WRITTEN, FlashError, Job, Probe, Runner
from tools.image import ERASED, Image
from tools.memory_map import KEYS, MemoryMap, Region, amount
from tools.paths import ROOT, build_dir
from tools.progress import Step, Steps

RUNNERS: dict[str, type[Runner]] = {"openocd": OpenOcd, "pyocd": PyOcd, "jlink": JLink, "gdb": Gdb}
EMULATOR = "emulator"  # erases keys in the emulator's flash file
SERVERS = {"qemu": "localhost:1234"}  # QEMU's own default (-s)
SERVER = "localhost:3333"  # OpenOCD's and pyOCD's, and the one of Renode's manual


# --------------------------------------------------------------------------------------------------- what and where


def check_image(what: Image, path: Path, layout: MemoryMap, name: str) -> None:
    """Refuse what does not belong into the code region of this board."""
    code = layout.code
    assert code.origin is not None
    if what.origin < code.origin or what.end > code.end:
        raise ToolError(
            f"{path} reaches from {what.origin:#010x} to {what.end - 1:#010x}, but the code region of {name} is "
            f"{code.origin:#010x} to {code.end - 1:#010x} ({amount(code.size)}); nothing was written"
        )
    if len(what.data) < 8:
        raise ToolError(f"{path} is too short to start with a vector table")
    stack, reset = struct.unpack_from("<II", what.data)
    if (
        not any(region.holds(stack - 4) for region in layout.ram)
        or not reset & 1
        or not (what.origin <= reset < what.end)
    ):
        raise ToolError(f"{path} does not start with a vector table of {name}; nothing was written")


def row(verb: str, origin: int, end: int, what: str) -> str:
    return f"  {verb:<5}  {origin:#010x} to {end - 1:#010x}  {amount(end - origin):>9}  {what}"


def plan(job: Job, what: str, how: Runner, probe: Probe | None, image_: Image | None, erased: Region | None) -> str:
    """What is about to happen, as a table of the whole flash."""
    lines = [f"{job.board.name}: {what} with {how.name}" + (f", probe {probe.serial} ({probe.name})" if probe else "")]
    if isinstance(how, Gdb):
        lines[0] += f" at {job.server} ({how.server})"
    layout = job.layout
    if image_ is None:
        lines.append(row("keep", layout.code.origin or 0, layout.code.end, "firmware"))
    else:
        lines.append(row("write", image_.origin, image_.end, "firmware"))
        if layout.data[0].origin is not None:
            sectors = layout.erased_by(image_.origin, image_.end)
            first, last = sectors[0][0], sectors[-1][0] + sectors[-1][1]
            lines[-1] += f" (erases {len(sectors)} sectors, {first:#010x} to {last - 1:#010x})"
    for region in layout.data:
        if region.origin is None:
            lines.append(f"  keep   {'in a file of the emulator':<24}  {amount(region.extent):>9}  {region.use}")
        else:
            lines.append(row("ERASE" if region is erased else "keep", region.origin, region.end, region.use))
    if image_ is not None and "note" in job.settings:
        lines.append(f"  note: {job.settings['note']}")
    return "\n".join(lines)


# ---------------------------------------------------------------------------------------------------- runner, probe


def fitting(job: Job) -> list[str]:
    """Names of the runners that board.json describes, in its order, and gdb."""
    return [name for name in job.settings if name in RUNNERS] + ["gdb"]


def candidates(job: Job, wanted: str) -> list[Runner]:
    """The runner that was named, else all that fit and are installed; ToolError when there is none."""
    if wanted:
        if wanted not in RUNNERS:
            raise ToolError(f"there is no RUNNER '{wanted}'; accepted: {', '.join(RUNNERS)}")
        if wanted not in fitting(job):
            raise ToolError(f"RUNNER={wanted} does not fit {job.board.name}; accepted: {', '.join(fitting(job))}")
        runner = RUNNERS[wanted](job)
        runner.program()
        return [runner]
    described = [RUNNERS[name] for name in fitting(job) if name != "gdb"]
    if not described:
        return candidates(job, "gdb")
    installed = [one(job) for one in described if one.find()]
    if not installed:
        ways = "; ".join(f"{one.name}: {one.install}" for one in described)
        raise ToolError(f"no program that flashes {job.board.name} is installed. {ways}. Or a gdb server: RUNNER=gdb")
    return installed


def choose(job: Job, wanted: str, serial: str) -> tuple[Runner, Probe | None]:
    """The runner and its probe: what the user named, else the first installed runner that sees a probe."""
    installed = candidates(job, wanted)
    if wanted or isinstance(installed[0], Gdb):
        return installed[0], choose_probe(installed[0], installed[0].probes(), serial)
    for runner in installed:
        found = runner.probes()
        if found is None or found:
            return runner, choose_probe(runner, found, serial)
    if serial:
        return installed[0], choose_probe(installed[0], [], serial)
    names = " and ".join(runner.name for runner in installed)
    raise FlashError(str(installed[0].say("no-probe")).replace(installed[0].name, names, 1))


def choose_probe(runner: Runner, found: list[Probe] | None, serial: str) -> Probe | None:
    """The probe with a serial number, or the only one. None when the runner takes what there is."""
    if isinstance(runner, Gdb):
        if serial:
            raise ToolError("PROBE= is not for RUNNER=gdb: its server has the probe (GDB_SERVER=host:port)")
        return None
    if found is None:
        return Probe(serial, "", runner.job.setting("openocd", "interface"), serial) if serial else None
    listing = ", ".join(f"{probe.serial or 'without a serial number'} ({probe.name})" for probe in found)
    if serial:
        for probe in found:
            if probe.serial.lower() == serial.lower():
                return probe
        raise FlashError(
            f"{runner.name} sees no probe {serial}; " + (f"it sees {listing}" if found else "it sees none")
        )
    if not found:
        raise runner.say("no-probe")
    if len(found) > 1:
        raise FlashError(f"{len(found)} probes are connected: {listing}; say which one with PROBE=<serial number>")
    return found[0]


def check_chip(job: Job, runner: Runner, probe: Probe | None) -> None:
    """Refuse a chip that is locked or not the board's."""
    if isinstance(runner, Gdb) and runner.server in EMULATORS:
        return  # their models have neither
    lock, chip = job.word("lock"), job.word("chip")
    read = runner.read(probe, [word for word in (lock, chip) if word is not None])
    if lock is not None and lock in read and not lock.fits(read[lock]):
        raise runner.say("locked")
    if chip is None:
        return
    if chip not in read:
        raise FlashError(
            f"the chip cannot be identified: {chip.address:#010x} does not read; nothing was written (log: {job.log})"
        )
    if not chip.fits(read[chip]):
        raise FlashError(
            f"wrong chip: {job.board.name} has {chip.name} ({chip.value:#x}), this one says "
            f"{read[chip] & chip.mask:#x}; nothing was written"
        )


@contextlib.contextmanager
def telling(runner: Runner, half: str) -> Iterator[None]:
    """Whatever ends the work after it began: say what state the board is in."""
    try:
        yield
    except FlashError as error:
        raise FlashError(f"{error}\n{half}" if runner.begun else str(error)) from error
    except KeyboardInterrupt:
        if runner.begun:
            print(f"\n{half}", file=sys.stderr)
        raise


@contextlib.contextmanager
def connected(job: Job, options: argparse.Namespace, elf: Path, step: Step) -> Iterator[tuple[Runner, Probe | None]]:
    """A runner that has seen the right chip."""
    runner, probe = choose(job, options.runner, options.probe)
    try:
        step.update(runner.name)
        if isinstance(runner, Gdb):
            runner.connect(elf)
        check_chip(job, runner, probe)
        step.detail = f"{runner.name}" + (f", {probe.serial}" if probe and probe.serial else "")
        yield runner, probe
    finally:
        if isinstance(runner, Gdb):
            runner.close()


# ------------------------------------------------------------------------------------------------------- the actions


def write(job: Job, options: argparse.Namespace, elf: Path, steps: Steps) -> None:
    what = image.load(elf)
    shown = elf.relative_to(ROOT) if elf.is_relative_to(ROOT) else elf
    check_image(what, shown, job.layout, job.board.name)
    with contextlib.ExitStack() as stack:
        with steps.step("Connecting") as step:
            runner, probe = stack.enter_context(connected(job, options, elf, step))
        print(plan(job, f"flash {shown}", runner, probe, what, None), flush=True)
        if options.image is None and debug_port_open(job.board):
            print(f"  {DEBUG_PORT_OPEN}", flush=True)
        with steps.step("Writing") as step, telling(runner, HALF_WRITTEN):
            runner.write(probe, what, elf, step.update)
    print(f"{job.board.name} runs the new firmware")


def confirmed(name: str, where: str, region: str, force: bool) -> bool:
    """Ask on the terminal; the answer is the board's name."""
    if force:
        return True
    print(f"All keys of {where} are lost, and what they protect with them ({region}). There is no way back.")
    if not sys.stdin.isatty():
        raise ToolError("erase-keys asks back, and there is no terminal to ask on; FORCE=1 does not ask")
    try:
        return input(f"Type {name} to erase them: ").strip() == name
    except EOFError:
        return False


def erase_keys(job: Job, options: argparse.Namespace, elf: Path, steps: Steps) -> int:
    region = job.layout.region(KEYS)
    if region.origin is None and options.runner not in ("", EMULATOR):
        raise ToolError(f"the keys of {job.board.name} are in a file of the emulator: RUNNER={EMULATOR}, or no RUNNER")
    if options.runner not in ("", EMULATOR, *RUNNERS):
        raise ToolError(f"there is no RUNNER '{options.runner}'; accepted: {', '.join([*fitting(job), EMULATOR])}")
    if options.runner == EMULATOR or region.origin is None:
        if options.probe or options.server:
            raise ToolError("PROBE= and GDB_SERVER= are not for the emulator's file")
        return erase_file(job, region, options.force)
    with contextlib.ExitStack() as stack:
        with steps.step("Connecting") as step:
            runner, probe = stack.enter_context(connected(job, options, elf, step))
        print(plan(job, "erase the keys", runner, probe, None, region), flush=True)
        if not confirmed(
            job.board.name, job.board.name, f"{region.origin:#010x} to {region.end - 1:#010x}", options.force
        ):
            print("nothing was erased")
            return 1
        with steps.step("Erasing") as step, telling(runner, HALF_ERASED):
            runner.erase(probe, region, step.update)
    print(f"the keys of {job.board.name} are erased, the region is blank")
    return 0


def erase_file(job: Job, region: Region, force: bool) -> int:
    """The same for an emulated board that is switched off: its flash is a file."""
    path = build_dir(job.board.name, profile_from_environment()) / "run" / "flash.bin"
    shown = path.relative_to(ROOT)
    if not path.exists():
        raise ToolError(f"there is no {shown}: the emulated {job.board.name} has no keys")
    first = job.layout.data[0]
    start = region.offset if region.origin is None else region.origin - (first.origin or 0)
    with path.with_name(path.name + ".lock").open("a") as lock:  # the one of tools/emulator.py
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ToolError(f"{shown} is in use by an emulator: end it first") from error
        if not confirmed(job.board.name, f"the emulated {job.board.name}", str(shown), force):
            print("nothing was erased")
            return 1
        with path.open("r+b") as file:
            file.seek(start)
            file.write(bytes([ERASED]) * region.extent)
            file.flush()
            os.fsync(file.fileno())
            file.seek(start)
            if file.read(region.extent).strip(bytes([ERASED])):
                raise ToolError(f"{shown} does not hold what was written to it")
    print(f"the keys of the emulated {job.board.name} are erased")
    return 0


def make_job(board: Board, server: str) -> Job:
    layout = memory_map.load(board)
    if layout is None:
        raise ToolError(f"{board.name} is a process of this machine: there is nothing to flash")
    settings = json.loads(board.path.read_text(encoding="utf-8")).get("flashing", {})
    folder = build_dir(board.name, profile_from_environment())
    if server:
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+):(\d{1,5})", server, re.ASCII)
        if match is None or server.startswith("-") or not 1 <= int(match[2]) <= 65535:
            raise ToolError(f"GDB_SERVER is '{server}'; accepted: host:port, such as {SERVER}")
    return Job(board, layout, folder, settings, server or SERVERS.get(str(board.emulator.get("kind")), SERVER))


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.flash", description="Writes firmware into a board's flash.")
    parser.add_argument("action", choices=["write", "erase-keys"])
    parser.add_argument("--board", required=True)
    parser.add_argument("--runner", default="", help=f"one of {', '.join(RUNNERS)}")
    parser.add_argument("--probe", default="", help="serial number, where more than one is connected")
    parser.add_argument("--server", default="", metavar="HOST:PORT", help="for --runner gdb")
    parser.add_argument("--image", type=Path, metavar="FILE.elf", help="default: what the board's build makes")
    parser.add_argument("--force", action="store_true", help="erase-keys without asking")
    options = parser.parse_args(argv)
    board = boards.load(options.board)
    job = make_job(board, options.server)
    if options.server and (options.runner or fitting(job)[0]) != "gdb":
        raise ToolError("GDB_SERVER= is for RUNNER=gdb")
    build = BuildJob(board, profile_from_environment())
    elf = (options.image or build.artefact).absolute()
    if options.action == "erase-keys":
        return erase_keys(job, options, elf, Steps(2))
    if options.image is not None:
        if not elf.is_file():
            raise ToolError(f"there is no file {options.image}")
        write(job, options, elf, Steps(2))
        return 0
    candidates(job, options.runner)  # what is missing is said before minutes of building
    steps = Steps(5)
    build_all([build], steps, sources.ensure(steps))
    write(job, options, elf, steps)
    return 0


if __name__ == "__main__":
    cli.run(main)
