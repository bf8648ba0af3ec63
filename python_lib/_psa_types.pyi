# SPDX-License-Identifier: MIT
"""Classes of the module `psa`: exceptions, records and operations. The part of psa.pyi that has no functions."""

from array import array
from typing import NamedTuple, Self, TypeAlias, overload

Buffer: TypeAlias = bytes | bytearray | memoryview | array[int]
Writable: TypeAlias = bytearray | memoryview | array[int]

class ArenaInfo(NamedTuple):
    """What arena_info() returns: a tuple with names."""

    size: int
    used: int
    high_water: int
    blocks: int

class StorageInfo(NamedTuple):
    """What its_get_info() returns: a tuple with names."""

    size: int
    flags: int

class EntropySource(NamedTuple):
    """What entropy_sources() returns for each source: a tuple with names. Counters run since power-on or reset."""

    name: str
    """Of the driver."""
    health: str
    """`healthy`; `starting` (too few samples so far, nothing is credited); `failed` (the last buffer raised an alarm,
    start-up tests begin with the next one); `untested` (declares no min-entropy of raw samples: a conditioned source);
    `misdeclared` (declares what cannot be, never used)."""
    sample_bits: int
    """Size of one raw sample."""
    declared_bits: float
    """Min-entropy that the driver's description declares for one raw sample, in bits; 0: none."""
    accepted_flags: int
    """GET_ENTROPY_ flags that the driver has not refused."""
    calls: int
    """Of the driver's get_entropy."""
    rounds: int
    """Of the collector in which it was asked."""
    empty: int
    """Calls with GET_ENTROPY_NONBLOCK that found nothing there, as they may."""
    failures: int
    """Calls that failed with a status of the driver."""
    faults: int
    """Calls in which the driver broke the rules: no bits, more than the buffer has, or nothing although it may wait."""
    alarms: int
    """Of the health tests."""
    credited_bits: int
    """That went into seeds of the random generator."""

# Exceptions.

class PSAError(Exception):
    """A PSA function failed. `args` are the status, the name of the function and sometimes a hint."""

    status: int
    """The psa_status_t, a negative number."""

class InvalidSignature(PSAError):
    """A signature, MAC, tag or hash is not the right one. C: PSA_ERROR_INVALID_SIGNATURE"""

class InvalidArgument(PSAError):
    """An argument does not fit the others, or the key. C: PSA_ERROR_INVALID_ARGUMENT"""

class InvalidHandle(PSAError):
    """There is no such key. C: PSA_ERROR_INVALID_HANDLE"""

class BadState(PSAError):
    """The call does not fit the state of the operation, or crypto_init() has not been called. C: PSA_ERROR_BAD_STATE"""

class NotPermitted(PSAError):
    """The policy of the key forbids it, or what is stored is final. C: PSA_ERROR_NOT_PERMITTED"""

class NotSupported(PSAError):
    """This firmware does not have it: see capabilities(). C: PSA_ERROR_NOT_SUPPORTED"""

class BufferTooSmall(PSAError):
    """`out` is too short. C: PSA_ERROR_BUFFER_TOO_SMALL"""

class AlreadyExists(PSAError):
    """The identifier is taken. C: PSA_ERROR_ALREADY_EXISTS"""

class DoesNotExist(PSAError):
    """There is no such key or value. C: PSA_ERROR_DOES_NOT_EXIST"""

class InsufficientMemory(PSAError):
    """The arena is full: see arena_info(). C: PSA_ERROR_INSUFFICIENT_MEMORY"""

class InsufficientStorage(PSAError):
    """The storage is full. C: PSA_ERROR_INSUFFICIENT_STORAGE"""

class InsufficientData(PSAError):
    """The capacity of a key derivation is used up. C: PSA_ERROR_INSUFFICIENT_DATA"""

class InsufficientEntropy(PSAError):
    """The entropy sources do not deliver. C: PSA_ERROR_INSUFFICIENT_ENTROPY"""

class InvalidPadding(PSAError):
    """The padding of a decrypted message is wrong. C: PSA_ERROR_INVALID_PADDING"""

