# SPDX-License-Identifier: MIT
"""Readers of the vector formats: NIST response files, the headed hex of PKCS #1, OpenSSL's evp tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cryptography_vectors

ROOT = Path(cryptography_vectors.__file__).parent


@dataclass
class Record:
    """One vector: its own fields over those of the blocks before it, the section it stands in, bare words."""

    fields: dict[str, str]
    section: str = ""
    words: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.fields[name]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def data(self, name: str) -> bytes:
        return unhex(self.fields[name])

    def number(self, name: str) -> int:
        return int(self.fields[name])


def unhex(text: str) -> bytes:
    """Bytes of a hex number as these files write it: odd lengths get their leading zero back."""
    text = text.replace(" ", "")
    return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")


_SECTION_VALUE = re.compile(r"(\w+) = (\w+)")


def nist(path: str, *terminal: str) -> Iterator[Record]:
    """Records of a response file. A block of lines with one of the `terminal` fields is a vector; any other block
    gives fields to all that follow, as does a section's `[Name = value, …]`."""
    section, context = "", {}
    block: dict[str, str] = {}
    words: list[str] = []
    for line in [*(ROOT / path).read_text().splitlines(), "", ""]:
        line = line.strip()
        if line.startswith("#"):
            continue
        if line.startswith("["):
            values = _SECTION_VALUE.findall(line)
            context.update(values)
            section = line.strip("[]")
        elif "=" in line:
            name, _, value = line.partition("=")
            block[name.strip()] = value.strip()
        elif line:
            words.append(line)
        elif block:
            if any(name in block for name in terminal):
                yield Record({**context, **block}, section, words)
            else:
                context.update(block)
            block, words = {}, []


_HEADING = re.compile(r"^#\s*([A-Za-z][A-Za-z0-9 ,.-]*?)\s*:\s*$")


def headed(path: str) -> Iterator[tuple[str, bytes]]:
    """(heading, value) pairs of files that write '# Modulus:' and then hex lines."""
    heading: str | None = None
    digits: list[str] = []
    for line in (ROOT / path).read_text().splitlines():
        line = line.strip()
        if line and re.fullmatch(r"[0-9a-fA-F ]+", line) and heading:
            digits.append(line.replace(" ", ""))
            continue
        if line.startswith("#") or not line:
            if heading and digits:
                yield heading, unhex("".join(digits))
                heading, digits = None, []
            found = _HEADING.match(line)
            if found:
                heading = found.group(1).lower()
    if heading and digits:
        yield heading, unhex("".join(digits))


@dataclass
class RsaExample:
    """A key of a PKCS #1 file with its examples: (message, randomness, result)."""

    key: dict[str, int]
    examples: list[tuple[bytes, bytes, bytes]]


def pkcs1(path: str, result: str) -> list[RsaExample]:
    """Keys and examples of a PKCS #1 vector file; `result` is the heading of the signature or ciphertext."""
    keys: list[RsaExample] = []
    message = randomness = b""
    for heading, value in headed(path):
        if heading == "modulus":
            if not keys or "d" in keys[-1].key:
                keys.append(RsaExample({}, []))
            keys[-1].key["n"] = int.from_bytes(value, "big")
        elif heading == "exponent":  # of the public key first, of the private key when "Public exponent" stood before
            name = "d" if "e" in keys[-1].key else "e"
            keys[-1].key[name] = int.from_bytes(value, "big")
        elif heading in _KEY_PARTS:
            keys[-1].key[_KEY_PARTS[heading]] = int.from_bytes(value, "big")
        elif heading.startswith("message"):
            message = value
        elif heading in ("salt", "seed"):
            randomness = value
        elif heading == result:
            keys[-1].examples.append((message, randomness, value))
    return keys


_KEY_PARTS = {"public exponent": "e", "prime 1": "p", "prime 2": "q"}
