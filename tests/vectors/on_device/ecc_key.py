# SPDX-License-Identifier: MIT
# case: family, bits, private key or None, public point, valid


def check(family, bits, scalar, point, valid):
    if scalar is None:
        public = psa.KEY_TYPE_ECC_PUBLIC_KEY(family)
        if not valid:
            refused(psa.InvalidArgument, key, public, 0, 0, point)
            return
        key_id = key(public, psa.KEY_USAGE_EXPORT, 0, point)
    else:
        key_id = key(psa.KEY_TYPE_ECC_KEY_PAIR(family), psa.KEY_USAGE_EXPORT, 0, scalar)
    try:
        same(psa.export_public_key(key_id), point, "export_public_key")
        if psa.get_key_attributes(key_id).bits != bits:
            raise AssertionError("the key has %d bits" % psa.get_key_attributes(key_id).bits)
        if scalar is not None:
            same(psa.export_key(key_id), scalar, "export_key")
    finally:
        psa.destroy_key(key_id)
