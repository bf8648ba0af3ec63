# SPDX-License-Identifier: MIT
"""Our port at its console: the prompt, Ctrl-C, resets, start-up scripts, fault reports, UARTs."""

import re
import subprocess

import pytest

from tests.targets import registry
from tools import board as boards

# Addresses and UARTs below are the AN386's.
pytestmark = pytest.mark.target(*[name for name in registry.names() if boards.load(name).mcu == "mps2"])

PROMPT = ">>> "
BAD_ADDRESS = "0x90000000"


def address_of(board, symbol):
    """Address of a symbol of the firmware."""
    listing = subprocess.run(["arm-none-eabi-nm", registry.image(board)], capture_output=True, text=True, check=True)
    return int(re.search(rf"^([0-9a-f]+) . {symbol}$", listing.stdout, re.MULTILINE).group(1), 16)


def boot(emulator, connect):
    """Start and return (console, everything that the board said up to its prompt)."""
    emulator.start()
    console = connect(emulator)  # the banner may have gone by before we connected; the log has it
    return console, emulator.console_log.read_text(errors="replace")


def test_prompt(console):
    assert console.ask("1 + 1") == "2"
    assert "NameError" in console.ask("nothing")
    console.type("\x04")
    assert re.search(r"MPY: soft reboot\nMicroPython v1\.\S+ on .*; \w+ with ", console.until(PROMPT))


@pytest.mark.parametrize("busy", ["exec('while True: pass')", "__import__('time').sleep(1000)", "input()"])
def test_ctrl_c_interrupts(console, busy):
    console.type(f"print('started'); {busy}\r")
    console.until("\r\nstarted\r\n")
    console.type("\x03")
    assert "KeyboardInterrupt" in console.until(PROMPT)
    assert console.ask("1 + 2") == "3"


def test_ctrl_c_after_more_input_than_the_board_holds(console):
    """A full receive buffer must not make a program that does not read uninterruptible."""
    console.type("print('started'); exec('while True: pass')\r")
    console.until("\r\nstarted\r\n")
    console.type(b"x" * 5000 + b"\x03")
    assert "KeyboardInterrupt" in console.until("KeyboardInterrupt")


def test_ctrl_c_does_not_reach_a_program_that_switched_it_off(console):
    console.ask("import micropython, sys")
    console.type(
        "micropython.kbd_intr(-1); print('off'); c = sys.stdin.read(1); micropython.kbd_intr(3); print(repr(c))\r"
    )
    console.until("\r\noff\r\n")
    console.type("\x03")
    assert "'\\x03'" in console.until(PROMPT)


def test_the_prompt_survives_masked_interrupts(console):
    console.ask("import machine; s = machine.disable_irq()")
    assert console.ask("1 + 1") == "2"
    assert console.ask("machine.disable_irq()") == "1"  # still masked
    console.type("\x04")
    console.until(PROMPT)
    assert console.ask("import machine; s = machine.disable_irq(); machine.enable_irq(s); s") == "0"


def test_boot_py_then_main_py(new_emulator, connect):
    console, _ = boot(first := new_emulator(), connect)
    console.ask("f = open('boot.py', 'w'); f.write('print(6 * 7)'); f.close()")
    console.ask("f = open('main.py', 'w'); f.write('print(6 * 8)\\nseen = 1'); f.close()")
    console.type("\x04")
    assert re.search(r"soft reboot\n42\n48\nMicroPython", console.until(PROMPT))
    first.stop()
    console, said = boot(new_emulator(), connect)
    assert said.replace("\r\n", "\n").startswith("42\n48\nMicroPython")
    assert console.ask("seen") == "1"


def test_an_exception_in_main_py_is_printed_and_the_prompt_comes(console):
    console.ask("f = open('main.py', 'w'); f.write('1/0'); f.close()")
    console.type("\x04")
    assert "ZeroDivisionError" in console.until(PROMPT)


def test_machine_reset_restarts_everything(console):
    console.ask("import machine; kept = 1")
    console.type("machine.reset()\r")
    console.until('Type "help()"')
    console.until(PROMPT)
    assert "NameError" in console.ask("kept")
    assert console.ask("import machine; machine.reset_cause() == machine.HARD_RESET") == "True"


def test_the_reset_button(new_emulator, connect):
    console, _ = boot(emulator := new_emulator(), connect)
    console.ask("kept = 1")
    emulator.reset()
    console.until("MicroPython")
    console.until(PROMPT)
    assert "NameError" in console.ask("kept")


# ------------------------------------------------------------------------------------------------ faults


def test_bad_address_is_reported_and_the_board_comes_back(console):
    console.ask("import machine")
    console.type(f"machine.mem32[{BAD_ADDRESS}]\r")
    report = console.until(PROMPT)
    assert "*** BusFault" in report
    assert "precise data bus error, address 90000000" in report
    for register in ("r0", "r12", "lr", "pc", "psr", "sp", "CFSR"):
        assert re.search(rf"\b{register} +[0-9a-f]{{8}}\b", report), register
    assert "Resetting." in report
    assert console.ask("import machine; machine.reset_cause() == machine.FAULT_RESET") == "True"


