# SPDX-License-Identifier: MIT
"""Instructions per call, from Python and from C in the same firmware, counted by the emulator.

python -m tools.bench [--board B]       build measuring firmware, measure, print the tables
python -m tools.bench --store           … and write them to docs/bench.md
python -m tools.bench --dispatch        only what lists of drivers add to a call: seconds instead of minutes

The emulator counts one virtual nanosecond per instruction, so the board's clock counts instructions. Loops of different
lengths cancel what the loop itself and the call of the measuring function cost. Entropy comes from a file, so that two
runs do nearly the same.
"""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools import bench_dispatch, cli, sources
from tools import board as boards
from tools.build import Job, build_all
from tools.cli import ToolError
from tools.paths import ROOT
from tools.progress import Steps

DOCUMENT = Path("docs/bench.md")
BENCH = "bench"
# Goals of a call from Python, in instructions on top of the same call from C.
GOAL_PLAIN = 1000
GOAL_OUT = 600
TIMEOUT = 900.0


class BenchJob(Job):
    """Firmware with the module psabench."""

    def make_arguments(self, trees: dict[str, Path], mpy_cross: Path) -> list[str]:
        return [*super().make_arguments(trees, mpy_cross), "CFLAGS_EXTRA=-DMICROPSA_BENCH=1"]


