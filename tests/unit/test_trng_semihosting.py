# SPDX-License-Identifier: MIT
"""drivers/trng_semihosting on an emulated Cortex-M: the file of the host that it reads, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit import harness
from tools.paths import ROOT

HARDWARE_FAILURE, NOT_SUPPORTED = -147, -134
SIZE = 24


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("semihosting") / "program.elf"
    places = (harness.MODULE / "include", ROOT / "drivers/include", harness.mbedtls() / "include", harness.MODULE)
    config = ('-DMBEDTLS_CONFIG_FILE="config/mbedtls_config.h"', "-DPSA_ARENA_SIZE=4096")
    config += ('-DMICROPSA_PROFILE_FILE="config/profile_tiny.h"',)
    (built.parent / "psa_accel_config.h").write_text("")
    sources = (ROOT / "drivers/trng_semihosting/trng_semihosting.c", harness.HERE / "c/trng_semihosting_main.c")
    layout = ("-Wl,--section-start=.vectors=0", "-Wl,-Ttext=0x100", "-Wl,-Tdata=0x20000000", "-Wl,-n", "-Wl,-e,vectors")
    harness.run(
        *(
            "arm-none-eabi-gcc",
            "-mcpu=cortex-m4",
            "-mthumb",
            "-Os",
            "-std=gnu11",
            "-nostartfiles",
            "--specs=nano.specs",
        ),
        *harness.WARNINGS,
        *config,
        *(f"-I{place}" for place in (built.parent, *places)),
        *map(str, sources),
        *layout,
        *("-o", str(built)),
    )
    return built


def ask(program: Path, *words: str) -> list[int]:
    """[status, estimated bits, byte, …] of one call."""
    arguments = "".join(f",arg={word}" for word in ("micropsa", *words))
    output = harness.run(
        *("qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "null"),
        *("-semihosting-config", f"enable=on,target=native{arguments}", "-kernel", str(program)),
        timeout=60,
    )
    return [int(word) for word in output.split()]


@pytest.mark.parametrize("flags", range(4))
def test_bytes_are_the_file_s(program, tmp_path, flags):
    noise = tmp_path / "noise"
    noise.write_bytes(bytes(range(100, 140)))
    assert ask(program, f"trng={noise}", f"flags={flags}") == [0, 8 * SIZE, *range(100, 100 + SIZE)]


def test_default_is_the_host_s_generator(program):
    one, other = ask(program), ask(program)
    assert one[:2] == other[:2] == [0, 8 * SIZE]
    assert one[2:] != other[2:] and len(set(one[2:])) > 4


@pytest.mark.parametrize("size", [0, 1, SIZE - 1])
def test_a_file_that_ends_is_a_dead_source(program, tmp_path, size):
    noise = tmp_path / "noise"
    noise.write_bytes(bytes(range(size)))
    assert ask(program, f"trng={noise}") == [HARDWARE_FAILURE, 0]


def test_a_missing_file_is_not_replaced(program, tmp_path):
    assert ask(program, f"trng={tmp_path / 'missing'}") == [HARDWARE_FAILURE, 0]


def test_unknown_flags_are_refused(program):
    assert ask(program, "flags=4") == [NOT_SUPPORTED, 0]
