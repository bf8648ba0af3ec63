# SPDX-License-Identifier: MIT
"""An entropy device on a UART that goes silent, stuck, biased, slow or noisy: from the start and in operation.

docs/entropy.md promises what is asserted here: the exceptions, that nothing works without entropy, the limits in time,
and that a device which recovers is used again without a reset.
"""

from __future__ import annotations

import re
import time

import pytest

from tests.targets import Target, registry
from tools import board as boards
from tools.entropy_device import BEHAVIOURS

WITH_DEVICE = [name for name in registry.names() if "entropy_uart" in boards.load(name).emulator]
pytestmark = pytest.mark.target(*WITH_DEVICE)

BAD = tuple(name for name in BEHAVIOURS if name != "good")
# What get_entropy() raises, and the message's end where the core has something to say.
RAISED = {
    "silent": ("HardwareFailure", "in get_entropy"),
    "stuck": ("HardwareFailure", "alarm of the health tests"),
    "biased": ("HardwareFailure", "alarm of the health tests"),
    "slow": ("HardwareFailure", "in get_entropy"),
    "noisy": ("CommunicationFailure", "in get_entropy"),
}
SILENCE_MS, CALL_MS = 5000, 20000
SLOW = 120.0  # host seconds for what may take three times the limit of one call, on a machine with much to do

PRELUDE = """
import psa, time
SOURCE = "trng_serial"
NONBLOCK, KEEPALIVE = psa.GET_ENTROPY_NONBLOCK, psa.GET_ENTROPY_KEEPALIVE

def took(call):
    # (name of the exception, milliseconds)
    start = time.ticks_ms()
    try:
        call()
        name = ""
    except Exception as exc:
        name = type(exc).__name__
    return name, time.ticks_diff(time.ticks_ms(), start)

def seen(*fields):
    (source,) = [s for s in psa.entropy_sources() if s.name == SOURCE]
    return tuple(getattr(source, field) for field in fields)

def look(size=128, flags=0):
    return psa.get_entropy(SOURCE, size, flags)
"""


def in_bounds(behaviour: str, milliseconds: int) -> bool:
    """Whether one call of the driver ended when it should have, by the board's clock."""
    if behaviour in ("silent", "slow"):
        return SILENCE_MS <= milliseconds <= CALL_MS + 1000
    return milliseconds <= CALL_MS + 1000


@pytest.mark.parametrize("behaviour", BAD)
def test_bad_from_the_start(new_machine, behaviour):
    with new_machine(entropy=behaviour) as machine:
        machine.run(PRELUDE)
        name, milliseconds = machine.eval("took(psa.crypto_init)", timeout=SLOW)
        assert name == "InsufficientEntropy"
        assert behaviour in ("biased", "noisy") or in_bounds(behaviour, milliseconds)
        assert machine.raises("psa.generate_random(1)").name == "BadState"
        assert machine.eval("(psa.arena_info().used, seen('credited_bits'))") == (0, (0,))
        # A look at the source says what is wrong with it.
        exc = machine.raises("look()", timeout=SLOW)
        if behaviour in ("biased", "noisy"):  # chance may let a single look through
            for _ in range(8):
                exc = machine.raises("while True: look()", timeout=SLOW)
                if exc.message.endswith(RAISED[behaviour][1]):
                    break
        assert exc.name == RAISED[behaviour][0] and exc.message.endswith(RAISED[behaviour][1]), exc
        alarms, failures, faults, health = machine.eval("seen('alarms', 'failures', 'faults', 'health')")
        if behaviour in ("stuck", "biased"):
            assert alarms >= 2 and health == "failed"
        else:
            assert failures >= 2 and alarms == 0 and health == "starting"
        assert faults == 0
        assert not machine.entropy.enabled, "a device that failed is still powered"
        # It recovers; no reset is needed.
        machine.entropy.behaviour = "good"
        machine.run("psa.crypto_init()", timeout=SLOW)
        assert machine.eval("(len(psa.generate_random(32)), seen('health'))") == (32, ("healthy",))


@pytest.mark.parametrize("behaviour", BAD)
def test_bad_in_operation(machine, behaviour):
    machine.run(PRELUDE)
    machine.run("psa.crypto_init()\nbefore = psa.generate_random(16)")
    assert machine.eval("seen('health', 'alarms', 'failures')") == ("healthy", 0, 0)
    machine.entropy.behaviour = behaviour
    # The generator that was seeded goes on until it needs new entropy, and then stops.
    assert machine.eval("psa.generate_random(16) != before") is True
    machine.run("psa.random_deplete()")
    for call in ("psa.generate_random(16)", "psa.random_reseed()", "psa.generate_key(aes)"):
        machine.run("aes = psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=128, usage=psa.KEY_USAGE_ENCRYPT)")
        assert machine.raises(call, timeout=SLOW).name == "InsufficientEntropy", call
    # What needs no random numbers works on.
    assert machine.eval("len(psa.hash_compute(psa.ALG_SHA_256, b''))") == 32
    machine.entropy.behaviour = "good"
    machine.run("for _ in range(9): psa.random_reseed()", timeout=SLOW)
    assert machine.eval("(len(psa.generate_random(16)), seen('health'))") == (16, ("healthy",))


