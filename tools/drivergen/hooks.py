# SPDX-License-Identifier: MIT
"""The hooks that Mbed TLS 3.6's PSA core calls: parameters, built-in code, dynamic SE methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .dispatch import (
    PAKE,
    Branch,
    Names,
    has_key_predicate,
    key_predicate,
    setup,
    single,
    step,
)
from .entry_points import ENTRY_POINTS, FAMILIES, Param
from .model import Binding, Driver

_SLOT = "*(const psa_key_slot_number_t *)key_buffer"
_INVALID = "PSA_ERROR_INVALID_ARGUMENT"

OpaqueBranches = list[tuple[Driver, list[Branch]]]

# Multi-part operations of the dynamic secure element interface, and how psa_se_operations.h tells their directions.
_SE_KINDS = frozenset(("cipher", "mac"))
_SE_WAYS = {
    "cipher_encrypt_setup": "PSA_CRYPTO_DRIVER_ENCRYPT",
    "cipher_decrypt_setup": "PSA_CRYPTO_DRIVER_DECRYPT",
    "mac_sign_setup": "false",
    "mac_verify_setup": "true",
}


@dataclass(frozen=True)
class SingleHook:
    """A single-part hook on a key.

    se: (group, method, arguments) of the dynamic secure element interface, or ("", function of psa_se_operations.h,
    its arguments after the key);
    unknown: what a location without driver gets, "builtin" to go on to the built-in code.
    """

    name: str
    builtin: str
    guard: str
    unknown: str
    se: tuple[str, str, str] | None
    transparent: list[Branch] = field(default_factory=list)
    opaque: OpaqueBranches = field(default_factory=list)

    @property
    def results(self) -> list[tuple[str, str, str]]:
        """Outputs to wipe on failure."""
        return ENTRY_POINTS[self.name].results

    @property
    def _param_list(self) -> list[Param]:
        params = list(ENTRY_POINTS[self.name].params)
        if self.name in ("key_agreement", "key_agreement_to_key"):
            # The core passes the key first, the interface the algorithm.
            params = [*params[1:4], params[0], *params[4:]]
        return params

    @property
    def params(self) -> list[str]:
        return [param.declaration for param in self._param_list]

    @property
    def args(self) -> str:
        return ", ".join(param.name for param in self._param_list)

    def arguments(self, branch: Branch) -> str:
        """Arguments in the order that the driver's function has."""
        if self.name.startswith("key_agreement") and not branch.key_first:
            return ", ".join(param.name for param in ENTRY_POINTS[self.name].params)
        return self.args


def _single_table() -> list[SingleHook]:
    asymmetric = "alg, input, input_length, salt, salt_length, output, output_size, output_length"
    aead = "alg, nonce, nonce_length, additional_data, additional_data_length"
    ciphertext = "ciphertext, ciphertext_size, ciphertext_length"
    plaintext = "plaintext, plaintext_size, plaintext_length"
    cipher = "defined(MBEDTLS_PSA_BUILTIN_CIPHER)"
    crypt = "input, input_length, output, output_size, output_length"
    return [
        SingleHook("sign_message", "psa_sign_message_builtin", "", "builtin", None),
        SingleHook("verify_message", "psa_verify_message_builtin", "", "builtin", None),
        SingleHook(
            "sign_hash",
            "psa_sign_hash_builtin",
            "",
            _INVALID,
            (
                "asymmetric",
                "p_sign",
                f"drv_context, {_SLOT}, alg, hash, hash_length, signature, signature_size, signature_length",
            ),
        ),
        SingleHook(
            "verify_hash",
            "psa_verify_hash_builtin",
            "",
            _INVALID,
            (
                "asymmetric",
                "p_verify",
                f"drv_context, {_SLOT}, alg, hash, hash_length, signature, signature_length",
            ),
        ),
        SingleHook(
            "cipher_encrypt",
            "mbedtls_psa_cipher_encrypt",
            cipher,
            _INVALID,
            ("", "micropsa_se_cipher_crypt", f"alg, PSA_CRYPTO_DRIVER_ENCRYPT, iv, iv_length, {crypt}"),
        ),
        SingleHook(
            "cipher_decrypt",
            "mbedtls_psa_cipher_decrypt",
            cipher,
            _INVALID,
            ("", "micropsa_se_cipher_crypt", f"alg, PSA_CRYPTO_DRIVER_DECRYPT, NULL, 0, {crypt}"),
        ),
        SingleHook(
            "aead_encrypt",
            "mbedtls_psa_aead_encrypt",
            "",
            _INVALID,
            (
                "aead",
                "p_encrypt",
                f"drv_context, {_SLOT}, {aead}, plaintext, plaintext_length, {ciphertext}",
            ),
        ),
        SingleHook(
            "aead_decrypt",
            "mbedtls_psa_aead_decrypt",
            "",
            _INVALID,
            (
                "aead",
                "p_decrypt",
                f"drv_context, {_SLOT}, {aead}, ciphertext, ciphertext_length, {plaintext}",
            ),
        ),
        SingleHook(
            "mac_compute",
            "mbedtls_psa_mac_compute",
            "defined(MBEDTLS_PSA_BUILTIN_MAC)",
            _INVALID,
            ("", "micropsa_se_mac_compute", "alg, input, input_length, mac, mac_size, mac_length"),
        ),
        SingleHook(
            "asymmetric_encrypt",
            "mbedtls_psa_asymmetric_encrypt",
            "",
            _INVALID,
            ("asymmetric", "p_encrypt", f"drv_context, {_SLOT}, {asymmetric}"),
        ),
        SingleHook(
            "asymmetric_decrypt",
            "mbedtls_psa_asymmetric_decrypt",
            "",
            _INVALID,
            ("asymmetric", "p_decrypt", f"drv_context, {_SLOT}, {asymmetric}"),
        ),
        SingleHook(
            "key_agreement",
            "psa_key_agreement_raw_builtin",
            "",
            "PSA_ERROR_NOT_SUPPORTED",
            None,
        ),
    ]


