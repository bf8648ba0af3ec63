// SPDX-License-Identifier: MIT
// AES-128 with the nRF52840's AES block: ECB and CBC encryption, CTR both ways. The block only encrypts, and only with
// keys of 128 bits; everything else is NOT_SUPPORTED, which the built-in code takes over.
#include <string.h>

#include "psa/crypto_driver_prototypes.h"
#include "ecb_nrf52_regs.h"
#include "wipe.h"

#define BLOCK ECB_NRF52_BLOCK_SIZE

// A block takes 17 us at most (electrical specification), 1088 periods of 64 MHz. A look at the events takes 8 periods or
// more, so this is 30 times that.
#define POLL_LIMIT (4096)
// The radio's CCM and AAR share the AES module and interrupt ECB, which then says ERRORECB ("Shared resources").
#define START_LIMIT (8)

// EasyDMA reaches RAM only; .bss always is. Holds secrets only while an entry point runs.
static ecb_data_t data;

// Nothing writes to `data` any more when this returns.
static void stop(void) {
    ecb_write(ECB_TASKS_STOPECB, 1);
    for (unsigned polls = 0; polls < POLL_LIMIT && ecb_read(ECB_EVENTS_ERRORECB) == 0; polls++) {
    }
}

// Encrypts data.cleartext to data.ciphertext with data.key.
static psa_status_t run(void) {
    for (unsigned starts = 0; starts < START_LIMIT; starts++) {
        wipe(data.ciphertext, sizeof(data.ciphertext));
        ecb_write(ECB_EVENTS_ENDECB, 0);
        ecb_write(ECB_EVENTS_ERRORECB, 0);
        ecb_write(ECB_ECBDATAPTR, (uintptr_t)&data);
        ecb_barrier();
        ecb_write(ECB_TASKS_STARTECB, 1);
        bool end = false;
        bool error = false;
        for (unsigned polls = 0; polls < POLL_LIMIT && !end && !error; polls++) {
            end = ecb_read(ECB_EVENTS_ENDECB) != 0;
            error = !end && ecb_read(ECB_EVENTS_ERRORECB) != 0;
        }
        ecb_barrier();
        if (end) {
            uint8_t any = 0;
            for (size_t i = 0; i < BLOCK; i++) {
                any |= data.ciphertext[i];
            }
            // A block that was not written would make CTR send plaintext. A sound one is zero once in 2^128.
            return any != 0 ? PSA_SUCCESS : PSA_ERROR_HARDWARE_FAILURE;
        }
        if (!error) {
            stop();
            break;
        }
    }
    return PSA_ERROR_HARDWARE_FAILURE;
}

static bool is_ctr(const ecb_nrf52_cipher_operation_t *operation) {
    return operation->alg == PSA_ALG_CTR;
}

// One whole block of ECB or CBC.
static psa_status_t encrypt_block(ecb_nrf52_cipher_operation_t *operation, const uint8_t *input, uint8_t *output) {
    bool chained = operation->alg != PSA_ALG_ECB_NO_PADDING;
    for (size_t i = 0; i < BLOCK; i++) {
        data.cleartext[i] = chained ? input[i] ^ operation->chain[i] : input[i];
    }
    psa_status_t status = run();
    if (status == PSA_SUCCESS) {
        memcpy(output, data.ciphertext, BLOCK);
        if (chained) {
            memcpy(operation->chain, data.ciphertext, BLOCK);
        }
    }
    return status;
}

// The next block of key stream (SP 800-38A section 6.5); the counter is all of the block.
static psa_status_t next_key_stream(ecb_nrf52_cipher_operation_t *operation) {
    memcpy(data.cleartext, operation->chain, BLOCK);
    psa_status_t status = run();
    if (status == PSA_SUCCESS) {
        memcpy(operation->block, data.ciphertext, BLOCK);
        for (size_t i = BLOCK; i > 0 && ++operation->chain[i - 1] == 0; i--) {
        }
    }
    return status;
}

static psa_status_t update_ctr(ecb_nrf52_cipher_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output) {
    for (size_t i = 0; i < input_length; i++) {
        if (operation->used == 0) {
            psa_status_t status = next_key_stream(operation);
            if (status != PSA_SUCCESS) {
                return status;
            }
        }
        output[i] = input[i] ^ operation->block[operation->used];
        operation->used = (operation->used + 1) % BLOCK;
    }
    return PSA_SUCCESS;
}

static psa_status_t update_blocks(ecb_nrf52_cipher_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output) {
    for (size_t i = 0; i < input_length; i++) {
        operation->block[operation->used++] = input[i];
        if (operation->used == BLOCK) {
            psa_status_t status = encrypt_block(operation, operation->block, output);
            if (status != PSA_SUCCESS) {
                return status;
            }
            operation->used = 0;
            output += BLOCK;
        }
    }
    return PSA_SUCCESS;
}

static psa_status_t setup(ecb_nrf52_cipher_operation_t *operation, const psa_key_attributes_t *attributes,
    const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg, bool encrypt) {
    bool encrypts_only = alg == PSA_ALG_ECB_NO_PADDING || alg == PSA_ALG_CBC_NO_PADDING || alg == PSA_ALG_CBC_PKCS7;
    if (psa_get_key_type(attributes) != PSA_KEY_TYPE_AES || key_buffer_size != sizeof(operation->key) || !(alg == PSA_ALG_CTR || (encrypt && encrypts_only))) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    operation->alg = alg;
    operation->used = 0;
    operation->has_iv = alg == PSA_ALG_ECB_NO_PADDING;
    memcpy(operation->key, key_buffer, sizeof(operation->key));
    return PSA_SUCCESS;
}

