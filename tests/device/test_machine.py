# SPDX-License-Identifier: MIT
"""Each target is the machine that the other tests take it for: it runs code, reports errors, forgets and remembers."""

import pytest

from tests.targets import DeviceDied, DeviceTimeout


def test_runs_code_and_returns_what_it_prints(target):
    assert target.run("print('one')\nprint(2)") == "one\n2\n"
    assert target.run("x = 41") == ""
    assert target.eval("x + 1") == 42
    assert target.eval("[b'\\x00\\xff', None, 'ä', {'k': (1, 2)}]") == [b"\x00\xff", None, "ä", {"k": (1, 2)}]


def test_an_exception_brings_its_traceback_and_what_was_printed_before(target):
    exc = target.raises("def f():\n    raise ValueError('no good')\nprint('before')\nf()")
    assert (exc.name, exc.message, exc.output) == ("ValueError", "no good", "before\n")
    assert "line 2, in f" in exc.traceback
    assert target.eval("1") == 1  # and the machine lives on


def test_a_syntax_error_is_reported(target):
    assert target.raises("x = = 1").name == "SyntaxError"
    assert target.eval("2") == 2


def test_long_code_and_long_output_pass_unharmed(target):
    lines = "\n".join(f"t.append({n})" for n in range(700))
    assert target.run(f"t = []\n{lines}\nprint(sum(t), len(t))") == f"{sum(range(700))} 700\n"
    assert target.run("for i in range(3000): print('%05d' % i)") == "".join(f"{n:05d}\n" for n in range(3000))


def test_soft_reset_forgets_names_and_modules(target):
    target.run("import sys, json\nkept = 1\nsys.path.append('/nowhere')")
    target.soft_reset()
    assert target.raises("kept").name == "NameError"
    assert target.eval("'/nowhere' in __import__('sys').path") is False


def test_heap_is_given_back_on_soft_reset(target):
    used = "(__import__('gc').collect(), __import__('gc').mem_alloc())[1]"
    target.eval(used)
    target.soft_reset()
    before = target.eval(used)
    target.run("hold = [bytearray(64) for _ in range(200)]")
    assert target.eval(used) > before + 200 * 64
    target.soft_reset()
    assert abs(target.eval(used) - before) < 1024


def test_an_endless_loop_times_out_and_a_restart_mends_it(machine):
    with pytest.raises(DeviceTimeout) as caught:
        machine.run("print('in')\nwhile True: pass", timeout=1.0)
    assert "in" in caught.value.output
    machine.power_cycle()
    assert machine.eval("3") == 3


def test_a_killed_machine_says_so(machine):
    machine.kill9()
    with pytest.raises(DeviceDied):
        machine.run("print(1)", timeout=5.0)
    machine.start()
    assert machine.eval("4") == 4
