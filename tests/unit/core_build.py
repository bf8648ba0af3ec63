# SPDX-License-Identifier: MIT
"""Our patched PSA core on the host: with generated wrappers, recorder drivers (tests/drivers) or the tree's own,
and a main() around it. A driver whose device is not on the host brings a model of it, test_device.c.

Mbed TLS's own files are compiled once per set of headers and kept in build/unit/; the core, the generated code and what
is ours are compiled each time. Everything runs under AddressSanitizer and UndefinedBehaviorSanitizer.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.unit.harness import HERE, MODULE, SANITIZERS, WARNINGS, mbedtls, patched_core, rest_of_library, run
from tools.drivergen.emit import generate
from tools.drivergen.load import load_drivers
from tools.paths import ROOT

RECORDERS = ROOT / "tests" / "drivers"
DRIVERS = ROOT / "drivers"
OURS = (
    "key_derivation_inputs.c",
    "pake_inputs.c",
    "opaque_keys.c",
    "se_operations.c",
    "psa_arena_sanitized.c",
    "builtin_keys.c",
)


def _compile(sources: Sequence[Path], folder: Path, flags: Sequence[str]) -> list[Path]:
    def one(source: Path) -> Path:
        target = folder / f"{source.stem}.o"
        run("gcc", *flags, "-c", str(source), "-o", str(target))
        return target

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, sources))


def _library(gen: Path, flags: Sequence[str]) -> list[Path]:
    """Objects of Mbed TLS without its PSA core, made when a header that they see is new."""
    digest = hashlib.sha256((mbedtls() / "include/mbedtls/build_info.h").read_bytes())
    for header in [*sorted(MODULE.rglob("*.h")), *sorted(gen.rglob("*.h")), *sorted(RECORDERS.rglob("*.h"))]:
        digest.update(header.read_bytes())
    kept = ROOT / "build" / "unit" / digest.hexdigest()[:16]
    kept.mkdir(parents=True, exist_ok=True)
    missing = [source for source in rest_of_library() if not (kept / f"{source.stem}.o").is_file()]
    # Through a second folder, so that an interrupted run leaves no half-written object.
    fresh = kept / "new"
    fresh.mkdir(exist_ok=True)
    for compiled in _compile(missing, fresh, [*flags, "-w"]):
        compiled.rename(kept / compiled.name)
    return sorted(kept.glob("*.o"))


def build(folder: Path, drivers: Sequence[str], mains: Sequence[Path]) -> Path:
    """Links a program of the core with these drivers; returns its path."""
    gen = folder / "gen"
    generate(load_drivers(list(drivers), [RECORDERS, DRIVERS]), mbedtls(), gen)
    core = patched_core(folder / "core")
    folders = [(RECORDERS if (RECORDERS / name).is_dir() else DRIVERS) / name for name in drivers]
    modelled = [path for path in folders if (path / "test_device.c").is_file()]
    own_headers = (
        gen,
        MODULE / "include",
        DRIVERS / "include",
        mbedtls() / "include",
        MODULE,
        RECORDERS,
        *folders,
        HERE / "c",
    )
    flags = [
        *("-std=gnu99", "-g", "-O1", *SANITIZERS),
        *(f"-I{path}" for path in own_headers),
        *(f"-D{path.name.upper()}_HOST_TEST" for path in modelled),
        '-DMBEDTLS_CONFIG_FILE="config/mbedtls_config.h"',
        '-DMICROPSA_PROFILE_FILE="config/profile_default.h"',
        "-DPSA_ARENA_SIZE=1048576",
        "-DMICROPSA_SANITIZE",
    ]
    inside = [f"-I{folder / 'core' / 'library'}", f"-I{mbedtls() / 'library'}"]
    objects = _library(gen, [*flags, *inside])
    objects += _compile(
        [*core, *sorted(gen.glob("*.c"))], folder, [*flags, *WARNINGS, "-Wno-unused-parameter", *inside]
    )
    ours = [MODULE / "core" / name for name in OURS]
    if any(path.parent == RECORDERS for path in folders):
        ours.append(RECORDERS / "recorder.c")
    ours += [path / f"{path.name}.c" for path in folders]
    ours += [path / "test_device.c" for path in modelled]
    ours += mains
    objects += _compile(ours, folder, [*flags, *WARNINGS])
    program = folder / "program"
    run("gcc", *SANITIZERS, *map(str, objects), "-o", str(program))
    return program


def scenario(program: Path, name: str) -> list[str]:
    """Runs one scenario and returns the lines that it printed. A leak or an overrun is a failure."""
    done = subprocess.run([str(program), name], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{name}: exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout.splitlines()
