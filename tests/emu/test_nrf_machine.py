# SPDX-License-Identifier: MIT
"""NRF52840DK in Renode with what only models can do: crystals that do not start, a watchdog that bites, devices on its
buses that refuse."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.emu.conftest import PROMPT, Console
from tests.emu.test_flash_renode import number
from tests.targets import DeviceTimeout
from tests.targets.emulated import EmulatedTarget
from tools.emulator import Emulator

pytestmark = pytest.mark.target("NRF52840DK")

BOOT = 60.0


def restarted(console: Console) -> str:
    """What the board prints from its reset to the prompt."""
    return console.until("MicroPython v", BOOT) + console.until(PROMPT, BOOT)


def cause(console: Console) -> str:
    """The name of machine's constant for the last reset."""
    names = "('PWRON_RESET', 'HARD_RESET', 'WDT_RESET', 'DEEPSLEEP_RESET', 'SOFT_RESET', 'FAULT_RESET')"
    line = f"import machine as m; print([n for n in {names} if getattr(m, n) == m.reset_cause()])"
    found = console.ask(line, BOOT)
    return found.strip("[]'")


def test_without_its_crystals_the_board_runs_and_says_so(
    new_emulator: Callable[..., Emulator], connect: Callable[[Emulator], Console]
) -> None:
    emulator = new_emulator()
    emulator.start()
    console = connect(emulator)
    emulator.monitor("sysbus.power SlowCrystalMicroseconds -1")  # the RC oscillator goes on instead
    emulator.reset()
    assert "crystal" not in restarted(console)
    emulator.monitor("sysbus.power FastCrystalMicroseconds -1")
    emulator.reset()
    assert "the crystal does not start" in restarted(console)
    assert console.ask("6 * 7") == "42"
    assert console.ask("import time; time.sleep_ms(20); print('slept')") == "slept"


def test_resets_know_their_cause(new_emulator: Callable[..., Emulator], connect: Callable[[Emulator], Console]) -> None:
    emulator = new_emulator()
    emulator.start()
    console = connect(emulator)
    assert cause(console) == "PWRON_RESET"
    emulator.reset()
    restarted(console)
    assert cause(console) == "HARD_RESET"
    console.type("machine = m; machine.reset()\r")
    restarted(console)
    assert cause(console) == "HARD_RESET"
    console.type("m.deepsleep(60)\r")
    restarted(console)
    assert cause(console) == "DEEPSLEEP_RESET"
    console.type("w = m.WDT(timeout=200)\r")  # and nobody feeds it
    restarted(console)
    assert cause(console) == "WDT_RESET"


def test_a_watchdog_that_is_fed_does_not_bite_and_keeps_its_period(machine: EmulatedTarget) -> None:
    # In one go: virtual time goes on while the host thinks.
    said = machine.run(
        "import machine, time\nw = machine.WDT(timeout=2000)\n"
        "for i in range(30):\n    time.sleep_ms(100)\n    w.feed()\n"
        "try:\n    machine.WDT(timeout=900)\nexcept Exception as e:\n    print(type(e).__name__)\n"
        "w.feed()\nprint('alive')",
        timeout=60,
    )
    assert said.splitlines()[-1] == "alive" and said.splitlines()[0] in ("OSError", "ValueError")


@pytest.fixture
def bus(machine: EmulatedTarget) -> Iterator[EmulatedTarget]:
    machine.run("from machine import I2C\ni = I2C(0, freq=400000, timeout=20000)")
    yield machine
    machine.monitor("sysbus.twim0 RefuseAfter -1")
    machine.monitor("sysbus.twim0 HoldsClock false")


def test_i2c_talks_to_a_device(bus: EmulatedTarget) -> None:
    assert bus.eval("i.scan()") == [0x50]
    bus.run("i.writeto_mem(0x50, 16, b'0123456789')")
    assert bus.eval("i.readfrom_mem(0x50, 18, 4)") == b"2345"
    assert bus.eval("(i.writeto(0x50, b'\\x12'), i.readfrom(0x50, 3))") == (1, b"234")
    # A write that keeps the bus, and the read after it with a second start condition; several buffers in one go.
    assert bus.eval("(i.writeto(0x50, b'\\x14', False), i.readfrom(0x50, 2))") == (1, b"45")
    assert bus.eval("(i.writevto(0x50, (b'\\x10', bytearray(b'ab'), b'c')), i.readfrom_mem(0x50, 16, 5))") == (
        4,
        b"abc34",
    )
    # A constant of the program is in flash or on the heap, a large transfer is one run of EasyDMA.
    bus.run("i.writeto_mem(0x50, 0, bytes(range(200)))")
    assert bus.eval("i.readfrom_mem(0x50, 0, 200) == bytes(range(200))") is True
    assert bus.raises("i.writeto(0x51, b'x')").message.endswith("ENODEV")
    assert bus.raises("i.readfrom_mem(0x51, 0, 1)").message.endswith("ENODEV")


