# SPDX-License-Identifier: MIT
"""The PSA Crypto API in MicroPython: types of the module `psa`, for editors and type checkers.

Names are those of the C API without `psa_` and `PSA_`; parameters have their C names. Lengths are bytes, sizes of keys
are bits. Functions that return bytes also take `out=`, a writable buffer: they fill it, return the number of bytes and
allocate nothing. When a call fails its output buffer is overwritten with zeros. Input and output may overlap.

Keys are numbers. Their material stays in the PSA core; so do the states of operations, in an arena of their own.

Every call raises
    PSAError or its subclass named after the status, when the PSA core refuses;
    TypeError for an argument of the wrong type, and ValueError for a number out of range;
    BadState before crypto_init(), unless its description says otherwise;
    InsufficientMemory when the arena is full, MemoryError when Python's heap is.
What the descriptions list comes on top of that.
"""

from typing import Any, overload

# Star imports pass every name on, which is what a stub in parts is for.
# ruff: noqa: F403, F405
from _psa_types import *
from _psa_values import *

# Start.

def crypto_init() -> None:
    """Start the library and seed its random generator. Call it first; calling it again does nothing.

    Raises InsufficientEntropy or HardwareFailure when the entropy sources fail, and then nothing else works;
    DataCorrupt, DataInvalid or StorageFailure when the storage is damaged. C: psa_crypto_init()
    """

def capabilities() -> dict[str, Any]:
    """What this firmware was built with: `library`, `profile`, `arena_size` (bytes), and the names of `drivers`,
    `algorithms`, `key_types` and `curves`. Works before crypto_init(). No C function.
    """

def arena_info() -> ArenaInfo:
    """Use of the memory that keys and operations live in: `size`, `used`, `high_water` (bytes) and `blocks`.

    Works before crypto_init(). No C function.
    """

def can_do_hash(hash_alg: int) -> bool:
    """Whether the core is up to hash, any algorithm. What this firmware supports is in capabilities().

    C: psa_can_do_hash()
    """

def can_do_cipher(key_type: int, cipher_alg: int) -> bool:
    """Whether the core is up to encrypt, any algorithm. What this firmware supports is in capabilities().

    C: psa_can_do_cipher()
    """

# Random numbers.

@overload
def generate_random(output_size: int, *, out: None = None) -> bytes:
    """`output_size` random bytes, at most 268,435,455; with `out` alone, as many as it holds.

    Raises InsufficientEntropy, or BufferTooSmall when `out` is shorter than `output_size`.
    C: psa_generate_random()
    """

@overload
def generate_random(output_size: int | None = None, *, out: Writable) -> int: ...
def random_reseed(perso: Buffer | None = None) -> None:
    """Mix new entropy, and `perso` if given, into the random generator. Raises InsufficientEntropy.

    C: psa_random_reseed()
    """

def random_deplete() -> None:
    """Make the random generator reseed itself before it is used next. C: psa_random_deplete()"""

def random_set_prediction_resistance(enabled: int) -> None:
    """1: reseed before every use of the random generator. 0: at intervals.

    C: psa_random_set_prediction_resistance()
    """

# Entropy.

GET_ENTROPY_NONBLOCK: int
GET_ENTROPY_KEEPALIVE: int

def entropy_sources() -> list[EntropySource]:
    """Every entropy source of this firmware and what was seen of it so far: the place to look when crypto_init() raises
    InsufficientEntropy. Works before crypto_init(). No C function.
    """

@overload
def get_entropy(name: str, size: int, flags: int | None = None, *, out: None = None) -> tuple[bytes, int]:
    """One call of the driver's get_entropy: 1 to 512 bytes of its raw output, and how many bits of entropy the driver
    says are in them. For tests of a source; random numbers come from generate_random().

    `flags`: 0 (None) waits; GET_ENTROPY_NONBLOCK does not; GET_ENTROPY_KEEPALIVE leaves the source powered. The health
    tests look at the bytes, the random generator does not get them. The bytes are on Python's heap.

    Raises DoesNotExist (the message lists the sources), ValueError (size, other flags), BufferTooSmall, NotSupported
    (a flag), InsufficientEntropy (NONBLOCK and nothing there), HardwareFailure (source failed, alarm of the health
    tests, fault of the driver), CommunicationFailure, and what else the driver returns. BadState before crypto_init();
    a crypto_init() that raised InsufficientEntropy is enough. C: the driver's `get_entropy` entry point
    """

@overload
def get_entropy(name: str, size: int | None = None, flags: int | None = None, *, out: Writable) -> tuple[int, int]: ...

