# SPDX-License-Identifier: MIT
"""Health tests of NIST SP 800-90B section 4.4 against a model written from the standard."""

from __future__ import annotations

import math
import random
import re
import subprocess
from decimal import Decimal, localcontext
from pathlib import Path

import pytest

from tests.unit import harness

SOURCE = harness.MODULE / "core" / "entropy_health.c"
STARTUP = 1024


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    main = harness.HERE / "c" / "entropy_health_stream.c"
    return harness.compile_test(tmp_path_factory.mktemp("health"), "entropy_health_stream", [SOURCE, main])


def call(stream: Path, millibits: int, sample_bits: int, samples: bytes = b"", size: int = 128) -> list[str]:
    command = [str(stream), str(millibits), str(sample_bits), str(size)]
    done = subprocess.run(command, input=samples, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def proportion_cutoff(millibits: int, window: int) -> int:
    """1 + CRITBINOM(window, 2^-H, 1 - 2^-20), section 4.4.2; never more than the window."""
    with localcontext() as context:
        context.prec = 400
        p = Decimal(2) ** (-Decimal(millibits) / 1000)
        alpha, tail = Decimal(2) ** -20, Decimal(0)
        for k in range(window, -1, -1):
            tail += math.comb(window, k) * p**k * (1 - p) ** (window - k)
            if tail > alpha:
                return min(k + 1, window)
    raise AssertionError("a distribution without mass")


def table(name: str) -> list[tuple[int, int]]:
    body = re.search(rf"{name}\[\] = \{{(.*?)\n\}};", SOURCE.read_text(), re.DOTALL)
    assert body
    return [(int(h), int(c)) for h, c in re.findall(r"\{ (\d+), (\d+) \}", body.group(1))]


@pytest.mark.parametrize(("name", "window"), [("binary_cutoffs", 1024), ("larger_cutoffs", 512)])
def test_tables_are_the_standard_s(name, window):
    rows = table(name)
    assert rows == sorted(rows) and len(rows) >= 20
    assert rows == [(millibits, proportion_cutoff(millibits, window)) for millibits, _ in rows]


@pytest.mark.parametrize(
    ("millibits", "sample_bits", "repetition", "proportion", "window"),
    [
        (1000, 1, 21, 589, 1024),  # the example of the standard
        (999, 1, 22, 607, 1024),
        (500, 1, 41, 793, 1024),
        (10, 1, 2001, 1024, 1024),
        (8000, 8, 4, 13, 512),
        (1000, 8, 21, 311, 512),
        (32000, 32, 2, 13, 512),
        (1, 32, 20001, 512, 512),
    ],
)
def test_cutoffs(stream, millibits, sample_bits, repetition, proportion, window):
    assert call(stream, millibits, sample_bits) == [f"{repetition} {proportion} {window}"]


@pytest.mark.parametrize(("millibits", "sample_bits"), [(0, 8), (1000, 0), (1000, 3), (1001, 1), (8001, 8), (1, 64)])
def test_impossible_claims_are_refused(stream, millibits, sample_bits):
    assert call(stream, millibits, sample_bits) == ["refused"]


def model(samples: list[int], per_call: int, repetition: int, proportion: int, window: int) -> list[str]:
    """What the stream program prints, from the text of sections 4.4.1, 4.4.2 and 4.3."""
    lines = []
    a, b, first, n, matches, passed = None, 0, None, 0, 0, 0
    for start in range(0, len(samples), per_call):
        alarm = False
        for sample in samples[start : start + per_call]:
            b = b + 1 if sample == a else 1
            a = sample
            if n == 0:
                first, matches = sample, 0
            matches += sample == first
            n = (n + 1) % window
            if b >= repetition or matches >= proportion:
                alarm = True
                break
        if alarm:
            a, b, n, passed = None, 0, 0, 0
            lines.append("alarm")
        else:
            passed += per_call
            lines.append("started" if passed >= STARTUP else "ok")
    return lines


def pack(samples: list[int], sample_bits: int) -> bytes:
    number = 0
    for i, sample in enumerate(samples):
        number |= sample << (i * sample_bits)
    return number.to_bytes(len(samples) * sample_bits // 8, "little")


@pytest.mark.parametrize("sample_bits", [1, 2, 4, 8, 16, 32])
@pytest.mark.parametrize("bias", [0.0, 0.4, 0.7, 0.95, 1.0])
def test_agrees_with_the_standard(stream, sample_bits, bias):
    """bias: how many samples are one and the same value."""
    rng = random.Random(f"{sample_bits} {bias}")
    size = 64
    per_call = size * 8 // sample_bits
    samples = [0 if rng.random() < bias else rng.getrandbits(sample_bits) for _ in range(per_call * 60)]
    for millibits in (300, 700, 1000 * sample_bits):
        printed = call(stream, millibits, sample_bits, pack(samples, sample_bits), size)
        cutoffs = [int(word) for word in printed[0].split()]
        assert printed[1:] == model(samples, per_call, *cutoffs)


def test_good_noise_raises_no_alarm(stream):
    noise = random.Random(1).randbytes(128 * 400)
    for millibits, sample_bits in ((1000, 1), (2000, 2), (4000, 4), (8000, 8), (8000, 16)):
        assert "alarm" not in call(stream, millibits, sample_bits, noise)
