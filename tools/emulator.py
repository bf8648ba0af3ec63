# SPDX-License-Identifier: MIT
"""Emulated boards, as a library and on the command line.

    python -m tools.emulator run  --board B script.py    run a script on the board; exit code 1 if it raises
    python -m tools.emulator repl --board B              interactive prompt, mpremote can connect at the same time

    with Emulator("MPS2_AN386", flash=Path("flash.bin")) as emu:
        serial.serial_for_url(emu.url)                   socket://127.0.0.1:N, the board's console

The board's flash is a file. Two emulators never share one: the second is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tools import board as boards
from tools import cli, image, paths
from tools.cli import ToolError
from tools.emulator_hub import Channel, Hub
from tools.emulator_qemu import QemuMachine
from tools.emulator_renode import RenodeMachine
from tools.emulator_types import Machine, MachineConfig
from tools.entropy_device import BEHAVIOURS, Control, EntropyDevice
from tools.processes import last_lines

CONSOLE = 0
STOP_TIMEOUT = 5.0
START_TIMEOUT = 120.0  # Renode compiles its models at each start

LAUNCHERS: dict[str, Callable[[MachineConfig], Machine]] = {"qemu": QemuMachine, "renode": RenodeMachine}


def _lock(flash: Path) -> int:
    """Lock a flash file for one emulator; returns the descriptor that holds the lock."""
    path = flash.with_name(flash.name + ".lock")
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(fd, 32).decode("ascii", "replace").strip()
        os.close(fd)
        who = f" (started by process {holder})" if holder else ""
        raise ToolError(f"flash file {flash} is in use by another emulator{who}") from error
    os.ftruncate(fd, 0)
    os.write(fd, f"{os.getpid()}\n".encode())
    return fd


def _entropy_uart(board: boards.Board, entropy: str | None) -> int | None:
    """Number of the UART that the board's entropy device is on; None when it has no device or none is wanted."""
    number = board.emulator.get("entropy_uart")
    if entropy is not None and entropy not in BEHAVIOURS:
        raise ToolError(f"the entropy device has no behaviour '{entropy}'; accepted: {', '.join(BEHAVIOURS)}")
    if number is None and entropy not in (None, "good"):
        raise ToolError(f"board {board.name} has no entropy device that could be {entropy}")
    return number if entropy is not None else None