# Keys.

def import_key(attributes: KeyAttributes, data: Buffer) -> int:
    """Store key material and return its identifier. `data` has the format of export_key() and is copied.

    Raises InvalidArgument (material does not fit the attributes), NotSupported, AlreadyExists (persistent id taken),
    InsufficientMemory, InsufficientStorage. C: psa_import_key()
    """

def generate_key(attributes: KeyAttributes) -> int:
    """Make a new random key and return its identifier; attributes.bits is its size.

    Raises as import_key(), and InsufficientEntropy. C: psa_generate_key()
    """

def generate_key_custom(attributes: KeyAttributes, custom: int, custom_data: Buffer) -> int:
    """generate_key() with parameters: `custom` is 0, `custom_data` empty or for RSA the public exponent, little endian.

    C: psa_generate_key_custom()
    """

def generate_key_ext(attributes: KeyAttributes, custom: int, custom_data: Buffer) -> int:
    """Older name of generate_key_custom(). C: psa_generate_key_ext()"""

def copy_key(source_key: int, attributes: KeyAttributes) -> int:
    """Copy a key to other attributes and return the identifier of the copy.

    The copy may do what both policies allow. Type and bits may be 0. Raises NotPermitted without KEY_USAGE_COPY,
    InvalidArgument (policies have no algorithm in common, type or size differ, lifetime or id is wrong), InvalidHandle,
    AlreadyExists, InsufficientMemory, InsufficientStorage. C: psa_copy_key()
    """

def destroy_key(key: int) -> None:
    """Erase a key from memory and storage; 0 is ignored.

    Raises InvalidHandle (no such key), NotPermitted (read-only key); DataInvalid, DataCorrupt or StorageFailure when
    its record is damaged: what is left of it is gone all the same, but what a secure element may hold of it is not
    known any more. Operations that use the key may fail or go on with what they copied.
    C: psa_destroy_key()
    """

def purge_key(key: int) -> None:
    """Forget the copy in memory of a persistent key; it is loaded again when needed. Volatile keys stay.

    Raises InvalidArgument when there is no such key; one that is not in memory is fine. C: psa_purge_key()
    """

def open_key(key: int) -> int:
    """Load a persistent key and return its handle, which is the same number. Not needed before using a key.

    Raises InvalidArgument for what no key can have as id, DoesNotExist (also for volatile keys), InsufficientMemory,
    DataCorrupt, DataInvalid, StorageFailure. C: psa_open_key()
    """

def close_key(handle: int) -> None:
    """Free the memory of a key: a volatile key is destroyed, a persistent one stays in storage. 0 is ignored.

    Raises InvalidHandle. C: psa_close_key()
    """

@overload
def export_key(key: int, *, out: None = None) -> bytes:
    """The key material. Symmetric keys: the bytes; ECC: the private value; RSA and DH: as the specification says.

    Raises NotPermitted without KEY_USAGE_EXPORT, InvalidHandle, BufferTooSmall. C: psa_export_key()
    """

@overload
def export_key(key: int, *, out: Writable) -> int: ...
@overload
def export_public_key(key: int, *, out: None = None) -> bytes:
    """The public key of a key pair or public key. Weierstrass curves: 0x04, x, y.

    Raises InvalidArgument for other keys, InvalidHandle. C: psa_export_public_key()
    """

@overload
def export_public_key(key: int, *, out: Writable) -> int: ...
def get_key_attributes(key: int) -> KeyAttributes:
    """The attributes of a key. Raises InvalidHandle. C: psa_get_key_attributes()"""

def key_id_is_builtin(key_id: int) -> bool:
    """Whether the number lies in the range of keys that the hardware brings. Works before crypto_init().

    C: psa_key_id_is_builtin()
    """

def key_handle_is_null(handle: int) -> bool:
    """Whether the handle is 0. Works before crypto_init(). C: psa_key_handle_is_null()"""

# Attributes by their C names: the properties of KeyAttributes do the same. All work before crypto_init().

def reset_key_attributes(attributes: KeyAttributes) -> None:
    """Clear all fields. C: psa_reset_key_attributes()"""

def set_key_type(attributes: KeyAttributes, type: int) -> None:
    """Set attributes.type (0..65535). C: psa_set_key_type()"""

def get_key_type(attributes: KeyAttributes) -> int:
    """attributes.type C: psa_get_key_type()"""

