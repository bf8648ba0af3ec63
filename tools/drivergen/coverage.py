# SPDX-License-Identifier: MIT
"""docs/driver-entry-points.md: where each entry point of the driver interface is dispatched, and what tests it.

python -m tools.drivergen coverage    rewrites the page

The tables here name hooks, patches and tests; tests/lint/test_entry_points.py checks that all of them exist, that no
cell is empty and that the committed page is what this module makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..cli import Parser, write_whole
from .check import check
from .conformance import UNREACHABLE
from .entry_points import ENTRY_POINTS, FAMILIES, EntryPoint, Kind
from .load import load_drivers
from .model import Driver

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "driver-entry-points.md"
DRIVERS = ROOT / "drivers"

# Chapters of the PSA driver interface specification; the two documents that describe it share them.
_SINGLE = "Driver entry points for single-part cryptographic operations"
_MULTI = "Driver entry points for multi-part operations"
_DERIVATION = "Driver entry points for key derivation"
_KEYS = "Driver entry points for key management"
_PROPOSED = "{} (Mbed TLS's proposed interface)"
CHAPTERS = {
    "init": "Driver initialization",
    "get_entropy": "Entropy collection entry point",
    "derive_key": "Transparent cooked key derivation",
    "key_agreement": "Key agreement",
    "key_agreement_to_key": "Key agreement",
    "get_builtin_key": _PROPOSED.format("Built-in keys"),
    "allocate_key": _PROPOSED.format("Key management in a secure element with storage"),
    "destroy_key": _PROPOSED.format("Key management in a secure element with storage"),
    "import_key": _KEYS,
    "generate_key": _KEYS,
    "export_key": _KEYS,
    "export_public_key": _KEYS,
    "copy_key": _KEYS,
}
_FAMILY_CHAPTERS = {
    "key_derivation": _DERIVATION,
    "pake": "Driver entry points for PAKE",
    "random": _PROPOSED.format("Random generation entry points"),
}

# Where the generated code calls what has no hook of its own name.
_WRAPPER = "psa_driver_wrapper_"
HOOKS = {
    "get_entropy": "psa_driver_entropy_sources",
    "init_random": "mbedtls_psa_external_get_random",
    "add_entropy": "mbedtls_psa_external_get_random",
    "get_random": "mbedtls_psa_external_get_random",
}
# What of the core calls the hook, where Mbed TLS's own does not.
CALLERS = {
    "get_entropy": "modules/psa/core/entropy_collect.c",
    "mac_verify": "0005-mac-verify-dispatch.patch",
    "allocate_key": "0006-opaque-key-storage.patch",
    "destroy_key": "0006-opaque-key-storage.patch",
    "key_agreement": "Mbed TLS; opaque: 0007-opaque-key-agreement.patch",
    "key_derivation_output_key": "0009-key-derivation-output-key.patch",
    "key_derivation_verify_bytes": "0010-key-derivation-verify.patch",
    "key_derivation_verify_key": "0010-key-derivation-verify.patch",
    "key_agreement_to_key": "0011-key-agreement-to-key.patch",
    "derive_key": "0012-derive-key.patch",
}
_FAMILY_CALLERS = {"key_derivation": "0008-key-derivation-inputs.patch"}

# Scenarios of tests/unit/test_core_drivers.py: recorder drivers behind the patched core.
CORE_TEST = "tests/unit/test_core_drivers.py::test_calls_and_statuses"
SCENARIOS = {
    "mac_verify": ("mac_verify",),
    "import_key": ("copy_across",),
    "export_key": ("element_that_only_exports", "copy_across"),
    "copy_key": ("copy_across",),
    "key_agreement": ("raw_agreement",),
    "key_agreement_to_key": ("agreement_to_key",),
    "key_derivation_setup": ("secret_in_element", "secret_local", "fallback_from_element", "failing_steps"),
    "key_derivation_input_step": ("long_inputs",),
    "key_derivation_set_capacity": ("capacity", "output_cooked_key_inside"),
    "key_derivation_output_bytes": ("secret_in_element", "output_key_elsewhere"),
    "key_derivation_output_key": ("output_key_inside", "output_cooked_key_inside"),
    "key_derivation_verify_bytes": ("verify_bytes",),
    "key_derivation_verify_key": ("verify_key",),
    "key_derivation_abort": ("failing_steps",),
    "derive_key": ("cooked_key",),
    "pake_setup": ("pake_inputs",),
}
# Tests of the firmware through Python, with keys of drivers/se_soft.
FIRMWARE_DRIVER = "se_soft"
FIRMWARE_FILE = "tests/device/test_se_soft.py"
FIRMWARE = {
    "mac_": "test_mac",
    "cipher_": "test_cipher_and_aead",
    "aead_": "test_cipher_and_aead",
    "sign_": "test_signatures_and_agreement",
    "verify_": "test_signatures_and_agreement",
    "asymmetric_": "test_rsa",
    "key_agreement": "test_signatures_and_agreement",
    "key_agreement_to_key": "test_agreement_and_derivation_inside",
    "key_derivation_": "test_derivation_through_the_element",
    "key_derivation_output_key": "test_keys_derived_into_the_element",
    "pake_": "test_jpake_with_a_password_in_the_element",
    "import_key": "test_import_export_copy",
    "generate_key": "test_key_survives_the_power",
    "export_key": "test_import_export_copy",
    "export_public_key": "test_signatures_and_agreement",
    "copy_key": "test_import_export_copy",
}
# Tests of what is in none of the above.
MORE = {
    "init": ("tests/unit/test_drivergen_dispatch.py::test_init_stops_at_the_first_failure",),
    "hash_setup": ("tests/unit/test_drivergen_dispatch.py::test_clone_copies_the_context_byte_by_byte",),
    "allocate_key": ("tests/unit/test_key_transactions.py", f"{CORE_TEST}[output_key_inside]"),
    "destroy_key": ("tests/unit/test_key_transactions.py", f"{CORE_TEST}[agreement_to_key]"),
}
CONFORMANCE = "tests/unit/test_check_driver.py::test_conformance"
# The drivers of the tree that declare all that drivers of their kind can have.
TEMPLATES = ("template_transparent", "template_opaque")


def drivers(names: Sequence[str]) -> list[Driver]:
    """Drivers of the tree, checked."""
    return [check(load_drivers([name], [DRIVERS]))[0] for name in names]


def hook(name: str) -> str:
    """The function or table of the generated code that calls an entry point."""
    return HOOKS.get(name, _WRAPPER + name)


def chapter(entry: EntryPoint) -> str:
    """Title of the specification's chapter."""
    if entry.name in CHAPTERS:
        return CHAPTERS[entry.name]
    return _FAMILY_CHAPTERS.get(entry.family, _MULTI if entry.family else _SINGLE)


