# SPDX-License-Identifier: MIT
"""The tests of MicroPSA: lint/ reads the tree, device/ and vectors/ run Python on every target,
unit/ tests the host tools."""
