# SPDX-License-Identifier: MIT
"""Both ways with another implementation: what psa makes pyca/cryptography takes, and the other way round.

The messages and keys are drawn anew in every run; a failure prints them.
"""

from __future__ import annotations

import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import cmac, hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from tests.targets import Target

LENGTHS = (0, 1, 15, 16, 17, 64, 1000)
HASHES = {"SHA_256": hashes.SHA256(), "SHA_384": hashes.SHA384(), "SHA_512": hashes.SHA512()}
CURVES = {
    ("SECP_R1", 256): ec.SECP256R1(),
    ("SECP_R1", 384): ec.SECP384R1(),
    ("SECP_R1", 521): ec.SECP521R1(),
    ("SECP_K1", 256): ec.SECP256K1(),
    ("BRAINPOOL_P_R1", 256): ec.BrainpoolP256R1(),
    ("BRAINPOOL_P_R1", 512): ec.BrainpoolP512R1(),
}
HELPERS = """
import psa
psa.crypto_init()

def key(type_, usage, alg, data):
    return psa.import_key(psa.KeyAttributes(type=type_, usage=usage, alg=alg), data)
"""


def need(target: Target, *names: str) -> None:
    missing = target.missing(*names)
    if missing:
        pytest.skip(f"{target.name}: firmware without {', '.join(missing)}")


@pytest.fixture
def device(full_target: Target) -> Target:
    full_target.run(HELPERS)
    return full_target


