# SPDX-License-Identifier: MIT
"""Elliptic curves: signatures, key pairs, key agreement. Importing this module adds its sources to families.SOURCES."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.vectors import parse
from tests.vectors.families import Case, Psa, Skip, add, hash_alg

# Name in the files → PSA family and bits.
CURVES = {
    "P-192": ("SECP_R1", 192),
    "P-224": ("SECP_R1", 224),
    "P-256": ("SECP_R1", 256),
    "P-384": ("SECP_R1", 384),
    "P-521": ("SECP_R1", 521),
    "K-256": ("SECP_K1", 256),
    "brainpoolP256r1": ("BRAINPOOL_P_R1", 256),
    "brainpoolP384r1": ("BRAINPOOL_P_R1", 384),
    "brainpoolP512r1": ("BRAINPOOL_P_R1", 512),
}
BINARY = Skip("curve over a binary field: not in Mbed TLS")
OUT_OF_RANGE = Skip("coordinate longer than the field: no octet string of PSA can hold it")
# A 192-bit hash or less is no obstacle, SHA-1 neither: PSA leaves the choice to the key's policy.


def curve(name: str) -> tuple[Psa, int]:
    family, bits = CURVES[name]
    return Psa(f"psa.ECC_FAMILY_{family}"), bits


def size(bits: int) -> int:
    return (bits + 7) // 8


def number(text: str, bits: int) -> bytes:
    return int(text, 16).to_bytes(size(bits), "big")


def point(x: str, y: str, bits: int) -> bytes:
    """An uncompressed point as SEC 1 writes it."""
    return b"\x04" + number(x, bits) + number(y, bits)


def ecdsa(path: str) -> Iterator[Case | Skip]:
    """SigVer and SigGen: every signature of a SigGen file is a valid one."""
    for record in parse.nist(path, "S"):
        name, _, hash_name = record.section.partition(",")
        hash_name = hash_name or "SHA-1"  # the only one that FIPS 186-2 knows
        if name not in CURVES:
            yield BINARY
            continue
        family, bits = curve(name)
        alg = Psa(f"psa.ALG_ECDSA({hash_alg(hash_name)})")
        try:
            signature = number(record["R"], bits) + number(record["S"], bits)
            public = point(record["Qx"], record["Qy"], bits)
        except OverflowError:
            yield OUT_OF_RANGE
            continue
        valid = record.fields.get("Result", "P").startswith("P")
        yield family, bits, alg, public, record.data("Msg"), signature, valid


def rfc6979(path: str) -> Iterator[Case | Skip]:
    """Deterministic signatures, given in OpenSSL's evp test format with keys in PEM."""
    keys: dict[str, ec.EllipticCurvePrivateKey] = {}
    lines = (parse.ROOT / path).read_text().split("\n")
    for start, line in enumerate(lines):
        if line.startswith("PrivateKey="):
            end = lines.index("-----END PRIVATE KEY-----", start)
            name = line.partition("=")[2]
            if name.startswith("P-"):
                key = load_pem_private_key("\n".join(lines[start + 1 : end + 1]).encode(), None)
                assert isinstance(key, ec.EllipticCurvePrivateKey)
                keys[name] = key
    for record in parse.nist(path, "DigestSign"):
        if "DigestSign" not in record or "Output" not in record:
            continue
        if record["Key"] not in keys:
            yield BINARY
            continue
        key = keys[record["Key"]]
        family, bits = curve(record["Key"].removesuffix("_PRIV"))
        r, s = decode_dss_signature(record.data("Output"))
        signature = r.to_bytes(size(bits), "big") + s.to_bytes(size(bits), "big")
        scalar = key.private_numbers().private_value.to_bytes(size(bits), "big")
        alg = Psa(f"psa.ALG_DETERMINISTIC_ECDSA({hash_alg(record['DigestSign'])})")
        yield family, bits, alg, scalar, record["Input"].strip('"').encode(), signature


def key_pairs(path: str) -> Iterator[Case | Skip]:
    name = ""
    for record in parse.nist(path, "Qy"):
        if record.section in CURVES or record.section[:2] in ("K-", "B-"):
            name = record.section
        elif not record.section.startswith("B.4"):
            raise ValueError(f"{path}: section {record.section!r}")
        else:
            name = _curve_before(path, record)
        if name not in CURVES:
            yield BINARY
            continue
        family, bits = curve(name)
        yield family, bits, number(record["d"], bits), point(record["Qx"], record["Qy"], bits), True


