# SPDX-License-Identifier: MIT
"""machine.SoftI2C and SoftSPI on boards in Renode, with devices that see nothing but the edges of two or three pins."""

from __future__ import annotations

import pytest

from tests.emu.test_flash_renode import number
from tests.targets.emulated import EmulatedTarget

SLOW = 120.0
# Where renode/<BOARD>.repl has the devices: clock and data of the memory; clock, MOSI, MISO, select of the echo.
PINS = {
    "STM32F4DISCOVERY": ("sysbus.gpioPortE", ("PE8", "PE7"), ("PE10", "PE11", "PE9", "PE12")),
    "NRF52840DK": ("sysbus.gpio1", ("P1_05", "P1_04"), ("P1_06", "P1_07", "P1_03", "P1_08")),
}

pytestmark = pytest.mark.target(*PINS)


class Memory:
    """SoftI2C `i` on the board, and the memory at its lines."""

    def __init__(self, board: EmulatedTarget) -> None:
        port, (clock, data), _ = PINS[board.name]
        self.board = board
        self._device = f"{port}.softMemory"
        self.knob("RefuseAfter", -1)
        self.knob("HoldsClockMicroseconds", 0)
        board.run("from machine import Pin, SoftI2C\nimport time")
        board.run(f"i_scl, i_sda = Pin('{clock}'), Pin('{data}')")
        board.run("i = SoftI2C(scl=i_scl, sda=i_sda, freq=400000, timeout=5000)")

    def knob(self, name: str, value: int) -> None:
        self.board.monitor(f"{self._device} {name} {value}")

    def count(self, name: str) -> int:
        return number(self.board.monitor(f"{self._device} {name}"))


class Echo:
    """The echo at the lines of a SoftSPI, `cs` its select pin."""

    def __init__(self, board: EmulatedTarget) -> None:
        port, _, (clock, mosi, miso, select) = PINS[board.name]
        self.board = board
        self._device = f"{port}.softEcho"
        self.pins = f"sck=Pin('{clock}'), mosi=Pin('{mosi}'), miso=Pin('{miso}')"
        board.run("from machine import Pin, SoftSPI")
        board.run(f"cs = Pin('{select}', Pin.OUT, value=1)\ncs(0)\ncs(1)")

    def mode(self, polarity: int, phase: int) -> None:
        self.board.monitor(f"{self._device} Mode {2 * polarity + phase}")

    def last(self) -> int:
        return number(self.board.monitor(f"{self._device} Last"))


@pytest.fixture
def memory(target: EmulatedTarget) -> Memory:
    return Memory(target)


@pytest.fixture
def echo(target: EmulatedTarget) -> Echo:
    return Echo(target)


def test_i2c_reads_and_writes_a_memory(memory: Memory) -> None:
    board = memory.board
    assert board.eval("i.scan()", timeout=SLOW) == [0x50]
    board.run("i.writeto_mem(0x50, 16, b'0123456789')")
    for size in (1, 2, 10):
        assert board.eval(f"i.readfrom_mem(0x50, 16, {size})") == b"0123456789"[:size]
    # All bits, both ways; the read goes on where the last one ended.
    board.run("i.writeto_mem(0x50, 0, bytes(range(256)))", timeout=SLOW)
    assert board.eval("i.readfrom_mem(0x50, 0, 256) == bytes(range(256))", timeout=SLOW)
    assert board.eval("(i.writeto(0x50, b'\\x7e'), i.readfrom(0x50, 2), i.readfrom(0x50, 2))") == (
        1,
        b"\x7e\x7f",
        b"\x80\x81",
    )
    board.run("b = bytearray(3)\ni.readfrom_mem_into(0x50, 0xA5, b)")
    assert board.eval("bytes(b)") == b"\xa5\xa6\xa7"
    assert board.eval("(i.writevto(0x50, [b'\\x20', b'ab', b'', b'c']), i.readfrom_mem(0x50, 0x20, 3))") == (4, b"abc")


