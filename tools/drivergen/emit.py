# SPDX-License-Identifier: MIT
"""Writes the generated files; a file is touched only when its content changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from .accel import accelerated, curves_touched
from .cformat import layout
from .check import check
from .contexts import context_headers
from .dispatch import (
    IMPORT,
    Branch,
    alg_predicate,
    has_key_predicate,
    key_predicate,
    needed_parts,
    parts_name,
    step,
)
from .entry_points import ENTRY_POINTS, Param
from .errors import GeneratorError
from .hooks import (
    StepItem,
    derive_key_branches,
    kdf_setup,
    kdf_steps,
    key_hook,
    more_single_hooks,
    part_params,
    setup_hooks,
    single_hooks,
    step_hooks,
)
from .load import RawDriver
from .model import Binding, Driver, bindings

_TEMPLATES = (
    "psa_crypto_driver_wrappers.h",
    "psa_crypto_driver_wrappers_no_static.c",
    "psa_driver_predicates.h",
    "psa_driver_entry_points.h",
    "psa_driver_hooks.h",
    "psa_driver_tables.c",
    "psa_driver_locations.h",
    "psa_accel_config.h",
    "drivers.mk",
)


def environment() -> jinja2.Environment:
    """The templates, with the settings that they are written for."""
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


def driver_sources(driver: Driver, mbedtls_dir: Path) -> list[Path]:
    """The C files of a driver: its folder's *.c without the tests, plus what it names itself."""
    sources: list[Path] = []
    if driver.folder is not None:
        sources = [
            file
            for file in sorted(driver.folder.glob("*.c"))
            if not file.name.startswith("test") and not file.stem.endswith("_test")
        ]
        for name in driver.raw.get("micropsa/sources", []):
            if driver.folder / name not in sources:
                sources.append(driver.folder / name)
    for name in driver.raw.get("micropsa/mbedtls_sources", []):
        sources.append(mbedtls_dir / name)
    for file in sources:
        if not file.is_file():
            raise GeneratorError(f"{driver.file}: the source file {file} does not exist")
    return sources


@dataclass(frozen=True)
class _Prototype:
    function: str
    returns: str
    params: list[str]
    condition: str


def _declaration(param: Param, driver: Driver, binding_type: str, memory: str) -> str:
    return param.declaration.format(ctx=binding_type, memory=memory)


def _prototypes(drivers: Sequence[Driver]) -> list[_Prototype]:
    """One prototype per C function of a driver, in order of declaration."""
    result: dict[str, _Prototype] = {}
    for driver in drivers:
        for capability in driver.capabilities:
            for name in ENTRY_POINTS:
                if name not in capability.entry_points:
                    continue
                entry = ENTRY_POINTS[name]
                context = ""
                if entry.family:
                    suffix = "random_context_t" if entry.family == "random" else (f"{entry.family}_operation_t")
                    context = driver.function(capability, suffix)
                memory = "void"
                if capability.raw.get("memory", False):
                    memory = driver.function(capability, "derive_key_memory_t")
                params = [_declaration(item, driver, context, memory) for item in entry.params]
                if name == "key_agreement" and (capability.raw.get("micropsa/key_agreement_order") == "key_first"):
                    params = [*params[1:4], params[0], *params[4:]]
                function = driver.function(capability, name)
                result.setdefault(
                    function,
                    _Prototype(function, entry.returns, params, driver.condition(capability)),
                )
    return list(result.values())


def _predicates(drivers: Sequence[Driver]) -> list[dict[str, Any]]:
    rows = []
    for driver in drivers:
        for capability in driver.capabilities:
            alg = alg_predicate(driver, capability) if capability.algorithms is not None else ""
            key = key_predicate(driver, capability) if has_key_predicate(capability) else ""
            if alg or key:
                rows.append(
                    {
                        "file": driver.name,
                        "capability": capability,
                        "entry_points": ", ".join(capability.raw["entry_points"]),
                        "alg_name": alg,
                        "key_name": key,
                    }
                )
    return rows


def _global_branches(drivers: Sequence[Driver], name: str) -> list[Branch]:
    """Branches for an entry point that every driver may have once, such as init."""
    return [
        Branch(driver, driver.condition(capability), "", driver.function(capability, name), False)
        for driver in drivers
        for capability in driver.having(name)
    ]


def _entropy(drivers: Sequence[Driver]) -> list[dict[str, Any]]:
    rows = []
    for driver in drivers:
        for capability in driver.having("get_entropy"):
            rows.append(
                {
                    "driver": driver.prefix,
                    "function": driver.function(capability, "get_entropy"),
                    "min_entropy": capability.raw.get("micropsa/min_entropy_millibits", 0),
                    "sample_bits": capability.raw.get("micropsa/sample_bits", 8),
                    "condition": driver.condition(capability),
                }
            )
    return rows


