# SPDX-License-Identifier: MIT
"""Statuses of the patched core where Mbed TLS's own are not the specification's, and keys in secure elements whose
driver is registered at run time.

The scenarios are C (tests/unit/c/core_statuses.c, se_*_scenarios.c) under the sanitizers; the program itself
checks that nothing is left allocated.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import core_build, harness

SCENARIOS = ("core_statuses", "se_cipher_scenarios", "se_mac_scenarios", "se_key_scenarios")
MAINS = harness.program("core_services", "core_host", "se_model", "se_scenarios", *SCENARIOS)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return core_build.build(tmp_path_factory.mktemp("statuses"), ["recorder_vault"], MAINS)


@pytest.mark.parametrize("name", harness.cases(*SCENARIOS))
def test_scenario(program: Path, name: str) -> None:
    core_build.scenario(program, name)
