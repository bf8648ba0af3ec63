# SPDX-License-Identifier: MIT
"""Keys in secure elements, behind a dynamic driver and behind an opaque one, on the patched core: faults of the element
and of the storage, and a power cut at every flash operation while a key is made or destroyed. The real PSA core,
storage and littlefs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit import drivergen_kit, harness

VAULT: dict[str, Any] = {
    "prefix": "vault",
    "type": "opaque",
    "location": 16,
    "key_context": {"base_size": 8},
    "capabilities": [
        {"entry_points": ["get_entropy"]},
        {
            "entry_points": ["allocate_key", "destroy_key", "generate_key", "import_key", "copy_key"],
            "key_types": ["PSA_KEY_TYPE_AES"],
        },
    ],
}
DRIVERS: dict[str, list[dict[str, Any]]] = {"se_transactions": [], "opaque_transactions": [VAULT]}


CASES = [(name, case) for name in DRIVERS for case in harness.cases(name)]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    # What no driver changes is compiled once.
    common = harness.compile_objects(
        tmp_path_factory.mktemp("library"), [], [*harness.rest_of_library(), *harness.littlefs()]
    )
    return {name: build(tmp_path_factory.mktemp(name), name, common) for name in DRIVERS}


def build(folder: Path, name: str, common: list[Path]) -> Path:
    gen = drivergen_kit.emit(folder, *DRIVERS[name])
    own = sorted((harness.MODULE / "core").glob("*.c"))
    ours = [*own, *harness.program("flash_model", "element_keys", name)]
    # Without a driver, the entropy source is the test's, and so is the table that names it.
    generated = [file for file in sorted(gen.glob("*.c")) if DRIVERS[name] or file.name != "psa_driver_tables.c"]
    core = harness.patched_core(folder / "core")
    flags = [f"-I{folder / 'core' / 'library'}"]
    return harness.link(
        folder / name, [*harness.compile_objects(folder, ours, [*generated, *core], flags=flags), *common]
    )


def test_all_cases_are_known(programs):
    for name in DRIVERS:
        assert harness.run(str(programs[name])).split() == harness.cases(name)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_keys_and_slots_agree(programs, name, case):
    harness.run(str(programs[name]), case)
