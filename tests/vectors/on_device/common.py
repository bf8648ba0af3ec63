# SPDX-License-Identifier: MIT
# Sent to the target before every family: helpers of the checks. `negatives` counts what was refused as it must be.
import gc

import psa

negatives = 0


def same(got, expected, what):
    if got != expected:
        raise AssertionError("%s: got %s, the vector says %s" % (what, bytes(got).hex(), bytes(expected).hex()))


def refused(exceptions, function, *args):
    global negatives
    try:
        result = function(*args)
    except exceptions:
        negatives += 1
        return
    raise AssertionError("%r accepted what it must refuse and returned %r" % (function, result))


def flipped(data, position):
    # One bit of one byte of a copy; any position is brought into range.
    copy = bytearray(data)
    copy[position % len(copy)] ^= 1 << position % 8
    return bytes(copy)


def key(type_, usage, alg, data, bits=0):
    return psa.import_key(psa.KeyAttributes(type=type_, usage=usage, alg=alg, bits=bits), data)


def run(cases, first):
    # Runs check(*case) for each; prints a line per failed case, numbered as in the file, and the sums at the end.
    global negatives
    negatives = 0
    for number, case in enumerate(cases):
        try:
            check(*case)
        except Exception as exc:
            print("FAILED", first + number, type(exc).__name__, exc)
    print("DONE", len(cases), negatives)
