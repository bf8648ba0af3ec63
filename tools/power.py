# SPDX-License-Identifier: MIT
"""Cuts the power of a board in Renode in the middle of what it writes, and counts what is left.

python -m tools.power [--board B]… [--cuts 500]

From one and the same state of the flash an action is begun again and again, and each time the power goes at another of
its flash operations: the operation is not done, is done by half, or leaves garbage, and nothing reaches the flash after
it. Then the board boots, and either the old state is there or the new one, and all that the action did not touch.

The actions start from a young storage and, where that can be brought about, from one whose next write makes room first
by moving what is alive and erasing a sector: there the operations are too many, so cuts are spread evenly over them.
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tools import board as boards
from tools import cli, get_renode, paths, sources
from tools.build import Job, build_all
from tools.cli import ToolError
from tools.emulator import Emulator
from tools.emulator_console import Session
from tools.progress import Step, Steps, clock

T = TypeVar("T")
CUTS = 500
# Knobs of StrictFlash: what becomes of the operation that the power cut hits.
KINDS = {"not done": (False, False), "half done": (True, False), "garbage": (False, True)}
# Operations of one action that are all cut; of more than these a sample is taken.
MANY = 400
MAKES_ROOM = 48  # its size
FILL_STEPS = 300
SHOWN = 50  # of what went wrong
ANSWER = 60.0  # seconds; a board whose flash is dead may well not answer, it is reset in any case

# On the board: keys whose bytes follow from their number, files whose bytes follow from their name.
ACT = """
import psa
psa.crypto_init()
A, U = psa.ALG_CTR, psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT | psa.KEY_USAGE_EXPORT
def bits(n): return bytes((n * 7 + i * 13) & 255 for i in range(16))
def make(n):
 psa.import_key(psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=128, usage=U, alg=A, id=n,
  lifetime=psa.KEY_LIFETIME_PERSISTENT), bits(n))
def text(c): return (c * 60 + '\\n') * 10
def write(name, c):
 with open(name, 'w') as f: f.write(text(c))
"""
LOOK = """
def key(n):
 try: psa.get_key_attributes(n)
 except (psa.InvalidHandle, psa.DoesNotExist):
  make(n); psa.destroy_key(n)
  return 'absent'
 assert psa.export_key(n) == bits(n), 'other bytes'
 assert psa.cipher_decrypt(n, A, psa.cipher_encrypt(n, A, b'x' * 20)) == b'x' * 20, 'other key'
 return 'usable'
def file(name):
 with open(name) as f: s = f.read()
 assert s == text(s[:1]), 'a mixture'
 return s[:1]
