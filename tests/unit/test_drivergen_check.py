# SPDX-License-Identifier: MIT
"""A wrong driver description is refused with its file, the place in it, and what would be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit import drivergen_kit as kit
from tools.drivergen.cli import main
from tools.drivergen.errors import format_path

CAP = ("drivers", 0, "capabilities", 0)
P256 = {
    "key_types": ["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"],
    "key_sizes": [256],
}


def the_fault(description: Any, path: str, problem: str, expected: str = "") -> None:
    """The description has exactly one fault, at this place, with these words."""
    found = kit.faults(description)
    texts = "\n".join(str(fault) for fault in found)
    assert len(found) == 1, texts
    assert str(found[0].file) == "board.json"
    assert format_path(found[0].path) == path, texts
    assert problem in found[0].problem, texts
    assert expected in found[0].expected, texts
    assert found[0].expected, "a fault must say what would be right"


def test_right_descriptions_pass() -> None:
    """What the specification's own examples say, and what the stock schema wrongly refused."""
    kit.drivers(
        kit.transparent(
            {"entry_points": ["sign_hash"], "algorithms": ["PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_ANY_HASH)"]}
        )
    )
    kit.drivers(
        kit.transparent(
            {
                "entry_points": ["sign_hash"],
                "algorithms": [
                    "PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)",
                    "PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384)",
                ],
                "key_types": ["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"],
                "key_sizes": [256, 384],
            },
            _comment="a comment is allowed in every object",
            **{"yoyodyne/widgets/girth": 7},
        )
    )
    constant = kit.opaque(location="PSA_KEY_LOCATION_VENDOR_FLAG | SAFE_LOCATION")
    assert kit.drivers(constant)[0].location.endswith("SAFE_LOCATION))")
    nowhere = kit.opaque()
    del nowhere["location"]
    kit.drivers(nowhere)
    everything = kit.opaque(
        key_context={
            "_comment": "all seven properties",
            "base_size": "sizeof(safe_key_t)",
            "key_pair_size": 32,
            "public_key_size": "SAFE_PUBLIC_SIZE",
            "symmetric_factor": 1,
            "store_public_key": True,
            "size_function": "safe_size_function",
            "builtin_key_size": "sizeof(psa_drv_slot_number_t)",
        },
        persistent_state_size="sizeof(safe_state_t)",
    )
    kit.drivers(everything)


def test_location_without_property_is_stable_and_in_the_vendor_range() -> None:
    description = kit.opaque()
    del description["location"]
    first, again = kit.drivers(description)[0], kit.drivers(description)[0]
    assert first.location == again.location
    assert 0x800000 <= int(first.location, 16) <= 0xFFFFFF


# ---------------------------------------------------------------- what the stock schema lets through


def test_garbage_in_a_second_capability() -> None:
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"]}, {"entry_points": 7}),
        "drivers[0].capabilities[1].entry_points",
        "wrong type",
        "a list",
    )


def test_unknown_entry_point() -> None:
    the_fault(
        kit.transparent({"entry_points": ["hash_compute", "sign_hasch"]}),
        "drivers[0].capabilities[0].entry_points[1]",
        '"sign_hasch" is not an entry point',
        "did you mean sign_hash",
    )


def test_transparent_only_entry_point_in_an_opaque_driver() -> None:
    for name in ("hash_compute", "hash_multipart", "derive_key", "get_random"):
        capability: dict[str, Any] = {"entry_points": [name]}
        the_fault(
            kit.opaque(capability),
            "drivers[0].capabilities[0].entry_points[0]",
            "for transparent drivers only",
        )


def test_opaque_only_entry_point_in_a_transparent_driver() -> None:
    for name in ("export_key", "copy_key", "destroy_key", "get_builtin_key", "key_agreement_to_key"):
        the_fault(
            kit.transparent({"entry_points": [name]}),
            "drivers[0].capabilities[0].entry_points[0]",
            "for opaque drivers only",
        )


def test_key_sizes_as_strings() -> None:
    the_fault(
        kit.transparent({"entry_points": ["sign_hash"], "key_sizes": ["256"]}),
        "drivers[0].capabilities[0].key_sizes[0]",
        '"256" has the wrong type',
        "an integer",
    )


