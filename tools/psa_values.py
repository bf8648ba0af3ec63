# SPDX-License-Identifier: MIT
"""Make from Mbed TLS's headers what psa takes from them:

modules/psa/bind/values.def    constants and macro functions
modules/psa/bind/want.def      the PSA_WANT_ names that psa.capabilities() reports
python_lib/_psa_values.pyi     the part of psa.pyi that belongs to values.def

    python -m tools.psa_values --mbedtls-dir DIR            write the files
    python -m tools.psa_values --mbedtls-dir DIR --check    exit 1 if the committed files are not what the headers say
    python -m tools.psa_values --mbedtls-dir DIR --gaps     list what is left out, and why

The files are committed, so that a build does not need this tool; a test compares them with the headers.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tools import cli

HEADERS = (
    "crypto_types.h",
    "crypto_values.h",
    "crypto_sizes.h",
    "crypto_extra.h",
    "crypto_compat.h",
    "crypto_struct.h",
    "crypto.h",
)

# Parameter names of the headers -> what values are allowed (mp_psa_macro_kind_t in bind/values.c).
KINDS = {
    "ALG": "alg aead_alg mac_alg hmac_alg hkdf_alg pbkdf2_alg kdf_alg ka_alg",
    "HASH": "hash_alg",
    "TYPE": "type key_type",
    "BITS": "bits key_bits curve_bits pake_bits",
    "LENGTH": "plaintext_length ciphertext_length input_length length bytes",
    "TAG": "tag_length min_tag_length mac_length min_mac_length",
    "FAMILY": "curve group family pake_family pake_type persistence input_step output_step",
    "WORD": "lifetime primitive",
    "LOCATION": "location",
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}

# What Python does not get, and why: patterns of whole names. A pattern that matches nothing is an error in a test.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "include guards": (r"PSA_CRYPTO_(\w+_)?H",),
    "initialisers of C structures: the constructors of the Python types do that": (
        r"PSA_\w+_OPERATION_INIT",
        r"PSA_(KEY_ATTRIBUTES|KEY_HANDLE|KEY_POLICY|PAKE_CIPHER_SUITE|\w+_PARAMETERS)_INIT",
        r"PSA_KEY_ATTRIBUTES_MAYBE_SLOT_NUMBER",
    ),
    "bit fields inside of algorithm and key type numbers, not part of the specification": (
        r"PSA_\w+_(?<!_GET_)(BASE|MASK)",
        r"PSA_\w+_OFFSET",
        r"PSA_ALG_\w+_FLAG",
        r"PSA_KEY_TYPE_\w+_FLAG(_PAIR)?",
        r"PSA_KEY_LOCATION_VENDOR_FLAG",
    ),
    "categories of algorithms and key types are asked with the _IS_ predicates": (r"PSA_(ALG|KEY_TYPE)_CATEGORY_\w+",),
    "helpers of other macros, not part of the specification": (
        r"PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG_CASE",
        r"PSA_GET_KEY_TYPE_BLOCK_SIZE_EXPONENT",
        r"PSA_MAX_OF_THREE",
        r"PSA_ROUND_UP_TO_MULTIPLE",
        r"PSA_RSA_MINIMUM_PADDING_SIZE",
        r"PSA_KEY_EXPORT_\w+",
        r"PSA_ECDSA_SIGNATURE_SIZE",
        r"PSA_KEY_BITS_TOO_LARGE",
        r"PSA_ALG_(ECDSA|DSA)_IS_DETERMINISTIC",
        r"PSA_MAC_TRUNCATED_LENGTH",
        r"PSA_KEY_DOMAIN_PARAMETERS_SIZE",
        r"PSA_ALG_IS_KEY_DERIVATION_OR_AGREEMENT",
        r"PSA_ALG_IS_VENDOR_HASH_AND_SIGN",
    ),
    "internal state of Mbed TLS": (r"PSA_PAKE_OPERATION_STAGE_\w+", r"PSA_JPAKE_EXPECTED_\w+"),
    "limits of this build: capabilities() tells what is supported": (
        r"PSA_VENDOR_\w+",
        r"PSA_CIPHER_MAX_KEY_LENGTH",
        r"PSA_HMAC_MAX_HASH_BLOCK_SIZE",
        r"PSA_MAX_KEY_BITS",
    ),
    "storage of the PSA core, which Python code cannot reach": (r"PSA_CRYPTO_ITS_RANDOM_SEED_UID",),
    "DSA and custom groups: leftovers of a draft, implemented nowhere in Mbed TLS": (
        r"PSA_ALG_(DETERMINISTIC_)?DSA",
        r"PSA_ALG_IS_((DETERMINISTIC|RANDOMIZED)_)?DSA",
        r"PSA_KEY_TYPE_(IS_DSA|DSA_\w+)",
        r"PSA_DH_FAMILY_CUSTOM",
    ),
}

DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+((?:PSA)_[A-Z0-9][A-Za-z0-9_]*)(\([^)]*\))?", re.M)
# Names that Python code sees for the kinds; they are in bind/values.c, too.
PARAMETERS = {
    "ALG": "alg",
    "HASH": "hash_alg",
    "TYPE": "key_type",
    "BITS": "bits",
    "LENGTH": "length",
    "TAG": "length",
    "FAMILY": "family",
    "WORD": "value",
    "LOCATION": "location",
}
# Numbers that do not fit 31 bits, the small integers of MicroPython on 32-bit machines.
BIG = re.compile(r"PSA_(KEY_ID_VENDOR_(MIN|MAX)|INTERRUPTIBLE_MAX_OPS_UNLIMITED|KEY_DERIVATION_UNLIMITED_CAPACITY)")

HEAD = """\
// SPDX-License-Identifier: MIT
// Constants and macro functions of the PSA Crypto API, without their PSA_ prefix. Made by tools/psa_values.py from
// Mbed TLS's headers; change the tool, not this file.
"""

STUB_HEAD = '''\
# SPDX-License-Identifier: MIT
"""Constants and macro functions of the PSA Crypto API, the part of psa.pyi that tools/psa_values.py makes from Mbed
TLS's headers; change the tool, not this file. They work before crypto_init().

