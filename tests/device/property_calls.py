# SPDX-License-Identifier: MIT
"""Random calls of the API as source text: hypothesis strategies over the signatures that the firmware reports."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

# The stage on which every program plays: objects of every kind, keys of every type, and a buffer that may overlap.
# `go` makes one call; a refusal is an answer, anything but the exceptions named here is a finding.
STAGE = """
import psa, gc, array
psa.crypto_init()
accepted, refused = {}, {}
ALLOWED = (psa.PSAError, TypeError, ValueError, MemoryError, OverflowError)
ANY = psa.KEY_USAGE_ENCRYPT | psa.KEY_USAGE_DECRYPT | psa.KEY_USAGE_SIGN_MESSAGE | psa.KEY_USAGE_VERIFY_MESSAGE | \\
    psa.KEY_USAGE_SIGN_HASH | psa.KEY_USAGE_VERIFY_HASH | psa.KEY_USAGE_DERIVE | psa.KEY_USAGE_EXPORT | \\
    psa.KEY_USAGE_COPY | psa.KEY_USAGE_VERIFY_DERIVATION
SHA = psa.ALG_SHA_256
P256 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_SECP_R1)
X25519 = psa.KEY_TYPE_ECC_KEY_PAIR(psa.ECC_FAMILY_MONTGOMERY)

def key(type_, alg, data):
    return psa.import_key(psa.KeyAttributes(type=type_, usage=ANY, alg=alg), data)

HMAC = psa.ALG_HMAC(SHA)
ECDSA = psa.ALG_ECDSA(SHA)
DETERMINISTIC = psa.ALG_DETERMINISTIC_ECDSA(SHA)
HKDF = psa.ALG_HKDF(SHA)
PBKDF2 = psa.ALG_PBKDF2_HMAC(SHA)
k_gcm = key(psa.KEY_TYPE_AES, psa.ALG_GCM, bytes(range(16)))
k_ccm = key(psa.KEY_TYPE_AES, psa.ALG_CCM, bytes(range(32)))
k_chacha = key(psa.KEY_TYPE_CHACHA20, psa.ALG_CHACHA20_POLY1305, bytes(range(32)))
k_cbc = key(psa.KEY_TYPE_AES, psa.ALG_CBC_PKCS7, bytes(range(16)))
k_ctr = key(psa.KEY_TYPE_AES, psa.ALG_CTR, bytes(range(24)))
k_cmac = key(psa.KEY_TYPE_AES, psa.ALG_CMAC, bytes(range(16)))
k_hmac = key(psa.KEY_TYPE_HMAC, HMAC, bytes(range(40)))
k_ecdsa = key(P256, ECDSA, bytes(range(1, 33)))
k_deterministic = key(P256, DETERMINISTIC, bytes(range(2, 34)))
k_ecdh = key(P256, psa.ALG_ECDH, bytes(range(1, 33)))
k_x25519 = key(X25519, psa.ALG_ECDH, bytes(range(1, 33)))
k_hkdf = key(psa.KEY_TYPE_DERIVE, HKDF, bytes(range(32)))
k_password = key(psa.KEY_TYPE_PASSWORD, PBKDF2, b"correct horse")
k_jpake = psa.import_key(psa.KeyAttributes(type=psa.KEY_TYPE_PASSWORD, usage=psa.KEY_USAGE_DERIVE,
    alg=psa.ALG_JPAKE), b"battery staple")
k_agree = key(P256, psa.ALG_KEY_AGREEMENT(psa.ALG_ECDH, HKDF), bytes(range(3, 35)))
k_rsa = psa.generate_key(psa.KeyAttributes(type=psa.KEY_TYPE_RSA_KEY_PAIR, bits=1024, usage=ANY,
    alg=psa.ALG_RSA_OAEP(SHA)))
peer = psa.export_public_key(k_ecdh)
signature = psa.sign_message(k_ecdsa, ECDSA, b"message")
ABORTS = {"hash": "hash_abort", "mac": "mac_abort", "cipher": "cipher_abort", "aead": "aead_abort",
    "derivation": "key_derivation_abort", "pake": "pake_abort", "signing": "sign_hash_abort",
    "verifying": "verify_hash_abort"}

