# SPDX-License-Identifier: MIT
"""Host tools of MicroPSA; run them from the repository root as `python -m tools.<name>`."""
