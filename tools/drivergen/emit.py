# SPDX-License-Identifier: MIT
"""Writes the generated files; a file is touched only when its content changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from .errors import GeneratorError
from .load import RawDriver

_WRAPPERS = ("psa_crypto_driver_wrappers.h", "psa_crypto_driver_wrappers_no_static.c")
_CONTEXTS = (
    "crypto_driver_contexts_primitives.h",
    "crypto_driver_contexts_composites.h",
    "crypto_driver_contexts_key_derivation.h",
)


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def write_if_changed(file: Path, text: str) -> bool:
    """Writes text to file unless it is there already; True when the file was written."""
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True


def driver_sources(driver: RawDriver, mbedtls_dir: Path) -> list[Path]:
    """The C files of a driver: its folder's *.c without the tests, plus what it names itself."""
    sources: list[Path] = []
    if driver.folder is not None:
        sources = [
            file
            for file in sorted(driver.folder.glob("*.c"))
            if not file.name.startswith("test") and not file.stem.endswith("_test")
        ]
        for name in driver.data.get("micropsa/sources", []):
            sources.append(driver.folder / name)
    for name in driver.data.get("micropsa/mbedtls_sources", []):
        sources.append(mbedtls_dir / name)
    for file in sources:
        if not file.is_file():
            raise GeneratorError(f"{driver.file}: the source file {file} does not exist")
    return sources


def _entry_name(driver: RawDriver, capability: dict[str, Any], entry_point: str) -> str:
    names: dict[str, str] = capability.get("names", {})
    return names.get(entry_point, f"{driver.data['prefix']}_{entry_point}")


def _with_entry_point(drivers: Sequence[RawDriver], entry_point: str) -> list[dict[str, Any]]:
    rows = []
    for driver in drivers:
        for capability in driver.data["capabilities"]:
            if entry_point in capability["entry_points"]:
                rows.append(
                    {
                        "driver": driver.name,
                        "function": _entry_name(driver, capability, entry_point),
                        "min_entropy": capability.get("micropsa/min_entropy_millibits", 0),
                        "sample_bits": capability.get("micropsa/sample_bits", 0),
                    }
                )
                break
    return rows


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise GeneratorError(
            f"{file}: cannot be read ({error.strerror}); --mbedtls-dir must be a 3.6 source tree"
        ) from error


def generate(drivers: Sequence[RawDriver], mbedtls_dir: Path, out: Path) -> list[Path]:
    """Generates every file into out; returns the files that changed."""
    mbedtls_dir = mbedtls_dir.resolve()
    texts: dict[str, str] = {}
    for name in _WRAPPERS:
        texts[name] = _read(mbedtls_dir / "library" / name)
    for name in _CONTEXTS:
        texts["psa/" + name] = _read(mbedtls_dir / "include" / "psa" / name)
    environment = _environment()
    context = {
        "drivers": [driver.name for driver in drivers],
        "entropy": _with_entry_point(drivers, "get_entropy"),
        "init": _with_entry_point(drivers, "init"),
        "sources": [file for driver in drivers for file in driver_sources(driver, mbedtls_dir)],
        "folders": [driver.folder for driver in drivers if driver.folder is not None]
        + [
            mbedtls_dir / name
            for driver in drivers
            for name in driver.data.get("micropsa/mbedtls_include", [])
        ],
        "inputs": [driver.file.resolve() for driver in drivers],
    }
    for name in (
        "psa_driver_tables.c",
        "psa_driver_locations.h",
        "psa_accel_config.h",
        "drivers.mk",
    ):
        texts[name] = environment.get_template(name + ".jinja").render(context)
    return [out / name for name, text in texts.items() if write_if_changed(out / name, text)]