def test_i2c_device_that_refuses_or_hangs(bus: EmulatedTarget) -> None:
    bus.run("i.writeto_mem(0x50, 0, b'before')")
    bus.monitor("sysbus.twim0 RefuseAfter 3")
    assert bus.eval("i.writeto(0x50, b'\\x00AFTER')") == 3
    bus.monitor("sysbus.twim0 RefuseAfter 0")
    assert bus.raises("i.readfrom_mem(0x50, 0, 4)").message.endswith("EIO")
    bus.monitor("sysbus.twim0 RefuseAfter -1")
    bus.monitor("sysbus.twim0 HoldsClock true")
    assert bus.raises("i.readfrom(0x50, 4)").message.endswith("ETIMEDOUT")
    bus.monitor("sysbus.twim0 HoldsClock false")
    assert bus.eval("i.readfrom_mem(0x50, 0, 6)") == b"AFfore"


def test_spi_shifts_both_ways(machine: EmulatedTarget) -> None:
    machine.run(
        "from machine import SPI\ns = SPI(2, baudrate=3000000)\nb = bytearray(5)\ns.write_readinto(b'abcde', b)"
    )
    assert machine.eval("bytes(b)[1:]") == bytes(~c & 0xFF for c in b"abcd")
    assert machine.eval("'baudrate=2000000' in repr(s)") is True
    assert machine.eval("len(s.read(300, 0x55))") == 300


def test_pins_and_their_interrupts(machine: EmulatedTarget) -> None:
    machine.run(
        "from machine import Pin\nimport time\nled = Pin('LED1', Pin.OUT, value=1)\n"
        "b = Pin('BUTTON1', Pin.IN, Pin.PULL_UP)\n"
        "seen = []\nb.irq(lambda p: seen.append(p.value()), Pin.IRQ_FALLING | Pin.IRQ_RISING)"
    )
    assert machine.eval("(led.value(), b.value())") == (1, 1)
    machine.monitor("sysbus.gpio0.button Press")
    assert machine.eval("(time.sleep_ms(5), b.value(), seen)") == (None, 0, [0])
    machine.monitor("sysbus.gpio0.button Release")
    assert machine.eval("(time.sleep_ms(5), b.value(), seen)") == (None, 1, [0, 1])
    machine.run("led.value(0)\nb.irq(None)")
    assert machine.eval("led.value()") == 0
    machine.monitor("sysbus.gpio0.button PressAndRelease")
    assert machine.eval("(time.sleep_ms(5), seen)") == (None, [0, 1])
    # Eight pins can have an interrupt, the ninth is told.
    names = ["P1_01", "P1_02", "P1_03", "P1_04", "P1_05", "P1_06", "P1_07", "P1_08"]
    machine.run(f"ps = [Pin(n, Pin.IN) for n in {names!r}]\nfor p in ps:\n    p.irq(lambda p: 0, Pin.IRQ_RISING)")
    assert machine.raises("b.irq(lambda p: 0, Pin.IRQ_RISING)").name == "OSError"


def virtual_ms(machine: EmulatedTarget) -> float:
    """The emulation's own time, which does not ask the firmware."""
    found = re.search(r"(\d+):(\d+):(\d+\.\d+)", machine.monitor("machine ElapsedVirtualTime"))
    assert found
    return 1000 * (3600 * int(found[1]) + 60 * int(found[2]) + float(found[3]))


def bounded_ticks(machine: EmulatedTarget) -> tuple[float, int, float]:
    """ticks_ms(), between two looks at the emulation's time."""
    before = virtual_ms(machine)
    ticks = machine.eval("time.ticks_ms()")
    return before, ticks, virtual_ms(machine)


