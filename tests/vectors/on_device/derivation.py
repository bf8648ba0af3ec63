# SPDX-License-Identifier: MIT
# case: kind ("hkdf", "extract", "expand", "pbkdf2"), hash, inputs as {name: bytes or int}, output


def derive(alg, steps, length, cut):
    operation = psa.KeyDerivationOperation()
    psa.key_derivation_setup(operation, alg)
    for step, value in steps:
        if isinstance(value, int):
            psa.key_derivation_input_integer(operation, step, value)
        elif step == psa.KEY_DERIVATION_INPUT_SECRET:
            secret = key(psa.KEY_TYPE_DERIVE, psa.KEY_USAGE_DERIVE, alg, value)
            try:
                psa.key_derivation_input_key(operation, step, secret)
            finally:
                psa.destroy_key(secret)
        elif step == psa.KEY_DERIVATION_INPUT_PASSWORD and value:
            secret = key(psa.KEY_TYPE_PASSWORD, psa.KEY_USAGE_DERIVE, alg, value)
            try:
                psa.key_derivation_input_key(operation, step, secret)
            finally:
                psa.destroy_key(secret)
        else:
            psa.key_derivation_input_bytes(operation, step, value)
    psa.key_derivation_set_capacity(operation, length)
    parts = [psa.key_derivation_output_bytes(operation, cut), psa.key_derivation_output_bytes(operation, length - cut)]
    refused(psa.InsufficientData, psa.key_derivation_output_bytes, operation, 1)
    psa.key_derivation_abort(operation)
    return b"".join(parts)


def check(kind, hash_alg, inputs, output):
    if kind == "pbkdf2":
        alg = psa.ALG_PBKDF2_HMAC(hash_alg)
        order = (
            ("cost", psa.KEY_DERIVATION_INPUT_COST),
            ("salt", psa.KEY_DERIVATION_INPUT_SALT),
            ("password", psa.KEY_DERIVATION_INPUT_PASSWORD),
        )
    else:
        alg = {"hkdf": psa.ALG_HKDF, "extract": psa.ALG_HKDF_EXTRACT, "expand": psa.ALG_HKDF_EXPAND}[kind](hash_alg)
        order = (
            ("salt", psa.KEY_DERIVATION_INPUT_SALT),
            ("secret", psa.KEY_DERIVATION_INPUT_SECRET),
            ("info", psa.KEY_DERIVATION_INPUT_INFO),
        )
    steps = [(step, inputs[name]) for name, step in order if name in inputs]
    same(derive(alg, steps, len(output), len(output) // 3), output, kind)
    for position, (step, value) in enumerate(steps):
        if isinstance(value, bytes):
            changed = list(steps)
            changed[position] = (step, flipped(value, 3) if value else b"\1")
            different(derive(alg, changed, len(output), 0), output)


def different(got, output):
    global negatives
    if got == output:
        raise AssertionError("a changed input gives the same output")
    negatives += 1
