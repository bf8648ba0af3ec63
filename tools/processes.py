# SPDX-License-Identifier: MIT
"""How a program that we started is ended."""

from __future__ import annotations

import subprocess
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
