# SPDX-License-Identifier: MIT
"""Mbed TLS's own test suites, linked with our patches and our generated wrappers.

python -m tools.upstream_suites [--only drivers|p256m|core|own] [--off MACRO]… [SUITE]…

Each build is a copy of the Mbed TLS tree in build/upstream/<build>/ in which modules/psa/patches are applied and the
generated files are replaced by ours:

drivers  the dispatch suite, with Mbed TLS's test drivers described in our JSON (tools/drivergen/upstream)
p256m    the suite of the API with drivers/p256_m in the place of the built-in code for P-256
core     the suites of the PSA core in Mbed TLS's full configuration, with every patch switched on
own      the same suites in MicroPSA's configuration, profile full

--off switches patches off by their macros (tools/patches.py): "all" leaves Mbed TLS's own core between the generated
wrappers, "each" makes one run for each patch. Such builds have folders of their own.

A case that fails on purpose is listed in DELTAS with the reason and the macro of the patch; any other failure, and a
listed case that passes, is an error.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import cli, patches, sources
from tools.cli import ToolError
from tools.drivergen.emit import generate, write_if_changed
from tools.drivergen.load import load_drivers
from tools.paths import ROOT
from tools.progress import Step, Steps

CORE = ROOT / "modules" / "psa" / "core"
# The firmware's storage, entropy, memory and keys of its own: the suites bring theirs. The rest of the core is what
# the patches call.
FIRMWARE = ("its", "psa_arena", "entropy_", "builtin_keys")
TEST_DRIVERS = ROOT / "tools" / "drivergen" / "upstream"
# What a build of library and suites needs of the tree.
PARTS = (
    "3rdparty",
    "configs",
    "framework",
    "include",
    "library",
    "scripts",
    "tests",
    "programs/test",
    "programs/Makefile",
)
PARTS_TOP = ("Makefile",)

CORE_SUITES = (
    "psa_crypto",
    "psa_crypto.pbkdf2",
    "psa_crypto.persistent",
    "psa_crypto_persistent_key",
    "psa_crypto_storage_format.current",
    "psa_crypto_storage_format.misc",
    "psa_crypto_storage_format.v0",
    "psa_crypto_slot_management",
    "psa_crypto_op_fail.generated",
    "psa_crypto_op_fail.misc",
    "psa_crypto_not_supported.generated",
    "psa_crypto_not_supported.misc",
    "psa_crypto_generate_key.generated",
    "psa_crypto_hash",
    "psa_crypto_pake",
    "psa_crypto_entropy",
    "psa_crypto_init",
    "psa_crypto_attributes",
    "psa_crypto_metadata",
    "psa_crypto_se_driver_hal",
    "psa_crypto_se_driver_hal_mocks",
)


@dataclass(frozen=True)
class Delta:
    """Why a case fails on purpose. macro: of the patch that makes it fail, "" when the wrappers do."""

    reason: str
    macro: str = ""


_NO_ABORT = Delta("the driver interface calls nothing on a context whose finish failed; Mbed TLS calls abort")
_CLONE = Delta(
    "the driver interface has no hash_clone, contexts are copied byte by byte; Mbed TLS's test driver counts calls"
)
_NO_ID = Delta("INVALID_ARGUMENT for what cannot be the id of a key, as the API has it", "MICROPSA_OPEN_STATUS")
_ONE_BYTE = Delta("signs one byte as a SHA-256, which is INVALID_ARGUMENT", "MICROPSA_HASH_LENGTH")
DELTAS: dict[str, dict[str, Delta]] = {
    "psa_crypto_driver_wrappers": {
        "Cipher driver: negative testing on all entry points": _NO_ABORT,
        "Hash clone: SHA-256, clone successful": _CLONE,
        "Hash clone: SHA-256, clone failure": _CLONE,
    },
    "psa_crypto": {
        "PSA vrfy hash int: invld alg for ECC key": Delta(
            "two things are wrong; an empty hash is seen first, INVALID_ARGUMENT, and Mbed TLS says NOT_SUPPORTED",
            "MICROPSA_HASH_LENGTH",
        ),
    },
    "psa_crypto_se_driver_hal_mocks": dict.fromkeys(
        (
            "SE signing mock test",
            "SE signing mock test: sign failed",
            "SE verification mock test",
            "SE verification mock test: verify failed",
        ),
        _ONE_BYTE,
    ),
    "psa_crypto_slot_management": {
        f"Open failure: invalid identifier ({what})": _NO_ID for what in ("0", "random seed UID", "reserved range")
    },
}


@dataclass(frozen=True)
class Build:
    """One way to build library and suites. config: commands of scripts/config.py; cflags: for all files."""

    name: str
    drivers: tuple[str, ...]
    suites: tuple[str, ...]
    config: tuple[tuple[str, ...], ...]
    cflags: tuple[str, ...] = ()
    user_config: str = ""
    target: str = "static"  # of library/Makefile


# MicroPSA's own configuration, with what the test framework needs of the host in the place of what the firmware has.
_HOST = """
#undef MBEDTLS_PLATFORM_STD_CALLOC
#undef MBEDTLS_PLATFORM_STD_FREE
#undef MBEDTLS_NO_PLATFORM_ENTROPY
#undef MBEDTLS_ENTROPY_HARDWARE_ALT
#undef MBEDTLS_PLATFORM_FPRINTF_MACRO
#undef MBEDTLS_PLATFORM_EXIT_MACRO
#define MBEDTLS_PSA_ITS_FILE_C
#define MBEDTLS_FS_IO
#define MBEDTLS_TEST_HOOKS
"""

BUILDS = (
    Build(
        "drivers",
        ("mbedtls_test_transparent", "mbedtls_test_opaque"),
        ("psa_crypto_driver_wrappers",),
        (("full",), ("unset", "MBEDTLS_PSA_CRYPTO_CONFIG")),
        ("-DPSA_CRYPTO_DRIVER_TEST_ALL",),
        '#include "../tests/configs/user-config-for-test.h"\n',
    ),
    # The second oracle: a driver without fallback takes P-256 over, and the suite must not notice.
    Build("p256m", ("p256_m",), ("psa_crypto",), (("full",),)),
    Build("core", (), CORE_SUITES, (("full",),)),
    Build(
        "own",
        (),
        CORE_SUITES,
        (),
        (
            "'-DMBEDTLS_CONFIG_FILE=\"config/mbedtls_config.h\"'",
            "'-DMICROPSA_PROFILE_FILE=\"config/profile_full.h\"'",
            "-DMICROPSA_SANITIZE",
        ),
        _HOST,
    ),
)


@dataclass
class Result:
    """Outcome of one suite."""

    suite: str
    macros: Sequence[str]  # of the patches that are on
    passed: int = 0
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def deltas(self) -> dict[str, Delta]:
        """The cases that must fail: those of the patches that are on, unless this configuration skips them."""
        return {
            case: delta
            for case, delta in DELTAS.get(self.suite, {}).items()
            if delta.macro in ("", *self.macros) and case not in self.skipped
        }

    @property
    def unexpected(self) -> list[str]:
        return [case for case in self.failed if case not in self.deltas]

    @property
    def good(self) -> bool:
        return not self.problem and sorted(self.failed) == sorted(self.deltas)


def _stamp(tree: Path, files: Sequence[Path]) -> str:
    digest = hashlib.sha256(str(tree).encode())
    digest.update((tree / "include/mbedtls/build_info.h").read_bytes())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def run_logged(command: Sequence[str], folder: Path, log: Path, what: str, step: Step | None = None) -> None:
    """Runs a command with its output in a log; on failure the log's errors are shown."""
    log.parent.mkdir(parents=True, exist_ok=True)
    done = 0
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        assert process.stdout is not None
        for line in process.stdout:
            out.write(line)
            if step is not None and re.match(r"\s*(CC|Gen|AR)\s", line):
                done += 1
                step.update(f"{done} files")
        code = process.wait()
    if code != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in lines if re.search(r"error|undefined|FAILED|Error", line)][:12]
        raise ToolError(f"{what} failed, see {log.relative_to(ROOT)}:\n" + "\n".join(errors or lines[-12:]))


