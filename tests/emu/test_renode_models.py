# SPDX-License-Identifier: MIT
"""The models of renode/peripherals: that every compiler of Renode's takes them, and that they behave as the chips do.

The models are driven over the monitor; one Renode, with a machine that has all of them and no firmware. What the random
generators deliver here are recordings of our own models.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import get_renode
from tools.cli import ToolError
from tools.paths import ROOT
from tools.renode_process import POOL, RenodeProcess

MODELS = ROOT / "renode" / "peripherals"
DECLARATIONS = Path(__file__).parent / "renode_api.cs"
# Others refer to what these declare.
FIRST = ("Common.cs", "StrictFlash.cs")
PLATFORM = """
nvic: IRQControllers.NVIC @ sysbus 0xE000E000
    -> cpu@0
cpu: CPU.CortexM @ sysbus
    cpuType: "cortex-m4"
    nvic: nvic
    PerformanceInMips: 64
flash: Memory.MappedMemory @ sysbus 0x0
    size: 0x80000
dataFlash: Memory.StrictFlash @ sysbus 0x80000
    size: 0x80000
ram: Memory.MappedMemory @ sysbus 0x20000000
    size: 0x40000
nvmc: MTD.Nrf52Nvmc @ sysbus 0x4001E000
    code: flash
    data: dataFlash
    dataOffset: 0x80000
rng: Miscellaneous.Nrf52Rng @ sysbus 0x4000D000
    -> nvic@13
ecb: Miscellaneous.Nrf52Ecb @ sysbus 0x4000E000
    ram: ram
    -> nvic@14
stm32rng: Miscellaneous.Stm32Rng @ sysbus 0x50060800
"""

READY, READYNEXT, CONFIG = 0x4001E400, 0x4001E408, 0x4001E504
ERASEPAGE, ERASEALL, ERASEPAGEPARTIAL, PARTIALCFG = 0x4001E508, 0x4001E50C, 0x4001E518, 0x4001E51C
READ_ONLY, WRITE, ERASE = 0, 1, 2
DATA = 0x80000

START, STOP, VALRDY, SHORTS, INTENSET, RNG_CONFIG, VALUE = (
    0x4000D000 + offset for offset in (0x000, 0x004, 0x100, 0x200, 0x304, 0x504, 0x508)
)
STARTECB, STOPECB, ENDECB, ERRORECB, ECB_INTENSET, DATAPTR = (
    0x4000E000 + offset for offset in (0x000, 0x004, 0x100, 0x104, 0x304, 0x504)
)
RNG_CR, RNG_SR, RNG_DR = 0x50060800, 0x50060804, 0x50060808


def compilers() -> list[tuple[str, list[str]]]:
    """mono's mcs, and Roslyn: `csc` on PATH, or the compiler that CSC names (an .exe for mono, a .dll for dotnet)."""
    found = [(name, [name]) for name in ("mcs", "csc") if shutil.which(name)]
    named = os.environ.get("CSC")
    if named:
        found.append((Path(named).name, ["mono" if named.endswith(".exe") else "dotnet", named]))
    return found