class CommunicationFailure(PSAError):
    """A secure element does not answer. C: PSA_ERROR_COMMUNICATION_FAILURE"""

class HardwareFailure(PSAError):
    """Hardware is broken. C: PSA_ERROR_HARDWARE_FAILURE"""

class StorageFailure(PSAError):
    """The storage cannot be read or written. C: PSA_ERROR_STORAGE_FAILURE"""

class ServiceFailure(PSAError):
    """A service outside of the core failed. C: PSA_ERROR_SERVICE_FAILURE"""

class CorruptionDetected(PSAError):
    """What cannot happen happened: memory is corrupted, or somebody attacks. C: PSA_ERROR_CORRUPTION_DETECTED"""

class DataCorrupt(PSAError):
    """What is stored was damaged. C: PSA_ERROR_DATA_CORRUPT"""

class DataInvalid(PSAError):
    """What is stored makes no sense, or a message of a key exchange does not. C: PSA_ERROR_DATA_INVALID"""

class GenericError(PSAError):
    """Any other failure. C: PSA_ERROR_GENERIC_ERROR"""

class OperationIncomplete(PSAError):
    """A step of an interruptible operation is done, more are needed: call again. C: PSA_OPERATION_INCOMPLETE"""

# Records.

class KeyAttributes:
    """What a key is and may do. C: psa_key_attributes_t

    Setting `id` makes a volatile lifetime persistent; the two do not go together in the constructor.
    """

    type: int
    bits: int
    usage: int
    """KEY_USAGE_… flags"""
    alg: int
    """The one algorithm, or wildcard, that the key is for"""
    alg2: int
    """A second one. C: enrollment algorithm"""
    lifetime: int
    id: int
    """1..0x3fffffff for persistent keys"""
    def __init__(
        self,
        *,
        type: int = 0,
        bits: int = 0,
        usage: int = 0,
        alg: int = 0,
        alg2: int = 0,
        lifetime: int = 0,
        id: int = 0,
    ) -> None: ...

class PAKECipherSuite:
    """Algorithm, group and hash of an exchange. C: psa_pake_cipher_suite_t"""

    algorithm: int
    primitive: int
    """PAKE_PRIMITIVE()"""
    hash: int
    def __init__(self, *, algorithm: int = 0, primitive: int = 0, hash: int = 0) -> None: ...
    @property
    def type(self) -> int: ...
    @property
    def family(self) -> int: ...
    @property
    def bits(self) -> int: ...

# Operations: the functions of psa.pyi as methods. Their memory is in the arena from the set-up to the last step.

class _Operation:
    """What all operation types have. `with` aborts at its end, and so do garbage collection and soft reset."""

    def __init__(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, exc_type: object, exc: object, traceback: object) -> None: ...
    def abort(self) -> None:
        """End the operation, whatever its state. Works before crypto_init()."""

class HashOperation(_Operation):
    """C: psa_hash_operation_t"""

    def clone(self, target_operation: HashOperation | None = None) -> HashOperation: ...
    @overload
    def finish(self, *, out: None = None) -> bytes: ...
    @overload
    def finish(self, *, out: Writable) -> int: ...
    def setup(self, alg: int) -> None: ...
    def update(self, input: Buffer) -> None: ...
    def verify(self, hash: Buffer) -> None: ...

class MACOperation(_Operation):
    """C: psa_mac_operation_t"""

    @overload
    def sign_finish(self, *, out: None = None) -> bytes: ...
    @overload
    def sign_finish(self, *, out: Writable) -> int: ...
    def sign_setup(self, key: int, alg: int) -> None: ...
    def update(self, input: Buffer) -> None: ...
    def verify_finish(self, mac: Buffer) -> None: ...
    def verify_setup(self, key: int, alg: int) -> None: ...

