# SPDX-License-Identifier: MIT
# case: key type, alg, tag length, key, nonce, additional data, plaintext (None: must not verify), ciphertext and tag


def check(type_, alg, tag_length, data, nonce, aad, plaintext, ciphertext):
    usage = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT
    good = key(type_, usage, alg, data)
    bad = key(type_, usage, alg, flipped(data, 21))
    try:
        wrong = psa.InvalidSignature
        if plaintext is None:
            refused(wrong, psa.aead_decrypt, good, alg, nonce, aad, ciphertext)
            refused(wrong, verify_in_parts, good, alg, nonce, aad, ciphertext, tag_length)
            return
        same(psa.aead_encrypt(good, alg, nonce, aad, plaintext), ciphertext, "aead_encrypt")
        same(psa.aead_decrypt(good, alg, nonce, aad, ciphertext), plaintext, "aead_decrypt")
        same(encrypt_in_parts(good, alg, nonce, aad, plaintext), ciphertext, "aead_finish")
        same(verify_in_parts(good, alg, nonce, aad, ciphertext, tag_length), plaintext, "aead_verify")

        decrypt = psa.aead_decrypt
        refused(wrong, decrypt, good, alg, nonce, aad, flipped(ciphertext, len(ciphertext) - 1))
        if plaintext:
            refused(wrong, decrypt, good, alg, nonce, aad, flipped(ciphertext, len(plaintext) // 2))
            # What is left is long enough for a tag, which is then the wrong one.
            refused(wrong, decrypt, good, alg, nonce, aad, ciphertext[:-1])
            refused(wrong, decrypt, good, alg, nonce, aad, ciphertext[1:])
        refused(wrong, decrypt, good, alg, nonce, aad + b"\0", ciphertext)
        if aad:
            refused(wrong, decrypt, good, alg, nonce, flipped(aad, len(aad) // 2), ciphertext)
            refused(wrong, decrypt, good, alg, nonce, aad[:-1], ciphertext)
        refused(wrong, decrypt, good, alg, flipped(nonce, 9), aad, ciphertext)
        refused(wrong, decrypt, bad, alg, nonce, aad, ciphertext)
        # Shorter than a tag, or a nonce that the algorithm does not take: refused before anything is decrypted.
        refused((wrong, psa.InvalidArgument), decrypt, good, alg, nonce, aad, ciphertext[-tag_length:][:-1])
        refused((wrong, psa.InvalidArgument), decrypt, good, alg, nonce, aad, b"")
        refused((psa.InvalidArgument, psa.NotSupported), decrypt, good, alg, b"", aad, ciphertext)
        refused(wrong, verify_in_parts, good, alg, nonce, aad, flipped(ciphertext, len(ciphertext) - 1), tag_length)
    finally:
        psa.destroy_key(good)
        psa.destroy_key(bad)


def encrypt_in_parts(good, alg, nonce, aad, plaintext):
    operation = psa.AEADOperation()
    psa.aead_encrypt_setup(operation, good, alg)
    return b"".join(feed(operation, nonce, aad, plaintext)) + b"".join(psa.aead_finish(operation))


def verify_in_parts(good, alg, nonce, aad, ciphertext, tag_length):
    operation = psa.AEADOperation()
    psa.aead_decrypt_setup(operation, good, alg)
    cut = len(ciphertext) - tag_length
    parts = feed(operation, nonce, aad, ciphertext[:cut])
    return b"".join(parts) + psa.aead_verify(operation, ciphertext[cut:])


def feed(operation, nonce, aad, data):
    psa.aead_set_lengths(operation, len(aad), len(data))
    psa.aead_set_nonce(operation, nonce)
    psa.aead_update_ad(operation, aad[:1])
    psa.aead_update_ad(operation, aad[1:])
    # Whole blocks first: an implementation may refuse to be fed anything else before the last part (CCM does not care).
    cut = len(data) // 32 * 16
    return [psa.aead_update(operation, data[:cut]), psa.aead_update(operation, data[cut:])]