def more_single_hooks(drivers: Sequence[Driver], bindings: Sequence[Binding]) -> list[SingleHook]:
    """Single-part hooks that only a patched core calls."""
    verify = "alg, input, input_length, mac, mac_length"
    return _fill(
        [
            SingleHook("mac_verify", "", "", "", ("", "micropsa_se_mac_verify", verify)),
            SingleHook("key_agreement_to_key", "", "", "", None),
        ],
        drivers,
        bindings,
    )


def single_hooks(drivers: Sequence[Driver], bindings: Sequence[Binding]) -> list[SingleHook]:
    """Single-part hooks with their branches filled in."""
    return _fill(_single_table(), drivers, bindings)


def _fill(hooks: list[SingleHook], drivers: Sequence[Driver], bindings: Sequence[Binding]) -> list[SingleHook]:
    for hook in hooks:
        for driver in drivers:
            branches = single(driver, hook.name, bindings)
            if driver.transparent:
                hook.transparent.extend(branches)
            else:
                hook.opaque.append((driver, branches))
    return hooks


@dataclass(frozen=True)
class SetupHook:
    """A hook that starts a multi-part operation; context is where the driver's part lies."""

    name: str
    operation: str
    builtin: str
    guard: str
    context: str
    family: str
    keyed: bool = True
    id_first: bool = False
    attributes: str = "attributes"
    transparent: list[Branch] = field(default_factory=list)
    opaque: OpaqueBranches = field(default_factory=list)

    @property
    def params(self) -> list[str]:
        params = ENTRY_POINTS[self.name].params[1:]
        return [f"{self.operation} *operation", *(param.declaration for param in params)]

    @property
    def args(self) -> str:
        return ", ".join(param.name for param in ENTRY_POINTS[self.name].params[1:])

    @property
    def se_helper(self) -> str:
        """What starts it for a key in a dynamic secure element, "" when their interface has nothing for it."""
        kind = self.name.split("_")[0]
        return f"micropsa_se_{kind}_setup" if kind in _SE_KINDS else ""

    @property
    def se_arguments(self) -> str:
        return f"alg, {_SE_WAYS[self.name]}" if self.se_helper else ""