def others(): return [key(90), key(91), file('kept')]
"""
SET_UP = "make(90); make(91); write('kept', 'k'); write('f', 'a')"
OTHERS = ["usable", "usable", "k"]


@dataclass(frozen=True)
class Action:
    """`code` leads from `old` to `new`, which `look` tells apart; `undo` leads back; `fill` uses up the storage."""

    code: str
    undo: str
    look: str
    old: str
    new: str
    fill: str


KEY_FILL = "psa.its_set(1, bytes(2000))"
ACTIONS = {
    "key creation": Action("make(5)", "psa.destroy_key(5)", "key(5)", "absent", "usable", KEY_FILL),
    "key deletion": Action("psa.destroy_key(5)", "make(5)", "key(5)", "usable", "absent", KEY_FILL),
    "file write": Action("write('f', 'b')", "write('f', 'a')", "file('f')", "a", "b", "write('g', 'g')"),
}


@dataclass
class Round:
    """One action from one state of the flash."""

    name: str
    action: Action
    flash: bytes
    operations: int = 0  # of the action, uncut
    erases: int = 0  # among them
    results: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    found: list[str] = field(default_factory=list)  # what was wrong, in words

    def places(self) -> list[int]:
        """The operations that the power cut hits."""
        places = list(range(1, self.operations + 1))
        return places if len(places) <= MANY else spread(places, MAKES_ROOM)


def spread(items: list[T], count: int) -> list[T]:
    """Evenly spread ones of the items, the first and the last among them."""
    if count >= len(items) or count < 2:
        return items[: max(count, 0)] if count < 2 else items
    return [items[number * (len(items) - 1) // (count - 1)] for number in range(count)]


def points(rounds: list[Round], cuts: int) -> list[tuple[Round, int, str]]:
    """Where the power is cut, and how: at every place once, the kinds taking turns, and with the other kinds, evenly
    spread, up to `cuts` in all. Fewer cuts than places are spread over them."""
    kinds = list(KINDS)
    once = [(what, place, kinds[place % len(kinds)]) for what in rounds for place in what.places()]
    if cuts <= len(once):
        return spread(once, cuts) if cuts < CUTS else once
    chosen = {(id(what), place, kind) for what, place, kind in once}
    every = [(what, place, kind) for what in rounds for place in what.places() for kind in kinds]
    more = spread([point for point in every if (id(point[0]), *point[1:]) not in chosen], cuts - len(once))
    chosen |= {(id(what), place, kind) for what, place, kind in more}
    return [point for point in every if (id(point[0]), *point[1:]) in chosen]


class Bench:
    """The board in Renode."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._flash = str(emulator.board.emulator["flash"])
        self._session = Session(emulator)

    def close(self) -> None:
        self._session.close()

    def boot(self, flash: bytes | None = None, then: str = "") -> str:
        """Reset, with these contents of the flash, and run code; returns what it printed."""
        if flash is not None:
            self._emulator.load_flash(flash)
        self._emulator.reset()
        self._session.enter()
        return self.run(ACT + then)

    def run(self, code: str) -> str:
        """Run code; returns what it printed. ToolError with the last line of an exception's traceback."""
        return self._session.run(code, ANSWER)

    def value(self, expression: str) -> object:
        value: object = ast.literal_eval(self.run(f"print(repr({expression}))"))
        return value

    def counter(self, name: str) -> int:
        found = re.search(r"0x[0-9A-Fa-f]+|\d+", self._emulator.monitor(f"{self._flash} {name}"))
        if found is None:
            raise ToolError(f"Renode does not tell the counter {name}")
        return int(found[0], 0)

    @property
    def contents(self) -> bytes:
        return self._emulator.flash.read_bytes()

    def cut(self, place: int, kind: str, code: str) -> None:
        """Run code whose flash operation number `place` is the last that happens, or does not."""
        tears, garbage = KINDS[kind]
        self._emulator.monitor(f"{self._flash} PowerCutTears {str(tears).lower()}")
        self._emulator.monitor(f"{self._flash} PowerCutGarbage {str(garbage).lower()}")
        self._emulator.monitor(f"{self._flash} PowerCutAfter {place}")
        with contextlib.suppress(ToolError):  # the board may say so, hang or believe that all is well
            self.run(code)
        if "True" not in self._emulator.monitor(f"{self._flash} IsPowerCut"):
            raise ToolError(f"the power was to be cut at operation {place}, and the action has fewer")


# ------------------------------------------------------------------------------------------------- states to start from


def young(bench: Bench) -> Iterator[Round]:
    """Every action from a storage that is hardly used."""
    bench.boot(then=LOOK + SET_UP)
    before = ""
    for name, action in ACTIONS.items():
        if action.old == "usable" and before != action.old:
            bench.run(action.undo)
        before = str(bench.value(action.look))
        if before != action.old:
            bench.run(action.undo)
        yield Round(name, action, bench.contents)


def crowded(bench: Bench, start: Round, step: Step) -> Round | None:
    """The same action when it has to make room first; None when no state like that was come across."""
    action = start.action
    bench.boot(start.flash, LOOK)
    if action.old != bench.value(action.look):
        raise ToolError(f"{start.name}: the state to start from is not there")
    erases = bench.counter("Erases")
    coarse = True
    for number in range(FILL_STEPS):
        step.update(f"{start.name}, using up the storage, step {number + 1}")
        before = bench.contents
        if coarse:
            bench.run(action.fill)
            if bench.counter("Erases") != erases:
                bench.boot(before, LOOK)  # back, and on in small steps
                erases, coarse = bench.counter("Erases"), False
            continue
        bench.run(action.code)
        if bench.counter("Erases") != erases:
            return Round(f"{start.name}, makes room", action, before)
        bench.run(action.undo)
        if bench.counter("Erases") != erases:
            erases = bench.counter("Erases")
            coarse = True
    return None


# ------------------------------------------------------------------------------------------------------------- the cuts


def count_operations(bench: Bench, what: Round) -> None:
    bench.boot(what.flash, LOOK)
    before, erases = bench.counter("Operations"), bench.counter("Erases")
    bench.run(what.action.code)
    what.operations = bench.counter("Operations") - before
    what.erases = bench.counter("Erases") - erases
    if what.operations < 1 or bench.value(what.action.look) != what.action.new:
        raise ToolError(f"{what.name}: the action does not do its work")


