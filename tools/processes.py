# SPDX-License-Identifier: MIT
"""How a program that we started is ended."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

PATIENCE = 5.0  # seconds


def end(process: subprocess.Popen[Any]) -> None:
    """Ask a process to end, kill it when it does not, and wait until it is gone; no error when it was before."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def last_lines(log: Path, count: int = 3) -> str:
    """What a program said last, for error messages."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    lines = [line for line in lines if ": warning: " not in line]  # QEMU warns of boards without a network
    return "\n".join(lines[-count:])
