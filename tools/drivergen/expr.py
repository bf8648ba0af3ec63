# SPDX-License-Identifier: MIT
"""Algorithm and key-type expressions: parser, matching model, C condition.

An expression becomes a pattern: a mask and a value that the numeric encoding must have, plus what a
mask cannot say (a real hash, a minimum length). The same pattern answers matches() in Python,
overlaps() between two capabilities, and c_condition() for the generated predicate.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import psa_values as pv

_TOKEN = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9A-Fa-f]+|[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>[(),]))"
)
WILDCARD = "_"
_ANY_DERIVATION = "any key derivation"


class ExpressionError(ValueError):
    """An expression is wrong. args: what is wrong, what would be right."""

    def __init__(self, problem: str, expected: str) -> None:
        super().__init__(problem, expected)
        self.problem = problem
        self.expected = expected


@dataclass(frozen=True)
class Node:
    """A name or number with its arguments; arguments is None where no parenthesis was written."""

    text: str
    arguments: tuple[Node, ...] | None = None

    @property
    def number(self) -> int | None:
        return int(self.text, 0) if self.text[0].isdigit() else None

    def __str__(self) -> str:
        if self.arguments is None:
            return self.text
        return f"{self.text}({', '.join(str(item) for item in self.arguments)})"


def _tokens(text: str) -> list[str]:
    tokens = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise ExpressionError(
                f'"{text}" does not parse at character {position + 1} ("{stripped[position]}")',
                "expected NAME or NAME(ARGUMENT, ...)",
            )
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


def parse(text: str) -> Node:
    """Parses NAME, a number, or NAME(argument, ...) to any depth."""
    tokens = _tokens(text)
    node, rest = _parse_node(text, tokens, 0)
    if rest != len(tokens):
        raise ExpressionError(f'"{text}" does not parse: "{tokens[rest]}" is left over', "expected one macro call")
    return node


def _parse_node(text: str, tokens: list[str], at: int) -> tuple[Node, int]:
    if at >= len(tokens) or tokens[at] in "(),":
        found = f'"{tokens[at]}"' if at < len(tokens) else "the end"
        raise ExpressionError(
            f'"{text}" does not parse: {found} where a name belongs',
            "expected NAME or NAME(ARGUMENT, ...)",
        )
    name = tokens[at]
    at += 1
    if at == len(tokens) or tokens[at] != "(":
        return Node(name), at
    arguments: list[Node] = []
    while True:
        argument, at = _parse_node(text, tokens, at + 1)
        arguments.append(argument)
        if at == len(tokens):
            raise ExpressionError(f'"{text}" does not parse: a ")" is missing', 'close each "("')
        if tokens[at] == ")":
            return Node(name, tuple(arguments)), at + 1
        if tokens[at] != ",":
            raise ExpressionError(
                f'"{text}" does not parse: "{tokens[at]}" where a comma belongs',
                'expected "," or ")"',
            )


def _unknown(name: str, kind: str, known: Iterable[str]) -> ExpressionError:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 3, 0.6)
    if close:
        expected = "did you mean " + " or ".join(close) + "?"
    elif len(names) <= 12:
        expected = "expected one of " + ", ".join(names)
    else:
        expected = f"expected a {kind} of psa/crypto_values.h"
    return ExpressionError(f'"{name}" is not a known {kind}', expected)


@dataclass(frozen=True)
class AlgPattern:
    """What an algorithm specification matches.

    c_value: C expression whose bits outside c_masks the algorithm must have; need_hash: the hash
    field must name a hash; minimum: shortest MAC or tag in bytes, with no wildcard flag set.
    """

    text: str
    c_value: str
    mask: int
    value: int
    c_masks: tuple[str, ...] = ()
    need_hash: bool = False
    minimum: int | None = None

    @property
    def category(self) -> str:
        return pv.category(self.value)

    @property
    def exact(self) -> bool:
        return self.mask == 0xFFFFFFFF

    def length_of(self, alg: int) -> int:
        """Length of MAC or tag in bytes; a MAC that is not truncated has its full length."""
        length = (alg & pv.MAC_TRUNCATION_MASK) >> pv.LENGTH_OFFSET
        if length == 0 and self.category == "mac":
            return full_mac_length(alg)
        return length

    def matches(self, alg: int) -> bool:
        """Whether the pattern covers a concrete algorithm."""
        if (alg & self.mask) != (self.value & self.mask):
            return False
        if self.need_hash and (alg & pv.HASH_MASK) == 0:
            return False
        if self.minimum is None:
            return True
        return (alg & pv.AT_LEAST_FLAG) == 0 and self.length_of(alg) >= self.minimum

    def overlaps(self, other: AlgPattern) -> bool:
        """Whether some algorithm is covered by both patterns."""
        if (self.value ^ other.value) & self.mask & other.mask:
            return False
        for one, two in ((self, other), (other, self)):
            if one.need_hash and two.mask & pv.HASH_MASK and not two.value & pv.HASH_MASK:
                return False
            if one.minimum is not None and two.mask & pv.MAC_TRUNCATION_MASK and two.length_of(two.value) < one.minimum:
                return False
        return True

    def c_condition(self) -> str:
        """C expression over `alg`."""
        if not self.c_masks:
            return f"alg == {self.c_value}"
        if self.c_masks == (_ANY_DERIVATION,):
            return f"PSA_ALG_KEY_AGREEMENT_GET_BASE(alg) == {self.c_value}"
        masks = " | ".join(self.c_masks)
        masks = f"({masks})" if len(self.c_masks) > 1 else masks
        parts = [f"(alg & ~{masks}) == ({self.c_value} & ~{masks})"]
        if self.need_hash:
            parts.append("(alg & PSA_ALG_HASH_MASK) != 0")
        if self.minimum is not None:
            kind = "mac" if self.category == "mac" else "tag"
            flag = "MAC" if kind == "mac" else "AEAD"
            parts.append(f"(alg & PSA_ALG_{flag}_AT_LEAST_THIS_LENGTH_FLAG) == 0")
            parts.append(f"psa_driver_{kind}_length(alg) >= {self.minimum}")
        return "(" + " && ".join(parts) + ")"

    def key_agreement_base(self) -> AlgPattern:
        """For key agreement with derivation, the raw algorithm that drivers are called with."""
        if self.category != "key agreement" or self.value & ~pv.KEY_AGREEMENT_MASK == 0:
            return self
        name = "PSA_ALG_ECDH" if self.value & 0xFFFF0000 == 0x09020000 else "PSA_ALG_FFDH"
        return AlgPattern(self.text, name, 0xFFFFFFFF, pv.ALGORITHMS[name])


def full_mac_length(alg: int) -> int:
    """Length in bytes of a MAC that is not truncated (16 for the block cipher MACs)."""
    if alg & 0x7FC00000 == pv.HASH_MACROS["PSA_ALG_HMAC"]:
        for name, length in pv.HASH_LENGTHS.items():
            if pv.ALGORITHMS[name] & pv.HASH_MASK == alg & pv.HASH_MASK:
                return length
        return 0
    return 16


def algorithm(text: str) -> AlgPattern:
    """Parses an algorithm specification; raises ExpressionError."""
    node = parse(text)
    number = node.number
    if number is not None:
        if not pv.VENDOR_FLAG <= number <= 0xFFFFFFFF:
            raise ExpressionError(
                f"{text} is a number",
                "expected a PSA_ALG_ macro; only vendor algorithms (bit 31 set) have no name",
            )
        return AlgPattern(text, f"((psa_algorithm_t) {number:#010x})", 0xFFFFFFFF, number)
    return _algorithm(node, text)


def _arity(node: Node, count: int, text: str) -> tuple[Node, ...]:
    arguments = node.arguments or ()
    if len(arguments) != count:
        noun = "argument" if count == 1 else "arguments"
        wanted = f"{count} {noun}" if count else "no argument"
        raise ExpressionError(f'"{node}" has {len(arguments)} arguments', f"{node.text} takes {wanted}")
    return arguments


def _algorithm(node: Node, text: str) -> AlgPattern:
    name = node.text
    if name in pv.ALGORITHMS:
        if node.arguments is not None:
            raise ExpressionError(f'"{node}" has arguments', f"{name} takes no argument")
        value = pv.ALGORITHMS[name]
        if value == pv.ANY_HASH:
            return AlgPattern(text, name, 0xFFFFFFFF & ~pv.HASH_MASK, value, ("PSA_ALG_HASH_MASK",), True)
        return AlgPattern(text, name, 0xFFFFFFFF, value)
    if name in pv.HASH_MACROS:
        (argument,) = _arity(node, 1, text)
        if argument.text == WILDCARD and argument.arguments is None:
            argument = Node("PSA_ALG_ANY_HASH")
        hash_pattern = _algorithm(argument, text)
        if hash_pattern.category != "hash":
            raise ExpressionError(f'"{argument}" is not a hash', f"{name} takes a hash algorithm")
        return AlgPattern(
            text,
            f"{name}({hash_pattern.c_value})",
            hash_pattern.mask,
            pv.HASH_MACROS[name] | (hash_pattern.value & pv.HASH_MASK),
            hash_pattern.c_masks,
            hash_pattern.need_hash,
        )
    if name in pv.LENGTH_MACROS:
        return _length_macro(node, text)
    if name == pv.KEY_AGREEMENT_MACRO:
        return _key_agreement(node, text)
    known = [*pv.ALGORITHMS, *pv.HASH_MACROS, *pv.LENGTH_MACROS, pv.KEY_AGREEMENT_MACRO]
    raise _unknown(name, "algorithm", known)


def _length_macro(node: Node, text: str) -> AlgPattern:
    macro = pv.LENGTH_MACROS[node.text]
    base_node, length_node = _arity(node, 2, text)
    base = _algorithm(base_node, text)
    if base.category != macro.category or base.minimum is not None:
        raise ExpressionError(
            f'"{base_node}" is not {"a MAC" if macro.category == "mac" else "an AEAD"} algorithm',
            f"{node.text} takes one and a length in bytes",
        )
    any_length = length_node.text == WILDCARD and length_node.arguments is None
    length = 1 if any_length else length_node.number
    if length is None or length_node.arguments is not None:
        raise ExpressionError(f'"{length_node}" is not a length', "expected a decimal or hexadecimal number of bytes")
    if not any_length:
        _check_length(node, base, length, macro.at_least)
    c_value = f"{node.text}({base.c_value}, {length})"
    length_bits = pv.MAC_TRUNCATION_MASK
    value = (base.value & ~(length_bits | pv.AT_LEAST_FLAG)) | length << pv.LENGTH_OFFSET
    if not macro.at_least and not any_length:
        return AlgPattern(text, c_value, base.mask, value, base.c_masks, base.need_hash)
    masks = (*base.c_masks, macro.mask_name, macro.flag_name)
    mask = base.mask & ~(length_bits | pv.AT_LEAST_FLAG)
    minimum = length if macro.at_least else 1
    return AlgPattern(text, c_value, mask, value & mask, masks, base.need_hash, minimum)


def _check_length(node: Node, base: AlgPattern, length: int, at_least: bool) -> None:
    if base.category == "aead":
        accepted: tuple[int, ...] = pv.AEAD_TAG_LENGTHS[base.value & 0xFFC0FFFF | 0x00100000]
        if at_least:
            accepted = tuple(range(min(accepted), max(accepted) + 1))
    elif base.need_hash:
        accepted = tuple(range(1, 64))
    else:
        accepted = tuple(range(1, min(full_mac_length(base.value), 63) + 1))
    if length not in accepted:
        wanted = ", ".join(str(item) for item in accepted)
        if len(accepted) > 7:
            wanted = f"{accepted[0]} to {accepted[-1]}"
        raise ExpressionError(f'"{node}" has a length of {length} bytes', f"expected {wanted}")


def _key_agreement(node: Node, text: str) -> AlgPattern:
    agreement_node, derivation_node = _arity(node, 2, text)
    agreement = _algorithm(agreement_node, text)
    if agreement.category != "key agreement" or not agreement.exact:
        raise ExpressionError(f'"{agreement_node}" is not a key agreement', "expected PSA_ALG_ECDH or PSA_ALG_FFDH")
    if derivation_node.text == WILDCARD and derivation_node.arguments is None:
        return AlgPattern(
            text,
            agreement.c_value,
            pv.KEY_AGREEMENT_MASK,
            agreement.value,
            (_ANY_DERIVATION,),
        )
    derivation = _algorithm(derivation_node, text)
    if derivation.category != "key derivation":
        raise ExpressionError(f'"{derivation_node}" is not a key derivation', "expected for example PSA_ALG_HKDF(_)")
    return AlgPattern(
        text,
        f"{node.text}({agreement.c_value}, {derivation.c_value})",
        derivation.mask,
        agreement.value | derivation.value,
        derivation.c_masks,
        derivation.need_hash,
    )


@dataclass(frozen=True)
class TypePattern:
    """What a key type specification matches. sizes: accepted key sizes in bits, None for any."""

    text: str
    c_value: str
    mask: int
    value: int
    sizes: frozenset[int] | None = field(default=None, compare=False)

    @property
    def asymmetric(self) -> bool:
        return self.value & 0x4000 != 0

    @property
    def key_pair(self) -> bool:
        return self.value & 0x7000 == 0x7000

    def matches(self, key_type: int) -> bool:
        """Whether the pattern covers a concrete key type."""
        return (key_type & self.mask) == self.value

    def overlaps(self, other: TypePattern) -> bool:
        """Whether some key type is covered by both patterns."""
        return (self.value ^ other.value) & self.mask & other.mask == 0

    def c_condition(self) -> str:
        """C expression over `type`."""
        if self.mask == 0xFFFF:
            return f"type == {self.c_value}"
        curve = "CURVE" if "_ECC_" in self.c_value else "GROUP"
        kind = "ECC" if curve == "CURVE" else "DH"
        return f"(type & ~PSA_KEY_TYPE_{kind}_{curve}_MASK) == {self.c_value}"


def key_type(text: str) -> TypePattern:
    """Parses a key type specification; raises ExpressionError."""
    node = parse(text)
    number = node.number
    if number is not None:
        if not pv.KEY_TYPE_VENDOR_FLAG <= number <= 0xFFFF:
            raise ExpressionError(
                f"{text} is a number",
                "expected a PSA_KEY_TYPE_ macro; only vendor types (bit 15 set) have no name",
            )
        return TypePattern(text, f"((psa_key_type_t) {number:#06x})", 0xFFFF, number)
    name = node.text
    if name in pv.KEY_TYPES:
        if node.arguments is not None:
            raise ExpressionError(f'"{node}" has arguments', f"{name} takes no argument")
        known = pv.KEY_TYPES[name]
        return TypePattern(text, name, 0xFFFF, known.value, known.sizes)
    if name in pv.KEY_TYPE_MACROS:
        base, kind = pv.KEY_TYPE_MACROS[name]
        (argument,) = _arity(node, 1, text)
        families = pv.FAMILIES[kind]
        if argument.text == WILDCARD and argument.arguments is None:
            sizes: set[int] = set()
            for family in families.values():
                sizes |= family.sizes or set()
            return TypePattern(text, name + "_BASE", 0xFF00, base, frozenset(sizes))
        if argument.text not in families or argument.arguments is not None:
            raise _unknown(str(argument), f"{kind} family", [*families, WILDCARD])
        family = families[argument.text]
        return TypePattern(text, f"{name}({argument.text})", 0xFFFF, base | family.value, family.sizes)
    raise _unknown(name, "key type", [*pv.KEY_TYPES, *pv.KEY_TYPE_MACROS])