def one_cut(bench: Bench, what: Round, place: int, kind: str) -> None:
    """Cut once, boot, judge."""
    where = f"{what.name}, operation {place} of {what.operations} {kind}"
    try:
        bench.boot(what.flash)
    except ToolError as error:
        raise ToolError(f"{where}: the board does not boot before the cut: {error}") from error
    violations = bench.counter("Violations")
    bench.cut(place, kind, what.action.code)
    result = "half"
    try:
        said = bench.boot(then=f"{LOOK}print({what.action.look})\nprint(others())")
        found, others = said.splitlines()
        if found in (what.action.old, what.action.new):
            result = "old" if found == what.action.old else "new"
        else:
            what.found.append(f"{where}: {found!r}")
        if ast.literal_eval(others) != OTHERS:
            result = "lost"
            what.found.append(f"{where}: of what was not touched there is {others}")
    except ToolError as error:
        what.found.append(f"{where}: {error}")
    if bench.counter("Violations") != violations:
        what.found.append(f"{where}: the flash was then used as its manual forbids")
    what.results[kind][result] += 1


def campaign(
    board: str, cuts: int, step: Step, rounds: list[Round], *, firmware: Path | None = None, rooms: bool = True
) -> None:
    """At least `cuts` power cuts, as far as the actions have that many operations; a small number is spread over all.
    What comes of them stands in `rounds`, also when this is interrupted. `rooms`: also from states in which an action
    has to make room."""
    with (
        tempfile.TemporaryDirectory(prefix="micropsa-power-") as folder,
        Emulator(board, firmware=firmware, flash=Path(folder) / "flash.bin") as emulator,
        contextlib.closing(Bench(emulator)) as bench,
    ):
        rounds += young(bench)
        for what in rounds:
            count_operations(bench, what)
        if rooms:
            # Where erases belong to the ordinary work there is nothing to wait for.
            found = [crowded(bench, start, step) for start in list(rounds) if not start.erases]
            for what in (room for room in found if room):
                count_operations(bench, what)
                rounds.append(what)
        chosen = points(rounds, cuts)
        start = time.monotonic()
        for done, (what, place, kind) in enumerate(chosen):
            left = (time.monotonic() - start) / done * (len(chosen) - done) if done > 5 else 0
            tail = f", {clock(left)} left" if left else ""
            step.update(f"{done}/{len(chosen)} cuts, {_wrong(rounds)} wrong, {what.name}{tail}")
            one_cut(bench, what, place, kind)
        step.update(f"{len(chosen)} cuts, {_wrong(rounds)} wrong")


def _wrong(rounds: list[Round]) -> int:
    return sum(len(what.found) for what in rounds)


# -------------------------------------------------------------------------------------------------------------- results


def table(rounds: list[Round]) -> str:
    """What came of it, for people."""
    heads = "".join(f" {name:>5}" for name in ("cuts", "old", "new", "lost", "half"))
    lines = [f"{'action':<28} {'operations':>10} {'erases':>6}  {'the last one':<12}{heads}"]
    for what in rounds:
        for kind, results in what.results.items():
            if total := sum(results.values()):
                counts = "".join(f" {results[name]:>5}" for name in ("old", "new", "lost", "half"))
                lines.append(f"{what.name:<28} {what.operations:>10} {what.erases:>6}  {kind:<12} {total:>5}{counts}")
    totals: Counter[str] = Counter()
    for what in rounds:
        for results in what.results.values():
            totals += results
    counts = "".join(f" {totals[name]:>5}" for name in ("old", "new", "lost", "half"))
    lines.append(f"{'all':<28} {'':>10} {'':>6}  {'':<12} {totals.total():>5}{counts}")
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """The command line; returns the exit code: 1 when anything was lost."""
    parser = cli.Parser(prog="python -m tools.power", description="power cuts at every flash operation")
    parser.add_argument("--board", action="append", default=[], help="default: every board that runs in Renode")
    parser.add_argument("--cuts", type=cli.whole(1), default=CUTS, metavar="N", help="at least so many a board")
    options = parser.parse_args(argv)
    get_renode.find()
    known = [name for name in boards.names() if boards.load(name).emulator.get("kind") == "renode"]
    for name in options.board:
        if name not in known:
            raise ToolError(f"{name} does not run in Renode; boards that do: {', '.join(known)}")
    names = options.board or known
    jobs = [Job(boards.load(name)) for name in names]
    steps = Steps(2 + 2 * len(jobs))
    build_all(jobs, steps, sources.ensure(steps))
    wrong = 0
    for name in names:
        firmware = paths.build_dir(name) / boards.load(name).artefact
        rounds: list[Round] = []
        try:
            with steps.step(f"Cutting the power of {name}") as step:
                campaign(name, options.cuts, step, rounds, firmware=firmware)
        finally:  # Ctrl-C after an hour should not cost what is known by then
            print(f"\n{name}\n{table(rounds)}\n")
            for line in [line for what in rounds for line in what.found][:SHOWN]:
                print(line, file=sys.stderr)
        wrong += _wrong(rounds)
    print(f"{wrong} times something was wrong" if wrong else "nothing was lost, nothing was half")
    return 1 if wrong else 0


if __name__ == "__main__":
    cli.run(main)
