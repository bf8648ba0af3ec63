# SPDX-License-Identifier: MIT
"""What our port gives a MicroPython user: files that last, time, UARTs, and errors that say what is wrong."""

import errno
import hashlib
import json
import time

import pytest

from tests.targets import registry
from tools import board as boards
from tools import paths

OURS = [name for name in registry.names() if boards.load(name).port == "port"]
pytestmark = pytest.mark.target(*OURS)
# What only the AN386 has: a flash that is a file of the host, its number of UARTs, its clock.
an386 = pytest.mark.target(*[name for name in OURS if boards.load(name).mcu == "mps2"])

MODULES = (
    "array asyncio binascii collections deflate errno gc hashlib heapq io json machine math micropsa micropython os "
    "platform psa random re select struct sys time vfs"
).split()


def flash_map(board):
    """(sector size, {region: (offset, size)}) of board.json."""
    data = json.loads((paths.ROOT / "boards" / board / "board.json").read_text())["flash"]
    units = {"K": 1024, "M": 1024 * 1024}
    offset, regions = 0, {}
    for region in data["regions"]:
        size = int(region["size"][:-1]) * units[region["size"][-1]]
        regions[region["name"]] = (offset, size)
        offset += size
    return int(data["sector"][:-1]) * units[data["sector"][-1]], regions


# ------------------------------------------------------------------------------------------------ files


def test_files_survive_a_restart_and_a_power_cut(machine):
    machine.run("import os\nos.mkdir('d')\nwith open('d/f', 'wb') as f: f.write(bytes(range(256)) * 20)")
    for again in (machine.restart, machine.power_cycle, machine.soft_reset):
        again()
        assert machine.eval("open('d/f', 'rb').read() == bytes(range(256)) * 20") is True
        assert machine.eval("__import__('os').listdir('/d')") == ["f"]


@an386
def test_a_damaged_file_system_is_reported_and_not_formatted(machine, board):
    sector, regions = flash_map(board)
    offset, size = regions["filesystem"]
    machine.run("open('precious', 'w').write('x' * 6000)")
    machine.stop()
    image = bytearray(machine.flash.read_bytes())
    image[offset : offset + 2 * sector] = bytes(2 * sector)
    machine.flash.write_bytes(image)
    machine.start()
    said = machine.boot_output()
    assert "file system is damaged" in said and "mkfs" in said
    assert machine.flash.read_bytes()[offset : offset + size] == image[offset : offset + size]
    assert machine.raises("open('precious')").name == "OSError"
    # The way out that the message names.
    machine.run("import vfs, micropsa; vfs.VfsLfs2.mkfs(micropsa.Flash())")
    assert "damaged" not in machine.boot_output()
    machine.run("open('new', 'w').close()")


@an386
def test_a_flash_file_of_another_size_is_left_alone(machine):
    machine.stop()
    machine.flash.write_bytes(b"not a flash image")
    machine.start()
    assert "no file system: the flash file's size" in machine.boot_output()
    assert machine.raises("open('f', 'w')").name == "OSError"
    machine.stop()
    assert machine.flash.read_bytes() == b"not a flash image"


def test_flash_obeys_nor_rules(target, board):
    sector, regions = flash_map(board)
    blocks = regions["filesystem"][1] // sector
    target.run(f"import micropsa\nf = micropsa.Flash()\nlast = {blocks - 1}")
    assert target.eval("(f.ioctl(4, 0), f.ioctl(5, 0))") == (blocks, sector)
    assert target.eval("(f.ioctl(6, last), f.writeblocks(last, b'\\xf0' * 32, 64))") == (0, 0)
    assert target.eval("f.writeblocks(last, b'\\x0f' * 32, 64)") == -errno.EPERM
    assert target.eval("f.writeblocks(last, b'\\x30' * 32, 64)") == 0  # clears bits only
    target.run("b = bytearray(96); f.readblocks(last, b, 0)")
    assert target.eval("bytes(b)") == b"\xff" * 64 + b"\x30" * 32


def test_flash_outside_of_its_region_is_refused(target):
    target.run("import micropsa\nf = micropsa.Flash()\nn = f.ioctl(4, 0); size = f.ioctl(5, 0)")
    for call in (
        "f.readblocks(n, bytearray(32))",
        "f.readblocks(-1, bytearray(32), 0)",
        "f.readblocks(n - 1, bytearray(64), size - 32)",
        "f.readblocks(0, bytearray(32), -32)",
        "f.writeblocks(n, b'\\0' * 32, 0)",
        "f.writeblocks(n - 1, b'\\0' * 32, size)",
        "f.ioctl(6, n)",
    ):
        assert target.eval(call) == -errno.EINVAL, call


# ---------------------------------------------------------------------------------------- start-up and reset


def test_boot_py_runs_at_a_soft_reset(machine):
    """main.py does not when the soft reset comes from the raw REPL, as on MicroPython's other ports."""
    machine.run("open('boot.py', 'w').write('print(6 * 7)')\nopen('main.py', 'w').write('print(6 * 8)')")
    said = machine.boot_output()
    assert "42" in said and "48" not in said


