# SPDX-License-Identifier: MIT
"""Who is asked, in which order, for each hook of the core: the branches that the templates print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .entry_points import ENTRY_POINTS, FAMILIES
from .model import Binding, Capability, Driver, find_binding

# A driver that has only the multi-part family still serves the single-part call.
SINGLE_FROM_FAMILY = {
    "hash_compute": "hash_multipart",
    "mac_compute": "mac_multipart",
    "mac_verify": "mac_verify_multipart",
    "cipher_encrypt": "cipher_encrypt_multipart",
    "cipher_decrypt": "cipher_decrypt_multipart",
    "aead_encrypt": "aead_encrypt_multipart",
    "aead_decrypt": "aead_decrypt_multipart",
}


@dataclass(frozen=True)
class Names:
    """C expressions for what a predicate needs, in the hook at hand."""

    alg: str = "alg"
    key_type: str = "psa_get_key_type(attributes)"
    bits: str = "psa_get_key_bits(attributes)"


IMPORT = Names(bits="psa_driver_import_bits(attributes, data_length)")
PAKE = Names(
    alg="inputs->cipher_suite.algorithm",
    key_type="psa_get_key_type(&inputs->attributes)",
    bits="psa_get_key_bits(&inputs->attributes)",
)


@dataclass(frozen=True)
class Branch:
    """One attempt of a hook.

    condition: preprocessor condition; test: C condition, both "" for none;
    function: what is called, parts: it is a generated helper over the multi-part functions;
    binding: for multi-part operations, which context and id.
    """

    driver: Driver
    condition: str
    test: str
    function: str
    fallback: bool
    binding: Binding | None = None
    parts: bool = False
    key_first: bool = False

    @property
    def state(self) -> str:
        """Name of the persistent state that the driver may ask for during the call, or ""."""
        return self.driver.prefix if self.driver.persistent_state_size != "0" else ""


def alg_predicate(driver: Driver, capability: Capability) -> str:
    """Name of the C predicate over the algorithm."""
    return f"psa_driver_{driver.tag}_cap{capability.index}_alg"


def key_predicate(driver: Driver, capability: Capability) -> str:
    """Name of the C predicate over key type and size."""
    return f"psa_driver_{driver.tag}_cap{capability.index}_key"


def has_key_predicate(capability: Capability) -> bool:
    """Whether a capability restricts keys at all."""
    return capability.key_types is not None or capability.key_sizes is not None


def test_of(driver: Driver, capability: Capability, entry_name: str, names: Names) -> str:
    """C condition under which a capability applies to a call, "" for always."""
    entry = ENTRY_POINTS[entry_name]
    parts = []
    if entry.categories and capability.algorithms is not None:
        parts.append(f"{alg_predicate(driver, capability)}({names.alg})")
    if entry.keyed and has_key_predicate(capability):
        parts.append(f"{key_predicate(driver, capability)}({names.key_type}, {names.bits})")
    return " && ".join(parts)


def parts_name(binding: Binding, single: str) -> str:
    """Name of the generated helper that makes a single-part call out of a family."""
    suffix = f"_{binding.number}" if binding.number else ""
    return f"psa_driver_{binding.driver.tag}_{single}_by_parts{suffix}"


def _term(test: str) -> str:
    """A test as one of several, in the parentheses that compilers ask for."""
    return f"({test})" if " && " in test and not test.startswith("(") else test


def _merge(branches: Sequence[Branch]) -> list[Branch]:
    """Joins neighbouring branches that only differ in their test, so that none is tried twice."""
    merged: list[Branch] = []
    for branch in branches:
        if merged:
            last = merged[-1]
            same = (last.function, last.condition, last.fallback, last.binding, last.parts)
            if same == (
                branch.function,
                branch.condition,
                branch.fallback,
                branch.binding,
                branch.parts,
            ):
                test = ""
                if last.test and branch.test:
                    terms = [_term(text) for text in (*last.test.split(" ||\n"), branch.test)]
                    test = " ||\n".join(dict.fromkeys(terms))
                merged[-1] = Branch(
                    last.driver,
                    last.condition,
                    test,
                    last.function,
                    last.fallback,
                    last.binding,
                    last.parts,
                    last.key_first,
                )
                continue
        merged.append(branch)
    return merged


def single(driver: Driver, entry_name: str, bindings: Sequence[Binding], names: Names | None = None) -> list[Branch]:
    """Branches of one driver for a single-part hook: its own entry point, else its family."""
    names = names or Names()
    branches = [
        Branch(
            driver,
            driver.condition(capability),
            test_of(driver, capability, entry_name, names),
            driver.function(capability, entry_name),
            capability.fallback,
            key_first=capability.raw.get("micropsa/key_agreement_order") == "key_first",
        )
        for capability in driver.having(entry_name)
    ]
    family = SINGLE_FROM_FAMILY.get(entry_name)
    if entry_name == "mac_verify" and driver.has("mac_compute"):
        # Without mac_verify the core computes the MAC with mac_compute and compares it.
        family = None
    if family is not None:
        for capability in driver.capabilities:
            if family not in capability.families or entry_name in capability.entry_points:
                continue
            binding = find_binding(bindings, driver, capability, family)
            branches.append(
                Branch(
                    driver,
                    driver.condition(capability),
                    test_of(driver, capability, FAMILIES[family].setup, names),
                    parts_name(binding, entry_name),
                    capability.fallback,
                    binding,
                    True,
                )
            )
    return _merge(branches)


def setup(
    driver: Driver,
    family: str,
    bindings: Sequence[Binding],
    names: Names | None = None,
) -> list[Branch]:
    """Branches of one driver for the hook that starts a multi-part operation."""
    names = names or Names()
    families = [family]
    if family == "mac_verify_multipart":
        # With the sign family only, the wrapper finishes the MAC and compares it itself.
        families.append("mac_multipart")
    branches = []
    for wanted in families:
        for capability in driver.capabilities:
            if wanted not in capability.families:
                continue
            if wanted != family and family in capability.families:
                continue
            binding = find_binding(bindings, driver, capability, wanted)
            start = FAMILIES[wanted].setup
            branches.append(
                Branch(
                    driver,
                    driver.condition(capability),
                    test_of(driver, capability, start, names),
                    binding.function(start),
                    capability.fallback,
                    binding,
                )
            )
    return _merge(branches)


def step(bindings: Iterable[Binding], name: str) -> list[Binding]:
    """Bindings whose family has a function of this name."""
    return [
        binding
        for binding in bindings
        if name in binding.family.members
        or (name in binding.family.optional and name in binding.capability.entry_points)
    ]


def needed_parts(drivers: Iterable[Driver], bindings: Sequence[Binding]) -> list[tuple[str, Binding]]:
    """The single-part helpers that the wrappers call: (entry point, binding)."""
    needed: list[tuple[str, Binding]] = []
    for driver in drivers:
        for entry_name in SINGLE_FROM_FAMILY:
            for branch in single(driver, entry_name, bindings):
                binding = branch.binding
                if branch.parts and binding and (entry_name, binding) not in needed:
                    needed.append((entry_name, binding))
    return needed
