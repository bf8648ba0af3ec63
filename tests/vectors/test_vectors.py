# SPDX-License-Identifier: MIT
"""Every vector that applies, through the Python API of each target, with what must be refused beside it.

UNIX runs them all. An emulated board runs a fixed sample of each file: the checks are the same, the crypto is the same
C, and what could differ (word size, alignment, speed paths of the processor) shows on few.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.targets import Target
from tests.vectors import families, families_ecc, families_rsa  # noqa: F401  (the latter two add their sources)
from tests.vectors.table import Count

WANT_DEF = Path(__file__).parents[2] / "modules/psa/bind/want.def"
ON_DEVICE = Path(__file__).with_name("on_device")
DONE = re.compile(r"^DONE (\d+) (\d+)$", re.MULTILINE)
NAME = re.compile(r"psa\.((?:ALG|KEY_TYPE)_\w+)")
KNOWN = set(re.findall(r"^MP_PSA_WANT_\w+\((\w+)\)", WANT_DEF.read_text(), re.MULTILINE))
BATCH_BYTES = {"UNIX": 400_000}
BOARD_BATCH_BYTES = 6_000
BOARD_CASE_BYTES = 5_000  # a longer case leaves no room in a microcontroller's heap
CASE_TIMEOUT = {"UNIX": 10}
BOARD_CASE_TIMEOUT = 60


def device_source(check: str) -> str:
    return "\n".join((ON_DEVICE / f"{name}.py").read_text() for name in ("common", check))


def sample(cases: list[families.Case], size: int) -> list[families.Case]:
    """Evenly spread, the first and the last among them: files are sorted by size."""
    if len(cases) <= size:
        return cases
    if size < 2:
        return cases[:size]
    return [cases[position * (len(cases) - 1) // (size - 1)] for position in range(size)]


def batches(cases: list[families.Case], limit: int) -> list[tuple[int, list[str]]]:
    """Source text of cases, as many as fit; each batch with the number of its first case."""
    found: list[tuple[int, list[str]]] = []
    room = 0
    for number, case in enumerate(cases):
        text = repr(case)
        if len(text) > room or not found:
            found.append((number, []))
            room = limit
        found[-1][1].append(text)
        room -= len(text)
    return found


def wants(case: families.Case) -> set[str]:
    """What a case needs the firmware to have: the algorithms, key types and curves that its expressions name."""
    names = set()
    for item in case:
        if isinstance(item, families.Psa):
            names |= {name.replace("_ANY_SALT", "") for name in NAME.findall(item)}
    if str(case[0]).startswith("psa.ECC_FAMILY_"):
        names.add(f"{str(case[0]).replace('psa.ECC_FAMILY', 'ECC')}_{case[1]}")
    return names & KNOWN


@pytest.mark.parametrize("source", families.SOURCES, ids=lambda source: source.id)
def test_vectors(source: families.Source, full_target: Target, request: pytest.FixtureRequest) -> None:
    target = full_target
    profile = target.capabilities()["profile"]
    everything, skipped = source.cases()
    cases = []
    for case in everything:
        missing = target.missing(*wants(case), *source.needs.split())
        if missing:
            assert profile != "full", f"the full profile lacks {', '.join(missing)}"
            skipped[f"firmware without {', '.join(missing)}"] += 1
        else:
            cases.append(case)
    if target.name != "UNIX":
        small = sample([case for case in cases if len(repr(case)) < BOARD_CASE_BYTES], source.sample)
        skipped["not in the sample"] += len(cases) - len(small)
        cases = small
    count = Count(f"{target.name} ({profile})", source.family, source.path, skipped=+skipped)
    if not cases:
        count.record(request)
        pytest.skip(f"{target.name}: {'; '.join(count.skipped)}")

    target.run(device_source(source.check))
    target.run("psa.crypto_init()")
    failures: list[str] = []
    for first, texts in batches(cases, BATCH_BYTES.get(target.name, BOARD_BATCH_BYTES)):
        timeout = 30 + len(texts) * CASE_TIMEOUT.get(target.name, BOARD_CASE_TIMEOUT)
        output = target.run(f"run([{','.join(texts)}], {first})\ngc.collect()", timeout=timeout)
        failures += [line for line in output.splitlines() if line.startswith("FAILED")]
        done = DONE.search(output)
        assert done and int(done.group(1)) == len(texts), f"the batch from case {first} did not end: {output}"
        count.run += len(texts)
        count.negative += int(done.group(2))
    count.record(request)
    assert not failures, f"{source.path}: {len(failures)} of {len(cases)}\n" + "\n".join(failures[:20])
