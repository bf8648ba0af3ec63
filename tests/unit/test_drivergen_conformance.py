# SPDX-License-Identifier: MIT
"""The conformance program knows every entry point, compiles for every driver of the tree, and its samples fit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.unit import drivergen_kit as kit
from tools.drivergen import psa_values as pv
from tools.drivergen.check import check
from tools.drivergen.conformance import PROBES, UNREACHABLE, functions, program, untested
from tools.drivergen.emit import generate
from tools.drivergen.entry_points import ENTRY_POINTS, FAMILIES
from tools.drivergen.expr import algorithm, key_type
from tools.drivergen.load import available_drivers, load_drivers
from tools.drivergen.samples import sample

DRIVERS = kit.ROOT / "drivers"


def test_every_entry_point_has_a_way_to_it() -> None:
    """A probe of its own, the probe of its family, or a stated reason why there is none."""
    by_family = {
        member
        for family in FAMILIES.values()
        if family.setup in PROBES
        for member in (*family.members, *family.optional)
    }
    # The core calls it whenever it creates a key in a location.
    by_creation = {"allocate_key"}
    assert set(PROBES) | by_family | by_creation | set(UNREACHABLE) == set(ENTRY_POINTS)
    assert not set(UNREACHABLE) & set(PROBES)


def test_the_tests_that_stand_in_for_probes_exist() -> None:
    for place in UNREACHABLE.values():
        file, _, name = place.partition("::")
        text = (kit.ROOT / file).read_text(encoding="utf-8")
        assert f"def {name}(" in text if name else "def test_" in text, place


@pytest.mark.parametrize("name", available_drivers([DRIVERS]))
def test_program_compiles(tmp_path: Path, name: str) -> None:
    raw = load_drivers([name], [DRIVERS])
    (driver,) = check(raw)
    if not functions(driver):
        assert untested(driver) == ["get_entropy"]
        return
    generate(raw, kit.mbedtls(), tmp_path / "gen")
    source = tmp_path / "program.c"
    source.write_text(program(driver))
    command = [*kit.CC, *kit.include_flags(tmp_path / "gen"), "-fsyntax-only", str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", available_drivers([DRIVERS]))
def test_samples_are_covered_by_their_capability(name: str) -> None:
    (driver,) = check(load_drivers([name], [DRIVERS]))
    for capability in driver.capabilities:
        for entry_name in sorted(capability.entry_points & set(PROBES)):
            found = sample(capability, entry_name)
            entry = ENTRY_POINTS[entry_name]
            alg = algorithm(found.alg).value if entry.categories else None
            key = (key_type(found.key_type).value, found.bits) if entry.keyed else None
            if entry_name not in ("init", "get_builtin_key"):
                assert capability.matches(alg, key), (entry_name, found)


def test_samples_of_wildcards_are_concrete() -> None:
    at_least = "PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(PSA_ALG_CCM, 4)"
    patterns = {
        "PSA_ALG_HMAC(PSA_ALG_ANY_HASH)": "PSA_ALG_HMAC(PSA_ALG_SHA_256)",
        "PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(PSA_ALG_CMAC, 8)": "PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, 16)",
        at_least: "PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 16)",
    }
    entry = {"mac": "mac_compute", "aead": "aead_encrypt"}
    for text, want in patterns.items():
        name = entry[pv.category(algorithm(text).value)]
        (driver,) = kit.drivers(kit.transparent({"entry_points": [name], "algorithms": [text]}))
        assert sample(driver.capabilities[0], name).alg == want