def test_i2c_keeps_the_bus_when_it_is_told_to(memory: Memory) -> None:
    board = memory.board
    board.run("i.writeto_mem(0x50, 0x30, b'xyz')")
    starts, stops = memory.count("Starts"), memory.count("Stops")
    board.run("i.writeto(0x50, b'\\x31', False)\nd = i.readfrom(0x50, 2)")
    assert board.eval("d") == b"yz"
    assert (memory.count("Starts") - starts, memory.count("Stops") - stops) == (2, 1)
    # The primitive operations, as the documentation describes them.
    board.run(
        "i.start()\nn = i.write(b'\\xa0\\x32')\ni.start()\ni.write(b'\\xa1')\nb = bytearray(1)\ni.readinto(b)\ni.stop()"
    )
    assert board.eval("(n, bytes(b))") == (2, b"z")


def test_i2c_without_a_device_is_enodev(memory: Memory) -> None:
    board = memory.board
    for call in (
        "i.readfrom(0x51, 1)",
        "i.writeto(0x51, b'x')",
        "i.readfrom_mem(0x51, 0, 2)",
        "i.writeto_mem(0x51, 0, b'')",
    ):
        stops = memory.count("Stops")
        error = board.raises(call)
        assert (error.name, error.message) == ("OSError", "[Errno 19] ENODEV"), call
        assert memory.count("Stops") > stops, call  # the bus is free
    assert board.eval("i.writeto(0x50, b'')") == 0


def test_i2c_counts_what_was_acknowledged(memory: Memory) -> None:
    board = memory.board
    board.run("i.writeto_mem(0x50, 0, b'before')")
    memory.knob("RefuseAfter", 3)
    assert board.eval("i.writeto(0x50, b'\\0AFTER')") == 3
    memory.knob("RefuseAfter", -1)
    assert board.eval("i.readfrom_mem(0x50, 0, 6)") == b"AFfore"


def test_i2c_waits_for_a_stretched_clock_and_not_for_ever(memory: Memory) -> None:
    board = memory.board
    board.run("i.writeto_mem(0x50, 0, b'slow')")
    board.run("def took(f):\n    t = time.ticks_us()\n    r = f()\n    return r, time.ticks_diff(time.ticks_us(), t)")
    fast = board.eval("took(lambda: i.readfrom_mem(0x50, 0, 4))")
    memory.knob("HoldsClockMicroseconds", 1000)
    slow = board.eval("took(lambda: i.readfrom_mem(0x50, 0, 4))")
    assert fast[0] == slow[0] == b"slow"
    # Two addresses, the one in the memory, four bytes; not after the last, whose clock nobody waits for.
    assert slow[1] - fast[1] > 5 * 1000


@pytest.mark.parametrize("freq", [10_000, 100_000, 400_000])
def test_i2c_is_no_faster_than_asked(memory: Memory, freq: int) -> None:
    memory.board.run(f"i.init(scl=i_scl, sda=i_sda, freq={freq})")
    memory.knob("ShortestPeriodNanoseconds", 1_000_000_000)
    memory.board.run("i.writeto_mem(0x50, 0, b'\\x55\\xaa\\0')\ni.readfrom_mem(0x50, 0, 3)")
    assert 1e9 / freq <= memory.count("ShortestPeriodNanoseconds") < 1.5e9 / freq


def test_i2c_gives_up_a_clock_that_is_held(memory: Memory) -> None:
    board = memory.board
    board.run("import errno\ni.writeto_mem(0x50, 0, b'held\\0')\ni.readfrom_mem(0x50, 0, 4)")
    board.run(
        "def late(f):\n    t = time.ticks_us()\n    try:\n        f()\n    except OSError as e:\n"
        "        return e.errno == errno.ETIMEDOUT, time.ticks_diff(time.ticks_us(), t)"
    )
    for call in ("i.writeto(0x50, b'\\4')", "i.readfrom(0x50, 1)"):
        memory.knob("HoldsClockMicroseconds", -1)
        timed_out, time_us = board.eval(f"late(lambda: {call})")
        assert timed_out and 5000 <= time_us < 100_000, call
        memory.knob("HoldsClockMicroseconds", 0)
        if "read" in call:
            # The device is in the middle of a zero, so that no start condition gets through: it needs clocks first.
            board.run("i.readinto(bytearray(1))\ni.stop()")
        assert board.eval("i.readfrom_mem(0x50, 0, 4)") == b"held", call


