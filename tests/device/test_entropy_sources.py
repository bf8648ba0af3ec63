# SPDX-License-Identifier: MIT
"""psa.entropy_sources() and psa.get_entropy(): what Python sees of the entropy sources, and what it may ask of them."""

from __future__ import annotations

import pytest

from tests.targets import Target
from tools import board as boards

FIELDS = "name health sample_bits declared_bits accepted_flags calls rounds empty failures faults alarms credited_bits"
HEALTH = ("healthy", "starting", "failed", "untested", "misdeclared")
START = "import psa\npsa.crypto_init()\nsource = psa.entropy_sources()[0].name\n"


def sources(target: Target) -> dict[str, dict[str, object]]:
    """Name → fields of every source."""
    listed = target.eval(f"[{{f: getattr(s, f) for f in {FIELDS.split()!r}}} for s in psa.entropy_sources()]")
    return {source["name"]: source for source in listed}


def test_sources_are_listed_before_crypto_init(target):
    """Counters go on from one soft reset to the next, so what they are depends on who had the machine before."""
    target.run("import psa")
    found = sources(target)
    assert found and set(found) <= set(boards.load(target.name).drivers)
    for source in found.values():
        assert source["health"] in HEALTH
        assert source["sample_bits"] in (0, 1, 2, 4, 8, 16, 32)
        assert 0 <= source["declared_bits"] <= source["sample_bits"]
        assert (source["health"] == "untested") is (source["declared_bits"] == 0)
        assert source["accepted_flags"] in range(4)
    assert target.eval("[(s[0], len(s)) for s in psa.entropy_sources()]") == [(name, 12) for name in found]


def test_crypto_init_is_seen_in_the_counters(machine):
    machine.run("import psa")
    for source in sources(machine).values():
        assert source["calls"] == source["rounds"] == source["credited_bits"] == 0
    machine.run("psa.crypto_init()")
    found = sources(machine)
    assert any(source["health"] in ("healthy", "untested") for source in found.values())
    # Two seeds' worth of 32 bytes with 64 bits more each, at least two rounds for each.
    assert sum(source["credited_bits"] for source in found.values()) >= 2 * (256 + 64)
    for source in found.values():
        assert source["rounds"] >= 4 and source["calls"] >= source["rounds"]
        assert source["failures"] == source["faults"] == source["alarms"] == 0
    machine.run("psa.crypto_init()")
    assert sources(machine) == found, "crypto_init() a second time asked for entropy"
    machine.run("psa.random_reseed()")
    after = sources(machine)
    assert all(after[name]["rounds"] > found[name]["rounds"] for name in found)


@pytest.mark.parametrize(
    ("call", "name", "words"),
    [
        ("psa.get_entropy()", "TypeError", "missing argument 'name'"),
        ("psa.get_entropy(b'x', 8)", "TypeError", "'name' must be a str, not bytes"),
        ("psa.get_entropy(source)", "TypeError", "needs size or out"),
        ("psa.get_entropy(source, 'x')", "TypeError", "'size' must be an int"),
        ("psa.get_entropy(source, 0)", "ValueError", "size must be 1..512, not 0"),
        ("psa.get_entropy(source, 513)", "ValueError", "size must be 1..512, not 513"),
        ("psa.get_entropy(source, -1)", "ValueError", "'size' must be"),
        ("psa.get_entropy(source, 1 << 40)", "ValueError", "'size' must be"),
        ("psa.get_entropy(source, out=bytearray(0))", "ValueError", "size must be 1..512, not 0"),
        ("psa.get_entropy(source, out=b'x')", "TypeError", "'out' must be a writable buffer"),
        ("psa.get_entropy(source, 8, 4)", "ValueError", "flags: 4 has bits beyond GET_ENTROPY_NONBLOCK"),
        ("psa.get_entropy(source, 8, 0x80000001)", "ValueError", "flags: 2147483649"),
        ("psa.get_entropy(source, 8, -1)", "ValueError", "'flags' must be"),
        ("psa.get_entropy(source, 8, 1 << 32)", "ValueError", "'flags' must be"),
        ("psa.get_entropy(source, 8, out=bytearray(7))", "BufferTooSmall", "get_entropy"),
        ("psa.get_entropy(source, 8, 0, bytearray(8))", "TypeError", "3 positional arguments"),
    ],
)
def test_wrong_calls_are_refused_before_the_driver_hears_of_them(target, call, name, words):
    target.run(START)
    before = sources(target)
    exc = target.raises(call)
    assert exc.name == name and words.replace("'", "") in exc.message.replace("'", ""), exc
    assert sources(target) == before