def set_key_bits(attributes: KeyAttributes, bits: int) -> None:
    """Set attributes.bits. More than 65528 is stored as a size that no key has. C: psa_set_key_bits()"""

def get_key_bits(attributes: KeyAttributes) -> int:
    """attributes.bits C: psa_get_key_bits()"""

def set_key_usage_flags(attributes: KeyAttributes, usage_flags: int) -> None:
    """Set attributes.usage. SIGN_HASH brings SIGN_MESSAGE along, VERIFY_HASH brings VERIFY_MESSAGE.

    C: psa_set_key_usage_flags()
    """

def get_key_usage_flags(attributes: KeyAttributes) -> int:
    """attributes.usage C: psa_get_key_usage_flags()"""

def set_key_algorithm(attributes: KeyAttributes, alg: int) -> None:
    """Set attributes.alg. C: psa_set_key_algorithm()"""

def get_key_algorithm(attributes: KeyAttributes) -> int:
    """attributes.alg C: psa_get_key_algorithm()"""

def set_key_enrollment_algorithm(attributes: KeyAttributes, alg2: int) -> None:
    """Set attributes.alg2. C: psa_set_key_enrollment_algorithm()"""

def get_key_enrollment_algorithm(attributes: KeyAttributes) -> int:
    """attributes.alg2 C: psa_get_key_enrollment_algorithm()"""

def set_key_lifetime(attributes: KeyAttributes, lifetime: int) -> None:
    """Set attributes.lifetime; a volatile one clears the id. C: psa_set_key_lifetime()"""

def get_key_lifetime(attributes: KeyAttributes) -> int:
    """attributes.lifetime C: psa_get_key_lifetime()"""

def set_key_id(attributes: KeyAttributes, key: int) -> None:
    """Set attributes.id; a volatile lifetime becomes persistent. C: psa_set_key_id()"""

def get_key_id(attributes: KeyAttributes) -> int:
    """attributes.id C: psa_get_key_id()"""

def set_key_slot_number(attributes: KeyAttributes, slot_number: int) -> None:
    """Ask for this slot of a secure element (64 bits). C: psa_set_key_slot_number()"""

def get_key_slot_number(attributes: KeyAttributes) -> int:
    """The slot of a key in a secure element. Raises InvalidArgument when there is none.

    C: psa_get_key_slot_number()
    """

def clear_key_slot_number(attributes: KeyAttributes) -> None:
    """Ask for no particular slot. C: psa_clear_key_slot_number()"""

# Hashes.

@overload
def hash_compute(alg: int, input: Buffer, *, out: None = None) -> bytes:
    """The hash of `input`, HASH_LENGTH(alg) bytes. Raises NotSupported, InvalidArgument (`alg` is no hash).

    C: psa_hash_compute()
    """

@overload
def hash_compute(alg: int, input: Buffer, *, out: Writable) -> int: ...
def hash_compare(alg: int, input: Buffer, hash: Buffer) -> None:
    """Compare the hash of `input` with `hash` in constant time. Raises InvalidSignature when they differ.

    C: psa_hash_compare()
    """

def hash_setup(operation: HashOperation, alg: int) -> None:
    """Begin a hash. Raises BadState (active already), NotSupported, InvalidArgument, InsufficientMemory.

    C: psa_hash_setup()
    """

def hash_update(operation: HashOperation, input: Buffer) -> None:
    """Hash more data. Raises BadState. C: psa_hash_update()"""

@overload
def hash_finish(operation: HashOperation, *, out: None = None) -> bytes:
    """The hash of all data, HASH_LENGTH(alg) bytes; ends the operation. C: psa_hash_finish()"""

@overload
def hash_finish(operation: HashOperation, *, out: Writable) -> int: ...
def hash_verify(operation: HashOperation, hash: Buffer) -> None:
    """End the operation and compare in constant time. Raises InvalidSignature. C: psa_hash_verify()"""