def test_aead_both_ways(device: Target) -> None:
    kinds = [("AES", "GCM", AESGCM, 32, 12), ("AES", "CCM", AESCCM, 16, 13)]
    kinds.append(("CHACHA20", "CHACHA20_POLY1305", ChaCha20Poly1305, 32, 12))
    for type_, alg, theirs, key_length, nonce_length in kinds:
        need(device, f"KEY_TYPE_{type_}", f"ALG_{alg}")
        secret, nonce = os.urandom(key_length), os.urandom(nonce_length)
        device.run(
            f"usage = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT\n"
            f"k = key(psa.KEY_TYPE_{type_}, usage, psa.ALG_{alg}, {secret!r})"
        )
        for length in LENGTHS:
            plaintext, aad = os.urandom(length), os.urandom(length // 3)
            sealed = theirs(secret).encrypt(nonce, plaintext, aad)
            ours = device.eval(f"psa.aead_encrypt(k, psa.ALG_{alg}, {nonce!r}, {aad!r}, {plaintext!r})")
            assert ours == sealed
            assert device.eval(f"psa.aead_decrypt(k, psa.ALG_{alg}, {nonce!r}, {aad!r}, {sealed!r})") == plaintext
        device.run("psa.destroy_key(k)")


@pytest.mark.parametrize("mode", ["CBC_PKCS7", "CTR", "CFB", "OFB"])
def test_ciphers_both_ways(device: Target, mode: str) -> None:
    need(device, "KEY_TYPE_AES", f"ALG_{mode}")
    secret = os.urandom(32)
    device.run(
        f"usage = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT\n"
        f"k = key(psa.KEY_TYPE_AES, usage, psa.ALG_{mode}, {secret!r})"
    )
    their_mode = {"CBC_PKCS7": modes.CBC, "CTR": modes.CTR, "CFB": modes.CFB, "OFB": modes.OFB}[mode]
    for length in LENGTHS:
        plaintext, iv = os.urandom(length), os.urandom(16)
        fill = 16 - length % 16
        padded = plaintext + bytes([fill]) * fill if mode == "CBC_PKCS7" else plaintext
        cipher = Cipher(algorithms.AES(secret), their_mode(iv))
        encryptor = cipher.encryptor()
        theirs = iv + encryptor.update(padded) + encryptor.finalize()
        assert device.eval(f"psa.cipher_decrypt(k, psa.ALG_{mode}, {theirs!r})") == plaintext
        ours = device.eval(f"psa.cipher_encrypt(k, psa.ALG_{mode}, {plaintext!r})")
        decryptor = Cipher(algorithms.AES(secret), their_mode(ours[:16])).decryptor()
        assert decryptor.update(ours[16:]) + decryptor.finalize() == padded


@pytest.mark.parametrize("name", HASHES)
def test_hash_hmac_hkdf_pbkdf2(device: Target, name: str) -> None:
    need(device, f"ALG_{name}", "ALG_HMAC", "ALG_HKDF")
    for length in LENGTHS:
        message, secret = os.urandom(length), os.urandom(32)
        digest = hashes.Hash(HASHES[name])
        digest.update(message)
        assert device.eval(f"psa.hash_compute(psa.ALG_{name}, {message!r})") == digest.finalize()
        device.run(f"k = key(psa.KEY_TYPE_HMAC, psa.KEY_USAGE_SIGN_MESSAGE, psa.ALG_HMAC(psa.ALG_{name}), {secret!r})")
        theirs = hmac.HMAC(secret, HASHES[name])
        theirs.update(message)
        assert device.eval(f"psa.mac_compute(k, psa.ALG_HMAC(psa.ALG_{name}), {message!r})") == theirs.finalize()
        device.run("psa.destroy_key(k)")
    salt, info, secret = os.urandom(20), os.urandom(10), os.urandom(40)
    device.run(
        f"alg = psa.ALG_HKDF(psa.ALG_{name})\n"
        f"k = key(psa.KEY_TYPE_DERIVE, psa.KEY_USAGE_DERIVE, alg, {secret!r})\n"
        f"o = psa.KeyDerivationOperation()\npsa.key_derivation_setup(o, alg)\n"
        f"psa.key_derivation_input_bytes(o, psa.KEY_DERIVATION_INPUT_SALT, {salt!r})\n"
        f"psa.key_derivation_input_key(o, psa.KEY_DERIVATION_INPUT_SECRET, k)\n"
        f"psa.key_derivation_input_bytes(o, psa.KEY_DERIVATION_INPUT_INFO, {info!r})"
    )
    assert device.eval("psa.key_derivation_output_bytes(o, 100)") == HKDF(HASHES[name], 100, salt, info).derive(secret)
    need(device, "ALG_PBKDF2_HMAC", "KEY_TYPE_PASSWORD")
    device.run(
        f"alg = psa.ALG_PBKDF2_HMAC(psa.ALG_{name})\n"
        f"k = key(psa.KEY_TYPE_PASSWORD, psa.KEY_USAGE_DERIVE, alg, {secret!r})\n"
        f"o = psa.KeyDerivationOperation()\npsa.key_derivation_setup(o, alg)\n"
        f"psa.key_derivation_input_integer(o, psa.KEY_DERIVATION_INPUT_COST, 50)\n"
        f"psa.key_derivation_input_bytes(o, psa.KEY_DERIVATION_INPUT_SALT, {salt!r})\n"
        f"psa.key_derivation_input_key(o, psa.KEY_DERIVATION_INPUT_PASSWORD, k)"
    )
    theirs = PBKDF2HMAC(HASHES[name], 70, salt, 50).derive(secret)
    assert device.eval("psa.key_derivation_output_bytes(o, 70)") == theirs


def test_cmac(device: Target) -> None:
    need(device, "ALG_CMAC", "KEY_TYPE_AES")
    for length in LENGTHS:
        message, secret = os.urandom(length), os.urandom(16)
        theirs = cmac.CMAC(algorithms.AES(secret))
        theirs.update(message)
        device.run(f"k = key(psa.KEY_TYPE_AES, psa.KEY_USAGE_SIGN_MESSAGE, psa.ALG_CMAC, {secret!r})")
        assert device.eval(f"psa.mac_compute(k, psa.ALG_CMAC, {message!r})") == theirs.finalize()


def _raw(signature: bytes, size: int) -> bytes:
    r, s = decode_dss_signature(signature)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


@pytest.mark.parametrize("family, bits", CURVES)
def test_ecc_both_ways(device: Target, family: str, bits: int) -> None:
    need(device, "ALG_ECDSA", "ALG_ECDH", f"ECC_{family}_{bits}", "ALG_SHA_256")
    curve, size = CURVES[family, bits], (bits + 7) // 8
    types = (
        f"psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_{family})",
        f"psa.KEY_TYPE_ECC_PUBLIC_KEY(psa.ECC_FAMILY_{family})",
    )
    message = os.urandom(77)
    point = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    alg = "psa.ALG_ECDSA(psa.ALG_SHA_256)"

    # Their key and signature, ours verifies; ours signs with their key, they verify.
    theirs = ec.generate_private_key(curve)
    scalar = theirs.private_numbers().private_value.to_bytes(size, "big")
    public = theirs.public_key().public_bytes(*point)
    usage = "psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE"
    device.run(f"pair = key({types[0]}, {usage}, {alg}, {scalar!r})\npub = key({types[1]}, {usage}, {alg}, {public!r})")
    assert device.eval("psa.export_public_key(pair)") == public
    signature = _raw(theirs.sign(message, ec.ECDSA(hashes.SHA256())), size)
    device.run(f"psa.verify_message(pub, {alg}, {message!r}, {signature!r})")
    made = device.eval(f"psa.sign_message(pair, {alg}, {message!r})")
    r, s = (int.from_bytes(part, "big") for part in (made[:size], made[size:]))
    theirs.public_key().verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        theirs.public_key().verify(encode_dss_signature(r, s), message + b"x", ec.ECDSA(hashes.SHA256()))

    # A key generated on the device, exported, means the same to them; and both agree on a secret.
    usage = "psa.KEY_USAGE_DERIVE | psa.KEY_USAGE_EXPORT"
    device.run(
        f"own = psa.generate_key(psa.KeyAttributes(type={types[0]}, bits={bits}, usage={usage}, alg=psa.ALG_ECDH))"
    )
    private = ec.derive_private_key(int.from_bytes(device.eval("psa.export_key(own)"), "big"), curve)
    exported = device.eval("psa.export_public_key(own)")
    assert private.public_key().public_bytes(*point) == exported
    secret = theirs.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, exported))
    assert device.eval(f"psa.raw_key_agreement(psa.ALG_ECDH, own, {public!r})") == secret


