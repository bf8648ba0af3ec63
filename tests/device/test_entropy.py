# SPDX-License-Identifier: MIT
"""A dead entropy source: crypto_init says so, and nothing that needs the library works."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.targets import Target

DEAD = ("InsufficientEntropy", "HardwareFailure")

# One call of every function that needs crypto_init(), with arguments that would be right after it.
CALLS = """
import psa
aes = psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=128, usage=psa.KEY_USAGE_ENCRYPT, alg=psa.ALG_CTR)
calls = {
    "generate_random": lambda: psa.generate_random(16),
    "get_entropy": lambda: psa.get_entropy(psa.entropy_sources()[0].name, 16),
    "import_key": lambda: psa.import_key(aes, bytes(16)),
    "generate_key": lambda: psa.generate_key(aes),
    "destroy_key": lambda: psa.destroy_key(1),
    "export_key": lambda: psa.export_key(1),
    "export_public_key": lambda: psa.export_public_key(1),
    "get_key_attributes": lambda: psa.get_key_attributes(1),
    "copy_key": lambda: psa.copy_key(1, aes),
    "purge_key": lambda: psa.purge_key(1),
    "hash_compute": lambda: psa.hash_compute(psa.ALG_SHA_256, b"x"),
    "hash_compare": lambda: psa.hash_compare(psa.ALG_SHA_256, b"x", bytes(32)),
    "hash_setup": lambda: psa.hash_setup(psa.HashOperation(), psa.ALG_SHA_256),
    "mac_compute": lambda: psa.mac_compute(1, psa.ALG_HMAC(psa.ALG_SHA_256), b"x"),
    "mac_verify": lambda: psa.mac_verify(1, psa.ALG_HMAC(psa.ALG_SHA_256), b"x", bytes(32)),
    "cipher_encrypt": lambda: psa.cipher_encrypt(1, psa.ALG_CTR, b"x"),
    "cipher_decrypt": lambda: psa.cipher_decrypt(1, psa.ALG_CTR, bytes(17)),
    "aead_encrypt": lambda: psa.aead_encrypt(1, psa.ALG_GCM, bytes(12), b"", b"x"),
    "aead_decrypt": lambda: psa.aead_decrypt(1, psa.ALG_GCM, bytes(12), b"", bytes(17)),
    "aead_encrypt_setup": lambda: psa.aead_encrypt_setup(psa.AEADOperation(), 1, psa.ALG_GCM),
    "sign_message": lambda: psa.sign_message(1, psa.ALG_ECDSA(psa.ALG_SHA_256), b"x"),
    "verify_message": lambda: psa.verify_message(1, psa.ALG_ECDSA(psa.ALG_SHA_256), b"x", bytes(64)),
    "sign_hash": lambda: psa.sign_hash(1, psa.ALG_ECDSA(psa.ALG_SHA_256), bytes(32)),
    "raw_key_agreement": lambda: psa.raw_key_agreement(psa.ALG_ECDH, 1, bytes(65)),
    "asymmetric_encrypt": lambda: psa.asymmetric_encrypt(1, psa.ALG_RSA_PKCS1V15_CRYPT, b"x"),
    "key_derivation_setup": lambda: psa.key_derivation_setup(
        psa.KeyDerivationOperation(), psa.ALG_HKDF(psa.ALG_SHA_256)),
}

def answers():
    found = {}
    for name, call in calls.items():
        try:
            found[name] = "returned %r" % (call(),)
        except Exception as exc:
            found[name] = type(exc).__name__
    return found
"""


@pytest.fixture
def dead_machine(
    board: str, new_machine: Callable[..., Target], tmp_path: Path, request: pytest.FixtureRequest
) -> Target:
    """A machine without entropy: the host file of the driver has nothing in it, or getrandom(2) fails."""
    kind = request.param
    if board != "UNIX":
        trng = tmp_path / "trng"
        if kind == "empty":
            trng.touch()
        return new_machine(trng=trng)
    source, library = tmp_path / "dead.c", tmp_path / "dead.so"
    failure = "errno = EIO; return -1" if kind == "missing" else "return 0"
    source.write_text(
        "#include <errno.h>\n#include <sys/types.h>\n"
        f"ssize_t getrandom(void *b, size_t n, unsigned f) {{ (void)b; (void)n; (void)f; {failure}; }}\n"
    )
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return new_machine(env={"LD_PRELOAD": str(library)})


@pytest.mark.parametrize("dead_machine", ["empty", "missing"], indirect=True)
def test_dead_source_stops_the_library_and_everything_above(dead_machine: Target) -> None:
    with dead_machine as machine:
        machine.run(CALLS)
        assert machine.raises('calls["get_entropy"]()').name == "BadState"
        machine.run("source = calls.pop('get_entropy')")
        for _ in range(2):  # and it does not get better by asking again
            assert machine.raises("psa.crypto_init()").name in DEAD
        answers = machine.eval("answers()")
        assert set(answers.values()) == {"BadState"}, answers
        assert machine.eval("psa.arena_info().used") == 0
        # Why it failed can be seen nevertheless.
        assert machine.raises("source()").name in DEAD
        failures, health, credited = machine.eval(
            "(lambda s: (s.failures, s.health, s.credited_bits))(psa.entropy_sources()[0])"
        )
        assert failures >= 3 and credited == 0 and health != "healthy"


@pytest.mark.target("MPS2_AN386")
def test_source_that_runs_dry_is_noticed(new_machine: Callable[..., Target], tmp_path: Path) -> None:
    """A source that delivers some bytes and then none: too little is as good as nothing."""
    trng = tmp_path / "trng"
    trng.write_bytes(bytes(range(7)))
    with new_machine(trng=trng) as machine:
        assert machine.raises("import psa\npsa.crypto_init()").name in DEAD


def test_random_bytes_differ(target: Target) -> None:
    target.run("import psa\npsa.crypto_init()")
    seen = target.eval("[psa.generate_random(8) for _ in range(100)]")
    assert len(set(seen)) == 100
    target.soft_reset()
    target.run("import psa\npsa.crypto_init()")
    assert target.eval("psa.generate_random(8)") not in seen