def begin():
    global hash0, hash1, mac0, mac1, cipher0, cipher1, aead0, aead1, derivation0, derivation1, pake0, pake1
    global signing0, signing1, verifying0, verifying1, suite, made, clones, shared, outs
    hash0, hash1 = psa.HashOperation(), psa.HashOperation()
    mac0, mac1 = psa.MACOperation(), psa.MACOperation()
    cipher0, cipher1 = psa.CipherOperation(), psa.CipherOperation()
    aead0, aead1 = psa.AEADOperation(), psa.AEADOperation()
    derivation0, derivation1 = psa.KeyDerivationOperation(), psa.KeyDerivationOperation()
    pake0, pake1 = psa.PAKEOperation(), psa.PAKEOperation()
    signing0, signing1 = psa.SignHashInterruptibleOperation(), psa.SignHashInterruptibleOperation()
    verifying0, verifying1 = psa.VerifyHashInterruptibleOperation(), psa.VerifyHashInterruptibleOperation()
    suite = psa.PAKECipherSuite(algorithm=psa.ALG_JPAKE, hash=SHA,
        primitive=psa.PAKE_PRIMITIVE(psa.PAKE_PRIMITIVE_TYPE_ECC, psa.ECC_FAMILY_SECP_R1, 256))
    made, clones, outs = [], [], []
    shared = bytearray(range(256))

def go(name, *args, **keywords):
    global last
    last = None
    try:
        result = last = getattr(psa, name)(*args, **keywords)
    except ALLOWED:
        refused[name] = refused.get(name, 0) + 1
        return
    accepted[name] = accepted.get(name, 0) + 1
    if name in ("import_key", "generate_key", "generate_key_custom", "copy_key", "key_derivation_output_key",
            "key_derivation_output_key_custom"):
        made.append(result)
    elif name == "hash_clone":
        clones.append(result)
    return result

def end():
    for clone in clones:
        psa.hash_abort(clone)
    for kind, abort in ABORTS.items():
        for number in "01":
            getattr(psa, abort)(globals()[kind + number])
    for number in made:
        try:
            psa.destroy_key(number)
        except psa.PSAError:
            pass
    psa.interruptible_set_max_ops(0xffffffff)

# The table of volatile keys grows in steps and is kept; let it reach the size that no program exceeds.
for number in [key(psa.KEY_TYPE_AES, 0, bytes(16)) for _ in range(60)]:
    psa.destroy_key(number)
begin()
end()
gc.collect()
base = psa.arena_info().used
"""

SIGNATURE = re.compile(r"^<function (\w+)\((.*)\)>$")


@dataclass(frozen=True)
class Function:
    """What the firmware says of one function: parameter names, the optional ones apart, and whether it takes out=."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    out: bool


class Known(dict[str, Function]):
    """All functions by name; short to read where a failing example prints it."""

    def __repr__(self) -> str:
        return f"<{len(self)} functions>"


def functions(listing: str) -> Known:
    """From repr() of every function, one per line. Macros, which take positions only, are left to another test."""
    found = Known()
    for line in listing.splitlines():
        match = SIGNATURE.match(line)
        if not match or match[2].endswith("/"):
            continue
        parameters = [part.strip() for part in match[2].split(",") if part.strip() not in ("", "*")]
        required = tuple(part for part in parameters if "=" not in part)
        optional = tuple(part.split("=")[0] for part in parameters if "=" in part and not part.startswith("out="))
        found[match[1]] = Function(match[1], required, optional, "out=None" in parameters)
    return found


