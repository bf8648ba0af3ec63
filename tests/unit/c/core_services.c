// SPDX-License-Identifier: MIT

#include "core_services.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "mbedtls/entropy.h"

#include "check.h"

its_faults_t its_faults;

static its_file_t files[16];

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

void its_forget(void) {
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        free(files[i].data);
        files[i] = (its_file_t){ 0 };
    }
}