def setup_hooks(drivers: Sequence[Driver], bindings: Sequence[Binding]) -> list[SetupHook]:
    """Setup hooks with their branches filled in."""
    ctx = "operation->ctx"
    guard = "defined(MBEDTLS_PSA_BUILTIN_{})"
    hooks = [
        SetupHook(
            "hash_setup",
            "psa_hash_operation_t",
            "mbedtls_psa_hash_setup",
            guard.format("HASH"),
            ctx,
            "hash_multipart",
            keyed=False,
        )
    ]
    for name, family in (
        ("cipher_encrypt_setup", "cipher_encrypt_multipart"),
        ("cipher_decrypt_setup", "cipher_decrypt_multipart"),
        ("aead_encrypt_setup", "aead_encrypt_multipart"),
        ("aead_decrypt_setup", "aead_decrypt_multipart"),
        ("mac_sign_setup", "mac_multipart"),
        ("mac_verify_setup", "mac_verify_multipart"),
    ):
        kind = name.split("_")[0]
        is_aead = kind == "aead"
        hooks.append(
            SetupHook(
                name,
                f"psa_{kind}_operation_t",
                f"mbedtls_psa_{name}",
                guard.format(kind.upper()),
                ctx,
                family,
                id_first=is_aead,
            )
        )
    hooks.append(
        SetupHook(
            "pake_setup",
            "psa_pake_operation_t",
            "mbedtls_psa_pake_setup",
            guard.format("PAKE"),
            "operation->data.ctx",
            "pake",
            attributes="&inputs->attributes",
        )
    )
    for hook in hooks:
        names = PAKE if hook.family == "pake" else Names()
        for driver in drivers:
            branches = setup(driver, hook.family, bindings, names)
            if driver.transparent:
                hook.transparent.extend(branches)
            else:
                hook.opaque.append((driver, branches))
    return hooks


@dataclass(frozen=True)
class StepItem:
    """What one binding does in a step. It has the attributes of a branch that call() needs."""

    binding: Binding
    function: str
    emulate_verify: bool = False

    @property
    def condition(self) -> str:
        return self.binding.driver.condition(self.binding.capability)

    @property
    def state(self) -> str:
        driver = self.binding.driver
        return driver.prefix if driver.persistent_state_size != "0" else ""

    def arguments(self, name: str) -> str:
        """Arguments of a key derivation step; the operation is not always the first."""
        member = f"&operation->ctx.{self.binding.member}"
        params = ENTRY_POINTS[name].params
        return ", ".join(member if param.name == "operation" else param.name for param in params)


@dataclass(frozen=True)
class StepHook:
    """A hook that works on a started operation. final: a finish in the life-cycle's sense."""

    name: str
    operation: str
    guard: str
    context: str
    unknown: str
    bindings: list[StepItem]
    final: bool
    abort: bool
    builtin_text: str

    @property
    def results(self) -> list[tuple[str, str, str]]:
        """Outputs to wipe on failure."""
        return ENTRY_POINTS[self.name].results

    @property
    def se(self) -> str:
        """The call for an operation of a dynamic secure element, "" when there are none."""
        if self.name.split("_")[0] not in _SE_KINDS:
            return ""
        if self.abort:
            return f"micropsa_se_abort(&{self.context}.se)"
        reference = "&" if self.final else ""
        return f"micropsa_se_{self.name}({', '.join([f'{reference}{self.context}.se', *self.arg_list])})"

    @property
    def can_die(self) -> bool:
        return self.name not in ("hash_abort", "pake_abort")

    @property
    def builtin(self) -> str:
        return f"mbedtls_psa_{self.name}"

    @property
    def params(self) -> list[str]:
        params = ENTRY_POINTS[self.name].params[1:]
        return [f"{self.operation} *operation", *(param.declaration for param in params)]

    @property
    def arg_list(self) -> list[str]:
        return [param.name for param in ENTRY_POINTS[self.name].params[1:]]


_STEPS = {
    "hash": ("hash_update", "hash_finish", "hash_abort"),
    "cipher": ("cipher_set_iv", "cipher_update", "cipher_finish", "cipher_abort"),
    "aead": (
        "aead_set_nonce",
        "aead_set_lengths",
        "aead_update_ad",
        "aead_update",
        "aead_finish",
        "aead_verify",
        "aead_abort",
    ),
    "mac": ("mac_update", "mac_sign_finish", "mac_verify_finish", "mac_abort"),
    "pake": ("pake_output", "pake_input", "pake_get_implicit_key", "pake_abort"),
}
_FINAL = frozenset(("mac_sign_finish", "mac_verify_finish", "cipher_finish", "aead_finish", "aead_verify"))

# Mbed TLS's built-in AEAD has no verify: finish, then compare the tags in constant time.
_AEAD_VERIFY = """{
    uint8_t check_tag[PSA_AEAD_TAG_MAX_SIZE];
    size_t check_tag_length = 0;
    status = mbedtls_psa_aead_finish(&operation->ctx.mbedtls_ctx, plaintext, plaintext_size,
        plaintext_length, check_tag, sizeof(check_tag), &check_tag_length);
    if (status == PSA_SUCCESS &&
        (tag_length != check_tag_length || mbedtls_ct_memcmp(tag, check_tag, tag_length) != 0)) {
        status = PSA_ERROR_INVALID_SIGNATURE;
    }
    mbedtls_platform_zeroize(check_tag, sizeof(check_tag));
    return status;
}"""


