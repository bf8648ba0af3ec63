# SPDX-License-Identifier: MIT
"""Conformance of a driver: every entry point reached through the API, and a fault at each step.

python -m tools.check_driver NAME…

A host build of the patched core with this one driver, under AddressSanitizer and UndefinedBehaviorSanitizer
(tools/host_core.py). The linker leads the core's calls of the driver through a generated program, which counts them;
where the driver itself does not get that far (no device, a template), the program stands in for it. A driver may bring
a model of its device, drivers/NAME/test_device.c: it is linked, and the driver is compiled with NAME_HOST_TEST. Then
each function fails once, after writing: the status must reach the application and what was written must not.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import cli, host_core, sources
from tools.cli import ToolError
from tools.drivergen.check import check
from tools.drivergen.conformance import functions, program, untested
from tools.drivergen.errors import DescriptionError, GeneratorError
from tools.drivergen.load import available_drivers, load_drivers
from tools.drivergen.model import Driver
from tools.paths import ROOT
from tools.progress import Steps

DRIVERS = ROOT / "drivers"
TIMEOUT = 600  # seconds of one program


@dataclass
class Report:
    """What the program of one driver found."""

    driver: Driver
    reached: int = 0
    stand_ins: int = 0  # of them with a stand-in for the driver's own code
    injected: int = 0
    faults: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        first = (
            f"{self.driver.name}: {self.reached} functions reached ({self.stand_ins} with a stand-in for the driver), "
            f"{self.injected} faults injected"
        )
        rest = [
            f"not called here: {name}, no function of the API leads to it on the host" for name in untested(self.driver)
        ]
        return [first, *(f"  {line}" for line in (*self.faults, *rest))]


def load(name: str) -> Driver:
    """The driver of a folder in drivers/."""
    known = available_drivers([DRIVERS])
    if name not in known:
        raise ToolError(f"there is no driver '{name}'; drivers: {', '.join(known)}")
    try:
        (driver,) = check(load_drivers([name], [DRIVERS]))
    except (DescriptionError, GeneratorError) as error:
        raise ToolError(str(error)) from error
    return driver


def checkable() -> list[str]:
    """The drivers of the tree that functions of the API lead to; the others are entropy sources."""
    return [name for name in available_drivers([DRIVERS]) if functions(load(name))]


class Checks:
    """Checks of several drivers, which share what they can."""

    def __init__(self, tree: Path, names: Sequence[str], steps: Steps, jobs: int) -> None:
        self.tree, self.steps, self.jobs = tree, steps, jobs
        # With room for every driver of the tree, so that checks of one today and of another tomorrow share it, too.
        together = sorted({*checkable(), *names})
        with steps.step(f"The core, for {len(together)} drivers") as step:
            self.shared = host_core.shared(tree, together, DRIVERS, step, jobs)

    def run(self, name: str) -> Report:
        """Builds and runs the program of one driver."""
        driver = load(name)
        with self.steps.step(f"{name}: compiling") as step:
            link = [f"-Wl,--wrap={function}" for function in functions(driver)]
            binary = host_core.program(self.shared, name, DRIVERS, program(driver), link, self.tree, step, self.jobs)
        return examine(driver, binary)


def examine(driver: Driver, binary: Path) -> Report:
    """Runs the program and reads what it printed."""
    # A driver's state is stored where the program runs; each run is a first one.
    for left in binary.parent.glob("*.psa_its"):
        left.unlink()
    try:
        done = subprocess.run([str(binary)], cwd=binary.parent, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return Report(driver, faults=[f"the program did not end within {TIMEOUT} seconds"])
    (binary.parent / "run.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    reached = re.findall(r"^(REACHED|REACHED-BY-STAND-IN) (\w+)$", done.stdout, re.MULTILINE)
    injected = re.search(r"^INJECTED (\d+)$", done.stdout, re.MULTILINE)
    report = Report(driver, len(reached), sum(1 for how, _ in reached if how != "REACHED"))
    report.faults += [f"NOT REACHED: {name}" for name in re.findall(r"^NOT-REACHED (\w+)$", done.stdout, re.MULTILINE)]
    report.faults += re.findall(r"^FAULT (.*)$", done.stdout, re.MULTILINE)
    if injected is not None:
        report.injected = int(injected[1])
    if done.returncode != 0 or injected is None:
        report.faults.append(f"the program ended with status {done.returncode}:")
        report.faults += [f"  {line}" for line in done.stderr.splitlines()[:20]]
    return report


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.check_driver", description="Conformance tests of a driver.")
    parser.add_argument("name", nargs="*", help="drivers (default: every one that has functions of the API)")
    parser.add_argument("-j", "--jobs", type=cli.whole(1), default=os.cpu_count() or 1, help="compilations at a time")
    options = parser.parse_args(argv)
    chosen = options.name or available_drivers([DRIVERS])
    names = [name for name in chosen if functions(load(name))]
    for name in chosen:
        if name not in names:
            print(f"{name}: an entropy source; the tests of entropy are those of the firmware")
    if not names:
        return 0
    steps = Steps(2 + len(names))
    checks = Checks(sources.ensure(steps)["mbedtls"], names, steps, options.jobs)
    good = True
    for name in names:
        report = checks.run(name)
        print("\n".join(report.lines()))
        good = good and not report.faults
    return 0 if good else 1


if __name__ == "__main__":
    cli.run(main)
