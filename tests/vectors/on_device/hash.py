# SPDX-License-Identifier: MIT
# case: alg, message, digest


def check(alg, message, digest):
    same(psa.hash_compute(alg, message), digest, "hash_compute")
    psa.hash_compare(alg, message, digest)

    operation = psa.HashOperation()
    psa.hash_setup(operation, alg)
    cut = len(message) // 3
    psa.hash_update(operation, message[:cut])
    copy = psa.hash_clone(operation)
    for op in (operation, copy):
        psa.hash_update(op, message[cut:])
    same(psa.hash_finish(operation), digest, "hash_finish")
    psa.hash_verify(copy, digest)

    wrong = psa.InvalidSignature
    refused(wrong, psa.hash_compare, alg, message, flipped(digest, len(message)))
    refused(wrong, psa.hash_compare, alg, message + b"\0", digest)
    refused(wrong, psa.hash_compare, alg, message, digest[:-1])
    refused(wrong, psa.hash_compare, alg, message, digest + b"\0")
    refused(wrong, psa.hash_compare, alg, message, b"")
    if message:
        refused(wrong, psa.hash_compare, alg, flipped(message, len(message) // 2), digest)
        refused(wrong, psa.hash_compare, alg, message[:-1], digest)
    psa.hash_setup(operation, alg)
    psa.hash_update(operation, message)
    refused(wrong, psa.hash_verify, operation, flipped(digest, 7))