def test_an_endless_main_py_can_be_interrupted(machine):
    machine.run("open('main.py', 'w').write('while True: pass')")
    machine.restart()  # start() interrupts it to get to the prompt
    assert machine.eval("2") == 2


def test_soft_reset_leaves_nothing_behind(machine):
    machine.run(
        "import machine, sys, os, vfs, micropsa\n"
        "u = machine.UART(1, 9600)\n"
        "class Ram:\n"
        "    def __init__(self): self.d = bytearray(20 * 512)\n"
        "    def readblocks(self, n, b, o=0): b[:] = self.d[n*512+o:n*512+o+len(b)]\n"
        "    def writeblocks(self, n, b, o=0): self.d[n*512+o:n*512+o+len(b)] = b\n"
        "    def ioctl(self, op, a): return {4: 20, 5: 512, 6: 0}.get(op)\n"
        "r = Ram(); vfs.VfsLfs2.mkfs(r); vfs.mount(r, '/ram')\n"
        "os.chdir('/ram')\nsys.modules['ghost'] = sys\n"
        "f = open('/half', 'w'); f.write('not closed')"
    )
    machine.soft_reset()
    assert machine.eval("(__import__('os').getcwd(), 'ram' in __import__('os').listdir('/'))") == ("/", False)
    assert machine.eval("'ghost' in __import__('sys').modules") is False
    assert machine.eval("open('/half').read()") == "not closed"  # its finaliser closed it
    # Settings of the UART that the other life used are the default ones again.
    assert machine.eval("'baudrate=115200' in repr(__import__('machine').UART(1))") is True
    assert machine.eval("__import__('machine').reset_cause() == __import__('machine').SOFT_RESET") is True


def test_a_fresh_board_says_power_on(machine):
    machine.start()
    assert machine.eval("__import__('machine').reset_cause() == __import__('machine').PWRON_RESET") is True


# ------------------------------------------------------------------------------------------------ machine, time


def test_recursion_without_end_raises(target):
    exc = target.raises("def f(n):\n    return f(n + 1)\nf(0)")
    assert (exc.name, exc.message) == ("RuntimeError", "maximum recursion depth exceeded")
    assert target.eval("1") == 1


@pytest.mark.target("MPS2_AN386")
def test_what_does_not_fit_on_the_stack_is_refused(target):
    """MicroPython puts an imported module's name there: 25 KB would step over the guard, into the heap or the arena."""
    target.run("def load(parts): exec('import ' + '.'.join(['a' * 250] * parts))")
    assert target.raises("load(100)").message == "not enough stack"
    assert target.raises("load(10)").message == "name too long"


def test_psa_at_the_bottom_of_a_recursion_is_an_exception_not_a_crash(target):
    """The stack check leaves C code the room that a psa call needs."""
    target.run(
        "import psa\npsa.crypto_init()\n"
        "a = psa.KeyAttributes(type=psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1), bits=256,\n"
        "    usage=psa.KEY_USAGE_SIGN_MESSAGE, alg=psa.ALG_ECDSA(psa.ALG_SHA_256))\n"
        "k = psa.generate_key(a)\ndeepest = 0\n"
        "def f(n):\n"
        "    global deepest\n"
        "    psa.sign_message(k, psa.ALG_ECDSA(psa.ALG_SHA_256), b'x') if n > 40 else None\n"
        "    deepest = n\n"
        "    return f(n + 1)"
    )
    assert target.raises("f(0)", timeout=120).name == "RuntimeError"
    assert target.eval("deepest") > 45


def test_machine_basics(machine):
    machine.run("import machine")
    assert machine.eval("machine.freq()") >= 1_000_000
    uid = machine.eval("machine.unique_id()")
    assert len(uid) >= 8
    machine.restart()
    assert machine.eval("__import__('machine').unique_id()") == uid
    assert machine.raises("import machine; machine.freq(1000)").name == "NotImplementedError"
    machine.run("import machine; b = bytearray(b'abcd'); import uctypes; a = uctypes.addressof(b)")
    assert machine.eval("(machine.mem32[a], machine.mem16[a], machine.mem8[a + 3])") == (0x64636261, 0x6261, 0x64)


@an386
def test_two_boards_have_two_ids(new_machine):
    ids = []
    for _ in range(2):
        board = new_machine()
        board.start()
        ids.append(board.eval("__import__('machine').unique_id()"))
    assert ids[0] != ids[1]


def test_irqs_can_be_masked(target):
    target.run(
        "import machine, time\ns = machine.disable_irq()\nt = time.ticks_us()\ntime.sleep_us(3000)\ntime.sleep_ms(3)\n"
        "t = time.ticks_diff(time.ticks_us(), t)\nmachine.enable_irq(s)"
    )
    assert 6000 <= target.eval("t") < 500_000