Macro functions raise ValueError for arguments that their C type, or the field in the result, does not hold.
"""

STORAGE_FLAG_NONE: int
STORAGE_FLAG_WRITE_ONCE: int
'''
WANT_HEAD = """\
// SPDX-License-Identifier: MIT
// What a configuration can ask for. Made by tools/psa_values.py from Mbed TLS's crypto_config.h; change the tool, not
// this file.
"""


@dataclass(frozen=True)
class Value:
    """One object-like or function-like macro of the headers."""

    name: str
    params: tuple[str, ...] | None

    @property
    def short(self) -> str:
        return self.name.removeprefix("PSA_")

    @property
    def reason(self) -> str | None:
        """Why Python does not get it, None if it does."""
        for reason, patterns in LEFT_OUT.items():
            if any(re.fullmatch(pattern, self.name) for pattern in patterns):
                return reason
        return None

    @property
    def line(self) -> str:
        if self.params is None:
            return f"MP_PSA_{'BIG_' if BIG.fullmatch(self.name) else ''}CONSTANT({self.short})"
        unknown = [p for p in self.params if p not in KIND_OF]
        if unknown:
            raise SystemExit(f"{self.name}: no kind for parameter {unknown[0]}; add it to KINDS in tools/psa_values.py")
        predicate = re.search(r"(^|_)IS_", self.short) is not None
        kinds = [KIND_OF[p] for p in self.params]
        return f"MP_PSA_{'PREDICATE' if predicate else 'MACRO'}_{len(kinds)}({', '.join([self.short, *kinds])})"

    @property
    def stub(self) -> list[str]:
        """The lines of the type stub."""
        if self.params is None:
            return [f"{self.short}: int"]
        names = [PARAMETERS[KIND_OF[p]] for p in self.params]
        params = [f"{name}{i + 1}: int" if names.count(name) > 1 else f"{name}: int" for i, name in enumerate(names)]
        predicate = re.search(r"(^|_)IS_", self.short) is not None
        unit = (
            "Bits. "
            if "TO_BITS" in self.name
            else "Bytes. "
            if re.search("_SIZE$|_LENGTH$|TO_BYTES$", self.name)
            else ""
        )
        return [
            f"def {self.short}({', '.join(params)}, /) -> {'bool' if predicate else 'int'}:",
            f'    """{unit}C: {self.name}({", ".join(self.params)})"""',
        ]


def read_headers(mbedtls_dir: Path) -> list[Value]:
    """All PSA_ macros of the headers, each once, in the order of their first definition."""
    values: dict[str, Value] = {}
    for header in HEADERS:
        text = (mbedtls_dir / "include" / "psa" / header).read_text(encoding="utf-8")
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for name, params in DEFINE.findall(text):
            names = tuple(p.strip() for p in params[1:-1].split(",")) if params else None
            values.setdefault(name, Value(name, names))
    return list(values.values())


def make_table(values: list[Value]) -> str:
    kept = [v for v in values if v.reason is None]
    constants = [v.line for v in kept if v.params is None]
    macros = [v.line for v in kept if v.params is not None]
    return "\n".join([HEAD, *constants, "", *macros, ""])


def make_stub(values: list[Value]) -> str:
    kept = [v for v in values if v.reason is None]
    lines = [STUB_HEAD]
    for value in (v for v in kept if v.params is None):
        lines += value.stub
    for value in (v for v in kept if v.params is not None):
        lines += ["", *value.stub]
    return "\n".join([*lines, ""])


def make_want_table(mbedtls_dir: Path) -> str:
    text = (mbedtls_dir / "include" / "psa" / "crypto_config.h").read_text(encoding="utf-8")
    lines = [WANT_HEAD]
    for prefix, macro in (("ALG", "ALG"), ("KEY_TYPE", "KEY_TYPE"), ("ECC|DH", "CURVE")):
        for name in sorted(set(re.findall(rf"#define PSA_WANT_((?:{prefix})_\w+)", text))):
            lines += [f"#if defined(PSA_WANT_{name})", f"MP_PSA_WANT_{macro}({name})", "#endif"]
    return "\n".join([*lines, ""])


def main(argv: list[str] | None = None) -> int:
    parser = cli.Parser(
        prog="python -m tools.psa_values", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mbedtls-dir", type=Path, required=True, help="Mbed TLS 3.6 source tree")
    parser.add_argument("--out", type=Path, default=Path(), help="root of the repository, default: here")
    parser.add_argument("--check", action="store_true", help="compare instead of write")
    parser.add_argument("--gaps", action="store_true", help="list what is left out, and why")
    args = parser.parse_args(argv)

    values = read_headers(args.mbedtls_dir)
    if args.gaps:
        for value in values:
            if value.reason is not None:
                print(f"{value.name}: {value.reason}")
        return 0
    tables = {
        "modules/psa/bind/values.def": make_table(values),
        "modules/psa/bind/want.def": make_want_table(args.mbedtls_dir),
        "python_lib/_psa_values.pyi": make_stub(values),
    }
    status = 0
    for name, text in tables.items():
        path = args.out / name
        if not args.check:
            cli.write_whole(path, text)
        elif path.read_text(encoding="utf-8") != text:
            print(f"{path} does not fit {args.mbedtls_dir}; run python -m tools.psa_values", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    cli.run(main)