def step_hooks(bindings: Sequence[Binding]) -> list[StepHook]:
    """Step hooks of all multi-part operations."""
    hooks = []
    for kind, names in _STEPS.items():
        for name in names:
            items = [StepItem(binding, binding.function(name)) for binding in step(bindings, name)]
            if name == "mac_verify_finish":
                items += [
                    StepItem(binding, binding.function("mac_sign_finish"), True)
                    for binding in bindings
                    if binding.family.name == "mac_multipart"
                ]
            hooks.append(
                StepHook(
                    name,
                    f"psa_{kind}_operation_t",
                    f"defined(MBEDTLS_PSA_BUILTIN_{kind.upper()})",
                    "operation->data.ctx" if kind == "pake" else "operation->ctx",
                    "PSA_ERROR_BAD_STATE" if kind == "hash" else _INVALID,
                    items,
                    name in _FINAL,
                    name.endswith("_abort"),
                    _AEAD_VERIFY if name == "aead_verify" else "",
                )
            )
    return hooks


@dataclass(frozen=True)
class KeyHook:
    """A key management hook: branches and arguments; its template has the rest."""

    args: str
    transparent: list[Branch]
    opaque: OpaqueBranches


def key_hook(name: str, drivers: Sequence[Driver], bindings: Sequence[Binding], names: Names | None = None) -> KeyHook:
    """A key management hook of an entry point."""
    transparent: list[Branch] = []
    opaque: OpaqueBranches = []
    for driver in drivers:
        branches = single(driver, name, bindings, names)
        if driver.transparent:
            transparent.extend(branches)
        else:
            opaque.append((driver, branches))
    args = ", ".join(param.name for param in ENTRY_POINTS[name].params)
    return KeyHook(args, transparent, opaque)


@dataclass(frozen=True)
class KdfStep:
    """A step of a key derivation that a driver carries. located: the key's location must be its own."""

    name: str
    params: list[Param]
    items: list[StepItem]
    located: bool


def kdf_steps(bindings: Sequence[Binding]) -> list[KdfStep]:
    """Steps of key derivation drivers, without setup and abort."""
    steps = []
    for name in FAMILIES["key_derivation"].members + FAMILIES["key_derivation"].optional:
        if name in ("key_derivation_setup", "key_derivation_abort"):
            continue
        params = list(ENTRY_POINTS[name].params)
        located = name in ("key_derivation_output_key", "key_derivation_verify_key")
        if name == "key_derivation_verify_key":
            params.insert(0, Param("const psa_key_attributes_t *attributes"))
        items = [StepItem(binding, binding.function(name)) for binding in step(bindings, name)]
        steps.append(KdfStep(name, params, items, located))
    return steps


def kdf_setup(drivers: Sequence[Driver], bindings: Sequence[Binding]) -> KeyHook:
    """Who may carry a key derivation: by the location of the secret."""
    transparent: list[Branch] = []
    opaque: OpaqueBranches = []
    for driver in drivers:
        branches = setup(driver, "key_derivation", bindings)
        if driver.transparent:
            transparent.extend(branches)
        else:
            opaque.append((driver, branches))
    return KeyHook("", transparent, opaque)


@dataclass(frozen=True)
class DeriveKey:
    """A driver's way to cook keys; memory: the C type that it keeps between calls, or ""."""

    branch: Branch
    memory: str


def derive_key_branches(drivers: Sequence[Driver]) -> list[DeriveKey]:
    """Transparent drivers with derive_key, in order."""
    rows = []
    for driver in drivers:
        for capability in driver.having("derive_key"):
            test = ""
            if has_key_predicate(capability):
                names = Names()
                test = f"{key_predicate(driver, capability)}({names.key_type}, {names.bits})"
            branch = Branch(
                driver,
                driver.condition(capability),
                test,
                driver.function(capability, "derive_key"),
                capability.fallback,
            )
            memory = ""
            if capability.raw.get("memory", False):
                memory = driver.function(capability, "derive_key_memory_t")
            rows.append(DeriveKey(branch, memory))
    return rows


def part_params(name: str) -> list[str]:
    """Parameters of a generated single-part helper: those of the entry point that it replaces."""
    return [param.declaration for param in ENTRY_POINTS[name].params]