@pytest.mark.parametrize("model", sorted(path.name for path in MODELS.glob("*.cs")))
def test_models_are_csharp_7(model: str, tmp_path: Path) -> None:
    """All at once is how none of them is used: each with what it needs, against declarations of Renode's API."""
    found = compilers()
    if not found:
        pytest.skip("no C# compiler is here: mcs or csc on PATH, or CSC=")
    text = (MODELS / model).read_text()
    sources = {MODELS / model, DECLARATIONS}
    for name in FIRST:
        declared = re.findall(r"^    public .*?(?:class|interface) (\w+)", (MODELS / name).read_text(), re.MULTILINE)
        if re.search(rf"\b({'|'.join(declared)})\b", text):
            sources.add(MODELS / name)
    for name, command in found:
        out = tmp_path / f"{name}.dll"
        options = ["-langversion:7", "-warnaserror", "-target:library", f"-out:{out}"]
        done = subprocess.run(
            [*command, *options, *map(str, sorted(sources))], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{name}:\n{done.stdout}{done.stderr}"


class Chip:
    """The machine with all models; its CPU stands still, time passes when the test says so."""

    def __init__(self, renode: RenodeProcess, folder: Path) -> None:
        self.renode = renode
        for model in sorted(MODELS.glob("*.cs"), key=lambda path: (path.name not in FIRST, path.name)):
            self.command(f"include @{model}")
        self.command("emulation SetSeed 7")
        (folder / "chip.repl").write_text(PLATFORM)
        self.command('mach create "chip"')
        self.command(f"machine LoadPlatformDescription @{folder / 'chip.repl'}")
        self.command("emulation SetGlobalAdvanceImmediately true")
        self.command("logLevel 3")
        self.halt()

    def command(self, line: str) -> str:
        return self.renode.command(line)

    def halt(self) -> None:
        self.command("cpu IsHalted true")

    def reset(self) -> None:
        self.command("machine Reset")
        self.halt()

    def read(self, address: int) -> int:
        return number(self.command(f"sysbus ReadDoubleWord 0x{address:X}"))

    def write(self, address: int, value: int) -> None:
        self.command(f"sysbus WriteDoubleWord 0x{address:X} 0x{value:X}")

    def pass_time(self, microseconds: int) -> None:
        self.command(f'emulation RunFor "{microseconds / 1e6:.6f}"')

    def get(self, name: str) -> int:
        return number(self.command(f"sysbus.{name}"))

    def set(self, name: str, value: int | bool) -> None:
        self.command(f"sysbus.{name} {str(value).lower()}")

    def run(self, address: int, code: bytes, microseconds: int) -> None:
        """Let the CPU run code at an address, in flash or RAM; the vectors' hard fault is at 0x120, a loop."""
        self.command("sysbus WriteDoubleWord 0x0 0x20040000")
        self.command("sysbus WriteDoubleWord 0xC 0x121")
        self.command("sysbus WriteWord 0x120 0xE7FE")
        for i in range(0, len(code), 2):
            self.command(f"sysbus WriteWord 0x{address + i:X} 0x{int.from_bytes(code[i : i + 2], 'little'):X}")
        self.command("cpu SP 0x20040000")
        self.command(f"cpu PC 0x{address:X}")
        self.command("cpu IsHalted false")
        self.pass_time(microseconds)
        self.halt()

    def register(self, index: int) -> int:
        return number(self.command(f"cpu GetRegister {index}"))


def number(answer: str) -> int:
    found = re.search(r"0x[0-9A-Fa-f]+|\d+|True|False", answer)
    assert found, answer
    return {"True": 1, "False": 0}[found[0]] if found[0].isalpha() else int(found[0], 0)


@pytest.fixture(scope="module")
def renode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RenodeProcess]:
    try:
        get_renode.find()
    except ToolError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("models")
    with (folder / "lock").open("w") as lock:
        process = POOL.take(folder / "renode.log", lock.fileno())
        yield process
        POOL.give_back(process)


@pytest.fixture
def chip(renode: RenodeProcess, tmp_path: Path) -> Iterator[Chip]:
    yield Chip(renode, tmp_path)
    renode.command("Clear")


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "little") for value in values)


# movs r0,#1; lsls r0,r0,#19 (0x80000); then one instruction; then count in r2.
STORE = words(0x2001, 0x04C0, 0x2100)
COUNT = words(0x2200, 0x3201, 0xE7FD)
STR, STRH, STRB = 0x6001, 0x8001, 0x7001


def test_nvmc_writes_when_enabled_and_clears_bits_only(chip: Chip) -> None:
    chip.write(DATA, 0x12345678)
    assert chip.read(DATA) == 0xFFFFFFFF
    chip.write(CONFIG, ERASE)
    chip.write(DATA, 0x12345678)
    assert chip.read(DATA) == 0xFFFFFFFF
    assert chip.get("dataFlash Refused") == 2
    chip.write(CONFIG, WRITE)
    chip.write(DATA, 0x12345678)
    assert chip.read(DATA) == 0x12345678
    assert chip.get("dataFlash Violations") == 0
    chip.write(DATA, 0xFFFF0000)
    assert chip.read(DATA) == 0x12340000
    assert chip.get("dataFlash Violations") > 0


