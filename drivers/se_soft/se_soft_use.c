// SPDX-License-Identifier: MIT
// Single-part operations: unwrap the key, have the engine do it, wipe the key. The core checks policies, sizes and
// buffers before it calls, and wipes the outputs of a failure.

#include "se_soft_internal.h"

#include "se_soft_engine.h"

// Each function is WITH_KEY(the engine's call): key is the key in the clear.
#define WITH_KEY(call) \
    se_soft_key_t key; \
    psa_status_t status = se_soft_unwrap(attributes, key_buffer, key_buffer_size, &key); \
    if (status == PSA_SUCCESS) { \
        status = call; \
    } \
    se_soft_key_free(&key); \
    return status

psa_status_t se_soft_sign_hash(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, uint8_t *signature,
    size_t signature_size, size_t *signature_length) {
    *signature_length = 0;
    WITH_KEY(psa_driver_wrapper_sign_hash(&key.attributes, key.data, key.length, alg, hash, hash_length, signature,
        signature_size, signature_length));
}

psa_status_t se_soft_verify_hash(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, const uint8_t *signature,
    size_t signature_length) {
    WITH_KEY(psa_driver_wrapper_verify_hash(&key.attributes, key.data, key.length, alg, hash, hash_length, signature,
        signature_length));
}

psa_status_t se_soft_sign_message(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *signature,
    size_t signature_size, size_t *signature_length) {
    *signature_length = 0;
    WITH_KEY(psa_driver_wrapper_sign_message(&key.attributes, key.data, key.length, alg, input, input_length, signature,
        signature_size, signature_length));
}

psa_status_t se_soft_verify_message(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *signature,
    size_t signature_length) {
    WITH_KEY(psa_driver_wrapper_verify_message(&key.attributes, key.data, key.length, alg, input, input_length,
        signature, signature_length));
}

psa_status_t se_soft_mac_compute(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *mac,
    size_t mac_size, size_t *mac_length) {
    *mac_length = 0;
    WITH_KEY(psa_driver_wrapper_mac_compute(&key.attributes, key.data, key.length, alg, input, input_length, mac,
        mac_size, mac_length));
}

psa_status_t se_soft_cipher_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *iv, size_t iv_length, const uint8_t *input,
    size_t input_length, uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    WITH_KEY(psa_driver_wrapper_cipher_encrypt(&key.attributes, key.data, key.length, alg, iv, iv_length, input,
        input_length, output, output_size, output_length));
}

psa_status_t se_soft_cipher_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t output_size, size_t *output_length) {
    *output_length = 0;
    WITH_KEY(psa_driver_wrapper_cipher_decrypt(&key.attributes, key.data, key.length, alg, input, input_length, output,
        output_size, output_length));
}

psa_status_t se_soft_aead_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *nonce, size_t nonce_length,
    const uint8_t *additional_data, size_t additional_data_length, const uint8_t *plaintext, size_t plaintext_length,
    uint8_t *ciphertext, size_t ciphertext_size, size_t *ciphertext_length) {
    *ciphertext_length = 0;
    WITH_KEY(psa_driver_wrapper_aead_encrypt(&key.attributes, key.data, key.length, alg, nonce, nonce_length,
        additional_data, additional_data_length, plaintext, plaintext_length, ciphertext, ciphertext_size,
        ciphertext_length));
}

psa_status_t se_soft_aead_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *nonce, size_t nonce_length,
    const uint8_t *additional_data, size_t additional_data_length, const uint8_t *ciphertext, size_t ciphertext_length,
    uint8_t *plaintext, size_t plaintext_size, size_t *plaintext_length) {
    *plaintext_length = 0;
    WITH_KEY(psa_driver_wrapper_aead_decrypt(&key.attributes, key.data, key.length, alg, nonce, nonce_length,
        additional_data, additional_data_length, ciphertext, ciphertext_length, plaintext, plaintext_size,
        plaintext_length));
}

psa_status_t se_soft_asymmetric_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *salt,
    size_t salt_length, uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    WITH_KEY(psa_driver_wrapper_asymmetric_encrypt(&key.attributes, key.data, key.length, alg, input, input_length,
        salt, salt_length, output, output_size, output_length));
}

psa_status_t se_soft_asymmetric_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *salt,
    size_t salt_length, uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    WITH_KEY(psa_driver_wrapper_asymmetric_decrypt(&key.attributes, key.data, key.length, alg, input, input_length,
        salt, salt_length, output, output_size, output_length));
}

psa_status_t se_soft_key_agreement(psa_algorithm_t alg, const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer, size_t key_buffer_size, const uint8_t *peer_key, size_t peer_key_length,
    uint8_t *shared_secret, size_t shared_secret_size, size_t *shared_secret_length) {
    *shared_secret_length = 0;
    WITH_KEY(psa_driver_wrapper_key_agreement(&key.attributes, key.data, key.length, alg, peer_key, peer_key_length,
        shared_secret, shared_secret_size, shared_secret_length));
}

// The shared secret stays inside: it becomes a volatile key for a derivation.
psa_status_t se_soft_key_agreement_to_key(psa_algorithm_t alg, const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer, size_t key_buffer_size, const uint8_t *peer_key, size_t peer_key_length,
    const psa_key_attributes_t *shared_secret_attributes, uint8_t *shared_secret_key_buffer,
    size_t shared_secret_key_buffer_size, size_t *shared_secret_key_buffer_length) {
    *shared_secret_key_buffer_length = 0;
    size_t bits = psa_get_key_bits(shared_secret_attributes);
    se_soft_key_t secret = { 0 };
    psa_status_t status = se_soft_key_new(shared_secret_attributes, PSA_BITS_TO_BYTES(bits), &secret);
    if (status == PSA_SUCCESS) {
        status = se_soft_key_agreement(alg, attributes, key_buffer, key_buffer_size, peer_key, peer_key_length,
            secret.data, secret.size, &secret.length);
    }
    if (status == PSA_SUCCESS && PSA_BYTES_TO_BITS(secret.length) != bits) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (status == PSA_SUCCESS) {
        status = se_soft_wrap(shared_secret_attributes, bits, &secret, shared_secret_key_buffer,
            shared_secret_key_buffer_size, shared_secret_key_buffer_length);
    }
    se_soft_key_free(&secret);
    return status;
}
