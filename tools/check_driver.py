# SPDX-License-Identifier: MIT
"""Conformance of a driver: every entry point reached through the API, and a fault at each step.

python -m tools.check_driver NAME…

A host build of the patched core with this one driver, under AddressSanitizer and UndefinedBehaviorSanitizer. The
linker leads the core's calls of the driver through a generated program, which counts them; where the driver itself does
not get that far (no device, a template), the program stands in for it. A driver may bring a model of its device,
drivers/NAME/test_device.c: it is linked, and the driver is compiled with NAME_HOST_TEST. Then each function fails
once, after writing: the status must reach the application and what was written must not.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
from pathlib import Path

from tools import cli, sources
from tools import upstream_suites as upstream
from tools.cli import ToolError
from tools.drivergen.check import check
from tools.drivergen.conformance import functions, program, untested
from tools.drivergen.errors import DescriptionError, GeneratorError
from tools.drivergen.load import available_drivers, load_drivers
from tools.drivergen.model import Driver
from tools.paths import ROOT
from tools.progress import Steps

DRIVERS = ROOT / "drivers"
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")


def load(name: str) -> Driver:
    """The driver of a folder in drivers/."""
    try:
        (driver,) = check(load_drivers([name], [DRIVERS]))
    except (DescriptionError, GeneratorError) as error:
        raise ToolError(str(error)) from error
    return driver


def build(driver: Driver, tree: Path, steps: Steps, jobs: int) -> Path:
    """Builds core, driver and program; returns the program's path."""
    home = ROOT / "build" / "check" / driver.name
    patches = sorted(upstream.PATCHES.glob("*.patch"))
    unused = ("MBEDTLS_TEST_HOOKS", "MBEDTLS_ENTROPY_NV_SEED", "MBEDTLS_PLATFORM_NV_SEED_ALT")
    config = (("crypto_full",), *(("unset", name) for name in unused))
    model = DRIVERS / driver.name / "test_device.c"
    models = [model] if model.is_file() else []
    cflags = (*SANITIZERS, *(f"-D{driver.name.upper()}_HOST_TEST" for _ in models))
    job = upstream.Build(driver.name, (driver.name,), (), config, cflags, target="libmbedcrypto.a")
    with steps.step(f"{driver.name}: copying Mbed TLS, {len(patches)} patches") as step:
        upstream.prepare(job, tree, home, patches, step)
    with steps.step(f"{driver.name}: compiling the library") as step:
        flags = upstream.compile_library(job, home, patches, step, jobs)
    with steps.step(f"{driver.name}: linking the conformance program"):
        source = home / "program.c"
        source.write_text(program(driver), encoding="utf-8")
        binary = home / "program"
        library = home / "mbedtls" / "library"
        wrap = [f"-Wl,--wrap={name}" for name in functions(driver)]
        include = [f"-I{home / 'gen'}", f"-I{library}", f"-I{home / 'mbedtls' / 'include'}"]
        compiler = os.environ.get("CC", "gcc")
        command = [compiler, *include, *shlex.split(flags), str(source), *map(str, models), "-o", str(binary), *wrap]
        upstream.run_logged(
            [*command, str(library / "libmbedcrypto.a"), "-lpthread"], library, home / "log" / "link.log", "linking"
        )
    return binary


def report(driver: Driver, binary: Path) -> bool:
    """Runs the program and prints what it found; True when that is nothing."""
    done = subprocess.run([str(binary)], cwd=binary.parent, capture_output=True, text=True, timeout=600)
    (binary.parent / "log" / "run.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    reached = re.findall(r"^(REACHED|REACHED-BY-STAND-IN) (\w+)$", done.stdout, re.MULTILINE)
    missing = re.findall(r"^NOT-REACHED (\w+)$", done.stdout, re.MULTILINE)
    faults = re.findall(r"^FAULT (.*)$", done.stdout, re.MULTILINE)
    injected = re.search(r"^INJECTED (\d+)$", done.stdout, re.MULTILINE)
    stand_in = sum(1 for how, _ in reached if how != "REACHED")
    print(
        f"{driver.name}: {len(reached)} functions reached ({stand_in} with a stand-in for the driver), "
        f"{injected[1] if injected else 0} faults injected"
    )
    for name in missing:
        print(f"  NOT REACHED: {name}")
    for fault in faults:
        print(f"  {fault}")
    for name in untested(driver):
        print(f"  not called here: {name}, no function of the API leads to it on the host")
    crashed = done.returncode != 0 or injected is None
    if crashed:
        print(f"  the program ended with status {done.returncode}:")
        print("\n".join("    " + line for line in done.stderr.splitlines()[:20]))
    return not (missing or faults or crashed)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.check_driver", description="Conformance tests of a driver.")
    parser.add_argument("name", nargs="*", help="drivers (default: every one that has functions of the API)")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="compilations at a time")
    options = parser.parse_args(argv)
    names = options.name or available_drivers([DRIVERS])
    drivers = [load(name) for name in names]
    idle = [driver for driver in drivers if not functions(driver)]
    drivers = [driver for driver in drivers if functions(driver)]
    for driver in idle:
        print(f"{driver.name}: an entropy source; the tests of entropy are those of the firmware")
    steps = Steps(1 + 3 * len(drivers))
    tree = sources.ensure(steps)["mbedtls"]
    good = True
    for driver in drivers:
        good = report(driver, build(driver, tree, steps, options.jobs)) and good
    return 0 if good else 1


if __name__ == "__main__":
    cli.run(main)
