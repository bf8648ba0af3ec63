// SPDX-License-Identifier: MIT
// What the scenarios over the model of a secure element share.

#ifndef SE_SCENARIOS_H
#define SE_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core_host.h"
#include "recorder.h"
#include "se_model.h"

#define AES PSA_KEY_TYPE_AES
#define CRYPTS (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)
#define SIGNS (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)
#define ECB PSA_ALG_ECB_NO_PADDING
#define CTR PSA_ALG_CTR
#define CMAC PSA_ALG_CMAC

// Inputs, and buffers that prepare() marks.
extern uint8_t text[80], out[128], back[128];
extern const uint8_t iv[16];
void prepare(void);

// The element was called so since the log began; begins a new one.
void expect_log(const char *expected);

// Nothing of what the element wrote before it failed is in the buffer.
bool no_trace(const uint8_t *data, size_t length);

// A scenario with one AES key in the element. At its end no operation is left there.
psa_key_id_t begin(psa_key_usage_t usage, psa_algorithm_t alg);
void finish(psa_key_id_t key);

#endif