def test_nvmc_third_write_of_a_word_is_a_violation(chip: Chip) -> None:
    chip.write(CONFIG, WRITE)
    for value in (0xFFFFFF00, 0xFFFF0000):
        chip.write(DATA + 4, value)
    assert chip.get("dataFlash Violations") == 0
    chip.write(DATA + 4, 0xFF000000)
    assert chip.get("dataFlash Violations") == 1
    chip.write(CONFIG, ERASE)
    chip.write(ERASEPAGE, DATA)
    chip.write(CONFIG, WRITE)
    chip.write(DATA + 4, 0)
    assert chip.get("dataFlash Violations") == 1
    chip.set("nvmc WritesPerWord", 1)
    chip.write(DATA + 4, 0)
    assert chip.get("dataFlash Violations") == 2


def test_nvmc_erases_when_enabled_and_whole_pages(chip: Chip) -> None:
    chip.write(CONFIG, WRITE)
    for address in (DATA, DATA + 0xFFC, DATA + 0x1000):
        chip.write(address, 0)
    chip.write(ERASEPAGE, DATA)
    assert chip.read(DATA) == 0
    chip.write(CONFIG, ERASE)
    chip.write(ERASEPAGE, DATA + 4)
    chip.write(ERASEPAGE, 0x100000)
    assert chip.read(DATA) == 0
    assert chip.get("dataFlash Refused") == 3
    chip.write(ERASEPAGE, DATA)
    assert [chip.read(address) for address in (DATA, DATA + 0xFFC, DATA + 0x1000)] == [0xFFFFFFFF, 0xFFFFFFFF, 0]
    # The code's pages, which are plain memory, too.
    chip.write(0x3000, 5)
    chip.write(0x4000, 6)
    chip.write(ERASEPAGE, 0x3000)
    assert (chip.read(0x3000), chip.read(0x4000)) == (0xFFFFFFFF, 6)
    chip.write(ERASEALL, 1)
    assert (chip.read(0x4000), chip.read(DATA + 0x1000)) == (0xFFFFFFFF, 0xFFFFFFFF)


