# SPDX-License-Identifier: MIT
"""Ctrl-C at any moment: MicroPython's unix port raises it in the middle of C code. The core must not stay half way."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.targets import registry

pytestmark = pytest.mark.target("UNIX")
INTERRUPTS = 60

SCRIPT = """
import psa

psa.crypto_init()
alg = psa.ALG_ECDSA(psa.ALG_SHA_256)
pair = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)
usage = psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE


def attributes(id):
    return psa.KeyAttributes(type=pair, bits=256, alg=alg, usage=usage, lifetime=psa.KEY_LIFETIME_PERSISTENT, id=id)


psa.generate_key(attributes(1))
psa.purge_key(1)
used = psa.arena_info()
hits = 0
print("ready")
while hits < INTERRUPTS:
    try:
        while True:
            psa.verify_message(1, alg, b"message", psa.sign_message(1, alg, b"message"))
            psa.generate_key(attributes(2))
            psa.destroy_key(2)
    except KeyboardInterrupt:
        hits += 1
        try:
            psa.destroy_key(2)
        except psa.InvalidHandle:
            pass
        print("interrupted")
psa.purge_key(1)
print("used", used.used, psa.arena_info().used)
psa.verify_message(1, alg, b"message", psa.sign_message(1, alg, b"message"))
psa.destroy_key(1)
print("done")
"""


def test_the_core_is_whole_after_ctrl_c(board: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("INTERRUPTS", str(INTERRUPTS)), encoding="utf-8")
    environment = {**os.environ, "MICROPSA_FLASH": str(tmp_path / "flash.bin")}
    chance = random.Random(1)
    with subprocess.Popen(
        [str(registry.image(board)), str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        text=True,
    ) as process:
        assert process.stdout is not None
        stop = threading.Timer(60, process.kill)
        stop.start()
        try:
            lines = [process.stdout.readline()]
            while lines[-1] in ("ready\n", "interrupted\n") and len(lines) <= INTERRUPTS:
                time.sleep(chance.uniform(0.0005, 0.02))
                process.send_signal(signal.SIGINT)
                lines.append(process.stdout.readline())
            output = process.stdout.read()
        finally:
            stop.cancel()
            process.kill()
    assert lines == ["ready\n"] + ["interrupted\n"] * INTERRUPTS, "".join(lines) + output
    # Nothing of an interrupted call is left in the arena, and no key is in use for good.
    assert re.fullmatch(r"used (\d+) \1\ndone\n", output), output
