# SPDX-License-Identifier: MIT
"""Debug probes on the USB, for runners that do not list them: read from Linux's /sys."""

from __future__ import annotations

from pathlib import Path

from tools.flash_types import Probe, unprintable

SYSFS = Path("/sys/bus/usb/devices")
# Vendor 0483 is STMicroelectronics; the products are those that OpenOCD's interface/stlink.cfg opens.
ST = "0483"
STLINK = {"3744", "3748", "374b", "374d", "374e", "374f", "3752", "3753", "3754", "3755", "3757"}
SEGGER = "1366"


def _read(device: Path, name: str) -> str:
    try:
        return (device / name).read_bytes().decode("utf-8", "replace").rstrip("\n")
    except OSError:
        return ""


def kind(vendor: str, product: str, name: str) -> str:
    """openocd's name of the interface, "" for a device that is no probe."""
    if vendor == ST and product in STLINK:
        return "stlink"
    if vendor == SEGGER:
        return "jlink"
    # A CMSIS-DAP probe has that in its product string ("CMSIS-DAP", Arm's documentation, "Connect to USB").
    return "cmsis-dap" if "cmsis-dap" in name.lower() else ""


def probes() -> list[Probe] | None:
    """The probes that are plugged in; None where this system does not tell."""
    if not SYSFS.is_dir():
        return None
    found = []
    for device in sorted(SYSFS.iterdir()):
        vendor, product, name = (_read(device, file) for file in ("idVendor", "idProduct", "product"))
        what = kind(vendor, product, name)
        if what:
            serial = _read(device, "serial")
            shown = "".join(f"{ord(c) & 0xFF:02X}" for c in serial) if unprintable(serial) else serial
            found.append(Probe(shown, name or f"{vendor}:{product}", what, serial))
    return found