def _curve_before(path: str, record: parse.Record) -> str:
    """KeyPair files name the curve in one section and the method in the next; the bit length tells the curve."""
    text = (parse.ROOT / path).read_text()
    before = text[: text.index(f"Qx = {record['Qx']}")]
    return next(
        line.strip("[] ") for line in reversed(before.splitlines()) if line.startswith("[") and "B.4" not in line
    )


def public_keys(path: str) -> Iterator[Case | Skip]:
    for record in parse.nist(path, "Result"):
        if record.section not in CURVES:
            yield BINARY
            continue
        family, bits = curve(record.section)
        try:
            public = point(record["Qx"], record["Qy"], bits)
        except OverflowError:
            yield OUT_OF_RANGE
            continue
        yield family, bits, None, public, record["Result"].startswith("P")


def nist_agreement(path: str) -> Iterator[Case | Skip]:
    """Validity tests of the key agreement primitive: a wrong public key of the other side must be refused."""
    names = {"EA": "P-192", "EB": "P-224", "EC": "P-256", "ED": "P-384", "EE": "P-521"}
    for record in parse.nist(path, "Z"):
        family, bits = curve(names[record.section.split(" ")[0]])
        result = record["Result"]
        if result.startswith("F") and "CAVS's Static public key" not in result:
            # Our own key or the hash of the secret was changed; with the given numbers the secret must then differ.
            yield Skip("fault in the side that PSA does not see")
            continue
        try:
            peer = point(record["QsCAVSx"], record["QsCAVSy"], bits)
            scalar = number(record["dsIUT"], bits)
        except OverflowError:
            yield OUT_OF_RANGE
            continue
        yield family, bits, scalar, peer, number(record["Z"], bits) if result.startswith("P") else None


def brainpool(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "x_Z"):
        family, bits = curve(record["curve"])
        secret = number(record["x_Z"], bits)
        for private, peer in (("A", "B"), ("B", "A")):
            public = point(record[f"x_q{peer}"], record[f"y_q{peer}"], bits)
            yield family, bits, number(record[f"d{private}"], bits), public, secret


def montgomery(path: str) -> Iterator[Case]:
    bits = 255 if "X25519" in path else 448
    for record in parse.nist(path, "OUTPUT_U"):
        family = Psa("psa.ECC_FAMILY_MONTGOMERY")
        yield family, bits, record.data("INPUT_SCALAR"), record.data("INPUT_U"), record.data("OUTPUT_U")


ECDSA = "asymmetric/ECDSA"
for _revision in ("186-2", "186-3"):
    for _name in ("SigVer.rsp", "SigGen.txt"):
        if (parse.ROOT / f"{ECDSA}/FIPS_{_revision}/{_name}").exists():
            add(f"ECDSA-{_revision}", f"{ECDSA}/FIPS_{_revision}/{_name}", "ecdsa", ecdsa, needs="ALG_ECDSA")
    add(
        f"ECC-key-{_revision}",
        f"{ECDSA}/FIPS_{_revision}/KeyPair.rsp",
        "ecc_key",
        key_pairs,
        needs="KEY_TYPE_ECC_KEY_PAIR_IMPORT",
    )
    add(
        f"ECC-key-{_revision}",
        f"{ECDSA}/FIPS_{_revision}/PKV.rsp",
        "ecc_key",
        public_keys,
        needs="KEY_TYPE_ECC_PUBLIC_KEY",
    )
add("ECDSA-secp256k1", f"{ECDSA}/SECP256K1/SigGen.txt", "ecdsa", ecdsa, needs="ALG_ECDSA ECC_SECP_K1_256")
add(
    "ECDSA-RFC6979",
    f"{ECDSA}/RFC6979/*.txt",
    "ecdsa_deterministic",
    rfc6979,
    needs="ALG_DETERMINISTIC_ECDSA",
)
add("ECDH", "asymmetric/ECDH/*_NOKC_ZZOnly_*.fax", "agreement", nist_agreement, needs="ALG_ECDH")
add(
    "ECDH-brainpool",
    "asymmetric/ECDH/brainpool.txt",
    "agreement",
    brainpool,
    needs="ALG_ECDH ECC_BRAINPOOL_P_R1_256",
)
add("X25519", "asymmetric/X25519/rfc7748.txt", "agreement", montgomery, needs="ALG_ECDH ECC_MONTGOMERY_255")
add("X448", "asymmetric/X448/rfc7748.txt", "agreement", montgomery, needs="ALG_ECDH ECC_MONTGOMERY_448")