def test_algorithms_that_are_no_list() -> None:
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "algorithms": "PSA_ALG_SHA_256"}),
        "drivers[0].capabilities[0].algorithms",
        "wrong type",
        "a list",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("location", 1), ("persistent_state_size", 4), ("key_context", {"base_size": 4})],
)
def test_opaque_properties_on_a_transparent_driver(name: str, value: Any) -> None:
    the_fault(kit.transparent(**{name: value}), f"drivers[0].{name}", "opaque drivers only", "remove it")


def test_fallback_in_an_opaque_driver() -> None:
    the_fault(
        kit.opaque({"entry_points": ["sign_hash"], "fallback": False}),
        "drivers[0].capabilities[0].fallback",
        "no fallback",
        "remove it",
    )


def test_missing_key_context() -> None:
    description = kit.opaque()
    del description["key_context"]
    the_fault(description, "drivers[0].key_context", "is missing", "base_size")


@pytest.mark.parametrize("context", [{}, {"base_size": 0, "store_public_key": False}])
def test_key_context_of_no_size(context: dict[str, Any]) -> None:
    the_fault(kit.opaque(key_context=context), "drivers[0].key_context", "0 bytes")


def test_unknown_key_context_property() -> None:
    the_fault(
        kit.opaque(key_context={"base_size": 4, "key_size": 4}),
        "drivers[0].key_context.key_size",
        "unknown property",
        "base_size",
    )


@pytest.mark.parametrize(
    ("location", "problem", "expected"),
    [
        (-1, "not a size", "non-negative integer"),
        (0, "reserved", "from 1"),
        ("PSA_KEY_LOCATION_LOCAL_STORAGE", "reserved", "from 1"),
        ("0x0", "reserved", "from 1"),
        (0x1000000, "24 bits", "0xffffff"),
        ("beef", "neither a number nor a macro", '"0xbeef"'),
        ("1; evil()", "constant expression", "psa_key_location_t"),
        ("(1", "parentheses", "psa_key_location_t"),
        (1.5, "not a size", "integer"),
        (True, "not a size", "integer"),
    ],
)
def test_bad_location(location: Any, problem: str, expected: str) -> None:
    the_fault(kit.opaque(location=location), "drivers[0].location", problem, expected)


def test_location_macro_that_no_header_defines() -> None:
    description = kit.opaque(location="SAFE_LOCATION")
    del description["headers"]
    the_fault(description, "drivers[0].location", "nothing defines", "headers")


@pytest.mark.parametrize(
    ("one", "other"),
    [(0x800001, 0x800001), (1, "PSA_KEY_LOCATION_PRIMARY_SECURE_ELEMENT"), ("0x10", 16), ("A_B", "A_B")],
)
def test_duplicate_location(one: Any, other: Any) -> None:
    found = kit.faults(kit.opaque(location=one), kit.opaque(prefix="other", location=other))
    assert [format_path(fault.path) for fault in found] == ["drivers[1].location"]
    assert "board.json too" in found[0].problem


def test_bad_names() -> None:
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "names": {"hash_compute": "1bad"}}),
        "drivers[0].capabilities[0].names.hash_compute",
        "not well formed",
        "a C identifier",
    )
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "names": {"hash_compute": 7}}),
        "drivers[0].capabilities[0].names.hash_compute",
        "wrong type",
        "a string",
    )
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "names": {"hash_compute": "while"}}),
        "drivers[0].capabilities[0].names.hash_compute",
        "keyword of C",
    )
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "names": {"sign_hash": "acme_sign"}}),
        "drivers[0].capabilities[0].names.sign_hash",
        "not an entry point of this capability",
        "hash_compute",
    )
    the_fault(
        kit.transparent({"entry_points": ["hash_multipart"], "names": {"hash_multipart": "acme_hash"}}),
        "drivers[0].capabilities[0].names.hash_multipart",
        "is a family",
        "hash_setup",
    )


