# SPDX-License-Identifier: MIT
"""The entropy collector's call sequence, credit and faults: the real core/entropy_collect.c, entropy_health.c and Mbed
TLS's SHA-256, with sources that follow a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import harness

CASES = harness.cases("entropy_scripted")


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    core = [harness.MODULE / "core" / name for name in ("entropy_collect.c", "entropy_health.c", "psa_arena.c")]
    library = harness.library(
        "constant_time.c", "md.c", "sha256.c", "platform.c", "platform_util.c", "memory_buffer_alloc.c"
    )
    ours = [*core, *harness.program("entropy_scripted")]
    return harness.compile_test(tmp_path_factory.mktemp("entropy"), "entropy_scripted", ours, library)


def test_all_cases_are_known(scripted):
    assert harness.run(str(scripted)).split() == CASES


@pytest.mark.parametrize("case", CASES)
def test_collector(scripted, case):
    harness.run(str(scripted), case)
