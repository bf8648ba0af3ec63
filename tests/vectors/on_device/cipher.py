# SPDX-License-Identifier: MIT
# case: key type, alg, key, iv, plaintext, ciphertext


def crypt(setup, good, alg, iv, data, cut):
    operation = psa.CipherOperation()
    setup(operation, good, alg)
    if iv:
        psa.cipher_set_iv(operation, iv)
    parts = [psa.cipher_update(operation, data[:cut]), psa.cipher_update(operation, data[cut:])]
    parts.append(psa.cipher_finish(operation))
    return b"".join(parts)


def check(type_, alg, data, iv, plaintext, ciphertext):
    usage = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT
    good = key(type_, usage, alg, data)
    # Bit 0 of a DES key's bytes is parity and changes nothing, so the wrong key differs elsewhere.
    bad = key(type_, usage, alg, bytes([data[0] ^ 2]) + data[1:])
    try:
        for cut in (0, len(plaintext) // 2 + 1, len(plaintext)):
            same(crypt(psa.cipher_encrypt_setup, good, alg, iv, plaintext, cut), ciphertext, "encrypt at %d" % cut)
            same(crypt(psa.cipher_decrypt_setup, good, alg, iv, ciphertext, cut), plaintext, "decrypt at %d" % cut)
        same(psa.cipher_decrypt(good, alg, iv + ciphertext), plaintext, "cipher_decrypt")

        differs(bad, alg, iv, ciphertext, plaintext)
        differs(good, alg, iv, flipped(ciphertext, len(ciphertext) // 2), plaintext)
        if iv:
            differs(good, alg, flipped(iv, 5), ciphertext, plaintext)
            refused(psa.InvalidArgument, psa.cipher_decrypt, good, alg, iv[:-1])
        if alg in (psa.ALG_CBC_NO_PADDING, psa.ALG_ECB_NO_PADDING):
            refused(psa.InvalidArgument, psa.cipher_decrypt, good, alg, iv + ciphertext[:-1])
    finally:
        psa.destroy_key(good)
        psa.destroy_key(bad)


def differs(good, alg, iv, ciphertext, plaintext):
    # No authentication: a changed input decrypts to something else.
    global negatives
    if psa.cipher_decrypt(good, alg, iv + ciphertext) == plaintext:
        raise AssertionError("a changed input decrypts to the same plaintext")
    negatives += 1
