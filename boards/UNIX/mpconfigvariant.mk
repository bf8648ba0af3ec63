# SPDX-License-Identifier: MIT
# The UNIX target. What is off here needs git submodules or system libraries that the tests do not need.

FROZEN_MANIFEST ?= $(VARIANT_DIR)/manifest.py

# The psa module brings its own Mbed TLS.
MICROPY_PY_SSL = 0
MICROPY_SSL_MBEDTLS = 0
MICROPY_PY_FFI = 0
MICROPY_PY_BTREE = 0
MICROPY_PY_THREAD = 0
MICROPY_VFS_LFS2 = 1

# Freezing asks for micropython-lib, which the archive of MicroPython's sources may lack and the manifest does not use.
ifeq ($(wildcard $(MPY_LIB_DIR)/README.md),)
MPY_LIB_DIR = $(VARIANT_DIR)
endif

PSA_PROFILE ?= full

# MICROPSA_SANITIZE=1: AddressSanitizer and UndefinedBehaviorSanitizer over the interpreter, Mbed TLS and the module.
# Every fault stops the process. Leaks are not looked for (run with ASAN_OPTIONS=detect_leaks=0): the GC heap is one block
# that is never freed.
ifeq ($(MICROPSA_SANITIZE),1)
MICROPSA_SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_EXTRA += $(MICROPSA_SANITIZERS) -fno-omit-frame-pointer
LDFLAGS_EXTRA += $(MICROPSA_SANITIZERS)
endif