def _copy(tree: Path, home: Path, files: Sequence[Path], step: Step) -> None:
    """A fresh copy of the tree with the patches applied; kept when nothing of it changed."""
    stamp_file = home / "stamp"
    stamp = _stamp(tree, files)
    if stamp_file.is_file() and stamp_file.read_text() == stamp:
        step.update("up to date")
        return
    shutil.rmtree(home, ignore_errors=True)
    target = home / "mbedtls"
    for part in (*PARTS, *PARTS_TOP):
        step.update(part)
        source = tree / part
        if source.is_dir():
            shutil.copytree(source, target / part, symlinks=True)
        elif source.is_file():
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / part)
    for file in files:
        command = ["patch", "-p1", "--batch", "--forward", "--no-backup-if-mismatch", "-s", "-i", str(file)]
        done = subprocess.run(command, cwd=target, capture_output=True, text=True)
        if done.returncode != 0:
            raise ToolError(f"{file.name} does not apply to {tree}:\n{done.stdout}{done.stderr}")
    stamp_file.write_text(stamp)


def _install(build: Build, tree: Path, home: Path) -> None:
    """Generates the wrappers and puts them in the place of Mbed TLS's own."""
    gen = home / "gen"
    raw = load_drivers(list(build.drivers), [TEST_DRIVERS, ROOT / "drivers"])
    generate(raw, tree, gen)
    target = home / "mbedtls"
    for file in sorted(gen.rglob("*.[ch]")):
        part = "include" if file.parent.name == "psa" else "library"
        write_if_changed(target / part / file.relative_to(gen), file.read_text(encoding="utf-8"))
    for driver in build.drivers:
        for file in sorted((TEST_DRIVERS / driver).glob("*.h")):
            write_if_changed(target / "include" / file.name, file.read_text(encoding="utf-8"))


