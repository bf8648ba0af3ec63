# SPDX-License-Identifier: MIT
"""NRF52840DK in Renode: the AES block does the work that is its own, is seen to do it, and its faults come through."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.targets.emulated import EmulatedTarget

pytestmark = pytest.mark.target("NRF52840DK")

# NIST SP 800-38A, appendix F.
PLAIN = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
KEYS = {
    128: "2b7e151628aed2a6abf7158809cf4f3c",
    192: "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    256: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
}
COUNTER = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
IV = "000102030405060708090a0b0c0d0e0f"
# Algorithm, key size, IV, ciphertext, blocks of the hardware that each way takes.
VECTORS = {
    "ECB": ("ALG_ECB_NO_PADDING", 128, "", "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf", (2, 0)),
    "CBC": ("ALG_CBC_NO_PADDING", 128, IV, "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2", (2, 0)),
    "CTR": ("ALG_CTR", 128, COUNTER, "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff", (2, 2)),
    "ECB-192": (
        "ALG_ECB_NO_PADDING",
        192,
        "",
        "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef",
        (0, 0),
    ),
    "ECB-256": (
        "ALG_ECB_NO_PADDING",
        256,
        "",
        "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870",
        (0, 0),
    ),
    "CTR-256": ("ALG_CTR", 256, COUNTER, "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5", (0, 0)),
}
CODE = f"""
import psa
from binascii import unhexlify
PLAIN = unhexlify("{PLAIN}")
KEYS = {KEYS}
psa.crypto_init()

def new_key(alg, bits):
    usage = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT
    attributes = psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=bits, alg=alg, usage=usage)
    return psa.import_key(attributes, unhexlify(KEYS[bits]))

def in_pieces(setup, alg, bits, iv, text, piece=5):
    key = new_key(alg, bits)
    operation = psa.CipherOperation()
    try:
        setup(operation, key, alg)
        if iv:
            psa.cipher_set_iv(operation, iv)
        result = b""
        for i in range(0, len(text), piece):
            result += psa.cipher_update(operation, text[i : i + piece])
        return result + psa.cipher_finish(operation)
    finally:
        psa.cipher_abort(operation)
        psa.destroy_key(key)
"""
SLOW = 60.0


def blocks(board: EmulatedTarget) -> int:
    answer = board.monitor("sysbus.ecb Blocks")
    found = re.search(r"0x[0-9A-Fa-f]+|\d+", answer)
    assert found, answer
    return int(found[0], 0)


@pytest.fixture
def aes(target: EmulatedTarget) -> Iterator[EmulatedTarget]:
    """The board, ready; the block's faults end with the test."""
    target.run(CODE, timeout=SLOW)
    yield target
    for knob in ("Errors 0", "NeverEnds false", "WritesNothing false"):
        target.monitor(f"sysbus.ecb {knob}")


@pytest.mark.parametrize("name", VECTORS)
def test_known_answers(aes: EmulatedTarget, name: str) -> None:
    """Right whoever does it; and the block does what it can, the built-in code the rest."""
    alg, bits, iv, ciphertext, (encrypting, decrypting) = VECTORS[name]
    before = blocks(aes)
    made = aes.eval(f"in_pieces(psa.cipher_encrypt_setup, psa.{alg}, {bits}, unhexlify('{iv}'), PLAIN)", timeout=SLOW)
    assert made.hex() == ciphertext
    assert blocks(aes) - before == encrypting
    text = f"unhexlify('{ciphertext}')"
    made = aes.eval(f"in_pieces(psa.cipher_decrypt_setup, psa.{alg}, {bits}, unhexlify('{iv}'), {text})", timeout=SLOW)
    assert made.hex() == PLAIN
    assert blocks(aes) - before == encrypting + decrypting


def test_single_part_calls(aes: EmulatedTarget) -> None:
    before = blocks(aes)
    aes.run(
        "for alg in (psa.ALG_CTR, psa.ALG_CBC_PKCS7):\n"
        "    key = new_key(alg, 128)\n"
        "    for size in (0, 1, 16, 31):\n"
        "        sealed = psa.cipher_encrypt(key, alg, PLAIN[:size])\n"
        "        assert psa.cipher_decrypt(key, alg, sealed) == PLAIN[:size], size\n"
        "    psa.destroy_key(key)",
        timeout=SLOW,
    )
    # CTR both ways 0, 1, 1, 2 blocks; CBC one way 1, 1, 2, 2.
    assert blocks(aes) - before == 2 * 4 + 6
    assert number_of(aes, "BadPointers") == 0


def number_of(board: EmulatedTarget, name: str) -> int:
    return int(board.monitor(f"sysbus.ecb {name}").split()[-1], 0)


@pytest.mark.parametrize("knob", ["Errors -1", "NeverEnds true", "WritesNothing true"])
def test_faults_are_errors_and_never_text(aes: EmulatedTarget, knob: str) -> None:
    """A block that fails is not replaced by built-in code, and nothing of the text comes out."""
    aes.monitor(f"sysbus.ecb {knob}")
    aes.run("key = new_key(psa.ALG_CTR, 128)\nout = bytearray(48)", timeout=SLOW)
    error = aes.raises("psa.cipher_encrypt(key, psa.ALG_CTR, PLAIN, out=out)", timeout=SLOW)
    assert error.name == "HardwareFailure", error
    assert aes.eval("set(out)") == {0}
    aes.monitor(f"sysbus.ecb {knob.split()[0]} {'0' if knob.endswith('1') else 'false'}")
    assert aes.eval("psa.cipher_decrypt(key, psa.ALG_CTR, psa.cipher_encrypt(key, psa.ALG_CTR, PLAIN)) == PLAIN")


def test_radio_interrupts_the_block(aes: EmulatedTarget) -> None:
    aes.monitor("sysbus.ecb Errors 5")
    made = aes.eval("in_pieces(psa.cipher_encrypt_setup, psa.ALG_ECB_NO_PADDING, 128, b'', PLAIN)", timeout=SLOW)
    assert made.hex() == VECTORS["ECB"][3]
    assert number_of(aes, "Errors") == 0
