# SPDX-License-Identifier: MIT
"""What goes wrong says so: one exception class per status, and nothing works before crypto_init()."""

import pytest

from tests.device.psa_code import PRELUDE

STATUSES = {
    "GenericError": -132,
    "NotPermitted": -133,
    "NotSupported": -134,
    "InvalidArgument": -135,
    "InvalidHandle": -136,
    "BadState": -137,
    "BufferTooSmall": -138,
    "AlreadyExists": -139,
    "DoesNotExist": -140,
    "InsufficientMemory": -141,
    "InsufficientStorage": -142,
    "InsufficientData": -143,
    "ServiceFailure": -144,
    "CommunicationFailure": -145,
    "StorageFailure": -146,
    "HardwareFailure": -147,
    "InsufficientEntropy": -148,
    "InvalidSignature": -149,
    "InvalidPadding": -150,
    "CorruptionDetected": -151,
    "DataCorrupt": -152,
    "DataInvalid": -153,
    "OperationIncomplete": -248,
}

# What needs no core: pure numbers, records and the storage.
WORKS_BEFORE_INIT = """
    crypto_init arena_info capabilities entropy_sources its_set its_get its_get_info its_remove key_id_is_builtin
    key_handle_is_null reset_key_attributes
    set_key_type get_key_type set_key_bits get_key_bits set_key_usage_flags get_key_usage_flags set_key_algorithm
    get_key_algorithm set_key_enrollment_algorithm get_key_enrollment_algorithm set_key_lifetime get_key_lifetime
    set_key_id get_key_id set_key_slot_number get_key_slot_number clear_key_slot_number
    pake_cs_set_algorithm pake_cs_get_algorithm pake_cs_set_primitive pake_cs_get_primitive pake_cs_get_family
    pake_cs_get_bits pake_cs_set_hash pake_cs_get_hash
    hash_abort mac_abort cipher_abort aead_abort sign_hash_abort verify_hash_abort key_derivation_abort pake_abort
""".split()


def test_every_status_has_a_class_of_its_own(target):
    target.run(f"""
import psa
for name, status in {STATUSES!r}.items():
    cls = getattr(psa, name)
    assert issubclass(cls, psa.PSAError) and issubclass(cls, Exception), cls
    assert cls().status == status, (name, cls().status)
    constant = name if name == "OperationIncomplete" else "Error" + name
    snake = "".join("_" + c if c.isupper() else c.upper() for c in constant)[1:].upper()
    snake = snake.replace("_PSA_", "PSA_")
    assert getattr(psa, snake) == status, snake
    assert str(cls(status)) == "PSA_" + snake, str(cls(status))
""")


def test_unknown_status_is_a_plain_psa_error(target):
    target.run("""
import psa
e = psa.PSAError(-9999)
assert e.status == -9999 and str(e) == "PSA status -9999", str(e)
assert psa.PSAError().status is None
assert str(psa.PSAError("my own words")) == "my own words"
""")


def test_message_names_status_and_function(target):
    exc = target.raises("import psa\npsa.crypto_init()\npsa.destroy_key(12345)")
    assert (exc.name, exc.message) == ("InvalidHandle", "PSA_ERROR_INVALID_HANDLE in destroy_key")
    assert target.eval("psa.InvalidHandle(-136, 'destroy_key').args") == (-136, "destroy_key")


def test_application_classes_can_inherit(target):
    target.run("""
import psa
class Mine(psa.InvalidSignature):
    pass
try:
    raise Mine(-149, "mine")
except psa.PSAError as e:
    assert e.status == -149, e.status
""")


def test_nothing_works_before_crypto_init(target):
    # Every function of the module is called with arguments of the right kinds, taken from its printed signature.
    target.run(f"""
import psa
samples = {{
    "attributes": psa.KeyAttributes(), "cipher_suite": psa.PAKECipherSuite(),
    "input": b"", "hash": b"", "mac": b"", "signature": b"", "nonce": b"", "additional_data": b"", "plaintext": b"",
    "ciphertext": b"", "data": b"", "custom_data": b"", "peer_key": b"", "iv": b"", "tag": b"", "user_id": b"",
    "peer_id": b"", "salt": b"", "output": psa.KeyDerivationOperation(), "name": psa.entropy_sources()[0].name,
}}
types = {{
    "hash": psa.HashOperation, "mac": psa.MACOperation, "cipher": psa.CipherOperation, "aead": psa.AEADOperation,
    "key": psa.KeyDerivationOperation, "pake": psa.PAKEOperation, "sign": psa.SignHashInterruptibleOperation,
    "verify": psa.VerifyHashInterruptibleOperation,
}}
sizes = {{"generate_random": {{"output_size": 4}}, "get_entropy": {{"size": 4}}}}
skip = {WORKS_BEFORE_INIT!r}
called = 0
for name in dir(psa):
    f = getattr(psa, name)
    if name in skip or name[0].isupper() or not repr(f).startswith("<function " + name + "("):
        continue
    args = []
    for p in repr(f)[len("<function " + name + "("):-2].split(", "):
        if p and p != "*" and "=None" not in p:
            if name == "key_derivation_verify_bytes" and p == "expected":
                args.append(b"")  # of verify_key it is a key
            elif p.endswith("operation"):
                args.append(types[name.split("_")[0]]())
            else:
                args.append(samples.get(p, 1))
    try:
        f(*args, **sizes.get(name, {{}}))
    except psa.BadState as e:
        assert "crypto_init" in str(e), (name, e)
        called += 1
        continue
    assert False, name + " worked before crypto_init()"
assert called > 80, called
""")