# On the device: every case is (title, calls per loop, call from Python, function of psabench, its arguments).
DEVICE = r"""
import gc, hashlib, psa, psabench
from time import ticks_us, ticks_diff

psa.crypto_init()
SHA, GCM, POLY = psa.ALG_SHA_256, psa.ALG_GCM, psa.ALG_CHACHA20_POLY1305
MAC, ECDSA, ECDH, HKDF = psa.ALG_HMAC(SHA), psa.ALG_DETERMINISTIC_ECDSA(SHA), psa.ALG_ECDH, psa.ALG_HKDF(SHA)
P256 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)
X25519 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_MONTGOMERY)
SALT, SECRET, INFO = psa.KEY_DERIVATION_INPUT_SALT, psa.KEY_DERIVATION_INPUT_SECRET, psa.KEY_DERIVATION_INPUT_INFO

def key(type, usage, alg, data):
    return psa.import_key(psa.KeyAttributes(type=type, usage=usage, alg=alg), data)

mac_key = key(psa.KEY_TYPE_HMAC, psa.KEY_USAGE_SIGN_MESSAGE, MAC, bytes(range(32)))
gcm_key = key(psa.KEY_TYPE_AES, psa.KEY_USAGE_ENCRYPT, GCM, bytes(range(16)))
poly_key = key(psa.KEY_TYPE_CHACHA20, psa.KEY_USAGE_ENCRYPT, POLY, bytes(range(32)))
sign_key = key(P256, psa.KEY_USAGE_SIGN_HASH | psa.KEY_USAGE_VERIFY_HASH, ECDSA, bytes(range(1, 33)))
ecdh_key = key(P256, psa.KEY_USAGE_DERIVE, ECDH, bytes(range(1, 33)))
x_key = key(X25519, psa.KEY_USAGE_DERIVE, ECDH, bytes(range(1, 33)))
ecdh_peer, x_peer = psa.export_public_key(ecdh_key), psa.export_public_key(x_key)
nonce, empty, d64, d1024, digest = bytes(12), b"", bytes(64), bytes(1024), bytes(range(32))
o32, o64, o80, o1040, o16 = bytearray(32), bytearray(64), bytearray(80), bytearray(1040), bytearray(16)
signature = psa.sign_hash(sign_key, ECDSA, digest)
op = psa.KeyDerivationOperation()

def hkdf(out=None):
    op.setup(HKDF)
    op.input_bytes(SALT, nonce)
    op.input_bytes(SECRET, digest)
    op.input_bytes(INFO, empty)
    n = op.output_bytes(32, out=out)
    op.abort()
    return n

hash_compute, mac_compute, aead_encrypt, sign_hash = psa.hash_compute, psa.mac_compute, psa.aead_encrypt, psa.sign_hash
verify_hash, raw_key_agreement, generate_random = psa.verify_hash, psa.raw_key_agreement, psa.generate_random
sha256 = hashlib.sha256
NAMES = [name for name in globals() if name[0] != "_"]

def loops(call):
    # Everything local, as in a program that cares; the empty loop is what has to be taken off.
    scope = dict(globals())
    used = [name for name in NAMES if name in call]
    text = "def make(%s):\n def loop(n):\n  for _ in range(n):\n   %s\n return loop\n" % (", ".join(used), call)
    exec(text, scope)
    return scope["make"](*[globals()[name] for name in used])

def measure(loop, n):
    # In portions that leave the collector nothing to do: one call is meant, not its share of a collection.
    loop(1)
    total = 0
    part = min(n, 10)
    for _ in range(n // part):
        gc.collect()
        t0 = ticks_us()
        loop(part)
        t1 = ticks_us()
        loop(0)
        total += ticks_diff(t1, t0) - ticks_diff(ticks_us(), t1)
    return total * 1000 // (n // part * part)

EMPTY = measure(loops("pass"), 1000)

def case(title, n, plain, out, function, *args, other=None):
    f = getattr(psabench, function)
    def c(n):
        if args[-1] is None:
            f(n, *args[:-1])
        else:
            f(n, *args[:-1], out=args[-1])
    row = [measure(c, n), measure(loops(plain), n) - EMPTY]
    row.append(measure(loops(out), n) - EMPTY if out else None)
    row.append(measure(loops(other), n) - EMPTY if other else None)
    print("row", repr((title, row)))

for size, data in ((0, "empty"), (64, "d64"), (1024, "d1024")):
    case("SHA-256, %d bytes" % size, 200, "hash_compute(SHA, %s)" % data, "hash_compute(SHA, %s, out=o32)" % data,
        "hash_compute", SHA, globals()[data], o32, other="sha256(%s).digest()" % data)
case("HMAC-SHA-256, 64 bytes", 200, "mac_compute(mac_key, MAC, d64)", "mac_compute(mac_key, MAC, d64, out=o32)",
    "mac_compute", mac_key, MAC, d64, o32)
for title, k, alg in (("AES-128-GCM", "gcm_key", "GCM"), ("ChaCha20-Poly1305", "poly_key", "POLY")):
    for size, data, out in ((64, "d64", "o80"), (1024, "d1024", "o1040")):
        call = "aead_encrypt(%s, %s, nonce, empty, %s" % (k, alg, data)
        case("%s, %d bytes" % (title, size), 100, call + ")", call + ", out=%s)" % out,
            "aead_encrypt", globals()[k], globals()[alg], nonce, empty, globals()[data], globals()[out])
case("ECDSA P-256 sign", 1, "sign_hash(sign_key, ECDSA, digest)", "sign_hash(sign_key, ECDSA, digest, out=o64)",
    "sign_hash", sign_key, ECDSA, digest, o64)
case("ECDSA P-256 verify", 1, "verify_hash(sign_key, ECDSA, digest, signature)", None,
    "verify_hash", sign_key, ECDSA, digest, signature, None)
call = "raw_key_agreement(ECDH, ecdh_key, ecdh_peer"
case("ECDH P-256", 1, call + ")", call + ", out=o32)", "raw_key_agreement", ECDH, ecdh_key, ecdh_peer, o32)
call = "raw_key_agreement(ECDH, x_key, x_peer"
case("X25519", 1, call + ")", call + ", out=o32)", "raw_key_agreement", ECDH, x_key, x_peer, o32)
case("HKDF-SHA-256, 32 bytes (6 calls)", 20, "hkdf()", "hkdf(o32)", "key_derivation", HKDF, nonce, digest, empty, o32)
case("generate_random, 32 bytes", 200, "generate_random(32)", "generate_random(out=o32)", "generate_random", o32)
"""


@dataclass(frozen=True)
class Row:
    """Instructions of one call."""

    title: str
    from_c: int
    plain: int
    with_out: int | None
    other: int | None

    def cells(self) -> tuple[str, ...]:
        def number(value: int | None) -> str:
            return "" if value is None else f"{value:,}"

        on_top = self.plain - self.from_c
        out_on_top = None if self.with_out is None else self.with_out - self.from_c
        return (self.title, number(self.from_c), number(self.plain), number(on_top), number(self.with_out),
                number(out_on_top), number(self.other))  # fmt: skip


HEADINGS = ("call", "from C", "from Python", "on top", "with `out=`", "on top", "`hashlib`")