def test_prediction_resistance_notices_at_the_next_call(machine):
    machine.run(PRELUDE)
    machine.run("psa.crypto_init()\npsa.random_set_prediction_resistance(1)\npsa.generate_random(16)")
    machine.entropy.behaviour = "stuck"
    assert machine.raises("psa.generate_random(16)", timeout=SLOW).name == "InsufficientEntropy"


def test_silent_and_slow_calls_end_in_time(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    for behaviour in ("silent", "slow"):
        machine.entropy.behaviour = behaviour
        name, milliseconds = machine.eval("took(look)", timeout=SLOW)
        assert name == "HardwareFailure" and in_bounds(behaviour, milliseconds), (behaviour, milliseconds)


def test_nonblock_never_waits_for_a_silent_device(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    machine.entropy.behaviour = "silent"
    machine.run("results = [took(lambda: look(128, NONBLOCK | KEEPALIVE)) for _ in range(100)]")
    names, total = machine.eval("({name for name, _ in results}, sum(ms for _, ms in results))")
    assert names == {"InsufficientEntropy"}
    assert total < SILENCE_MS, "a hundred calls took longer than one that waits"
    assert machine.eval("seen('empty', 'failures')")[1] == 0
    assert machine.entropy.enabled
    assert machine.raises("look(16, NONBLOCK)").name == "InsufficientEntropy"
    assert not machine.entropy.enabled or settles(lambda: not machine.entropy.enabled)


def settles(condition) -> bool:
    """Whether something on the host becomes true; what the board sent is a moment on its way."""
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_nonblock_finds_what_was_asked_for_before(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    machine.entropy.warm_up = 0.5
    machine.run("""
first = took(lambda: look(128, NONBLOCK | KEEPALIVE))
tries = 0
while True:
    try:
        data, bits = look(128, NONBLOCK | KEEPALIVE)
        break
    except psa.InsufficientEntropy:
        tries += 1
        time.sleep_ms(10)
""", timeout=SLOW)  # fmt: skip
    assert machine.eval("first[0]") == "InsufficientEntropy"
    assert machine.eval("(len(data), bits, tries > 3)") == (128, 512, True)
    machine.run("look(1)")


def commands(machine: Target) -> list[str]:
    """What the device was told, without the sessions' numbers."""
    return [re.sub(r"^enable \d+$", "enable", line) for line in machine.entropy.log if not line.startswith("behaviour")]


def test_collector_s_sequence_at_the_device(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    assert settles(lambda: commands(machine)[-1] == "disable")
    log = commands(machine)
    rounds = machine.eval("seen('rounds')")[0]
    # The first round of a seed wakes the device and goes on; the second one gets the noise and lets it power down. All
    # further rounds are one by one, and every one of them ends without KEEPALIVE.
    session = ["enable", "noise 8", "disable"]
    count = len(log) // 3
    assert log == session * count
    seeds = rounds - count
    assert seeds >= 2, "no first round with NONBLOCK and KEEPALIVE was seen"
    sessions = [line for line in machine.entropy.log if line.startswith("enable")]
    assert all(one != other for one, other in zip(sessions, sessions[1:], strict=False))
    assert not machine.entropy.enabled


def test_keepalive_keeps_the_device_powered(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    assert settles(lambda: not machine.entropy.enabled)
    machine.entropy.log.clear()
    machine.run("for _ in range(3): look(32, KEEPALIVE)")
    assert machine.entropy.enabled and commands(machine) == ["enable", "noise 2", "noise 2", "noise 2"]
    machine.run("look(16)")
    assert settles(lambda: not machine.entropy.enabled)
    assert commands(machine)[4:] == ["noise 1", "disable"]
    machine.run("look(16)")
    assert settles(lambda: commands(machine)[6:] == ["enable", "noise 1", "disable"])


def test_a_reset_while_the_device_is_powered_costs_nothing(machine):
    machine.run(PRELUDE + "psa.crypto_init()\nlook(32, KEEPALIVE)")
    assert machine.entropy.enabled
    machine.soft_reset()
    machine.run(PRELUDE + "psa.crypto_init()\nlook(512, KEEPALIVE)")
    machine.reset()
    machine.run(PRELUDE + "psa.crypto_init()")
    assert machine.eval("seen('alarms', 'failures', 'faults', 'health')") == (0, 0, 0, "healthy")


def test_health_tests_begin_anew_after_an_alarm(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    machine.entropy.behaviour = "stuck"
    assert machine.raises("look(16)").name == "HardwareFailure"
    assert machine.eval("seen('health', 'alarms')") == ("failed", 1)
    machine.entropy.behaviour = "good"
    health = [machine.eval("(look(128) and None, seen('health')[0])")[1] for _ in range(9)]
    assert health == ["starting"] * 7 + ["healthy"] * 2


def test_large_and_small_requests(machine):
    machine.run(PRELUDE + "psa.crypto_init()")
    for size in (1, 15, 16, 17, 500, 512):
        data, bits = machine.eval(f"look({size}, KEEPALIVE)")
        assert len(data) == size and bits == 4 * size
    machine.run("look(1)")


def test_masked_interrupts_do_not_hang_the_source(machine):
    """A program that masked interrupts gets its noise from the hardware directly."""
    machine.run(PRELUDE + "import machine\npsa.crypto_init()")
    machine.run("state = machine.disable_irq()\ntry:\n  data = look(64)[0]\nfinally:\n  machine.enable_irq(state)")
    assert machine.eval("len(set(data)) > 8") is True
