# SPDX-License-Identifier: MIT
"""Headers, module and type stub have the same names: what C declares, what the firmware has, what editors are told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tools import board, paths, psa_values, sources
from tools.drivergen.check import check
from tools.drivergen.load import load_drivers

PYTHON_LIB = paths.ROOT / "python_lib"
STUBS = ("psa.pyi", "_psa_types.pyi", "_psa_values.pyi")
# Names that only type checkers need.
STUB_ONLY = {"Buffer", "Writable", "ArenaInfo", "EntropySource", "StorageInfo"}

HEADERS = ("crypto.h", "crypto_extra.h", "crypto_compat.h", "crypto_struct.h")
# Functions of the headers that Python does not get, and why.
FUNCTIONS_LEFT_OUT = {
    r"psa_crypto_driver_\w+": "for drivers: they ask the core for the inputs of a PAKE",
    r"psa_extend_key_usage_flags|psa_key_policy_init": "internal helpers that a header has to define",
    r"psa_(get|set)_key_domain_parameters": "deprecated: DSA and custom groups work nowhere in Mbed TLS",
}
# Types of the headers that are classes in Python; all others are numbers or names of drivers' structures.
CLASSES = {
    "psa_key_attributes_t": "KeyAttributes",
    "psa_hash_operation_t": "HashOperation",
    "psa_mac_operation_t": "MACOperation",
    "psa_cipher_operation_t": "CipherOperation",
    "psa_aead_operation_t": "AEADOperation",
    "psa_key_derivation_operation_t": "KeyDerivationOperation",
    "psa_sign_hash_interruptible_operation_t": "SignHashInterruptibleOperation",
    "psa_verify_hash_interruptible_operation_t": "VerifyHashInterruptibleOperation",
    "psa_pake_operation_t": "PAKEOperation",
    "psa_pake_cipher_suite_t": "PAKECipherSuite",
}
TYPES_LEFT_OUT = {
    "psa_key_policy_t": "part of psa_key_attributes_t",
    "psa_custom_key_parameters_t": "two arguments in Python: custom, custom_data",
    "psa_key_production_parameters_t": "older form of psa_custom_key_parameters_t",
    "psa_crypto_driver_pake_inputs_t": "for drivers",
    "psa_jpake_computation_stage_t": "internal state of Mbed TLS",
    "psa_jpake_io_mode_t": "internal state of Mbed TLS",
    "psa_jpake_round_t": "internal state of Mbed TLS",
    "psa_crypto_driver_pake_step_t": "for drivers",
}
# Names of the module that no header has, and why.
EXTRAS = {
    "arena_info": "the memory of this module",
    "capabilities": "what this firmware is",
    "entropy_sources": "the sources of the driver interface",
    "get_entropy": "entry point of the driver interface",
    "GET_ENTROPY_NONBLOCK": "flag of the driver interface",
    "GET_ENTROPY_KEEPALIVE": "flag of the driver interface",
    "its_set": "PSA storage API",
    "its_get": "PSA storage API",
    "its_get_info": "PSA storage API",
    "its_remove": "PSA storage API",
    "STORAGE_FLAG_NONE": "PSA storage API",
    "STORAGE_FLAG_WRITE_ONCE": "PSA storage API",
}


def locations(drivers: list[str]) -> set[str]:
    """The constants of opaque drivers: one per driver of the firmware, in no header of Mbed TLS."""
    loaded = check(load_drivers(drivers, [paths.ROOT / "drivers"]))
    return {f"KEY_LOCATION_{driver.prefix.upper()}" for driver in loaded if not driver.transparent}


@pytest.fixture(scope="module")
def mbedtls() -> Path:
    return sources.resolve("mbedtls")[0]


def header_text(mbedtls: Path) -> str:
    text = "".join((mbedtls / "include" / "psa" / name).read_text() for name in HEADERS)
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)


def declared_functions(mbedtls: Path) -> set[str]:
    """Names in front of a parameter list in a declaration or an inline definition at file scope."""
    pattern = r"^(?:[a-z][\w \t]*?[\w*]\s+\**|[a-z][\w ]*\n)(psa_[a-z0-9_]+)\s*\("
    return set(re.findall(pattern, header_text(mbedtls), flags=re.M))


def test_committed_tables_fit_the_headers(mbedtls, capsys):
    argv = ["--mbedtls-dir", str(mbedtls), "--out", str(paths.ROOT), "--check"]
    assert psa_values.main(argv) == 0, capsys.readouterr().err


def test_no_reason_is_left_over(mbedtls):
    names = [value.name for value in psa_values.read_headers(mbedtls)]
    for patterns in psa_values.LEFT_OUT.values():
        for pattern in patterns:
            assert any(re.fullmatch(pattern, name) for name in names), f"{pattern} fits no name of the headers"
    functions = declared_functions(mbedtls)
    for pattern in FUNCTIONS_LEFT_OUT:
        assert any(re.fullmatch(pattern, name) for name in functions), f"{pattern} fits no function of the headers"


def test_every_function_of_the_headers(target, mbedtls):
    functions = declared_functions(mbedtls)
    assert len(functions) > 130, "the headers were not understood"
    have = set(target.eval("dir(__import__('psa'))"))
    gaps = {
        name
        for name in functions
        if name.removeprefix("psa_") not in have
        and not any(re.fullmatch(pattern, name) for pattern in FUNCTIONS_LEFT_OUT)
    }
    assert not gaps, f"no name in psa for {sorted(gaps)}"


def test_every_macro_of_the_headers(target, mbedtls):
    have = set(target.eval("dir(__import__('psa'))"))
    gaps = {v.name for v in psa_values.read_headers(mbedtls) if v.reason is None and v.short not in have}
    assert not gaps, f"no name in psa for {sorted(gaps)}"


def test_every_type_of_the_headers(target, mbedtls):
    text = header_text(mbedtls) + (mbedtls / "include/psa/crypto_types.h").read_text()
    structs = set(re.findall(r"typedef\s+(?:struct|enum)\s+\w+\s+(psa_\w+_t)\s*;", text))
    structs |= set(re.findall(r"^\}\s*(psa_\w+_t)\s*;", text, flags=re.M))
    have = set(target.eval("dir(__import__('psa'))"))
    gaps = {t for t in structs if t not in TYPES_LEFT_OUT and CLASSES.get(t) not in have}
    assert not gaps, f"no class in psa for {sorted(gaps)}"
    assert set(CLASSES) <= structs


def test_the_module_has_nothing_else(target, mbedtls):
    have = set(target.eval("dir(__import__('psa'))"))
    known = {name.removeprefix("psa_") for name in declared_functions(mbedtls)}
    known |= {v.short for v in psa_values.read_headers(mbedtls) if v.reason is None}
    known |= set(CLASSES.values()) | set(EXTRAS) | {"PSAError", "__name__", "__class__", "__dict__"}
    errors = re.findall(r"MP_PSA_ERROR\(\w+, (\w+)\)", (paths.ROOT / "modules/psa/bind/errors.def").read_text())
    known |= locations(target.capabilities()["drivers"])
    extra = have - known - set(errors)
    assert not extra, f"in psa and in no header: {sorted(extra)}"


def test_values_are_those_of_the_headers(target):
    # A few of each kind, with the numbers that the specification prints; the compiler put all of them into the table.
    assert target.eval("""(lambda p: [p.SUCCESS, p.ERROR_INVALID_SIGNATURE, p.ALG_SHA_256, p.ALG_GCM, p.KEY_TYPE_AES,
        p.KEY_USAGE_EXPORT, p.KEY_ID_USER_MAX, p.KEY_ID_VENDOR_MIN, p.KEY_ID_VENDOR_MAX, p.PAKE_STEP_ZK_PROOF,
        p.INTERRUPTIBLE_MAX_OPS_UNLIMITED])(__import__('psa'))""") == [
        0, -149, 0x02000009, 0x05500200, 0x2400, 1, 0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 3, 0xFFFFFFFF,
    ]  # fmt: skip
    target.run("import psa as p")
    assert target.eval("""[p.ALG_HMAC(p.ALG_SHA_256), p.ALG_ECDSA(p.ALG_SHA_256), p.HASH_LENGTH(p.ALG_SHA_384),
        p.KEY_TYPE_ECC_KEY_PAIR(p.ECC_FAMILY_SECP_R1), p.ALG_IS_HMAC(p.ALG_HMAC(p.ALG_MD5)), p.ALG_IS_HASH(p.ALG_GCM),
        p.KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(1, 0x800000), p.ALG_AEAD_WITH_SHORTENED_TAG(p.ALG_GCM, 4),
        p.AEAD_ENCRYPT_OUTPUT_SIZE(p.KEY_TYPE_AES, p.ALG_GCM, 10), p.BYTES_TO_BITS(0xfffffff),
        p.ALG_KEY_AGREEMENT(p.ALG_ECDH, p.ALG_HKDF(p.ALG_SHA_256)), p.PAKE_PRIMITIVE(1, 0x12, 256)]""") == [
        0x03800009, 0x06000609, 48, 0x7112, True, False, 0x80000001, 0x05440200, 26, 0x7FFFFFF8, 0x09020109, 0x01120100,
    ]  # fmt: skip
    assert target.eval("__import__('psa').KEY_DERIVATION_UNLIMITED_CAPACITY") in (2**32 - 1, 2**64 - 1)


# --- the type stub


def stub_nodes() -> dict[str, list[ast.stmt]]:
    """Name → its definitions (several with @overload), over all stub files."""
    nodes: dict[str, list[ast.stmt]] = {}
    for stub in STUBS:
        for node in ast.parse((PYTHON_LIB / stub).read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                nodes.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                nodes.setdefault(node.target.id, []).append(node)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                nodes.setdefault(node.targets[0].id, []).append(node)
    return nodes


def printed(functions: list[ast.stmt], method: bool = False) -> str:
    """The parameters of a function in the way that the firmware prints them."""
    merged: dict[str, str] = {}
    positional_only = False
    for function in functions:
        assert isinstance(function, ast.FunctionDef)
        args = function.args
        positional_only = bool(args.posonlyargs)
        positional = [*args.posonlyargs, *args.args]
        required = len(positional) - len(args.defaults)
        for i, arg in enumerate(positional):
            merged[arg.arg] = "=None" if i >= required else merged.get(arg.arg, "")
        for arg in args.kwonlyargs:
            merged["*"] = ""
            merged[arg.arg] = "=None"
    names = [name + default for name, default in merged.items()]
    if method:
        names = names[1:]
    elif positional_only:
        names = [re.sub(r"\d$", "", name) for name in names] + ["/"]
    return ", ".join(names)


def test_stub_has_the_names_of_the_firmware(target):
    have = {name for name in target.eval("dir(__import__('psa'))") if not name.startswith("__")}
    stub = {name for name in stub_nodes() if not name.startswith("_")} - STUB_ONLY
    # The stub is one for all boards, the drivers are each board's own.
    somewhere = locations(sorted({name for each in board.names() for name in board.load(each).drivers}))
    assert locations(target.capabilities()["drivers"]) <= have
    assert stub - have <= somewhere, "in the stub and not in the firmware"
    assert somewhere <= stub, "locations of a board's drivers that are not in the stub"
    assert have - stub == set(), "in the firmware and not in the stub"


def test_stub_has_the_parameters_of_the_firmware(target):
    lines = target.run("""
