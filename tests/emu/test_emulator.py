# SPDX-License-Identifier: MIT
"""The emulator as a tool: scripts and their exit codes, mpremote, locks, and nothing left running."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.targets import registry
from tools import board as boards
from tools import paths
from tools.cli import ToolError
from tools.emulator import Emulator

EMULATED = [name for name in registry.names() if boards.load(name).emulator.get("kind") == "qemu"]
pytestmark = pytest.mark.target(*EMULATED)

TIMEOUT = 60.0


def command(action, board, flash, *more):
    options = ["--board", board, "--firmware", str(registry.image(board)), "--flash", str(flash)]
    return [sys.executable, "-m", "tools.emulator", action, *options, *map(str, more)]


@pytest.fixture
def run(board, tmp_path):
    """Runs a script's text on the board: run(text, *arguments) → finished process."""

    def run_text(text, *arguments, options=(), env=None):
        script = tmp_path / "script.py"
        script.write_text(text)
        line = command("run", board, tmp_path / "flash.bin", *options, script, *arguments)
        environment = {**os.environ, **(env or {})}
        return subprocess.run(line, cwd=paths.ROOT, capture_output=True, timeout=TIMEOUT, env=environment)

    return run_text


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def emulators_on(flash):
    """Process ids of emulators that hold this flash file."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
                cwd = (entry / "cwd").readlink()
            except OSError:
                continue
            if b"qemu" in words and f"arg=flash={flash.name}".encode() in words and cwd == flash.parent:
                found.append(int(entry.name))
    return found


def settles_at(count, flash, within=10.0):
    """Whether the number of emulators on this flash becomes `count`; a process that just starts has no name yet."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if sum(alive(pid) for pid in emulators_on(flash)) == count:
            return True
        time.sleep(0.05)
    return False


def gone(flash):
    return settles_at(0, flash)


# ------------------------------------------------------------------------------------------------ run


def test_output_and_exit_code(run):
    done = run("print('ä', 1 + 1)\nimport sys\nsys.stdout.write('no line end')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ä 2\nno line end".encode(), b"")


def test_an_exception_is_exit_code_1_and_its_traceback_on_stderr(run):
    done = run("print('before')\nraise ValueError('no good')")
    assert (done.returncode, done.stdout) == (1, b"before\n")
    assert b"line 2" in done.stderr and done.stderr.endswith(b"ValueError: no good\n")


def test_a_syntax_error_is_exit_code_1(run):
    done = run("x = 1\n" * 300 + "x = = 1")
    assert done.returncode == 1 and b"SyntaxError" in done.stderr


def test_arguments_and_long_scripts(run):
    done = run("import sys\nprint(sys.argv)\n" + "# long\n" * 2000 + "print('end')", "one", "two words")
    assert done.stdout == b"['script.py', 'one', 'two words']\nend\n"


