# SPDX-License-Identifier: MIT
"""`make check-driver` for every driver of the tree: entry points reached through the API, a fault at each step."""

from __future__ import annotations

import pytest

from tests.unit.harness import mbedtls
from tools.check_driver import Checks, checkable
from tools.progress import Steps

NAMES = checkable()


@pytest.fixture(scope="module")
def checks() -> Checks:
    return Checks(mbedtls(), NAMES, Steps(1 + len(NAMES)), 2)


def test_drivers_of_both_kinds_are_checked() -> None:
    assert {"template_transparent", "template_opaque", "se_soft", "p256_m"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_conformance(checks: Checks, name: str) -> None:
    report = checks.run(name)
    assert not report.faults, "\n".join(report.lines())
    assert report.reached > 0 and report.injected > 0
