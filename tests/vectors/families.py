# SPDX-License-Identifier: MIT
"""What the vector files mean in PSA's terms: each family turns its files into cases of one check on the device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vectors import parse


class Psa(str):
    """An expression over the module psa, written into a case as it is."""

    def __repr__(self) -> str:
        return str(self)


class Skip(Exception):
    """A vector that does not apply; the text is the reason that the table shows."""


Case = tuple[Any, ...]


@dataclass(frozen=True)
class Source:
    """One file of one family. `needs` are names that psa.capabilities() must list for the file to apply."""

    family: str
    path: str
    check: str
    read: Callable[[str], Iterator[Case | Skip]]
    needs: str = ""

    sample: int = 4  # cases that the emulated board runs

    @property
    def id(self) -> str:
        return f"{self.family}-{Path(self.path).stem}"

    def cases(self) -> tuple[list[Case], Counter[str]]:
        """All cases that apply, and why the others do not."""
        found: list[Case] = []
        skipped: Counter[str] = Counter()
        for case in self.read(self.path):
            if isinstance(case, Skip):
                skipped[str(case)] += 1
            else:
                found.append(case)
        return found, skipped


SOURCES: list[Source] = []


def add(family: str, pattern: str, check: str, read: Callable[..., Any], **options: Any) -> None:
    """One source per file that matches the pattern."""
    paths = sorted(parse.ROOT.glob(pattern))
    if not paths:
        raise FileNotFoundError(f"no vector file {pattern} in the cryptography_vectors package")
    for path in paths:
        SOURCES.append(Source(family, str(path.relative_to(parse.ROOT)), check, read, **options))


HASHES = {
    "MD5": "MD5",
    "SHA1": "SHA_1",
    "SHA224": "SHA_224",
    "SHA256": "SHA_256",
    "SHA384": "SHA_384",
    "SHA512": "SHA_512",
    "SHA3224": "SHA3_224",
    "SHA3256": "SHA3_256",
    "SHA3384": "SHA3_384",
    "SHA3512": "SHA3_512",
    "RIPEMD160": "RIPEMD160",
}


def hash_alg(name: str) -> Psa:
    return Psa(f"psa.ALG_{HASHES[name.upper().replace('-', '')]}")


# --- hashes


def hashes(alg: str) -> Callable[[str], Iterator[Case]]:
    def read(path: str) -> Iterator[Case]:
        for record in parse.nist(path, "MD"):
            length = record.number("Len") // 8
            yield Psa(f"psa.ALG_{alg}"), record.data("Msg")[:length], record.data("MD")

    return read


def monte(alg: str, chained: bool) -> Callable[[str], Iterator[Case]]:
    def read(path: str) -> Iterator[Case]:
        seed, digests = b"", []
        for record in parse.nist(path, "MD"):
            seed = record.data("Seed")
            digests.append(record.data("MD"))
        yield Psa(f"psa.ALG_{alg}"), chained, seed, digests

    return read


for _bits in ("1", "224", "256", "384", "512"):
    _folder, _name = ("SHA1", "SHA1") if _bits == "1" else ("SHA2", f"SHA{_bits}")
    for _kind in ("ShortMsg", "LongMsg"):
        _sample = 6 if _kind == "ShortMsg" else 1
        add(
            "hash",
            f"hashes/{_folder}/{_name}{_kind}.rsp",
            "hash",
            hashes(f"SHA_{_bits}"),
            needs=f"ALG_SHA_{_bits}",
            sample=_sample,
        )
    add(
        "hash",
        f"hashes/{_folder}/{_name}Monte.rsp",
        "monte",
        monte(f"SHA_{_bits}", True),
        needs=f"ALG_SHA_{_bits}",
        sample=0,
    )
for _bits in ("224", "256", "384", "512"):
    for _kind in ("ShortMsg", "LongMsg"):
        add(
            "hash",
            f"hashes/SHA3/SHA3_{_bits}{_kind}.rsp",
            "hash",
            hashes(f"SHA3_{_bits}"),
            needs=f"ALG_SHA3_{_bits}",
            sample=3 if _kind == "ShortMsg" else 1,
        )
    add(
        "hash",
        f"hashes/SHA3/SHA3_{_bits}Monte.rsp",
        "monte",
        monte(f"SHA3_{_bits}", False),
        needs=f"ALG_SHA3_{_bits}",
        sample=0,
    )
add("hash", "hashes/MD5/rfc-1321.txt", "hash", hashes("MD5"), needs="ALG_MD5")
add("hash", "hashes/ripemd160/ripevectors.txt", "hash", hashes("RIPEMD160"), needs="ALG_RIPEMD160")


# --- MAC


def hmac(path: str) -> Iterator[Case]:
    alg = hash_alg(Path(path).stem.split("-")[2])
    for record in parse.nist(path, "MD"):
        tag = record.data("MD")
        yield Psa("psa.KEY_TYPE_HMAC"), mac_alg(f"psa.ALG_HMAC({alg})", path, tag), *_key_message(record, "Msg"), tag


def mac_alg(full: str, path: str, tag: bytes) -> Psa:
    """Vectors with truncated tags use the algorithm of that length."""
    lengths = {"md5": 16, "sha1": 20, "ripemd160": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
    length = lengths[Path(path).stem.split("-")[2]]
    return Psa(full if len(tag) == length else f"psa.ALG_TRUNCATED_MAC({full}, {len(tag)})")


def _key_message(record: parse.Record, message: str) -> tuple[bytes, bytes]:
    return record.data("Key"), record.data(message)


def cmac(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "OUTPUT"):
        if "KEY1" in record:
            key, type_ = b"".join(record.data(f"KEY{n}") for n in (1, 2, 3)), "DES"
        else:
            key, type_ = record.data("KEY"), "AES"
        yield Psa(f"psa.KEY_TYPE_{type_}"), Psa("psa.ALG_CMAC"), key, record.data("MESSAGE"), record.data("OUTPUT")


for _name, _need in (("2202-md5", "MD5"), ("2202-sha1", "SHA_1"), ("2286-ripemd160", "RIPEMD160")):
    add("HMAC", f"HMAC/rfc-{_name}.txt", "mac", hmac, needs=f"ALG_HMAC ALG_{_need}")
for _bits in ("224", "256", "384", "512"):
    add("HMAC", f"HMAC/rfc-4231-sha{_bits}.txt", "mac", hmac, needs=f"ALG_HMAC ALG_SHA_{_bits}")
add("CMAC", "CMAC/nist-800-38b-aes*.txt", "mac", cmac, needs="ALG_CMAC KEY_TYPE_AES")
add("CMAC", "CMAC/nist-800-38b-3des.txt", "mac", cmac, needs="ALG_CMAC KEY_TYPE_DES")


# --- ciphers


def cipher(type_: str, alg: str) -> Callable[[str], Iterator[Case]]:
    def read(path: str) -> Iterator[Case]:
        for record in parse.nist(path, "CIPHERTEXT", "Ciphertext"):
            if "KEYs" in record:
                key = record.data("KEYs") * 3
            elif "KEY1" in record:
                key = b"".join(record.data(f"KEY{n}") for n in (1, 2, 3))
            else:
                key = record.data("KEY")
            iv = record.data("IV") if "IV" in record else b""
            if type_ == "DES" and (key[:8] == key[8:16] == key[16:]):
                key = key[:8]  # three times the same key is DES
            elif type_ == "DES" and key[:8] == key[16:]:
                key = key[:16]
            names = (Psa(f"psa.KEY_TYPE_{type_}"), Psa(f"psa.ALG_{alg}"))
            yield *names, key, iv, record.data("PLAINTEXT"), record.data("CIPHERTEXT")

    return read


def camellia_ecb(path: str) -> Iterator[Case]:
    key = plaintext = b""
    for line in (parse.ROOT / path).read_text().splitlines():
        name, _, value = line.partition(" : ")
        if name.startswith("K "):
            key = parse.unhex(value)
        elif name.startswith("P "):
            plaintext = parse.unhex(value)
        elif name.startswith("C "):
            yield Psa("psa.KEY_TYPE_CAMELLIA"), Psa("psa.ALG_ECB_NO_PADDING"), key, b"", plaintext, parse.unhex(value)


def chacha20(path: str) -> Iterator[Case | Skip]:
    for record in parse.nist(path, "CIPHERTEXT"):
        if record.number("INITIAL_BLOCK_COUNTER") != 0:
            yield Skip("PSA's ChaCha20 starts at block 0")
            continue
        iv = record.data("NONCE")
        names = (Psa("psa.KEY_TYPE_CHACHA20"), Psa("psa.ALG_STREAM_CIPHER"))
        yield *names, record.data("KEY"), iv, record.data("PLAINTEXT"), record.data("CIPHERTEXT")


for _folder, _alg, _glob in (
    ("CBC", "CBC_NO_PADDING", "CBC*.rsp"),
    ("ECB", "ECB_NO_PADDING", "ECB*.rsp"),
    ("CFB", "CFB", "CFB128*.rsp"),
    ("OFB", "OFB", "OFB*.rsp"),
    ("CTR", "CTR", "*.txt"),
):
    add(
        f"AES-{_folder}",
        f"ciphers/AES/{_folder}/{_glob}",
        "cipher",
        cipher("AES", _alg),
        sample=2,
        needs=f"KEY_TYPE_AES ALG_{_alg}",
    )
# The interleaved (TCBCI…) files describe another mode; PSA has no CFB and OFB for DES in Mbed TLS.
add(
    "3DES-CBC",
    "ciphers/3DES/CBC/TCBC[!I]*.rsp",
    "cipher",
    cipher("DES", "CBC_NO_PADDING"),
    sample=2,
    needs="KEY_TYPE_DES ALG_CBC_NO_PADDING",
)
add(
    "3DES-ECB",
    "ciphers/3DES/ECB/*.rsp",
    "cipher",
    cipher("DES", "ECB_NO_PADDING"),
    sample=2,
    needs="KEY_TYPE_DES ALG_ECB_NO_PADDING",
)
add("Camellia-ECB", "ciphers/Camellia/*ecb.txt", "cipher", camellia_ecb, needs="KEY_TYPE_CAMELLIA ALG_ECB_NO_PADDING")
for _mode, _alg in (("cbc", "CBC_NO_PADDING"), ("cfb", "CFB")):  # Mbed TLS has OFB for AES only
    add(
        f"Camellia-{_mode.upper()}",
        f"ciphers/Camellia/camellia-{_mode}.txt",
        "cipher",
        cipher("CAMELLIA", _alg),
        needs=f"KEY_TYPE_CAMELLIA ALG_{_alg}",
    )
add("ChaCha20", "ciphers/ChaCha20/rfc7539.txt", "cipher", chacha20, needs="KEY_TYPE_CHACHA20 ALG_STREAM_CIPHER")


# --- AEAD


def aead_alg(name: str, tag_length: int) -> Psa:
    alg = f"psa.ALG_{name}"
    return Psa(alg if tag_length == 16 else f"psa.ALG_AEAD_WITH_SHORTENED_TAG({alg}, {tag_length})")


def gcm(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "Tag"):
        tag = record.data("Tag")
        plaintext = None if "FAIL" in record.words else record.data("PT")
        what = (Psa("psa.KEY_TYPE_AES"), aead_alg("GCM", len(tag)), len(tag), record.data("Key"), record.data("IV"))
        yield *what, record.data("AAD"), plaintext, record.data("CT") + tag


def ccm(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "CT"):
        tag_length = record.number("Tlen")
        aad = record.data("Adata")[: record.number("Alen")]
        plaintext = None if record.fields.get("Result", "Pass").startswith("Fail") else record.data("Payload")
        if plaintext is not None:
            plaintext = plaintext[: record.number("Plen")]
        what = (Psa("psa.KEY_TYPE_AES"), aead_alg("CCM", tag_length), tag_length)
        yield *what, record.data("Key"), record.data("Nonce"), aad, plaintext, record.data("CT")


def chacha20_poly1305(path: str) -> Iterator[Case | Skip]:
    for record in parse.nist(path, "TAG", "Tag"):
        names = {name.upper(): value for name, value in record.fields.items()}
        data = {name: value.strip('"').encode() if value.startswith('"') else None for name, value in names.items()}

        def value(*choices: str, data: Any = data, names: Any = names) -> bytes:
            name = next(each for each in choices if each in names)
            return data[name] if data[name] is not None else parse.unhex(names[name])

        nonce, tag = value("NONCE", "IV"), value("TAG")
        if len(nonce) != 12:
            yield Skip("PSA's ChaCha20-Poly1305 takes nonces of 12 bytes")
            continue
        if len(tag) != 16:
            yield Skip("PSA's ChaCha20-Poly1305 takes tags of 16 bytes")
            continue
        plaintext = None if "RESULT" in names else value("IN", "PLAINTEXT")
        what = (Psa("psa.KEY_TYPE_CHACHA20"), Psa("psa.ALG_CHACHA20_POLY1305"), 16, value("KEY"), nonce)
        yield *what, value("AD", "AAD"), plaintext, value("CT", "CIPHERTEXT") + tag


add("AES-GCM", "ciphers/AES/GCM/*.rsp", "aead", gcm, needs="KEY_TYPE_AES ALG_GCM", sample=6)
for _name in ("DVPT", "VADT", "VNT", "VPT", "VTT"):
    add("AES-CCM", f"ciphers/AES/CCM/{_name}*.rsp", "aead", ccm, needs="KEY_TYPE_AES ALG_CCM", sample=4)
add(
    "ChaCha20-Poly1305",
    "ciphers/ChaCha20Poly1305/*.txt",
    "aead",
    chacha20_poly1305,
    sample=6,
    needs="KEY_TYPE_CHACHA20 ALG_CHACHA20_POLY1305",
)


# --- key derivation


def hkdf(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "OKM"):
        inputs = {"salt": record.data("salt"), "secret": record.data("IKM"), "info": record.data("info")}
        yield "hkdf", hash_alg(record["Hash"]), inputs, record.data("OKM")


def hkdf_steps(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "OKM"):
        alg, prk = hash_alg(record["Hash"]), record.data("PRK")
        yield "extract", alg, {"salt": record.data("salt"), "secret": record.data("IKM")}, prk
        yield "expand", alg, {"secret": prk, "info": record.data("info")}, record.data("OKM")


def pbkdf2(path: str) -> Iterator[Case]:
    for record in parse.nist(path, "DERIVED_KEY"):
        password, salt = (record[name].replace("\\0", "\0").encode() for name in ("PASSWORD", "SALT"))
        if record.number("ITERATIONS") > 100_000:
            yield Skip("16,777,216 iterations take minutes")
            continue
        inputs = {"cost": record.number("ITERATIONS"), "salt": salt, "password": password}
        yield "pbkdf2", Psa("psa.ALG_SHA_1"), inputs, record.data("DERIVED_KEY")


for _name, _need in (("SHA1", "SHA_1"), ("SHA256", "SHA_256")):
    _path = f"KDF/rfc-5869-HKDF-{_name}.txt"
    add("HKDF", _path, "derivation", hkdf, needs=f"ALG_HKDF ALG_{_need}")
    add("HKDF-steps", _path, "derivation", hkdf_steps, needs=f"ALG_HKDF_EXTRACT ALG_HKDF_EXPAND ALG_{_need}")
add("HKDF", "KDF/hkdf-generated.txt", "derivation", hkdf, needs="ALG_HKDF ALG_SHA_256")
add(
    "PBKDF2",
    "KDF/rfc-6070-PBKDF2-SHA1.txt",
    "derivation",
    pbkdf2,
    needs="ALG_PBKDF2_HMAC ALG_SHA_1",
    sample=2,
)
