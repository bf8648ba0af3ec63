# SPDX-License-Identifier: MIT
"""The semantic pass: turns descriptions that passed the schema into drivers, or names what is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from .entry_points import ENTRY_POINTS, FAMILIES, TYPE_NAMES, Kind
from .errors import DescriptionError, Fault, PathItem
from .expr import AlgPattern, ExpressionError, TypePattern, algorithm, key_type
from .load import RawDriver
from .model import Capability, Driver, expand, overlap, suits, vendor_location

_C_KEYWORDS = frozenset(
    (
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "_Bool",
    )
)
_OPAQUE_ONLY = ("key_context", "location", "persistent_state_size")
_DERIVE_ONLY = ("derived_types", "derived_sizes", "memory")
_RANDOM_ONLY = ("initial_entropy_size", "reseed_entropy_size")
_ENTROPY_ONLY = ("micropsa/min_entropy_millibits", "micropsa/sample_bits")
_SELECTORS = ("algorithms", "key_types", "key_sizes")
# Entry points that are called for the driver as a whole, whatever the algorithm and the key.
_GLOBAL = frozenset(("init", "get_entropy", "init_random", "add_entropy", "get_random", "get_builtin_key"))
_C_EXPRESSION = re.compile(r"[A-Za-z0-9_()+\-*/%<>|&~^?:!=, ]+")
_MAX_LOCATION = 0xFFFFFF
# PSA_DRIVER_MAX_ENTROPY_SOURCES of modules/psa/include/psa_driver_tables.h.
_MAX_ENTROPY_SOURCES = 8
_NAMED_LOCATIONS = {
    "PSA_KEY_LOCATION_LOCAL_STORAGE": 0,
    "PSA_KEY_LOCATION_PRIMARY_SECURE_ELEMENT": 1,
    "PSA_KEY_LOCATION_VENDOR_FLAG": 0x800000,
}

_Pattern = TypeVar("_Pattern", AlgPattern, TypePattern)


class _Checker:
    """Checks one description; faults are collected, so that one run names all of them."""

    def __init__(self, raw: RawDriver) -> None:
        self.raw = raw
        self.data = raw.data
        self.prefix: str = raw.data["prefix"]
        self.kind = Kind.TRANSPARENT if raw.data["type"] == "transparent" else Kind.OPAQUE
        self.faults: list[Fault] = []

    def fault(self, path: Iterable[PathItem], problem: str, expected: str) -> None:
        self.faults.append(Fault(self.raw.file, (*self.raw.root, *path), problem, expected))

    def driver(self) -> Driver:
        self._check_name(("prefix",), self.prefix)
        if self.prefix.lower() in ("psa", "mbedtls") or self.prefix.startswith("psa_"):
            self.fault(
                ("prefix",),
                f'the prefix "{self.prefix}" belongs to the PSA core',
                "expected a prefix of the driver's own, such as the folder's name",
            )
        self._check_kind()
        capabilities = tuple(self._capability(index, item) for index, item in enumerate(self.data["capabilities"]))
        self._check_conflicts(capabilities)
        self._check_whole(capabilities)
        context = self.data.get("key_context")
        if context is not None:
            self._check_key_context(context)
        return Driver(
            name=self.raw.name,
            prefix=self.prefix,
            kind=self.kind,
            headers=tuple(self.data.get("headers", [])),
            capabilities=capabilities,
            key_context=context,
            location=self._location() if self.kind is Kind.OPAQUE else "",
            persistent_state_size=self._size(("persistent_state_size",), self.data),
            h_condition=self.data.get("mbedtls/h_condition", ""),
            c_condition=self.data.get("mbedtls/c_condition", ""),
            file=self.raw.file,
            root=self.raw.root,
            folder=self.raw.folder,
            raw=self.data,
        )

    def _check_name(self, path: Iterable[PathItem], name: str) -> None:
        if name in _C_KEYWORDS:
            self.fault(path, f'"{name}" is a keyword of C', "expected another identifier")

    def _check_kind(self) -> None:
        if self.kind is Kind.TRANSPARENT:
            for name in _OPAQUE_ONLY:
                if name in self.data:
                    self.fault((name,), "is for opaque drivers only", 'remove it, or use "type": "opaque"')
        elif "key_context" not in self.data:
            self.fault(
                ("key_context",),
                "is missing, an opaque driver must say how large its key contexts are",
                'add for example "key_context": {"base_size": "sizeof(' + self.prefix + '_key_t)"}',
            )

    # C expressions, sizes, location

    def _c_expression(self, path: Iterable[PathItem], text: str, what: str) -> bool:
        problem = ""
        if not _C_EXPRESSION.fullmatch(text):
            problem = "has characters that a constant expression cannot have"
        elif text.count("(") != text.count(")"):
            problem = "has unbalanced parentheses"
        elif not text.strip():
            problem = "is empty"
        if problem:
            self.fault(path, f'"{text}" {problem}', f"expected an integer or a C constant expression: {what}")
        return not problem

    def _size(self, path: tuple[str, ...], owner: dict[str, Any]) -> str:
        value = owner.get(path[-1], 0)
        if isinstance(value, int):
            return str(value)
        if self._c_expression(path, value, "a number of bytes"):
            return str(value)
        return "0"

    def _location(self) -> str:
        value = self.data.get("location")
        if value is None:
            return f"{vendor_location(self.prefix):#08x}"
        path = ("location",)
        number = location_number(value)
        if number is not None:
            if number == 0:
                self.fault(
                    path,
                    f"{value} is reserved for keys in local storage",
                    f"expected a location from 1 to {_MAX_LOCATION:#x}, vendors from 0x800000",
                )
            elif not 0 < number <= _MAX_LOCATION:
                self.fault(
                    path,
                    f"{value} does not fit into the 24 bits of a location",
                    f"expected a location from 1 to {_MAX_LOCATION:#x}",
                )
            return f"{number:#08x}"
        text = str(value)
        if self._c_expression(path, text, "a psa_key_location_t"):
            if re.fullmatch(r"[0-9A-Fa-f]+", text):
                self.fault(path, f'"{text}" is neither a number nor a macro name', f'expected "0x{text}"?')
            elif not self.data.get("headers") and not text.startswith("PSA_KEY_LOCATION_"):
                self.fault(
                    path,
                    f'nothing defines "{text}"',
                    'list the header that does under "headers", or give a number',
                )
        return f"((psa_key_location_t) ({text}))"

    def _check_key_context(self, context: dict[str, Any]) -> None:
        if self.kind is not Kind.OPAQUE:
            return
        names = [name for name in context if "/" not in name and name != "_comment"]
        if not any(context[name] not in (0, False) for name in names):
            self.fault(
                ("key_context",),
                "describes key contexts of 0 bytes",
                "give base_size, symmetric_factor, size_function or another size",
            )
        for name in names:
            path = ("key_context", name)
            if name == "size_function":
                self._check_name(path, context[name])
            elif isinstance(context[name], str):
                self._c_expression(path, context[name], "a number of bytes")

    # Capabilities

    def _capability(self, index: int, item: dict[str, Any]) -> Capability:
        here: tuple[PathItem, ...] = ("capabilities", index)
        names: list[str] = item["entry_points"]
        known = [
            name
            for position, name in enumerate(names)
            if self._check_entry_point((*here, "entry_points", position), name)
        ]
        functions, complete = expand(known)
        self._check_families(here, functions, known)
        if self.kind is Kind.OPAQUE and "fallback" in item:
            self.fault(
                (*here, "fallback"),
                "opaque drivers have no fallback, nothing else can use their keys",
                "remove it",
            )
        self._check_names(here, item.get("names", {}), functions)
        algorithms = self._patterns((*here, "algorithms"), item, "algorithms", algorithm)
        if algorithms is not None:
            algorithms = tuple(pattern.key_agreement_base() for pattern in algorithms)
        types = self._patterns((*here, "key_types"), item, "key_types", key_type)
        derived = self._patterns((*here, "derived_types"), item, "derived_types", key_type)
        self._check_selectors(here, item, functions, algorithms, types)
        self._check_special(here, item, functions, derived)
        self._check_sizes(here, "key_sizes", item, types)
        self._check_sizes(here, "derived_sizes", item, derived)
        is_derive = "derive_key" in functions
        sizes = item.get("derived_sizes" if is_derive else "key_sizes")
        return Capability(
            index=index,
            entry_points=functions,
            families=complete,
            algorithms=algorithms,
            key_types=derived if is_derive else types,
            key_sizes=tuple(sizes) if sizes is not None else None,
            fallback=bool(item.get("fallback", False)),
            names=dict(item.get("names", {})),
            condition=item.get("mbedtls/c_condition", ""),
            raw=item,
        )

    def _check_entry_point(self, path: Iterable[PathItem], name: str) -> bool:
        target = FAMILIES.get(name) or ENTRY_POINTS.get(name)
        if target is None:
            known = sorted([*ENTRY_POINTS, *FAMILIES])
            close = difflib.get_close_matches(name, known, 3, 0.6)
            hint = (
                "did you mean " + " or ".join(close) + "?"
                if close
                else "entry points are listed in docs/driver-guide.md"
            )
            self.fault(path, f'"{name}" is not an entry point of the PSA driver interface', hint)
            return False
        if self.kind not in target.kind:
            only = "transparent" if target.kind is Kind.TRANSPARENT else "opaque"
            self.fault(
                path,
                f'"{name}" is for {only} drivers only',
                f'remove it, or describe a driver of "type": "{only}"',
            )
            return False
        return True

    def _check_families(self, here: tuple[PathItem, ...], functions: frozenset[str], named: Sequence[str]) -> None:
        for function in sorted(functions):
            homes = [
                family for family in FAMILIES.values() if function in family.members or function in family.optional
            ]
            if not homes or any(functions.issuperset(home.members) for home in homes):
                continue
            best = max(homes, key=lambda home: (len(functions & set(home.members)), home.name))
            missing = [name for name in best.members if name not in functions]
            self.fault(
                (*here, "entry_points"),
                f'"{function}" needs the whole family, {", ".join(missing)} '
                f"{'is' if len(missing) == 1 else 'are'} missing",
                f'list "{best.name}"',
            )
            return
        pair = ("allocate_key", "destroy_key")
        for one, other in (pair, pair[::-1]):
            if one in functions and other not in functions:
                elsewhere = any(other in item["entry_points"] for item in self.data["capabilities"])
                if not elsewhere:
                    self.fault(
                        (*here, "entry_points"),
                        f'"{one}" without "{other}"',
                        "a secure element that stores keys implements both",
                    )

    def _check_names(self, here: tuple[PathItem, ...], names: dict[str, str], functions: frozenset[str]) -> None:
        for name, target in names.items():
            path = (*here, "names", name)
            if name in FAMILIES:
                self.fault(
                    path,
                    "is a family and no function",
                    "name its functions: " + ", ".join(FAMILIES[name].members),
                )
            elif name not in functions and name not in TYPE_NAMES:
                self.fault(
                    path,
                    "is not an entry point of this capability",
                    "expected one of " + ", ".join(sorted(functions)),
                )
            self._check_name(path, target)

    def _patterns(
        self,
        path: tuple[PathItem, ...],
        item: dict[str, Any],
        name: str,
        parse: Callable[[str], _Pattern],
    ) -> tuple[_Pattern, ...] | None:
        if name not in item:
            return None
        patterns: list[_Pattern] = []
        for index, text in enumerate(item[name]):
            try:
                patterns.append(parse(text))
            except ExpressionError as error:
                self.fault((*path, index), error.problem, error.expected)
        return tuple(patterns)

    def _check_selectors(
        self,
        here: tuple[PathItem, ...],
        item: dict[str, Any],
        functions: frozenset[str],
        algorithms: tuple[AlgPattern, ...] | None,
        types: tuple[TypePattern, ...] | None,
    ) -> None:
        special = sorted(functions & (_GLOBAL | {"derive_key"}))
        if special:
            for name in _SELECTORS:
                if name in item:
                    self.fault(
                        (*here, name),
                        f'"{special[0]}" is not tied to algorithms or keys',
                        "remove it, or declare the other entry points in a capability of their own",
                    )
            return
        entries = [ENTRY_POINTS[name] for name in functions]
        if entries and not any(entry.keyed for entry in entries):
            for name in ("key_types", "key_sizes"):
                if name in item and not any(entry.family == "key_derivation" for entry in entries):
                    self.fault((*here, name), "no key is involved here", "remove it")
        if entries and all(entry.categories for entry in entries):
            for index, pattern in enumerate(algorithms or ()):
                if not any(suits(entry, pattern) for entry in entries):
                    wanted = sorted({item for entry in entries for item in entry.categories})
                    self.fault(
                        (*here, "algorithms", index),
                        f'"{pattern.text}" is a {pattern.category} algorithm, '
                        "no entry point here is ever called with it",
                        f"expected a {' or '.join(wanted)} algorithm",
                    )
        management = {"import_key", "generate_key", "export_public_key"}
        if self.kind is Kind.TRANSPARENT and functions and functions <= management:
            for index, type_pattern in enumerate(types or ()):
                if not type_pattern.asymmetric:
                    self.fault(
                        (*here, "key_types", index),
                        f'"{type_pattern.text}" is symmetric, transparent drivers manage asymmetric keys only',
                        "expected a key pair or public key type",
                    )

    def _check_special(
        self,
        here: tuple[PathItem, ...],
        item: dict[str, Any],
        functions: frozenset[str],
        derived: tuple[TypePattern, ...] | None,
    ) -> None:
        if "derive_key" in functions:
            if functions != {"derive_key"}:
                self.fault(
                    (*here, "entry_points"),
                    '"derive_key" shares a capability with other entry points',
                    'expected exactly ["derive_key"]',
                )
            if derived is None:
                self.fault(
                    (*here, "derived_types"),
                    'is missing, "derive_key" needs it',
                    "list the key types that the driver derives",
                )
        owners = (
            (_DERIVE_ONLY, "derive_key"),
            (_RANDOM_ONLY, "get_random"),
            (_ENTROPY_ONLY, "get_entropy"),
            (("micropsa/key_agreement_order",), "key_agreement"),
        )
        for names, owner in owners:
            for name in names:
                if name in item and owner not in functions and name != "micropsa/sample_bits":
                    self.fault((*here, name), f'belongs to "{owner}"', "remove it")
        if "get_random" in functions:
            size = item.get("initial_entropy_size")
            if size is None:
                self.fault(
                    (*here, "initial_entropy_size"),
                    'is missing, "get_random" needs it',
                    "give the bytes of entropy that the generator must be fed first, or 0",
                )
            if "fallback" in item:
                self.fault(
                    (*here, "fallback"),
                    "a board with a random generator of its own has no built-in one to fall back on",
                    "remove it",
                )
            if size is not None and size > 0 and "add_entropy" not in functions:
                self.fault(
                    (*here, "entry_points"),
                    '"add_entropy" is missing although initial_entropy_size is not 0',
                    'add it beside "get_random"',
                )
        if "get_entropy" in functions:
            bits = item.get("micropsa/sample_bits", 8)
            if item.get("micropsa/min_entropy_millibits", 0) > bits * 1000:
                self.fault(
                    (*here, "micropsa/min_entropy_millibits"),
                    f"claims more entropy than a sample of {bits} bits can hold",
                    f"expected {bits * 1000} or less",
                )

    def _check_sizes(
        self,
        here: tuple[PathItem, ...],
        name: str,
        item: dict[str, Any],
        types: tuple[TypePattern, ...] | None,
    ) -> None:
        if not types or any(pattern.sizes is None for pattern in types):
            return
        accepted = sorted({size for pattern in types for size in pattern.sizes or ()})
        for index, size in enumerate(item.get(name, [])):
            if size not in accepted:
                kinds = ", ".join(pattern.text for pattern in types)
                self.fault(
                    (*here, name, index),
                    f"{kinds} has no keys of {size} bits",
                    "expected one of " + ", ".join(str(value) for value in accepted),
                )

    def _check_conflicts(self, capabilities: Sequence[Capability]) -> None:
        for position, two in enumerate(capabilities):
            for one in capabilities[:position]:
                for name in sorted(one.entry_points & two.entry_points):
                    if not overlap(ENTRY_POINTS[name], one, two):
                        continue
                    here = ("capabilities", two.index)
                    first = one.names.get(name, f"{self.prefix}_{name}")
                    second = two.names.get(name, f"{self.prefix}_{name}")
                    if first != second:
                        self.fault(
                            here,
                            f'conflicts with capabilities[{one.index}]: "{name}" is both '
                            f"{first} and {second} for the same algorithm and key",
                            "make the two capabilities disjoint or name one function",
                        )
                        break
                    if one.fallback != two.fallback:
                        self.fault(
                            (*here, "fallback"),
                            f'conflicts with capabilities[{one.index}]: "{name}" has fallback in one of them only',
                            "make the two capabilities disjoint or their fallback equal",
                        )
                        break

    def _check_whole(self, capabilities: Sequence[Capability]) -> None:
        types = [
            name
            for capability in capabilities
            for family in capability.families
            for name in [capability.names.get(FAMILIES[family].context, f"{self.prefix}_{FAMILIES[family].context}")]
        ]
        if types and not self.data.get("headers"):
            self.fault(
                ("headers",),
                f"is missing, nothing defines the type {types[0]}",
                "list the header that does",
            )
        for name in sorted(_GLOBAL - {"get_builtin_key"}):
            owners = [item for item in capabilities if name in item.entry_points]
            if len(owners) > 1:
                self.fault(
                    ("capabilities", owners[1].index, "entry_points"),
                    f'"{name}" is declared twice',
                    "declare it once per driver",
                )


def location_number(value: int | str) -> int | None:
    """Value of a location that is a number or a macro of the PSA headers, None otherwise."""
    if isinstance(value, int):
        return value
    if value in _NAMED_LOCATIONS:
        return _NAMED_LOCATIONS[value]
    try:
        return int(value, 0)
    except ValueError:
        return None


def _check_list(drivers: Sequence[Driver]) -> list[Fault]:
    """What only shows when all drivers of a board are seen together."""
    faults: list[Fault] = []
    tags: dict[str, Driver] = {}
    locations: dict[str, Driver] = {}
    random: list[Driver] = []
    for driver in drivers:
        if driver.tag in tags:
            faults.append(
                Fault(
                    driver.file,
                    (*driver.root, "prefix"),
                    f'"{driver.prefix}" is the prefix of {tags[driver.tag].file} too',
                    "expected a prefix of its own for each driver of one type",
                )
            )
        tags[driver.tag] = driver
        if driver.location:
            other = locations.setdefault(driver.location, driver)
            if other is not driver:
                shown = driver.raw.get("location", driver.location)
                faults.append(
                    Fault(
                        driver.file,
                        (*driver.root, "location"),
                        f"{shown} is the location of {other.file} too",
                        "expected a location of its own for each opaque driver",
                    )
                )
        if driver.has("get_random"):
            random.append(driver)
    sources = [driver for driver in drivers if driver.has("get_entropy")]
    for driver in sources[_MAX_ENTROPY_SOURCES:]:
        faults.append(
            Fault(
                driver.file,
                (*driver.root, "capabilities"),
                f"is the entropy source number {sources.index(driver) + 1} of the board",
                f"a board has {_MAX_ENTROPY_SOURCES} at most (PSA_DRIVER_MAX_ENTROPY_SOURCES)",
            )
        )
    if random and sources and not random[0].has("add_entropy"):
        faults.append(
            Fault(
                random[0].file,
                (*random[0].root, "capabilities"),
                f'"get_random" without "add_entropy" cannot use the entropy of {sources[0].file}',
                'add "add_entropy", or leave that entropy source out of the board',
            )
        )
    for driver in random[1:]:
        faults.append(
            Fault(
                driver.file,
                (*driver.root, "capabilities"),
                f'"get_random" is declared by {random[0].file} too',
                "a board has one random generator",
            )
        )
    return faults


def check(raw_drivers: Sequence[RawDriver]) -> list[Driver]:
    """Checks a driver list; raises DescriptionError with every fault that it has."""
    drivers: list[Driver] = []
    faults: list[Fault] = []
    for raw in raw_drivers:
        checker = _Checker(raw)
        drivers.append(checker.driver())
        faults.extend(checker.faults)
    faults.extend(_check_list(drivers))
    if faults:
        raise DescriptionError(faults)
    return drivers
