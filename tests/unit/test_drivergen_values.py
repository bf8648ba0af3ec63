# SPDX-License-Identifier: MIT
"""The generator's numbers are those of psa/crypto_values.h; its C predicates agree with its model."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit import drivergen_kit as kit
from tools.drivergen import psa_values as pv
from tools.drivergen.expr import ExpressionError, algorithm, key_type

HASHES = list(pv.HASH_LENGTHS)


def concrete_algorithms() -> dict[str, int]:
    """C expression and value of every algorithm that an application can ask for, and near misses."""
    table = {name: value for name, value in pv.ALGORITHMS.items() if value != pv.ANY_HASH}
    for macro, hash_name in itertools.product(pv.HASH_MACROS, HASHES):
        table[f"{macro}({hash_name})"] = algorithm(f"{macro}({hash_name})").value
    for base in ["PSA_ALG_CMAC", "PSA_ALG_CBC_MAC", *(f"PSA_ALG_HMAC({name})" for name in HASHES)]:
        for length in (1, 4, 8, 12, 15, 16):
            text = f"PSA_ALG_TRUNCATED_MAC({base}, {length})"
            table[text] = algorithm(text).value
    for base, lengths in pv.AEAD_TAG_LENGTHS.items():
        name = next(name for name, value in pv.ALGORITHMS.items() if value == base)
        for length in lengths:
            text = f"PSA_ALG_AEAD_WITH_SHORTENED_TAG({name}, {length})"
            table[text] = algorithm(text).value
    for agreement in ("PSA_ALG_ECDH", "PSA_ALG_FFDH"):
        for name in HASHES:
            text = f"PSA_ALG_KEY_AGREEMENT({agreement}, PSA_ALG_HKDF({name}))"
            table[text] = algorithm(text).value
    return table


ALGORITHMS = concrete_algorithms()

ALG_PATTERNS = [
    *pv.ALGORITHMS,
    *(f"{macro}(PSA_ALG_ANY_HASH)" for macro in pv.HASH_MACROS),
    *(f"{macro}(PSA_ALG_SHA_256)" for macro in pv.HASH_MACROS),
    *(f"{macro}(_)" for macro in pv.HASH_MACROS),
    "PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(PSA_ALG_HMAC(PSA_ALG_ANY_HASH), 20)",
    "PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(PSA_ALG_HMAC(PSA_ALG_SHA_256), 0x8)",
    "PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(PSA_ALG_CMAC, 8)",
    "PSA_ALG_TRUNCATED_MAC(PSA_ALG_HMAC(PSA_ALG_ANY_HASH), 12)",
    "PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, _)",
    "PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_GCM, 12)",
    "PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, _)",
    "PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(PSA_ALG_CCM, 8)",
    "PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(PSA_ALG_GCM, 16)",
    "PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, PSA_ALG_HKDF(PSA_ALG_SHA_256))",
    "PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, PSA_ALG_HKDF(_))",
    "PSA_ALG_KEY_AGREEMENT(PSA_ALG_FFDH, _)",
    "0x89000001",
]

TYPE_PATTERNS = [
    *pv.KEY_TYPES,
    *(f"{macro}(_)" for macro in pv.KEY_TYPE_MACROS),
    *(f"{macro}({family})" for macro, (_, kind) in pv.KEY_TYPE_MACROS.items() for family in pv.FAMILIES[kind]),
    "0x8001",
]


def concrete_types() -> dict[str, int]:
    table = {name: known.value for name, known in pv.KEY_TYPES.items()}
    for macro, (base, kind) in pv.KEY_TYPE_MACROS.items():
        for name, family in pv.FAMILIES[kind].items():
            table[f"{macro}({name})"] = base | family.value
    return table


TYPES = concrete_types()


def test_every_value_is_that_of_the_headers(tmp_path: Path) -> None:
    gen = kit.emit(tmp_path / "gen")
    rows = {**ALGORITHMS, **TYPES, "PSA_ALG_ANY_HASH": pv.ANY_HASH}
    checks = "\n".join(f'_Static_assert(({text}) == {value:#x}, "{text}");' for text, value in rows.items())
    lengths = "\n".join(
        f'_Static_assert(PSA_HASH_LENGTH({name}) == {length}, "length of {name}");'
        for name, length in pv.HASH_LENGTHS.items()
    )
    masks = "\n".join(
        f'_Static_assert({name} == {value:#x}u, "{name}");'
        for name, value in {
            "PSA_ALG_HASH_MASK": pv.HASH_MASK,
            "PSA_ALG_MAC_TRUNCATION_MASK": pv.MAC_TRUNCATION_MASK,
            "PSA_ALG_AEAD_TAG_LENGTH_MASK": pv.AEAD_TAG_LENGTH_MASK,
            "PSA_ALG_MAC_AT_LEAST_THIS_LENGTH_FLAG": pv.AT_LEAST_FLAG,
            "PSA_ALG_AEAD_AT_LEAST_THIS_LENGTH_FLAG": pv.AT_LEAST_FLAG,
            "PSA_ALG_KEY_AGREEMENT_MASK": pv.KEY_AGREEMENT_MASK,
            "PSA_MAX_KEY_BITS": pv.MAX_KEY_BITS,
        }.items()
    )
    source = tmp_path / "values.c"
    source.write_text(f'#include "psa/crypto.h"\n{checks}\n{lengths}\n{masks}\nint main(void) {{ return 0; }}\n')
    kit.compile_and_run(source, kit.include_flags(gen))


def test_predicates_agree_with_the_model(tmp_path: Path) -> None:
    """Each pattern alone, as C and as Python, over every algorithm and type that has a name."""
    # Separate drivers keep the capabilities from conflicting with each other.
    capabilities = [{"entry_points": ["mac_compute", "import_key"], "algorithms": [text]} for text in ALG_PATTERNS] + [
        {"entry_points": ["import_key"], "key_types": [text]} for text in TYPE_PATTERNS
    ]
    descriptions = [
        kit.opaque(item, prefix=f"safe{index}", location=0x800000 + index) for index, item in enumerate(capabilities)
    ]
    gen = kit.emit(tmp_path / "gen", *descriptions)
    models = kit.drivers(*descriptions)
    lines = ["#include <stdio.h>", '#include "psa_driver_predicates.h"']
    lines.append("static const psa_algorithm_t algs[] = {")
    lines += [f"    {text}," for text in ALGORITHMS]
    lines += ["    0x89000001, 0x89000002, 0x02000000, 0x06000600 };"]
    lines.append("static const psa_key_type_t types[] = {")
    lines += [f"    {text}," for text in TYPES]
    lines += ["    0x8001, 0x8002 };", "int main(void) {"]
    for index in range(len(descriptions)):
        over = "algs" if index < len(ALG_PATTERNS) else "types"
        kind = "alg" if over == "algs" else "key"
        more = "" if over == "algs" else ", 256"
        lines.append(f"    for (size_t i = 0; i < sizeof({over}) / sizeof({over}[0]); i++) {{")
        lines.append(f"        putchar(psa_driver_safe{index}_opaque_cap0_{kind}({over}[i]{more}) ? '1' : '0');")
        lines.append("    }\n    putchar('\\n');")
    lines += ["    return 0;", "}"]
    source = tmp_path / "predicates.c"
    source.write_text("\n".join(lines) + "\n")
    answers = kit.compile_and_run(source, kit.include_flags(gen)).split()
    algs = [*ALGORITHMS.values(), 0x89000001, 0x89000002, 0x02000000, 0x06000600]
    types = [*TYPES.values(), 0x8001, 0x8002]
    for index, model in enumerate(models):
        capability = model.capabilities[0]
        if index < len(ALG_PATTERNS):
            want = [capability.matches(alg, None) for alg in algs]
            text = ALG_PATTERNS[index]
        else:
            want = [capability.matches(None, (kind, 256)) for kind in types]
            text = TYPE_PATTERNS[index - len(ALG_PATTERNS)]
        got = [mark == "1" for mark in answers[index]]
        assert got == want, text
        assert any(want), f"{text} covers nothing"


def test_key_sizes_in_c(tmp_path: Path) -> None:
    gen = kit.emit(
        tmp_path / "gen",
        kit.transparent(
            {
                "entry_points": ["sign_hash"],
                "key_types": ["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"],
                "key_sizes": [256, 521],
            }
        ),
    )
    source = tmp_path / "sizes.c"
    source.write_text(
        """#include <stdio.h>