def table(rows: list[Row]) -> str:
    """A Markdown table, which reads well on a terminal, too."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]

    def text(line: tuple[str, ...]) -> str:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        return f"| {' | '.join(cells)} |"

    rule = "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(widths))
    return "\n".join([text(HEADINGS), f"|{rule}|", *(text(row.cells()) for row in rows)])


def measure(firmware: Path, board: str) -> list[Row]:
    """Run the cases on the emulated board."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bench_on_device.py"
        script.write_text(DEVICE, encoding="utf-8")
        trng = Path(folder) / "trng"
        trng.write_bytes(random.Random(1).randbytes(1 << 20))
        command = [sys.executable, "-m", "tools.emulator", "run", "--board", board, "--firmware", str(firmware)]
        command += ["--flash", str(Path(folder) / "flash.bin"), "--trng", str(trng), "--icount", "shift=0"]
        command += ["--timeout", str(TIMEOUT), str(script)]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ToolError(f"the measurement failed:\n{result.stdout}{result.stderr}")
    rows = []
    for line in result.stdout.splitlines():
        if line.startswith("row "):
            title, numbers = ast.literal_eval(line.removeprefix("row "))
            rows.append(Row(title, *numbers))
    return rows


DISPATCH = "## What drivers cost\n"


def dispatch_section(cost: bench_dispatch.Cost) -> str:
    return f"""\
{DISPATCH}
What the generated dispatch adds to `hash_compute` of 0 bytes, in instructions of a Cortex-M4. A list that has nothing
for the call costs a jump; a driver that declines costs its call and the test of its capability. The core's own work, in
the first table's number for the same call, comes on top of all four. `python -m tools.bench --dispatch` counts this
alone, with a program that holds nothing but the dispatch and the hash; two runs agree exactly.

{cost.table()}
"""


def with_dispatch(text: str, cost: bench_dispatch.Cost) -> str:
    """The document with its last section renewed."""
    return text.partition(DISPATCH)[0].rstrip("\n") + "\n\n" + dispatch_section(cost)


def document(rows: list[Row], board: str, cost: bench_dispatch.Cost) -> str:
    return f"""\
# What a call costs

Instructions of one call on {board}, counted by the emulator with `make bench`: the same firmware, key and data, called
in a loop from C and from Python. "On top" is what Python adds: bytecode, argument checks, the result's memory. The
cost in C contains what the core does for every call: key slots, policies, copies of the buffers into its arena.

The goal is at most {GOAL_PLAIN:,} instructions on top for a one-shot call and {GOAL_OUT} with `out=`. The binding takes
200 to 400 of them. What a `bytes` result costs grows with its length and with how full the heap is: MicroPython looks
for free blocks one by one, and clears them. Loops that matter use `out=`.

Numbers of two runs differ by some 20 instructions. Asymmetric calls vary by one percent, because their blinding is
random: there "on top" says nothing. `hashlib` is MicroPython's own, in the same firmware; `cryptolib` is not in it,
because it needs MicroPython's own copy of Mbed TLS.

{table(rows)}

{dispatch_section(cost)}"""


def main(argv: list[str]) -> int:
    parser = cli.Parser(prog="python -m tools.bench", description="Counts instructions per call.")
    parser.add_argument("--board", default="MPS2_AN386", help="default: %(default)s")
    parser.add_argument("--store", action="store_true", help=f"write what was measured to {DOCUMENT}")
    parser.add_argument("--dispatch", action="store_true", help="only what lists of drivers add")
    options = parser.parse_args(argv)
    stored = ROOT / DOCUMENT
    if options.dispatch:
        cost = bench_dispatch.measure(sources.ensure(Steps(1))["mbedtls"])
        print(cost.table())
        if options.store:
            cli.write_whole(stored, with_dispatch(stored.read_text(encoding="utf-8"), cost))
        return 0
    board = boards.load(options.board)
    if board.emulator.get("kind") != "qemu":
        able = [name for name in boards.names() if boards.load(name).emulator.get("kind") == "qemu"]
        raise ToolError(
            f"board {board.name} cannot count instructions; boards that QEMU emulates can: {', '.join(able)}"
        )
    job = BenchJob(board, "default", BENCH)
    steps = Steps(5)
    trees = sources.ensure(steps)
    build_all([job], steps, trees)
    with steps.step("Measuring"):
        rows = measure(job.artefact, board.name)
    with steps.step("Measuring dispatch"):
        cost = bench_dispatch.measure(trees["mbedtls"])
    print(f"{table(rows)}\n\n{cost.table()}")
    if options.store:
        cli.write_whole(stored, document(rows, board.name, cost))
    return 0


if __name__ == "__main__":
    cli.run(main)