def test_dead_entropy_source_closes_everything(new_machine, board, tmp_path):
    if board != "MPS2_AN386":
        pytest.skip("the entropy source of this target is the host's own, which the test cannot kill")
    machine = new_machine(trng=tmp_path / "missing")
    machine.start()
    exc = machine.raises("import psa\npsa.crypto_init()")
    assert exc.name in ("InsufficientEntropy", "HardwareFailure"), exc
    for call in ("psa.generate_random(4)", "psa.hash_compute(psa.ALG_SHA_256, b'')", "psa.destroy_key(1)"):
        assert machine.raises(call).name == "BadState"


@pytest.mark.parametrize(
    ("call", "name", "message"),
    [
        ("psa.hash_compute(SHA)", "TypeError", "hash_compute() missing argument input"),
        ("psa.hash_compute(SHA, b'', 3)", "TypeError", "hash_compute() takes 2 positional arguments, not 3"),
        ("psa.hash_compute(SHA, b'', data=3)", "TypeError", "hash_compute() has no argument data"),
        ("psa.hash_compute(SHA, b'', alg=3)", "TypeError", "hash_compute() got alg twice"),
        ("psa.hash_compute(SHA, 'text')", "TypeError", "input must be a bytes-like object, not str"),
        ("psa.hash_compute(SHA, None)", "TypeError", "input must be a bytes-like object, not NoneType"),
        ("psa.hash_compute('SHA', b'')", "TypeError", "alg must be an int, not str"),
        ("psa.hash_compute(1.5, b'')", "TypeError", "alg must be an int, not float"),
        ("psa.hash_compute(-1, b'')", "ValueError", "alg must be 0..4294967295"),
        ("psa.hash_compute(1 << 32, b'')", "ValueError", "alg must be 0..4294967295"),
        ("psa.hash_compute(-1 << 70, b'')", "ValueError", "alg must be 0..4294967295"),
        ("psa.generate_random(-1)", "ValueError", "output_size must be 0..268435455"),
        ("psa.generate_random(1 << 64)", "ValueError", "output_size must be 0..268435455"),
        ("psa.generate_random()", "TypeError", "generate_random() needs output_size or out"),
        ("psa.generate_key(1)", "TypeError", "attributes must be KeyAttributes, not int"),
        ("psa.hash_update(psa.MACOperation(), b'')", "TypeError", "operation must be HashOperation, not MACOperation"),
        ("psa.KeyAttributes(kind=1)", "TypeError", "KeyAttributes has no field kind, only type bits usage alg alg2"),
        ("psa.KeyAttributes(bits=1 << 20)", "ValueError", "bits must be 0..65528"),
        ("psa.KeyAttributes(type=1 << 16)", "ValueError", "type must be 0..65535"),
        ("psa.KeyAttributes(7)", "TypeError", ""),
        ("psa.HashOperation(1)", "TypeError", ""),
        ("psa.KeyAttributes(lifetime=0, id=5)", "ValueError", "id is for persistent keys"),
        ("psa.ALG_HMAC(-1)", "ValueError", "hash_alg must be 0..4294967295"),
        ("psa.ALG_HMAC()", "TypeError", ""),
        ("psa.ALG_TRUNCATED_MAC(HMAC_SHA, 64)", "ValueError", "length must be 0..63"),
        ("psa.KEY_TYPE_ECC_KEY_PAIR(256)", "ValueError", "family must be 0..255"),
        ("psa.AEAD_ENCRYPT_OUTPUT_SIZE(AES, psa.ALG_GCM, 1 << 31)", "ValueError", "length must be 0..268435455"),
        ("psa.KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(1, 1 << 24)", "ValueError", "location must be 0..16777215"),
    ],
)
def test_wrong_arguments_are_named(target, call, name, message):
    exc = target.raises(f"{PRELUDE}\n{call}")
    assert exc.name == name, exc.traceback
    assert exc.message.startswith(message), exc.message
