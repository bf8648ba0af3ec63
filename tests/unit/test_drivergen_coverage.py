# SPDX-License-Identifier: MIT
"""The hook that docs/driver-entry-points.md names for an entry point calls drivers of each kind."""

from __future__ import annotations

import re

import pytest

from tests.unit import drivergen_kit as kit
from tools.drivergen import coverage
from tools.drivergen.emit import generate
from tools.drivergen.entry_points import ENTRY_POINTS, Kind
from tools.drivergen.load import load_drivers


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The C of a board with both templates, and of one with a random generator."""
    folder = tmp_path_factory.mktemp("coverage")
    generate(load_drivers(list(coverage.TEMPLATES), [coverage.DRIVERS]), kit.mbedtls(), folder / "gen")
    points = ["random", "init_random", "add_entropy"]
    random = kit.transparent({"entry_points": points, "initial_entropy_size": 48, "reseed_entropy_size": 32})
    kit.emit(folder / "random", random)
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.[ch]")))


def body(text: str, name: str) -> str:
    """All definitions of a function or table."""
    pattern = rf"^[^\n;#/]*\b{name}\b(?:\([^;{{]*\)|\[\] =)\s*\{{.*?^\}}"
    return "\n".join(re.findall(pattern, text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", list(ENTRY_POINTS))
def test_hook_calls_the_driver(generated: str, name: str) -> None:
    found = body(generated, coverage.hook(name))
    assert found, f"no {coverage.hook(name)} in the generated code"
    kind = ENTRY_POINTS[name].kind
    if coverage.HOOKS.get(name, "").startswith("mbedtls_psa_external"):
        # Seeding goes through a function of its own.
        assert re.search(rf"\b\w+_{name}\(", found + body(generated, "feed"))
        return
    for prefix, has in (("template_transparent", Kind.TRANSPARENT), ("template_opaque", Kind.OPAQUE)):
        assert (f"{prefix}_{name}" in found) == bool(kind & has), (prefix, name)