# Which functions a program of one kind calls, and which key goes with which algorithm there.
KINDS = {
    "hash": ("hash_", [("", "SHA"), ("", "psa.ALG_SHA_512"), ("", "psa.ALG_MD5"), ("", "psa.ALG_SHA3_256")]),
    "mac": ("mac_", [("k_hmac", "HMAC"), ("k_cmac", "psa.ALG_CMAC"), ("k_hmac", "psa.ALG_TRUNCATED_MAC(HMAC, 8)")]),
    "cipher": ("cipher_", [("k_cbc", "psa.ALG_CBC_PKCS7"), ("k_ctr", "psa.ALG_CTR")]),
    "aead": (
        "aead_",
        [("k_gcm", "psa.ALG_GCM"), ("k_ccm", "psa.ALG_CCM"), ("k_chacha", "psa.ALG_CHACHA20_POLY1305")],
    ),
    "key_derivation": ("key_derivation_", [("k_hkdf", "HKDF"), ("k_password", "PBKDF2")]),
    "pake": ("pake_", [("k_jpake", "psa.ALG_JPAKE")]),
    "sign": (
        ("sign_", "verify_", "interruptible_"),
        [("k_ecdsa", "ECDSA"), ("k_deterministic", "DETERMINISTIC")],
    ),
    "key": (
        ("import_", "generate_", "copy_", "destroy_", "purge_", "open_", "close_", "export_", "get_key_", "set_key_")
        + ("raw_", "asymmetric_", "random_", "its_", "can_", "arena_", "capabilities", "reset_")
        + ("entropy_", "get_entropy"),
        [("k_ecdh", "psa.ALG_ECDH"), ("k_x25519", "psa.ALG_ECDH"), ("k_gcm", "psa.ALG_GCM")],
    ),
}
OBJECT_OF = (  # the operation that a function works on, by the longest prefix
    ("sign_hash_", "signing"),
    ("verify_hash_", "verifying"),
    ("key_derivation_", "derivation"),
    ("hash_", "hash"),
    ("mac_", "mac"),
    ("cipher_", "cipher"),
    ("aead_", "aead"),
    ("pake_", "pake"),
)
ALGORITHMS = ["SHA", "HMAC", "ECDSA", "HKDF", "PBKDF2", "psa.ALG_GCM", "psa.ALG_CCM", "psa.ALG_CTR", "psa.ALG_CMAC"]
ALGORITHMS += ["psa.ALG_AEAD_WITH_SHORTENED_TAG(psa.ALG_GCM, 4)", "psa.ALG_ECDH", "psa.ALG_JPAKE", "0", "0xffffffff"]
ALGORITHMS += ["psa.ALG_CBC_NO_PADDING", "psa.ALG_ECB_NO_PADDING", "psa.ALG_ANY_HASH", "psa.ALG_STREAM_CIPHER", "-1"]
ALGORITHMS += ["psa.ALG_KEY_AGREEMENT(psa.ALG_ECDH, HKDF)", "psa.ALG_RSA_PSS(SHA)", "1 << 40", "None"]
TYPES = ["psa.KEY_TYPE_AES", "psa.KEY_TYPE_HMAC", "psa.KEY_TYPE_DERIVE", "psa.KEY_TYPE_RAW_DATA", "P256", "X25519"]
TYPES += ["psa.KEY_TYPE_CHACHA20", "psa.KEY_TYPE_PASSWORD", "psa.KEY_TYPE_ECC_PUBLIC_KEY(psa.ECC_FAMILY_SECP_R1)"]
TYPES += ["psa.KEY_TYPE_RSA_KEY_PAIR", "psa.KEY_TYPE_DES", "0", "0xffff"]
KEYS = ["k_gcm", "k_ccm", "k_chacha", "k_cbc", "k_ctr", "k_cmac", "k_hmac", "k_ecdsa", "k_ecdh", "k_x25519", "k_hkdf"]
KEYS += ["k_password", "k_jpake", "(made or [0])[-1]", "0", "1", "0x7fffffff", "0xffffffff", "-1", "1 << 32", "None"]
NUMBERS = ["0", "1", "2", "7", "12", "13", "16", "32", "255", "256", "65535", "65536", "(1 << 31) - 1", "1 << 32"]
NUMBERS += ["(1 << 63) - 1", "1 << 64", "-1", "-(1 << 40)", "None", "'16'", "1.5"]
STEPS = [f"psa.KEY_DERIVATION_INPUT_{name}" for name in ("SECRET", "SALT", "INFO", "PASSWORD", "COST", "SEED")]
STEPS += [f"psa.PAKE_STEP_{name}" for name in ("KEY_SHARE", "ZK_PUBLIC", "ZK_PROOF")] + ["0", "65535", "70000"]
SMALL_NUMBERS = ["0", "1", "2", "3", "50", "-1", "1 << 64"]  # iterations: a large cost is slow and no error

buffers = st.one_of(
    st.binary(max_size=70).map(repr),
    st.sampled_from([0, 1, 12, 16, 32, 64, 65, 255, 1000]).map(lambda n: f"bytes({n})"),
    st.tuples(st.integers(0, 250), st.integers(0, 120)).map(lambda s: f"memoryview(shared)[{s[0]}:{s[0] + s[1]}]"),
    st.sampled_from(["bytearray(16)", "array.array('H', [1, 2, 3])", "signature", "peer", "None", "'text'", "5"]),
)
outputs = st.one_of(
    # No bytearray(0): UBSan stops at MicroPython's own memcpy(NULL, …, 0) before the call is made.
    st.sampled_from([1, 15, 16, 17, 64, 300]).map(lambda n: f"bytearray({n})"),
    st.tuples(st.integers(0, 250), st.integers(0, 120)).map(lambda s: f"memoryview(shared)[{s[0]}:{s[0] + s[1]}]"),
    st.sampled_from(["b'read only'", "5", "None"]),
)
attributes = st.builds(
    lambda type_, bits, usage, alg, where: (
        f"psa.KeyAttributes(type={type_}, bits={bits}, usage={usage}, alg={alg}{where})"
    ),
    st.sampled_from(TYPES),
    st.sampled_from([0, 1, 8, 64, 112, 128, 192, 255, 256, 257]),
    st.sampled_from(["ANY", "0", "psa.KEY_USAGE_EXPORT", "psa.KEY_USAGE_COPY"]),
    st.sampled_from([alg for alg in ALGORITHMS if alg not in ("-1", "1 << 40", "None")]),
    st.sampled_from(["", "", "", "", ", lifetime=1, id=3"]),
)


def argument(parameter: str, function: Function) -> st.SearchStrategy[str]:
    """Values for one parameter, by what its name says."""
    if parameter in ("operation", "source_operation", "target_operation", "output"):
        kind = next((kind for prefix, kind in OBJECT_OF if function.name.startswith(prefix)), "hash")
        kind = "derivation" if parameter == "output" else kind
        right = st.sampled_from([f"{kind}0", f"{kind}0", f"{kind}0", f"{kind}1"])
        return st.one_of(right, right, right, st.sampled_from(["mac0", "aead0", "suite", "None", "0"]))
    if parameter == "attributes":
        return attributes
    if parameter == "cipher_suite":
        return st.sampled_from(["suite", "suite", "psa.PAKECipherSuite()", "None"])
    if function.name in ENDS:
        return st.sampled_from([key for key in KEYS if not key.startswith("k_")])  # the stage stays as it is
    if parameter in ("key", "private_key", "source_key", "password", "handle", "key_id"):
        return st.sampled_from(KEYS)
    if parameter in ("alg", "alg2", "hash_alg", "cipher_alg", "algorithm"):
        return st.sampled_from(ALGORITHMS)
    if parameter in ("type", "key_type"):
        return st.sampled_from(TYPES)
    if parameter == "step":
        return st.sampled_from(STEPS)
    if parameter == "value":
        return st.sampled_from(SMALL_NUMBERS)
    if parameter == "hash" and function.name.startswith("pake_cs"):
        return st.sampled_from(ALGORITHMS)
    if parameter == "name":
        return st.sampled_from(["psa.entropy_sources()[0].name", "''", "'trng'", "b'trng_host'", "None"])
    if parameter in INTEGERS:
        return st.sampled_from(NUMBERS)
    return buffers


