// SPDX-License-Identifier: MIT
// main() of the scenarios over the patched PSA core, its storage in memory, and its entropy.

#include "core_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "mbedtls/entropy.h"

#include "core/psa_arena.h"
#include "recorder.h"

its_faults_t its_faults;

static its_file_t files[16];

void check_failed(const char *condition, const char *file, int line) {
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    exit(1);
}

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t length, size_t *out_length) {
    (void)data;
    *out_length = length;
    return getrandom(output, length, 0) == (ssize_t)length ? 0 : MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
}

its_file_t *its_find(psa_storage_uid_t uid) {
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (files[i].data != NULL && files[i].uid == uid) {
            return &files[i];
        }
    }
    return NULL;
}

static psa_status_t fault(psa_storage_uid_t uid, psa_status_t status) {
    return its_faults.uid == 0 || its_faults.uid == uid ? status : PSA_SUCCESS;
}

psa_status_t psa_its_set(
    psa_storage_uid_t uid, uint32_t data_length, const void *p_data, psa_storage_create_flags_t create_flags) {
    (void)create_flags;
    psa_status_t status = fault(uid, its_faults.set);
    if (status != PSA_SUCCESS) {
        return status;
    }
    its_file_t *file = its_find(uid);
    for (size_t i = 0; file == NULL && i < sizeof(files) / sizeof(files[0]); i++) {
        if (files[i].data == NULL) {
            file = &files[i];
        }
    }
    CHECK(file != NULL);
    free(file->data);
    file->uid = uid;
    file->size = data_length;
    file->data = malloc(data_length + 1);
    memcpy(file->data, p_data, data_length);
    return PSA_SUCCESS;
}

psa_status_t psa_its_get(
    psa_storage_uid_t uid, uint32_t data_offset, uint32_t data_size, void *p_data, size_t *p_data_length) {
    psa_status_t status = fault(uid, its_faults.get);
    if (status != PSA_SUCCESS) {
        return status;
    }
    its_file_t *file = its_find(uid);
    if (file == NULL) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if (data_offset > file->size) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    *p_data_length = file->size - data_offset < data_size ? file->size - data_offset : data_size;
    memcpy(p_data, file->data + data_offset, *p_data_length);
    return PSA_SUCCESS;
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info) {
    psa_status_t status = fault(uid, its_faults.get_info);
    if (status != PSA_SUCCESS) {
        return status;
    }
    its_file_t *file = its_find(uid);
    if (file == NULL) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    *p_info = (struct psa_storage_info_t){ .size = file->size };
    return PSA_SUCCESS;
}

psa_status_t psa_its_remove(psa_storage_uid_t uid) {
    psa_status_t status = fault(uid, its_faults.remove);
    if (status != PSA_SUCCESS) {
        return status;
    }
    its_file_t *file = its_find(uid);
    if (file == NULL) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    free(file->data);
    *file = (its_file_t){ 0 };
    return PSA_SUCCESS;
}

size_t arena_used(void) {
    micropsa_arena_info_t info;
    micropsa_arena_info(&info);
    return info.used;
}

psa_key_attributes_t attributes_of(
    psa_key_lifetime_t lifetime, psa_key_id_t id, psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    if (id != 0) {
        psa_set_key_id(&attributes, id);
    }
    psa_set_key_lifetime(&attributes, lifetime);
    psa_set_key_type(&attributes, type);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    return attributes;
}

static bool run_one_of(const scenario_t *scenarios, const char *name) {
    for (const scenario_t *scenario = scenarios; scenario->name != NULL; scenario++) {
        if (strcmp(scenario->name, name) == 0) {
            scenario->run();
            return true;
        }
    }
    return false;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    CHECK(run_one_of(status_scenarios, arguments[1]) || run_one_of(element_scenarios, arguments[1]));
    mbedtls_psa_crypto_free();
    CHECK(arena_used() == 0);
    CHECK(recorder_keys_alive == 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        free(files[i].data);
    }
    return 0;
}