def test_time(target, board):
    target.run("import time")
    epoch_2000 = 946684800
    if boards.load(board).mcu == "mps2":
        assert abs(target.eval("time.time()") + epoch_2000 - time.time()) < 10
    else:  # what another test set may have survived its resets
        assert target.eval("time.time()") >= 0
    assert target.eval("abs(time.time_ns() // 10**9 - time.time()) <= 1") is True
    assert target.eval("time.gmtime(0)") == (2000, 1, 1, 0, 0, 0, 5, 1)
    assert target.eval("time.mktime(time.localtime(800_000_000))") == 800_000_000
    for unit, call, least in (("ms", "sleep_ms(50)", 50), ("us", "sleep_us(700)", 700), ("ms", "sleep(0.05)", 50)):
        target.run(f"t = time.ticks_{unit}(); time.{call}; t = time.ticks_diff(time.ticks_{unit}(), t)")
        assert target.eval("t") >= least - 1, call
    target.run("a = [time.ticks_us() for _ in range(500)]")
    assert target.eval("all(time.ticks_diff(y, x) >= 0 for x, y in zip(a, a[1:]))") is True


def test_clock_that_nobody_set_starts_in_2000(machine, board):
    if boards.load(board).mcu == "mps2":
        pytest.skip("the emulator sets the clock")
    machine.run("import time")
    assert 0 <= machine.eval("time.time()") < 3600


def test_modules(target, board):
    for module in MODULES:
        target.run(f"import {module}")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert target.eval("__import__('hashlib').sha256(b'abc').digest().hex()") == digest
    assert target.eval("__import__('os').uname().machine").startswith(board)


def test_asyncio_runs_tasks_at_the_same_time(target):
    target.run(
        "import asyncio, time\nlog = []\n"
        "async def t(name, ms):\n"
        "    for i in range(3):\n"
        "        await asyncio.sleep_ms(ms)\n"
        "        log.append((name, i))\n"
        "async def main():\n"
        "    await asyncio.gather(t('slow', 90), t('fast', 20))\n"
        "asyncio.run(main())"
    )
    log = target.eval("log")
    assert sorted(log) == [("fast", 0), ("fast", 1), ("fast", 2), ("slow", 0), ("slow", 1), ("slow", 2)]
    assert log[:3] == [("fast", 0), ("fast", 1), ("fast", 2)]


def test_select_waits_for_stdin_and_gives_up_in_time(target):
    target.run(
        "import select, sys, time\np = select.poll(); p.register(sys.stdin, select.POLLIN)\n"
        "t = time.ticks_ms(); r = p.poll(60); t = time.ticks_diff(time.ticks_ms(), t)"
    )
    assert target.eval("r") == []
    assert target.eval("t") >= 59


# ------------------------------------------------------------------------------------------------ UART


@an386
@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("UART(0)", "REPL"),
        ("UART(4)", "entropy device"),
        ("UART(5)", "doesn't exist"),
        ("UART(-1)", "doesn't exist"),
        ("UART(1, 9600, bits=7)", "8 bits"),
        ("UART(1, 9600, parity=1)", "no parity"),
        ("UART(1, 0)", "baudrate"),
        ("UART(1, 12345678)", "baudrate"),
        ("UART(1, -5)", "baudrate"),
        ("UART(1, rxbuf=0)", "rxbuf"),
        ("UART(1, rxbuf=10**6)", "rxbuf"),
        ("UART(1, timeout=-1)", "timeout"),
        ("UART(1, timeout_char=70000)", "timeout_char"),
    ],
)
def test_a_wrong_uart_says_what_is_wrong(target, call, said):
    exc = target.raises(f"from machine import UART\n{call}")
    assert exc.name == "ValueError" and said in exc.message


@an386
def test_a_wrong_setting_leaves_a_running_uart_as_it_is(target):
    target.run("from machine import UART\nu = UART(1, 9600, timeout=5)")
    target.raises("u.init(12345678)")
    target.raises("UART(1, rxbuf=1)")
    assert target.eval("'baudrate=9600' in repr(u) and 'timeout=5' in repr(u)") is True
    assert target.eval("(u.write(b'abc'), u.any(), u.read(1))") == (3, 0, None)
    target.run("u.deinit()")
    assert target.raises("u.write(b'x')").name == "OSError"


# ------------------------------------------------------------------------------------------------ urandom


def test_urandom_gives_what_was_asked_for(target):
    assert target.eval("len(__import__('os').urandom(0))") == 0
    first, second = (target.eval("__import__('os').urandom(32)") for _ in range(2))
    assert len(first) == len(second) == 32 and first != second
    assert target.raises("import os; os.urandom(-1)").name == "ValueError"


def test_urandom_starts_the_core_and_a_soft_reset_stops_it(target):
    target.run("import os, psa\nos.urandom(1)")
    assert target.eval("psa.arena_info().used") > 0
    target.soft_reset()
    assert target.eval("__import__('psa').arena_info().used") == 0
    assert target.raises("import psa; psa.generate_random(1)").name == "BadState"


def test_urandom_without_entropy_raises(new_machine, tmp_path):
    dead = tmp_path / "dead"
    dead.write_bytes(b"")
    machine = new_machine(trng=dead)
    machine.start()
    exc = machine.raises("import os\nprint(os.urandom(16))")
    assert exc.name == "OSError" and exc.output == ""
