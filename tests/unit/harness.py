# SPDX-License-Identifier: MIT
"""C tests on the host: our sources, compiled as they are, with a main() from tests/unit/c around them.

Everything is compiled with the warnings of the firmware's build and runs under AddressSanitizer and
UndefinedBehaviorSanitizer.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from tools import sources
from tools.paths import ROOT

HERE = Path(__file__).resolve().parent
MODULE = ROOT / "modules" / "psa"
DRIVERS_INCLUDE = ROOT / "drivers" / "include"
WARNINGS = ("-Wall", "-Wextra", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def program(*names: str) -> list[Path]:
    """C files of a test program over c/check.h."""
    return [HERE / "c" / f"{name}.c" for name in ("check", *names)]


def cases(*names: str) -> list[str]:
    """The cases of these C files: the lines of their tables."""
    text = "".join((HERE / "c" / f"{name}.c").read_text() for name in names)
    return re.findall(r'^    \{ "(\w+)", \1 \},$', text, re.MULTILINE)


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


def patched_core(folder: Path) -> list[Path]:
    """The PSA core with modules/psa/patches applied, as modules/psa/micropython.mk has it; returns its C files."""
    skip = ("psa_crypto_driver_wrappers.h", "psa_crypto_driver_wrappers_no_static.c", "psa_its_file.c")
    (folder / "library").mkdir(parents=True)
    for file in [*sorted((mbedtls() / "library").glob("psa_*.[ch]")), *library("memory_buffer_alloc.c", "ecdsa.c")]:
        if file.name not in skip:
            (folder / "library" / file.name).write_bytes(file.read_bytes())
    for patch in sorted((MODULE / "patches").glob("*.patch")):
        run("patch", "-d", str(folder), "-p1", "--batch", "--forward", "-s", "-i", str(patch))
    return sorted((folder / "library").glob("*.c"))


def rest_of_library() -> list[Path]:
    """Mbed TLS without the PSA core, TLS and X.509."""
    skip = ("psa_", "ssl_", "x509", "mps_", "net_sockets", "pkcs7", "timing", "debug", "memory_buffer_alloc", "ecdsa.")
    return [file for file in sorted((mbedtls() / "library").glob("*.c")) if not file.name.startswith(skip)]


def compile_objects(
    folder: Path,
    ours: Sequence[Path],
    third_party: Sequence[Path] = (),
    *,
    profile: str = "tiny",
    flags: Sequence[str] = (),
) -> list[Path]:
    """Compiles into folder; generated files that are there already are found first."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "psa_accel_config.h").exists():
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
        f"-I{DRIVERS_INCLUDE}",
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

    def compile_one(source: Path) -> Path:
        extra = WARNINGS if source in ours else ("-w", f"-I{source.parent}", f"-I{mbedtls() / 'library'}")
        compiled = folder / (source.stem + ".o")
        run(*common, *extra, "-c", str(source), "-o", str(compiled))
        return compiled

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(compile_one, [*ours, *third_party]))


def link(program: Path, objects: Sequence[Path]) -> Path:
    """Links a program. What it does not reach of a library file may need the rest of the library."""
    run("gcc", *SANITIZERS, *map(str, objects), "-Wl,--gc-sections", "-o", str(program))
    return program


def compile_test(folder: Path, name: str, ours: Sequence[Path], third_party: Sequence[Path] = ()) -> Path:
    """Compiles and links into folder; returns the program."""
    return link(folder / name, compile_objects(folder, ours, third_party))


def run(*command: str, timeout: float = 300) -> str:
    """Runs a command and returns its output; a failure is an assertion that shows all of it."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{' '.join(command)}\nexit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout
