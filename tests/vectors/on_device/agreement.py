# SPDX-License-Identifier: MIT
# case: family, bits, private key, peer's public key, secret (None: the peer's key must be refused)


def check(family, bits, scalar, peer, secret):
    type_ = psa.KEY_TYPE_ECC_KEY_PAIR(family)
    private = key(type_, psa.KEY_USAGE_DERIVE, psa.ALG_ECDH, scalar, bits)
    try:
        if secret is None:
            refused(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, private, peer)
            return
        same(psa.raw_key_agreement(psa.ALG_ECDH, private, peer), secret, "raw_key_agreement")
        refused(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, private, peer[:-1])
        refused(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, private, peer + b"\0")
        refused(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, private, b"")
        if family != psa.ECC_FAMILY_MONTGOMERY:
            # Another y is not on the curve; every x of a Montgomery curve is a point of it or of its twist.
            refused(psa.InvalidArgument, psa.raw_key_agreement, psa.ALG_ECDH, private, flipped(peer, len(peer) - 1))
    finally:
        psa.destroy_key(private)
