# SPDX-License-Identifier: MIT
"""Each patch of the series can be switched off: with all of them off, the patched core is Mbed TLS's own, token by
token; with one off, the rest still compiles. A patch that does not apply stops the build with its name."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.core_build import RECORDERS
from tests.unit.harness import MODULE, WARNINGS, mbedtls, patched_core, run
from tools import patches, upstream_suites
from tools.cli import ToolError
from tools.drivergen.emit import generate
from tools.drivergen.load import load_drivers
from tools.paths import ROOT
from tools.progress import Steps

MACROS = patches.macros()
# Where a line stands is no part of what it says: Mbed TLS's error macro notes file and line.
NOWHERE = ("-Wno-builtin-macro-redefined", "-D__FILE__=0", "-D__LINE__=0")
COPIED = ("psa_*.[ch]", "memory_buffer_alloc.c", "ecdsa.c")


def changed_files() -> dict[str, set[str]]:
    """C file of the core -> the macros that it knows."""
    files: dict[str, set[str]] = {}
    for patch in patches.series():
        for name in re.findall(r"^\+\+\+ b/library/(\w+\.c)", patch.file.read_text(encoding="utf-8"), re.MULTILINE):
            files.setdefault(name, set()).add(patch.macro)
    return files


@pytest.fixture(scope="module")
def gen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generated code of a board with two secure elements and a transparent driver."""
    folder = tmp_path_factory.mktemp("gen")
    names = ["recorder_safe", "recorder_vault", "recorder_soft"]
    generate(load_drivers(names, [RECORDERS]), mbedtls(), folder)
    return folder


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("patched")
    patched_core(folder)
    return folder / "library"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same files without a patch. In a folder of their own they find the generated wrappers, not Mbed TLS's."""
    folder = tmp_path_factory.mktemp("pristine")
    for pattern in COPIED:
        for file in (mbedtls() / "library").glob(pattern):
            if not file.name.startswith("psa_crypto_driver_wrappers."):
                shutil.copyfile(file, folder / file.name)
    return folder


def command(folder: Path, gen: Path, macros: list[str], switches: Path) -> list[str]:
    """A compiler command for files of the core in folder, in the full profile with these patches on."""
    off = "".join(f"#undef {macro}\n" for macro in MACROS if macro not in macros)
    switches.write_text(off, encoding="utf-8")
    include = (folder, gen, MODULE / "include", mbedtls() / "include", mbedtls() / "library", MODULE, RECORDERS)
    return [
        *("gcc", "-std=gnu99"),
        *(f"-I{path}" for path in include),
        '-DMBEDTLS_CONFIG_FILE="config/mbedtls_config.h"',
        '-DMICROPSA_PROFILE_FILE="config/profile_full.h"',
        f'-DMBEDTLS_USER_CONFIG_FILE="{switches}"',
        "-DPSA_ARENA_SIZE=1048576",
    ]


def test_the_macros_are_those_of_the_configuration() -> None:
    """Every patch is on in the firmware."""
    texts = [(MODULE / "config" / name).read_text() for name in ("mbedtls_config.h", "driver_patches.h")]
    defined = re.findall(r"^#define (MICROPSA_\w+)$", "\n".join(texts), re.MULTILINE)
    assert sorted(set(defined) - {"MICROPSA_MBEDTLS_CONFIG_H"}) == sorted(MACROS)


@pytest.mark.parametrize("file", sorted(changed_files()))
def test_all_off_is_mbed_tls(core: Path, pristine: Path, gen: Path, tmp_path: Path, file: str) -> None:
    def tokens(folder: Path) -> list[str]:
        text = run(*command(folder, gen, [], tmp_path / "off.h"), *NOWHERE, "-E", "-P", str(folder / file))
        return re.findall(r"\w+|[^\w\s]", text)

    assert tokens(core) == tokens(pristine)


def test_what_the_patches_change_is_seen(core: Path, pristine: Path, gen: Path, tmp_path: Path) -> None:
    """The comparison above would notice: with one patch on, its file is different."""
    for macro in MACROS:
        seen = False
        for file in sorted(name for name, macros in changed_files().items() if macro in macros):
            texts = [
                run(
                    *command(folder, gen, patches.macros(), tmp_path / "on.h"), *NOWHERE, "-E", "-P", str(folder / file)
                )
                for folder in (core, pristine)
            ]
            seen = seen or texts[0] != texts[1]
        assert seen, macro