psa_status_t ecb_nrf52_cipher_encrypt_setup(ecb_nrf52_cipher_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    return setup(operation, attributes, key_buffer, key_buffer_size, alg, true);
}

psa_status_t ecb_nrf52_cipher_decrypt_setup(ecb_nrf52_cipher_operation_t *operation,
    const psa_key_attributes_t *attributes, const uint8_t *key_buffer, size_t key_buffer_size, psa_algorithm_t alg) {
    return setup(operation, attributes, key_buffer, key_buffer_size, alg, false);
}

psa_status_t ecb_nrf52_cipher_set_iv(ecb_nrf52_cipher_operation_t *operation, const uint8_t *iv, size_t iv_length) {
    if (operation->has_iv) {
        return PSA_ERROR_BAD_STATE;
    }
    if (iv_length != BLOCK) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    memcpy(operation->chain, iv, BLOCK);
    operation->has_iv = true;
    return PSA_SUCCESS;
}

psa_status_t ecb_nrf52_cipher_update(ecb_nrf52_cipher_operation_t *operation, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    if (operation->alg == 0 || !operation->has_iv) {
        return PSA_ERROR_BAD_STATE;
    }
    // The blocks that are whole after this input; the core's lengths are far from an overflow.
    size_t made = is_ctr(operation) ? input_length : (operation->used + input_length) / BLOCK * BLOCK;
    if (output_size < made) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    memcpy(data.key, operation->key, sizeof(data.key));
    psa_status_t status = is_ctr(operation) ? update_ctr(operation, input, input_length, output)
                                            : update_blocks(operation, input, input_length, output);
    wipe(&data, sizeof(data));
    if (status != PSA_SUCCESS) {
        wipe(output, made);
        return status;
    }
    *output_length = made;
    return PSA_SUCCESS;
}

// Nothing is called on the context after a finish that failed, so it is wiped here in any case.
psa_status_t ecb_nrf52_cipher_finish(ecb_nrf52_cipher_operation_t *operation, uint8_t *output, size_t output_size,
    size_t *output_length) {
    *output_length = 0;
    psa_status_t status = PSA_SUCCESS;
    if (operation->alg == 0 || !operation->has_iv) {
        status = PSA_ERROR_BAD_STATE;
    } else if (operation->alg == PSA_ALG_CBC_PKCS7) {
        if (output_size < BLOCK) {
            status = PSA_ERROR_BUFFER_TOO_SMALL;
        } else {
            // RFC 5652 section 6.3
            uint8_t padding = BLOCK - operation->used;
            memset(&operation->block[operation->used], padding, padding);
            memcpy(data.key, operation->key, sizeof(data.key));
            status = encrypt_block(operation, operation->block, output);
            wipe(&data, sizeof(data));
            *output_length = status == PSA_SUCCESS ? BLOCK : 0;
        }
    } else if (!is_ctr(operation) && operation->used != 0) {
        status = PSA_ERROR_INVALID_ARGUMENT; // half a block, and no padding
    }
    wipe(operation, sizeof(*operation));
    return status;
}

psa_status_t ecb_nrf52_cipher_abort(ecb_nrf52_cipher_operation_t *operation) {
    wipe(operation, sizeof(*operation));
    return PSA_SUCCESS;
}

// Single-part calls are the steps of the multi-part ones.
static psa_status_t whole(ecb_nrf52_cipher_operation_t *operation, const uint8_t *iv, size_t iv_length,
    const uint8_t *input, size_t input_length, uint8_t *output, size_t output_size, size_t *output_length) {
    size_t made = 0;
    size_t rest = 0;
    psa_status_t status = PSA_SUCCESS;
    if (iv_length != 0) {
        status = ecb_nrf52_cipher_set_iv(operation, iv, iv_length);
    }
    if (status == PSA_SUCCESS) {
        status = ecb_nrf52_cipher_update(operation, input, input_length, output, output_size, &made);
    }
    if (status == PSA_SUCCESS) {
        status = ecb_nrf52_cipher_finish(operation, output + made, output_size - made, &rest);
    }
    wipe(operation, sizeof(*operation));
    if (status != PSA_SUCCESS) {
        wipe(output, made);
        return status;
    }
    *output_length = made + rest;
    return PSA_SUCCESS;
}

psa_status_t ecb_nrf52_cipher_encrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *iv, size_t iv_length, const uint8_t *input,
    size_t input_length, uint8_t *output, size_t output_size, size_t *output_length) {
    *output_length = 0;
    ecb_nrf52_cipher_operation_t operation = { 0 };
    psa_status_t status = setup(&operation, attributes, key_buffer, key_buffer_size, alg, true);
    if (status != PSA_SUCCESS) {
        return status;
    }
    return whole(&operation, iv, iv_length, input, input_length, output, output_size, output_length);
}

// The input begins with the IV.
psa_status_t ecb_nrf52_cipher_decrypt(const psa_key_attributes_t *attributes, const uint8_t *key_buffer,
    size_t key_buffer_size, psa_algorithm_t alg, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t output_size, size_t *output_length) {
    *output_length = 0;
    ecb_nrf52_cipher_operation_t operation = { 0 };
    psa_status_t status = setup(&operation, attributes, key_buffer, key_buffer_size, alg, false);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (input_length < BLOCK) {
        wipe(&operation, sizeof(operation));
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return whole(&operation, input, BLOCK, input + BLOCK, input_length - BLOCK, output, output_size, output_length);
}
