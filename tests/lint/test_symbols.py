# SPDX-License-Identifier: MIT
"""No C of ours defines a `psa_` symbol of its own: what is called psa_X is the PSA API's X. Reads
built objects with nm."""

import contextlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lint import tree
from tests.targets import registry

# The hooks that the specifications and Mbed TLS leave for a platform to define, and the three seams
# between our rooms.
SPECIFIED = re.compile(
    r"psa_its_(set|get|get_info|remove)$"
    r"|psa_crypto_driver_(key_derivation|pake)_get_\w+$"  # what the core offers to drivers
    r"|psa_(module|port|driver|core)_\w+$"
)
ROOMS = ("modules/psa", "drivers", "port")


def our_objects(image: Path) -> list[Path]:
    """Objects below an image's folder that came from C of ours; the library's and MicroPython's are
    left out."""
    ours = {path.stem: path for path in tree.with_suffix(".c") if str(path).startswith(ROOMS)}
    found = []
    for obj in sorted(image.parent.rglob("*.o")):
        source = ours.get(obj.stem)
        if source is not None and source.parent.name in obj.parts:
            found.append(obj)
    return found


def global_symbols(objects: list[Path], nm: str = "nm") -> list[tuple[Path, str]]:
    symbols = []
    listing = subprocess.run(
        [nm, "-A", "-g", "--defined-only", *map(str, objects)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for line in listing.splitlines():
        where, _, rest = line.partition(":")
        symbols.append((Path(where), rest.split()[-1]))
    return symbols


def _images() -> list[Path]:
    """The images that `make test` has just built; others may be of another day."""
    images = []
    for name in registry.names():
        with contextlib.suppress(registry.NotBuilt):
            images.append(registry.image(name))
    return images


def test_our_objects_define_no_psa_symbol():
    images = _images()
    if not images:
        pytest.skip("nothing is built; `make test` builds before it tests")
    for image in images:
        objects = our_objects(image)
        names = {obj.stem for obj in objects}
        assert {"its", "entropy_collect"} <= names, f"{image}: the objects of modules/psa were not found"
        wrong = [
            f"{where}: {symbol}"
            for where, symbol in global_symbols(objects)
            if symbol.startswith("psa_") and not SPECIFIED.match(symbol)
        ]
        assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_nm_sees_a_symbol(tmp_path):
    source = tmp_path / "its.c"
    source.write_text(
        "int psa_hash_quick(void) { return 0; }\nstatic int psa_hidden(void) { return 1; }\n"
        "int psa_its_get(void) { return psa_hidden(); }\n"
    )
    obj = tmp_path / "its.o"
    subprocess.run(["gcc", "-c", str(source), "-o", str(obj)], check=True)
    symbols = [symbol for _, symbol in global_symbols([obj])]
    assert symbols == ["psa_hash_quick", "psa_its_get"]
    assert [symbol for symbol in symbols if not SPECIFIED.match(symbol)] == ["psa_hash_quick"]
