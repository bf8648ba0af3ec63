# SPDX-License-Identifier: MIT
"""psa_its_* over littlefs: power cuts at every flash operation, faults, wrong use. The real core/its.c and littlefs on
a model of NOR flash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit import harness

CASES = harness.cases("its_behaviour")
# Program unit, erase block, blocks: what our boards have, small blocks, and the largest program unit.
GEOMETRIES = [(16, 4096, 16), (4, 512, 48), (256, 2048, 24)]


def build(folder: Path, name: str) -> Path:
    core = [harness.MODULE / "core" / file for file in ("its.c", "psa_arena.c")]
    ours = [*core, *harness.program("flash_model", name)]
    third_party = [*harness.littlefs(), *harness.library("platform.c", "platform_util.c", "memory_buffer_alloc.c")]
    return harness.compile_test(folder, name, ours, third_party)


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("its"), "its_behaviour")


@pytest.fixture(scope="module")
def powercut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("cut"), "its_powercut")


def test_all_cases_are_known(behaviour):
    assert harness.run(str(behaviour)).split() == CASES


@pytest.mark.parametrize("case", CASES)
def test_behaviour(behaviour, case):
    harness.run(str(behaviour), case)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda g: "x".join(map(str, g)))
def test_power_cut_at_every_operation(powercut, geometry):
    """Old or new, never neither, never a mix; nothing else changes; the storage goes on working."""
    output = harness.run(str(powercut), *map(str, geometry))
    operations, cuts = map(int, re.findall(r"\d+", output))
    assert cuts == operations * 3 * 3