def test_output_comes_while_the_script_runs(board, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import time\nprint('early')\ntime.sleep(30)")
    with subprocess.Popen(
        command("run", board, tmp_path / "flash.bin", script), cwd=paths.ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"early\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
    assert gone(tmp_path / "flash.bin")


def test_a_timeout_says_so(run, tmp_path):
    done = run("while True: pass", options=("--timeout", "1"))
    assert done.returncode == 1 and b"did not end in 1 s" in done.stderr
    assert gone(tmp_path / "flash.bin")


def test_a_restart_in_the_middle_says_so(run):
    done = run("import machine; machine.reset()")
    assert done.returncode == 1 and b"the board restarted while the script ran" in done.stderr


def test_a_program_that_never_ends_in_main_py_does_not_stop_a_run(run):
    assert run("open('main.py', 'w').write('while True: pass')").returncode == 0
    assert run("print('still here')").stdout == b"still here\n"


def test_what_is_missing_is_said(run, tmp_path):
    assert b"qemu-system-arm is not installed" in run("pass", env={"PATH": "/nowhere"}).stderr
    assert (
        b"no such script"
        in subprocess.run(
            [sys.executable, "-m", "tools.emulator", "run", str(tmp_path / "none.py")],
            cwd=paths.ROOT,
            capture_output=True,
        ).stderr
    )
    with pytest.raises(ToolError, match="no board 'NOPE'"):
        Emulator("NOPE")
    with pytest.raises(ToolError, match="no firmware .* make firmware BOARD="):
        Emulator(EMULATED[0], firmware=tmp_path / "none.elf", flash=tmp_path / "f.bin").start()
    with pytest.raises(ToolError, match="blanks"):
        Emulator(EMULATED[0], firmware=registry.image(EMULATED[0]), flash=tmp_path / "a b.bin").start()


def test_a_broken_option_of_the_emulator_is_told_with_its_words(run):
    done = run("pass", options=("--icount", "nonsense"))
    assert done.returncode == 1 and b"icount" in done.stderr


def test_a_disk_that_takes_no_log_is_said_to_be_full(run, tmp_path):
    (tmp_path / "flash.bin.console.log").symlink_to("/dev/full")
    done = run("pass")
    assert done.returncode == 1 and b"the emulator was stopped: no space left on the disk" in done.stderr, done.stderr
    assert emulators_on(tmp_path / "flash.bin") == []


def test_counting_instructions_is_deterministic(run):
    text = "import time\nt = time.ticks_cpu()\nfor i in range(5000): pass\nprint(time.ticks_diff(time.ticks_cpu(), t))"
    options = ("--icount", "shift=0,sleep=off")
    first, second = (int(run(text, options=options).stdout) for _ in range(2))
    assert abs(first - second) <= first // 50 and first > 1000


# ------------------------------------------------------------------------------------------------ life


def test_a_second_emulator_on_the_same_flash_is_refused(new_emulator):
    first, second = new_emulator(), new_emulator()
    first.start()
    with pytest.raises(ToolError, match=rf"in use by another emulator \(started by process {os.getpid()}\)"):
        second.start()
    assert first.running
    first.stop()
    second.start()
    assert second.running


def test_flash_paths_with_commas(new_emulator, tmp_path, connect):
    emulator = new_emulator(flash=tmp_path / "with space" / "a,b.bin")
    emulator.start()
    assert "boot" not in connect(emulator).ask("import os; os.listdir('/')")
    assert emulator.flash.stat().st_size > 0


def test_the_emulator_dies_with_the_process_that_started_it(board, tmp_path):
    flash = tmp_path / "flash.bin"
    script = tmp_path / "script.py"
    script.write_text("print('up')\nwhile True: pass")
    with subprocess.Popen(command("run", board, flash, script), cwd=paths.ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert settles_at(1, flash)
        process.kill()
    assert gone(flash)


def test_the_first_client_gets_what_the_board_said_before(new_emulator, connect):
    emulator = new_emulator()
    emulator.start()
    deadline = time.monotonic() + 20
    while b">>> " not in emulator.console_log.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "MicroPython v1" in connect(emulator, wait=False).until(">>> ")


def test_stop_and_kill_leave_nothing(new_emulator):
    emulator = new_emulator()
    for end in (emulator.stop, emulator.kill):
        emulator.start()
        assert settles_at(1, emulator.flash)
        end()
        assert not emulator.running
        assert gone(emulator.flash)
        emulator.stop()
        emulator.stop()  # twice is no error


# ------------------------------------------------------------------------------------------------ mpremote


@pytest.fixture(params=["pty", "rfc2217"])
def mpremote(request, new_emulator):
    emulator = new_emulator(with_pty=True)
    emulator.start()
    address = emulator.pty if request.param == "pty" else emulator.rfc2217_url

    def call(*words):
        line = [sys.executable, "-m", "mpremote", "connect", address, *map(str, words)]
        return subprocess.run(line, capture_output=True, timeout=TIMEOUT)

    return call


def test_mpremote_exec_run_and_errors(mpremote, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("print('ran', 1 + 2)")
    assert mpremote("exec", "print(6 * 7)").stdout.split() == [b"42"]
    assert mpremote("run", script).stdout.split() == [b"ran", b"3"]
    failed = mpremote("exec", "raise ValueError(1)")
    assert failed.returncode == 1 and b"ValueError: 1" in failed.stdout + failed.stderr


def test_mpremote_copies_files_both_ways(mpremote, tmp_path):
    data = bytes(range(256)) * 8
    (tmp_path / "out").write_bytes(data)
    assert mpremote("fs", "cp", tmp_path / "out", ":there").returncode == 0
    assert b"2048 there" in mpremote("fs", "ls").stdout
    assert mpremote("fs", "cp", ":there", tmp_path / "back").returncode == 0
    assert (tmp_path / "back").read_bytes() == data


def test_mpremote_mounts_a_folder(mpremote, tmp_path):
    folder = tmp_path / "mounted"
    folder.mkdir()
    (folder / "of_the_host.py").write_text("print('imported from the host')")
    assert b"imported from the host" in mpremote("mount", folder, "exec", "import of_the_host").stdout


# ------------------------------------------------------------------------------------------------ repl


class Terminal:
    """A person at a terminal in front of `make repl`."""

    def __init__(self, line):
        self._master, self._slave = pty.openpty()
        self.settings = termios.tcgetattr(self._slave)
        self.process = subprocess.Popen(
            line, cwd=paths.ROOT, stdin=self._slave, stdout=self._slave, stderr=self._slave, start_new_session=True
        )

    def type(self, data):
        os.write(self._master, data)

    def until(self, ending):
        deadline = time.monotonic() + 20
        seen = b""
        while ending not in seen:
            assert time.monotonic() < deadline, seen
            if select.select([self._master], [], [], 0.2)[0]:
                seen += os.read(self._master, 4096)
        return seen.decode(errors="replace")

    def restored(self):
        return termios.tcgetattr(self._slave) == self.settings

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def terminal(board, tmp_path):
    made = Terminal(command("repl", board, tmp_path / "flash.bin"))
    yield made
    made.close()


@pytest.mark.parametrize("keys", [(b"\x18",), (b"\x01", b"x"), (b"\x01x",)])
def test_leaving_the_prompt_restores_the_terminal(terminal, keys, tmp_path):
    terminal.until(b">>> ")
    assert not terminal.restored()  # raw while the board has it
    for key in keys:
        terminal.type(key)
    assert terminal.process.wait(10) == 0
    assert terminal.restored()
    assert gone(tmp_path / "flash.bin")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal(terminal, number, tmp_path):
    terminal.until(b">>> ")
    terminal.process.send_signal(number)
    assert terminal.process.wait(10) == 130
    assert terminal.restored()
    assert gone(tmp_path / "flash.bin")


def test_keys_go_to_the_board(terminal):
    terminal.until(b">>> ")
    terminal.type(b"print('go'); exec('while True: pass')\r")
    terminal.until(b"\ngo\r\n")
    terminal.type(b"\x03")
    assert "KeyboardInterrupt" in terminal.until(b">>> ")
    terminal.type(b"\x04")
    assert "soft reboot" in terminal.until(b">>> ")
    terminal.type(b"\x01\r")  # Ctrl-A followed by anything but x is the board's
    assert "raw REPL" in terminal.until(b"\r\n>")


def test_mpremote_works_while_the_prompt_is_open(terminal):
    said = terminal.until(b">>> ")
    addresses = re.findall(r"mpremote connect (\S+)", said)
    assert len(addresses) == 2
    for address in addresses:
        done = subprocess.run(
            [sys.executable, "-m", "mpremote", "connect", address, "exec", "print(6 * 7)"],
            capture_output=True,
            timeout=TIMEOUT,
        )
        assert done.stdout.split() == [b"42"], done
