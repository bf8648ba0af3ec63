# SPDX-License-Identifier: MIT
"""Constants and macro functions of the PSA Crypto API, the part of psa.pyi that tools/psa_values.py makes from Mbed
TLS's headers; change the tool, not this file. They work before crypto_init().

Macro functions raise ValueError for arguments that their C type, or the field in the result, does not hold.
"""

STORAGE_FLAG_NONE: int
STORAGE_FLAG_WRITE_ONCE: int

SUCCESS: int
ERROR_GENERIC_ERROR: int
ERROR_NOT_SUPPORTED: int
ERROR_NOT_PERMITTED: int
ERROR_BUFFER_TOO_SMALL: int
ERROR_ALREADY_EXISTS: int
ERROR_DOES_NOT_EXIST: int
ERROR_BAD_STATE: int
ERROR_INVALID_ARGUMENT: int
ERROR_INSUFFICIENT_MEMORY: int
ERROR_INSUFFICIENT_STORAGE: int
ERROR_COMMUNICATION_FAILURE: int
ERROR_STORAGE_FAILURE: int
ERROR_HARDWARE_FAILURE: int
ERROR_CORRUPTION_DETECTED: int
ERROR_INSUFFICIENT_ENTROPY: int
ERROR_INVALID_SIGNATURE: int
ERROR_INVALID_PADDING: int
ERROR_INSUFFICIENT_DATA: int
ERROR_SERVICE_FAILURE: int
ERROR_INVALID_HANDLE: int
ERROR_DATA_CORRUPT: int
ERROR_DATA_INVALID: int
OPERATION_INCOMPLETE: int
KEY_TYPE_NONE: int
KEY_TYPE_RAW_DATA: int
KEY_TYPE_HMAC: int
KEY_TYPE_DERIVE: int
KEY_TYPE_PASSWORD: int
KEY_TYPE_PASSWORD_HASH: int
KEY_TYPE_PEPPER: int
KEY_TYPE_AES: int
KEY_TYPE_ARIA: int
KEY_TYPE_DES: int
KEY_TYPE_CAMELLIA: int
KEY_TYPE_CHACHA20: int
KEY_TYPE_RSA_PUBLIC_KEY: int
KEY_TYPE_RSA_KEY_PAIR: int
ECC_FAMILY_SECP_K1: int
ECC_FAMILY_SECP_R1: int
ECC_FAMILY_SECP_R2: int
ECC_FAMILY_SECT_K1: int
ECC_FAMILY_SECT_R1: int
ECC_FAMILY_SECT_R2: int
ECC_FAMILY_BRAINPOOL_P_R1: int
ECC_FAMILY_MONTGOMERY: int
ECC_FAMILY_TWISTED_EDWARDS: int
DH_FAMILY_RFC7919: int
ALG_NONE: int
ALG_MD5: int
ALG_RIPEMD160: int
ALG_SHA_1: int
ALG_SHA_224: int
ALG_SHA_256: int
ALG_SHA_384: int
ALG_SHA_512: int
ALG_SHA_512_224: int
ALG_SHA_512_256: int
ALG_SHA3_224: int
ALG_SHA3_256: int
ALG_SHA3_384: int
ALG_SHA3_512: int
ALG_SHAKE256_512: int
ALG_ANY_HASH: int
ALG_CBC_MAC: int
ALG_CMAC: int
ALG_STREAM_CIPHER: int
ALG_CTR: int
ALG_CFB: int
ALG_OFB: int
ALG_XTS: int
ALG_ECB_NO_PADDING: int
ALG_CBC_NO_PADDING: int
ALG_CBC_PKCS7: int
ALG_CCM: int
ALG_CCM_STAR_NO_TAG: int
ALG_GCM: int
ALG_CHACHA20_POLY1305: int
ALG_RSA_PKCS1V15_SIGN_RAW: int
ALG_ECDSA_ANY: int
ALG_PURE_EDDSA: int
ALG_ED25519PH: int
ALG_ED448PH: int
ALG_RSA_PKCS1V15_CRYPT: int
ALG_TLS12_ECJPAKE_TO_PMS: int
ALG_PBKDF2_AES_CMAC_PRF_128: int
ALG_FFDH: int
ALG_ECDH: int
KEY_LIFETIME_VOLATILE: int
KEY_LIFETIME_PERSISTENT: int
KEY_PERSISTENCE_VOLATILE: int
KEY_PERSISTENCE_DEFAULT: int
KEY_PERSISTENCE_READ_ONLY: int
KEY_LOCATION_LOCAL_STORAGE: int
KEY_ID_NULL: int
KEY_ID_USER_MIN: int
KEY_ID_USER_MAX: int
KEY_ID_VENDOR_MIN: int
KEY_ID_VENDOR_MAX: int
KEY_USAGE_EXPORT: int
KEY_USAGE_COPY: int
KEY_USAGE_ENCRYPT: int
KEY_USAGE_DECRYPT: int
KEY_USAGE_SIGN_MESSAGE: int
KEY_USAGE_VERIFY_MESSAGE: int
KEY_USAGE_SIGN_HASH: int
KEY_USAGE_VERIFY_HASH: int
KEY_USAGE_DERIVE: int
KEY_USAGE_VERIFY_DERIVATION: int
KEY_DERIVATION_INPUT_SECRET: int
KEY_DERIVATION_INPUT_PASSWORD: int
KEY_DERIVATION_INPUT_OTHER_SECRET: int
KEY_DERIVATION_INPUT_LABEL: int
KEY_DERIVATION_INPUT_SALT: int
KEY_DERIVATION_INPUT_INFO: int
KEY_DERIVATION_INPUT_SEED: int
KEY_DERIVATION_INPUT_COST: int
INTERRUPTIBLE_MAX_OPS_UNLIMITED: int
HASH_MAX_SIZE: int
MAC_MAX_SIZE: int
AEAD_TAG_MAX_SIZE: int
TLS12_PSK_TO_MS_PSK_MAX_SIZE: int
TLS12_ECJPAKE_TO_PMS_INPUT_SIZE: int
TLS12_ECJPAKE_TO_PMS_DATA_SIZE: int
BLOCK_CIPHER_BLOCK_MAX_SIZE: int
AEAD_NONCE_MAX_SIZE: int
AEAD_FINISH_OUTPUT_MAX_SIZE: int
AEAD_VERIFY_OUTPUT_MAX_SIZE: int
SIGNATURE_MAX_SIZE: int
ASYMMETRIC_ENCRYPT_OUTPUT_MAX_SIZE: int
ASYMMETRIC_DECRYPT_OUTPUT_MAX_SIZE: int
EXPORT_KEY_PAIR_MAX_SIZE: int
EXPORT_PUBLIC_KEY_MAX_SIZE: int
EXPORT_ASYMMETRIC_KEY_MAX_SIZE: int
EXPORT_KEY_PAIR_OR_PUBLIC_MAX_SIZE: int
RAW_KEY_AGREEMENT_OUTPUT_MAX_SIZE: int
CIPHER_IV_MAX_SIZE: int
CIPHER_FINISH_OUTPUT_MAX_SIZE: int
ALG_JPAKE: int
PAKE_ROLE_NONE: int
PAKE_ROLE_FIRST: int
PAKE_ROLE_SECOND: int
PAKE_ROLE_CLIENT: int
PAKE_ROLE_SERVER: int
PAKE_PRIMITIVE_TYPE_ECC: int
PAKE_PRIMITIVE_TYPE_DH: int
PAKE_STEP_KEY_SHARE: int
PAKE_STEP_ZK_PUBLIC: int
PAKE_STEP_ZK_PROOF: int
PAKE_OUTPUT_MAX_SIZE: int
PAKE_INPUT_MAX_SIZE: int
CRYPTO_API_VERSION_MAJOR: int
CRYPTO_API_VERSION_MINOR: int
KEY_DERIVATION_UNLIMITED_CAPACITY: int

