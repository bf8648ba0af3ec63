# SPDX-License-Identifier: MIT
"""Pins and buses of STM32F4DISCOVERY in Renode: what comes out, what goes in, and what a bus can do wrong."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.emu.test_flash_renode import number
from tests.targets.emulated import EmulatedTarget

pytestmark = pytest.mark.target("STM32F4DISCOVERY")
SLOW = 60.0
PROBE = "sysbus.gpioPortD.ledProbe"
SCL_PROBE = "sysbus.gpioPortB.sclProbe"
BUTTON = "sysbus.gpioPortA.button"


def test_pins_are_found_by_every_name(target: EmulatedTarget) -> None:
    target.run("from machine import Pin, Signal")
    assert target.eval("Pin('LD4') is Pin('PD12') is Pin.board.LD4 is Pin.cpu.PD12 is Pin(Pin.cpu.PD12)")
    error = target.raises("Pin('PF3')")
    assert error.name == "ValueError" and "there is no pin 'PF3'; pins: PA0-15 " in error.message
    assert error.message.endswith("LD3 LD4 LD5 LD6 B1")
    assert target.raises("Pin(5)").message == "expecting a Pin, not int"
    assert "accepted are Pin.IN, OUT" in target.raises("Pin('LD4', 77)").message
    assert "accepted are None, Pin.PULL_UP" in target.raises("Pin('LD4', Pin.IN, 77)").message
    assert "belongs to a peripheral" in target.raises("Pin('PA2').init(value=1)").message  # the console's


def test_output_reaches_the_pin_without_a_glitch(machine: EmulatedTarget) -> None:
    machine.run("from machine import Pin, Signal\nled = Pin('LD4', Pin.OUT, value=0)")
    before = number(machine.monitor(f"{PROBE} Rises"))
    machine.run("led.on(); led.off(); led.toggle(); led(0); led.value(1); Signal(led, invert=True).on()")
    assert number(machine.monitor(f"{PROBE} Rises")) - before == 3
    assert machine.monitor(f"{PROBE} Level") == "False"
    assert machine.eval("(led.value(), led.mode() == Pin.OUT, str(led))") == (
        0,
        True,
        "Pin(Pin.cpu.PD12, mode=Pin.OUT)",
    )
    machine.run("led.init(Pin.IN, Pin.PULL_UP)")
    assert machine.eval("(str(led), led.pull() == Pin.PULL_UP)") == (
        "Pin(Pin.cpu.PD12, mode=Pin.IN, pull=Pin.PULL_UP)",
        True,
    )


def test_interrupts_of_a_pin(machine: EmulatedTarget) -> None:
    machine.run(
        "from machine import Pin\nb = Pin('B1', Pin.IN)\nseen = []\ndef h(p): seen.append((p is b, p.irq().flags()))"
    )
    machine.run("b.irq(h)")
    machine.monitor(f"{BUTTON} Press")
    assert machine.eval("(b.value(), seen)") == (1, [(True, 2)])
    machine.monitor(f"{BUTTON} Release")
    assert machine.eval("(b.value(), seen.pop())") == (0, (True, 1))
    error = machine.raises("Pin('PC0', Pin.IN).irq(h)")
    assert (error.name, error.message) == ("OSError", "PA0 has the interrupt that PC0 needs")

    # Only one edge, in the interrupt itself, where nothing may be allocated.
    machine.run("count = bytearray(1)\ndef hard(p): count[0] += 1\nb.irq(hard, Pin.IRQ_FALLING, hard=True)")
    for _ in range(3):
        machine.monitor(f"{BUTTON} Press")
        machine.monitor(f"{BUTTON} Release")
    assert machine.eval("count[0]") == 3
    machine.run("def bad(p): return [1] * 100\nb.irq(bad, Pin.IRQ_RISING, hard=True)")
    printed = machine.monitor_meanwhile("import time\nprint('ready')\ntime.sleep_ms(2000)", f"{BUTTON} Press")
    assert "Uncaught exception" in printed and "MemoryError" in printed
    # It is off now, and after a soft reset nothing of it is left.
    machine.monitor(f"{BUTTON} Release")
    machine.soft_reset()
    machine.monitor(f"{BUTTON} Press")
    machine.monitor(f"{BUTTON} Release")
    assert machine.eval("1") == 1


def test_an_interrupt_does_not_get_into_the_core_or_the_flash(machine: EmulatedTarget) -> None:
    """It may have come in the middle of a call: the random generator would give both the same bytes."""
    machine.run(
        dedent("""
        import micropsa, os, psa
        from machine import Pin
        psa.crypto_init()
        b, flash = Pin('B1', Pin.IN), micropsa.Flash()
        operation = psa.HashOperation()
        operation.setup(psa.ALG_SHA_256)
        noise, block = bytearray(16), bytearray(32)
        refused, returned, done = bytearray(4), [0, 0, 0], bytearray(1)
        def attempt(i, call):
            try:
                call()
            except RuntimeError:
                refused[i] = 1
        def random(): psa.generate_random(out=noise)
        def urandom(): os.urandom(0)
        def abort(): operation.abort()
        def leave(): operation.__exit__(None, None, None)
        def hard(p):
            attempt(0, random)
            attempt(1, urandom)
            attempt(2, abort)
            attempt(3, leave)
            returned[0] = flash.readblocks(0, block, 0)
            returned[1] = flash.writeblocks(47, block, 0)
            returned[2] = flash.ioctl(6, 47)
            done[0] += 1
        b.irq(hard, Pin.IRQ_RISING, hard=True)
    """)
    )
    machine.monitor(f"{BUTTON} Press")
    assert machine.eval("(done[0], bytes(refused), returned, noise == bytes(16))") == (
        1,
        bytes([1] * 4),
        [-16] * 3,
        True,
    )
    # Scheduled by the interrupt it works, and what the interrupt left alone is as it was.
    machine.run(
        dedent("""
        import micropython
        def soft(_): psa.generate_random(out=noise)
        def hard(p): micropython.schedule(soft, 0)
        b.irq(hard, Pin.IRQ_FALLING, hard=True)
    """)
    )
    machine.monitor(f"{BUTTON} Release")
    assert machine.eval("noise != bytes(16)")
    assert machine.eval("operation.finish() == psa.hash_compute(psa.ALG_SHA_256, b'')")
    machine.run("def bare(p): psa.generate_random(out=noise)\nb.irq(bare, Pin.IRQ_RISING, hard=True)")
    printed = machine.monitor_meanwhile("import time\nprint('ready')\ntime.sleep_ms(2000)", f"{BUTTON} Press")
    assert "RuntimeError: psa in a hard interrupt handler: use micropython.schedule()" in printed


def test_i2c_talks_to_what_is_there_and_says_what_is_not(target: EmulatedTarget) -> None:
    target.run("from machine import I2C, Pin\ni = I2C(1)")
    assert target.eval("i.scan()", timeout=SLOW) == [0x50]
    target.run("i.writeto_mem(0x50, 7, b'0123456789')")
    for size in (1, 2, 3, 4, 10):  # each ends a read another way
        assert target.eval(f"i.readfrom_mem(0x50, 7, {size})") == b"0123456789"[:size]
    assert target.eval("(i.writeto(0x50, b'\\x09'), i.readfrom(0x50, 3))") == (1, b"234")
    assert target.eval("(i.writevto(0x50, [b'\\x20', b'ab', b'', b'c']), i.readfrom_mem(0x50, 0x20, 3))") == (4, b"abc")
    target.run("i.writeto(0x50, b'\\x21', False)")
    assert target.eval("i.readfrom(0x50, 1)") == b"b"
    for call in (
        "i.readfrom(0x51, 1)",
        "i.writeto(0x51, b'x')",
        "i.readfrom_mem(0x51, 0, 2)",
        "i.writeto_mem(0x51, 0, b'')",
    ):
        error = target.raises(call)
        assert (error.name, error.message) == ("OSError", "[Errno 19] ENODEV"), call
    assert target.eval("i.readfrom_mem(0x50, 7, 1)") == b"0"
    assert "I2C(9) doesn't exist; there are: 1 2 3" in target.raises("I2C(9)").message
    assert "PA0 cannot be the clock of I2C(1)" in target.raises("I2C(1, scl=Pin('PA0'))").message
    assert "accepted are Hz from" in target.raises("I2C(1, freq=1)").message
    assert target.eval("str(I2C(1, freq=100000))") == "I2C(1, scl=PB6, sda=PB9, freq=100000, timeout=50000)"


@pytest.mark.parametrize(
    ("register", "fault", "errno"),
    [
        ("0x18", "value |= 2", "ETIMEDOUT"),  # the bus is never free
        ("0x14", "value &= ~2", "ETIMEDOUT"),  # the address is neither taken nor refused: the clock is held
        ("0x14", "value |= 0x200", "EIO"),  # arbitration lost
    ],
)
def test_a_stuck_i2c_bus_costs_bounded_time_and_is_cleared(
    machine: EmulatedTarget, register: str, fault: str, errno: str
) -> None:
    machine.run("from machine import I2C\nimport time\ni = I2C(1, timeout=20000)\ni.writeto(0x50, b'\\0')")
    before = number(machine.monitor(f"{SCL_PROBE} Falls"))
    machine.monitor(
        f'sysbus SetHookAfterPeripheralRead sysbus.i2c1 "{fault}" <{register}, {hex(int(register, 16) + 3)}>'
    )
    # Measured on the chip: its time goes on while the host talks to it.
    printed = machine.run(
        "t = time.ticks_ms()\ntry:\n    i.readfrom(0x50, 1)\n"
        "except OSError as e:\n    print(e, time.ticks_diff(time.ticks_ms(), t))",
        timeout=SLOW,
    )
    assert errno in printed and int(printed.split()[-1]) < 500
    # Whoever holds the bus gets clocks, at least the one of the stop condition.
    assert number(machine.monitor(f"{SCL_PROBE} Falls")) > before


def test_spi_moves_bytes_both_ways(target: EmulatedTarget) -> None:
    target.run("from machine import SPI, Pin\ns = SPI(1, 10_000_000)\nx = bytearray(3)")
    target.run("s.write(b'\\0')\ns.write_readinto(b'abc', x)")
    assert target.eval("bytes(x)") == bytes(0xFF ^ c for c in b"\0ab")
    assert target.eval("s.read(2, 0x55)") == bytes((0xFF ^ ord("c"), 0xAA))
    assert target.eval("str(s)") == (
        "SPI(1, baudrate=5250000, polarity=0, phase=0, bits=8, firstbit=0, sck=PA5, mosi=PA7, miso=PA6)"
    )
    for call, said in (
        ("SPI(1, bits=16)", "bits: accepted is 8"),
        ("SPI(1, polarity=2)", "polarity: accepted are 0 and 1"),
        ("SPI(1, firstbit=7)", "firstbit: accepted are 0 and 1"),
        ("SPI(1, 1000)", "baudrate: SPI(1) has no less than"),
        ("SPI(1, sck=Pin('PB13'))", "sck: PB13 cannot do that for SPI(1)"),
        ("SPI(4)", "SPI(4) doesn't exist; there are: 1 2 3"),
    ):
        error = target.raises(call)
        assert error.name == "ValueError" and said in error.message, (call, error)
    target.run("s.deinit()")
    assert "ENODEV" in target.raises("s.write(b'x')").message


def test_a_spi_that_stops_is_an_error(machine: EmulatedTarget) -> None:
    machine.run("from machine import SPI\ns = SPI(1)")
    machine.monitor('sysbus SetHookAfterPeripheralRead sysbus.spi1 "value &= ~1" <0x8, 0xB>')
    assert "EIO" in machine.raises("s.write(b'x')", timeout=SLOW).message


def test_the_reset_button_is_no_power_on(machine: EmulatedTarget) -> None:
    cause = "[n for n in dir(machine) if n.endswith('_RESET') and getattr(machine, n) == machine.reset_cause()]"
    machine.run("import machine\nmachine.RTC().datetime((2029, 1, 2, 0, 3, 4, 0, 0))")
    machine.reset()
    machine.run("import machine")
    assert machine.eval(cause) == ["HARD_RESET"]
    # Nobody announced this reset: the clock of the backup domain kept the time.
    assert machine.eval("machine.RTC().datetime()")[:5] == (2029, 1, 2, 1, 3)
    machine.monitor("sysbus.resetAndClock PowerOn")
    machine.reset()
    machine.run("import machine")
    assert machine.eval(cause) == ["PWRON_RESET"]


def test_a_pin_wakes_from_lightsleep(machine: EmulatedTarget) -> None:
    machine.run(
        "import machine, time\nfrom machine import Pin\nn = []\nPin('B1', Pin.IN).irq(n.append, Pin.IRQ_RISING)"
    )
    machine.run("def sleep():\n    machine.lightsleep(600000)")
    machine.run("def measured():\n    t = time.ticks_ms()\n    sleep()\n    return time.ticks_diff(time.ticks_ms(), t)")
    assert int(machine.monitor_meanwhile("print('ready')\nprint(measured())", f"{BUTTON} Press")) < 60000
    assert machine.eval("len(n)") == 1
