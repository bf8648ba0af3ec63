# SPDX-License-Identifier: MIT
"""The patched core calls drivers as the driver interface says: which, in which order, with which inputs.

The scenarios are C (tests/unit/c/core_drivers*.c) over three recorder drivers (tests/drivers): `safe`, an element that
stores keys and derives; `vault`, one that only keeps them; `soft`, a transparent driver. core_drivers.txt holds the
calls and statuses of each scenario, "title: calls = status". What built-in code derives is computed here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

import pytest

from tests.unit import core_build, harness
from tests.unit.harness import HERE

MAINS = harness.program("core_services", "core_drivers", "core_drivers_derivation", "core_drivers_other")
DRIVERS = ["recorder_safe", "recorder_vault", "recorder_soft"]


def expected() -> dict[str, list[str]]:
    """Scenario -> lines."""
    parts = re.split(r"^\[(\w+)\]\n", (HERE / "core_drivers.txt").read_text(), flags=re.MULTILINE)
    return {name: text.strip().splitlines() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


EXPECTED = expected()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return core_build.build(tmp_path_factory.mktemp("recorders"), DRIVERS, MAINS)


@pytest.fixture(scope="module")
def without_derivation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same scenarios on a board whose drivers have nothing to do with key derivation."""
    return core_build.build(tmp_path_factory.mktemp("vault"), ["recorder_vault"], MAINS)


def test_every_scenario_is_expected() -> None:
    assert set(harness.cases("core_drivers_derivation", "core_drivers_other")) == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_calls_and_statuses(program: Path, name: str) -> None:
    """Under the sanitizers; the program itself checks that no memory and no key in an element is left."""
    assert core_build.scenario(program, name) == EXPECTED[name]


SECRET = bytes(range(1, 33))
SALT = bytes([7, 8, 9])


def extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), secret, "sha256")


def hkdf(salt: bytes, secret: bytes, info: bytes) -> bytes:
    """RFC 5869, its first block."""
    return hmac.digest(extract(salt, secret), info + b"\x01", "sha256")


def lines(name: str, *titles: str) -> str:
    """The bytes printed under these titles, the last of each."""
    found = dict(line.split(": ", 1) for line in EXPECTED[name])
    return "".join(found[title] for title in titles)


def test_builtin_code_gets_the_inputs_as_they_came() -> None:
    """What core_drivers.txt expects of built-in code is what the standards say."""
    read = ("first", "second")
    derived = hkdf(SALT, SECRET, SALT[:2]).hex()
    assert lines("fallback_to_builtin", *read) == derived[:28]
    assert lines("fallback_from_element", *read) == derived[:28]
    assert lines("element_that_only_exports", *read) == extract(SALT, SECRET).hex()[:28]
    stretched = hashlib.pbkdf2_hmac("sha256", SECRET[:8], SALT + SECRET[:8], 3)
    assert lines("password_in_parts", *read) == stretched.hex()[:28]
    agreed = hkdf(b"", b"\xaa" * 32, bytes.fromhex("046b17"))
    assert lines("agreement_to_key", "derived") == agreed.hex()[:16]


def test_drivers_change_nothing_about_bad_inputs(program: Path, without_derivation: Path) -> None:
    """Built-in code refuses the same inputs at the same time with the same statuses."""
    assert core_build.scenario(without_derivation, "bad_inputs") == core_build.scenario(program, "bad_inputs")


def test_verification_needs_no_driver(without_derivation: Path) -> None:
    assert core_build.scenario(without_derivation, "verify_policy") == EXPECTED["verify_policy"]