@pytest.mark.parametrize(
    ("prefix", "problem"),
    [("", "not well formed"), ("9acme", "not well formed"), ("int", "keyword"), ("psa", "belongs to the PSA core")],
)
def test_bad_prefix(prefix: str, problem: str) -> None:
    the_fault(kit.transparent(prefix=prefix), "drivers[0].prefix", problem)


def test_wrong_type() -> None:
    the_fault(kit.transparent(type="translucent"), "drivers[0].type", "not accepted", '"transparent", "opaque"')


def test_empty_capabilities() -> None:
    description = kit.transparent()
    description["capabilities"] = []
    the_fault(description, "drivers[0].capabilities", "is empty")


@pytest.mark.parametrize("name", ["prefix", "type", "capabilities"])
def test_missing_property(name: str) -> None:
    description = kit.transparent()
    del description[name]
    the_fault(description, "drivers[0]", f'"{name}" is missing')


def test_unknown_properties() -> None:
    the_fault(kit.transparent(colour="red"), "drivers[0].colour", "unknown property", "capabilities")
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "algorithm": ["PSA_ALG_SHA_256"]}),
        "drivers[0].capabilities[0].algorithm",
        "unknown property",
        "algorithms",
    )
    the_fault(
        kit.transparent(**{"micropsa/sourses": ["a.c"]}),
        "drivers[0].micropsa/sourses",
        "unknown property",
        "micropsa/sources",
    )


@pytest.mark.parametrize("path", ["../other/other.c", "/etc/passwd", "a b.c", ""])
def test_sources_stay_in_their_folder(path: str) -> None:
    found = kit.faults(kit.transparent(**{"micropsa/sources": [path]}))
    assert {format_path(fault.path) for fault in found} == {"drivers[0].micropsa/sources[0]"}


# ---------------------------------------------------------------- what only meaning shows


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["hash_setup", "hash_update", "hash_finish"], "hash_abort is missing"),
        (["mac_sign_setup"], "mac_update, mac_sign_finish, mac_abort are missing"),
        (["mac_multipart", "mac_verify_setup"], "mac_verify_finish is missing"),
        (["key_derivation_setup"], "key_derivation_output_bytes, key_derivation_abort are missing"),
        (["init_random"], "get_random is missing"),
        (["pake_setup", "pake_output"], "are missing"),
    ],
)
def test_incomplete_family(names: list[str], missing: str) -> None:
    the_fault(
        kit.transparent({"entry_points": names}),
        "drivers[0].capabilities[0].entry_points",
        missing,
    )


def test_allocate_without_destroy() -> None:
    the_fault(
        kit.opaque({"entry_points": ["allocate_key", "import_key"]}),
        "drivers[0].capabilities[0].entry_points",
        '"allocate_key" without "destroy_key"',
    )


def test_conflicting_capabilities() -> None:
    ecdsa = {"entry_points": ["sign_hash"], "algorithms": ["PSA_ALG_ECDSA(PSA_ALG_ANY_HASH)"], **P256}
    same = {**ecdsa, "algorithms": ["PSA_ALG_ECDSA(PSA_ALG_SHA_256)"], "names": {"sign_hash": "acme_fast"}}
    the_fault(
        kit.transparent(ecdsa, same),
        "drivers[0].capabilities[1]",
        'conflicts with capabilities[0]: "sign_hash" is both acme_sign_hash and acme_fast',
        "disjoint",
    )
    the_fault(
        kit.transparent(ecdsa, {**ecdsa, "fallback": True}),
        "drivers[0].capabilities[1].fallback",
        "in one of them only",
    )
    kit.drivers(kit.transparent(ecdsa, {**same, "key_sizes": [384]}))
    kit.drivers(kit.transparent(ecdsa, {**same, "algorithms": ["PSA_ALG_ECDSA_ANY"]}))
    kit.drivers(kit.transparent(ecdsa, {**same, "names": {}}))


@pytest.mark.parametrize(
    ("key_types", "size", "accepted"),
    [
        (["PSA_KEY_TYPE_AES"], 100, "128, 192, 256"),
        (["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"], 255, "192, 224, 256, 384, 521"),
        (["PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_MONTGOMERY)"], 256, "255, 448"),
        (["PSA_KEY_TYPE_DH_KEY_PAIR(_)"], 1024, "2048"),
    ],
)
def test_bad_key_size(key_types: list[str], size: int, accepted: str) -> None:
    the_fault(
        kit.opaque({"entry_points": ["import_key"], "key_types": key_types, "key_sizes": [size]}),
        "drivers[0].capabilities[0].key_sizes[0]",
        f"no keys of {size} bits",
        accepted,
    )


