// SPDX-License-Identifier: MIT
// Transparent PSA driver template_transparent. It fails closed: nothing succeeds that is not implemented,
// every output length is defined, and a context is wiped when its operation ends.

#include "psa/crypto_driver_prototypes.h"
#include "wipe.h"

#include "template_transparent.h"

// Prepares the device. Must not ask for random numbers. Called for psa_crypto_init(), before key slots and random
// generator exist. Errors: any error; psa_crypto_init() fails with it.
psa_status_t template_transparent_init(void) {
    return PSA_SUCCESS;
}

// Fills output with raw noise and says how many bits of entropy are in it, at least 1. Called for the entropy
// collector, for every driver that has it. Errors: INSUFFICIENT_ENTROPY (with NONBLOCK only), NOT_SUPPORTED (a
// flag), HARDWARE_FAILURE.
psa_status_t template_transparent_get_entropy(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits,
    uint8_t *output, size_t output_size) {
    (void)flags;
    (void)output;
    (void)output_size;
    *estimate_bits = 0;
    return PSA_ERROR_HARDWARE_FAILURE;
}

// Hashes input in one call. Called for psa_hash_compute(), psa_hash_compare(). Errors: BUFFER_TOO_SMALL,
// INVALID_ARGUMENT, NOT_SUPPORTED.
psa_status_t template_transparent_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
    uint8_t *hash, size_t hash_size, size_t *hash_length) {
    (void)alg;
    (void)input;
    (void)input_length;
    (void)hash;
    (void)hash_size;
    *hash_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Starts a hash in a zeroed context without pointers: the core copies it byte by byte to clone it. Called for
// psa_hash_setup(). Errors: INVALID_ARGUMENT (key or algorithm), NOT_SUPPORTED (with fallback: the next driver is
// asked).
psa_status_t template_transparent_hash_setup(template_transparent_hash_operation_t *operation, psa_algorithm_t alg) {
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Adds input, of any length, to the hash. Called for psa_hash_update(). Errors: any error; the core then calls the
// abort function and nothing else.
psa_status_t template_transparent_hash_update(template_transparent_hash_operation_t *operation, const uint8_t *input,
    size_t input_length) {
    (void)input;
    (void)input_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Writes the hash. Called for psa_hash_finish(), psa_hash_verify(). Errors: BUFFER_TOO_SMALL, any error.
psa_status_t template_transparent_hash_finish(template_transparent_hash_operation_t *operation, uint8_t *hash,
    size_t hash_size, size_t *hash_length) {
    (void)hash;
    (void)hash_size;
    (void)operation;
    *hash_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Frees what the context holds. Called for every end of a hash operation, good or bad. Errors: none.
psa_status_t template_transparent_hash_abort(template_transparent_hash_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// MAC of input in one call. Called for psa_mac_compute(), psa_mac_verify() without mac_verify. Errors:
// BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_mac_compute(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *mac,
    size_t mac_size, size_t *mac_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)mac;
    (void)mac_size;
    *mac_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Verifies a MAC without revealing the right one. Must compare in constant time. Called for psa_mac_verify().
// Errors: INVALID_SIGNATURE, NOT_SUPPORTED (mac_compute is used then).
psa_status_t template_transparent_mac_verify(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *mac,
    size_t mac_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)mac;
    (void)mac_length;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Encrypts in one call. The core chose the IV and writes it itself: output is the ciphertext alone. Called for
// psa_cipher_encrypt(). Errors: BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_cipher_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *iv, size_t iv_length, const uint8_t *input,
    size_t input_length, uint8_t *output, size_t output_size, size_t *output_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)iv;
    (void)iv_length;
    (void)input;
    (void)input_length;
    (void)output;
    (void)output_size;
    *output_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Decrypts in one call. input begins with the IV. Called for psa_cipher_decrypt(). Errors: BUFFER_TOO_SMALL,
// INVALID_ARGUMENT, INVALID_PADDING.
psa_status_t template_transparent_cipher_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t output_size, size_t *output_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)output;
    (void)output_size;
    *output_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Encrypts a short message. Called for psa_asymmetric_encrypt(). Errors: BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_asymmetric_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *salt,
    size_t salt_length, uint8_t *output, size_t output_size, size_t *output_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)salt;
    (void)salt_length;
    (void)output;
    (void)output_size;
    *output_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Decrypts a short message; padding faults must not show in the timing. Called for psa_asymmetric_decrypt().
// Errors: INVALID_PADDING, BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_asymmetric_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *salt,
    size_t salt_length, uint8_t *output, size_t output_size, size_t *output_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)salt;
    (void)salt_length;
    (void)output;
    (void)output_size;
    *output_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Hashes and signs a message. Called for psa_sign_message(). Errors: BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_sign_message(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *signature,
    size_t signature_size, size_t *signature_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)signature;
    (void)signature_size;
    *signature_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Hashes a message and verifies its signature. Called for psa_verify_message(). Errors: INVALID_SIGNATURE,
