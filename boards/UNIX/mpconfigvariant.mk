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

# Freezing asks for the README.md of micropython-lib, which the archive of MicroPython's sources may lack; lib/ has one.
MPY_LIB_DIR = $(TOP)/lib

PSA_PROFILE ?= full

# MICROPSA_SANITIZE=1: AddressSanitizer and UndefinedBehaviorSanitizer over the interpreter, Mbed TLS and the module.
# The arena's blocks come from the host's allocator then (core/psa_arena.h). Every fault stops the process. Leaks are not looked for (run with ASAN_OPTIONS=detect_leaks=0): the GC heap is one block
# that is never freed.
ifeq ($(MICROPSA_SANITIZE),1)
MICROPSA_SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_EXTRA += $(MICROPSA_SANITIZERS) -fno-omit-frame-pointer -DMICROPSA_SANITIZE=1
LDFLAGS_EXTRA += $(MICROPSA_SANITIZERS)
endif