ENDS = ("destroy_key", "close_key")
INTEGERS = {"output_length", "output_size", "capacity", "ad_length", "plaintext_length", "max_ops", "uid", "role"}
INTEGERS |= {"data_offset", "data_length", "create_flags", "custom", "bits", "usage_flags", "lifetime", "slot_number"}
INTEGERS |= {"primitive", "enabled", "size", "flags"}


@st.composite
def call(draw: st.DrawFn, function: Function, pairs: list[tuple[str, str]]) -> str:
    """One call as source text: mostly of the right shape, with the right key for its algorithm."""
    values = {parameter: draw(argument(parameter, function)) for parameter in function.required}
    if function.name not in ENDS and draw(st.integers(0, 3)):
        key, alg = draw(st.sampled_from(pairs))
        values.update({name: text for name, text in (("key", key), ("alg", alg)) if name in values and text})
    arguments = list(values.values())
    for parameter in function.optional:
        if not draw(st.booleans()):
            break
        arguments.append(draw(argument(parameter, function)))
    if not draw(st.integers(0, 19)):  # now and then one too many or one too few
        arguments = arguments[1:] if draw(st.booleans()) else [*arguments, "0"]
    if function.out and draw(st.booleans()):
        arguments.append(f"out={draw(outputs)}")
    return f"go({', '.join([repr(function.name), *arguments])})"


# What a caller means to do, one list per purpose. The same {data}, {aad}, {key} and {alg} hold for the whole of it, so
# that what was made is what is verified; random calls come in between, and steps get lost or come twice.
_PAKE_STEPS = [f"psa.PAKE_STEP_{name}" for name in ("KEY_SHARE", "ZK_PUBLIC", "ZK_PROOF")]


def _pake_round(count: int) -> list[str]:
    flow = []
    for maker, taker in (("pake0", "pake1"), ("pake1", "pake0")):
        flow.append("outs = []")
        flow += [f"outs.append(go('pake_output', {maker}, {step}))" for step in _PAKE_STEPS * count]
        flow += [
            f"go('pake_input', {taker}, {step}, outs[{number}] if len(outs) > {number} else b'')"
            for number, step in enumerate(_PAKE_STEPS * count)
        ]
    return flow