// INVALID_ARGUMENT.
psa_status_t template_transparent_verify_message(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, const uint8_t *signature,
    size_t signature_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)input;
    (void)input_length;
    (void)signature;
    (void)signature_length;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Signs a hash. Called for psa_sign_hash(), psa_sign_message() without sign_message. Errors: BUFFER_TOO_SMALL,
// INVALID_ARGUMENT.
psa_status_t template_transparent_sign_hash(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, uint8_t *signature,
    size_t signature_size, size_t *signature_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)hash;
    (void)hash_length;
    (void)signature;
    (void)signature_size;
    *signature_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Verifies the signature of a hash, with a public key or a key pair. Called for psa_verify_hash(),
// psa_verify_message() without verify_message. Errors: INVALID_SIGNATURE, INVALID_ARGUMENT.
psa_status_t template_transparent_verify_hash(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, const uint8_t *signature,
    size_t signature_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)hash;
    (void)hash_length;
    (void)signature;
    (void)signature_length;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Writes ciphertext and tag, one after the other. Called for psa_aead_encrypt(). Errors: BUFFER_TOO_SMALL,
// INVALID_ARGUMENT.
psa_status_t template_transparent_aead_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *nonce, size_t nonce_length,
    const uint8_t *additional_data, size_t additional_data_length, const uint8_t *plaintext,
    size_t plaintext_length, uint8_t *ciphertext, size_t ciphertext_size, size_t *ciphertext_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)nonce;
    (void)nonce_length;
    (void)additional_data;
    (void)additional_data_length;
    (void)plaintext;
    (void)plaintext_length;
    (void)ciphertext;
    (void)ciphertext_size;
    *ciphertext_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Verifies the tag at the end of ciphertext, then writes plaintext; nothing is written when it is wrong. Called
// for psa_aead_decrypt(). Errors: INVALID_SIGNATURE, BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_aead_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *nonce, size_t nonce_length,
    const uint8_t *additional_data, size_t additional_data_length, const uint8_t *ciphertext,
    size_t ciphertext_length, uint8_t *plaintext, size_t plaintext_size, size_t *plaintext_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)nonce;
    (void)nonce_length;
    (void)additional_data;
    (void)additional_data_length;
    (void)ciphertext;
    (void)ciphertext_length;
    (void)plaintext;
    (void)plaintext_size;
    *plaintext_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Starts a MAC calculation in a zeroed context. Called for psa_mac_sign_setup(); psa_mac_verify_setup() when there
