# SPDX-License-Identifier: MIT
"""Makes a new driver: a description and C files that build at once and fail closed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cli import Parser
from .cformat import layout
from .check import check
from .emit import environment
from .entry_docs import DOCS
from .entry_points import ENTRY_POINTS, FAMILIES, Kind
from .errors import GeneratorError
from .load import DRIVER_FILE, RawDriver, schema_faults
from .model import Driver, vendor_location

_HASH: dict[str, Any] = {
    "entry_points": ["hash_compute", "hash_multipart"],
    "algorithms": ["PSA_ALG_SHA_256"],
    "fallback": True,
}
_P256: dict[str, Any] = {
    "key_types": ["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"],
    "key_sizes": [256],
}
_ECDSA = ["PSA_ALG_ECDSA(PSA_ALG_ANY_HASH)"]
_BLOCK: dict[str, Any] = {"key_types": ["PSA_KEY_TYPE_AES"], "key_sizes": [128, 256]}

# What a new driver begins with.
_FIRST: dict[Kind, list[dict[str, Any]]] = {
    Kind.TRANSPARENT: [_HASH],
    Kind.OPAQUE: [
        {"entry_points": ["generate_key", "import_key", "export_public_key"], **_P256},
        {"entry_points": ["sign_hash"], "algorithms": _ECDSA, **_P256},
    ],
}


def _both(fallback: bool) -> list[dict[str, Any]]:
    """Capabilities that either kind can have."""
    more: dict[str, Any] = {"fallback": True} if fallback else {}
    pair_and_public = [*_P256["key_types"], "PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)"]
    return [
        {
            "entry_points": ["mac_compute", "mac_verify", "mac_multipart", "mac_verify_multipart"],
            "algorithms": ["PSA_ALG_CMAC", "PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(PSA_ALG_CMAC, 4)"],
            **_BLOCK,
            **more,
        },
        {
            "entry_points": [
                "cipher_encrypt",
                "cipher_decrypt",
                "cipher_encrypt_multipart",
                "cipher_decrypt_multipart",
            ],
            "algorithms": ["PSA_ALG_CTR", "PSA_ALG_CBC_NO_PADDING"],
            **_BLOCK,
            **more,
        },
        {
            "entry_points": [
                "aead_encrypt",
                "aead_decrypt",
                "aead_encrypt_multipart",
                "aead_decrypt_multipart",
            ],
            "algorithms": ["PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(PSA_ALG_GCM, 4)"],
            **_BLOCK,
            **more,
        },
        {
            "entry_points": ["sign_hash", "verify_hash", "sign_message", "verify_message"],
            "algorithms": _ECDSA,
            "key_types": pair_and_public,
            "key_sizes": [256],
            **more,
        },
        {
            "entry_points": ["asymmetric_encrypt", "asymmetric_decrypt"],
            "algorithms": ["PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256)"],
            "key_types": ["PSA_KEY_TYPE_RSA_KEY_PAIR", "PSA_KEY_TYPE_RSA_PUBLIC_KEY"],
            "key_sizes": [2048, 3072],
            **more,
        },
        {"entry_points": ["key_agreement"], "algorithms": ["PSA_ALG_ECDH"], **_P256, **more},
        {
            "entry_points": ["pake"],
            "algorithms": ["PSA_ALG_JPAKE"],
            "key_types": ["PSA_KEY_TYPE_PASSWORD"],
            **more,
        },
    ]


# What drivers/template_* hold: one capability for each thing that a driver of that kind can do.
_EVERYTHING: dict[Kind, list[dict[str, Any]]] = {
    Kind.TRANSPARENT: [
        {"entry_points": ["init"]},
        {
            "entry_points": ["get_entropy"],
            "micropsa/sample_bits": 8,
            "micropsa/min_entropy_millibits": 1000,
        },
        _HASH,
        *_both(True),
        {
            "entry_points": ["import_key", "generate_key", "export_public_key"],
            **_P256,
            "fallback": True,
        },
        {
            "entry_points": ["key_derivation", "key_derivation_input_step"],
            "algorithms": ["PSA_ALG_HKDF(PSA_ALG_ANY_HASH)"],
            "fallback": True,
        },
        {
            "entry_points": ["derive_key"],
            "derived_types": ["PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)"],
            "derived_sizes": [256],
            "memory": True,
            "fallback": True,
        },
    ],
    Kind.OPAQUE: [
        {"entry_points": ["init"]},
        {
            "entry_points": ["get_entropy"],
            "micropsa/sample_bits": 8,
            "micropsa/min_entropy_millibits": 1000,
        },
        *_both(False),
        {
            "entry_points": [
                "key_derivation",
                "key_derivation_input_step",
                "key_derivation_set_capacity",
                "key_derivation_output_key",
                "key_derivation_verify_bytes",
                "key_derivation_verify_key",
            ],
            "algorithms": ["PSA_ALG_HKDF(PSA_ALG_ANY_HASH)"],
        },
        {
            "entry_points": ["key_agreement_to_key"],
            "algorithms": ["PSA_ALG_ECDH"],
            **_P256,
        },
        {
            "entry_points": [
                "allocate_key",
                "generate_key",
                "import_key",
                "export_public_key",
                "export_key",
                "copy_key",
                "destroy_key",
            ]
        },
        {"entry_points": ["get_builtin_key"]},
    ],
}

_GLOBAL_STATUS = {
    "init": "PSA_SUCCESS",
    "get_entropy": "PSA_ERROR_HARDWARE_FAILURE",
    "get_random": "PSA_ERROR_HARDWARE_FAILURE",
    "destroy_key": "PSA_ERROR_HARDWARE_FAILURE",
    "get_builtin_key": "PSA_ERROR_DOES_NOT_EXIST",
}


@dataclass(frozen=True)
class _Function:
    """One function of the C file: its text in pieces that the template prints."""

    name: str
    comment: list[str]
    params: list[str]
    body: list[str]


def description(name: str, kind: Kind, everything: bool) -> dict[str, Any]:
    """The description of a new driver."""
    data: dict[str, Any] = {
        "prefix": name,
        "type": "transparent" if kind is Kind.TRANSPARENT else "opaque",
        "headers": [f"{name}.h"],
    }
    if kind is Kind.OPAQUE:
        data["location"] = f"{vendor_location(name):#08x}"
        data["key_context"] = {"base_size": f"sizeof({name}_key_context_t)"}
        if everything:
            data["key_context"]["builtin_key_size"] = f"sizeof({name}_key_context_t)"
            data["persistent_state_size"] = f"sizeof({name}_state_t)"
    data["capabilities"] = (_EVERYTHING if everything else _FIRST)[kind]
    return data


def _body(name: str, names: Sequence[str], context: bool) -> list[str]:
    """Statements that keep every output defined and succeed at nothing but cleaning up."""
    lines = [f"(void){item};" for item in names if not item.startswith("*")]
    for item in names:
        if item in ("*estimate_bits",) or (item.startswith("*") and item.endswith("_length")):
            lines.append(f"{item} = 0;")
        elif item in ("*bits", "*memory", "*operation", "*context", "*attributes") or item.startswith("*"):
            lines.append(f"(void){item[1:]};")
    if name.endswith("_abort"):
        return ["wipe(operation, sizeof(*operation));", "return PSA_SUCCESS;"]
    if name in _GLOBAL_STATUS:
        return [*lines, f"return {_GLOBAL_STATUS[name]};"]
    if context and not name.endswith("_setup"):
        # Setup never succeeds here, so there is no operation to go on with.
        return [*lines, "return PSA_ERROR_BAD_STATE;"]
    return [*lines, "return PSA_ERROR_NOT_SUPPORTED;"]


def _functions(driver: Driver) -> list[_Function]:
    wanted = {name for item in driver.capabilities for name in item.entry_points}
    result = []
    for name, entry in ENTRY_POINTS.items():
        if name not in wanted:
            continue
        doc = DOCS[name]
        context = ""
        if entry.family:
            suffix = "random_context_t" if entry.family == "random" else f"{entry.family}_operation_t"
            context = f"{driver.prefix}_{suffix}"
        memory = f"{driver.prefix}_derive_key_memory_t"
        params = [item.declaration.format(ctx=context, memory=memory) for item in entry.params]
        names = [param.rsplit(" ", 1)[-1] for param in params]
        text = f"{doc.does} Called for {doc.called}. Errors: {doc.returns}."
        # The parameters that are arrays of const bytes are inputs, like all that are not pointers.
        plain = [
            f"{item[1:]}" if item.startswith("*") and "const" in param else item
            for item, param in zip(names, params, strict=True)
        ]
        buffers = [
            item[1:] if item.startswith("*") and param.startswith("uint8_t") else item
            for item, param in zip(plain, params, strict=True)
        ]
        result.append(
            _Function(
                f"{driver.prefix}_{name}",
                textwrap.wrap(text, 112),
                params,
                _body(name, buffers, bool(entry.family)),
            )
        )
    return result


def _contexts(driver: Driver) -> list[tuple[str, str]]:
    """Operation types that the driver promised: (type, what it is for)."""
    found: dict[str, str] = {}
    for capability in driver.capabilities:
        for family in capability.families:
            home = FAMILIES[family]
            kind = home.context.removesuffix("_operation_t").replace("_", " ").upper()
            found.setdefault(f"{driver.prefix}_{home.context}", f"state of one {kind} operation")
    return list(found.items())


def files(name: str, kind: Kind, everything: bool) -> dict[str, str]:
    """File name -> text of a new driver."""
    data = description(name, kind, everything)
    if schema_faults(Path(DRIVER_FILE), (), data):
        raise GeneratorError(
            f'"{name}" cannot be the name of a driver; it begins all names of its C functions: '
            "expected lower-case letters, digits and _, no digit first"
        )
    (driver,) = check([RawDriver(name, Path(DRIVER_FILE), (), None, data)])
    context = {
        "name": name,
        "driver": driver,
        "functions": _functions(driver),
        "contexts": _contexts(driver),
        "opaque": kind is Kind.OPAQUE,
        "state": "persistent_state_size" in data,
        "memory": driver.has("derive_key"),
        "entropy": driver.has("get_entropy"),
        "everything": everything,
    }
    render = environment().get_template
    return {
        DRIVER_FILE: json.dumps(data, indent=4) + "\n",
        f"{name}.h": layout(render("new/driver.h.jinja").render(context)),
        f"{name}.c": layout(render("new/driver.c.jinja").render(context)),
        "README.md": render("new/README.md.jinja").render(context),
    }


def _format(folder: Path) -> None:
    """Lets clang-format have the last word where it is installed."""
    beside = Path(sys.executable).with_name("clang-format")
    tool = str(beside) if beside.exists() else shutil.which("clang-format")
    if tool is not None:
        sources = [str(file) for file in sorted(folder.glob("*.[ch]"))]
        subprocess.run([tool, "-i", "--style=file", *sources], check=False)


def make(name: str, kind: Kind, drivers_dir: Path, everything: bool = False) -> Path:
    """Writes a new driver into drivers_dir/name and returns that folder; refuses to overwrite one."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise GeneratorError(
            f'"{name}" cannot be the name of a driver; it is a folder and begins all names of its C functions: '
            "expected lower-case letters, digits and _, a letter first"
        )
    folder = drivers_dir / name
    if folder.exists():
        raise GeneratorError(f"{folder} exists already; choose another name or delete it first")
    texts = files(name, kind, everything)
    drivers_dir.mkdir(parents=True, exist_ok=True)
    # Nobody sees a driver before it is whole: neither a build, nor a person whose disk was full.
    with tempfile.TemporaryDirectory(prefix=".new-", dir=drivers_dir) as place:
        whole = Path(place) / name
        whole.mkdir()
        for file, text in texts.items():
            (whole / file).write_text(text, encoding="utf-8")
        _format(whole)
        try:
            whole.rename(folder)
        except OSError as error:
            if folder.exists():  # another call was faster
                raise GeneratorError(f"{folder} exists already; choose another name or delete it first") from error
            raise
    return folder


def main(arguments: Sequence[str]) -> int:
    """Command line of `python -m tools.drivergen new`."""
    parser = Parser(prog="python -m tools.drivergen new", description="Makes a driver that builds and fails closed.")
    parser.add_argument("name", help="folder in drivers/ and prefix of all C names")
    parser.add_argument("kind", choices=["transparent", "opaque"])
    parser.add_argument("--drivers-dir", type=Path, default=Path("drivers"), metavar="DIR")
    parser.add_argument("--everything", action="store_true", help="declare every entry point that the kind can have")
    options = parser.parse_args(arguments)
    kind = Kind.TRANSPARENT if options.kind == "transparent" else Kind.OPAQUE
    folder = make(options.name, kind, options.drivers_dir, options.everything)
    print(f'{folder}: built for a board that lists "{options.name}" under "drivers" in its board.json')
    return 0
