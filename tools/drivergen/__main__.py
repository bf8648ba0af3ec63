# SPDX-License-Identifier: MIT
"""Entry point of ``python -m tools.drivergen``."""

import sys

from .cli import main

sys.exit(main())