def test_the_reported_pc_lies_in_the_code(console):
    console.ask("import machine")
    console.type(f"machine.mem8[{BAD_ADDRESS}] = 1\r")
    pc = int(re.search(r"pc +([0-9a-f]{8})", console.until(PROMPT)).group(1), 16)
    assert 0x100 < pc < 0x100000


def test_code_is_read_only(console):
    console.ask("import machine")
    console.type("machine.mem32[0] = 0\r")
    report = console.until(PROMPT)
    assert "*** MemManage fault" in report and "data access violation, address 00000000" in report


def test_undefined_instruction_is_named(console):
    console.type("import micropython\r@micropython.asm_thumb\rdef f():\rdata(2, 0xde00)\r\r\r\r")
    console.settle()
    console.type("f()\r")
    assert "undefined instruction" in console.until(PROMPT)


def test_stack_overflow_is_named(console):
    console.type("import micropython\r@micropython.asm_thumb\rdef f():\rlabel(L)\rpush({r0, r1, r2, r3})\rb(L)\r\r\r\r")
    console.settle()
    console.type("f()\r")
    report = console.until(PROMPT)
    assert "stack overflow" in report and "MicroPython v1" in report


def test_a_corrupted_arena_is_a_panic(console, board):
    """The module's memory is not to be trusted any more: no call may go on with it."""
    console.ask("import psa, machine; psa.crypto_init()")
    arena = address_of(board, "arena")
    console.type(f"for a in range({arena}, {arena} + 4096, 4): machine.mem32[a] = 0x55555555\r\r\r")
    console.settle()
    console.type("psa.generate_random(16); psa.import_key(psa.KeyAttributes(type=psa.KEY_TYPE_AES), bytes(16))\r")
    report = console.until("Resetting.")
    assert "*** PANIC: psa: arena corrupted" in report
    console.until(PROMPT)
    assert console.ask("import machine; machine.reset_cause() == machine.FAULT_RESET") == "True"


def test_repeated_faults_end_in_safe_mode(console):
    """A main.py that crashes the board must not lock its owner out."""
    console.ask(f"f = open('main.py', 'w'); f.write('import machine\\nmachine.mem32[{BAD_ADDRESS}]'); f.close()")
    console.type("\x04")
    said = console.until(PROMPT, timeout=60)
    assert said.count("*** BusFault") == 3
    assert "safe mode" in said
    console.ask("import os; os.remove('main.py')")
    console.type("\x04")
    assert "safe mode" not in console.until(PROMPT)


# ------------------------------------------------------------------------------------------------ UART


def test_uart_sends_and_receives(new_emulator, connect):
    emulator = new_emulator(uarts=(1,))
    console, _ = boot(emulator, connect)
    line = connect(emulator, wait=False, uart=1)
    console.ask("from machine import UART; u = UART(1, 115200, timeout=2000, timeout_char=50)")
    console.type("u.readline()\r")
    line.type("over there\nrest")
    assert "b'over there\\n'" in console.until(PROMPT)
    assert console.ask("u.read(100)") == "b'rest'"
    assert console.ask("b = bytearray(4); u.write(b'out\\n'), u.any()") == "(4, 0)"
    assert line.until("out\n") == "out\n"
    line.type("abcdef")
    assert console.ask("u.readinto(b), b") == "(4, bytearray(b'abcd'))"
    assert console.ask("u.read()") == "b'ef'"
    assert console.ask("u.init(timeout=20); u.read(1)") == ""  # None: nothing came


def test_uart_holds_the_sender_instead_of_losing_bytes(new_emulator, connect):
    emulator = new_emulator(uarts=(2,))
    console, _ = boot(emulator, connect)
    line = connect(emulator, wait=False, uart=2)
    console.ask("from machine import UART; u = UART(2, 115200, rxbuf=64, timeout=3000, timeout_char=500)")
    line.type(bytes(range(256)) * 20)
    assert console.ask("import time; time.sleep_ms(200); u.any()") == "64"
    assert console.ask("u.read(5120) == bytes(range(256)) * 20") == "True"


def test_select_and_asyncio_see_a_uart(new_emulator, connect):
    emulator = new_emulator(uarts=(1,))
    console, _ = boot(emulator, connect)
    line = connect(emulator, wait=False, uart=1)
    console.ask("import select, asyncio; from machine import UART; u = UART(1, 115200)")
    console.ask("p = select.poll(); p.register(u, select.POLLIN)")
    assert console.ask("p.poll(50)") == "[]"
    console.type("p.poll(5000)[0][1]\r")
    line.type("x")
    assert "\n1\n" in console.until(PROMPT)
    console.ask("r = asyncio.StreamReader(u)")
    console.type("asyncio.run(r.readline())\r")
    line.type("yz\n")
    assert "b'xyz\\n'" in console.until(PROMPT)
