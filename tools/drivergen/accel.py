# SPDX-License-Identifier: MIT
"""Which built-in code a board can do without, because a driver covers it and never falls back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Driver


@dataclass(frozen=True)
class Accelerated:
    """One MBEDTLS_PSA_ACCEL_ macro; condition: preprocessor condition, "" for none."""

    macro: str
    condition: str


def accelerated(drivers: Sequence[Driver]) -> list[Accelerated]:
    """The macros to define, in a stable order."""
    return []