@pytest.mark.parametrize("time_ms", ["600000", ""])
def test_a_pin_wakes_from_light_sleep(machine: EmulatedTarget, time_ms: str) -> None:
    machine.run(
        "import machine, time\nfrom machine import Pin\nseen, kept = [], list(range(100))\n"
        "b = Pin('BUTTON1', Pin.IN, Pin.PULL_UP)\nb.irq(lambda p: seen.append(p.value()), Pin.IRQ_FALLING)"
    )
    start = bounded_ticks(machine)
    printed = machine.monitor_meanwhile(
        "def sleep():\n    t = time.ticks_ms()\n    r = machine.lightsleep(" + time_ms + ")\n"
        "    return r, time.ticks_diff(time.ticks_ms(), t), seen\nprint('ready')\nprint(sleep())",
        "sysbus.gpio0.button Press",
    )
    end = bounded_ticks(machine)
    result, slept, seen = ast.literal_eval(printed)
    # It returned because of the pin, whose handler ran once, before anything else did.
    assert result is None and slept < 60_000 and seen == [0]
    # The time that it slept is neither lost nor counted twice: to a tick of the clock that ran meanwhile.
    assert end[0] - start[2] - 5 <= end[1] - start[1] <= end[2] - start[0] + 5
    assert slept <= end[1] - start[1]
    # Everything is still there: memory, the console, the fast clocks, the pin's interrupt.
    assert machine.eval("(kept == list(range(100)), machine.freq())") == (True, 64_000_000)
    machine.monitor("sysbus.gpio0.button Release")
    machine.monitor("sysbus.gpio0.button Press")
    assert machine.eval("(time.sleep_ms(5), seen)") == (None, [0, 0])
    machine.monitor("sysbus.gpio0.button Release")


def test_a_pin_without_an_interrupt_does_not_wake(machine: EmulatedTarget) -> None:
    machine.run(
        "import machine, time\nfrom machine import Pin\nb = Pin('BUTTON1', Pin.IN, Pin.PULL_UP)\n"
        "b.irq(lambda p: 0, Pin.IRQ_FALLING)\nb.irq(None)"
    )
    slept = machine.monitor_meanwhile(
        "t = time.ticks_ms()\nprint('ready')\nmachine.lightsleep(3000)\nprint(time.ticks_diff(time.ticks_ms(), t))",
        "sysbus.gpio0.button PressAndRelease",
    )
    assert 3000 <= int(slept) < 3500


@pytest.mark.parametrize(
    ("trigger", "level", "sense"),
    [
        ("IRQ_RISING", 1, 2),
        ("IRQ_FALLING", 1, 3),
        ("IRQ_RISING | Pin.IRQ_FALLING", 1, 3),
        ("IRQ_RISING | Pin.IRQ_FALLING", 0, 2),
    ],
)
def test_deep_sleep_without_a_time_waits_for_the_armed_pin(
    machine: EmulatedTarget, trigger: str, level: int, sense: int
) -> None:
    if level == 0:
        machine.monitor("sysbus.gpio0.button Press")
    machine.run(
        "import machine\nfrom machine import Pin\nb = Pin('BUTTON1', Pin.IN, Pin.PULL_UP)\n"
        f"b.irq(lambda p: 0, Pin.{trigger})"
    )
    before = number(machine.monitor("sysbus.power OffRequests"))
    with pytest.raises(DeviceTimeout):
        machine.run("machine.deepsleep()", timeout=3.0)
    assert number(machine.monitor("sysbus.power OffRequests")) == before + 1
    # A level ends System OFF mode (PIN_CNF of P0.11, SENSE): with both edges the one that the pin does not have.
    assert number(machine.monitor("sysbus ReadDoubleWord 0x5000072C")) >> 16 & 3 == sense
    machine.monitor("sysbus.gpio0.button Release")


def test_light_sleep_counts_the_time(machine: EmulatedTarget) -> None:
    machine.run(
        "import machine, time\nt = time.ticks_us()\nmachine.lightsleep(120)\nt = time.ticks_diff(time.ticks_us(), t)"
    )
    assert 120_000 <= machine.eval("t") < 130_000
    assert machine.eval("6 * 7") == 42  # the console is back


def test_a_byte_whose_end_is_never_told_does_not_stop_the_console(machine: EmulatedTarget) -> None:
    """Whoever prints may be reporting a fault; before, it waited for ever."""
    endtx = "0x40002120"
    machine.run(f"import machine, time\ntime.sleep_ms(50)\nmachine.mem32[{endtx}] = 0\nprint('still here')")
    machine.run("def fault(): machine.mem32[0xf0000000] = 1")
    machine.run_until_reset(f"time.sleep_ms(50)\nmachine.mem32[{endtx}] = 0\nfault()", timeout=BOOT)
    machine.run("import machine")
    assert machine.eval("machine.reset_cause() == machine.FAULT_RESET")
