# SPDX-License-Identifier: MIT
"""Runs on the device: is anything left of a key in memory after it was used and destroyed?

Looks in all of RAM but Python's heap, where the test itself keeps its keys. REGIONS comes from the test."""

import psa
import uctypes

PIECE = 4096
WINDOW = 8  # so many bytes of a key in a row are a find

ALL = (
    psa.KEY_USAGE_ENCRYPT
    | psa.KEY_USAGE_DECRYPT
    | psa.KEY_USAGE_SIGN_MESSAGE
    | psa.KEY_USAGE_VERIFY_MESSAGE
    | psa.KEY_USAGE_DERIVE
    | psa.KEY_USAGE_EXPORT
)


def words_swapped(data):
    return b"".join(bytes(reversed(data[i : i + 4])) for i in range(0, len(data), 4))


def shapes(secret):
    """As it is, as HMAC pads it, as bignums and hashes have it."""
    padded = [secret] + [bytes(byte ^ pad for byte in secret) for pad in (0x36, 0x5C)]
    return padded + [words_swapped(shape) for shape in padded] + [bytes(reversed(secret))]


def found(secret, regions):
    """Addresses of what is left of a secret."""
    places = []
    looked_for = [shape[i : i + WINDOW] for shape in shapes(secret) for i in range(0, len(shape) - WINDOW + 1, WINDOW)]
    for start, end in regions:
        for at in range(start, end, PIECE):
            piece = bytes(uctypes.bytearray_at(at, min(PIECE + WINDOW, end - at)))
            places += [hex(at + piece.find(part)) for part in looked_for if piece.find(part) >= 0]
    return places


def secret_of(size, seed):
    return bytes((i * 37 + seed * 91 + (i * i >> 3) ^ 0xA5) & 0xFF for i in range(size))


def mac(key, alg):
    psa.mac_verify(key, alg, b"message", psa.mac_compute(key, alg, b"message"))
    try:
        psa.mac_verify(key, alg, b"message", bytes(psa.MAC_LENGTH(psa.KEY_TYPE_AES, 128, alg)))
    except psa.InvalidSignature:
        pass


def cipher(key, alg):
    psa.cipher_decrypt(key, alg, psa.cipher_encrypt(key, alg, b"message"))
    with psa.CipherOperation() as op:
        op.encrypt_setup(key, alg)
        op.generate_iv()
        op.update(b"message")


def aead(key, alg):
    psa.aead_decrypt(key, alg, bytes(12), b"", psa.aead_encrypt(key, alg, bytes(12), b"", b"message"))


def sign(key, alg):
    psa.sign_message(key, alg, b"message")


def agree(key, alg):
    psa.raw_key_agreement(alg, key, psa.export_public_key(key))


def hkdf(key, alg):
    with psa.KeyDerivationOperation() as op:
        op.setup(alg)
        op.input_key(psa.KEY_DERIVATION_INPUT_SECRET, key)
        op.input_bytes(psa.KEY_DERIVATION_INPUT_INFO, b"info")
        op.output_bytes(16)


def pbkdf2(key, alg):
    with psa.KeyDerivationOperation() as op:
        op.setup(alg)
        op.input_integer(psa.KEY_DERIVATION_INPUT_COST, 2)
        op.input_bytes(psa.KEY_DERIVATION_INPUT_SALT, b"salt")
        op.input_key(psa.KEY_DERIVATION_INPUT_PASSWORD, key)
        op.output_bytes(16)


P256 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)

CASES = {
    "hmac": (mac, psa.KEY_TYPE_HMAC, 32, psa.ALG_HMAC(psa.ALG_SHA_256)),
    "cmac": (mac, psa.KEY_TYPE_AES, 16, psa.ALG_CMAC),
    "cbc": (cipher, psa.KEY_TYPE_AES, 16, psa.ALG_CBC_PKCS7),
    "ctr": (cipher, psa.KEY_TYPE_AES, 16, psa.ALG_CTR),
    "gcm": (aead, psa.KEY_TYPE_AES, 32, psa.ALG_GCM),
    "ccm": (aead, psa.KEY_TYPE_AES, 16, psa.ALG_CCM),
    "ecdsa": (sign, P256, 32, psa.ALG_ECDSA(psa.ALG_SHA_256)),
    "deterministic-ecdsa": (sign, P256, 32, psa.ALG_DETERMINISTIC_ECDSA(psa.ALG_SHA_256)),
    "ecdh": (agree, P256, 32, psa.ALG_ECDH),
    "hkdf": (hkdf, psa.KEY_TYPE_DERIVE, 32, psa.ALG_HKDF(psa.ALG_SHA_256)),
    "pbkdf2": (pbkdf2, psa.KEY_TYPE_PASSWORD, 24, psa.ALG_PBKDF2_HMAC(psa.ALG_SHA_256)),
}


def left_by(name, regions):
    """What a volatile and a persistent key leave in memory. They are different keys."""
    use, key_type, size, alg = CASES[name]
    places = []
    for seed, lifetime in enumerate((psa.KEY_LIFETIME_VOLATILE, psa.KEY_LIFETIME_PERSISTENT)):
        secret = secret_of(size, seed + len(name))
        attributes = psa.KeyAttributes(type=key_type, alg=alg, usage=ALL, lifetime=lifetime)
        if lifetime == psa.KEY_LIFETIME_PERSISTENT:
            attributes.id = 77
        key = psa.import_key(attributes, secret)
        use(key, alg)
        psa.destroy_key(key)
        places += found(secret, regions)
    return places
