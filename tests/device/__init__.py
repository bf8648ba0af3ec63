# SPDX-License-Identifier: MIT
"""Tests that run on every target."""