def hash_abort(operation: HashOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_hash_abort()"""

def hash_clone(source_operation: HashOperation, target_operation: HashOperation | None = None) -> HashOperation:
    """Copy an active operation into an inactive one (a new one by default) and return it. Raises BadState.

    C: psa_hash_clone()
    """

# Message authentication codes.

@overload
def mac_compute(key: int, alg: int, input: Buffer, *, out: None = None) -> bytes:
    """The MAC of `input`, MAC_LENGTH() bytes. Raises NotPermitted, InvalidHandle, InvalidArgument, NotSupported.

    C: psa_mac_compute()
    """

@overload
def mac_compute(key: int, alg: int, input: Buffer, *, out: Writable) -> int: ...
def mac_verify(key: int, alg: int, input: Buffer, mac: Buffer) -> None:
    """Check a MAC in constant time. Raises InvalidSignature. C: psa_mac_verify()"""

def mac_sign_setup(operation: MACOperation, key: int, alg: int) -> None:
    """Begin to compute a MAC. Raises BadState, NotPermitted, InvalidHandle, InvalidArgument, NotSupported.

    C: psa_mac_sign_setup()
    """

def mac_verify_setup(operation: MACOperation, key: int, alg: int) -> None:
    """Begin to check a MAC. Raises as mac_sign_setup(). C: psa_mac_verify_setup()"""

def mac_update(operation: MACOperation, input: Buffer) -> None:
    """Process more data. Raises BadState. C: psa_mac_update()"""

@overload
def mac_sign_finish(operation: MACOperation, *, out: None = None) -> bytes:
    """The MAC; ends the operation. Raises BadState on an operation that verifies. C: psa_mac_sign_finish()"""

@overload
def mac_sign_finish(operation: MACOperation, *, out: Writable) -> int: ...
def mac_verify_finish(operation: MACOperation, mac: Buffer) -> None:
    """End the operation and check the MAC. Raises InvalidSignature, BadState on an operation that signs.

    C: psa_mac_verify_finish()
    """

def mac_abort(operation: MACOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_mac_abort()"""

# Ciphers without authentication: prefer AEAD.

@overload
def cipher_encrypt(key: int, alg: int, input: Buffer, *, out: None = None) -> bytes:
    """Random IV, then ciphertext. Raises NotPermitted, InvalidHandle, InvalidArgument (length does not fit the mode).

    C: psa_cipher_encrypt()
    """

@overload
def cipher_encrypt(key: int, alg: int, input: Buffer, *, out: Writable) -> int: ...
@overload
def cipher_decrypt(key: int, alg: int, input: Buffer, *, out: None = None) -> bytes:
    """Decrypt what cipher_encrypt() returned. Raises InvalidPadding, InvalidArgument. C: psa_cipher_decrypt()"""

@overload
def cipher_decrypt(key: int, alg: int, input: Buffer, *, out: Writable) -> int: ...
def cipher_encrypt_setup(operation: CipherOperation, key: int, alg: int) -> None:
    """Begin to encrypt. Raises BadState, NotPermitted, InvalidHandle, InvalidArgument, NotSupported.

    C: psa_cipher_encrypt_setup()
    """

def cipher_decrypt_setup(operation: CipherOperation, key: int, alg: int) -> None:
    """Begin to decrypt. Raises as cipher_encrypt_setup(). C: psa_cipher_decrypt_setup()"""

@overload
def cipher_generate_iv(operation: CipherOperation, *, out: None = None) -> bytes:
    """Make and set a random IV, CIPHER_IV_LENGTH() bytes. Raises BadState (decrypting, or IV set already).

    C: psa_cipher_generate_iv()
    """

@overload
def cipher_generate_iv(operation: CipherOperation, *, out: Writable) -> int: ...
def cipher_set_iv(operation: CipherOperation, iv: Buffer) -> None:
    """Set the IV. Raises InvalidArgument (wrong length), BadState. C: psa_cipher_set_iv()"""

@overload
def cipher_update(operation: CipherOperation, input: Buffer, *, out: None = None) -> bytes:
    """Process more data and return what is ready: up to 15 bytes may wait for the rest of their block.

    C: psa_cipher_update()
    """

@overload
def cipher_update(operation: CipherOperation, input: Buffer, *, out: Writable) -> int: ...
@overload
def cipher_finish(operation: CipherOperation, *, out: None = None) -> bytes:
    """The last block; ends the operation. Raises InvalidPadding, InvalidArgument (incomplete block).

    C: psa_cipher_finish()
    """

@overload
def cipher_finish(operation: CipherOperation, *, out: Writable) -> int: ...
def cipher_abort(operation: CipherOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_cipher_abort()"""

# Authenticated encryption.

@overload
def aead_encrypt(
    key: int,
    alg: int,
    nonce: Buffer,
    additional_data: Buffer,
    plaintext: Buffer,
    *,
    out: None = None,
) -> bytes:
    """Ciphertext followed by the tag. A nonce must never be used twice with a key.

    Raises NotPermitted, InvalidHandle, InvalidArgument, NotSupported. C: psa_aead_encrypt()
    """

@overload
def aead_encrypt(
    key: int,
    alg: int,
    nonce: Buffer,
    additional_data: Buffer,
    plaintext: Buffer,
    *,
    out: Writable,
) -> int: ...
@overload
def aead_decrypt(
    key: int,
    alg: int,
    nonce: Buffer,
    additional_data: Buffer,
    ciphertext: Buffer,
    *,
    out: None = None,
) -> bytes:
    """The plaintext of what aead_encrypt() returned. Raises InvalidSignature when anything was changed.

    C: psa_aead_decrypt()
    """

@overload
def aead_decrypt(
    key: int,
    alg: int,
    nonce: Buffer,
    additional_data: Buffer,
    ciphertext: Buffer,
    *,
    out: Writable,
) -> int: ...
def aead_encrypt_setup(operation: AEADOperation, key: int, alg: int) -> None:
    """Begin to encrypt. Raises BadState, NotPermitted, InvalidHandle, InvalidArgument, NotSupported.

    C: psa_aead_encrypt_setup()
    """

def aead_decrypt_setup(operation: AEADOperation, key: int, alg: int) -> None:
    """Begin to decrypt. What aead_update() returns is not authentic before aead_verify() has succeeded.

    C: psa_aead_decrypt_setup()
    """

@overload
def aead_generate_nonce(operation: AEADOperation, *, out: None = None) -> bytes:
    """Make and set a random nonce, AEAD_NONCE_LENGTH() bytes. Raises BadState. C: psa_aead_generate_nonce()"""

@overload
def aead_generate_nonce(operation: AEADOperation, *, out: Writable) -> int: ...
def aead_set_nonce(operation: AEADOperation, nonce: Buffer) -> None:
    """Set the nonce. Raises InvalidArgument (length), BadState (set already). C: psa_aead_set_nonce()"""

def aead_set_lengths(operation: AEADOperation, ad_length: int, plaintext_length: int) -> None:
    """Announce the bytes of additional data and plaintext, before both; CCM needs it. Raises BadState.

    C: psa_aead_set_lengths()
    """

def aead_update_ad(operation: AEADOperation, input: Buffer) -> None:
    """Additional data, before any text. Raises BadState, InvalidArgument (more than announced).

    C: psa_aead_update_ad()
    """

@overload
def aead_update(operation: AEADOperation, input: Buffer, *, out: None = None) -> bytes:
    """Process more text and return what is ready. Raises BadState, InvalidArgument (more than announced).

    C: psa_aead_update()
    """

@overload
def aead_update(operation: AEADOperation, input: Buffer, *, out: Writable) -> int: ...
@overload
def aead_finish(operation: AEADOperation, *, out: None = None) -> tuple[bytes, bytes]:
    """The rest of the ciphertext, and the tag; ends the operation. With `out`: both one after the other,
    and their length together. Raises InvalidArgument (less than announced), BadState. C: psa_aead_finish()
    """

@overload
def aead_finish(operation: AEADOperation, *, out: Writable) -> int: ...
@overload
def aead_verify(operation: AEADOperation, tag: Buffer, *, out: None = None) -> bytes:
    """The rest of the plaintext; ends the operation. Raises InvalidSignature when anything was changed: then all that
    aead_update() returned must be thrown away. C: psa_aead_verify()
    """

@overload
def aead_verify(operation: AEADOperation, tag: Buffer, *, out: Writable) -> int: ...
def aead_abort(operation: AEADOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_aead_abort()"""

# Signatures.

@overload
def sign_message(key: int, alg: int, input: Buffer, *, out: None = None) -> bytes:
    """Hash and sign; SIGN_OUTPUT_SIZE() bytes. Raises NotPermitted, InvalidHandle, InvalidArgument, NotSupported.

    C: psa_sign_message()
    """

@overload
def sign_message(key: int, alg: int, input: Buffer, *, out: Writable) -> int: ...
def verify_message(key: int, alg: int, input: Buffer, signature: Buffer) -> None:
    """Check a signature of a message. Raises InvalidSignature. C: psa_verify_message()"""

@overload
def sign_hash(key: int, alg: int, hash: Buffer, *, out: None = None) -> bytes:
    """Sign a hash that was computed elsewhere; SIGN_OUTPUT_SIZE() bytes. Raises as sign_message().

    Raises InvalidArgument unless it has the length of the algorithm's hash; ALG_ECDSA_ANY takes any.
    C: psa_sign_hash()
    """

@overload
def sign_hash(key: int, alg: int, hash: Buffer, *, out: Writable) -> int: ...
def verify_hash(key: int, alg: int, hash: Buffer, signature: Buffer) -> None:
    """Check a signature of a hash. Raises InvalidSignature, and InvalidArgument for a hash of the wrong length.

    C: psa_verify_hash()
    """

def interruptible_set_max_ops(max_ops: int) -> None:
    """How much work one step of the functions below does at most; about 1 field multiplication each.

    C: psa_interruptible_set_max_ops()
    """

def interruptible_get_max_ops() -> int:
    """What was set, INTERRUPTIBLE_MAX_OPS_UNLIMITED at the start. C: psa_interruptible_get_max_ops()"""

def sign_hash_start(operation: SignHashInterruptibleOperation, key: int, alg: int, hash: Buffer) -> None:
    """Begin to sign in steps. Raises BadState, NotPermitted, InvalidHandle, InvalidArgument, NotSupported.

    C: psa_sign_hash_start()
    """

@overload
def sign_hash_complete(operation: SignHashInterruptibleOperation, *, out: None = None) -> bytes:
    """Do a step. Raises OperationIncomplete until the signature is ready: call it again then.

    C: psa_sign_hash_complete()
    """

@overload
def sign_hash_complete(operation: SignHashInterruptibleOperation, *, out: Writable) -> int: ...
def sign_hash_get_num_ops(operation: SignHashInterruptibleOperation) -> int:
    """Work done so far. Raises BadState. C: psa_sign_hash_get_num_ops()"""

def sign_hash_abort(operation: SignHashInterruptibleOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_sign_hash_abort()"""

def verify_hash_start(
    operation: VerifyHashInterruptibleOperation,
    key: int,
    alg: int,
    hash: Buffer,
    signature: Buffer,
) -> None:
    """Begin to check a signature in steps. Raises as sign_hash_start(), and InvalidSignature.

    C: psa_verify_hash_start()
    """

def verify_hash_complete(operation: VerifyHashInterruptibleOperation) -> None:
    """Do a step. Returns when the signature is good; until that is known raises OperationIncomplete: call it again.

    Raises InvalidSignature. C: psa_verify_hash_complete()
    """

def verify_hash_get_num_ops(operation: VerifyHashInterruptibleOperation) -> int:
    """Work done so far. Raises BadState. C: psa_verify_hash_get_num_ops()"""

def verify_hash_abort(operation: VerifyHashInterruptibleOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_verify_hash_abort()"""

# Asymmetric encryption and key agreement.

@overload
def asymmetric_encrypt(key: int, alg: int, input: Buffer, salt: Buffer | None = None, *, out: None = None) -> bytes:
    """Encrypt a short message with a public key; `salt` is the label of OAEP.

    Raises InvalidArgument (too long), NotPermitted, InvalidHandle, NotSupported.
    C: psa_asymmetric_encrypt()
    """

@overload
def asymmetric_encrypt(key: int, alg: int, input: Buffer, salt: Buffer | None = None, *, out: Writable) -> int: ...
@overload
def asymmetric_decrypt(key: int, alg: int, input: Buffer, salt: Buffer | None = None, *, out: None = None) -> bytes:
    """Decrypt with a private key. Raises InvalidPadding, InvalidArgument, NotPermitted, InvalidHandle.

    C: psa_asymmetric_decrypt()
    """

@overload
def asymmetric_decrypt(key: int, alg: int, input: Buffer, salt: Buffer | None = None, *, out: Writable) -> int: ...
@overload
def raw_key_agreement(alg: int, private_key: int, peer_key: Buffer, *, out: None = None) -> bytes:
    """The shared secret of ECDH or FFDH. It is not uniform: derive keys from it, see key_derivation_key_agreement().

    `peer_key` has the format of export_public_key(). Raises InvalidArgument, NotPermitted, InvalidHandle.
    C: psa_raw_key_agreement()
    """

@overload
def raw_key_agreement(alg: int, private_key: int, peer_key: Buffer, *, out: Writable) -> int: ...

# Key derivation.

def key_derivation_setup(operation: KeyDerivationOperation, alg: int) -> None:
    """Begin a derivation. Raises BadState (active already), InvalidArgument, NotSupported, InsufficientMemory.

    C: psa_key_derivation_setup()
    """

def key_derivation_get_capacity(operation: KeyDerivationOperation) -> int:
    """Bytes that can still be taken. Raises BadState. C: psa_key_derivation_get_capacity()"""

def key_derivation_set_capacity(operation: KeyDerivationOperation, capacity: int) -> None:
    """Lower the capacity. Raises InvalidArgument when it is higher than now; nothing changes then.

    C: psa_key_derivation_set_capacity()
    """

def key_derivation_input_bytes(operation: KeyDerivationOperation, step: int, data: Buffer) -> None:
    """Give an input as bytes. A secret that comes as bytes allows output_bytes() only.

    Raises InvalidArgument (step does not fit the algorithm), BadState (order).
    C: psa_key_derivation_input_bytes()
    """

def key_derivation_input_integer(operation: KeyDerivationOperation, step: int, value: int) -> None:
    """Give an input as number of up to 64 bits: the iterations of PBKDF2. Raises InvalidArgument, BadState.

    C: psa_key_derivation_input_integer()
    """

def key_derivation_input_key(operation: KeyDerivationOperation, step: int, key: int) -> None:
    """Give an input as key. Raises NotPermitted, InvalidHandle, InvalidArgument, BadState.

    C: psa_key_derivation_input_key()
    """

def key_derivation_key_agreement(
    operation: KeyDerivationOperation,
    step: int,
    private_key: int,
    peer_key: Buffer,
) -> None:
    """Agree on a secret and give it as input. Raises InvalidArgument, NotPermitted, InvalidHandle, BadState.

    C: psa_key_derivation_key_agreement()
    """

@overload
def key_derivation_output_bytes(operation: KeyDerivationOperation, output_length: int, *, out: None = None) -> bytes:
    """The next `output_length` bytes; with `out` alone, as many as it holds.

    Raises InsufficientData when the capacity is lower: it is 0 then. BadState, BufferTooSmall.
    C: psa_key_derivation_output_bytes()
    """

@overload
def key_derivation_output_bytes(
    operation: KeyDerivationOperation,
    output_length: int | None = None,
    *,
    out: Writable,
) -> int: ...
def key_derivation_output_key(attributes: KeyAttributes, operation: KeyDerivationOperation) -> int:
    """Make a key of the next bytes and return its identifier. Raises as import_key(), InsufficientData, NotPermitted.

    C: psa_key_derivation_output_key()
    """

def key_derivation_output_key_custom(
    attributes: KeyAttributes,
    operation: KeyDerivationOperation,
    custom: int,
    custom_data: Buffer,
) -> int:
    """key_derivation_output_key() with parameters, see generate_key_custom().

    C: psa_key_derivation_output_key_custom()
    """

def key_derivation_output_key_ext(
    attributes: KeyAttributes,
    operation: KeyDerivationOperation,
    custom: int,
    custom_data: Buffer,
) -> int:
    """Older name of key_derivation_output_key_custom(). C: psa_key_derivation_output_key_ext()"""

def key_derivation_verify_bytes(operation: KeyDerivationOperation, expected: Buffer) -> None:
    """Compare the next bytes with `expected` in constant time.

    Raises InvalidSignature, InsufficientData, NotPermitted (an input key without KEY_USAGE_VERIFY_DERIVATION).
    C: psa_key_derivation_verify_bytes()
    """

def key_derivation_verify_key(operation: KeyDerivationOperation, expected: int) -> None:
    """Compare the next bytes with a key of type PASSWORD_HASH. Raises as key_derivation_verify_bytes(), InvalidHandle.

    C: psa_key_derivation_verify_key()
    """

def key_derivation_abort(operation: KeyDerivationOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_key_derivation_abort()"""

# Password-authenticated key exchange.

def pake_setup(operation: PAKEOperation, cipher_suite: PAKECipherSuite) -> None:
    """Begin an exchange. Raises InvalidArgument, NotSupported, BadState (active already). C: psa_pake_setup()"""

def pake_set_password_key(operation: PAKEOperation, password: int) -> None:
    """Set the password, a key of type PASSWORD or PASSWORD_HASH. Raises NotPermitted, InvalidHandle, BadState.

    C: psa_pake_set_password_key()
    """

def pake_set_user(operation: PAKEOperation, user_id: Buffer) -> None:
    """Set the own identity. Raises InvalidArgument (empty), NotSupported, BadState. C: psa_pake_set_user()"""

def pake_set_peer(operation: PAKEOperation, peer_id: Buffer) -> None:
    """Set the identity of the other side. Raises as pake_set_user(). C: psa_pake_set_peer()"""

def pake_set_role(operation: PAKEOperation, role: int) -> None:
    """Set the own role, PAKE_ROLE_…; not for J-PAKE. Raises InvalidArgument, NotSupported, BadState.

    C: psa_pake_set_role()
    """

@overload
def pake_output(operation: PAKEOperation, step: int, *, out: None = None) -> bytes:
    """The message of a step PAKE_STEP_…, at most PAKE_OUTPUT_MAX_SIZE bytes. Raises BadState (order), InvalidArgument.

    C: psa_pake_output()
    """

@overload
def pake_output(operation: PAKEOperation, step: int, *, out: Writable) -> int: ...
def pake_input(operation: PAKEOperation, step: int, input: Buffer) -> None:
    """Give the other side's message of a step.

    Raises DataInvalid, InvalidSignature or InvalidArgument (not acceptable), BadState (order).
    C: psa_pake_input()
    """

def pake_get_implicit_key(operation: PAKEOperation, output: KeyDerivationOperation) -> None:
    """Give the shared secret to a derivation as its secret, and end the exchange. Raises BadState.

    A wrong password shows only now: both sides derive different keys. C: psa_pake_get_implicit_key()
    """

def pake_abort(operation: PAKEOperation) -> None:
    """End the operation, whatever its state. Works before crypto_init(). C: psa_pake_abort()"""

def pake_cs_set_algorithm(cipher_suite: PAKECipherSuite, algorithm: int) -> None:
    """Set cipher_suite.algorithm. C: psa_pake_cs_set_algorithm()"""

def pake_cs_get_algorithm(cipher_suite: PAKECipherSuite) -> int:
    """cipher_suite.algorithm C: psa_pake_cs_get_algorithm()"""

def pake_cs_set_primitive(cipher_suite: PAKECipherSuite, primitive: int) -> None:
    """Set cipher_suite.primitive, a PAKE_PRIMITIVE(). C: psa_pake_cs_set_primitive()"""

def pake_cs_get_primitive(cipher_suite: PAKECipherSuite) -> int:
    """cipher_suite.primitive C: psa_pake_cs_get_primitive()"""

def pake_cs_get_family(cipher_suite: PAKECipherSuite) -> int:
    """cipher_suite.family C: psa_pake_cs_get_family()"""

def pake_cs_get_bits(cipher_suite: PAKECipherSuite) -> int:
    """cipher_suite.bits C: psa_pake_cs_get_bits()"""

def pake_cs_set_hash(cipher_suite: PAKECipherSuite, hash: int) -> None:
    """Set cipher_suite.hash; what is no hash becomes 0. C: psa_pake_cs_set_hash()"""

def pake_cs_get_hash(cipher_suite: PAKECipherSuite) -> int:
    """cipher_suite.hash C: psa_pake_cs_get_hash()"""

# Internal trusted storage. Python's numbers are apart from those of the PSA core. All work before crypto_init().

def its_set(uid: int, data: Buffer, create_flags: int | None = None) -> None:
    """Store a value under a number of 1..2**63-1, atomically; STORAGE_FLAG_WRITE_ONCE makes it final.

    Raises NotPermitted (final), InsufficientStorage, InvalidArgument (number 0), NotSupported (flags), StorageFailure.
    C: psa_its_set()
    """

@overload
def its_get(uid: int, data_offset: int | None = None, data_length: int | None = None, *, out: None = None) -> bytes:
    """The value, or `data_length` bytes of it from `data_offset` on.

    Raises DoesNotExist, InvalidArgument (offset behind the end), BufferTooSmall, DataCorrupt, StorageFailure.
    C: psa_its_get()
    """

@overload
def its_get(uid: int, data_offset: int | None = None, data_length: int | None = None, *, out: Writable) -> int: ...
def its_get_info(uid: int) -> StorageInfo:
    """`size` (bytes) and `flags` of a value. Raises DoesNotExist. C: psa_its_get_info()"""

def its_remove(uid: int) -> None:
    """Remove a value. Raises DoesNotExist, NotPermitted (final). C: psa_its_remove()"""

# Where keys of an opaque driver live: a constant for each such driver of the board (capabilities() names the drivers).
# C: PSA_KEY_LOCATION_<prefix>

KEY_LOCATION_SE_SOFT: int

# C initialises structures with functions; here the classes are their own.

hash_operation_init = HashOperation
mac_operation_init = MACOperation
cipher_operation_init = CipherOperation
aead_operation_init = AEADOperation
key_derivation_operation_init = KeyDerivationOperation
sign_hash_interruptible_operation_init = SignHashInterruptibleOperation
verify_hash_interruptible_operation_init = VerifyHashInterruptibleOperation
pake_operation_init = PAKEOperation
key_attributes_init = KeyAttributes
pake_cipher_suite_init = PAKECipherSuite
