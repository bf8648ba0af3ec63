# SPDX-License-Identifier: MIT
# case: alg, seed, digests; the Monte Carlo procedures of SHAVS (three digests chained) and SHA3VS (one)


def check(alg, chained, seed, digests):
    compute = psa.hash_compute
    for number, digest in enumerate(digests):
        if chained:
            a = b = c = seed
            for _ in range(1000):
                a, b, c = b, c, compute(alg, a + b + c)
            seed = c
        else:
            for _ in range(1000):
                seed = compute(alg, seed)
        same(seed, digest, "round %d" % number)
