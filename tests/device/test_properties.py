# SPDX-License-Identifier: MIT
"""Random sequences of calls under AddressSanitizer and UndefinedBehaviorSanitizer.

A finding is: the process dies (a sanitizer's report is in the failure), an exception of another kind than the API
raises, or memory of the arena that stays in use when everything is aborted and destroyed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.device import property_calls
from tests.targets import registry
from tests.targets.unix import UnixTarget

pytestmark = pytest.mark.target("UNIX")

EXAMPLES = int(os.environ.get("MICROPSA_EXAMPLES", "150"))  # programs per test; a long run takes a bigger number
relaxed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)


class Sanitized:
    """The sanitizer build with its stage set; a machine that died is replaced, so that hypothesis can shrink."""

    def __init__(self, machine: UnixTarget) -> None:
        self._machine = machine
        self._machine.start()
        self._machine.run(property_calls.STAGE)

    def run(self, code: str) -> str:
        if self._machine.broken:
            self._machine.start()
            self._machine.run(property_calls.STAGE)
        return self._machine.run(code, timeout=60)

    def play(self, program: list[str]) -> None:
        """Run a program; afterwards the arena holds what it held before."""
        output = self.run("\n".join(["begin()", *program, "end()", "print(psa.arena_info().used - base)"]))
        left = int(output.strip().splitlines()[-1])
        if left:
            self._machine.kill9()
            self._machine.broken = True
        assert left == 0, f"{left} bytes of the arena stay in use"


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sanitized]:
    try:
        image = registry.sanitized_image()
    except registry.NotBuilt as exc:
        pytest.fail(str(exc))
    machine = UnixTarget(image, tmp_path_factory.mktemp("sanitized") / "flash.bin")
    yield Sanitized(machine)
    machine.stop()


@pytest.fixture(scope="module")
def known(sanitized: Sanitized) -> property_calls.Known:
    listing = sanitized.run("for name in dir(psa): print(repr(getattr(psa, name)))")
    found = property_calls.functions(listing)
    assert len(found) > 100, "the functions of psa say their parameters in repr()"
    return found


def test_image_has_sanitizers(board: str, sanitized: Sanitized) -> None:
    """Without them the tests of this file would pass by seeing nothing."""
    symbols = registry.sanitized_image().read_bytes()
    assert b"__asan_report_load" in symbols and b"__ubsan_handle" in symbols


@pytest.mark.parametrize("kind", property_calls.KINDS)
def test_every_purpose_is_served_when_nothing_disturbs_it(board: str, kind: str, sanitized: Sanitized) -> None:
    """The programs below start from these: they must lead to the last step, or the search would stay at the surface."""
    sanitized.run("accepted.clear()")
    called: set[str] = set()
    for purpose in property_calls.FLOWS[kind]:
        called |= {name for line in purpose for name in re.findall(r"go\('(\w+)'", line)}
        for key, alg in property_calls.KINDS[kind][1]:
            sanitized.play([property_calls.written_out(line, key, alg, b"0123456789abcdef", b"xy") for line in purpose])
    accepted = sanitized.run("print(*accepted)").split()
    assert called <= set(accepted), f"never accepted: {called - set(accepted)}"


@pytest.mark.parametrize("kind", property_calls.KINDS)
@relaxed
@given(data=st.data())
def test_random_programs(
    board: str, kind: str, sanitized: Sanitized, known: property_calls.Known, data: st.DataObject
) -> None:
    sanitized.play(data.draw(property_calls.program(kind, known)))


@relaxed
@given(numbers=st.lists(st.integers(-(1 << 65), 1 << 65) | st.integers(0, 0x10000) | st.integers(0, 32), max_size=4))
@example(numbers=[0, 0, 0])
@example(numbers=[0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF])
def test_macros_take_any_number(board: str, sanitized: Sanitized, numbers: list[int]) -> None:
    """The macro functions compute with what they get; none of them divides by zero, shifts too far or overflows."""
    code = f"""
