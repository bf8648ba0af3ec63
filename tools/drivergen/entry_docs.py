# SPDX-License-Identifier: MIT
"""What each entry point is for: the text of new drivers' comments and of the table in docs/driver-guide.md.

Sources: "Driver entry points" of the PSA driver interface specification; for the multi-part families
that it leaves open, the behaviour of Mbed TLS 3.6's core.
"""

from __future__ import annotations

from dataclasses import dataclass

from .entry_points import ENTRY_POINTS

_SETUP = "INVALID_ARGUMENT (key or algorithm), NOT_SUPPORTED (with fallback: the next driver is asked)"
_STEP = "any error; the core then calls the abort function and nothing else"
_FINISH = "any error; nothing is called on the context after a failed finish"
_OUTPUT = "BUFFER_TOO_SMALL, INVALID_ARGUMENT"


@dataclass(frozen=True)
class EntryDoc:
    """called: by which function of the API; does: what the driver must do; returns: besides success."""

    called: str
    does: str
    returns: str


DOCS = {
    "init": EntryDoc(
        "psa_crypto_init(), before key slots and random generator exist",
        "Prepares the device. Must not ask for random numbers.",
        "any error; psa_crypto_init() fails with it",
    ),
    "get_entropy": EntryDoc(
        "the entropy collector, for every driver that has it",
        "Fills output with raw noise and says how many bits of entropy are in it, at least 1.",
        "INSUFFICIENT_ENTROPY (with NONBLOCK only), NOT_SUPPORTED (a flag), HARDWARE_FAILURE",
    ),
    "hash_compute": EntryDoc(
        "psa_hash_compute(), psa_hash_compare()", "Hashes input in one call.", f"{_OUTPUT}, NOT_SUPPORTED"
    ),
    "hash_setup": EntryDoc(
        "psa_hash_setup()",
        "Starts a hash in a zeroed context without pointers: the core copies it byte by byte to clone it.",
        _SETUP,
    ),
    "hash_update": EntryDoc("psa_hash_update()", "Adds input, of any length, to the hash.", _STEP),
    "hash_finish": EntryDoc("psa_hash_finish(), psa_hash_verify()", "Writes the hash.", "BUFFER_TOO_SMALL, any error"),
    "hash_abort": EntryDoc("every end of a hash operation, good or bad", "Frees what the context holds.", "none"),
    "mac_compute": EntryDoc(
        "psa_mac_compute(), psa_mac_verify() without mac_verify", "MAC of input in one call.", _OUTPUT
    ),
    "mac_verify": EntryDoc(
        "psa_mac_verify()",
        "Verifies a MAC without revealing the right one. Must compare in constant time.",
        "INVALID_SIGNATURE, NOT_SUPPORTED (mac_compute is used then)",
    ),
    "mac_sign_setup": EntryDoc(
        "psa_mac_sign_setup(); psa_mac_verify_setup() when there is no verify family",
        "Starts a MAC calculation in a zeroed context.",
        _SETUP,
    ),
    "mac_verify_setup": EntryDoc("psa_mac_verify_setup()", "Starts a MAC verification in a zeroed context.", _SETUP),
    "mac_update": EntryDoc("psa_mac_update()", "Adds input to the MAC.", _STEP),
    "mac_sign_finish": EntryDoc(
        "psa_mac_sign_finish()",
        "Writes the MAC, truncated to the length in alg; mac_size is at least that.",
        _FINISH,
    ),
    "mac_verify_finish": EntryDoc(
        "psa_mac_verify_finish()", "Compares the MAC in constant time.", f"INVALID_SIGNATURE; {_FINISH}"
    ),
    "mac_abort": EntryDoc("every other end of a MAC operation", "Frees what the context holds.", "none"),
    "cipher_encrypt": EntryDoc(
        "psa_cipher_encrypt()",
        "Encrypts in one call. The core chose the IV and writes it itself: output is the ciphertext alone.",
        _OUTPUT,
    ),
    "cipher_decrypt": EntryDoc(
        "psa_cipher_decrypt()", "Decrypts in one call. input begins with the IV.", f"{_OUTPUT}, INVALID_PADDING"
    ),
    "cipher_encrypt_setup": EntryDoc("psa_cipher_encrypt_setup()", "Starts an encryption in a zeroed context.", _SETUP),
    "cipher_decrypt_setup": EntryDoc("psa_cipher_decrypt_setup()", "Starts a decryption in a zeroed context.", _SETUP),
    "cipher_set_iv": EntryDoc(
        "psa_cipher_set_iv(), psa_cipher_generate_iv()", "Takes the IV, once, before any input.", _STEP
    ),
    "cipher_update": EntryDoc(
        "psa_cipher_update()",
        "Processes input and writes what is complete; output is large enough for PSA_CIPHER_UPDATE_OUTPUT_SIZE.",
        _STEP,
    ),
    "cipher_finish": EntryDoc(
        "psa_cipher_finish()", "Writes what is left; checks the padding.", f"INVALID_PADDING; {_FINISH}"
    ),
    "cipher_abort": EntryDoc("every other end of a cipher operation", "Frees what the context holds.", "none"),
    "aead_encrypt": EntryDoc("psa_aead_encrypt()", "Writes ciphertext and tag, one after the other.", _OUTPUT),
    "aead_decrypt": EntryDoc(
        "psa_aead_decrypt()",
        "Verifies the tag at the end of ciphertext, then writes plaintext; nothing is written when it is wrong.",
        f"INVALID_SIGNATURE, {_OUTPUT}",
    ),
    "aead_encrypt_setup": EntryDoc("psa_aead_encrypt_setup()", "Starts an encryption in a zeroed context.", _SETUP),
    "aead_decrypt_setup": EntryDoc("psa_aead_decrypt_setup()", "Starts a decryption in a zeroed context.", _SETUP),
    "aead_set_nonce": EntryDoc("psa_aead_set_nonce(), psa_aead_generate_nonce()", "Takes the nonce.", _STEP),
    "aead_set_lengths": EntryDoc("psa_aead_set_lengths()", "Learns the lengths in advance; CCM needs them.", _STEP),
    "aead_update_ad": EntryDoc("psa_aead_update_ad()", "Adds additional data.", _STEP),
    "aead_update": EntryDoc("psa_aead_update()", "Processes input and writes what is complete.", _STEP),
    "aead_finish": EntryDoc("psa_aead_finish()", "Writes what is left, and the tag.", _FINISH),
    "aead_verify": EntryDoc(
        "psa_aead_verify()",
        "Writes what is left and compares the tag in constant time.",
        f"INVALID_SIGNATURE; {_FINISH}",
    ),
    "aead_abort": EntryDoc("every other end of an AEAD operation", "Frees what the context holds.", "none"),
    "asymmetric_encrypt": EntryDoc("psa_asymmetric_encrypt()", "Encrypts a short message.", _OUTPUT),
    "asymmetric_decrypt": EntryDoc(
        "psa_asymmetric_decrypt()",
        "Decrypts a short message; padding faults must not show in the timing.",
        f"INVALID_PADDING, {_OUTPUT}",
    ),
    "sign_hash": EntryDoc("psa_sign_hash(), psa_sign_message() without sign_message", "Signs a hash.", _OUTPUT),
    "verify_hash": EntryDoc(
        "psa_verify_hash(), psa_verify_message() without verify_message",
        "Verifies the signature of a hash, with a public key or a key pair.",
        "INVALID_SIGNATURE, INVALID_ARGUMENT",
    ),
    "sign_message": EntryDoc("psa_sign_message()", "Hashes and signs a message.", _OUTPUT),
    "verify_message": EntryDoc(
        "psa_verify_message()", "Hashes a message and verifies its signature.", "INVALID_SIGNATURE, INVALID_ARGUMENT"
    ),
    "key_agreement": EntryDoc(
        "psa_raw_key_agreement(), psa_key_derivation_key_agreement()",
        "Writes the shared secret; alg is the raw algorithm, never with a key derivation in it.",
        f"{_OUTPUT} (the peer's key is not valid)",
    ),
    "key_agreement_to_key": EntryDoc(
        "psa_key_derivation_key_agreement()",
        "Makes a volatile key of type DERIVE that holds the shared secret inside the secure element.",
        "INVALID_ARGUMENT, NOT_SUPPORTED (key_agreement is used then)",
    ),
    "key_derivation_setup": EntryDoc(
        "the first output of a key derivation, when all inputs are there",
        "Fetches its inputs with psa_crypto_driver_key_derivation_get_input_*() in a zeroed context.",
        _SETUP,
    ),
    "key_derivation_input_step": EntryDoc(
        "psa_key_derivation_input_bytes() for long inputs",
        "Takes a piece of an input that is not part of the initial ones.",
        _STEP,
    ),
    "key_derivation_set_capacity": EntryDoc(
        "psa_key_derivation_set_capacity()",
        "Learns the new capacity, never larger than the last; must enforce it for cooked keys.",
        _STEP,
    ),
    "key_derivation_output_bytes": EntryDoc(
        "psa_key_derivation_output_bytes() and every output without a function of its own",
        "Writes the next bytes of the key stream.",
        _STEP,
    ),
    "key_derivation_output_key": EntryDoc(
        "psa_key_derivation_output_key() into the same secure element",
        "Derives a key that never leaves the secure element.",
        "NOT_SUPPORTED (output_bytes and import_key are used then), INSUFFICIENT_DATA",
    ),
    "key_derivation_verify_bytes": EntryDoc(
        "psa_key_derivation_verify_bytes()",
        "Compares the next bytes of the key stream in constant time.",
        "INVALID_SIGNATURE",
    ),
    "key_derivation_verify_key": EntryDoc(
        "psa_key_derivation_verify_key()",
        "Compares the next bytes of the key stream with a key of the same secure element.",
        "INVALID_SIGNATURE",
    ),
    "key_derivation_abort": EntryDoc("psa_key_derivation_abort()", "Frees what the context holds.", "none"),
    "derive_key": EntryDoc(
        "psa_key_derivation_output_key() for ECC, DH, RSA and DES keys",
        "Cooks a key out of a piece of key stream; memory is zero at first and kept between calls.",
        "INSUFFICIENT_DATA (call again with more), NOT_SUPPORTED (first call, with fallback)",
    ),
    "pake_setup": EntryDoc(
        "the first psa_pake_input() or psa_pake_output()",
        "Fetches password, users and cipher suite with psa_crypto_driver_pake_get_*() in a zeroed context.",
        _SETUP,
    ),
    "pake_output": EntryDoc("psa_pake_output()", "Writes the message of a step.", _STEP),
    "pake_input": EntryDoc("psa_pake_input()", "Takes the peer's message of a step and verifies it.", _STEP),
    "pake_get_implicit_key": EntryDoc("psa_pake_get_implicit_key()", "Writes the shared secret.", _STEP),
    "pake_abort": EntryDoc("every end of a PAKE operation", "Frees what the context holds.", "none"),
    "import_key": EntryDoc(
        "psa_import_key(), key derivation and copies into a location",
        "Validates data, finds or checks *bits, and writes the key material or the key context.",
        "INVALID_ARGUMENT (not a valid key, or *bits is wrong), NOT_SUPPORTED",
    ),
    "generate_key": EntryDoc(
        "psa_generate_key()",
        "Makes a random key of type and size in attributes.",
        "INSUFFICIENT_ENTROPY, NOT_SUPPORTED",
    ),
    "export_public_key": EntryDoc(
        "psa_export_public_key() and wherever a public key is needed", "Writes the public half of a key pair.", _OUTPUT
    ),
    "export_key": EntryDoc(
        "psa_export_key(), copies to another location",
        "Writes the key material; the core checked the key's policy.",
        "NOT_PERMITTED (keys do not leave the device), BUFFER_TOO_SMALL",
    ),
    "copy_key": EntryDoc(
        "psa_copy_key() within the location", "Makes a second key context of the same key.", "NOT_SUPPORTED"
    ),
    "allocate_key": EntryDoc(
        "each creation of a key, before the function that creates it",
        "Chooses an identifier and writes it as the first key context. Must not change the device.",
        "INSUFFICIENT_STORAGE",
    ),
    "destroy_key": EntryDoc(
        "psa_destroy_key(), a creation that failed after allocate_key",
        "Destroys the key. A key that is not there (power failed before its creation) is a success.",
        "HARDWARE_FAILURE, COMMUNICATION_FAILURE",
    ),
    "get_builtin_key": EntryDoc(
        "any use of a built-in key",
        "Fills attributes and writes the key context of a slot.",
        "BUFFER_TOO_SMALL (attributes are filled nevertheless), DOES_NOT_EXIST",
    ),
    "init_random": EntryDoc("before the first use of the generator", "Prepares a zeroed context.", "any error"),
    "add_entropy": EntryDoc(
        "seeding and reseeding", "Mixes all of the full-entropy input into the state.", "any error"
    ),
    "get_random": EntryDoc(
        "psa_generate_random() and everything that needs random numbers",
        "Writes random bytes, fewer than asked for when entropy runs out.",
        "INSUFFICIENT_ENTROPY (add_entropy is called then), HARDWARE_FAILURE",
    ),
}

assert DOCS.keys() == ENTRY_POINTS.keys()
