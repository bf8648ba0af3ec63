# SPDX-License-Identifier: MIT
"""Keys in dynamic secure elements on the patched core: faults of the element and of the storage, and a power cut at
every flash operation while a key is made or destroyed. The real PSA core, storage and littlefs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit import drivergen_kit, harness

SOURCE = harness.HERE / "c" / "se_transactions.c"
CASES = re.findall(r'^    \{ "(\w+)", \1 \},$', SOURCE.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("se")
    gen = drivergen_kit.emit(folder)
    core = ["its.c", "psa_arena.c", "entropy_collect.c", "entropy_health.c", "builtin_keys.c"]
    ours = [*(harness.MODULE / "core" / name for name in core), harness.HERE / "c" / "flash_model.c", SOURCE]
    wrappers = gen / "psa_crypto_driver_wrappers_no_static.c"
    third_party = [
        wrappers,
        *harness.patched_core(folder / "core"),
        *harness.rest_of_library(),
        *harness.littlefs(),
    ]
    flags = [f"-I{folder / 'core' / 'library'}"]
    return harness.compile_test(folder, "se_transactions", ours, third_party, flags=flags)


def test_all_cases_are_known(program):
    assert harness.run(str(program)).split() == CASES


@pytest.mark.parametrize("case", CASES)
def test_keys_and_slots_agree(program, case):
    harness.run(str(program), case)
