# SPDX-License-Identifier: MIT
# case: alg, private key, label, plaintext, ciphertext


def check(alg, private, label, plaintext, ciphertext):
    usage = psa.KEY_USAGE_DECRYPT | psa.KEY_USAGE_ENCRYPT
    pair = key(psa.KEY_TYPE_RSA_KEY_PAIR, usage, alg, private)
    try:
        same(psa.asymmetric_decrypt(pair, alg, ciphertext, label), plaintext, "asymmetric_decrypt")
        made = psa.asymmetric_encrypt(pair, alg, plaintext, label)
        same(psa.asymmetric_decrypt(pair, alg, made, label), plaintext, "asymmetric_encrypt")
        refused((psa.InvalidArgument, psa.InvalidPadding), psa.asymmetric_decrypt, pair, alg, ciphertext[:-1], label)
        refused((psa.InvalidArgument, psa.InvalidPadding), psa.asymmetric_decrypt, pair, alg, b"", label)
        if alg != psa.ALG_RSA_PKCS1V15_CRYPT:
            refused(psa.InvalidPadding, psa.asymmetric_decrypt, pair, alg, ciphertext, label + b"x")
            changed = bytes(len(ciphertext) - 1) + b"\2"
            refused(psa.InvalidPadding, psa.asymmetric_decrypt, pair, alg, changed, label)
    finally:
        psa.destroy_key(pair)
