# SPDX-License-Identifier: MIT
"""The patched PSA core as a host program, once for each of many drivers, with most of it compiled once for all.

What all drivers share: a copy of the Mbed TLS tree with the patches, its configuration crypto_full, and operation
contexts that have room for every driver (psa/crypto_driver_contexts_*.h). So the structures of the API are the same in
every program, and only the files that see more of the generated code than these headers are compiled for each driver.

Everything runs under AddressSanitizer and UndefinedBehaviorSanitizer.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools import patches
from tools import upstream_suites as upstream
from tools.cli import ToolError
from tools.drivergen.emit import generate, write_if_changed
from tools.drivergen.errors import DescriptionError, GeneratorError
from tools.drivergen.load import load_drivers
from tools.paths import ROOT
from tools.progress import Step

SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
PARTS = ("include", "library", "3rdparty", "scripts", "framework/scripts")
# Test hooks and seeds in files are not the firmware's; Everest is a second Curve25519 that nothing here needs.
UNSET = (
    "MBEDTLS_TEST_HOOKS",
    "MBEDTLS_ENTROPY_NV_SEED",
    "MBEDTLS_PLATFORM_NV_SEED_ALT",
    "MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED",
)
# Not part of the cryptography.
SKIPPED = ("ssl_", "x509", "mps_", "net_sockets", "pkcs7", "timing", "debug")
# The generated files that are the same in every program.
SHARED_HEADER = "crypto_driver_contexts_"
# Arithmetic that is too slow without an optimiser, and the rest, which is faster to compile than to run.
FAST = ("bignum", "ecp", "rsa", "sha", "aes")


def _compiler() -> str:
    return os.environ.get("CC", "gcc")


@dataclass(frozen=True)
class Shared:
    """What all programs have in common."""

    tree: Path  # patched copy of Mbed TLS
    gen: Path  # contexts with room for every driver
    objects: tuple[Path, ...]  # compiled library without `own`
    own: tuple[Path, ...]  # files to compile for each driver
    flags: tuple[str, ...]


def _copy(source: Path, home: Path) -> Path:
    """The patched and configured tree; made anew when tree or patches changed."""
    files = [patch.file for patch in patches.series()]
    target = home / "mbedtls"
    stamp = hashlib.sha256(repr((str(source), UNSET)).encode())
    for file in (source / "include/mbedtls/build_info.h", *files):
        stamp.update(file.read_bytes())
    mark = home / "stamp"
    if mark.is_file() and mark.read_text() == stamp.hexdigest():
        return target
    shutil.rmtree(home, ignore_errors=True)
    for part in PARTS:
        shutil.copytree(source / part, target / part, symlinks=True)
    for file in files:
        command = ["patch", "-p1", "--batch", "--forward", "--no-backup-if-mismatch", "-s", "-i", str(file)]
        done = subprocess.run(command, cwd=target, capture_output=True, text=True)
        if done.returncode != 0:
            raise ToolError(f"{file.name} does not apply to {source}:\n{done.stdout}{done.stderr}")
    # A file finds what lies beside it before anything else, and these are generated.
    for name in ("psa_crypto_driver_wrappers.h", "psa_crypto_driver_wrappers_no_static.c"):
        (target / "library" / name).unlink()
    for arguments in (("crypto_full",), *(("unset", name) for name in UNSET)):
        command = [sys.executable, "scripts/config.py", *arguments]
        upstream.run_logged(command, target, home / "config.log", f"scripts/config.py {' '.join(arguments)}")
    mark.write_text(stamp.hexdigest())
    return target


def _includes(file: Path) -> set[str]:
    text = file.read_text(encoding="utf-8", errors="replace")
    return {Path(name).name for name in re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', text, re.MULTILINE)}


def _own(files: Iterable[Path], headers: Iterable[Path], generated: set[str]) -> list[Path]:
    """The files that see a generated header, directly or through others."""
    seen = set(generated)
    known = [(header.name, _includes(header)) for header in headers if header.name not in generated]
    while more := {name for name, inside in known if name not in seen and inside & seen}:
        seen |= more
    return [file for file in files if _includes(file) & seen]


def _flags(gen: Sequence[Path], tree: Path) -> tuple[str, ...]:
    module = ROOT / "modules" / "psa"
    folders = (*gen, module / "include", tree / "include", tree / "library", module)
    macros = (f"-D{macro}" for macro in patches.macros())
    return ("-std=gnu99", "-g1", *SANITIZERS, *macros, *(f"-I{folder}" for folder in folders))


def compile_all(files: Sequence[Path], folder: Path, flags: Sequence[str], step: Step, jobs: int) -> list[Path]:
    """Compiles into folder; the errors of the first file that fails are the ToolError."""
    folder.mkdir(parents=True, exist_ok=True)
    done = 0

    def one(file: Path) -> Path:
        nonlocal done
        level = "-O1" if file.name.startswith(FAST) else "-O0"
        # Complete or not there: an interrupted compilation leaves nothing that looks finished.
        unfinished = folder / f"{file.stem}.unfinished"
        result = subprocess.run(
            [_compiler(), level, *flags, "-c", str(file), "-o", str(unfinished)], capture_output=True, text=True
        )
        if result.returncode != 0:
            raise ToolError(f"{file} does not compile:\n{result.stderr}")
        done += 1
        step.update(f"{done}/{len(files)} files")
        return unfinished.rename(folder / f"{file.stem}.o")

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, files))


def shared(source: Path, drivers: Sequence[str], folder: Path, step: Step, jobs: int) -> Shared:
    """Prepares and compiles what the programs of these drivers have in common. folder: the drivers' folder."""
    home = ROOT / "build" / "check" / "shared"
    step.update("copying Mbed TLS")
    tree = _copy(source, home)
    gen = home / "gen"
    shutil.rmtree(gen, ignore_errors=True)
    try:
        generate(load_drivers(list(drivers), [folder]), source, gen)
    except (DescriptionError, GeneratorError) as error:
        raise ToolError(str(error)) from error
    generated = {file.name for file in gen.rglob("*.h") if file.name.startswith(("psa_", "crypto_driver_prototypes"))}
    module = ROOT / "modules" / "psa"
    library = [file for file in sorted((tree / "library").glob("*.c")) if not file.name.startswith(SKIPPED)]
    headers = [*(tree / "library").glob("*.h"), *(tree / "include").rglob("*.h"), *(module / "include").rglob("*.h")]
    own = _own(library, headers, generated)
    flags = _flags((gen,), tree)

    # The objects are those of these headers and flags.
    digest = hashlib.sha256(repr((flags, FAST, _compiler(), (home / "stamp").read_text())).encode())
    for file in sorted(gen.rglob("*.h")):
        if file.name not in generated:
            digest.update(file.read_bytes())
    for name in drivers:
        for file in sorted((folder / name).rglob("*.h")):
            digest.update(file.read_bytes())
    for file in sorted(module.rglob("*.h")):
        digest.update(file.read_bytes())
    objects = home / "objects" / digest.hexdigest()[:16]
    for other in objects.parent.glob("*"):
        if other != objects:
            shutil.rmtree(other)
    rest = [file for file in library if file not in own]
    compile_all([file for file in rest if not (objects / f"{file.stem}.o").is_file()], objects, flags, step, jobs)
    step.update("up to date")
    return Shared(tree, gen, tuple(objects / f"{file.stem}.o" for file in rest), tuple(own), flags)