@pytest.mark.parametrize("wrong", ["", "trng", "trng_", "TRNG_HOST", "x" * 300, "\\0"])
def test_unknown_source_names_those_that_exist(target, wrong):
    target.run(START)
    exc = target.raises(f"psa.get_entropy('{wrong}', 8)")
    assert exc.name == "DoesNotExist"
    assert exc.message == "PSA_ERROR_DOES_NOT_EXIST in get_entropy: sources are " + ", ".join(sources(target))


def test_drivers_are_not_called_before_crypto_init(target):
    target.run("import psa\nsource = psa.entropy_sources()[0].name")
    before = sources(target)
    exc = target.raises("psa.get_entropy(source, 8)")
    assert exc.name == "BadState" and "crypto_init" in exc.message
    assert sources(target) == before
    target.run("psa.crypto_init()\npsa.get_entropy(source, 8)")
    target.soft_reset()  # another life: the core is off again
    assert target.raises("import psa\npsa.get_entropy(psa.entropy_sources()[0].name, 8)").name == "BadState"


@pytest.mark.parametrize("size", [1, 7, 16, 128, 129, 512])
def test_bytes_and_bits(target, size):
    target.run(START)
    before = sources(target)
    data, bits = target.eval(f"psa.get_entropy(source, {size})")
    assert isinstance(data, bytes) and len(data) == size
    assert 1 <= bits <= 8 * size
    again, _ = target.eval(f"psa.get_entropy(source, size={size}, flags=0)")
    # Two pieces of noise that are equal: once in 2^64 and rarer.
    assert size < 16 or (data != again and len(set(data)) > 4)
    after = sources(target)
    (name,) = [name for name in after if after[name] != before[name]]
    assert after[name]["calls"] == before[name]["calls"] + 2
    # Not for the random generator: no round, no credit.
    assert after[name]["rounds"] == before[name]["rounds"]
    assert after[name]["credited_bits"] == before[name]["credited_bits"]


def test_out_is_filled_in_place(target):
    target.run(START)
    target.run("buffer = bytearray(40)\nn, bits = psa.get_entropy(source, out=memoryview(buffer)[4:36])")
    n, bits, data = target.eval("(n, bits, bytes(buffer))")
    assert n == 32 and 1 <= bits <= 256
    assert data[:4] == data[36:] == bytes(4) and data[4:36] != bytes(32)
    target.run("buffer = bytearray(40)\nn, bits = psa.get_entropy(source, 24, out=buffer)")
    n, data = target.eval("(n, bytes(buffer))")
    assert n == 24 and data[:24] != bytes(24) and data[24:] == bytes(16)


def test_a_refused_call_wipes_out(target):
    target.run(START)
    target.run(
        "buffer = bytearray(b'x' * 7)\ntry:\n  psa.get_entropy(source, 8, out=buffer)\nexcept psa.BufferTooSmall: pass"
    )
    assert target.eval("bytes(buffer)") == bytes(7)


def test_flags_are_a_driver_s_business(target):
    target.run(START)
    assert target.eval("(psa.GET_ENTROPY_NONBLOCK, psa.GET_ENTROPY_KEEPALIVE)") == (1, 2)
    accepted = target.eval("psa.entropy_sources()[0].accepted_flags")
    for flags in range(4):
        target.run(f"""
try:
    data, bits = psa.get_entropy(source, 16, {flags})
    assert len(data) == 16 and 1 <= bits <= 128 and {flags} & ~{accepted} == 0
except psa.InsufficientEntropy:
    assert {flags} & psa.GET_ENTROPY_NONBLOCK
except psa.NotSupported:
    assert {flags} & ~{accepted}
""")
    target.run("psa.get_entropy(source, 16, 0)")  # the last call lets the source power down


def test_the_random_generator_works_on_after_looks_at_the_sources(target):
    target.run(START)
    assert target.eval("len({psa.get_entropy(source, 32)[0] for _ in range(8)} | {psa.generate_random(32)})") == 9
    target.run("psa.random_reseed()")
    assert target.eval("psa.arena_info().used") > 0
