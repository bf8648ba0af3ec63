# SPDX-License-Identifier: MIT
"""docs/driver-entry-points.md is what its tables say, and everything that it names exists."""

from __future__ import annotations

import re

import pytest

from tests.lint import tree
from tools.drivergen import coverage
from tools.drivergen.entry_points import ENTRY_POINTS, Kind

ROWS = coverage.rows()
# The entry points that the two documents of the specification name, families written out; "key_agreement_key", once, is
# a slip for key_agreement_to_key. Families that they leave open, and what is in Mbed TLS's proposed interface, come on
# top.
SPECIFIED = [
    "hash_compute",
    "mac_compute",
    "mac_verify",
    "cipher_encrypt",
    "cipher_decrypt",
    "aead_encrypt",
    "aead_decrypt",
    "asymmetric_encrypt",
    "asymmetric_decrypt",
    "sign_hash",
    "verify_hash",
    "sign_message",
    "verify_message",
    "key_agreement",
    "key_agreement_to_key",
    "hash_setup",
    "hash_update",
    "hash_finish",
    "hash_abort",
    "mac_sign_finish",
    "mac_verify_finish",
    "cipher_finish",
    "aead_finish",
    "aead_verify",
    "key_derivation_setup",
    "key_derivation_input_step",
    "key_derivation_set_capacity",
    "key_derivation_output_bytes",
    "key_derivation_output_key",
    "key_derivation_verify_bytes",
    "key_derivation_verify_key",
    "key_derivation_abort",
    "derive_key",
    "pake_setup",
    "pake_output",
    "pake_input",
    "pake_get_implicit_key",
    "pake_abort",
    "import_key",
    "generate_key",
    "export_key",
    "allocate_key",
    "destroy_key",
    "get_entropy",
    "init",
]


def test_every_entry_point_has_a_row() -> None:
    assert [row[0] for row in ROWS] == list(ENTRY_POINTS)
    assert set(SPECIFIED) <= set(ENTRY_POINTS)
    assert len(set(SPECIFIED)) == len(SPECIFIED)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_no_cell_is_empty(row: tuple[str, str, str, str, str, list[str]]) -> None:
    assert all(row) and all(row[5])


def test_page_is_up_to_date() -> None:
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page(), "python -m tools.drivergen coverage renews it"


def _exists(test: str) -> str:
    """What is wrong with the name of a test, "" for nothing."""
    file, _, rest = test.partition("::")
    path = tree.ROOT / file
    if not path.is_file():
        return f"{file} does not exist"
    name, _, parameter = rest.rstrip("]").partition("[")
    text = path.read_text(encoding="utf-8")
    if not re.search(rf"^def {name or 'test_'}", text, re.MULTILINE):
        return f"{file} has no test {name}"
    if file == coverage.CORE_TEST.partition("::")[0] and parameter:
        scenarios = (path.parent / "core_drivers.txt").read_text(encoding="utf-8")
        return "" if f"[{parameter}]\n" in scenarios else f"there is no scenario {parameter}"
    if f"{file}::{name}" == coverage.CONFORMANCE:
        return "" if (coverage.DRIVERS / parameter / "driver.json").is_file() else f"there is no driver {parameter}"
    return f"{test}: parameter?" if parameter else ""


def test_every_test_exists() -> None:
    tests = {test for row in ROWS for test in row[5]}
    wrong = [problem for test in sorted(tests) if (problem := _exists(test))]
    assert not wrong, "\n".join(wrong)
    assert _exists("tests/device/test_se_soft.py::test_nothing") and _exists(f"{coverage.CORE_TEST}[nothing]")
    assert _exists(f"{coverage.CONFORMANCE}[nothing]") and _exists("tests/unit/test_nothing.py")


def test_every_caller_exists() -> None:
    for _, _, _, _, caller, _ in ROWS:
        for name in re.findall(r"[\w./-]+\.(?:patch|c)\b", caller):
            place = tree.ROOT / name if "/" in name else tree.ROOT / "modules/psa/patches" / name
            assert place.is_file(), caller


@pytest.mark.parametrize("name", list(ENTRY_POINTS))
def test_a_driver_of_each_kind_declares_it(name: str) -> None:
    """So that "implemented" means that the generator took it, and the conformance test reaches it."""
    transparent, opaque = coverage.drivers(coverage.TEMPLATES)
    kind = ENTRY_POINTS[name].kind
    # A board has one random generator, which the templates leave alone.
    if name not in ("init_random", "add_entropy", "get_random"):
        assert transparent.has(name) or Kind.TRANSPARENT not in kind
        assert opaque.has(name) or Kind.OPAQUE not in kind