def _configure(build: Build, home: Path) -> None:
    target = home / "mbedtls"
    mark = home / "configured"
    wanted = repr(build.config)
    if mark.is_file() and mark.read_text() == wanted:
        return
    for arguments in build.config:
        command = [sys.executable, "scripts/config.py", *arguments]
        run_logged(command, target, home / "log" / "config.log", "scripts/config.py " + " ".join(arguments))
    mark.write_text(wanted)
    # Everything is compiled anew.
    (home / "flags").unlink(missing_ok=True)


def _cflags(build: Build, home: Path, macros: Sequence[str]) -> str:
    user = home / "mbedtls" / "include" / "micropsa_test_user_config.h"
    off = "".join(f"#undef {macro}\n" for macro in patches.macros() if macro not in macros)
    write_if_changed(user, "// SPDX-License-Identifier: MIT\n" + build.user_config + off)
    flags = ["-O1", *build.cflags]
    if build.name != "own":
        flags += [f"-D{macro}" for macro in macros]
    flags += ["'-DMBEDTLS_USER_CONFIG_FILE=\"micropsa_test_user_config.h\"'"]
    flags += ["-I../framework/tests/include", f"-I{ROOT / 'modules/psa/include'}", f"-I{ROOT / 'modules/psa'}"]
    return " ".join(flags)


