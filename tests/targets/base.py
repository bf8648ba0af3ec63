# SPDX-License-Identifier: MIT
"""What every target can do: run Python on it, and pull its plug.

A target is a machine with a MicroPython of ours on it, a process or an emulated board. Code runs in
one namespace that lives until the next reset, as on a REPL. The flash is a file of the host that
belongs to one machine and outlives its restarts, so a test can cut the power and look what is left.
"""

from __future__ import annotations

import ast
import re
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

DEFAULT_TIMEOUT = 30.0


class TargetError(Exception):
    """The machine itself failed, not the code that ran on it."""


class DeviceTimeout(TargetError):
    """No answer in time. `output` is what came until then."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(f"{message}\n--- output so far ---\n{output}" if output else message)
        self.output = output


class DeviceDied(TargetError):
    """The connection ended: the process exited, crashed or was killed. `report` is what it left on
    stderr."""

    def __init__(self, message: str, output: str = "", report: str = "") -> None:
        parts = [message]
        if output:
            parts.append(f"--- output so far ---\n{output}")
        if report:
            parts.append(f"--- stderr ---\n{report}")
        super().__init__("\n".join(parts))
        self.output = output
        self.report = report


class DeviceException(Exception):
    """An exception that nobody caught on the device.

    `name` is its class, `message` its text, `traceback` the whole report, `output` what the code
    printed before.
    """

    _LAST_LINE = re.compile(r"^([A-Za-z_][A-Za-z0-9_.]*)(?::\s?(.*))?$")

    def __init__(self, traceback: str, output: str = "") -> None:
        self.traceback = traceback.replace("\r\n", "\n").strip()
        self.output = output
        self.name, self.message = "", ""
        for line in reversed(self.traceback.splitlines()):
            found = self._LAST_LINE.match(line)
            if found and not line.startswith((" ", "Traceback")):
                self.name, self.message = found.group(1), found.group(2) or ""
                break
        text = self.traceback
        if output:
            text += f"\n--- output before ---\n{output}"
        super().__init__(text)


class Target(ABC):
    """One machine. Use it as a context manager: it is running inside the `with` and gone after
    it."""

    name: str

    def __init__(self, flash: Path) -> None:
        self.flash = flash
        self.broken = False  # it died or hung while it ran code; a restart mends that
        self._capabilities: dict[str, Any] | None = None

    # --- life

    @abstractmethod
    def start(self) -> None:
        """Boot the machine on its flash file, up to where it takes code."""

    @abstractmethod
    def stop(self) -> None:
        """Switch the machine off; it is no error when it is off already. DeviceDied when it crashes
        on its way out."""

    @abstractmethod
    def kill9(self) -> None:
        """Pull the plug: SIGKILL, nothing gets flushed. Safe to call from another thread while
        run() waits."""

    @abstractmethod
    def soft_reset(self) -> None:
        """What Ctrl-D does on a REPL: a new interpreter over the same hardware and flash."""

    def rest(self) -> None:
        """Nobody needs the machine for a while; it need not cost anything."""
        return

    def wake(self) -> None:
        """The end of rest()."""
        return

    def start_over(self, flash: bytes) -> bool:
        """Reset the machine with these contents of its flash; False when only a new machine can have them."""
        return False

    def restart(self) -> None:
        """Switch off in good order and on again, same flash."""
        self.stop()
        self.start()

    def power_cycle(self) -> None:
        """Pull the plug and put it back, same flash."""
        self.kill9()
        self.start()

    def __enter__(self) -> Target:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # --- code

    @abstractmethod
    def _execute(self, code: bytes, deadline: float) -> str:
        """Run source until time.monotonic() reaches the deadline; see run()."""

    def run(self, code: str, *, timeout: float = DEFAULT_TIMEOUT) -> str:
        """Run statements, return what they printed ('\\n' line ends).

        Raises DeviceException for an uncaught exception, DeviceTimeout and DeviceDied when no
        answer came.
        """
        try:
            return self._execute(code.encode(), time.monotonic() + timeout)
        except TargetError:
            self.broken = True
            raise

    def eval(self, expression: str, *, timeout: float = DEFAULT_TIMEOUT) -> Any:
        """The value of one expression; anything that repr() writes as a Python literal."""
        return ast.literal_eval(self.run(f"print(repr({expression}))", timeout=timeout).strip())

    def raises(self, code: str, *, timeout: float = DEFAULT_TIMEOUT) -> DeviceException:
        """Run code that must fail; return its exception, or fail the test."""
        try:
            output = self.run(code, timeout=timeout)
        except DeviceException as exc:
            return exc
        raise AssertionError(f"{self.name}: no exception was raised by:\n{code}\nIt printed: {output!r}")

    def capabilities(self) -> dict[str, Any]:
        """psa.capabilities() of the firmware under test, asked once per machine."""
        if self._capabilities is None:
            caps = self.eval("__import__('psa').capabilities()")
            assert isinstance(caps, dict), caps
            self._capabilities = caps
        return self._capabilities

    def missing(self, *names: str) -> list[str]:
        """Which of these algorithms, key types and curves (ALG_GCM, KEY_TYPE_AES, ECC_SECP_R1_256) are not built in."""
        caps = self.capabilities()
        return sorted({*names} - {*caps["algorithms"], *caps["key_types"], *caps["curves"]})
