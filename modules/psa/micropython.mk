# SPDX-License-Identifier: MIT
# MicroPSA as a user C module of any MicroPython port.
#
#   make -C ports/unix USER_C_MODULES=<repo>/modules MBEDTLS_DIR=<Mbed TLS 3.6> MICROPY_PY_SSL=0
#
# Inputs, all optional but the first:
#   MBEDTLS_DIR      pristine Mbed TLS 3.6 tree; nothing is ever written into it
#   PSA_PROFILE      tiny | default | full: what the firmware can do (config/profile_*.h)
#   PSA_DRIVERS      names of folders in drivers/, in order of preference
#   PSA_BOARD_JSON   board.json to take the drivers from when PSA_DRIVERS is not given
#   PSA_ARENA_SIZE   bytes of RAM that Mbed TLS allocates from
#   PSA_PORT_C       implementation of core/psa_port.h; ports that MicroPython ships have one in port/
#
# Everything that this file makes lands in $(BUILD)/psa:
#   gen/      what tools/drivergen writes: dispatch wrappers, contexts, tables
#   core/     copies of Mbed TLS's PSA core with patches/*.patch applied
#   mbedtls/  objects of the rest of Mbed TLS, compiled where the sources lie
#   own/      objects of modules/psa/core, of the port seam and of the drivers

PSA_DIR := $(abspath $(USERMOD_DIR))
PSA_TOP := $(abspath $(PSA_DIR)/../..)
PSA_BUILD := $(BUILD)/psa
PSA_GEN := $(PSA_BUILD)/gen

################################################################################
# Check the inputs before anything is compiled