def caller(entry: EntryPoint) -> str:
    """Who calls the hook."""
    return CALLERS.get(entry.name) or _FAMILY_CALLERS.get(entry.family, "Mbed TLS")


def firmware_test(name: str) -> str:
    """The test of drivers/se_soft that leads to an entry point, "" when the driver lacks it."""
    (driver,) = drivers([FIRMWARE_DRIVER])
    if not driver.has(name):
        return ""
    fitting = [prefix for prefix in FIRMWARE if name.startswith(prefix)]
    return f"{FIRMWARE_FILE}::{FIRMWARE[max(fitting, key=len)]}" if fitting else ""


def tests_of(name: str, templates: Sequence[Driver]) -> list[str]:
    """Tests that reach an entry point."""
    found = list(MORE.get(name, ()))
    if name in UNREACHABLE and name not in SCENARIOS:
        found.append(UNREACHABLE[name])
    elif name not in UNREACHABLE:
        found += [f"{CONFORMANCE}[{driver.name}]" for driver in templates if driver.has(name)]
    found += [f"{CORE_TEST}[{scenario}]" for scenario in SCENARIOS.get(name, ())]
    in_firmware = firmware_test(name)
    return [*found, in_firmware] if in_firmware else found


def rows() -> list[tuple[str, str, str, str, str, list[str]]]:
    """(entry point, chapter, kinds, hook, caller, tests)."""
    templates = drivers(TEMPLATES)
    kinds = {Kind.TRANSPARENT: "transparent", Kind.OPAQUE: "opaque", Kind.BOTH: "both"}
    return [
        (name, chapter(entry), kinds[entry.kind], hook(name), caller(entry), tests_of(name, templates))
        for name, entry in ENTRY_POINTS.items()
    ]


def page() -> str:
    """The page."""
    families = ", ".join(f"`{name}`" for name in FAMILIES)
    lines = [
        "# Entry points of drivers: dispatched and tested",
        "",
        "<!-- made by python -m tools.drivergen coverage -->",
        "",
        f"All {len(ENTRY_POINTS)} entry points of the PSA driver interface. What each is for, and its prototype, is in "
        "the [driver guide](driver-guide.md#reference). A test checks that every name here exists, and that the hook "
        "calls the driver.",
        "",
        "* Implemented: kinds of driver that may declare it. The generator checks the description, and writes "
        f"prototype, context and call. The families {families} are declared as a whole.",
        "* Dispatched: what the generated code has for it, and what calls that: Mbed TLS's own core, or a patch in "
        "`modules/psa/patches`.",
        "* Tested: `test_conformance` is `make check-driver`, here with a template that declares everything of its "
        "kind; `test_calls_and_statuses` has recorder drivers behind the core; `tests/device` runs on the firmware.",
        "",
        "| entry point | chapter of the specification | implemented | dispatched | called by | tested |",
        "|---|---|---|---|---|---|",
    ]
    for name, title, kind, function, called, tests in rows():
        shown = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests)
        lines.append(f"| `{name}` | {title} | {kind} | `{function}` | {called} | {shown} |")
    lines += [
        "",
        "`test_conformance` runs for every other driver of the tree, too, if it is more than an entropy source.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Command line of `python -m tools.drivergen coverage`."""
    parser = Parser(prog="python -m tools.drivergen coverage", description="Renews docs/driver-entry-points.md.")
    parser.parse_args(arguments)
    write_whole(PAGE, page())
    return 0
