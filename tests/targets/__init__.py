# SPDX-License-Identifier: MIT
"""The machines that tests run on: one class per kind, one name per board."""

from tests.targets.base import (
    DEFAULT_TIMEOUT,
    DeviceDied,
    DeviceException,
    DeviceTimeout,
    Target,
    TargetError,
)

__all__ = [
    "DEFAULT_TIMEOUT",
    "DeviceDied",
    "DeviceException",
    "DeviceTimeout",
    "Target",
    "TargetError",
]
