# SPDX-License-Identifier: MIT
"""Statuses of the patched core where Mbed TLS's own are not the specification's, and keys in secure elements whose
driver is registered at run time.

The scenarios are C (tests/unit/c/core_statuses.c, se_operations_scenarios.c) under the sanitizers; the program itself
checks that nothing is left allocated.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit import core_build
from tests.unit.harness import HERE

MAINS = [HERE / "c" / name for name in ("core_host.c", "core_statuses.c", "se_model.c", "se_operations_scenarios.c")]
SCENARIOS = [name for main in MAINS for name in re.findall(r'^    \{ "(\w+)", \1 \},$', main.read_text(), re.MULTILINE)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return core_build.build(tmp_path_factory.mktemp("statuses"), ["recorder_vault"], MAINS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(program: Path, name: str) -> None:
    core_build.scenario(program, name)
