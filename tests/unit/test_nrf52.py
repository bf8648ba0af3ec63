# SPDX-License-Identifier: MIT
"""Drivers of the nRF52840's blocks against models of their registers, on the host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit import core_build, harness
from tools.paths import ROOT

DRIVERS = ROOT / "drivers"


def cases(name: str) -> list[str]:
    return re.findall(r'^    \{ "(\w+)", \1 \},$', (harness.HERE / "c" / f"{name}.c").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def trng(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trng")
    driver = DRIVERS / "trng_nrf52"
    ours = [driver / "trng_nrf52.c", harness.HERE / "c" / "trng_nrf52_faults.c"]
    flags = [f"-I{driver}", "-DTRNG_NRF52_HOST_TEST"]
    return harness.link(folder / "program", harness.compile_objects(folder, ours, flags=flags))


@pytest.mark.parametrize("case", cases("trng_nrf52_faults"))
def test_trng_fault(trng, case):
    harness.run(str(trng), case)


@pytest.fixture(scope="module")
def ecb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core with the driver, and a model of the AES block that counts."""
    return core_build.build(tmp_path_factory.mktemp("ecb"), ["ecb_nrf52"], [harness.HERE / "c" / "ecb_nrf52_modes.c"])


@pytest.mark.parametrize("case", cases("ecb_nrf52_modes"))
def test_ecb(ecb, case):
    harness.run(str(ecb), case)


def test_all_cases_are_listed():
    assert len(cases("trng_nrf52_faults")) == 10
    assert len(cases("ecb_nrf52_modes")) == 9