class Emulator:
    """One emulated board with its console on a TCP port. Inside `with` it runs; after it, it is gone.

    firmware: image to run; default: what `make BOARD=…` builds.
    flash:    file of the board's flash, made on first use; default: build/<BOARD>/run/flash.bin.
    trng:     host file that the board's entropy comes from; one that is missing or ends is a dead source. Default: the
              host's own generator.
    entropy:  behaviour of the entropy device, on boards that have one on a UART (tools.entropy_device); None: no
              device, and its UART can be connected as any other.
    uarts:    further UARTs to connect, see uart_url().
    with_pty: the console is on a pseudo terminal as well, see pty.
    icount:   QEMU's -icount value, for example "shift=0".
    gdb_port: TCP port on 127.0.0.1 where the emulator's gdb server listens.
    blank:    the code memory is empty and the CPU waits until a gdb has flashed it (needs gdb_port).
    """

    def __init__(
        self,
        board: str,
        *,
        firmware: Path | None = None,
        flash: Path | None = None,
        trng: Path | None = None,
        entropy: str | None = "good",
        uarts: tuple[int, ...] = (),
        with_pty: bool = False,
        icount: str | None = None,
        gdb_port: int | None = None,
        blank: bool = False,
        profile: str = "default",
    ) -> None:
        self.board = boards.load(board)
        kind = self.board.emulator.get("kind")
        if kind not in LAUNCHERS:
            raise ToolError(
                f"board {board} runs in no emulator (emulator.kind is {kind!r}); accepted: {', '.join(LAUNCHERS)}"
            )
        self._launch = LAUNCHERS[str(kind)]
        build = paths.build_dir(board, profile)
        self.firmware = (firmware or build / self.board.artefact).resolve()
        self.flash = (flash or build / "run" / "flash.bin").resolve()
        self.trng = trng.resolve() if trng else None
        self._uarts = (CONSOLE, *(number for number in uarts if number != CONSOLE))
        self._entropy_uart = _entropy_uart(self.board, entropy)
        if self._entropy_uart in self._uarts:
            raise ToolError(
                f"UART {self._entropy_uart} of {board} is the entropy device's; with entropy=None it is free"
            )
        self._entropy = entropy
        self._profile = profile
        self._device: EntropyDevice | None = None
        self._with_pty = with_pty
        self._icount = icount
        if blank and gdb_port is None:
            raise ToolError("a blank board needs a gdb server that its firmware comes through")
        self._gdb_port = gdb_port
        self._blank = blank
        self._machine: Machine | None = None
        self._channels: dict[int, Channel] = {}
        self._hub: Hub | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def log(self) -> Path:
        """What the emulator itself printed."""
        return self.flash.with_name(self.flash.name + ".emulator.log")

    @property
    def console_log(self) -> Path:
        """Everything that the board printed since start()."""
        return self.flash.with_name(self.flash.name + ".console.log")

    # --- life

    def start(self) -> None:
        """Boot the board; returns when the emulator runs and its ports are open."""
        if self._thread is not None:
            raise ToolError("the emulator runs already")
        if not self.firmware.is_file():
            profile = "" if self._profile == "default" else f" PSA_PROFILE={self._profile}"
            raise ToolError(f"no firmware {self.firmware}; build it: make firmware BOARD={self.board.name}{profile}")
        if self.flash.is_dir():
            raise ToolError(f"{self.flash} is a folder; the board's flash is a file")
        self.flash.parent.mkdir(parents=True, exist_ok=True)
        ready = threading.Event()
        self._failure = None
        # The thread that starts the emulator also serves it: the emulator dies with it (see QemuMachine).
        self._thread = threading.Thread(
            target=self._serve, args=(ready,), name=f"emulator {self.board.name}", daemon=True
        )
        self._thread.start()
        ready.wait(START_TIMEOUT)
        if self._failure is not None or self._machine is None:
            self._thread.join(STOP_TIMEOUT)
            self._thread = None
            raise self._failure or ToolError("the emulator did not start in time")

    def _serve(self, ready: threading.Event) -> None:
        lock_fd = -1
        try:
            lock_fd = _lock(self.flash)
            config = MachineConfig(
                board=self.board,
                firmware=self.firmware,
                flash=self.flash,
                trng=self.trng,
                uarts=self._uarts if self._entropy_uart is None else (*self._uarts, self._entropy_uart),
                icount=self._icount,
                gdb_port=self._gdb_port,
                blank=self._blank,
                log=self.log,
                lock_fd=lock_fd,
            )
            machine = self._launch(config)
            for number, stream in machine.uarts.items():
                if number == self._entropy_uart:
                    assert self._entropy is not None
                    self._device = EntropyDevice(self._entropy, noise=self.trng)
                    self._device.start(stream.fileno(), stream.close)
                    continue
                console = number == CONSOLE
                self._channels[number] = Channel(
                    stream,
                    with_pty=self._with_pty and console,
                    log=self.console_log if console else None,
                )
            self._hub = Hub()
            self._machine = machine
            ready.set()
            try:
                self._hub.run(list(self._channels.values()))
            except BaseException as error:
                self._failure = error  # before the machine ends: whoever waits for that asks why
                raise
            finally:
                machine.end()
        except BaseException as error:
            self._failure = error
        finally:
            if self._device is not None:
                self._device.stop()
            if lock_fd >= 0:
                os.close(lock_fd)
            ready.set()

    def stop(self) -> None:
        """Switch the board off; no error when it is off already."""
        if self._thread is None:
            return
        if self._hub is not None:
            self._hub.stop()
        self._thread.join()
        self._thread = None
        self._machine = None
        self._hub = None
        self._device = None
        self._channels = {}

    def kill(self) -> None:
        """Pull the plug: SIGKILL to the emulator, from any thread. stop() is still needed before start()."""
        machine = self._machine
        if machine is not None:
            machine.kill()
            if self._thread is not None and self._thread is not threading.current_thread():
                self._thread.join(STOP_TIMEOUT)

    def reset(self) -> None:
        """Press the board's reset button."""
        self._running().reset()

    @property
    def has_monitor(self) -> bool:
        """Whether the board runs in Renode."""
        return isinstance(self._machine, RenodeMachine)

    def monitor(self, line: str) -> str:
        """Run a command of Renode's monitor, such as a fault knob; returns what it printed."""
        return self._renode().monitor(line)

    def load_flash(self, contents: bytes) -> None:
        """Replace what the flash holds, in the chip and in the file; the board sees it from its next reset on."""
        self._renode().load_flash(contents)

    def _renode(self) -> RenodeMachine:
        machine = self._running()
        if not isinstance(machine, RenodeMachine):
            raise ToolError(f"board {self.board.name} does not run in Renode, it has no monitor")
        return machine

    @property
    def entropy(self) -> EntropyDevice:
        """The entropy device of the running board: change its behaviour, see in its log what the board asked for."""
        self._running()
        if self._device is None:
            raise ToolError(f"board {self.board.name} runs without an entropy device")
        return self._device

    def _running(self) -> Machine:
        if self._machine is None:
            raise ToolError("the emulator is not running")
        return self._machine

    @property
    def running(self) -> bool:
        """Whether the emulator's process lives."""
        return self._machine is not None and self._machine.running

    def obituary(self) -> str:
        """How the emulator ended and what it said last."""
        code = self._machine.exit_code(STOP_TIMEOUT) if self._machine is not None else None
        if isinstance(self._failure, OSError):  # ours, such as a disk too full for the console's log
            return f"the emulator was stopped: {cli.words(self._failure)}"
        said = last_lines(self.log)
        return f"the emulator ended (exit code {code})" + (f": {said}" if said else "")

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- where to connect

    def uart_port(self, number: int = CONSOLE) -> int:
        """TCP port on 127.0.0.1 of a UART."""
        self._running()
        if number not in self._channels:
            raise ToolError(f"UART {number} is not connected; connected: {sorted(self._channels)}")
        return self._channels[number].tcp_port

    def uart_url(self, number: int = CONSOLE) -> str:
        """The same for pyserial."""
        return f"socket://127.0.0.1:{self.uart_port(number)}"

    @property
    def url(self) -> str:
        """The console, for pyserial."""
        return self.uart_url()

    @property
    def port(self) -> str:
        """The console; the same as url."""
        return self.url

    @property
    def rfc2217_url(self) -> str:
        """The console for mpremote, which speaks RFC 2217 over TCP."""
        self._running()
        return f"rfc2217://127.0.0.1:{self._channels[CONSOLE].rfc2217_port}"

    @property
    def pty(self) -> str:
        """Path of the console's pseudo terminal."""
        self._running()
        name = self._channels[CONSOLE].pty_name
        if name is None:
            raise ToolError("this emulator was started without a pty")
        return name