def program(
    common: Shared, driver: str, folder: Path, text: str, link: Sequence[str], source: Path, step: Step, jobs: int
) -> Path:
    """Links a program of the core, one driver and the C text of a main(); returns its path.

    A driver may bring a model of its device, test_device.c: it is linked, and the driver compiled with NAME_HOST_TEST.
    """
    home = ROOT / "build" / "check" / driver
    gen = home / "gen"
    shutil.rmtree(gen, ignore_errors=True)
    generate(load_drivers([driver], [folder]), source, gen)
    for header in gen.rglob(f"{SHARED_HEADER}*.h"):
        header.unlink()
    main = home / "program.c"
    write_if_changed(main, text)
    lists = {
        match[1]: match[2].replace("\\", "").split()
        for match in re.finditer(
            r"^(\w+) :=((?:[^\n]*\\\n)*[^\n]*)$", (gen / "drivers.mk").read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    core = [file for file in sorted(upstream.CORE.glob("*.c")) if not file.stem.startswith(upstream.FIRMWARE)]
    files = [*common.own, *core, *sorted(gen.glob("*.c")), *map(Path, lists["PSA_DRIVER_SRC_C"]), main]
    flags = [*_flags((gen, common.gen), common.tree), f"-I{ROOT / 'drivers' / 'include'}"]
    model = folder / driver / "test_device.c"
    if model.is_file():
        files.append(model)
        flags.append(f"-D{driver.upper()}_HOST_TEST")
    flags += [f"-I{place}" for place in lists["PSA_DRIVER_INC"]]
    objects = compile_all(files, home / "objects", flags, step, jobs)
    step.update("linking")
    binary = home / "program"
    command = [_compiler(), *SANITIZERS, *link, *map(str, (*objects, *common.objects)), "-lpthread", "-o", str(binary)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ToolError(f"linking failed: {shlex.join(command[:4])} …\n{done.stderr}")
    return binary
