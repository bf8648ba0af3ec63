# SPDX-License-Identifier: MIT
"""What a driver description means: drivers, capabilities, and the C names that follow from them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .entry_points import FAMILIES, EntryPoint, Family, Kind
from .errors import PathItem
from .expr import AlgPattern, TypePattern


def _any_matches(patterns: Sequence[AlgPattern] | Sequence[TypePattern] | None, value: int) -> bool:
    return patterns is None or any(pattern.matches(value) for pattern in patterns)


@dataclass(frozen=True)
class Capability:
    """One capability. entry_points holds families and single entry points, expanded to functions.

    None for algorithms, key_types or key_sizes means no restriction.
    """

    index: int
    entry_points: frozenset[str]
    families: tuple[str, ...]
    algorithms: tuple[AlgPattern, ...] | None
    key_types: tuple[TypePattern, ...] | None
    key_sizes: tuple[int, ...] | None
    fallback: bool
    names: dict[str, str] = field(hash=False)
    condition: str
    raw: dict[str, Any] = field(hash=False, repr=False)

    def matches(self, alg: int | None, key: tuple[int, int] | None) -> bool:
        """The Python model of the generated predicate. key is (type, bits)."""
        if alg is not None and not _any_matches(self.algorithms, alg):
            return False
        if key is None:
            return True
        key_type, bits = key
        if not _any_matches(self.key_types, key_type):
            return False
        return self.key_sizes is None or bits in self.key_sizes


@dataclass(frozen=True)
class Driver:
    """One driver of the board."""

    name: str
    prefix: str
    kind: Kind
    headers: tuple[str, ...]
    capabilities: tuple[Capability, ...]
    key_context: dict[str, Any] | None = field(hash=False)
    location: str
    persistent_state_size: str
    h_condition: str
    c_condition: str
    file: Path
    root: tuple[PathItem, ...]
    folder: Path | None
    raw: dict[str, Any] = field(hash=False, repr=False)

    @property
    def transparent(self) -> bool:
        return self.kind is Kind.TRANSPARENT

    @property
    def tag(self) -> str:
        """Unique C identifier part of a driver: prefix and type."""
        return f"{self.prefix}_{'transparent' if self.transparent else 'opaque'}"

    def condition(self, capability: Capability | None = None) -> str:
        """Preprocessor condition of a capability, "" for none."""
        parts = [self.c_condition, capability.condition if capability else ""]
        parts = [part for part in parts if part]
        return parts[0] if len(parts) == 1 else " && ".join(f"({part})" for part in parts)

    def function(self, capability: Capability, name: str) -> str:
        """C name of an entry point or of an operation type."""
        return capability.names.get(name, f"{self.prefix}_{name}")

    def having(self, name: str) -> Iterable[Capability]:
        """The capabilities that declare an entry point, in order."""
        return (item for item in self.capabilities if name in item.entry_points)

    def has(self, name: str) -> bool:
        """Whether any capability declares an entry point."""
        return any(True for _ in self.having(name))


def vendor_location(prefix: str) -> int:
    """Location of an opaque driver that names none: stable, in the vendor range."""
    return 0x800000 | (zlib.crc32(prefix.encode()) & 0x7FFFFF)


def expand(names: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Functions behind a list of entry points and families, and the families that are complete."""
    functions: set[str] = set()
    for name in names:
        if name in FAMILIES:
            functions.update(FAMILIES[name].members)
        else:
            functions.add(name)
    complete = tuple(family.name for family in FAMILIES.values() if functions.issuperset(family.members))
    return frozenset(functions), complete


def _disjoint(ones: tuple[AlgPattern, ...] | None, twos: tuple[AlgPattern, ...] | None) -> bool:
    if ones is None or twos is None:
        return False
    return not any(one.overlaps(two) for one in ones for two in twos)


def _disjoint_types(ones: tuple[TypePattern, ...] | None, twos: tuple[TypePattern, ...] | None) -> bool:
    if ones is None or twos is None:
        return False
    return not any(one.overlaps(two) for one in ones for two in twos)


def overlap(entry: EntryPoint, one: Capability, two: Capability) -> bool:
    """Whether some call of an entry point is covered by both capabilities."""
    if entry.categories and _disjoint(one.algorithms, two.algorithms):
        return False
    if not entry.keyed and entry.name != "derive_key":
        return True
    if _disjoint_types(one.key_types, two.key_types):
        return False
    if one.key_sizes is not None and two.key_sizes is not None:
        return bool(set(one.key_sizes) & set(two.key_sizes))
    return True


def suits(entry: EntryPoint, pattern: AlgPattern) -> bool:
    """Whether an entry point is ever called with algorithms of a pattern."""
    if not entry.categories or pattern.category == "vendor":
        return True
    return pattern.category in entry.categories


@dataclass(frozen=True)
class Binding:
    """The functions of one driver that carry one kind of multi-part operation.

    id_name: the C constant that operation->id holds; member: the member of the context union.
    """

    driver: Driver
    capability: Capability
    family: Family
    context_type: str
    number: int

    @property
    def member(self) -> str:
        return self.context_type.removesuffix("_t")

    @property
    def id_name(self) -> str:
        suffix = f"_{self.number}" if self.number else ""
        return f"PSA_DRIVER_ID_{self.driver.tag}_{self.family.name}{suffix}"

    def function(self, name: str) -> str:
        return self.driver.function(self.capability, name)

    @property
    def signature(self) -> tuple[str, ...]:
        """What distinguishes two bindings of one family in one driver."""
        functions = [self.function(name) for name in self.family.members]
        functions += [self.function(name) for name in self.family.optional if name in self.capability.entry_points]
        return (self.context_type, *functions, self.driver.condition(self.capability))


def bindings(drivers: Iterable[Driver]) -> list[Binding]:
    """All bindings of a board; capabilities that name the same functions share one."""
    result: list[Binding] = []
    for driver in drivers:
        for family in FAMILIES.values():
            seen: dict[tuple[str, ...], Binding] = {}
            for capability in driver.capabilities:
                if family.name not in capability.families:
                    continue
                context = driver.function(capability, family.context)
                binding = Binding(driver, capability, family, context, len(seen))
                if binding.signature not in seen:
                    seen[binding.signature] = binding
                    result.append(binding)
    return result


def find_binding(all_bindings: Iterable[Binding], driver: Driver, capability: Capability, family: str) -> Binding:
    """The binding that serves a capability."""
    context = driver.function(capability, FAMILIES[family].context)
    wanted = Binding(driver, capability, FAMILIES[family], context, 0).signature
    for binding in all_bindings:
        same = binding.driver is driver and binding.family.name == family
        if same and binding.signature == wanted:
            return binding
    raise LookupError(f"{driver.tag}: no binding of {family}")