ifeq ($(MBEDTLS_DIR),)
$(error The psa module needs Mbed TLS 3.6: pass MBEDTLS_DIR=<path of an Mbed TLS 3.6 source tree>)
endif
ifeq ($(wildcard $(MBEDTLS_DIR)/include/mbedtls/build_info.h),)
$(error MBEDTLS_DIR=$(MBEDTLS_DIR) is not an Mbed TLS source tree: it has no include/mbedtls/build_info.h)
endif
PSA_MBEDTLS := $(abspath $(MBEDTLS_DIR))
PSA_VERSION_WORDS := $(subst ",,$(file <$(PSA_MBEDTLS)/include/mbedtls/build_info.h))
ifeq ($(findstring MBEDTLS_VERSION_STRING 3.6.,$(strip $(PSA_VERSION_WORDS))),)
$(error MBEDTLS_DIR=$(MBEDTLS_DIR) is not Mbed TLS 3.6, the only line that the psa module is built for)
endif
PSA_VERSION_WORDS :=

ifeq ($(MICROPY_PY_SSL)$(MICROPY_SSL_MBEDTLS),11)
$(error This port links a second copy of Mbed TLS for its ssl module: pass MICROPY_PY_SSL=0)
endif

PSA_PROFILES := $(patsubst $(PSA_DIR)/config/profile_%.h,%,$(wildcard $(PSA_DIR)/config/profile_*.h))
PSA_PROFILE ?= default
ifeq ($(filter $(PSA_PROFILE),$(PSA_PROFILES)),)
$(error PSA_PROFILE=$(PSA_PROFILE) does not exist; there are: $(PSA_PROFILES))
endif

# The two of MicroPython's own ports that need no board of ours.
PSA_PORT_NAME := $(if $(filter $(realpath $(TOP)/ports)/%,$(realpath $(CURDIR))),$(notdir $(realpath $(CURDIR))))
ifeq ($(PSA_PORT_NAME),unix)
PSA_BOARD_JSON ?= $(PSA_TOP)/boards/UNIX/board.json
PSA_PORT_C ?= $(PSA_DIR)/port/psa_port_unix.c
# A process on the host has room; RSA and FFDH keys of the largest sizes need it.
PSA_ARENA_SIZE ?= 1048576
endif
ifeq ($(PSA_PORT_NAME),qemu)
ifneq ($(QEMU_ARCH),arm)
$(error The psa module reaches the host of the qemu port through Arm semihosting: BOARD=$(BOARD) is not an Arm board)
endif
LDFLAGS_USERMOD += -Wl,-T,$(PSA_DIR)/port/qemu_arm.ld
PSA_PORT_C ?= $(PSA_DIR)/port/psa_port_semihosting.c
ifeq ($(PSA_BOARD_JSON),)
PSA_DRIVERS ?= trng_semihosting
endif
endif

ifeq ($(wildcard $(PSA_PORT_C)),)
$(error PSA_PORT_C=$(PSA_PORT_C) does not exist: the psa module needs an implementation of core/psa_port.h)
endif

PSA_KNOWN_DRIVERS := $(patsubst $(PSA_TOP)/drivers/%/driver.json,%,$(wildcard $(PSA_TOP)/drivers/*/driver.json))
PSA_UNKNOWN_DRIVERS := $(filter-out $(PSA_KNOWN_DRIVERS),$(PSA_DRIVERS))
ifneq ($(PSA_UNKNOWN_DRIVERS),)
$(error PSA_DRIVERS: no driver $(PSA_UNKNOWN_DRIVERS); there are: $(sort $(PSA_KNOWN_DRIVERS)))
endif
ifneq ($(strip $(PSA_DRIVERS)),)
PSA_GEN_ARGS := --driver $(PSA_DRIVERS)
else
ifeq ($(wildcard $(PSA_BOARD_JSON)),)
$(error The psa module needs PSA_DRIVERS=<names> or PSA_BOARD_JSON=<board.json>; drivers: $(sort $(PSA_KNOWN_DRIVERS)))
endif
PSA_GEN_ARGS := --board-json $(abspath $(PSA_BOARD_JSON))
endif

PSA_ARENA_SIZE_tiny := 12288
PSA_ARENA_SIZE_default := 32768
PSA_ARENA_SIZE_full := 65536
PSA_ARENA_SIZE ?= $(PSA_ARENA_SIZE_$(PSA_PROFILE))

################################################################################
# Flags. The include order is part of the ABI: operation contexts come from gen/.

PSA_INC := -I$(PSA_GEN) -I$(PSA_DIR)/include -I$(PSA_MBEDTLS)/include
PSA_DEF := -DMBEDTLS_CONFIG_FILE='"config/mbedtls_config.h"' -DMICROPSA_PROFILE_FILE='"config/profile_$(PSA_PROFILE).h"'
PSA_DEF += -DMICROPSA_PROFILE='"$(PSA_PROFILE)"' -DPSA_ARENA_SIZE=$(PSA_ARENA_SIZE)
CFLAGS_USERMOD += $(PSA_INC) -I$(PSA_DIR) $(PSA_DEF)

PSA_WARN := -Wall -Wextra -Werror
# Mbed TLS is third party: its warnings are shown, they do not stop a build. A missing declaration does: it means that
# a patch or the include order is wrong.
PSA_THIRD_CFLAGS = $(filter-out -Werror% -Wdouble-promotion -Wfloat-conversion -Wmissing-prototypes,$(CFLAGS)) -Wall -Wextra -Werror=implicit-function-declaration

# $(call psa_cc,flags): one compilation, with the dependency file that MicroPython's mkrules.mk includes.
define psa_cc
$(ECHO) "CC $(patsubst $(PSA_TOP)/%,%,$<)"
$(Q)$(MKDIR) -p $(@D)
$(Q)$(CC) $(1) -c -MD -MP -MF $(@:.o=.P) -o $@ $<
endef

################################################################################
# Generated code

# $(file) runs before the first line of a recipe, so the folder has to be there already.
ifeq ($(wildcard $(PSA_BUILD)/.),)
$(shell mkdir -p $(PSA_BUILD))
endif

# Changes of any flag rebuild what they touch, although no file changed.
$(PSA_BUILD)/flags.txt: FORCE
	$(file >$@.new,$(CC) $(CFLAGS) $(PSA_MBEDTLS))
	$(Q)if cmp -s $@.new $@; then $(RM) $@.new; else mv $@.new $@; fi
PSA_OBJ_DEPS := $(PSA_BUILD)/flags.txt $(PSA_DIR)/micropython.mk

$(PSA_BUILD)/drivergen.txt: FORCE
	$(file >$@.new,$(PYTHON) $(PSA_GEN_ARGS) $(PSA_MBEDTLS))
	$(Q)if cmp -s $@.new $@; then $(RM) $@.new; else mv $@.new $@; fi

PSA_GEN_DEPS := $(shell find $(PSA_TOP)/tools/drivergen -type f ! -name '*.pyc') $(wildcard $(PSA_TOP)/drivers/*/driver.json)
PSA_GEN_DEPS += $(if $(strip $(PSA_DRIVERS)),,$(PSA_BOARD_JSON))

# drivers.mk is what make reads; the generator keeps files that did not change, so touch says that it ran.
$(PSA_GEN)/drivers.mk: $(PSA_BUILD)/drivergen.txt $(PSA_GEN_DEPS)
	$(ECHO) "GEN $(PSA_GEN)"
	$(Q)$(PYTHON) -c 'import jinja2, jsonschema' 2>/dev/null || { \
	  echo "The driver generator needs the Python packages jinja2 and jsonschema in $(PYTHON):" >&2; \
	  echo "  $(PYTHON) -m pip install jinja2 jsonschema   (or: apt install python3-jinja2 python3-jsonschema)" >&2; false; }
	$(Q)PYTHONPATH=$(PSA_TOP) $(PYTHON) -m tools.drivergen $(PSA_GEN_ARGS) --drivers-dir $(PSA_TOP)/drivers \
	  --mbedtls-dir $(PSA_MBEDTLS) --out $(abspath $(PSA_GEN))
	$(Q)$(TOUCH) $@

ifneq ($(MAKECMDGOALS),clean)
include $(PSA_GEN)/drivers.mk
endif
QSTR_GLOBAL_REQUIREMENTS += $(PSA_GEN)/drivers.mk
QSTR_GLOBAL_DEPENDENCIES += $(PSA_DIR)/config/mbedtls_config.h $(PSA_DIR)/config/profile_$(PSA_PROFILE).h

################################################################################
# Mbed TLS: the PSA core as patched copies, the rest where it lies

PSA_PATCHES := $(sort $(wildcard $(PSA_DIR)/patches/*.patch))
# All of psa_*.[ch] is copied, not only what a patch names: a patched header must be the one that every part of the core sees.
PSA_CORE_FILES := $(filter-out psa_crypto_driver_wrappers.h psa_crypto_driver_wrappers_no_static.c psa_its_file.c, \
	$(notdir $(wildcard $(PSA_MBEDTLS)/library/psa_*.[ch]))) memory_buffer_alloc.c ecdsa.c
PSA_CORE_C := $(filter %.c,$(PSA_CORE_FILES))

# Patches are applied in a scratch folder that replaces core/ only when every hunk fitted.
$(PSA_BUILD)/core.stamp: $(PSA_PATCHES) $(addprefix $(PSA_MBEDTLS)/library/,$(PSA_CORE_FILES)) $(PSA_DIR)/micropython.mk
	$(ECHO) "PATCH $(PSA_BUILD)/core"
	$(Q)$(RM) -rf $(PSA_BUILD)/core.new && $(MKDIR) -p $(PSA_BUILD)/core.new/library $(PSA_BUILD)/core
	$(Q)$(CP) $(addprefix $(PSA_MBEDTLS)/library/,$(PSA_CORE_FILES)) $(PSA_BUILD)/core.new/library
	$(Q)chmod -R u+w $(PSA_BUILD)/core.new
	$(Q)for p in $(PSA_PATCHES); do \
	  patch -d $(PSA_BUILD)/core.new -p1 --batch --forward --no-backup-if-mismatch -s <"$$p" || { \
	    echo "patches/$$(basename $$p) does not apply to $(MBEDTLS_DIR)" >&2; $(RM) -rf $(PSA_BUILD)/core.new; exit 1; }; \
	done
	$(Q)for f in $(PSA_CORE_FILES); do \
	  cmp -s $(PSA_BUILD)/core.new/library/$$f $(PSA_BUILD)/core/$$f || mv $(PSA_BUILD)/core.new/library/$$f $(PSA_BUILD)/core/$$f; \
	done; $(RM) -rf $(PSA_BUILD)/core.new
	$(Q)$(TOUCH) $@

$(addprefix $(PSA_BUILD)/core/,$(PSA_CORE_FILES)): $(PSA_BUILD)/core.stamp ;

PSA_CORE_O := $(addprefix $(PSA_BUILD)/core/,$(PSA_CORE_C:.c=.o))
# core/ comes before library/: headers that the generated wrappers include have to be the patched ones too.
$(PSA_CORE_O): $(PSA_BUILD)/core/%.o: $(PSA_BUILD)/core/%.c $(PSA_OBJ_DEPS) | $(PSA_GEN)/drivers.mk
	$(call psa_cc,$(PSA_INC) -I$(PSA_BUILD)/core -I$(PSA_MBEDTLS)/library $(PSA_THIRD_CFLAGS))

# Generated code calls functions of the core that only headers of library/ declare.
PSA_GEN_C := psa_crypto_driver_wrappers_no_static.c psa_driver_tables.c
PSA_GEN_O := $(addprefix $(PSA_GEN)/,$(PSA_GEN_C:.c=.o))
$(addprefix $(PSA_GEN)/,$(PSA_GEN_C)): $(PSA_GEN)/drivers.mk ;
$(PSA_GEN_O): $(PSA_GEN)/%.o: $(PSA_GEN)/%.c $(PSA_OBJ_DEPS) | $(PSA_BUILD)/core.stamp
	$(call psa_cc,$(PSA_INC) -I$(PSA_BUILD)/core -I$(PSA_MBEDTLS)/library $(PSA_THIRD_CFLAGS))

# TLS, X.509 and everything that needs an operating system stays out.
PSA_MBEDTLS_C := $(filter-out $(PSA_CORE_FILES) psa_% ssl_% x509% mps_% net_sockets.c pkcs7.c timing.c debug.c, \
	$(notdir $(wildcard $(PSA_MBEDTLS)/library/*.c)))
PSA_MBEDTLS_O := $(addprefix $(PSA_BUILD)/mbedtls/,$(PSA_MBEDTLS_C:.c=.o))
$(PSA_MBEDTLS_O): $(PSA_BUILD)/mbedtls/%.o: $(PSA_MBEDTLS)/library/%.c $(PSA_OBJ_DEPS) | $(PSA_GEN)/drivers.mk
	$(call psa_cc,$(PSA_INC) -I$(PSA_MBEDTLS)/library $(PSA_THIRD_CFLAGS))

################################################################################
# Our own C: core, port seam, drivers

PSA_OWN_C := $(wildcard $(PSA_DIR)/core/*.c) $(abspath $(PSA_PORT_C)) $(PSA_DRIVER_SRC_C)
PSA_OWN_O := $(patsubst $(PSA_TOP)/%.c,$(PSA_BUILD)/own/%.o,$(filter $(PSA_TOP)/%,$(PSA_OWN_C)))
PSA_ALIEN_O := $(patsubst /%.c,$(PSA_BUILD)/own/alien/%.o,$(filter-out $(PSA_TOP)/%,$(PSA_OWN_C)))
PSA_OWN_CFLAGS = $(PSA_INC) $(addprefix -I,$(PSA_DRIVER_INC)) -I$(PSA_TOP)/drivers/include $(CFLAGS) $(PSA_WARN)
$(PSA_OWN_O): $(PSA_BUILD)/own/%.o: $(PSA_TOP)/%.c $(PSA_OBJ_DEPS) | $(PSA_GEN)/drivers.mk
	$(call psa_cc,$(PSA_OWN_CFLAGS))
# A port or driver outside of this repository.
$(PSA_ALIEN_O): $(PSA_BUILD)/own/alien/%.o: /%.c $(PSA_OBJ_DEPS) | $(PSA_GEN)/drivers.mk
	$(call psa_cc,$(PSA_OWN_CFLAGS))

# The port may bring littlefs for its own filesystem already.
ifneq ($(MICROPY_VFS_LFS2),1)
PSA_LFS_O := $(PSA_BUILD)/littlefs/lfs2.o $(PSA_BUILD)/littlefs/lfs2_util.o
$(PSA_LFS_O): $(PSA_BUILD)/littlefs/%.o: $(TOP)/lib/littlefs/%.c $(PSA_OBJ_DEPS)
	$(call psa_cc,$(PSA_THIRD_CFLAGS) -DLFS2_NO_MALLOC -DLFS2_NO_DEBUG -DLFS2_NO_WARN -DLFS2_NO_ERROR -DLFS2_NO_ASSERT)
endif

# What speaks to Python goes through MicroPython's own rules, which collect its names.
SRC_USERMOD_C += $(USERMOD_DIR)/psa_module.c $(wildcard $(USERMOD_DIR)/bind/*.c)
$(BUILD)/psa/bind/%.o: CFLAGS += $(PSA_WARN) -Wno-unused-parameter
$(BUILD)/psa/psa_module.o: CFLAGS += $(PSA_WARN)

PY_O += $(PSA_CORE_O) $(PSA_GEN_O) $(PSA_MBEDTLS_O) $(PSA_OWN_O) $(PSA_ALIEN_O) $(PSA_LFS_O)

# MicroPython keeps frozen_content.c when only the set of names changed, and then it no longer fits the names' header.
$(BUILD)/psa/frozen.stamp: $(BUILD)/genhdr/qstrdefs.generated.h
	$(Q)$(RM) -f $(BUILD)/frozen_content.c
	$(Q)$(TOUCH) $@
$(BUILD)/frozen_content.c: $(BUILD)/psa/frozen.stamp