def KEY_TYPE_IS_VENDOR_DEFINED(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_VENDOR_DEFINED(type)"""

def KEY_TYPE_IS_UNSTRUCTURED(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_UNSTRUCTURED(type)"""

def KEY_TYPE_IS_ASYMMETRIC(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_ASYMMETRIC(type)"""

def KEY_TYPE_IS_PUBLIC_KEY(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_PUBLIC_KEY(type)"""

def KEY_TYPE_IS_KEY_PAIR(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_KEY_PAIR(type)"""

def KEY_TYPE_KEY_PAIR_OF_PUBLIC_KEY(key_type: int, /) -> int:
    """C: PSA_KEY_TYPE_KEY_PAIR_OF_PUBLIC_KEY(type)"""

def KEY_TYPE_PUBLIC_KEY_OF_KEY_PAIR(key_type: int, /) -> int:
    """C: PSA_KEY_TYPE_PUBLIC_KEY_OF_KEY_PAIR(type)"""

def KEY_TYPE_IS_RSA(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_RSA(type)"""

def KEY_TYPE_ECC_KEY_PAIR(family: int, /) -> int:
    """C: PSA_KEY_TYPE_ECC_KEY_PAIR(curve)"""

def KEY_TYPE_ECC_PUBLIC_KEY(family: int, /) -> int:
    """C: PSA_KEY_TYPE_ECC_PUBLIC_KEY(curve)"""

def KEY_TYPE_IS_ECC(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_ECC(type)"""

def KEY_TYPE_IS_ECC_KEY_PAIR(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_ECC_KEY_PAIR(type)"""

def KEY_TYPE_IS_ECC_PUBLIC_KEY(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_ECC_PUBLIC_KEY(type)"""

def KEY_TYPE_ECC_GET_FAMILY(key_type: int, /) -> int:
    """C: PSA_KEY_TYPE_ECC_GET_FAMILY(type)"""

def ECC_FAMILY_IS_WEIERSTRASS(family: int, /) -> bool:
    """C: PSA_ECC_FAMILY_IS_WEIERSTRASS(family)"""

def KEY_TYPE_DH_KEY_PAIR(family: int, /) -> int:
    """C: PSA_KEY_TYPE_DH_KEY_PAIR(group)"""

def KEY_TYPE_DH_PUBLIC_KEY(family: int, /) -> int:
    """C: PSA_KEY_TYPE_DH_PUBLIC_KEY(group)"""

def KEY_TYPE_IS_DH(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_DH(type)"""

def KEY_TYPE_IS_DH_KEY_PAIR(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_DH_KEY_PAIR(type)"""

def KEY_TYPE_IS_DH_PUBLIC_KEY(key_type: int, /) -> bool:
    """C: PSA_KEY_TYPE_IS_DH_PUBLIC_KEY(type)"""

def KEY_TYPE_DH_GET_FAMILY(key_type: int, /) -> int:
    """C: PSA_KEY_TYPE_DH_GET_FAMILY(type)"""

def BLOCK_CIPHER_BLOCK_LENGTH(key_type: int, /) -> int:
    """Bytes. C: PSA_BLOCK_CIPHER_BLOCK_LENGTH(type)"""

def ALG_IS_VENDOR_DEFINED(alg: int, /) -> bool:
    """C: PSA_ALG_IS_VENDOR_DEFINED(alg)"""

def ALG_IS_HASH(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HASH(alg)"""

def ALG_IS_MAC(alg: int, /) -> bool:
    """C: PSA_ALG_IS_MAC(alg)"""

def ALG_IS_CIPHER(alg: int, /) -> bool:
    """C: PSA_ALG_IS_CIPHER(alg)"""

def ALG_IS_AEAD(alg: int, /) -> bool:
    """C: PSA_ALG_IS_AEAD(alg)"""

def ALG_IS_SIGN(alg: int, /) -> bool:
    """C: PSA_ALG_IS_SIGN(alg)"""

def ALG_IS_ASYMMETRIC_ENCRYPTION(alg: int, /) -> bool:
    """C: PSA_ALG_IS_ASYMMETRIC_ENCRYPTION(alg)"""

def ALG_IS_KEY_AGREEMENT(alg: int, /) -> bool:
    """C: PSA_ALG_IS_KEY_AGREEMENT(alg)"""

def ALG_IS_KEY_DERIVATION(alg: int, /) -> bool:
    """C: PSA_ALG_IS_KEY_DERIVATION(alg)"""

def ALG_IS_KEY_DERIVATION_STRETCHING(alg: int, /) -> bool:
    """C: PSA_ALG_IS_KEY_DERIVATION_STRETCHING(alg)"""

def ALG_HMAC(hash_alg: int, /) -> int:
    """C: PSA_ALG_HMAC(hash_alg)"""

def ALG_HMAC_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_HMAC_GET_HASH(hmac_alg)"""

def ALG_IS_HMAC(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HMAC(alg)"""

def ALG_TRUNCATED_MAC(alg: int, length: int, /) -> int:
    """C: PSA_ALG_TRUNCATED_MAC(mac_alg, mac_length)"""

def ALG_FULL_LENGTH_MAC(alg: int, /) -> int:
    """C: PSA_ALG_FULL_LENGTH_MAC(mac_alg)"""

def ALG_AT_LEAST_THIS_LENGTH_MAC(alg: int, length: int, /) -> int:
    """C: PSA_ALG_AT_LEAST_THIS_LENGTH_MAC(mac_alg, min_mac_length)"""

def ALG_IS_BLOCK_CIPHER_MAC(alg: int, /) -> bool:
    """C: PSA_ALG_IS_BLOCK_CIPHER_MAC(alg)"""

def ALG_IS_STREAM_CIPHER(alg: int, /) -> bool:
    """C: PSA_ALG_IS_STREAM_CIPHER(alg)"""

def ALG_IS_AEAD_ON_BLOCK_CIPHER(alg: int, /) -> bool:
    """C: PSA_ALG_IS_AEAD_ON_BLOCK_CIPHER(alg)"""

def ALG_AEAD_WITH_SHORTENED_TAG(alg: int, length: int, /) -> int:
    """C: PSA_ALG_AEAD_WITH_SHORTENED_TAG(aead_alg, tag_length)"""

def ALG_AEAD_GET_TAG_LENGTH(alg: int, /) -> int:
    """Bytes. C: PSA_ALG_AEAD_GET_TAG_LENGTH(aead_alg)"""

def ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(alg: int, /) -> int:
    """C: PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(aead_alg)"""

def ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(alg: int, length: int, /) -> int:
    """C: PSA_ALG_AEAD_WITH_AT_LEAST_THIS_LENGTH_TAG(aead_alg, min_tag_length)"""

def ALG_RSA_PKCS1V15_SIGN(hash_alg: int, /) -> int:
    """C: PSA_ALG_RSA_PKCS1V15_SIGN(hash_alg)"""

def ALG_IS_RSA_PKCS1V15_SIGN(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RSA_PKCS1V15_SIGN(alg)"""

def ALG_RSA_PSS(hash_alg: int, /) -> int:
    """C: PSA_ALG_RSA_PSS(hash_alg)"""

def ALG_RSA_PSS_ANY_SALT(hash_alg: int, /) -> int:
    """C: PSA_ALG_RSA_PSS_ANY_SALT(hash_alg)"""

def ALG_IS_RSA_PSS_STANDARD_SALT(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RSA_PSS_STANDARD_SALT(alg)"""

def ALG_IS_RSA_PSS_ANY_SALT(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RSA_PSS_ANY_SALT(alg)"""

def ALG_IS_RSA_PSS(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RSA_PSS(alg)"""

def ALG_ECDSA(hash_alg: int, /) -> int:
    """C: PSA_ALG_ECDSA(hash_alg)"""

def ALG_DETERMINISTIC_ECDSA(hash_alg: int, /) -> int:
    """C: PSA_ALG_DETERMINISTIC_ECDSA(hash_alg)"""

def ALG_IS_ECDSA(alg: int, /) -> bool:
    """C: PSA_ALG_IS_ECDSA(alg)"""

def ALG_IS_DETERMINISTIC_ECDSA(alg: int, /) -> bool:
    """C: PSA_ALG_IS_DETERMINISTIC_ECDSA(alg)"""

def ALG_IS_RANDOMIZED_ECDSA(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RANDOMIZED_ECDSA(alg)"""

def ALG_IS_HASH_EDDSA(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HASH_EDDSA(alg)"""

def ALG_IS_SIGN_HASH(alg: int, /) -> bool:
    """C: PSA_ALG_IS_SIGN_HASH(alg)"""

def ALG_IS_SIGN_MESSAGE(alg: int, /) -> bool:
    """C: PSA_ALG_IS_SIGN_MESSAGE(alg)"""

def ALG_IS_HASH_AND_SIGN(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HASH_AND_SIGN(alg)"""

def ALG_SIGN_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_SIGN_GET_HASH(alg)"""

def ALG_RSA_OAEP(hash_alg: int, /) -> int:
    """C: PSA_ALG_RSA_OAEP(hash_alg)"""

def ALG_IS_RSA_OAEP(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RSA_OAEP(alg)"""

def ALG_RSA_OAEP_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_RSA_OAEP_GET_HASH(alg)"""

def ALG_HKDF(hash_alg: int, /) -> int:
    """C: PSA_ALG_HKDF(hash_alg)"""

def ALG_IS_HKDF(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HKDF(alg)"""

def ALG_HKDF_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_HKDF_GET_HASH(hkdf_alg)"""

def ALG_HKDF_EXTRACT(hash_alg: int, /) -> int:
    """C: PSA_ALG_HKDF_EXTRACT(hash_alg)"""

def ALG_IS_HKDF_EXTRACT(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HKDF_EXTRACT(alg)"""

def ALG_HKDF_EXPAND(hash_alg: int, /) -> int:
    """C: PSA_ALG_HKDF_EXPAND(hash_alg)"""

def ALG_IS_HKDF_EXPAND(alg: int, /) -> bool:
    """C: PSA_ALG_IS_HKDF_EXPAND(alg)"""

def ALG_IS_ANY_HKDF(alg: int, /) -> bool:
    """C: PSA_ALG_IS_ANY_HKDF(alg)"""

def ALG_TLS12_PRF(hash_alg: int, /) -> int:
    """C: PSA_ALG_TLS12_PRF(hash_alg)"""

def ALG_IS_TLS12_PRF(alg: int, /) -> bool:
    """C: PSA_ALG_IS_TLS12_PRF(alg)"""

def ALG_TLS12_PRF_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_TLS12_PRF_GET_HASH(hkdf_alg)"""

def ALG_TLS12_PSK_TO_MS(hash_alg: int, /) -> int:
    """C: PSA_ALG_TLS12_PSK_TO_MS(hash_alg)"""

def ALG_IS_TLS12_PSK_TO_MS(alg: int, /) -> bool:
    """C: PSA_ALG_IS_TLS12_PSK_TO_MS(alg)"""

def ALG_TLS12_PSK_TO_MS_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_TLS12_PSK_TO_MS_GET_HASH(hkdf_alg)"""

def ALG_PBKDF2_HMAC(hash_alg: int, /) -> int:
    """C: PSA_ALG_PBKDF2_HMAC(hash_alg)"""

def ALG_IS_PBKDF2_HMAC(alg: int, /) -> bool:
    """C: PSA_ALG_IS_PBKDF2_HMAC(alg)"""

def ALG_PBKDF2_HMAC_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_PBKDF2_HMAC_GET_HASH(pbkdf2_alg)"""

def ALG_IS_PBKDF2(alg: int, /) -> bool:
    """C: PSA_ALG_IS_PBKDF2(kdf_alg)"""

def ALG_KEY_AGREEMENT(alg1: int, alg2: int, /) -> int:
    """C: PSA_ALG_KEY_AGREEMENT(ka_alg, kdf_alg)"""

def ALG_KEY_AGREEMENT_GET_KDF(alg: int, /) -> int:
    """C: PSA_ALG_KEY_AGREEMENT_GET_KDF(alg)"""

def ALG_KEY_AGREEMENT_GET_BASE(alg: int, /) -> int:
    """C: PSA_ALG_KEY_AGREEMENT_GET_BASE(alg)"""

def ALG_IS_RAW_KEY_AGREEMENT(alg: int, /) -> bool:
    """C: PSA_ALG_IS_RAW_KEY_AGREEMENT(alg)"""

def ALG_IS_FFDH(alg: int, /) -> bool:
    """C: PSA_ALG_IS_FFDH(alg)"""

def ALG_IS_ECDH(alg: int, /) -> bool:
    """C: PSA_ALG_IS_ECDH(alg)"""

def ALG_IS_WILDCARD(alg: int, /) -> bool:
    """C: PSA_ALG_IS_WILDCARD(alg)"""

def ALG_GET_HASH(alg: int, /) -> int:
    """C: PSA_ALG_GET_HASH(alg)"""

def KEY_LIFETIME_GET_PERSISTENCE(value: int, /) -> int:
    """C: PSA_KEY_LIFETIME_GET_PERSISTENCE(lifetime)"""

def KEY_LIFETIME_GET_LOCATION(value: int, /) -> int:
    """C: PSA_KEY_LIFETIME_GET_LOCATION(lifetime)"""

def KEY_LIFETIME_IS_VOLATILE(value: int, /) -> bool:
    """C: PSA_KEY_LIFETIME_IS_VOLATILE(lifetime)"""

def KEY_LIFETIME_IS_READ_ONLY(value: int, /) -> bool:
    """C: PSA_KEY_LIFETIME_IS_READ_ONLY(lifetime)"""

def KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(family: int, location: int, /) -> int:
    """C: PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(persistence, location)"""

def BITS_TO_BYTES(bits: int, /) -> int:
    """Bytes. C: PSA_BITS_TO_BYTES(bits)"""

def BYTES_TO_BITS(length: int, /) -> int:
    """Bits. C: PSA_BYTES_TO_BITS(bytes)"""

def HASH_LENGTH(alg: int, /) -> int:
    """Bytes. C: PSA_HASH_LENGTH(alg)"""

def HASH_BLOCK_LENGTH(alg: int, /) -> int:
    """Bytes. C: PSA_HASH_BLOCK_LENGTH(alg)"""

def AEAD_TAG_LENGTH(key_type: int, bits: int, alg: int, /) -> int:
    """Bytes. C: PSA_AEAD_TAG_LENGTH(key_type, key_bits, alg)"""

def MAC_LENGTH(key_type: int, bits: int, alg: int, /) -> int:
    """Bytes. C: PSA_MAC_LENGTH(key_type, key_bits, alg)"""

def AEAD_ENCRYPT_OUTPUT_SIZE(key_type: int, alg: int, length: int, /) -> int:
    """Bytes. C: PSA_AEAD_ENCRYPT_OUTPUT_SIZE(key_type, alg, plaintext_length)"""

def AEAD_ENCRYPT_OUTPUT_MAX_SIZE(length: int, /) -> int:
    """Bytes. C: PSA_AEAD_ENCRYPT_OUTPUT_MAX_SIZE(plaintext_length)"""

def AEAD_DECRYPT_OUTPUT_SIZE(key_type: int, alg: int, length: int, /) -> int:
    """Bytes. C: PSA_AEAD_DECRYPT_OUTPUT_SIZE(key_type, alg, ciphertext_length)"""

def AEAD_DECRYPT_OUTPUT_MAX_SIZE(length: int, /) -> int:
    """Bytes. C: PSA_AEAD_DECRYPT_OUTPUT_MAX_SIZE(ciphertext_length)"""

def AEAD_NONCE_LENGTH(key_type: int, alg: int, /) -> int:
    """Bytes. C: PSA_AEAD_NONCE_LENGTH(key_type, alg)"""

def AEAD_UPDATE_OUTPUT_SIZE(key_type: int, alg: int, length: int, /) -> int:
    """Bytes. C: PSA_AEAD_UPDATE_OUTPUT_SIZE(key_type, alg, input_length)"""

def AEAD_UPDATE_OUTPUT_MAX_SIZE(length: int, /) -> int:
    """Bytes. C: PSA_AEAD_UPDATE_OUTPUT_MAX_SIZE(input_length)"""

def AEAD_FINISH_OUTPUT_SIZE(key_type: int, alg: int, /) -> int:
    """Bytes. C: PSA_AEAD_FINISH_OUTPUT_SIZE(key_type, alg)"""

def AEAD_VERIFY_OUTPUT_SIZE(key_type: int, alg: int, /) -> int:
    """Bytes. C: PSA_AEAD_VERIFY_OUTPUT_SIZE(key_type, alg)"""

def SIGN_OUTPUT_SIZE(key_type: int, bits: int, alg: int, /) -> int:
    """Bytes. C: PSA_SIGN_OUTPUT_SIZE(key_type, key_bits, alg)"""

def ASYMMETRIC_ENCRYPT_OUTPUT_SIZE(key_type: int, bits: int, alg: int, /) -> int:
    """Bytes. C: PSA_ASYMMETRIC_ENCRYPT_OUTPUT_SIZE(key_type, key_bits, alg)"""

def ASYMMETRIC_DECRYPT_OUTPUT_SIZE(key_type: int, bits: int, alg: int, /) -> int:
    """Bytes. C: PSA_ASYMMETRIC_DECRYPT_OUTPUT_SIZE(key_type, key_bits, alg)"""

def EXPORT_KEY_OUTPUT_SIZE(key_type: int, bits: int, /) -> int:
    """Bytes. C: PSA_EXPORT_KEY_OUTPUT_SIZE(key_type, key_bits)"""

def EXPORT_PUBLIC_KEY_OUTPUT_SIZE(key_type: int, bits: int, /) -> int:
    """Bytes. C: PSA_EXPORT_PUBLIC_KEY_OUTPUT_SIZE(key_type, key_bits)"""

def RAW_KEY_AGREEMENT_OUTPUT_SIZE(key_type: int, bits: int, /) -> int:
    """Bytes. C: PSA_RAW_KEY_AGREEMENT_OUTPUT_SIZE(key_type, key_bits)"""

def CIPHER_IV_LENGTH(key_type: int, alg: int, /) -> int:
    """Bytes. C: PSA_CIPHER_IV_LENGTH(key_type, alg)"""

def CIPHER_ENCRYPT_OUTPUT_SIZE(key_type: int, alg: int, length: int, /) -> int:
    """Bytes. C: PSA_CIPHER_ENCRYPT_OUTPUT_SIZE(key_type, alg, input_length)"""

def CIPHER_ENCRYPT_OUTPUT_MAX_SIZE(length: int, /) -> int:
    """Bytes. C: PSA_CIPHER_ENCRYPT_OUTPUT_MAX_SIZE(input_length)"""

def CIPHER_DECRYPT_OUTPUT_SIZE(key_type: int, alg: int, length: int, /) -> int:
    """Bytes. C: PSA_CIPHER_DECRYPT_OUTPUT_SIZE(key_type, alg, input_length)"""

def CIPHER_DECRYPT_OUTPUT_MAX_SIZE(length: int, /) -> int:
    """Bytes. C: PSA_CIPHER_DECRYPT_OUTPUT_MAX_SIZE(input_length)"""

def CIPHER_UPDATE_OUTPUT_SIZE(key_type: int, alg: int, length: int, /) -> int:
    """Bytes. C: PSA_CIPHER_UPDATE_OUTPUT_SIZE(key_type, alg, input_length)"""

def CIPHER_UPDATE_OUTPUT_MAX_SIZE(length: int, /) -> int:
    """Bytes. C: PSA_CIPHER_UPDATE_OUTPUT_MAX_SIZE(input_length)"""

def CIPHER_FINISH_OUTPUT_SIZE(key_type: int, alg: int, /) -> int:
    """Bytes. C: PSA_CIPHER_FINISH_OUTPUT_SIZE(key_type, alg)"""

def ALG_IS_PAKE(alg: int, /) -> bool:
    """C: PSA_ALG_IS_PAKE(alg)"""

def PAKE_PRIMITIVE(family1: int, family2: int, bits: int, /) -> int:
    """C: PSA_PAKE_PRIMITIVE(pake_type, pake_family, pake_bits)"""

def PAKE_OUTPUT_SIZE(alg: int, value: int, family: int, /) -> int:
    """Bytes. C: PSA_PAKE_OUTPUT_SIZE(alg, primitive, output_step)"""

def PAKE_INPUT_SIZE(alg: int, value: int, family: int, /) -> int:
    """Bytes. C: PSA_PAKE_INPUT_SIZE(alg, primitive, input_step)"""