@pytest.mark.parametrize(("size", "problem"), [(0, "too small"), (65536, "too large"), (12.5, "wrong type")])
def test_impossible_key_size(size: Any, problem: str) -> None:
    the_fault(
        kit.transparent({"entry_points": ["sign_hash"], "key_sizes": [size]}),
        "drivers[0].capabilities[0].key_sizes[0]",
        problem,
    )


def test_expressions_that_do_not_parse() -> None:
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "algorithms": ["PSA_ALG_SHA_256", "PSA_ALG_SHA_("]}),
        "drivers[0].capabilities[0].algorithms[1]",
        "does not parse",
    )
    the_fault(
        kit.transparent({"entry_points": ["sign_hash"], "key_types": ["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_X)"]}),
        "drivers[0].capabilities[0].key_types[0]",
        "not a known curve family",
    )


def test_algorithm_that_no_entry_point_takes() -> None:
    the_fault(
        kit.transparent({"entry_points": ["mac_compute"], "algorithms": ["PSA_ALG_SHA_256"]}),
        "drivers[0].capabilities[0].algorithms[0]",
        "is a hash algorithm",
        "a mac algorithm",
    )


def test_symmetric_key_in_transparent_key_management() -> None:
    the_fault(
        kit.transparent({"entry_points": ["import_key"], "key_types": ["PSA_KEY_TYPE_AES"]}),
        "drivers[0].capabilities[0].key_types[0]",
        "symmetric",
    )


@pytest.mark.parametrize("name", ["algorithms", "key_types", "key_sizes"])
def test_init_is_not_tied_to_keys(name: str) -> None:
    values: dict[str, Any] = {
        "algorithms": ["PSA_ALG_SHA_256"],
        "key_types": ["PSA_KEY_TYPE_AES"],
        "key_sizes": [128],
    }
    the_fault(
        kit.transparent({"entry_points": ["init"], name: values[name]}),
        f"drivers[0].capabilities[0].{name}",
        '"init" is not tied',
    )


def test_derive_key_properties() -> None:
    right = {"entry_points": ["derive_key"], "derived_types": ["PSA_KEY_TYPE_RSA_KEY_PAIR"], "memory": True}
    kit.drivers(kit.transparent(right))
    the_fault(
        kit.transparent({"entry_points": ["derive_key"]}),
        "drivers[0].capabilities[0].derived_types",
        "is missing",
    )
    the_fault(
        kit.transparent({**right, "entry_points": ["derive_key", "hash_compute"]}),
        "drivers[0].capabilities[0].entry_points",
        "shares a capability",
        '["derive_key"]',
    )
    the_fault(
        kit.transparent({"entry_points": ["hash_compute"], "memory": True}),
        "drivers[0].capabilities[0].memory",
        'belongs to "derive_key"',
    )
    the_fault(
        kit.transparent({**right, "derived_types": ["PSA_KEY_TYPE_AES"], "derived_sizes": [64]}),
        "drivers[0].capabilities[0].derived_sizes[0]",
        "no keys of 64 bits",
    )


def test_random_properties() -> None:
    the_fault(
        kit.transparent({"entry_points": ["random"]}),
        "drivers[0].capabilities[0].initial_entropy_size",
        "is missing",
    )
    the_fault(
        kit.transparent({"entry_points": ["random"], "initial_entropy_size": 32}),
        "drivers[0].capabilities[0].entry_points",
        '"add_entropy" is missing',
    )
    right = {"entry_points": ["random", "add_entropy"], "initial_entropy_size": 32}
    found = kit.faults(kit.transparent(right), kit.transparent(right, prefix="other"))
    assert "one random generator" in found[0].expected


