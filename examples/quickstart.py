# SPDX-License-Identifier: MIT
# MicroPSA in one page: a key that survives restarts, a signature, an encrypted message.
# Runs on the board (`make run`) and on UNIX; run it twice to see the key survive.

import psa

psa.crypto_init()

# 1. A signing key that never leaves the PSA core. Persistent keys have a number that you choose.
KEY_ID = 1
ECDSA = psa.ALG_ECDSA(psa.ALG_SHA_256)

attributes = psa.KeyAttributes(
    type=psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1),
    bits=256,
    usage=psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE,
    alg=ECDSA,
    lifetime=psa.KEY_LIFETIME_PERSISTENT,
    id=KEY_ID,
)
try:
    psa.generate_key(attributes)
    print("signing key", KEY_ID, "generated: run me again, it will still be here")
except psa.AlreadyExists:
    print("signing key", KEY_ID, "found: the key survived")

print("public key ", psa.export_public_key(KEY_ID).hex())

# 2. Sign and verify. Verification returns nothing: what is wrong raises.
message = b"turn the light on"
signature = psa.sign_message(KEY_ID, ECDSA, message)
psa.verify_message(KEY_ID, ECDSA, message, signature)
print("signature  ", signature.hex())

try:
    psa.verify_message(KEY_ID, ECDSA, b"turn the light off", signature)
except psa.InvalidSignature as error:
    print("tampered   ", error)

# 3. Encrypt and decrypt with a key that lives until the next reset.
attributes = psa.KeyAttributes(
    type=psa.KEY_TYPE_AES,
    bits=128,
    usage=psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT,
    alg=psa.ALG_GCM,
)
key = psa.generate_key(attributes)
nonce = psa.generate_random(12)
sealed = psa.aead_encrypt(key, psa.ALG_GCM, nonce, b"header", b"the secret")
print("sealed     ", sealed.hex())
print("opened     ", psa.aead_decrypt(key, psa.ALG_GCM, nonce, b"header", sealed))

forged = bytearray(sealed)
forged[-1] ^= 1
try:
    psa.aead_decrypt(key, psa.ALG_GCM, nonce, b"header", forged)
except psa.InvalidSignature as error:
    print("forged     ", error)

psa.destroy_key(key)
