# SPDX-License-Identifier: MIT
"""C tests on the host: our sources, compiled as they are, with a main() from tests/unit/c around them.

Everything is compiled with the warnings of the firmware's build and runs under AddressSanitizer and
UndefinedBehaviorSanitizer.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tools import sources
from tools.paths import ROOT

HERE = Path(__file__).resolve().parent
MODULE = ROOT / "modules" / "psa"
WARNINGS = ("-Wall", "-Wextra", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@cache
def micropython() -> Path:
    return sources.resolve("micropython")[0]


@cache
def mbedtls() -> Path:
    return sources.resolve("mbedtls")[0]


def littlefs() -> list[Path]:
    return [micropython() / "lib" / "littlefs" / name for name in ("lfs2.c", "lfs2_util.c")]


def library(*names: str) -> list[Path]:
    return [mbedtls() / "library" / name for name in names]


def compile_test(
    folder: Path,
    name: str,
    ours: Sequence[Path],
    third_party: Sequence[Path] = (),
    *,
    profile: str = "tiny",
    flags: Sequence[str] = (),
) -> Path:
    """Compiles and links into folder; returns the program."""
    folder.mkdir(parents=True, exist_ok=True)
    # What the driver generator writes for a board without accelerators.
    (folder / "psa_accel_config.h").write_text("")
    common = [
        "gcc",
        "-std=gnu99",
        "-g",
        "-O1",
        "-ffunction-sections",
        *SANITIZERS,
        f"-I{folder}",
        f"-I{MODULE / 'include'}",
        f"-I{mbedtls() / 'include'}",
        f"-I{MODULE}",
        f"-I{micropython()}",
        f"-I{HERE / 'c'}",
        '-DMBEDTLS_CONFIG_FILE="config/mbedtls_config.h"',
        f'-DMICROPSA_PROFILE_FILE="config/profile_{profile}.h"',
        "-DPSA_ARENA_SIZE=65536",
        "-DLFS2_NO_MALLOC",
        *flags,
    ]
    objects = []
    for source in [*ours, *third_party]:
        extra = WARNINGS if source in ours else ("-w", f"-I{mbedtls() / 'library'}")
        compiled = folder / (source.stem + ".o")
        run(*common, *extra, "-c", str(source), "-o", str(compiled))
        objects.append(str(compiled))
    program = folder / name
    # What a test does not reach of a library file may need the rest of the library.
    run("gcc", *SANITIZERS, *objects, "-Wl,--gc-sections", "-o", str(program))
    return program


def run(*command: str, timeout: float = 300) -> str:
    """Runs a command and returns its output; a failure is an assertion that shows all of it."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{' '.join(command)}\nexit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout
