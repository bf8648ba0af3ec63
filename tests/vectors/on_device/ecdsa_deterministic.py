# SPDX-License-Identifier: MIT
# case: family, bits, alg, private key, message, signature


def check(family, bits, alg, scalar, message, signature):
    usage = psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_SIGN_HASH | psa.KEY_USAGE_VERIFY_MESSAGE
    pair = key(psa.KEY_TYPE_ECC_KEY_PAIR(family), usage, alg, scalar)
    try:
        same(psa.sign_message(pair, alg, message), signature, "sign_message")
        digest = psa.hash_compute(psa.ALG_SIGN_GET_HASH(alg), message)
        same(psa.sign_hash(pair, alg, digest), signature, "sign_hash")
        psa.verify_message(pair, alg, message, signature)
        refused(psa.InvalidSignature, psa.verify_message, pair, alg, flipped(message, 2), signature)
    finally:
        psa.destroy_key(pair)