import psa
for name in dir(psa):
    text = repr(getattr(psa, name))
    if text.startswith("<function "):
        print(name, text[text.index("(") + 1 : -2], sep="|")
""")
    firmware = dict(line.split("|") for line in lines.splitlines())
    stub = {
        name: printed(nodes)
        for name, nodes in stub_nodes().items()
        if isinstance(nodes[0], ast.FunctionDef) and not name.startswith("_")
    }
    assert stub == firmware


@pytest.mark.target("UNIX")
def test_stub_has_the_methods_of_the_firmware(target):
    lines = target.run("""
import psa
for name in dir(psa):
    cls = getattr(psa, name)
    if name.endswith("Operation"):
        op = cls()
        for method in dir(op):
            text = repr(getattr(op, method))
            if not method.startswith("__"):
                text = text[text.index("<function") :]
                text = text[text.index("(") + 1 : text.index(")")]
                print(name, method, text.partition(", ")[2], sep="|")
""")
    firmware = sorted(tuple(line.split("|")) for line in lines.splitlines())
    nodes = stub_nodes()
    base = nodes["_Operation"][0]
    assert isinstance(base, ast.ClassDef)
    stub = []
    for name, (cls, *_) in nodes.items():
        if isinstance(cls, ast.ClassDef) and name.endswith("Operation") and name != "_Operation":
            methods: dict[str, list[ast.stmt]] = {}
            for node in [*base.body, *cls.body]:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
                    methods.setdefault(node.name, []).append(node)
            stub += [(name, method, printed(found, method=True)) for method, found in methods.items()]
    assert sorted(stub) == firmware


NO_C_FUNCTION = ("arena_info", "capabilities", "entropy_sources", "get_entropy")


def test_every_stub_has_a_docstring_that_names_the_c_function():
    for name, nodes in stub_nodes().items():
        if isinstance(nodes[0], ast.FunctionDef) and name not in NO_C_FUNCTION:
            assert f"C: psa_{name}(" in (ast.get_docstring(nodes[0]) or "").replace("PSA_", "psa_"), name


def test_help_lists_every_function_with_its_parameters(target):
    text = target.run("import psa\nhelp(psa)")
    assert "aead_encrypt -- <function aead_encrypt(key, alg, nonce, additional_data, plaintext, *, out=None)>" in text
    assert "ALG_HMAC -- <function ALG_HMAC(hash_alg, /)>" in text
    assert "update -- <function hash_update(operation, input)>" in target.run("help(psa.HashOperation)")


def test_capabilities_name_every_driver_of_the_board(target):
    have = target.capabilities()["drivers"]
    declared = list(board.load(target.name).drivers)
    # A profile may bring drivers of its own; the board's keep their order.
    assert [name for name in have if name in declared] == declared
    assert set(have) <= set(board.driver_names())
