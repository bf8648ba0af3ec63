# SPDX-License-Identifier: MIT
"""PSA driver generator: driver.json files of a board in, C dispatch code out.

Run it with ``python -m tools.drivergen --help`` from the repository root.
"""