def _add_own(home: Path, flags: Sequence[str]) -> None:
    """Adds our part of the core and the drivers' C files to the library."""
    library = home / "mbedtls" / "library"
    log = home / "log" / "own.log"
    lists = {
        match[1]: match[2].replace("\\", "").split()
        for match in re.finditer(
            r"^(\w+) :=((?:[^\n]*\\\n)*[^\n]*)$",
            (home / "gen" / "drivers.mk").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }
    include = ["-I.", "-I../include", *(f"-I{folder}" for folder in lists["PSA_DRIVER_INC"])]
    core = [file for file in sorted(CORE.glob("*.c")) if not file.stem.startswith(FIRMWARE)]
    tables = home / "gen" / "psa_driver_tables.c"
    for source in (*core, tables, *map(Path, lists["PSA_DRIVER_SRC_C"])):
        thing = f"micropsa_{source.stem}.o"
        compiler = os.environ.get("CC", "gcc")
        run_logged([compiler, *include, *flags, "-c", str(source), "-o", thing], library, log, source.name)
        run_logged(["ar", "r", "libmbedcrypto.a", thing], library, log, f"adding {thing}")


def run_suite(folder: Path, suite: str, macros: Sequence[str], log: Path) -> Result:
    """Runs one built suite and reads what it printed."""
    result = Result(suite, macros)
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [f"./test_suite_{suite}"], cwd=folder, capture_output=True, text=True, errors="replace", timeout=900
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        result.problem = str(error)
        return result
    text = done.stdout + done.stderr
    log.write_text(text, encoding="utf-8")
    titles = _titles(folder / f"test_suite_{suite}.datax")
    for line in text.splitlines():
        match = re.match(r"(.{67}) (PASS|FAILED|----)\s*$", line)
        if match is None:
            continue
        if match[2] == "PASS":
            result.passed += 1
        elif match[2] == "----":
            result.skipped.append(_full_title(match[1], titles))
        else:
            result.failed.append(_full_title(match[1], titles))
    if re.search(r"^(PASSED|FAILED) \(\d+ / \d+ tests", text, re.MULTILINE) is None:
        result.problem = f"ended with status {done.returncode} before its summary"
    return result


def _titles(datax: Path) -> list[str]:
    """The titles of all cases of a suite; its output cuts long ones."""
    blocks = datax.read_text(encoding="utf-8", errors="replace").split("\n\n")
    return [block.strip().splitlines()[0] for block in blocks if block.strip()]


def _full_title(shown: str, titles: Sequence[str]) -> str:
    short = shown.rstrip(" .")
    for title in titles:
        if title[:66].rstrip(" .") == short:
            return title
    return short


def prepare(build: Build, tree: Path, home: Path, files: Sequence[Path], step: Step) -> None:
    """A copy of the tree in home/mbedtls with these patches, our generated files, configured."""
    _copy(tree, home, files, step)
    _install(build, tree, home)
    _configure(build, home)


def compile_library(build: Build, home: Path, macros: Sequence[str], step: Step, jobs: int) -> str:
    """Compiles library, core and drivers into home/mbedtls/library/libmbedcrypto.a, with the patches of these macros
    switched on; returns the compiler's flags."""
    target = home / "mbedtls"
    flags = _cflags(build, home, macros)
    if write_if_changed(home / "flags", f"{flags}\n{' '.join(macros)}\n"):
        run_logged(["make", "-C", "library", "clean"], target, home / "log" / "clean.log", "make clean")
        for program in (target / "tests").glob("test_suite_*"):
            if program.suffix not in (".c", ".datax"):
                program.unlink()
    command = ["make", f"-j{jobs}", "-C", "library", f"CFLAGS={flags}", build.target]
    run_logged(command, target, home / "log" / "library.log", "the library", step)
    _add_own(home, shlex.split(flags))
    return flags


def run_build(
    build: Build, tree: Path, only: Sequence[str], steps: Steps, jobs: int, off: Sequence[str] = ()
) -> list[Result]:
    """Copies, configures, compiles and runs one build. off: macros of patches to switch off."""
    files = [patch.file for patch in patches.series()]
    macros = patches.without(off)
    # One copy serves all that have something off: they follow one another, and a tree takes 60 MB.
    home = ROOT / "build" / "upstream" / (f"{build.name}-off" if off else build.name)
    target = home / "mbedtls"
    suites = [suite for suite in build.suites if not only or suite in only]
    with steps.step(f"{build.name}: copying Mbed TLS, {len(files)} patches") as step:
        prepare(build, tree, home, files, step)
    with steps.step(f"{build.name}: compiling the library") as step:
        flags = compile_library(build, home, macros, step, jobs)
    with steps.step(f"{build.name}: compiling {len(suites)} suites") as step:
        names = [f"test_suite_{suite}" for suite in suites]
        for name in names:
            # The library's archive is no prerequisite in Mbed TLS's Makefile that notices a patch.
            (target / "tests" / name).unlink(missing_ok=True)
        command = ["make", f"-j{jobs}", "-C", "tests", f"CFLAGS={flags}", *names]
        run_logged(command, target, home / "log" / "suites.log", "the suites", step)
    results = []
    with steps.step(f"{build.name}: running {len(suites)} suites") as step:
        for number, suite in enumerate(suites, 1):
            step.update(f"{number}/{len(suites)} {suite}")
            results.append(run_suite(target / "tests", suite, macros, home / "log" / f"{suite}.log"))
    return results


def _print(build: Build, results: Sequence[Result]) -> bool:
    good = True
    for result in results:
        skipped = len(result.skipped)
        total = result.passed + skipped + len(result.failed)
        line = f"{build.name:8} {result.suite:36} {result.passed:5} passed, {skipped:4} skipped of {total}"
        expected = [case for case in result.failed if case in result.deltas]
        if expected:
            line += f", {len(expected)} differ on purpose"
        print(line)
        if result.problem:
            print(f"         {result.problem}")
        for case in result.unexpected:
            print(f"         FAILED: {case}")
        for case, delta in result.deltas.items():
            if case in result.failed:
                print(f"         on purpose: {case}: {delta.reason}")
            else:
                print(f"         PASSED although listed as a difference: {case}")
        good = good and result.good
    return good


def main(argv: list[str]) -> int:
    parser = cli.Parser(
        prog="python -m tools.upstream_suites", description="Mbed TLS's suites against our core and wrappers."
    )
    names = [build.name for build in BUILDS]
    parser.add_argument("--only", choices=names, help="one of the builds instead of all")
    parser.add_argument(
        "--off", action="append", default=[], metavar="MACRO", help="switch a patch off; all; each: one run per patch"
    )
    parser.add_argument("-j", "--jobs", type=cli.whole(1), default=os.cpu_count() or 1, help="compilations at a time")
    parser.add_argument("suite", nargs="*", help="suites to run, such as psa_crypto_hash (default: all)")
    options = parser.parse_args(argv)
    known = {suite for build in BUILDS for suite in build.suites}
    for suite in options.suite:
        if suite not in known:
            raise ToolError(f"there is no suite '{suite}' here; suites: {', '.join(sorted(known))}")
    chosen = [build for build in BUILDS if options.only in (None, build.name)]
    chosen = [build for build in chosen if not options.suite or set(options.suite) & set(build.suites)]
    if not chosen:
        raise ToolError("none of these suites is part of that build")
    runs = [[macro] for macro in patches.macros()] if options.off == ["each"] else [options.off]
    for off in runs:
        patches.without(off)  # names what does not exist before anything is built
    steps = Steps(1 + 4 * len(chosen) * len(runs))
    tree = sources.ensure(steps)["mbedtls"]
    outcomes = [
        (off, build, run_build(build, tree, options.suite, steps, options.jobs, off))
        for off in runs
        for build in chosen
    ]
    good = True
    for off, build, results in outcomes:
        if off:
            print(f"without {', '.join(off)}:")
        good = _print(build, results) and good
    passed = sum(result.passed for _, _, results in outcomes for result in results)
    print(f"{passed} cases passed" if good else "Mbed TLS's suites found differences that are not listed")
    return 0 if good else 1


if __name__ == "__main__":
    cli.run(main)
