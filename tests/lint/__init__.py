# SPDX-License-Identifier: MIT
"""Tests that read the tree and run nothing on a target."""
