# SPDX-License-Identifier: MIT
"""Counts of vectors: tests record them, the end of the run prints them as one table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

PROPERTY = "micropsa-vectors"


@dataclass
class Count:
    """One row: what ran of one file on one target. `skipped` maps a reason to a number of
    vectors."""

    target: str
    family: str
    source: str
    run: int = 0
    negative: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def record(self, request: pytest.FixtureRequest) -> None:
        """Attach the row to the test; a plain structure, so that it also passes between
        processes."""
        row = [self.target, self.family, self.source, self.run, self.negative, dict(self.skipped)]
        request.node.user_properties.append((PROPERTY, row))


def rows(reporter: pytest.TerminalReporter) -> list[Count]:
    found = []
    for outcome in ("passed", "failed", "skipped"):
        for report in reporter.stats.get(outcome, []):
            if getattr(report, "when", None) == "call" or outcome == "skipped":
                for name, value in getattr(report, "user_properties", []):
                    if name == PROPERTY:
                        found.append(_row(value))
    return sorted(found, key=lambda row: (row.target, row.family, row.source))


def _row(value: list[Any]) -> Count:
    target, family, source, run, negative, skipped = value
    return Count(target, family, source, run, negative, Counter(skipped))


def write(reporter: pytest.TerminalReporter) -> None:
    """One line per file, one sum per target; every reason for a skip is written out."""
    found = rows(reporter)
    if not found:
        return
    reporter.write_sep("=", "vectors")
    width = max(len(f"{row.family}  {row.source}") for row in found)
    target = None
    for row in [*found, None]:
        if row is None or row.target != target:
            if target is not None:
                _sum(reporter, target, [each for each in found if each.target == target], width)
            if row is None:
                break
            target = row.target
            reporter.write_line(f"{target + ':':<{width}} {'run':>7} {'negative':>9} {'skipped':>8}")
        name = f"{row.family}  {row.source}"
        reasons = "; ".join(f"{reason} ({number})" for reason, number in sorted(row.skipped.items()))
        reporter.write_line(
            f"{name:<{width}} {row.run:>7} {row.negative:>9} {row.skipped.total():>8}  {reasons}".rstrip()
        )


def _sum(reporter: pytest.TerminalReporter, target: str, found: list[Count], width: int) -> None:
    run, negative = sum(row.run for row in found), sum(row.negative for row in found)
    skipped = sum(row.skipped.total() for row in found)
    reporter.write_line(f"{'sum of ' + target:<{width}} {run:>7} {negative:>9} {skipped:>8}")