MONTGOMERY = {255: (x25519.X25519PrivateKey, x25519.X25519PublicKey), 448: (x448.X448PrivateKey, x448.X448PublicKey)}


@pytest.mark.parametrize("bits", MONTGOMERY)
def test_montgomery_both_ways(device: Target, bits: int) -> None:
    theirs, their_public = MONTGOMERY[bits]
    need(device, "ALG_ECDH", f"ECC_MONTGOMERY_{bits}")
    type_ = "psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_MONTGOMERY)"
    usage = "psa.KEY_USAGE_DERIVE | psa.KEY_USAGE_EXPORT"
    device.run(f"own = psa.generate_key(psa.KeyAttributes(type={type_}, bits={bits}, usage={usage}, alg=psa.ALG_ECDH))")
    peer = theirs.generate()
    exported = device.eval("psa.export_public_key(own)")
    secret = peer.exchange(their_public.from_public_bytes(exported))
    assert device.eval(f"psa.raw_key_agreement(psa.ALG_ECDH, own, {peer.public_key().public_bytes_raw()!r})") == secret
    again = theirs.from_private_bytes(device.eval("psa.export_key(own)"))
    assert again.public_key().public_bytes_raw() == exported


def test_rsa_both_ways(device: Target) -> None:
    names = ("KEY_TYPE_RSA_KEY_PAIR_IMPORT", "ALG_RSA_PSS", "ALG_RSA_PKCS1V15_SIGN", "ALG_RSA_OAEP")
    need(device, *names, "ALG_RSA_PKCS1V15_CRYPT")
    theirs = rsa.generate_private_key(65537, 2048)
    der = theirs.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = theirs.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    message = os.urandom(99)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    for alg, pad in (("RSA_PSS", pss), ("RSA_PKCS1V15_SIGN", padding.PKCS1v15())):
        alg = f"psa.ALG_{alg}(psa.ALG_SHA_256)"
        usage = "psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE"
        device.run(f"pair = key(psa.KEY_TYPE_RSA_KEY_PAIR, {usage}, {alg}, {der!r})")
        assert device.eval("psa.export_public_key(pair)") == public
        made = device.eval(f"psa.sign_message(pair, {alg}, {message!r})")
        theirs.public_key().verify(made, message, pad, hashes.SHA256())
        signature = theirs.sign(message, pad, hashes.SHA256())
        device.run(f"psa.verify_message(pair, {alg}, {message!r}, {signature!r})\npsa.destroy_key(pair)")
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), b"label")
    secret = os.urandom(40)
    for alg, pad, label in (
        ("psa.ALG_RSA_OAEP(psa.ALG_SHA_256)", oaep, b"label"),
        ("psa.ALG_RSA_PKCS1V15_CRYPT", padding.PKCS1v15(), b""),
    ):
        usage = "psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT"
        device.run(f"pair = key(psa.KEY_TYPE_RSA_KEY_PAIR, {usage}, {alg}, {der!r})")
        sealed = theirs.public_key().encrypt(secret, pad)
        assert device.eval(f"psa.asymmetric_decrypt(pair, {alg}, {sealed!r}, {label!r})") == secret
        ours = device.eval(f"psa.asymmetric_encrypt(pair, {alg}, {secret!r}, {label!r})")
        assert theirs.decrypt(ours, pad) == secret
        device.run("psa.destroy_key(pair)")


def test_rsa_key_made_on_the_device(device: Target) -> None:
    need(device, "KEY_TYPE_RSA_KEY_PAIR_GENERATE", "KEY_TYPE_RSA_KEY_PAIR_EXPORT", "ALG_RSA_PSS")
    alg = "psa.ALG_RSA_PSS(psa.ALG_SHA_256)"
    device.run(
        "usage = psa.KEY_USAGE_EXPORT | psa.KEY_USAGE_SIGN_MESSAGE\n"
        f"own = psa.generate_key(psa.KeyAttributes(type=psa.KEY_TYPE_RSA_KEY_PAIR, bits=2048, usage=usage, alg={alg}))",
        timeout=120,
    )
    private = serialization.load_der_private_key(device.eval("psa.export_key(own)"), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.key_size == 2048
    signature = device.eval(f"psa.sign_message(own, {alg}, b'message')")
    pad = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    private.public_key().verify(signature, b"message", pad, hashes.SHA256())
