// SPDX-License-Identifier: MIT
// The element's ciphers add the IV and a number to each byte; its MAC is a sum. They are wrong in a way that a test can
// compute, and every block of ECB is on its own.

// A secure element driver fills in structures whose members are private to applications.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "se_model.h"

#include <string.h>

#include "core_host.h"
#include "recorder.h"

bool se_holds_key[SE_SLOTS];
int se_operations;
bool se_lies, se_short, se_no_ecb_operation;

typedef struct {
    uint32_t alive;
    psa_algorithm_t alg;
    bool decrypts;
    uint8_t iv;
    size_t kept; // bytes of a block that is not complete
    uint8_t block[16];
    uint8_t sum[16];
    size_t position;
} operation_t;

#define ALIVE 0x5e5e5e5e

// A call that writes: what a failing one leaves in the buffer must not be seen by anybody.
static psa_status_t answer(const char *name, uint8_t *output, size_t size, size_t *length) {
    psa_status_t status = recorder_answer(name);
    if (status != PSA_SUCCESS) {
        memset(output, 0xdd, size);
        *length = size;
    } else if (se_lies) {
        *length = size + 1;
    }
    return status;
}

static psa_status_t start(const char *name, void *context, psa_key_slot_number_t slot) {
    operation_t *operation = context;
    static const operation_t zero;
    CHECK(memcmp(operation, &zero, sizeof(zero)) == 0);
    CHECK(slot < SE_SLOTS && se_holds_key[slot]);
    psa_status_t status = recorder_answer(name);
    if (status == PSA_SUCCESS) {
        operation->alive = ALIVE;
        se_operations++;
    } else {
        memset(operation, 0xdd, sizeof(*operation));
    }
    return status;
}

static operation_t *alive(void *context) {
    operation_t *operation = context;
    CHECK(operation->alive == ALIVE);
    return operation;
}

static void finished(operation_t *operation) {
    operation->alive = 0;
    se_operations--;
}

static psa_status_t abort_operation(void *context) {
    finished(alive(context));
    return recorder_answer("se.abort");
}

static uint8_t crypt(const operation_t *operation, uint8_t byte) {
    uint8_t key = 7 + operation->iv;
    return operation->decrypts ? byte - key : byte + key;
}