def test_nvmc_is_busy_as_long_as_the_specification_says(chip: Chip) -> None:
    def is_busy_for(microseconds: int) -> bool:
        chip.pass_time(microseconds - microseconds // 20)
        before = chip.read(READY)
        chip.pass_time(microseconds // 10)
        return (before, chip.read(READY)) == (0, 1)

    chip.write(CONFIG, WRITE)
    assert (chip.read(READY), chip.read(READYNEXT)) == (1, 1)
    chip.write(DATA, 0)
    assert (chip.read(READY), chip.read(READYNEXT)) == (0, 1)  # one more may wait
    chip.write(DATA + 4, 0)
    assert chip.read(READYNEXT) == 0
    assert is_busy_for(82)
    chip.write(CONFIG, ERASE)
    chip.write(ERASEPAGE, DATA)
    assert is_busy_for(85000)
    chip.write(ERASEALL, 1)
    assert is_busy_for(169000)
    chip.set("nvmc BusyForever", True)
    chip.pass_time(1000)
    assert chip.read(READY) == 0


def test_nvmc_erases_in_parts(chip: Chip) -> None:
    chip.write(CONFIG, WRITE)
    chip.write(DATA, 0)
    chip.write(CONFIG, ERASE)
    assert chip.read(PARTIALCFG) == 10
    for _ in range(8):
        chip.write(ERASEPAGEPARTIAL, DATA)
        chip.pass_time(12000)
    assert chip.read(DATA) not in (0, 0xFFFFFFFF)
    chip.write(CONFIG, WRITE)
    chip.write(DATA + 8, 0)
    assert chip.get("dataFlash Violations") > 0
    chip.write(CONFIG, ERASE)
    chip.write(ERASEPAGEPARTIAL, DATA)
    assert chip.read(DATA) == 0xFFFFFFFF
    assert chip.get("nvmc PageErases") == 1


def test_nvmc_takes_words_only(chip: Chip) -> None:
    """A half word is a hard fault and changes nothing; so is a byte."""
    for instruction in (STRH, STRB):
        chip.write(CONFIG, WRITE)
        chip.run(0x100, STORE + words(instruction) + COUNT, 500)
        assert chip.register(15) == 0x120
        assert chip.read(DATA) == 0xFFFFFFFF
        chip.reset()
    chip.write(CONFIG, WRITE)
    chip.run(0x100, STORE + words(STR) + COUNT, 500)
    assert chip.register(15) != 0x120
    assert chip.read(DATA) == 0


# Erases at r0: r1 = &ERASEPAGE from a literal 8 words on.
ERASING = words(0x2001, 0x04C0, 0x4902, 0x6008, 0x2200, 0x3201, 0xE7FD, 0xBF00) + ERASEPAGE.to_bytes(4, "little")


def test_nvmc_holds_a_cpu_that_runs_from_flash(chip: Chip) -> None:
    counted = []
    for address in (0x200, 0x20000200):
        chip.write(CONFIG, ERASE)
        chip.run(address, ERASING, 50000)
        assert chip.get("dataFlash Operations") == 1 + len(counted)
        counted.append(chip.register(2))
        chip.pass_time(100000)
        chip.reset()
    assert counted[0] < 1000 < 100000 < counted[1], counted


def test_power_cuts_and_lost_operations(chip: Chip) -> None:
    chip.write(CONFIG, WRITE)
    chip.set("dataFlash PowerCutAfter", 2)
    for i in range(4):
        chip.write(DATA + 4 * i, i)
    assert [chip.read(DATA + 4 * i) for i in range(4)] == [0] + 3 * [0xFFFFFFFF]
    assert chip.get("dataFlash IsPowerCut") == 1
    chip.reset()
    assert chip.read(DATA) == 0
    assert chip.read(CONFIG) == READ_ONLY
    chip.write(CONFIG, WRITE)
    chip.set("nvmc FailOperations", 1)
    chip.write(DATA + 4, 7)
    chip.write(DATA + 8, 8)
    assert (chip.read(DATA + 4), chip.read(DATA + 8)) == (0xFFFFFFFF, 8)


def collect(chip: Chip, count: int) -> list[int]:
    """Bytes of the nRF52840's generator, started anew."""
    chip.write(STOP, 1)
    chip.write(VALRDY, 0)
    chip.write(RNG_CONFIG, 1)
    chip.write(START, 1)
    chip.pass_time(130)
    taken = []
    for _ in range(count):
        chip.pass_time(120)
        assert chip.read(VALRDY) == 1
        taken.append(chip.read(VALUE))
        chip.write(VALRDY, 0)
    return taken


def test_rng_of_nrf52840_takes_its_time(chip: Chip) -> None:
    assert chip.get("rng IsRunning") == 0
    chip.write(RNG_CONFIG, 1)
    chip.write(START, 1)
    chip.pass_time(240)
    assert chip.read(VALRDY) == 0
    chip.pass_time(10)
    assert chip.read(VALRDY) == 1
    chip.write(VALRDY, 0)
    assert chip.read(VALRDY) == 0
    chip.pass_time(110)
    assert chip.read(VALRDY) == 0
    chip.pass_time(20)
    assert chip.read(VALRDY) == 1
    chip.write(STOP, 1)
    value = chip.read(VALUE)
    chip.pass_time(1000)
    assert (chip.read(VALUE), chip.get("rng IsRunning")) == (value, 0)
    # Faster without bias correction; the short stops it, the interrupt tells.
    chip.write(VALRDY, 0)
    chip.write(RNG_CONFIG, 0)
    chip.write(SHORTS, 1)
    chip.write(INTENSET, 1)
    chip.write(START, 1)
    chip.pass_time(300)
    assert (chip.read(VALRDY), chip.get("rng IsRunning")) == (1, 0)
    assert "set" in chip.command("sysbus.rng IRQ") and "unset" not in chip.command("sysbus.rng IRQ")


def test_rng_of_nrf52840_delivers_and_fails(chip: Chip) -> None:
    sound = collect(chip, 24)
    assert len(set(sound)) > 18
    chip.set("rng StuckWord", True)
    assert len(set(collect(chip, 5))) == 1
    chip.set("rng StuckWord", False)
    chip.set("rng Bias", 90)
    ones = sum(value.bit_count() for value in collect(chip, 24))
    assert 0.8 < ones / (8 * 24) < 0.97
    chip.set("rng Bias", 50)
    chip.set("rng Correlation", 90)
    bits = "".join(f"{value:08b}" for value in collect(chip, 24))
    repeats = sum(a == b for a, b in zip(bits, bits[1:], strict=False))
    assert 0.8 < repeats / len(bits) < 0.97
    chip.set("rng Correlation", 50)
    chip.set("rng SeedErrors", 1)
    assert set(collect(chip, 5)) == {0}
    assert len(set(collect(chip, 5))) > 1
    for knob, value, sound_value in (("ClockErrors", 1, 0), ("NeverReady", True, False)):
        chip.set(f"rng {knob}", value)
        chip.write(STOP, 1)
        chip.write(VALRDY, 0)
        chip.write(START, 1)
        chip.pass_time(20000)
        assert chip.read(VALRDY) == 0, knob
        chip.set(f"rng {knob}", sound_value)
        assert len(set(collect(chip, 5))) > 1, knob


def test_rng_of_stm32_delivers_and_fails(chip: Chip) -> None:
    def collect_words(count: int) -> list[int]:
        chip.write(RNG_CR, 0)
        chip.write(RNG_CR, 4)
        taken = []
        for _ in range(count):
            chip.pass_time(10)
            assert chip.read(RNG_SR) == 1
            taken.append(chip.read(RNG_DR))
        return taken

    assert len(set(collect_words(12))) == 12
    chip.set("stm32rng StuckWord", True)
    assert len(set(collect_words(5))) == 1
    chip.set("stm32rng StuckWord", False)
    chip.set("stm32rng Bias", 90)
    ones = sum(value.bit_count() for value in collect_words(12))
    assert 0.8 < ones / (32 * 12) < 0.97
    chip.set("stm32rng Bias", 50)
    chip.set("stm32rng Correlation", 90)
    bits = "".join(f"{value:032b}" for value in collect_words(12))
    repeats = sum(a == b for a, b in zip(bits, bits[1:], strict=False))
    assert 0.8 < repeats / len(bits) < 0.97
    chip.set("stm32rng Correlation", 50)
    chip.set("stm32rng SeedErrors", 1)
    chip.write(RNG_CR, 0)
    chip.write(RNG_CR, 4)
    chip.pass_time(10)
    assert chip.read(RNG_SR) == 0x44  # SEIS, SECS
    chip.write(RNG_SR, 0)
    assert len(set(collect_words(3))) == 3
    chip.set("stm32rng ClockErrors", 1)
    chip.pass_time(10)
    assert chip.read(RNG_SR) == 0x22  # CEIS, CECS
    assert chip.read(RNG_SR) == 0x21  # the clock is back, the flag stays until it is cleared
    chip.write(RNG_SR, 0)
    chip.set("stm32rng NeverReady", True)
    chip.pass_time(1000)
    assert chip.read(RNG_SR) == 0
    assert chip.get("stm32rng IsRunning") == 1


def put(chip: Chip, address: int, data: str) -> None:
    for i in range(0, len(data) // 2, 4):
        chip.write(address + i, int.from_bytes(bytes.fromhex(data)[i : i + 4], "little"))


def test_ecb_of_nrf52840(chip: Chip) -> None:
    """FIPS 197, appendix B, and the chip's errors."""
    at = 0x20001000
    put(chip, at, "2b7e151628aed2a6abf7158809cf4f3c3243f6a8885a308d313198a2e0370734" + 32 * "0")
    chip.write(DATAPTR, at)
    chip.write(STARTECB, 1)
    assert (chip.read(ENDECB), chip.read(at + 32)) == (0, 0)
    chip.pass_time(10)
    assert (chip.read(ENDECB), chip.read(ERRORECB)) == (1, 0)
    result = b"".join(chip.read(at + 32 + 4 * i).to_bytes(4, "little") for i in range(4))
    assert result.hex() == "3925841d02dc09fbdc118597196a0b32"
    assert chip.get("ecb Blocks") == 1
    chip.write(ENDECB, 0)
    chip.set("ecb Errors", 1)
    chip.write(STARTECB, 1)
    assert (chip.read(ENDECB), chip.read(ERRORECB)) == (0, 1)
    chip.write(ERRORECB, 0)
    chip.set("ecb NeverEnds", True)
    chip.write(STARTECB, 1)
    chip.pass_time(1000)
    assert (chip.read(ENDECB), chip.read(ERRORECB)) == (0, 0)
    chip.write(STOPECB, 1)
    assert chip.read(ERRORECB) == 1
    chip.set("ecb NeverEnds", False)
    chip.write(ERRORECB, 0)
    chip.write(DATAPTR, 0x1000)
    chip.write(ECB_INTENSET, 1)
    chip.write(STARTECB, 1)
    chip.pass_time(200)
    assert chip.get("ecb BadPointers") == 1
    assert chip.get("ecb Blocks") == 1
    assert "unset" not in chip.command("sysbus.ecb IRQ")
