# SPDX-License-Identifier: MIT
"""Python that tests send to a target: keys whose material follows from their id, so that any test can check any key."""

# Every persistent key of these tests is an AES key whose bytes follow from its id. `state` tells whether it is there
# and does its work; anything between "there" and "not there" raises.
SOURCE = """
import psa

USAGE = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT | psa.KEY_USAGE_EXPORT

def material(key_id):
    return bytes((key_id * 7 + n * 13) & 255 for n in range(16))

def attributes(**where):
    return psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=128, usage=USAGE, alg=psa.ALG_CTR, **where)

def create(key_id):
    made = psa.import_key(attributes(lifetime=psa.KEY_LIFETIME_PERSISTENT, id=key_id), material(key_id))
    assert made == key_id, (made, key_id)

def volatile(number):
    return psa.import_key(attributes(), material(number))

def state(key_id):
    try:
        found = psa.get_key_attributes(key_id)
    except (psa.InvalidHandle, psa.DoesNotExist):
        # What is not there can be created; a leftover would say AlreadyExists.
        create(key_id)
        psa.destroy_key(key_id)
        return "absent"
    assert (found.type, found.bits, found.usage, found.alg) == (psa.KEY_TYPE_AES, 128, USAGE, psa.ALG_CTR), found
    assert found.lifetime == psa.KEY_LIFETIME_PERSISTENT and found.id == key_id, found
    assert psa.export_key(key_id) == material(key_id), "the key has other bytes"
    sealed = psa.cipher_encrypt(key_id, psa.ALG_CTR, b"attack at dawn")
    assert psa.cipher_decrypt(key_id, psa.ALG_CTR, sealed) == b"attack at dawn"
    return "usable"

psa.crypto_init()
"""