def _random(drivers: Sequence[Driver]) -> dict[str, Any] | None:
    """The board's random generator, None for Mbed TLS's own."""
    for driver in drivers:
        for capability in driver.having("get_random"):
            have = capability.entry_points
            return {
                "prefix": driver.prefix,
                "context": driver.function(capability, "random_context_t"),
                "init": driver.function(capability, "init_random") if "init_random" in have else "",
                "add": driver.function(capability, "add_entropy") if "add_entropy" in have else "",
                "draw": driver.function(capability, "get_random"),
                "initial": capability.raw["initial_entropy_size"],
                # The specification's default is the expected strength: 256 bits.
                "reseed": max(32, capability.raw.get("reseed_entropy_size", 32)),
            }
    return None


def context_of(drivers: Sequence[Driver], mbedtls_dir: Path) -> dict[str, Any]:
    """Everything that the templates print."""
    all_bindings: list[Binding] = bindings(drivers)
    opaque = [driver for driver in drivers if not driver.transparent]
    setups = setup_hooks(drivers, all_bindings)
    singles = single_hooks(drivers, all_bindings)
    macros = accelerated(drivers)
    hash_hook = key_hook("hash_compute", drivers, all_bindings)
    return {
        "drivers": drivers,
        "opaque_drivers": opaque,
        "bindings": all_bindings,
        "hash_bindings": [item for item in all_bindings if item.family.name == "hash_multipart"],
        "single_hooks": singles,
        "setup_hooks": setups,
        "step_hooks": step_hooks(all_bindings),
        "hash_compute": hash_hook.transparent,
        "generate": key_hook("generate_key", drivers, all_bindings),
        "import": key_hook("import_key", drivers, all_bindings, IMPORT),
        "export": key_hook("export_key", drivers, all_bindings),
        "copy": key_hook("copy_key", drivers, all_bindings),
        "export_public": key_hook("export_public_key", drivers, all_bindings),
        "builtin_key": key_hook("get_builtin_key", drivers, all_bindings),
        "parts": needed_parts(drivers, all_bindings),
        "parts_name": parts_name,
        "part_params": part_params,
        "init_branches": _global_branches(drivers, "init"),
        "states": [driver for driver in opaque if driver.persistent_state_size != "0"],
        "predicates": _predicates(drivers),
        "prototypes": _prototypes(drivers),
        "needs_entropy": any(driver.has("get_entropy") for driver in drivers),
        "needs_kdf": any(driver.has("key_derivation_setup") for driver in drivers),
        "more_single": more_single_hooks(drivers, all_bindings),
        "kdf_setup": kdf_setup(drivers, all_bindings),
        "kdf_steps": kdf_steps(all_bindings),
        "kdf_abort": [
            StepItem(item, item.function("key_derivation_abort")) for item in step(all_bindings, "key_derivation_abort")
        ],
        "derive_key": derive_key_branches(drivers),
        "stored": [
            (key_hook(name, drivers, all_bindings), name, note)
            for name, note in (
                ("allocate_key", "An identifier for a key that a secure element will store."),
                ("destroy_key", "The end of a key in the secure element that stores it."),
            )
        ],
        "entropy": _entropy(drivers),
        "random": _random(drivers),
        "accelerated": macros,
        "ecc_curves": curves_touched(macros),
        "sources": [file for driver in drivers for file in driver_sources(driver, mbedtls_dir)],
        "folders": [driver.folder for driver in drivers if driver.folder is not None]
        + [mbedtls_dir / name for driver in drivers for name in driver.raw.get("micropsa/mbedtls_include", [])],
        "inputs": [driver.file.resolve() for driver in drivers],
    }


def generate(raw_drivers: Sequence[RawDriver], mbedtls_dir: Path, out: Path) -> list[Path]:
    """Checks the descriptions and generates every file into out; returns those that changed."""
    mbedtls_dir = mbedtls_dir.resolve()
    if not (mbedtls_dir / "library" / "psa_crypto.c").is_file():
        raise GeneratorError(f"--mbedtls-dir {mbedtls_dir}: is no Mbed TLS 3.6 source tree")
    drivers = check(raw_drivers)
    context = context_of(drivers, mbedtls_dir)
    templates = environment()
    texts = {name: templates.get_template(name + ".jinja").render(context) for name in _TEMPLATES}
    for name in texts:
        if name.endswith((".c", ".h")):
            texts[name] = layout(texts[name])
    prototypes = templates.get_template("crypto_driver_prototypes.h.jinja")
    texts["psa/crypto_driver_prototypes.h"] = layout(prototypes.render(context))
    contexts = templates.get_template("contexts.jinja")
    for header in context_headers(drivers, context["bindings"]):
        texts["psa/" + header.file] = layout(contexts.render(drivers=drivers, **vars(header)))
    return [out / name for name, text in texts.items() if write_if_changed(out / name, text)]
