// SPDX-License-Identifier: MIT
// Switches of the patches that make the core call drivers (patches/0007 and up). Each is Mbed TLS's own core when off.

#define MICROPSA_KEY_AGREEMENT
#define MICROPSA_KEY_DERIVATION
// Needs MICROPSA_KEY_DERIVATION.
#define MICROPSA_KEY_DERIVATION_VERIFY
// Needs MICROPSA_KEY_DERIVATION.
#define MICROPSA_DERIVE_KEY
#define MICROPSA_COPY_ACROSS