def _terminated(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    """The command line; returns the exit code."""
    from tools import emulator_console

    parser = cli.Parser(prog="python -m tools.emulator", description="run a board in its emulator")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run|repl")
    run = commands.add_parser("run", help="run a script on the board; exit code 1 if it raises")
    repl = commands.add_parser("repl", help="interactive prompt; mpremote can connect at the same time")
    for command in (run, repl):
        command.add_argument("--board", default="MPS2_AN386", help="default: %(default)s")
        command.add_argument(
            "--profile",
            default="default",
            choices=paths.PROFILES,
            help="PSA_PROFILE that was built",
        )
        command.add_argument("--firmware", type=Path, metavar="FILE", help="default: the board's build")
        command.add_argument("--flash", type=Path, metavar="FILE", help="default: build/<BOARD>/run/flash.bin")
        command.add_argument("--trng", type=Path, metavar="FILE", help="host file that the board's entropy comes from")
        command.add_argument(
            "--entropy",
            choices=BEHAVIOURS,
            default="good",
            help="behaviour of the entropy device; default: %(default)s",
        )
        command.add_argument(
            "--entropy-control",
            type=cli.ANY_PORT,
            metavar="PORT",
            help="take its behaviour from `python -m tools.entropy_device tell PORT`; 0: any port, it is printed",
        )
        command.add_argument("--icount", metavar="VALUE", help='QEMU\'s -icount, for example "shift=0"')
        command.add_argument("--gdb", type=cli.PORT, metavar="PORT", help="open the emulator's gdb server on this port")
        command.add_argument("--blank", action="store_true", help="start without firmware, to be flashed with --gdb")
    run.add_argument(
        "--timeout",
        type=cli.seconds,
        default=0,
        metavar="S",
        help="seconds after which a script is given up; default: no limit",
    )
    run.add_argument("script", type=Path)
    run.add_argument("arguments", nargs="*", help="the script's sys.argv[1:]")
    args = parser.parse_args(argv)
    if args.command == "run" and not args.script.is_file():
        raise ToolError(f"no such script: {args.script}")
    if args.firmware is not None and args.firmware.is_file():
        image.load(args.firmware)  # says what is no firmware; an emulator would run into it
    if args.trng is not None and args.trng.is_dir():
        raise ToolError(f"{args.trng} is a folder; entropy comes from a file")

    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)
    emulator = Emulator(
        args.board,
        firmware=args.firmware,
        flash=args.flash,
        trng=args.trng,
        entropy=args.entropy,
        icount=args.icount,
        gdb_port=args.gdb,
        blank=args.blank,
        profile=args.profile,
        with_pty=args.command == "repl",
    )
    with emulator, contextlib.ExitStack() as stack:
        if args.entropy_control is not None:
            control = Control(emulator.entropy, args.entropy_control)
            stack.callback(control.close)
            print(f"entropy device: python -m tools.entropy_device tell {control.port} BEHAVIOUR", file=sys.stderr)
        if args.command == "run":
            return emulator_console.run_script(emulator, args.script, args.arguments, args.timeout)
        return emulator_console.repl(emulator)


if __name__ == "__main__":
    cli.run(main)
