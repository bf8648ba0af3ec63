# SPDX-License-Identifier: MIT
"""A soft reset leaves nothing behind: no key, no operation, no byte in the arena."""

import pytest

from tests.device import keys
from tests.targets import Target


def test_arena_is_empty_after_a_soft_reset(target: Target) -> None:
    target.run("import psa")
    assert target.eval("psa.arena_info().used") == 0
    target.run(keys.SOURCE + "held = [volatile(n) for n in range(3)]")
    target.run(
        """
operations = []
for n in range(3):
    operation = psa.HashOperation()
    psa.hash_setup(operation, psa.ALG_SHA_256)
    operations.append(operation)
"""
    )
    assert target.eval("psa.arena_info().used") > 0
    target.soft_reset()
    target.run("import psa")
    info = target.eval("tuple(psa.arena_info())")
    assert info[1] == 0, info
    assert target.raises("psa.generate_random(1)").name == "BadState"


@pytest.mark.target("MPS2_AN386")
def test_operation_that_outlives_nothing(target: Target) -> None:
    """Objects whose memory is reused after the reset must not touch the new session's arena."""
    for _ in range(3):
        target.run(
            "import psa\npsa.crypto_init()\no = [psa.HashOperation() for _ in range(8)]\n"
            "for x in o: psa.hash_setup(x, psa.ALG_SHA_256)"
        )
        target.soft_reset()
    target.run("import psa, gc\npsa.crypto_init()\nbase = psa.arena_info().used")
    target.run("hold = [bytearray(100) for _ in range(100)]\nhold = None\ngc.collect()")
    assert target.eval("psa.arena_info().used - base") == 0


def test_forgotten_operations_are_collected(target: Target) -> None:
    target.run("import psa, gc\npsa.crypto_init()\npsa.hash_compute(psa.ALG_SHA_256, b'')\ngc.collect()")
    base = target.eval("psa.arena_info().used")
    target.run(
        """
def forget():
    for _ in range(200):
        operation = psa.HashOperation()
        psa.hash_setup(operation, psa.ALG_SHA_256)
        gc.collect()
forget()
"""
    )
    target.run("x = [[n] for n in range(50)]\ngc.collect()")
    left = target.eval("psa.arena_info().used") - base
    assert left < 1024, f"{left} bytes of 200 forgotten operations are left"


def test_soft_reset_many_times(target: Target) -> None:
    target.run("import gc\ngc.collect()")
    free = target.eval("gc.mem_free()")
    for _ in range(10):
        target.run("import psa\npsa.crypto_init()\nkey = psa.hash_compute(psa.ALG_SHA_256, b'x')")
        target.soft_reset()
    target.run("import gc\ngc.collect()")
    assert abs(target.eval("gc.mem_free()") - free) < 512
