# SPDX-License-Identifier: MIT
"""drivers/trng_serial on the host, with a model of the line: flags, time limits, a line that spoils bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import harness
from tools.paths import ROOT

CASES = harness.cases("trng_serial_line")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("line")
    ours = [ROOT / "drivers/trng_serial/trng_serial.c", *harness.program("trng_serial_line")]
    return harness.compile_test(folder, "trng_serial_line", ours)


@pytest.mark.parametrize("case", CASES)
def test_line(line, case):
    harness.run(str(line), case)


def test_all_cases_are_listed():
    source = (harness.HERE / "c" / "trng_serial_line.c").read_text()
    assert len(CASES) == source.count('\n    { "') >= 20