// is no verify family. Errors: INVALID_ARGUMENT (key or algorithm), NOT_SUPPORTED (with fallback: the next driver
// is asked).
psa_status_t template_transparent_mac_sign_setup(template_transparent_mac_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Starts a MAC verification in a zeroed context. Called for psa_mac_verify_setup(). Errors: INVALID_ARGUMENT (key
// or algorithm), NOT_SUPPORTED (with fallback: the next driver is asked).
psa_status_t template_transparent_mac_verify_setup(template_transparent_mac_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Adds input to the MAC. Called for psa_mac_update(). Errors: any error; the core then calls the abort function
// and nothing else.
psa_status_t template_transparent_mac_update(template_transparent_mac_operation_t *operation, const uint8_t *input,
    size_t input_length) {
    (void)input;
    (void)input_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Writes the MAC, truncated to the length in alg; mac_size is at least that. Called for psa_mac_sign_finish().
// Errors: any error; nothing is called on the context after a failed finish.
psa_status_t template_transparent_mac_sign_finish(template_transparent_mac_operation_t *operation, uint8_t *mac,
    size_t mac_size, size_t *mac_length) {
    (void)mac;
    (void)mac_size;
    (void)operation;
    *mac_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Compares the MAC in constant time. Called for psa_mac_verify_finish(). Errors: INVALID_SIGNATURE; any error;
// nothing is called on the context after a failed finish.
psa_status_t template_transparent_mac_verify_finish(template_transparent_mac_operation_t *operation, const uint8_t *mac,
    size_t mac_length) {
    (void)mac;
    (void)mac_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Frees what the context holds. Called for every other end of a MAC operation. Errors: none.
psa_status_t template_transparent_mac_abort(template_transparent_mac_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// Starts an encryption in a zeroed context. Called for psa_cipher_encrypt_setup(). Errors: INVALID_ARGUMENT (key
// or algorithm), NOT_SUPPORTED (with fallback: the next driver is asked).
psa_status_t template_transparent_cipher_encrypt_setup(template_transparent_cipher_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Starts a decryption in a zeroed context. Called for psa_cipher_decrypt_setup(). Errors: INVALID_ARGUMENT (key or
// algorithm), NOT_SUPPORTED (with fallback: the next driver is asked).
psa_status_t template_transparent_cipher_decrypt_setup(template_transparent_cipher_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Takes the IV, once, before any input. Called for psa_cipher_set_iv(), psa_cipher_generate_iv(). Errors: any
// error; the core then calls the abort function and nothing else.
psa_status_t template_transparent_cipher_set_iv(template_transparent_cipher_operation_t *operation, const uint8_t *iv,
    size_t iv_length) {
    (void)iv;
    (void)iv_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Processes input and writes what is complete; output is large enough for PSA_CIPHER_UPDATE_OUTPUT_SIZE. Called
// for psa_cipher_update(). Errors: any error; the core then calls the abort function and nothing else.
psa_status_t template_transparent_cipher_update(template_transparent_cipher_operation_t *operation,
    const uint8_t *input, size_t input_length, uint8_t *output, size_t output_size, size_t *output_length) {
    (void)input;
    (void)input_length;
    (void)output;
    (void)output_size;
    (void)operation;
    *output_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Writes what is left; checks the padding. Called for psa_cipher_finish(). Errors: INVALID_PADDING; any error;
// nothing is called on the context after a failed finish.
psa_status_t template_transparent_cipher_finish(template_transparent_cipher_operation_t *operation, uint8_t *output,
    size_t output_size, size_t *output_length) {
    (void)output;
    (void)output_size;
    (void)operation;
    *output_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Frees what the context holds. Called for every other end of a cipher operation. Errors: none.
psa_status_t template_transparent_cipher_abort(template_transparent_cipher_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// Starts an encryption in a zeroed context. Called for psa_aead_encrypt_setup(). Errors: INVALID_ARGUMENT (key or
// algorithm), NOT_SUPPORTED (with fallback: the next driver is asked).
psa_status_t template_transparent_aead_encrypt_setup(template_transparent_aead_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Starts a decryption in a zeroed context. Called for psa_aead_decrypt_setup(). Errors: INVALID_ARGUMENT (key or
// algorithm), NOT_SUPPORTED (with fallback: the next driver is asked).
psa_status_t template_transparent_aead_decrypt_setup(template_transparent_aead_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)alg;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Takes the nonce. Called for psa_aead_set_nonce(), psa_aead_generate_nonce(). Errors: any error; the core then
// calls the abort function and nothing else.
psa_status_t template_transparent_aead_set_nonce(template_transparent_aead_operation_t *operation, const uint8_t *nonce,
    size_t nonce_length) {
    (void)nonce;
    (void)nonce_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Learns the lengths in advance; CCM needs them. Called for psa_aead_set_lengths(). Errors: any error; the core
// then calls the abort function and nothing else.
psa_status_t template_transparent_aead_set_lengths(template_transparent_aead_operation_t *operation, size_t ad_length,
    size_t plaintext_length) {
    (void)ad_length;
    (void)plaintext_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Adds additional data. Called for psa_aead_update_ad(). Errors: any error; the core then calls the abort function
// and nothing else.
psa_status_t template_transparent_aead_update_ad(template_transparent_aead_operation_t *operation, const uint8_t *input,
    size_t input_length) {
    (void)input;
    (void)input_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Processes input and writes what is complete. Called for psa_aead_update(). Errors: any error; the core then
// calls the abort function and nothing else.
psa_status_t template_transparent_aead_update(template_transparent_aead_operation_t *operation, const uint8_t *input,
    size_t input_length, uint8_t *output, size_t output_size, size_t *output_length) {
    (void)input;
    (void)input_length;
    (void)output;
    (void)output_size;
    (void)operation;
    *output_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Writes what is left, and the tag. Called for psa_aead_finish(). Errors: any error; nothing is called on the
// context after a failed finish.
psa_status_t template_transparent_aead_finish(template_transparent_aead_operation_t *operation, uint8_t *ciphertext,
    size_t ciphertext_size, size_t *ciphertext_length, uint8_t *tag, size_t tag_size, size_t *tag_length) {
    (void)ciphertext;
    (void)ciphertext_size;
    (void)tag;
    (void)tag_size;
    (void)operation;
    *ciphertext_length = 0;
    *tag_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Writes what is left and compares the tag in constant time. Called for psa_aead_verify(). Errors:
// INVALID_SIGNATURE; any error; nothing is called on the context after a failed finish.
psa_status_t template_transparent_aead_verify(template_transparent_aead_operation_t *operation, uint8_t *plaintext,
    size_t plaintext_size, size_t *plaintext_length, const uint8_t *tag, size_t tag_length) {
    (void)plaintext;
    (void)plaintext_size;
    (void)tag;
    (void)tag_length;
    (void)operation;
    *plaintext_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Frees what the context holds. Called for every other end of an AEAD operation. Errors: none.
psa_status_t template_transparent_aead_abort(template_transparent_aead_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// Writes the shared secret; alg is the raw algorithm, never with a key derivation in it. Called for
// psa_raw_key_agreement(), psa_key_derivation_key_agreement(). Errors: BUFFER_TOO_SMALL, INVALID_ARGUMENT (the
// peer's key is not valid).
psa_status_t template_transparent_key_agreement(psa_algorithm_t alg, const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer, size_t key_buffer_size, const uint8_t *peer_key, size_t peer_key_length,
    uint8_t *shared_secret, size_t shared_secret_size, size_t *shared_secret_length) {
    (void)alg;
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)peer_key;
    (void)peer_key_length;
    (void)shared_secret;
    (void)shared_secret_size;
    *shared_secret_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Fetches its inputs with psa_crypto_driver_key_derivation_get_input_*() in a zeroed context. Called for the first
// output of a key derivation, when all inputs are there. Errors: INVALID_ARGUMENT (key or algorithm),
// NOT_SUPPORTED (with fallback: the next driver is asked).
psa_status_t template_transparent_key_derivation_setup(template_transparent_key_derivation_operation_t *operation,
    psa_algorithm_t alg, const psa_crypto_driver_key_derivation_inputs_t *inputs) {
    (void)alg;
    (void)inputs;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Takes a piece of an input that is not part of the initial ones. Called for psa_key_derivation_input_bytes() for
// long inputs. Errors: any error; the core then calls the abort function and nothing else.
psa_status_t template_transparent_key_derivation_input_step(template_transparent_key_derivation_operation_t *operation,
    psa_key_derivation_step_t step, const uint8_t *input, size_t input_length) {
    (void)step;
    (void)input;
    (void)input_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Writes the next bytes of the key stream. Called for psa_key_derivation_output_bytes() and every output without a
// function of its own. Errors: any error; the core then calls the abort function and nothing else.
psa_status_t template_transparent_key_derivation_output_bytes(template_transparent_key_derivation_operation_t *operation, uint8_t *output, size_t output_length) {
    (void)output;
    (void)output_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Frees what the context holds. Called for psa_key_derivation_abort(). Errors: none.
psa_status_t template_transparent_key_derivation_abort(template_transparent_key_derivation_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// Cooks a key out of a piece of key stream; memory is zero at first and kept between calls. Called for
// psa_key_derivation_output_key() for ECC, DH, RSA and DES keys. Errors: INSUFFICIENT_DATA (call again with more),
// NOT_SUPPORTED (first call, with fallback).
psa_status_t template_transparent_derive_key(const psa_key_attributes_t *attributes, const uint8_t *input,
    size_t input_length, template_transparent_derive_key_memory_t *memory, uint8_t *key_buffer, size_t key_buffer_size,
    size_t *key_buffer_length) {
    (void)attributes;
    (void)input;
    (void)input_length;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)memory;
    *key_buffer_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Fetches password, users and cipher suite with psa_crypto_driver_pake_get_*() in a zeroed context. Called for the
// first psa_pake_input() or psa_pake_output(). Errors: INVALID_ARGUMENT (key or algorithm), NOT_SUPPORTED (with
// fallback: the next driver is asked).
psa_status_t template_transparent_pake_setup(template_transparent_pake_operation_t *operation,
    const psa_crypto_driver_pake_inputs_t *inputs) {
    (void)inputs;
    (void)operation;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Writes the message of a step. Called for psa_pake_output(). Errors: any error; the core then calls the abort
// function and nothing else.
psa_status_t template_transparent_pake_output(template_transparent_pake_operation_t *operation,
    psa_crypto_driver_pake_step_t step, uint8_t *output, size_t output_size, size_t *output_length) {
    (void)step;
    (void)output;
    (void)output_size;
    (void)operation;
    *output_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Takes the peer's message of a step and verifies it. Called for psa_pake_input(). Errors: any error; the core
// then calls the abort function and nothing else.
psa_status_t template_transparent_pake_input(template_transparent_pake_operation_t *operation,
    psa_crypto_driver_pake_step_t step, const uint8_t *input, size_t input_length) {
    (void)step;
    (void)input;
    (void)input_length;
    (void)operation;
    return PSA_ERROR_BAD_STATE;
}

// Writes the shared secret. Called for psa_pake_get_implicit_key(). Errors: any error; the core then calls the
// abort function and nothing else.
psa_status_t template_transparent_pake_get_implicit_key(template_transparent_pake_operation_t *operation,
    uint8_t *output, size_t output_size, size_t *output_length) {
    (void)output;
    (void)output_size;
    (void)operation;
    *output_length = 0;
    return PSA_ERROR_BAD_STATE;
}

// Frees what the context holds. Called for every end of a PAKE operation. Errors: none.
psa_status_t template_transparent_pake_abort(template_transparent_pake_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// Validates data, finds or checks *bits, and writes the key material or the key context. Called for
// psa_import_key(), key derivation and copies into a location. Errors: INVALID_ARGUMENT (not a valid key, or *bits
// is wrong), NOT_SUPPORTED.
psa_status_t template_transparent_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
    size_t data_length, uint8_t *key_buffer, size_t key_buffer_size, size_t *key_buffer_length, size_t *bits) {
    (void)attributes;
    (void)data;
    (void)data_length;
    (void)key_buffer;
    (void)key_buffer_size;
    *key_buffer_length = 0;
    (void)bits;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Makes a random key of type and size in attributes. Called for psa_generate_key(). Errors: INSUFFICIENT_ENTROPY,
// NOT_SUPPORTED.
psa_status_t template_transparent_generate_key(const psa_key_attributes_t *attributes, uint8_t *key_buffer,
    size_t key_buffer_size, size_t *key_buffer_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    *key_buffer_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}

// Writes the public half of a key pair. Called for psa_export_public_key() and wherever a public key is needed.
// Errors: BUFFER_TOO_SMALL, INVALID_ARGUMENT.
psa_status_t template_transparent_export_public_key(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, uint8_t *data, size_t data_size, size_t *data_length) {
    (void)attributes;
    (void)key_buffer;
    (void)key_buffer_size;
    (void)data;
    (void)data_size;
    *data_length = 0;
    return PSA_ERROR_NOT_SUPPORTED;
}
