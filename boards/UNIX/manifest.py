# SPDX-License-Identifier: MIT
# Frozen into the UNIX target: what MicroPython's own variants freeze and the archive of its sources contains.

include("$(MPY_DIR)/extmod/asyncio")