@pytest.mark.parametrize("macro", [*MACROS, "all"])
def test_the_rest_compiles(core: Path, gen: Path, tmp_path: Path, macro: str) -> None:
    on = patches.without([macro])
    files = [file for file, macros in changed_files().items() if macro in macros or macro == "all"]
    assert files
    for file in files:
        run(
            *command(core, gen, on, tmp_path / "some.h"),
            *WARNINGS,
            "-Wno-unused-parameter",
            "-fsyntax-only",
            str(core / file),
        )


def test_unknown_macros_are_named() -> None:
    with pytest.raises(ToolError, match="no patch is switched by 'MICROPSA_NO_SUCH'; macros: MICROPSA_ARENA_WIPE, "):
        patches.without(["MICROPSA_NO_SUCH"])


def test_what_needs_a_patch_goes_with_it() -> None:
    left = patches.without(["MICROPSA_KEY_DERIVATION"])
    gone = {"MICROPSA_KEY_DERIVATION", "MICROPSA_KEY_DERIVATION_VERIFY", "MICROPSA_DERIVE_KEY"}
    assert set(MACROS) - set(left) == gone


MISFIT = """A patch for a different Mbed TLS.

Switched by the macro MICROPSA_MISFIT.

--- a/library/psa_crypto_se.h
+++ b/library/psa_crypto_se.h
@@ -1,3 +1,4 @@
 /* a line that
  * no release has
  */
+int misfit;
"""


def test_a_hunk_that_fails_stops_the_firmware(tmp_path: Path) -> None:
    """micropython.mk, as a port includes it: the patch is named, and no half-patched core is left."""
    misfit = tmp_path / "9999-misfit.patch"
    misfit.write_text(MISFIT, encoding="utf-8")
    good = " ".join(str(patch.file) for patch in patches.series())
    (tmp_path / "Makefile").write_text(
        f"BUILD := {tmp_path}/build\nUSERMOD_DIR := {MODULE}\nTOP := {tmp_path}\n"
        f"CP := cp\nMKDIR := mkdir\nRM := rm\nTOUCH := touch\nECHO := @echo\nQ := @\nPYTHON := python3\nall:\n"
        f"include {MODULE}/micropython.mk\nFORCE:\n",
        encoding="utf-8",
    )
    make = ["make", "-s", "-C", str(tmp_path), f"MBEDTLS_DIR={mbedtls()}", "PSA_DRIVERS=trng_host"]
    make += [f"PSA_PORT_C={MODULE}/port/psa_port_unix.c", f"{tmp_path}/build/psa/core.stamp"]
    # The generator has nothing to do with it; its output is not made.
    make += ["MAKECMDGOALS=clean"]
    done = subprocess.run([*make, f"PSA_PATCHES={good} {misfit}"], capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert f"patches/9999-misfit.patch does not apply to {mbedtls()}" in done.stderr, done.stderr
    assert not (tmp_path / "build/psa/core.stamp").exists() and not (tmp_path / "build/psa/core.new").exists()
    done = subprocess.run([*make, f"PSA_PATCHES={good}"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "MICROPSA_PURGE_STATUS" in (tmp_path / "build/psa/core/psa_crypto_slot_management.c").read_text()


def test_a_hunk_that_fails_stops_the_suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    misfit = tmp_path / "9999-misfit.patch"
    misfit.write_text(MISFIT, encoding="utf-8")
    monkeypatch.setattr(upstream_suites, "PARTS", ("library",))
    with Steps(1).step("copying") as step, pytest.raises(ToolError, match=r"9999-misfit\.patch does not apply to"):
        upstream_suites.prepare(upstream_suites.BUILDS[0], mbedtls(), tmp_path / "home", [misfit], step)
    assert not (tmp_path / "home" / "stamp").exists()


def test_the_series_is_listed() -> None:
    """patches/README.md has a row for each patch: its file and its macro."""
    text = (patches.FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[?`?(\d{4}[\w-]+)`?[^|]*\|[^|]*\| `(\w+)` \|$", text, re.MULTILINE)
    assert rows == [(patch.file.stem, patch.macro) for patch in patches.series()]
    assert ROOT in patches.FOLDER.parents