static psa_status_t cipher_setup(psa_drv_se_context_t *drv, void *context, psa_key_slot_number_t slot,
    psa_algorithm_t alg, psa_encrypt_or_decrypt_t direction) {
    CHECK(drv->transient_data == 0x7a);
    if (se_no_ecb_operation && alg == PSA_ALG_ECB_NO_PADDING) {
        recorder_note("se.cipher_setup");
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_status_t status = start("se.cipher_setup", context, slot);
    if (status == PSA_SUCCESS) {
        operation_t *operation = context;
        operation->alg = alg;
        operation->decrypts = direction == PSA_CRYPTO_DRIVER_DECRYPT;
    }
    return status;
}

static psa_status_t set_iv(void *context, const uint8_t *iv, size_t length) {
    operation_t *operation = alive(context);
    CHECK(length == 16);
    operation->iv = iv[0];
    return recorder_answer("se.set_iv");
}

// Whole blocks come out at once, the rest at the end, as a stream cipher has it.
static psa_status_t cipher_update(void *context, const uint8_t *input, size_t length, uint8_t *output, size_t size,
    size_t *output_length) {
    operation_t *operation = alive(context);
    psa_status_t status = answer("se.cipher_update", output, size, output_length);
    if (status != PSA_SUCCESS || se_lies) {
        return status;
    }
    CHECK(*output_length == 0 && size >= (operation->kept + length) / 16 * 16);
    for (size_t i = 0; i < length; i++) {
        operation->block[operation->kept++] = crypt(operation, input[i]);
        if (operation->kept == 16) {
            memcpy(output + *output_length, operation->block, 16);
            *output_length += 16;
            operation->kept = 0;
        }
    }
    return PSA_SUCCESS;
}

static psa_status_t cipher_finish(void *context, uint8_t *output, size_t size, size_t *output_length) {
    operation_t *operation = alive(context);
    psa_status_t status = answer("se.cipher_finish", output, size, output_length);
    if (status != PSA_SUCCESS || se_lies) {
        return status;
    }
    CHECK(*output_length == 0 && size >= operation->kept);
    memcpy(output, operation->block, operation->kept);
    *output_length = operation->kept;
    finished(operation);
    return PSA_SUCCESS;
}

static psa_status_t ecb(psa_drv_se_context_t *drv, psa_key_slot_number_t slot, psa_algorithm_t alg,
    psa_encrypt_or_decrypt_t direction, const uint8_t *input, size_t length, uint8_t *output, size_t size) {
    size_t written = 0;
    operation_t operation = { .decrypts = direction == PSA_CRYPTO_DRIVER_DECRYPT };
    CHECK(drv->transient_data == 0x7a && slot < SE_SLOTS && se_holds_key[slot] && alg == PSA_ALG_ECB_NO_PADDING);
    CHECK(length > 0 && length % 16 == 0 && size >= length);
    psa_status_t status = answer("se.ecb", output, length, &written);
    for (size_t i = 0; status == PSA_SUCCESS && i < length; i++) {
        output[i] = crypt(&operation, input[i]);
    }
    return status;
}

psa_drv_se_cipher_t se_cipher = {
    .context_size = sizeof(operation_t),
    .p_setup = cipher_setup,
    .p_set_iv = set_iv,
    .p_update = cipher_update,
    .p_finish = cipher_finish,
    .p_abort = abort_operation,
    .p_ecb = ecb,
};

static void add(operation_t *operation, const uint8_t *input, size_t length) {
    for (size_t i = 0; i < length; i++, operation->position++) {
        operation->sum[operation->position % 16] += input[i] + 1;
    }
}

static size_t mac_length(psa_algorithm_t alg) {
    return PSA_MAC_LENGTH(PSA_KEY_TYPE_AES, 128, alg);
}

static psa_status_t mac_setup(psa_drv_se_context_t *drv, void *context, psa_key_slot_number_t slot,
    psa_algorithm_t alg) {
    CHECK(drv->transient_data == 0x7a);
    psa_status_t status = start("se.mac_setup", context, slot);
    if (status == PSA_SUCCESS) {
        ((operation_t *)context)->alg = alg;
    }
    return status;
}

static psa_status_t mac_update(void *context, const uint8_t *input, size_t length) {
    add(alive(context), input, length);
    return recorder_answer("se.mac_update");
}

static psa_status_t mac_finish(void *context, uint8_t *mac, size_t size, size_t *length) {
    operation_t *operation = alive(context);
    psa_status_t status = answer("se.mac_finish", mac, size, length);
    if (status != PSA_SUCCESS || se_lies) {
        return status;
    }
    *length = se_short ? 8 : mac_length(operation->alg);
    CHECK(size >= *length);
    memset(mac, 0, size);
    memcpy(mac, operation->sum, *length);
    finished(operation);
    return PSA_SUCCESS;
}

static psa_status_t finish_verify(void *context, const uint8_t *mac, size_t length) {
    operation_t *operation = alive(context);
    psa_status_t status = recorder_answer("se.finish_verify");
    if (status != PSA_SUCCESS) {
        return status;
    }
    bool same = length == mac_length(operation->alg) && memcmp(mac, operation->sum, length) == 0;
    finished(operation);
    return same ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE;
}

static psa_status_t mac(psa_drv_se_context_t *drv, const uint8_t *input, size_t input_length,
    psa_key_slot_number_t slot, psa_algorithm_t alg, uint8_t *mac, size_t size, size_t *length) {
    operation_t operation = { 0 };
    CHECK(drv->transient_data == 0x7a && slot < SE_SLOTS && se_holds_key[slot]);
    psa_status_t status = answer("se.mac", mac, size, length);
    if (status != PSA_SUCCESS || se_lies) {
        return status;
    }
    add(&operation, input, input_length);
    *length = mac_length(alg);
    CHECK(size >= *length);
    memcpy(mac, operation.sum, *length);
    return PSA_SUCCESS;
}

static psa_status_t mac_verify(psa_drv_se_context_t *drv, const uint8_t *input, size_t input_length,
    psa_key_slot_number_t slot, psa_algorithm_t alg, const uint8_t *mac, size_t length) {
    operation_t operation = { 0 };
    CHECK(drv->transient_data == 0x7a && slot < SE_SLOTS && se_holds_key[slot]);
    psa_status_t status = recorder_answer("se.mac_verify");
    add(&operation, input, input_length);
    if (status == PSA_SUCCESS && (length != mac_length(alg) || memcmp(mac, operation.sum, length) != 0)) {
        status = PSA_ERROR_INVALID_SIGNATURE;
    }
    return status;
}

psa_drv_se_mac_t se_mac = {
    .context_size = sizeof(operation_t),
    .p_setup = mac_setup,
    .p_update = mac_update,
    .p_finish = mac_finish,
    .p_finish_verify = finish_verify,
    .p_abort = abort_operation,
    .p_mac = mac,
    .p_mac_verify = mac_verify,
};

static psa_status_t aead_encrypt(psa_drv_se_context_t *drv, psa_key_slot_number_t slot, psa_algorithm_t alg,
    const uint8_t *nonce, size_t nonce_length, const uint8_t *additional_data, size_t additional_data_length,
    const uint8_t *plaintext, size_t plaintext_length, uint8_t *ciphertext, size_t size, size_t *length) {
    (void)drv;
    (void)slot;
    (void)alg;
    (void)nonce;
    (void)nonce_length;
    (void)additional_data;
    (void)additional_data_length;
    (void)plaintext;
    psa_status_t status = answer("se.aead_encrypt", ciphertext, size, length);
    if (status == PSA_SUCCESS) {
        *length = plaintext_length + 16;
        memset(ciphertext, 0xee, *length);
    }
    return status;
}

psa_drv_se_aead_t se_aead = { .p_encrypt = aead_encrypt };

static psa_status_t init(psa_drv_se_context_t *drv, void *persistent_data, psa_key_location_t location) {
    (void)persistent_data;
    CHECK(location == SE_LOCATION && drv->transient_data == 0);
    drv->transient_data = 0x7a;
    return PSA_SUCCESS;
}

static psa_status_t allocate(psa_drv_se_context_t *drv, void *persistent_data, const psa_key_attributes_t *attributes,
    psa_key_creation_method_t method, psa_key_slot_number_t *slot) {
    (void)drv;
    (void)attributes;
    (void)method;
    se_data_t *data = persistent_data;
    for (*slot = 0; *slot < SE_SLOTS; (*slot)++) {
        if (!data->taken[*slot]) {
            data->taken[*slot] = 1;
            return recorder_answer("se.allocate");
        }
    }
    return PSA_ERROR_INSUFFICIENT_STORAGE;
}

static psa_status_t import(psa_drv_se_context_t *drv, psa_key_slot_number_t slot,
    const psa_key_attributes_t *attributes, const uint8_t *data, size_t length, size_t *bits) {
    (void)drv;
    (void)attributes;
    (void)data;
    CHECK(!se_holds_key[slot]);
    se_holds_key[slot] = true;
    *bits = 8 * length;
    return recorder_answer("se.import");
}

static psa_status_t generate(psa_drv_se_context_t *drv, psa_key_slot_number_t slot,
    const psa_key_attributes_t *attributes, uint8_t *pubkey, size_t pubkey_size, size_t *pubkey_length) {
    (void)drv;
    (void)attributes;
    (void)pubkey;
    (void)pubkey_size;
    (void)pubkey_length;
    CHECK(!se_holds_key[slot]);
    se_holds_key[slot] = true;
    return recorder_answer("se.generate");
}

static psa_status_t destroy(psa_drv_se_context_t *drv, void *persistent_data, psa_key_slot_number_t slot) {
    (void)drv;
    CHECK(slot < SE_SLOTS);
    psa_status_t status = recorder_answer("se.destroy");
    if (status == PSA_SUCCESS) {
        se_holds_key[slot] = false;
        ((se_data_t *)persistent_data)->taken[slot] = 0;
    }
    return status;
}

static psa_status_t export(psa_drv_se_context_t *drv, psa_key_slot_number_t slot, uint8_t *data, size_t size,
    size_t *length) {
    (void)drv;
    CHECK(slot < SE_SLOTS && se_holds_key[slot]);
    psa_status_t status = answer("se.export", data, size, length);
    if (status == PSA_SUCCESS) {
        memset(data, 0x11, 16);
        *length = 16;
    }
    return status;
}

psa_drv_se_key_management_t se_management = {
    .p_allocate = allocate,
    .p_import = import,
    .p_generate = generate,
    .p_destroy = destroy,
    .p_export = export,
};
psa_drv_se_t se_methods = {
    .hal_version = PSA_DRV_SE_HAL_VERSION,
    .persistent_data_size = sizeof(se_data_t),
    .p_init = init,
    .key_management = &se_management,
    .mac = &se_mac,
    .cipher = &se_cipher,
    .aead = &se_aead,
};

void se_start(void) {
    CHECK(psa_register_se_driver(SE_LOCATION, &se_methods) == PSA_SUCCESS);
    CHECK(psa_crypto_init() == PSA_SUCCESS);
    recorder_begin();
}

psa_key_id_t se_key(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg) {
    psa_key_attributes_t attributes = attributes_of(SE_VOLATILE, 0, type, usage, alg);
    psa_set_key_bits(&attributes, 128);
    psa_key_id_t key = 0;
    CHECK(psa_import_key(&attributes, (const uint8_t *)"0123456789abcdef", 16, &key) == PSA_SUCCESS);
    recorder_begin();
    return key;
}