#include "psa_driver_predicates.h"
static size_t bits_of(psa_key_type_t type, size_t bits, size_t length) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    return psa_driver_import_bits(&attributes, length);
}
#define R1(bits) psa_driver_acme_transparent_cap0_key(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), bits)
int main(void) {
    printf("%d%d%d%d ", R1(256), R1(384), R1(521), R1(0));
    printf("%d ", psa_driver_acme_transparent_cap0_key(PSA_KEY_TYPE_AES, 256));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 0, 32));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 0, 66));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), 0, 65));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), 0, 133));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), 0, 0));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_MONTGOMERY), 0, 32));
    printf("%zu ", bits_of(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_TWISTED_EDWARDS), 0, 57));
    printf("%zu ", bits_of(PSA_KEY_TYPE_AES, 0, 16));
    printf("%zu ", bits_of(PSA_KEY_TYPE_AES, 192, 16));
    printf("%zu ", bits_of(PSA_KEY_TYPE_RSA_KEY_PAIR, 0, 600));
    printf("%zu\\n", bits_of(PSA_KEY_TYPE_DH_KEY_PAIR(PSA_DH_FAMILY_RFC7919), 0, 256));
    return 0;
}
"""
    )
    words = kit.compile_and_run(source, kit.include_flags(gen)).split()
    assert words == ["1010", "0", "256", "521", "256", "521", "0", "255", "448", "128", "192", "0", "2048"]


@given(st.sampled_from(ALG_PATTERNS), st.sampled_from(ALG_PATTERNS), st.sampled_from(sorted(ALGORITHMS)))
def test_two_patterns_that_match_one_algorithm_overlap(one: str, two: str, name: str) -> None:
    alg = ALGORITHMS[name]
    first, second = algorithm(one), algorithm(two)
    if first.matches(alg) and second.matches(alg):
        assert first.overlaps(second)
        assert second.overlaps(first)


@given(st.sampled_from(TYPE_PATTERNS), st.sampled_from(TYPE_PATTERNS))
def test_key_type_patterns_overlap_when_they_share_a_type(one: str, two: str) -> None:
    first, second = key_type(one), key_type(two)
    shared = [value for value in TYPES.values() if first.matches(value) and second.matches(value)]
    vendor = one == two == "0x8001"
    assert first.overlaps(second) == (bool(shared) or vendor)


def test_disjoint_algorithms_do_not_overlap() -> None:
    for one, two in (
        ("PSA_ALG_HMAC(PSA_ALG_SHA_1)", "PSA_ALG_HMAC(PSA_ALG_SHA_256)"),
        ("PSA_ALG_ECDSA(PSA_ALG_ANY_HASH)", "PSA_ALG_ECDSA_ANY"),
        ("PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(PSA_ALG_CMAC, 8)", "PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, 4)"),
        ("PSA_ALG_SHA_256", "PSA_ALG_HMAC(PSA_ALG_SHA_256)"),
    ):
        assert not algorithm(one).overlaps(algorithm(two)), (one, two)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (algorithm, key_type):
        try:
            parse(text)
        except ExpressionError as error:
            assert error.problem
            assert error.expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("PSA_ALG_SHA_25", "did you mean PSA_ALG_SHA_256"),
        ("PSA_ALG_HMAC(", "the end"),
        ("PSA_ALG_HMAC(PSA_ALG_SHA_256", '")" is missing'),
        ("PSA_ALG_HMAC(PSA_ALG_SHA_256))", "left over"),
        ("PSA_ALG_HMAC PSA_ALG_SHA_256", "left over"),
        ("PSA_ALG_HMAC(PSA_ALG_SHA_256; 1)", "character 29"),
        ("PSA_ALG_HMAC", "takes 1 argument"),
        ("PSA_ALG_HMAC(PSA_ALG_SHA_1, 2)", "takes 1 argument"),
        ("PSA_ALG_HMAC(PSA_ALG_CTR)", "is not a hash"),
        ("PSA_ALG_SHA_256()", "does not parse"),
        ("PSA_ALG_SHA_256(1)", "takes no argument"),
        ("PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, 17)", "expected 1 to 16"),
        ("PSA_ALG_TRUNCATED_MAC(PSA_ALG_GCM, 4)", "not a MAC"),
        ("PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, PSA_ALG_SHA_1)", "not a length"),
        ("PSA_ALG_TRUNCATED_MAC(PSA_ALG_CMAC, 4u)", "does not parse"),
        ("PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_GCM, 5)", "expected 4, 8, 12"),
        ("PSA_ALG_KEY_AGREEMENT(PSA_ALG_CTR, PSA_ALG_HKDF(_))", "not a key agreement"),
        ("PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, PSA_ALG_CTR)", "not a key derivation"),
        ("PSA_ALG_KEY_AGREEMENT(_, _)", "not a known algorithm"),
        ("0x02000009", "a PSA_ALG_ macro"),
        ("", "the end"),
        ("_", "not a known algorithm"),
        ("psa_alg_sha_256", "not a known algorithm"),
    ],
)
def test_bad_algorithm_says_what_would_be_right(text: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        algorithm(text)
    assert hint in f"{caught.value.problem}; {caught.value.expected}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("PSA_KEY_TYPE_AE", "did you mean PSA_KEY_TYPE_AES"),
        ("PSA_KEY_TYPE_ECC_KEY_PAIR", "takes 1 argument"),
        ("PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_DH_FAMILY_RFC7919)", "curve family"),
        ("PSA_KEY_TYPE_ECC_KEY_PAIR(0x12)", "curve family"),
        ("PSA_KEY_TYPE_AES(_)", "takes no argument"),
        ("0x2400", "a PSA_KEY_TYPE_ macro"),
    ],
)
def test_bad_key_type_says_what_would_be_right(text: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        key_type(text)
    assert hint in f"{caught.value.problem}; {caught.value.expected}"