_DERIVED = "psa.KeyAttributes(type=psa.KEY_TYPE_AES, bits=128, usage=ANY, alg=psa.ALG_CTR)"
_OUTPUTS = [
    "go('key_derivation_get_capacity', derivation0)",
    "go('key_derivation_set_capacity', derivation0, 100)",
    "go('key_derivation_output_bytes', derivation0, 20)",
    f"go('key_derivation_output_key', {_DERIVED}, derivation0)",
    "go('key_derivation_output_bytes', derivation0, out=bytearray(13))",
    f"go('key_derivation_output_key_custom', {_DERIVED}, derivation0, 0, b'')",
    "go('key_derivation_output_bytes', derivation0, 60)",
]
FLOWS = {
    "hash": [
        [
            "go('hash_setup', hash0, {alg})",
            "go('hash_update', hash0, {data})",
            "go('hash_clone', hash0, hash1)",
            "go('hash_update', hash1, {aad})",
            "go('hash_update', hash0, {aad})",
            "go('hash_finish', hash0)",
            "go('hash_verify', hash1, last or b'')",
        ],
        ["go('hash_compute', {alg}, {data})", "go('hash_compare', {alg}, {data}, last or b'')"],
    ],
    "mac": [
        [
            "go('mac_sign_setup', mac0, {key}, {alg})",
            "go('mac_verify_setup', mac1, {key}, {alg})",
            "go('mac_update', mac0, {data})",
            "go('mac_update', mac1, {data})",
            "go('mac_sign_finish', mac0)",
            "go('mac_verify_finish', mac1, last or b'')",
        ],
        ["go('mac_compute', {key}, {alg}, {data})", "go('mac_verify', {key}, {alg}, {data}, last or b'')"],
    ],
    "cipher": [
        [
            "go('cipher_encrypt_setup', cipher0, {key}, {alg})",
            "go('cipher_generate_iv', cipher0)",
            "go('cipher_update', cipher0, {data})",
            "go('cipher_update', cipher0, {aad})",
            "go('cipher_finish', cipher0)",
        ],
        [
            "go('cipher_decrypt_setup', cipher0, {key}, {alg})",
            "go('cipher_set_iv', cipher0, bytes(16))",
            "go('cipher_update', cipher0, {data}, out=bytearray(200))",
            "go('cipher_finish', cipher0)",
        ],
        ["go('cipher_encrypt', {key}, {alg}, {data})", "go('cipher_decrypt', {key}, {alg}, last or b'')"],
    ],
    "aead": [
        [
            "go('aead_encrypt_setup', aead0, {key}, {alg})",
            "go('aead_set_lengths', aead0, len({aad}), len({data}))",
            "go('aead_generate_nonce', aead0)",
            "go('aead_update_ad', aead0, {aad})",
            "go('aead_update', aead0, {data})",
            "go('aead_finish', aead0)",
        ],
        [
            "go('aead_encrypt', {key}, {alg}, bytes(12), {aad}, {data})",
            "outs.append(last or bytes(16))",
            "go('aead_decrypt', {key}, {alg}, bytes(12), {aad}, (outs or [b''])[-1])",
            "go('aead_decrypt_setup', aead1, {key}, {alg})",
            "go('aead_set_lengths', aead1, len({aad}), len({data}))",
            "go('aead_set_nonce', aead1, bytes(12))",
            "go('aead_update_ad', aead1, {aad})",
            "go('aead_update', aead1, (outs or [b''])[-1][:-16])",
            "go('aead_verify', aead1, (outs or [b''])[-1][-16:])",
        ],
    ],
    "key_derivation": [
        [
            "go('key_derivation_setup', derivation0, HKDF)",
            "go('key_derivation_input_bytes', derivation0, psa.KEY_DERIVATION_INPUT_SALT, {data})",
            "go('key_derivation_input_key', derivation0, psa.KEY_DERIVATION_INPUT_SECRET, k_hkdf)",
            "go('key_derivation_input_bytes', derivation0, psa.KEY_DERIVATION_INPUT_INFO, {aad})",
            *_OUTPUTS,
        ],
        [
            "go('key_derivation_setup', derivation0, PBKDF2)",
            "go('key_derivation_input_integer', derivation0, psa.KEY_DERIVATION_INPUT_COST, 3)",
            "go('key_derivation_input_bytes', derivation0, psa.KEY_DERIVATION_INPUT_SALT, {data})",
            "go('key_derivation_input_key', derivation0, psa.KEY_DERIVATION_INPUT_PASSWORD, k_password)",
            *_OUTPUTS,
        ],
        [
            "go('key_derivation_setup', derivation0, psa.ALG_KEY_AGREEMENT(psa.ALG_ECDH, HKDF))",
            "go('key_derivation_key_agreement', derivation0, psa.KEY_DERIVATION_INPUT_SECRET, k_agree, peer)",
            "go('key_derivation_input_bytes', derivation0, psa.KEY_DERIVATION_INPUT_INFO, {aad})",
            *_OUTPUTS,
        ],
    ],
    "pake": [
        [
            "go('pake_setup', pake0, suite)",
            "go('pake_setup', pake1, suite)",
            "go('pake_set_password_key', pake0, k_jpake)",
            "go('pake_set_password_key', pake1, k_jpake)",
            "go('pake_set_user', pake0, b'client')",
            "go('pake_set_peer', pake0, b'server')",
            "go('pake_set_user', pake1, b'server')",
            "go('pake_set_peer', pake1, b'client')",
            *_pake_round(2),
            *_pake_round(1),
            "go('key_derivation_setup', derivation0, psa.ALG_TLS12_ECJPAKE_TO_PMS)",
            "go('pake_get_implicit_key', pake0, derivation0)",
            "go('key_derivation_output_bytes', derivation0, 32)",
        ]
    ],
    "sign": [
        ["go('sign_message', {key}, {alg}, {data})", "go('verify_message', {key}, {alg}, {data}, last or b'')"],
        ["go('sign_hash', {key}, {alg}, bytes(32))", "go('verify_hash', {key}, {alg}, bytes(32), last or b'')"],
        [
            "go('interruptible_set_max_ops', 3000)",
            "go('sign_hash_start', signing0, {key}, {alg}, bytes(32))",
            "go('sign_hash_get_num_ops', signing0)",
            *["go('sign_hash_complete', signing0)"] * 4,
            "go('interruptible_set_max_ops', 0xffffffff)",
            "go('sign_hash_complete', signing0)",
            "go('verify_hash_start', verifying0, k_ecdsa, ECDSA, psa.hash_compute(SHA, b'message'), signature)",
            "go('verify_hash_get_num_ops', verifying0)",
            "go('verify_hash_complete', verifying0)",
        ],
    ],
    "key": [
        [
            f"go('generate_key', {_DERIVED})",
            "go('get_key_attributes', (made or [0])[-1])",
            "go('export_key', (made or [0])[-1])",
            "go('copy_key', (made or [0])[-1], psa.KeyAttributes(usage=ANY, alg=psa.ALG_CTR))",
            "go('purge_key', (made or [0])[-1])",
            "go('destroy_key', (made or [0])[-1])",
        ],
        [f"go('generate_key_custom', {_DERIVED}, 0, b'')", "go('close_key', (made or [0])[-1])"],
        ["go('raw_key_agreement', psa.ALG_ECDH, k_ecdh, peer)", "go('export_public_key', k_x25519)"],
        [
            "go('asymmetric_encrypt', k_rsa, psa.ALG_RSA_OAEP(SHA), b'secret', {aad})",
            "go('asymmetric_decrypt', k_rsa, psa.ALG_RSA_OAEP(SHA), last or b'', {aad})",
        ],
        [
            "go('its_set', 77, {data})",
            "go('its_get_info', 77)",
            "go('its_get', 77)",
            "go('its_get', 77, 1, 2)",
            "go('its_remove', 77)",
        ],
    ],
}


