# SPDX-License-Identifier: MIT
"""Every entry point of the PSA driver interface: who may have it, its family, its C parameters.

Sources: "Driver entry points" and "Driver description syntax" of the PSA driver interface
specification; the multi-part families that it leaves open follow Mbed TLS's test drivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


class Kind(Flag):
    """Kinds of driver that may declare an entry point."""

    TRANSPARENT = auto()
    OPAQUE = auto()
    BOTH = TRANSPARENT | OPAQUE


@dataclass(frozen=True)
class Param:
    """A C parameter: its declaration, in which {ctx} and {memory} stand for driver types."""

    declaration: str

    @property
    def name(self) -> str:
        return self.declaration.rsplit(" ", 1)[-1].lstrip("*")


@dataclass(frozen=True)
class EntryPoint:
    """One function of a driver.

    categories: the algorithm categories that it works on, empty when no algorithm is involved;
    keyed: a key is involved, so key_types and key_sizes apply;
    family: the operation context type belongs to this family, "" for none.
    """

    name: str
    kind: Kind
    params: tuple[Param, ...]
    categories: tuple[str, ...] = ()
    keyed: bool = False
    family: str = ""
    returns: str = "psa_status_t"

    @property
    def outputs(self) -> list[tuple[str, str, str]]:
        """Output buffers: (buffer, size, length or "" where the buffer is always filled)."""
        found = []
        for index, param in enumerate(self.params):
            if not param.declaration.startswith("uint8_t *"):
                continue
            after = self.params[index + 2] if index + 2 < len(self.params) else None
            is_length = after is not None and after.declaration.startswith("size_t *")
            found.append((param.name, self.params[index + 1].name, after.name if after and is_length else ""))
        return found

    @property
    def results(self) -> list[tuple[str, str, str]]:
        """Outputs that go to the application. Key contexts do not: a rollback may still need them."""
        return [item for item in self.outputs if "key_buffer" not in item[0]]


@dataclass(frozen=True)
class Family:
    """A set of entry points that is declared as a whole.

    members: all must be there; optional: may be listed beside the family;
    context: the operation type's suffix; setup: the member that starts the operation.
    """

    name: str
    kind: Kind
    members: tuple[str, ...]
    context: str
    setup: str
    optional: tuple[str, ...] = ()


_KEY = "const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size"
_ALG = "psa_algorithm_t alg"
_OP = "{ctx} *operation"
_INPUT = "const uint8_t *input, size_t input_length"
_OUTPUT = "uint8_t *output, size_t output_size, size_t *output_length"
_CREATED = "uint8_t *key_buffer, size_t key_buffer_size, size_t *key_buffer_length"
_EXPORTED = "uint8_t *data, size_t data_size, size_t *data_length"
_SETUP = f"{_OP}, {_KEY}, {_ALG}"


def _params(text: str) -> tuple[Param, ...]:
    return tuple(Param(" ".join(item.split())) for item in text.split(",")) if text else ()


_SINGLE = {
    "mac_compute": (("mac",), "", "uint8_t *mac, size_t mac_size, size_t *mac_length"),
    "mac_verify": (("mac",), "", "const uint8_t *mac, size_t mac_length"),
    "cipher_encrypt": (("cipher",), "const uint8_t *iv, size_t iv_length", _OUTPUT),
    "cipher_decrypt": (("cipher",), "", _OUTPUT),
    "asymmetric_encrypt": (("asymmetric encryption",), "", "SALT"),
    "asymmetric_decrypt": (("asymmetric encryption",), "", "SALT"),
    "sign_message": (
        ("sign",),
        "",
        "uint8_t *signature, size_t signature_size, size_t *signature_length",
    ),
    "verify_message": (("sign",), "", "const uint8_t *signature, size_t signature_length"),
}


def _build() -> dict[str, EntryPoint]:
    table: dict[str, EntryPoint] = {}

    def add(
        name: str,
        kind: Kind,
        text: str,
        categories: tuple[str, ...] = (),
        keyed: bool = False,
        family: str = "",
    ) -> None:
        table[name] = EntryPoint(name, kind, _params(text), categories, keyed, family)

    add("init", Kind.BOTH, "")
    add(
        "get_entropy",
        Kind.BOTH,
        "psa_driver_get_entropy_flags_t flags, size_t *estimate_bits, uint8_t *output, size_t output_size",
    )
    digest = "uint8_t *hash, size_t hash_size, size_t *hash_length"
    add("hash_compute", Kind.TRANSPARENT, f"{_ALG}, {_INPUT}, {digest}", ("hash",))
    for name, text in {
        "hash_setup": f"{_OP}, {_ALG}",
        "hash_update": f"{_OP}, {_INPUT}",
        "hash_finish": f"{_OP}, {digest}",
        "hash_abort": _OP,
    }.items():
        add(name, Kind.TRANSPARENT, text, ("hash",), family="hash")

    for name, (categories, before, after) in _SINGLE.items():
        salt = "const uint8_t *salt, size_t salt_length, " + _OUTPUT
        middle = f"{before}, {_INPUT}" if before else _INPUT
        tail = salt if after == "SALT" else after
        add(name, Kind.BOTH, f"{_KEY}, {_ALG}, {middle}, {tail}", categories, True)
    hashed = "const uint8_t *hash, size_t hash_length"
    signature = "uint8_t *signature, size_t signature_size, size_t *signature_length"
    add("sign_hash", Kind.BOTH, f"{_KEY}, {_ALG}, {hashed}, {signature}", ("sign",), True)
    signature = "const uint8_t *signature, size_t signature_length"
    add("verify_hash", Kind.BOTH, f"{_KEY}, {_ALG}, {hashed}, {signature}", ("sign",), True)
    nonce = "const uint8_t *nonce, size_t nonce_length, const uint8_t *additional_data, size_t additional_data_length"
    add(
        "aead_encrypt",
        Kind.BOTH,
        f"{_KEY}, {_ALG}, {nonce}, const uint8_t *plaintext, size_t plaintext_length, "
        "uint8_t *ciphertext, size_t ciphertext_size, size_t *ciphertext_length",
        ("aead",),
        True,
    )
    add(
        "aead_decrypt",
        Kind.BOTH,
        f"{_KEY}, {_ALG}, {nonce}, const uint8_t *ciphertext, size_t ciphertext_length, "
        "uint8_t *plaintext, size_t plaintext_size, size_t *plaintext_length",
        ("aead",),
        True,
    )

    mac = "uint8_t *mac, size_t mac_size, size_t *mac_length"
    for name, text in {
        "mac_sign_setup": _SETUP,
        "mac_verify_setup": _SETUP,
        "mac_update": f"{_OP}, {_INPUT}",
        "mac_sign_finish": f"{_OP}, {mac}",
        "mac_verify_finish": f"{_OP}, const uint8_t *mac, size_t mac_length",
        "mac_abort": _OP,
    }.items():
        add(name, Kind.BOTH, text, ("mac",), True, "mac")
    for name, text in {
        "cipher_encrypt_setup": _SETUP,
        "cipher_decrypt_setup": _SETUP,
        "cipher_set_iv": f"{_OP}, const uint8_t *iv, size_t iv_length",
        "cipher_update": f"{_OP}, {_INPUT}, {_OUTPUT}",
        "cipher_finish": f"{_OP}, {_OUTPUT}",
        "cipher_abort": _OP,
    }.items():
        add(name, Kind.BOTH, text, ("cipher",), True, "cipher")
    ciphertext = "uint8_t *ciphertext, size_t ciphertext_size, size_t *ciphertext_length"
    plaintext = "uint8_t *plaintext, size_t plaintext_size, size_t *plaintext_length"
    for name, text in {
        "aead_encrypt_setup": _SETUP,
        "aead_decrypt_setup": _SETUP,
        "aead_set_nonce": f"{_OP}, const uint8_t *nonce, size_t nonce_length",
        "aead_set_lengths": f"{_OP}, size_t ad_length, size_t plaintext_length",
        "aead_update_ad": f"{_OP}, {_INPUT}",
        "aead_update": f"{_OP}, {_INPUT}, {_OUTPUT}",
        "aead_finish": f"{_OP}, {ciphertext}, uint8_t *tag, size_t tag_size, size_t *tag_length",
        "aead_verify": f"{_OP}, {plaintext}, const uint8_t *tag, size_t tag_length",
        "aead_abort": _OP,
    }.items():
        add(name, Kind.BOTH, text, ("aead",), True, "aead")

    agreement = f"{_ALG}, {_KEY}, const uint8_t *peer_key, size_t peer_key_length"
    secret = "uint8_t *shared_secret, size_t shared_secret_size, size_t *shared_secret_length"
    add("key_agreement", Kind.BOTH, f"{agreement}, {secret}", ("key agreement",), True)
    add(
        "key_agreement_to_key",
        Kind.OPAQUE,
        f"{agreement}, const psa_key_attributes_t *shared_secret_attributes, "
        "uint8_t *shared_secret_key_buffer, size_t shared_secret_key_buffer_size, "
        "size_t *shared_secret_key_buffer_length",
        ("key agreement",),
        True,
    )
    for name, kind, text in (
        (
            "key_derivation_setup",
            Kind.BOTH,
            f"{_OP}, {_ALG}, const psa_crypto_driver_key_derivation_inputs_t *inputs",
        ),
        (
            "key_derivation_input_step",
            Kind.BOTH,
            f"{_OP}, psa_key_derivation_step_t step, {_INPUT}",
        ),
        ("key_derivation_set_capacity", Kind.OPAQUE, f"{_OP}, size_t capacity"),
        ("key_derivation_output_bytes", Kind.BOTH, f"{_OP}, uint8_t *output, size_t output_length"),
        (
            "key_derivation_output_key",
            Kind.OPAQUE,
            f"const psa_key_attributes_t *attributes, {_OP}, {_CREATED}",
        ),
        (
            "key_derivation_verify_bytes",
            Kind.OPAQUE,
            f"{_OP}, const uint8_t *expected, size_t expected_length",
        ),
        (
            "key_derivation_verify_key",
            Kind.OPAQUE,
            f"{_OP}, const uint8_t *key_buffer, size_t key_buffer_size",
        ),
        ("key_derivation_abort", Kind.BOTH, _OP),
    ):
        add(name, kind, text, ("key derivation",), family="key_derivation")
    add(
        "derive_key",
        Kind.TRANSPARENT,
        f"const psa_key_attributes_t *attributes, {_INPUT}, {{memory}} *memory, {_CREATED}",
    )
    for name, text in {
        "pake_setup": f"{_OP}, const psa_crypto_driver_pake_inputs_t *inputs",
        "pake_output": f"{_OP}, psa_crypto_driver_pake_step_t step, {_OUTPUT}",
        "pake_input": f"{_OP}, psa_crypto_driver_pake_step_t step, {_INPUT}",
        "pake_get_implicit_key": f"{_OP}, {_OUTPUT}",
        "pake_abort": _OP,
    }.items():
        add(name, Kind.BOTH, text, ("pake",), True, "pake")

    data = "const uint8_t *data, size_t data_length"
    attributes = "const psa_key_attributes_t *attributes"
    add(
        "import_key",
        Kind.BOTH,
        f"{attributes}, {data}, {_CREATED}, size_t *bits",
        keyed=True,
    )
    add("generate_key", Kind.BOTH, f"{attributes}, {_CREATED}", keyed=True)
    add("export_public_key", Kind.BOTH, f"{_KEY}, {_EXPORTED}", keyed=True)
    add("export_key", Kind.OPAQUE, f"{_KEY}, {_EXPORTED}", keyed=True)
    add(
        "copy_key",
        Kind.OPAQUE,
        "psa_key_attributes_t *attributes, const uint8_t *source_key, size_t source_key_length, "
        "uint8_t *target_key_buffer, size_t target_key_buffer_size, "
        "size_t *target_key_buffer_length",
        keyed=True,
    )
    add(
        "allocate_key",
        Kind.OPAQUE,
        f"{attributes}, uint8_t *key_buffer, size_t key_buffer_size",
        keyed=True,
    )
    add("destroy_key", Kind.OPAQUE, _KEY, keyed=True)
    add(
        "get_builtin_key",
        Kind.OPAQUE,
        f"psa_drv_slot_number_t slot_number, psa_key_attributes_t *attributes, {_CREATED}",
    )
    for name, text in {
        "init_random": "{ctx} *context",
        "add_entropy": "{ctx} *context, const uint8_t *entropy, size_t entropy_size",
        "get_random": f"{{ctx}} *context, {_OUTPUT}",
    }.items():
        add(name, Kind.TRANSPARENT, text, family="random")
    return table


ENTRY_POINTS = _build()


def _family(
    name: str,
    kind: Kind,
    members: str,
    context: str,
    optional: str = "",
) -> Family:
    names = tuple(members.split())
    return Family(name, kind, names, context, names[0], tuple(optional.split()))


_AEAD_STEPS = "aead_set_nonce aead_set_lengths aead_update_ad aead_update"
FAMILIES = {
    family.name: family
    for family in (
        _family(
            "hash_multipart",
            Kind.TRANSPARENT,
            "hash_setup hash_update hash_finish hash_abort",
            "hash_operation_t",
        ),
        _family(
            "mac_multipart",
            Kind.BOTH,
            "mac_sign_setup mac_update mac_sign_finish mac_abort",
            "mac_operation_t",
        ),
        _family(
            "mac_verify_multipart",
            Kind.BOTH,
            "mac_verify_setup mac_update mac_verify_finish mac_abort",
            "mac_operation_t",
        ),
        _family(
            "cipher_encrypt_multipart",
            Kind.BOTH,
            "cipher_encrypt_setup cipher_set_iv cipher_update cipher_finish cipher_abort",
            "cipher_operation_t",
        ),
        _family(
            "cipher_decrypt_multipart",
            Kind.BOTH,
            "cipher_decrypt_setup cipher_set_iv cipher_update cipher_finish cipher_abort",
            "cipher_operation_t",
        ),
        _family(
            "aead_encrypt_multipart",
            Kind.BOTH,
            f"aead_encrypt_setup {_AEAD_STEPS} aead_finish aead_abort",
            "aead_operation_t",
        ),
        _family(
            "aead_decrypt_multipart",
            Kind.BOTH,
            f"aead_decrypt_setup {_AEAD_STEPS} aead_verify aead_abort",
            "aead_operation_t",
        ),
        _family(
            "key_derivation",
            Kind.BOTH,
            "key_derivation_setup key_derivation_output_bytes key_derivation_abort",
            "key_derivation_operation_t",
            "key_derivation_input_step key_derivation_set_capacity key_derivation_output_key "
            "key_derivation_verify_bytes key_derivation_verify_key",
        ),
        _family(
            "pake",
            Kind.BOTH,
            "pake_setup pake_output pake_input pake_get_implicit_key pake_abort",
            "pake_operation_t",
        ),
        _family(
            "random",
            Kind.TRANSPARENT,
            "get_random",
            "random_context_t",
            "init_random add_entropy",
        ),
    )
}

# Entry points that start a multi-part operation, and the family that they belong to.
SETUP_FAMILY = {family.setup: family for family in FAMILIES.values()}

# Operation type suffix of each context: the names that "names" may map besides entry points.
TYPE_NAMES = {"derive_key_memory_t", *(family.context for family in FAMILIES.values())}
