// SPDX-License-Identifier: MIT
// main() of the scenarios over the patched PSA core, and what they share.

#include "core_host.h"

#include "core/psa_arena.h"
#include "recorder.h"

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

int main(int count, char **arguments) {
    CHECK(count == 2);
    const char *name = arguments[1];
    CHECK(check_run(status_scenarios, name) || check_run(cipher_scenarios, name) || check_run(mac_scenarios, name) ||
        check_run(element_key_scenarios, name));
    mbedtls_psa_crypto_free();
    CHECK(arena_used() == 0);
    CHECK(recorder_keys_alive == 0);
    its_forget();
    return 0;
}
