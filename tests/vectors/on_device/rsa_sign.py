# SPDX-License-Identifier: MIT
# case: alg, private key or None, public key, message, signature, valid, deterministic
# valid is None for a number that is no signature of this key at all, being greater than its modulus.


def check(alg, private, public, message, signature, valid, deterministic):
    wrong = psa.InvalidSignature
    verifier = key(psa.KEY_TYPE_RSA_PUBLIC_KEY, psa.KEY_USAGE_VERIFY_MESSAGE, alg, public)
    try:
        if not valid:
            refused(
                (wrong, psa.InvalidArgument) if valid is None else wrong,
                psa.verify_message,
                verifier,
                alg,
                message,
                signature,
            )
            return
        psa.verify_message(verifier, alg, message, signature)
        refused(wrong, psa.verify_message, verifier, alg, flipped(message, 3) if message else b"\0", signature)
        refused(wrong, psa.verify_message, verifier, alg, message + b"\0", signature)
        refused(wrong, psa.verify_message, verifier, alg, message, flipped(signature, len(signature) - 2))
        refused(wrong, psa.verify_message, verifier, alg, message, signature[:-1])
        refused(wrong, psa.verify_message, verifier, alg, message, signature + b"\0")
        refused(wrong, psa.verify_message, verifier, alg, message, b"")
    finally:
        psa.destroy_key(verifier)
    if private is not None:
        signer = key(psa.KEY_TYPE_RSA_KEY_PAIR, psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE, alg, private)
        try:
            made = psa.sign_message(signer, alg, message)
            if deterministic:
                same(made, signature, "sign_message")
            psa.verify_message(signer, alg, message, made)
        finally:
            psa.destroy_key(signer)
