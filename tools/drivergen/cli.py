# SPDX-License-Identifier: MIT
"""Command line of the driver generator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..cli import Parser
from . import coverage, new, reference
from .emit import generate
from .errors import DescriptionError, GeneratorError
from .load import load_board, load_drivers


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m tools.drivergen",
        description="Generates the PSA driver dispatch code for a list of drivers.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--board-json", type=Path, metavar="FILE", help='board.json with a "drivers" list')
    source.add_argument("--driver", nargs="*", metavar="NAME", help="driver names in order; none at all is allowed")
    parser.add_argument(
        "--drivers-dir",
        type=Path,
        action="append",
        required=True,
        metavar="DIR",
        help="folder of driver folders; may be given several times",
    )
    parser.add_argument("--mbedtls-dir", type=Path, required=True, metavar="DIR", help="Mbed TLS source tree")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="output folder")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the generator; returns 0, or 1 after a message on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words[:1] == ["new"]:
            return new.main(words[1:])
        if words[:1] == ["reference"]:
            return reference.main(words[1:])
        if words[:1] == ["coverage"]:
            return coverage.main(words[1:])
        options = _parser().parse_args(words)
        if options.board_json is not None:
            drivers = load_board(options.board_json, options.drivers_dir)
        else:
            drivers = load_drivers(options.driver, options.drivers_dir)
        generate(drivers, options.mbedtls_dir, options.out)
    except (DescriptionError, GeneratorError) as error:
        for line in str(error).splitlines():
            print(f"drivergen: {line}", file=sys.stderr)
        return 1
    return 0
