# SPDX-License-Identifier: MIT
# case: family, bits, alg, public point, message, signature, valid


def check(family, bits, alg, point, message, signature, valid):
    type_ = psa.KEY_TYPE_ECC_PUBLIC_KEY(family)
    usage = psa.KEY_USAGE_VERIFY_MESSAGE | psa.KEY_USAGE_VERIFY_HASH
    wrong = psa.InvalidSignature
    try:
        public = key(type_, usage, alg, point)
    except psa.InvalidArgument:
        if valid:
            raise
        refused(psa.InvalidArgument, key, type_, usage, alg, point)  # not a point of the curve
        return
    try:
        if not valid:
            refused(wrong, psa.verify_message, public, alg, message, signature)
            return
        digest = psa.hash_compute(psa.ALG_SIGN_GET_HASH(alg), message)
        psa.verify_message(public, alg, message, signature)
        psa.verify_hash(public, alg, digest, signature)

        half = len(signature) // 2
        refused(wrong, psa.verify_message, public, alg, flipped(message, len(message) // 2), signature)
        refused(wrong, psa.verify_message, public, alg, message[:-1], signature)
        refused(wrong, psa.verify_message, public, alg, message, flipped(signature, half - 1))
        refused(wrong, psa.verify_message, public, alg, message, flipped(signature, half + 3))
        refused(wrong, psa.verify_message, public, alg, message, signature[:-1])
        refused(wrong, psa.verify_message, public, alg, message, b"")
        refused(wrong, psa.verify_message, public, alg, message, bytes(half) + signature[half:])
        refused(wrong, psa.verify_message, public, alg, message, signature[:half] + bytes(half))
        refused(wrong, psa.verify_hash, public, alg, flipped(digest, 0), signature)
        if len(digest) * 8 <= bits:  # of a longer one ECDSA takes the leftmost bits only
            refused((psa.InvalidArgument, wrong), psa.verify_hash, public, alg, digest[:-1], signature)
    finally:
        psa.destroy_key(public)