class CipherOperation(_Operation):
    """C: psa_cipher_operation_t"""

    def decrypt_setup(self, key: int, alg: int) -> None: ...
    def encrypt_setup(self, key: int, alg: int) -> None: ...
    @overload
    def finish(self, *, out: None = None) -> bytes: ...
    @overload
    def finish(self, *, out: Writable) -> int: ...
    @overload
    def generate_iv(self, *, out: None = None) -> bytes: ...
    @overload
    def generate_iv(self, *, out: Writable) -> int: ...
    def set_iv(self, iv: Buffer) -> None: ...
    @overload
    def update(self, input: Buffer, *, out: None = None) -> bytes: ...
    @overload
    def update(self, input: Buffer, *, out: Writable) -> int: ...

class AEADOperation(_Operation):
    """C: psa_aead_operation_t"""

    def decrypt_setup(self, key: int, alg: int) -> None: ...
    def encrypt_setup(self, key: int, alg: int) -> None: ...
    @overload
    def finish(self, *, out: None = None) -> tuple[bytes, bytes]: ...
    @overload
    def finish(self, *, out: Writable) -> int: ...
    @overload
    def generate_nonce(self, *, out: None = None) -> bytes: ...
    @overload
    def generate_nonce(self, *, out: Writable) -> int: ...
    def set_lengths(self, ad_length: int, plaintext_length: int) -> None: ...
    def set_nonce(self, nonce: Buffer) -> None: ...
    @overload
    def update(self, input: Buffer, *, out: None = None) -> bytes: ...
    @overload
    def update(self, input: Buffer, *, out: Writable) -> int: ...
    def update_ad(self, input: Buffer) -> None: ...
    @overload
    def verify(self, tag: Buffer, *, out: None = None) -> bytes: ...
    @overload
    def verify(self, tag: Buffer, *, out: Writable) -> int: ...

class KeyDerivationOperation(_Operation):
    """C: psa_key_derivation_operation_t"""

    def get_capacity(self) -> int: ...
    def input_bytes(self, step: int, data: Buffer) -> None: ...
    def input_integer(self, step: int, value: int) -> None: ...
    def input_key(self, step: int, key: int) -> None: ...
    def key_agreement(self, step: int, private_key: int, peer_key: Buffer) -> None: ...
    @overload
    def output_bytes(self, output_length: int, *, out: None = None) -> bytes: ...
    @overload
    def output_bytes(self, output_length: int | None = None, *, out: Writable) -> int: ...
    def output_key(self, attributes: KeyAttributes) -> int: ...
    def output_key_custom(self, attributes: KeyAttributes, custom: int, custom_data: Buffer) -> int: ...
    def set_capacity(self, capacity: int) -> None: ...
    def verify_bytes(self, expected: Buffer) -> None: ...
    def verify_key(self, expected: int) -> None: ...
    def setup(self, alg: int) -> None: ...

class SignHashInterruptibleOperation(_Operation):
    """C: psa_sign_hash_interruptible_operation_t"""

    @overload
    def complete(self, *, out: None = None) -> bytes: ...
    @overload
    def complete(self, *, out: Writable) -> int: ...
    def get_num_ops(self) -> int: ...
    def start(self, key: int, alg: int, hash: Buffer) -> None: ...

class VerifyHashInterruptibleOperation(_Operation):
    """C: psa_verify_hash_interruptible_operation_t"""

    def complete(self) -> None: ...
    def get_num_ops(self) -> int: ...
    def start(self, key: int, alg: int, hash: Buffer, signature: Buffer) -> None: ...

class PAKEOperation(_Operation):
    """C: psa_pake_operation_t"""

    def get_implicit_key(self, output: KeyDerivationOperation) -> None: ...
    def input(self, step: int, input: Buffer) -> None: ...
    @overload
    def output(self, step: int, *, out: None = None) -> bytes: ...
    @overload
    def output(self, step: int, *, out: Writable) -> int: ...
    def set_password_key(self, password: int) -> None: ...
    def set_peer(self, peer_id: Buffer) -> None: ...
    def set_role(self, role: int) -> None: ...
    def set_user(self, user_id: Buffer) -> None: ...
    def setup(self, cipher_suite: PAKECipherSuite) -> None: ...