@pytest.mark.parametrize(("polarity", "phase"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_spi_moves_bytes_both_ways_in_every_mode(echo: Echo, polarity: int, phase: int) -> None:
    board = echo.board
    echo.mode(polarity, phase)
    board.run(f"s = SoftSPI(baudrate=400000, polarity={polarity}, phase={phase}, {echo.pins})")
    board.run("x = bytearray(6)\ncs(0)\ns.write(b'\\0')\ns.write_readinto(b'\\x01\\x80\\xa5\\xff\\0c', x)")
    assert board.eval("bytes(x)") == bytes(0xFF ^ c for c in b"\0\x01\x80\xa5\xff\0")
    assert board.eval("(s.read(2, 0x55), s.readinto(x, 0x0f), bytes(x), cs(1))") == (
        bytes((0xFF ^ ord("c"), 0xAA)),
        None,
        b"\xaa" + 5 * b"\xf0",
        None,
    )
    assert echo.last() == 0x0F
    # Nobody is selected: the device does not hear it.
    board.run("s.write(b'abc')")
    assert echo.last() == 0x0F


def test_spi_turns_bytes_for_lsb_first(echo: Echo) -> None:
    board = echo.board
    echo.mode(0, 0)
    board.run(f"s = SoftSPI(firstbit=SoftSPI.LSB, {echo.pins})")
    board.run("cs(0)\ns.write(b'\\x01')")
    assert echo.last() == 0x80
    assert board.eval("(s.read(1, 0x0b), cs(1))[0]") == b"\xfe"
    assert echo.last() == 0xD0


def test_what_is_wrong_is_said(target: EmulatedTarget) -> None:
    target.run("from machine import Pin, SoftI2C, SoftSPI")
    _, (clock, data), _ = PINS[target.name]
    pins = f"Pin('{clock}'), Pin('{data}')"
    assert "scl" in target.raises("SoftI2C()").message
    assert target.raises("SoftI2C(1, 2)").message == "expecting a Pin, not int"
    assert "must specify all of sck/mosi/miso" in target.raises(f"SoftSPI(sck=Pin('{clock}'))").message
    assert "bits must be 8" in target.raises(f"SoftSPI(bits=16, sck=Pin('{clock}'))").message
    three = f"sck=Pin('{clock}'), mosi=Pin('{data}'), miso=Pin('{data}')"
    target.run(f"i = SoftI2C({pins})\ns = SoftSPI({three})")
    for call, said in (
        (f"SoftI2C({pins}, freq=0)", "freq: accepted are Hz from 1"),  # a division by zero resets the board
        ("i.init(i_scl, i_sda, freq=0)", "freq: accepted are Hz from 1"),
        (f"SoftI2C({pins}, timeout=0)", "timeout: accepted are microseconds from 1"),
        (f"SoftSPI(0, {three})", "baudrate: accepted are Hz from 1"),
        ("s.init(0)", "baudrate: accepted are Hz from 1"),
        ("s.init(-5)", "baudrate: accepted are Hz from 1"),
        ("s.init(polarity=2)", "polarity: accepted are 0 and 1"),
        (f"SoftSPI(phase=-1, {three})", "phase: accepted are 0 and 1"),
        ("s.init(firstbit=7)", "firstbit: accepted are 0 and 1"),
    ):
        error = target.raises(call.replace("i_scl, i_sda", pins))
        assert (error.name, error.message) == ("ValueError", said), (call, error)
    target.run("s.init(polarity=1)\ns.init()\ns.init(400000)")
    assert target.eval("'baudrate=250000, polarity=1, phase=0' in str(s)")
    assert target.eval(f"str(SoftI2C({pins}))") == f"SoftI2C(scl={clock}, sda={data}, freq=500000)"
