// SPDX-License-Identifier: MIT
// Where a board's built-in keys are (ids MBEDTLS_PSA_KEY_ID_BUILTIN_MIN to _MAX): Mbed TLS asks here, and then the
// driver of that location for the key itself. A board that has such keys defines this function without `weak`.

#include "psa/crypto.h"

__attribute__((weak)) psa_status_t mbedtls_psa_platform_get_builtin_key(mbedtls_svc_key_id_t key_id,
    psa_key_lifetime_t *lifetime, psa_drv_slot_number_t *slot_number) {
    (void)key_id;
    (void)lifetime;
    (void)slot_number;
    return PSA_ERROR_DOES_NOT_EXIST;
}