for name in dir(psa):
    if repr(getattr(psa, name)).endswith("/)>"):
        try:
            result = getattr(psa, name)(*{tuple(numbers)!r})
        except (TypeError, ValueError, OverflowError):
            continue
        assert isinstance(result, (int, bool)), (name, result)
"""
    sanitized.run(code)


cuts = st.lists(st.integers(0, 300), max_size=5).map(sorted)
ONE_SHOT = {
    "hash": ("psa.hash_compute(SHA, data)", "hash_setup(o, SHA)", "hash_update", "hash_finish(o)", "Hash"),
    "hmac": (
        "psa.mac_compute(k_hmac, HMAC, data)",
        "mac_sign_setup(o, k_hmac, HMAC)",
        "mac_update",
        "mac_sign_finish(o)",
        "MAC",
    ),
    "cmac": (
        "psa.mac_compute(k_cmac, psa.ALG_CMAC, data)",
        "mac_sign_setup(o, k_cmac, psa.ALG_CMAC)",
        "mac_update",
        "mac_sign_finish(o)",
        "MAC",
    ),
}


@pytest.mark.parametrize("kind", ONE_SHOT)
@relaxed
@given(data=st.binary(max_size=300), at=cuts)
def test_parts_give_what_the_whole_gives(
    board: str, kind: str, sanitized: Sanitized, data: bytes, at: list[int]
) -> None:
    whole, setup, update, finish, type_ = ONE_SHOT[kind]
    sanitized.run(
        f"data = {data!r}\no = psa.{type_}Operation()\npsa.{setup}\nlast = 0\n"
        f"for cut in {[min(cut, len(data)) for cut in at]!r} + [len(data)]:\n"
        f"    psa.{update}(o, data[last:cut])\n    last = cut\n"
        f"assert psa.{finish} == {whole}"
    )


@pytest.mark.parametrize("key, alg", [("k_gcm", "GCM"), ("k_ccm", "CCM"), ("k_chacha", "CHACHA20_POLY1305")])
@relaxed
@given(
    plaintext=st.binary(max_size=200), aad=st.binary(max_size=60), nonce=st.binary(min_size=12, max_size=12), at=cuts
)
def test_aead_in_parts_gives_what_the_whole_gives(
    board: str, key: str, alg: str, sanitized: Sanitized, plaintext: bytes, aad: bytes, nonce: bytes, at: list[int]
) -> None:
    sanitized.run(
        f"""
data, aad, nonce, alg = {plaintext!r}, {aad!r}, {nonce!r}, psa.ALG_{alg}
whole = psa.aead_encrypt({key}, alg, nonce, aad, data)
def parts(o, data):
    psa.aead_set_lengths(o, len(aad), len(data))
    psa.aead_set_nonce(o, nonce)
    psa.aead_update_ad(o, aad)
    out, last = b"", 0
    for cut in {[min(cut, len(plaintext)) for cut in at]!r} + [len(data)]:
        out += psa.aead_update(o, data[last:cut])
        last = cut
    return out
o = psa.AEADOperation()
psa.aead_encrypt_setup(o, {key}, alg)
sealed = parts(o, data)
rest, tag = psa.aead_finish(o)
assert sealed + rest + tag == whole
psa.aead_decrypt_setup(o, {key}, alg)
opened = parts(o, whole[:-16])
assert opened + psa.aead_verify(o, whole[-16:]) == data
"""
    )


def test_second_pake_password_is_refused(board: str, sanitized: Sanitized) -> None:
    """Found by test_random_programs: unpatched, the first password's copy stays in the arena until the next reset."""
    password = "psa.pake_set_password_key(pake0, k_jpake)"
    refused = f"try:\n    {password}\nexcept psa.BadState:\n    pass\nelse:\n    raise AssertionError('taken twice')"
    sanitized.play(["psa.pake_setup(pake0, suite)", password, *refused.split("\n")])
