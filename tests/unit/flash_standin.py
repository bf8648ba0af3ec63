# SPDX-License-Identifier: MIT
"""A program that passes for openocd, pyocd or JLinkExe and has a chip of 1 MB: for tests of the flash tools.

    python flash_standin.py NAME ARGUMENT…         $STANDIN is a folder with chip.bin, words.json and scenario

It understands the commands that tools/flash_*.py give, changes chip.bin as the chip would (whole sectors are erased,
programming clears bits), and prints what the real program prints; `scenario` names a failure. A command that the real
program does not have ends it. Texts: OpenOCD 0.12.0 and pyOCD 0.46 as they print them or have them in their sources,
J-Link Commander as in public logs of versions 7 and 8.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path

FLASH = 0x08000000
SECTORS = [16384] * 4 + [65536] + [131072] * 7
OPENOCD_BANNER = """\
Open On-Chip Debugger 0.12.0
Licensed under GNU GPL v2
For bug reports, read
\thttp://openocd.org/doc/doxygen/bugs.html
"""
JLINK_BANNER = """\
SEGGER J-Link Commander V7.94e (Compiled Jan 15 2024 15:14:50)
DLL version V7.94e, compiled Jan 15 2024 15:13:48

J-Link Command File read successfully.
Processing script file...
"""
# scenario → (printed, exit status), for failures that come before anything is done
OPENOCD_FAILURES = {
    "no-probe": ("Info : clock speed 2000 kHz\nError: open failed\n\n\n", 1),
    "no-probe-dap": ("Error: unable to find a matching CMSIS-DAP device\n\n", 1),
    "no-probe-jlink": ("Error: No J-Link device found\n\n", 1),
    "no-permission": ("Error: libusb_open() failed with LIBUSB_ERROR_ACCESS\nError: open failed\n\n\n", 1),
    "busy": ("Error: libusb_claim_interface() failed with LIBUSB_ERROR_BUSY\nError: open failed\n\n\n", 1),
    "no-chip": ("Info : STLINK V2J37S0 (API v2) VID:PID 0483:3748\nInfo : Target voltage: 0.002914\n"
                "Error: target voltage may be too low for reliable debugging\n"
                "Error: init mode failed (unable to connect to the target)\n", 1),
    "locked-nrf": ("Error: Could not find MEM-AP to control the core\n\n****** WARNING ******\n"
                   "nRF52 device has AP lock engaged (see UICR APPROTECT register).\nDebug access is denied.\n"
                   "Use 'nrf52_recover' to erase and unlock the device.\n\n", 0),
    "old": ("embedded:startup.tcl:26: Error: Can't find target/stm32f4x.cfg\n", 1),
}  # fmt: skip
PYOCD_FAILURES = {
    "no-probe": ("No connected debug probes\n0000968 E No target device available [load_cmd]\n", 1),
    "no-permission": ("0000500 C [Errno 13] Access denied (insufficient permissions) [__main__]\n", 1),
    "busy": ("0000500 C [Errno 16] Resource busy [__main__]\n", 1),
    "no-chip": ("0000500 C STLink error (5): No device connected [__main__]\n", 1),
    "locked-nrf": ("0000228 W NRF52840 APPROTECT enabled: not automatically unlocking [target_nRF52]\n", 0),
    "no-support": ("0000612 C Target type stm32f407vgtx not recognized. Use 'pyocd list --targets' to see currently "
                   "available target types. See <https://pyocd.io/docs/target_support.html> for how to install "
                   "additional target support. [__main__]\n", 1),
}  # fmt: skip
JLINK_FAILURES = {
    "no-probe": ("Connecting to J-Link via USB...FAILED: Cannot connect to J-Link.\n", 1),
    "no-chip": ("Connecting to J-Link via USB...O.K.\nVTref=0.000V\nCannot connect to target.\n", 1),
    "no-support": ('Unknown device. "STM32F407VG" is unknown to this software version.\n', 1),
}


class Chip:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "chip.bin"
        self.words = {int(key, 0): value for key, value in json.loads((folder / "words.json").read_text()).items()}
        self.scenario = (folder / "scenario").read_text().strip()

    def read(self, at: int, size: int) -> bytes:
        return self.file.read_bytes()[at - FLASH : at - FLASH + size]

    def _change(self, at: int, data: bytes) -> None:
        with self.file.open("r+b") as file:
            file.seek(at - FLASH)
            file.write(data)

    def erase(self, at: int, size: int) -> None:
        start = FLASH
        for sector in SECTORS:
            if start < at + size and start + sector > at:
                self._change(start, b"\xff" * sector)
            start += sector

    def program(self, at: int, data: bytes) -> None:
        self._change(at, bytes(old & new for old, new in zip(self.read(at, len(data)), data, strict=True)))

    def write(self, at: int, data: bytes) -> None:
        if self.scenario == "crash":  # half of it, then somebody pulls the cable
            data = data[: len(data) // 2]
        self.erase(at, len(data))
        self.program(at, data)
        if self.scenario == "crash":
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        if self.scenario == "verify":
            self._change(at + 5, b"\0")


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def quit_with(text: str, status: int) -> None:
    say(text)
    sys.exit(status)


def openocd(chip: Chip, arguments: list[str]) -> None:
    say(OPENOCD_BANNER)
    configs = [value for option, value in zip(arguments, arguments[1:], strict=False) if option == "-f"]
    steps = [value for option, value in zip(arguments, arguments[1:], strict=False) if option == "-c"]
    assert configs == ["interface/stlink.cfg", "target/stm32f4x.cfg"], configs
    assert "mass_erase" not in " ".join(steps)
    for step in steps:
        words = re.findall(r"\{[^}]*\}|\S+", step)
        words = [word.strip("{}") for word in words]
        match words:
            case ["gdb_port" | "tcl_port" | "telnet_port", "disabled"] | ["transport", "select", "hla_swd"]:
                pass
            case ["adapter", "serial", serial]:
                (chip.file.parent / "serial").write_text(serial)
            case ["init"]:
                if chip.scenario in OPENOCD_FAILURES:
                    quit_with(*OPENOCD_FAILURES[chip.scenario])
                say("Info : STLINK V2J37S0 (API v2) VID:PID 0483:3748\nInfo : Target voltage: 2.914\n")
            case ["mdw", address]:
                say(f"{address}: {chip.words[int(address, 0)]:08x} \n\n")
            case ["reset", "init"]:
                say("[stm32f4x.cpu] halted due to debug-request, current mode: Thread \n")
            case ["echo", text]:
                say(text + "\n")
            case ["flash", "write_image", "erase", file, address, "bin"]:
                if chip.scenario == "protected":
                    quit_with("Error: stm32x device protected\nError: failed erasing sectors 0 to 1\n\n", 1)
                data = Path(file).read_bytes()
                chip.write(int(address, 0), data)
                say(f"auto erase enabled\nwrote {len(data)} bytes from file {file} in 0.9s (30.0 KiB/s)\n\n")
            case ["flash", "erase_address", address, size]:
                chip.erase(int(address, 0), int(size, 0))
                if chip.scenario == "not-blank":
                    chip.program(int(address, 0) + 9, b"\0")
                say("erased sectors 10 through 11 on flash bank 0 in 2.1s\n\n")
            case ["verify_image", file, address, "bin"]:
                data = Path(file).read_bytes()
                if chip.read(int(address, 0), len(data)) != data:
                    quit_with("Error: checksum mismatch - attempting binary compare\n", 1)
                say(f"verified {len(data)} bytes in 1.0s\n\n")
            case ["reset", "run"] | ["shutdown"]:
                say("shutdown command invoked\n" if words == ["shutdown"] else "")
            case _:
                quit_with(f'invalid command name "{words[0]}"\n', 1)


def pyocd(chip: Chip, arguments: list[str]) -> None:
    verb, *rest = arguments
    if verb == "json":
        boards = json.loads((chip.file.parent / "probes.json").read_text())
        quit_with(json.dumps({"pyocd_version": "0.46.0", "status": 0, "boards": boards}, indent=4) + "\n", 0)
    assert "auto_unlock=false" in rest and "--no-config" in rest and "--no-wait" in rest
    options = {a: b for a, b in zip(rest, rest[1:], strict=False) if a.startswith("--")}
    (chip.file.parent / "serial").write_text(options.get("--uid", ""))
    if chip.scenario in PYOCD_FAILURES:
        quit_with(*PYOCD_FAILURES[chip.scenario])
    if verb == "load":
        assert options["--erase"] == "sector" and options["--format"] == "bin"
        if chip.scenario == "protected":
            quit_with("[0000900] C flash erase sector failure (address 0x08000000; result code 0x1) [__main__]\n", 1)
        say("[---|---|---|---|---|---|---|---|---|----]\n[====================")
        chip.write(int(options["--base-address"], 0), Path(rest[-1]).read_bytes())
        say("====================]\n")
    elif verb == "erase":
        origin, size = (int(number, 0) for number in rest[-1].split("+"))
        chip.erase(origin, size)
        if chip.scenario == "not-blank":
            chip.program(origin + 9, b"\0")
    elif verb == "commander":
        for command in [b for a, b in zip(rest, rest[1:], strict=False) if a == "--command"]:
            match command.split():
                case ["read32", address]:
                    value = chip.words[int(address, 0)]
                    say(f"{int(address, 0):08x}:  {value:08x}    |....|\n")
                case ["compare", address, file]:
                    data = Path(file).read_bytes()
                    if chip.read(int(address, 0), len(data)) == data:
                        say(f"All {len(data)} bytes match.\n")
                    else:
                        say("Mismatched byte at 0x08000005 (offset 0x5): 0x00 (memory) != 0x01 (file)\n")
                case _:
                    quit_with(f"Error: unrecognized command '{command}'\n", 1)
    else:
        assert verb == "reset", verb


def jlink(chip: Chip, arguments: list[str]) -> None:
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert options["-NoGui"] == "1"
    script = Path(options["-CommandFile"]).read_text().splitlines()
    if script[0] == "ShowEmuList":
        say(JLINK_BANNER + (chip.file.parent / "probes.txt").read_text() + "\nScript processing completed.\n")
        return
    (chip.file.parent / "serial").write_text(options.get("-SelectEmuBySN", ""))
    say(JLINK_BANNER)
    if chip.scenario in JLINK_FAILURES:
        quit_with(*JLINK_FAILURES[chip.scenario])
    assert ("-autoconnect" in options) == (script[0] == "r"), "looking at a chip must not connect to it"
    port, address, buffer = 0, 0, 0
    for line in script:
        say(f"J-Link>{line}\n")
        match re.split(r"[ ,]", line):
            case ["SWDWriteDP", "2", value]:
                port = int(value, 0) >> 24
            case ["SWDWriteAP", "1", value]:
                address = int(value, 0)
            case ["SWDReadAP", register]:
                at = address if port == 0 else (port << 24 | int(register) << 2)
                buffer = chip.words.get(at, 0)
            case ["SWDReadDP", "3"]:
                say(f"Reading DP register 3 = 0x{buffer:08X} (0 read repetitions needed)\n")
            case ["loadbin", file, at_]:
                assert file.endswith(".bin")
                if chip.scenario == "protected":
                    quit_with("Downloading file...\nError while programming flash: Programming failed.\n", 1)
                say(f"Downloading file [{file}]...\n")
                chip.write(int(at_, 0), Path(file).read_bytes())
                say("Programming flash [100%] Done.\nJ-Link: Flash download: Total: 1.553s\nO.K.\n")
            case ["erase", first, last]:
                chip.erase(int(first, 0), int(last, 0) + 1 - int(first, 0))
                if chip.scenario == "not-blank":
                    chip.program(int(first, 0) + 9, b"\0")
                say("Erasing done.\n")
            case ["verifybin", file, at_]:
                data = Path(file).read_bytes()
                say(f"Loading binary file {file}\nReading {len(data)} bytes data from target memory @ {at_}.\n")
                if chip.read(int(at_, 0), len(data)) != data:
                    quit_with("Verify failed @ address 0x08000005.\nExpected 01 read 00\n", 1)
                say("Verify successful.\n")
            case ["si", "SWD"] | ["speed", _] | ["SWDSelect"] | ["SWDWriteDP", _, _] | ["SWDWriteAP", "0", _]:
                pass
            case ["r"] | ["h"] | ["g"] | ["exit"]:
                pass
            case _:
                quit_with("Unknown command. '?' for help.\n", 1)
    say("\nScript processing completed.\n")


if __name__ == "__main__":
    {"openocd": openocd, "pyocd": pyocd, "JLinkExe": jlink}[sys.argv[1]](
        Chip(Path(os.environ["STANDIN"])), sys.argv[2:]
    )
