# SPDX-License-Identifier: MIT
"""Entry point of ``python -m tools.drivergen``."""

from ..cli import run
from .cli import main

run(main)
