# SPDX-License-Identifier: MIT
"""machine.Pin, RTC, WDT, sleep and reset causes: the same on every board that has them."""

from __future__ import annotations

import time

import pytest

from tests.targets.base import Target

SLOW = 60.0


def require(target: Target, name: str) -> None:
    """Skip where the firmware's machine module lacks `name`; a Unix process has no machine of its own."""
    if target.name == "UNIX" or not target.eval(f"hasattr(__import__('machine'), '{name}')"):
        pytest.skip(f"{target.name}: no machine.{name}")


def test_rtc_sets_the_time_that_time_tells(target):
    require(target, "RTC")
    target.run("import machine, time\nrtc = machine.RTC()\nrtc.datetime((2031, 12, 31, 0, 23, 59, 57, 500000))")
    now = target.eval("(rtc.datetime(), time.localtime(), time.time() - time.mktime((2031, 12, 31, 23, 59, 57, 0, 0)))")
    assert now[0][:6] == (2031, 12, 31, 2, 23, 59)  # a Wednesday: the weekday follows from the date
    assert 57 <= now[0][6] <= 59
    assert now[1][:5] == (2031, 12, 31, 23, 59)
    assert 0 <= now[2] <= 2


def test_rtc_names_the_field_that_is_wrong(target):
    require(target, "RTC")
    target.run("import machine\nrtc = machine.RTC()")
    for date, said in (
        ("(1999, 1, 1, 0, 0, 0, 0, 0)", "year: 1999 is not in 2000..2099"),
        ("(2000, 13, 1, 0, 0, 0, 0, 0)", "month: 13 is not in 1..12"),
        ("(2027, 2, 29, 0, 0, 0, 0, 0)", "day: 29 is not in 1..28"),
        ("(2027, 2, 1, 0, 24, 0, 0, 0)", "hour: 24"),
        ("(2027, 2, 1, 0, 0, 0, 60, 0)", "second: 60"),
        ("(2027, 2, 1, 0, 0, 0, 0, 1000000)", "subseconds: 1000000"),
    ):
        error = target.raises(f"rtc.datetime({date})")
        assert error.name == "ValueError" and said in error.message, (date, error)
    assert target.raises("rtc.datetime((2027, 1, 1))").name == "ValueError"
    assert target.raises("machine.RTC(1)").message == "there is only RTC(0)"
    assert target.eval("machine.RTC() is machine.RTC(0) is machine.RTC(id=0)")


@pytest.mark.parametrize("call", ["I2C.readfrom(8, -1)", "I2C.readfrom_mem(8, 0, -1)", "SPI.read(-1)"])
@pytest.mark.parametrize("soft", ["", "Soft"])
def test_a_negative_length_is_refused_before_memory_is_filled(target, soft, call):
    kind, _, rest = call.partition(".")
    require(target, kind)
    made = {"I2C": "machine.SoftI2C(a, b)", "SPI": "machine.SoftSPI(sck=a, mosi=b, miso=b)"}[kind] if soft else "unit()"
    target.run(
        "import machine\na, b = [getattr(machine.Pin.cpu, n) for n in dir(machine.Pin.cpu) if n[0] == 'P'][20:22]\n"
        f"def unit():\n    for n in range(9):\n        try:\n            return machine.{kind}(n)\n"
        "        except ValueError:\n            pass"
    )
    target.run(f"bus = {made}")
    error = target.raises(f"bus.{rest}")
    assert (error.name, error.message) == ("ValueError", "nbytes: -1 is negative")
    assert target.eval("1") == 1


def test_time_and_cause_get_through_a_reset(machine):
    require(machine, "RTC")
    machine.run_until_reset(
        "import machine\nmachine.RTC().datetime((2030, 6, 1, 0, 12, 0, 0, 0))\nmachine.reset()", timeout=SLOW
    )
    machine.run("import machine")
    assert machine.eval("machine.reset_cause() == machine.HARD_RESET")
    assert machine.eval("machine.RTC().datetime()")[:5] == (2030, 6, 1, 5, 12)


def test_lightsleep_takes_its_time_and_keeps_everything(target):
    require(target, "lightsleep")
    target.run("import machine, time\nkept = list(range(100))\nf = machine.freq()")
    start = time.monotonic()
    took = target.eval("(lambda t: (machine.lightsleep(250), time.ticks_diff(time.ticks_ms(), t))[1])(time.ticks_ms())")
    assert time.monotonic() - start < SLOW
    assert 249 <= took <= 400
    assert target.eval("(kept == list(range(100)), f == machine.freq())") == (True, True)
    assert target.eval("machine.lightsleep(0)") is None


def test_deepsleep_ends_in_a_reset_that_says_so(machine):
    require(machine, "deepsleep")
    machine.run_until_reset("import machine\nmachine.deepsleep(200)", timeout=SLOW)
    assert machine.eval("__import__('machine').reset_cause() == __import__('machine').DEEPSLEEP_RESET")


def test_watchdog_refuses_what_it_cannot(target):
    require(target, "WDT")
    target.run("import machine")
    for timeout in ("0", "-1", "1 << 30"):
        error = target.raises(f"machine.WDT(timeout={timeout})")
        assert error.name == "ValueError" and "is not in 1.." in error.message, error
    assert target.raises("machine.WDT(1)").message == "WDT(1) doesn't exist, only WDT(0)"
    # None of these started it.
    target.run("__import__('time').sleep_ms(50)")


@pytest.mark.parametrize("hang", ["while True: pass", "machine.disable_irq()\nwhile True: pass"])
def test_watchdog_resets_what_hangs_and_not_what_feeds(machine, hang):
    require(machine, "WDT")
    machine.run(
        "import machine, time\nw = machine.WDT(timeout=1000)\n"
        "for _ in range(8):\n    time.sleep_ms(300)\n    w.feed()\nprint('alive')",
        timeout=SLOW,
    )
    machine.run_until_reset(hang, timeout=SLOW)
    assert machine.eval("__import__('machine').reset_cause() == __import__('machine').WDT_RESET")
