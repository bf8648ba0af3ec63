# SPDX-License-Identifier: MIT
"""What the STM32F4 boards run on, on the host: power cuts in the flash's log of sectors, faults of the entropy
source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit import harness
from tools.paths import ROOT

FOLDER = ROOT / "port" / "mcu" / "stm32f4"
DRIVER = ROOT / "drivers" / "trng_stm32"
CASES = harness.cases("trng_stm32_faults")


def build(folder: Path, name: str, tested: Path, *flags: str) -> Path:
    ours = [tested, *harness.program(name)]
    return harness.link(folder / name, harness.compile_objects(folder, ours, flags=[f"-I{tested.parent}", *flags]))


@pytest.fixture(scope="module")
def sectorlog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("log"), "sectorlog_powercut", FOLDER / "sectorlog.c")


@pytest.fixture(scope="module")
def trng(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trng")
    return build(folder, "trng_stm32_faults", DRIVER / "trng_stm32.c", "-DTRNG_STM32_HOST_TEST")


# Block counts: a full region, the file system's, the keys'.
@pytest.mark.parametrize("blocks", [62, 48, 32])
def test_power_cuts_lose_nothing_but_the_operation_in_work(sectorlog, blocks):
    output = harness.run(str(sectorlog), str(blocks), "300", "173")
    operations, compactions, cuts = map(int, re.findall(r"\d+", output))
    assert compactions >= 2, output
    assert cuts == 3 * len(range(1, operations + 1, 173)), output


@pytest.mark.parametrize("case", CASES)
def test_trng_fault(trng, case):
    harness.run(str(trng), case)


def test_all_trng_cases_are_listed():
    assert len(CASES) == 11