def written_out(text: str, key: str, alg: str, data: bytes, aad: bytes) -> str:
    """A step of a flow with its names and values filled in."""
    return text.replace("{key}", key).replace("{alg}", alg).replace("{data}", repr(data)).replace("{aad}", repr(aad))


@st.composite
def flow(draw: st.DrawFn, kind: str, step: st.SearchStrategy[str]) -> list[str]:
    """One purpose followed almost to the end: random calls in between, some steps lost, some twice."""
    key, alg = draw(st.sampled_from(KINDS[kind][1]))
    data, aad = draw(st.binary(max_size=70)), draw(st.binary(max_size=70))
    lines: list[str] = []
    for text in draw(st.sampled_from(FLOWS[kind])):
        luck = draw(st.integers(0, 39))
        line = (
            text.replace("{key}", key).replace("{alg}", alg).replace("{data}", repr(data)).replace("{aad}", repr(aad))
        )
        lines += [line] * (0 if luck == 0 else 2 if luck == 1 else 1)
        if luck in (2, 3):
            lines.append(draw(step))
    return lines


def program(kind: str, known: Known) -> st.SearchStrategy[list[str]]:
    """Random calls of one kind, a purpose that they disturb, or several of both; keys vanish in between."""
    prefixes, pairs = KINDS[kind]
    own = [function for name, function in sorted(known.items()) if name.startswith(prefixes)]
    own = [function for function in own if not function.name.startswith("generate_key") or kind == "key"]
    step = st.sampled_from(own).flatmap(lambda function: call(function, pairs))
    loss = st.sampled_from(["go('destroy_key', (made or [0])[-1])", "go('purge_key', k_gcm)", "gc.collect()"])
    noise = st.lists(st.one_of(step, step, step, step, step, loss), min_size=1, max_size=12)
    disturbed = st.lists(st.one_of(flow(kind, step), flow(kind, step), noise), min_size=1, max_size=3)
    return st.one_of(noise, disturbed.map(lambda parts: [line for part in parts for line in part]))
