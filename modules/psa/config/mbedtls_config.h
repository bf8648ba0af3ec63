// SPDX-License-Identifier: MIT
// How Mbed TLS is built into the psa module: the same for every profile and board. What the firmware can do is
// the profile's business (config/profile_*.h, read by config/psa_crypto_config.h).

#ifndef MICROPSA_MBEDTLS_CONFIG_H
#define MICROPSA_MBEDTLS_CONFIG_H

// The API

#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "config/psa_crypto_config.h"

// Persistent keys live in our own psa_its_* (core/its.c); Mbed TLS's version needs stdio.
#define MBEDTLS_PSA_CRYPTO_STORAGE_C
// Slots are allocated from the arena as they are used, so their number is no build-time limit.
#define MBEDTLS_PSA_KEY_STORE_DYNAMIC
// Secure elements: registered at run time (SE_C), or holding keys that were there before the firmware (BUILTIN_KEYS).
// The two cost 2 KiB of flash on a Cortex-M4 and 16 bytes per key slot.
#define MBEDTLS_PSA_CRYPTO_SE_C
#define MBEDTLS_PSA_CRYPTO_BUILTIN_KEYS

// MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS is left off on purpose: the core then copies caller buffers into the arena,
// which is what makes overlapping input and output work as the specification says, whatever a driver does with them.

// Memory: an arena of our own (core/psa_arena.c), never the GC heap

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
// The first allocation sets the arena up.
#define MBEDTLS_PLATFORM_STD_CALLOC micropsa_arena_first_calloc
#define MBEDTLS_PLATFORM_STD_FREE micropsa_arena_first_free
#ifndef MICROPSA_SANITIZE
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8
// High-water mark and use, which psa.arena_info() reports. The dumps that come with it would need stdio.
#define MBEDTLS_MEMORY_DEBUG
#define MBEDTLS_PLATFORM_FPRINTF_MACRO(...) ((void)0)
// The allocator's way to say that the arena is corrupted.
#define MBEDTLS_PLATFORM_EXIT_MACRO micropsa_arena_corrupted
#endif

#include <stddef.h>

void *micropsa_arena_first_calloc(size_t count, size_t size);
void micropsa_arena_first_free(void *ptr);
__attribute__((noreturn)) void micropsa_arena_corrupted(int status);

// The patch series (patches/): one macro each, so that a patched core with the macro off is Mbed TLS's own.

#define MICROPSA_ARENA_WIPE
#define MICROPSA_STORAGE_STATUS
#define MICROPSA_SE_CREATION
#define MICROPSA_SE_RECOVERY
#define MICROPSA_MAC_VERIFY
#define MICROPSA_OPAQUE_KEYS
#define MICROPSA_PAKE_PASSWORD_ONCE
#define MICROPSA_PURGE_STATUS
#define MICROPSA_OPEN_STATUS
#define MICROPSA_DESTROY_DAMAGED
#define MICROPSA_HASH_LENGTH
#define MICROPSA_EMPTY_HASH
#define MICROPSA_SE_LOCATIONS
#define MICROPSA_ECDSA_WIPE
#include "config/driver_patches.h"

// Random numbers: CTR_DRBG over AES-256, seeded from the drivers' get_entropy through core/entropy_collect.c alone

#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT
// SHA-256 is in every profile, SHA-512 is not.
#define MBEDTLS_ENTROPY_FORCE_SHA256

// Speed and size

#define MBEDTLS_HAVE_ASM
#define MBEDTLS_ECP_NIST_OPTIM
// sign_hash_start() and friends give the CPU back between steps.
#define MBEDTLS_ECP_RESTARTABLE
#if defined(__x86_64__) || defined(__i386__)
#define MBEDTLS_AESNI_C
#else
// Tables in flash: RAM is what a microcontroller lacks. Rotating instead of storing four of them costs Cortex-M nothing.
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#endif

#endif
