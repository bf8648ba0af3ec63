// SPDX-License-Identifier: MIT
// A secure element behind a driver that is registered at run time: it logs the calls (recorder.h, "se." and the method),
// fails where it is told, and finds out when an operation is not ended once.

#ifndef SE_MODEL_H
#define SE_MODEL_H

#include <stdbool.h>

#include "psa/crypto.h"
#include "psa/crypto_se_driver.h"

#define SE_LOCATION 5
#define SE_STORED PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_DEFAULT, SE_LOCATION)
#define SE_VOLATILE PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, SE_LOCATION)
#define SE_SLOTS 4

// The methods. A scenario takes away what its element lacks.
extern psa_drv_se_key_management_t se_management;
extern psa_drv_se_cipher_t se_cipher;
extern psa_drv_se_mac_t se_mac;
extern psa_drv_se_aead_t se_aead;
extern psa_drv_se_t se_methods;

typedef struct {
    uint8_t taken[SE_SLOTS];
} se_data_t; // the driver's persistent data

extern bool se_holds_key[SE_SLOTS];
extern int se_operations; // started and not ended
extern bool se_lies; // lengths of outputs are one more than the buffer
extern bool se_short; // MACs of operations are 8 bytes long
extern bool se_no_ecb_operation; // p_setup does not know ECB

// Registers the driver and starts the core.
void se_start(void);
// A volatile key in the element, 16 bytes long.
psa_key_id_t se_key(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg);

#endif
