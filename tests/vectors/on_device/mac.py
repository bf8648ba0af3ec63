# SPDX-License-Identifier: MIT
# case: key type, alg, key, message, tag


def check(type_, alg, data, message, tag):
    usage = psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE
    good = key(type_, usage, alg, data)
    bad = key(type_, usage, alg, flipped(data, 10))
    try:
        same(psa.mac_compute(good, alg, message), tag, "mac_compute")
        psa.mac_verify(good, alg, message, tag)

        operation = psa.MACOperation()
        cut = (len(message) + 1) // 2
        psa.mac_sign_setup(operation, good, alg)
        psa.mac_update(operation, message[:cut])
        psa.mac_update(operation, message[cut:])
        same(psa.mac_sign_finish(operation), tag, "mac_sign_finish")
        psa.mac_verify_setup(operation, good, alg)
        psa.mac_update(operation, message)
        psa.mac_verify_finish(operation, tag)

        wrong = psa.InvalidSignature
        refused(wrong, psa.mac_verify, good, alg, message, flipped(tag, len(message)))
        refused(wrong, psa.mac_verify, good, alg, message, tag[:-1])
        refused(wrong, psa.mac_verify, good, alg, message, tag + b"\0")
        refused(wrong, psa.mac_verify, good, alg, message, b"")
        refused(wrong, psa.mac_verify, good, alg, message + b"\0", tag)
        refused(wrong, psa.mac_verify, bad, alg, message, tag)
        if message:
            refused(wrong, psa.mac_verify, good, alg, flipped(message, len(message) // 2), tag)
            refused(wrong, psa.mac_verify, good, alg, message[:-1], tag)
        psa.mac_verify_setup(operation, good, alg)
        psa.mac_update(operation, message)
        refused(wrong, psa.mac_verify_finish, operation, flipped(tag, 3))
    finally:
        psa.destroy_key(good)
        psa.destroy_key(bad)
