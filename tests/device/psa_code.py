# SPDX-License-Identifier: MIT
"""Python that the tests of psa send to a target before their own code."""

# `raises` wants exactly the named class (or one of several), no subclass: the tests are about which status comes out.
PRELUDE = """
import gc, psa

psa.crypto_init()

AES, HMAC, RAW, DERIVE = psa.KEY_TYPE_AES, psa.KEY_TYPE_HMAC, psa.KEY_TYPE_RAW_DATA, psa.KEY_TYPE_DERIVE
P256 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)
SHA = psa.ALG_SHA_256
HMAC_SHA = psa.ALG_HMAC(SHA)
ECDSA = psa.ALG_ECDSA(SHA)
CRYPT = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT
SIGN = psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE
SIGN_HASH = psa.KEY_USAGE_SIGN_HASH | psa.KEY_USAGE_VERIFY_HASH
EXPORT, COPY = psa.KEY_USAGE_EXPORT, psa.KEY_USAGE_COPY

def raises(exc, f, *args, **kw):
    try:
        result = f(*args, **kw)
    except Exception as e:
        assert type(e) in (exc if isinstance(exc, tuple) else (exc,)), "%r raised %r, not %s" % (f, e, exc)
        return e
    raise AssertionError("%r returned %r, did not raise %s" % (f, result, exc))

def have(algorithm):
    return algorithm in psa.capabilities()["algorithms"]

def make(type, usage, alg, data=None, bits=0, **kw):
    attributes = psa.KeyAttributes(type=type, usage=usage, alg=alg, bits=bits, **kw)
    return psa.generate_key(attributes) if data is None else psa.import_key(attributes, data)

def aes(alg, usage=CRYPT):
    return make(AES, usage, alg, bytes(range(16)))

def hmac(usage=SIGN):
    return make(HMAC, usage, HMAC_SHA, bytes(range(32)))

def p256(usage=SIGN | SIGN_HASH, alg=ECDSA, **kw):
    return make(P256, usage, alg, bits=256, **kw)

def arena():
    gc.collect()
    return psa.arena_info().used
"""
