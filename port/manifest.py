# SPDX-License-Identifier: MIT
# Frozen into every board: the file system's start-up and asyncio.
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