def test_entropy_claims() -> None:
    the_fault(
        kit.transparent(
            {"entry_points": ["get_entropy"], "micropsa/sample_bits": 1, "micropsa/min_entropy_millibits": 1001}
        ),
        "drivers[0].capabilities[0].micropsa/min_entropy_millibits",
        "more entropy than a sample of 1 bits",
        "1000",
    )


def test_entropy_samples_of_every_size() -> None:
    for bits in (1, 2, 4, 8, 16, 32):
        claim = {"micropsa/sample_bits": bits, "micropsa/min_entropy_millibits": 1000 * bits}
        kit.drivers(kit.transparent({"entry_points": ["get_entropy"], **claim}))
    the_fault(
        kit.transparent({"entry_points": ["get_entropy"], "micropsa/sample_bits": 3}),
        "drivers[0].capabilities[0].micropsa/sample_bits",
        "3 is not accepted",
        "1, 2, 4, 8, 16, 32",
    )


def test_more_entropy_sources_than_the_core_has_room_for() -> None:
    header = (kit.ROOT / "modules/psa/include/psa_driver_tables.h").read_text(encoding="utf-8")
    assert "#define PSA_DRIVER_MAX_ENTROPY_SOURCES 8\n" in header
    sources = [kit.transparent({"entry_points": ["get_entropy"]}, prefix=f"trng{index}") for index in range(9)]
    kit.drivers(*sources[:8])
    (found,) = kit.faults(*sources)
    assert format_path(found.path) == "drivers[8].capabilities"
    assert "8 at most" in found.expected


def test_context_type_without_header() -> None:
    description = kit.transparent({"entry_points": ["hash_multipart"]})
    del description["headers"]
    the_fault(description, "drivers[0].headers", "acme_hash_operation_t")


def test_two_drivers_of_one_prefix() -> None:
    found = kit.faults(kit.transparent(), kit.transparent())
    assert [format_path(fault.path) for fault in found] == ["drivers[1].prefix"]
    kit.drivers(kit.transparent(), kit.opaque(prefix="acme"))


def test_every_fault_is_named_in_one_run() -> None:
    found = kit.faults(
        kit.transparent(
            {"entry_points": ["sign_hasch"]},
            {"entry_points": ["hash_compute"], "algorithms": ["PSA_ALG_SHA_257"]},
            location=1,
        )
    )
    assert len(found) == 3


# ---------------------------------------------------------------- the command line


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, capsys.readouterr().err


def test_unknown_driver_lists_what_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kit.write_driver(tmp_path, kit.transparent())
    out = str(tmp_path / "gen")
    code, text = run(capsys, "--driver", "acne", "--drivers-dir", str(tmp_path), "--mbedtls-dir", "x", "--out", out)
    assert code == 1
    assert 'unknown driver "acne"' in text
    assert text.rstrip().endswith("acme")


def test_message_names_file_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kit.write_driver(tmp_path, kit.transparent({"entry_points": ["sign_hash"], "key_sizes": [0]}))
    board = tmp_path / "board.json"
    board.write_text(json.dumps({"drivers": ["acme"]}))
    code, text = run(
        capsys,
        "--board-json",
        str(board),
        "--drivers-dir",
        str(tmp_path),
        "--mbedtls-dir",
        "x",
        "--out",
        str(tmp_path / "gen"),
    )
    assert code == 1
    assert f"{tmp_path}/acme/driver.json: capabilities[0].key_sizes[0]: 0 is too small" in text
    assert not (tmp_path / "gen").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"drivers": "acme"}', "expected a list"),
        ('{"drivers": ["acme", "acme"]}', "listed twice"),
        ('{"drivers": [7]}', "is not a driver"),
        ('{"drivers": [}', "is not JSON"),
        ('{"drivers": [], "drivers": []}', "occurs twice"),
        ("[]", "expected a JSON object"),
    ],
)
def test_bad_board(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    kit.write_driver(tmp_path, kit.transparent())
    board = tmp_path / "board.json"
    board.write_text(text)
    code, message = run(
        capsys,
        "--board-json",
        str(board),
        "--drivers-dir",
        str(tmp_path),
        "--mbedtls-dir",
        "x",
        "--out",
        str(tmp_path / "gen"),
    )
    assert code == 1
    assert words in message
    assert str(board) in message
