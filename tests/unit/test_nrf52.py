# SPDX-License-Identifier: MIT
"""Drivers of the nRF52840's blocks against models of their registers, on the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import core_build, harness
from tools.paths import ROOT

DRIVERS = ROOT / "drivers"


@pytest.fixture(scope="module")
def trng(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trng")
    driver = DRIVERS / "trng_nrf52"
    ours = [driver / "trng_nrf52.c", *harness.program("trng_nrf52_faults")]
    flags = [f"-I{driver}", "-DTRNG_NRF52_HOST_TEST"]
    return harness.link(folder / "program", harness.compile_objects(folder, ours, flags=flags))


@pytest.mark.parametrize("case", harness.cases("trng_nrf52_faults"))
def test_trng_fault(trng, case):
    harness.run(str(trng), case)


@pytest.fixture(scope="module")
def ecb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core with the driver, and a model of the AES block that counts."""
    return core_build.build(
        tmp_path_factory.mktemp("ecb"), ["ecb_nrf52"], harness.program("core_services", "ecb_nrf52_modes")
    )


@pytest.mark.parametrize("case", harness.cases("ecb_nrf52_modes"))
def test_ecb(ecb, case):
    harness.run(str(ecb), case)


def test_all_cases_are_listed():
    assert len(harness.cases("trng_nrf52_faults")) == 10
    assert len(harness.cases("ecb_nrf52_modes")) == 9
