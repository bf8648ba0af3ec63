# SPDX-License-Identifier: MIT
"""Vectors that others wrote, and interoperability with another implementation."""
