# SPDX-License-Identifier: MIT
# The one entry point. `make` alone prints help. The work is done in tools/; this file says which tool, in which order.

BOARD ?= MPS2_AN386
SCRIPT ?= examples/quickstart.py

# $(call q,TEXT): a word for the shell, whatever is in it.
q = '$(subst ','\'',$(1))'

# MicroPython's makefiles take a blank for the end of a name.
ifneq ($(filter-out help clean distclean,$(MAKECMDGOALS)),)
ifneq ($(words $(CURDIR)),1)
$(error MicroPython's makefiles take no folder with a blank in its path, as in '$(CURDIR)'; move it to another)
endif
ifneq ($(filter-out 0 1,$(words $(MICROPSA_CACHE))),)
$(error MicroPython's makefiles take no folder with a blank in its path, as in MICROPSA_CACHE '$(MICROPSA_CACHE)'; name another)
endif
endif

ifeq ($(MICROPSA_CACHE),)
override MICROPSA_CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/micropsa
else
override MICROPSA_CACHE := $(abspath $(MICROPSA_CACHE))
endif
export MICROPSA_CACHE

PY := $(MICROPSA_CACHE)/venv/bin/python
# $(call tool,STEPS): make the machine ready as the first of STEPS steps, then run a tool that counts on.
tool = tools/bootstrap.sh $(1) && MICROPSA_STEPS_BEFORE=1 $(PY) -m tools.

# A wrong name is said before anything is installed. Exactly one name: a second one would be a folder to `clean`.
BOARDS := $(sort $(patsubst boards/%/board.json,%,$(wildcard boards/*/board.json)))
ifneq ($(filter firmware flash erase-keys run repl renode test test-renode test-power size bench clean,$(MAKECMDGOALS)),)
ifeq ($(and $(filter 1,$(words $(BOARD))),$(if $(findstring %,$(BOARD)),,$(filter $(BOARD),$(BOARDS)))),)
$(error there is no board '$(BOARD)'; boards: $(BOARDS))
endif
endif
RENODE_BOARDS := $(sort $(patsubst boards/%/board.json,%,$(shell grep -l '"kind": *"renode"' boards/*/board.json)))
# Whether the user named a board or we did.
CHOSEN := $(if $(filter-out file default undefined,$(origin BOARD)),$(BOARD))

.PHONY: help setup sources verify boards firmware flash erase-keys run repl renode test test-renode test-power get-renode test-upstream lint new-driver check-driver format size bench clean distclean
.NOTPARALLEL:

help: ## This text
	@echo "MicroPSA: MicroPython firmware with the whole PSA Crypto API"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  BOARD=            one of: $(BOARDS) (now "$(call q,$(BOARD))")"
	@echo "  PSA_PROFILE=      what the firmware can do: tiny, default, full"
	@echo "  DEBUG_PORT=open   an nRF52840 whose debug port opens after every reset (docs/flashing.md)"
	@echo "  SCRIPT=           what make run runs (now "$(call q,$(SCRIPT))")"
	@echo "  CUTS=             for make test-power: at least so many a board"
	@echo "  PYTEST_ARGS=      for make test, such as PYTEST_ARGS='-k hash'"
	@echo "  MICROPYTHON_DIR= MBEDTLS_DIR=   other source trees than the pinned ones"
	@echo "  MICROPSA_CACHE=   where sources and tools are kept (now "$(call q,$(MICROPSA_CACHE))")"

setup: ## Install what is missing on this machine (apt) and the Python tools (venv in the cache)
	@tools/bootstrap.sh 1

sources: ## Fetch the pinned sources; asks again for security releases
	@$(call tool,2)sources fetch --refresh

verify: ## Prove that the cached sources are pristine
	@$(call tool,1)sources verify

boards: ## List the boards
	@$(call tool,1)board

firmware: ## Build the firmware of BOARD
	@$(call tool,4)build firmware --board $(BOARD)

FLASH_ARGS = $(if $(RUNNER),--runner=$(call q,$(RUNNER))) $(if $(PROBE),--probe=$(call q,$(PROBE))) $(if $(GDB_SERVER),--server=$(call q,$(GDB_SERVER)))
flash: ## Build and write BOARD's flash: RUNNER=openocd|pyocd|jlink|gdb PROBE=serial GDB_SERVER=host:port
	@$(call tool,6)flash write --board $(BOARD) $(FLASH_ARGS)

erase-keys: ## Erase the keys of BOARD and nothing else; asks back, FORCE=1 does not (RUNNER=emulator: its file)
	@$(if $(filter-out 0 1,$(FORCE)),echo "FORCE is "$(call q,$(FORCE))"; accepted: 1 (does not ask) or 0" >&2; exit 2)
	@$(call tool,3)flash erase-keys --board $(BOARD) $(FLASH_ARGS) $(if $(filter-out 1,$(FORCE)),,$(if $(FORCE),--force))

run: ## Build, boot BOARD and run SCRIPT on it
	@$(call tool,5)build run --board $(BOARD) $(call q,$(SCRIPT))

repl: ## Build, boot BOARD and open its prompt (Ctrl-X leaves)
	@$(call tool,5)build repl --board $(BOARD)

renode: ## The same for a board that Renode runs, such as BOARD=STM32F4DISCOVERY (RENODE= names the program)
	@$(if $(filter $(BOARD),$(RENODE_BOARDS)),,echo "BOARD=$(BOARD) does not run in Renode; boards that do: $(RENODE_BOARDS)" >&2; exit 2)
	@$(call tool,5)build repl --board $(BOARD)

get-renode: ## Download Renode's pinned release into the cache, where it is found from then on
	@$(call tool,3)get_renode

# Four steps, one for each board, one more for each that is built with sanitizers as well, one for Renode.
TESTED := $(or $(CHOSEN),$(BOARDS))
test: ## Build every target and run all tests (only one target with BOARD=)
	@$(call tool,$(words 1 2 3 4 $(TESTED) $(filter UNIX,$(TESTED)) $(firstword $(filter $(RENODE_BOARDS),$(TESTED)))))check test $(addprefix --board ,$(CHOSEN)) -- $(PYTEST_ARGS)

test-renode: ## All tests of the boards that run in Renode, and the Robot suites (only one board with BOARD=)
	@$(if $(filter $(RENODE_BOARDS),$(or $(CHOSEN),$(RENODE_BOARDS))),,echo "BOARD=$(BOARD) does not run in Renode; boards that do: $(RENODE_BOARDS)" >&2; exit 2)
	@$(call tool,$(words 1 2 3 4 5 $(or $(CHOSEN),$(RENODE_BOARDS))))check renode $(addprefix --board ,$(CHOSEN)) -- $(PYTEST_ARGS)

test-power: ## Cut the power at every flash operation of boards in Renode, count what is lost (CUTS=500)
	@$(if $(filter $(RENODE_BOARDS),$(or $(CHOSEN),$(RENODE_BOARDS))),,echo "BOARD=$(BOARD) does not run in Renode; boards that do: $(RENODE_BOARDS)" >&2; exit 2)
	@$(call tool,$(words 1 2 3 $(foreach b,$(or $(CHOSEN),$(RENODE_BOARDS)),$b $b)))power $(addprefix --board ,$(CHOSEN)) $(if $(CUTS),--cuts=$(call q,$(CUTS)))

test-upstream: ## Mbed TLS's own test suites against our patches and wrappers (UPSTREAM_ARGS='--only drivers')
	@$(call tool,18)upstream_suites $(UPSTREAM_ARGS)

lint: ## Formatters, type checker and the rules of the design
	@$(call tool,2)check lint

new-driver: ## Make a driver that builds and fails closed: NAME=… KIND=transparent|opaque
	@$(if $(and $(NAME),$(filter transparent opaque,$(KIND))),,echo "usage: make new-driver NAME=<name> KIND=transparent|opaque" >&2; exit 2)
	@$(call tool,1)drivergen new -- $(call q,$(NAME)) $(call q,$(KIND))

CHECKED := $(or $(NAME),$(filter-out trng_%,$(notdir $(patsubst %/driver.json,%,$(wildcard drivers/*/driver.json)))))
check-driver: ## Conformance tests of a driver: NAME=… (all drivers without it)
	@$(call tool,$(words 1 2 3 $(CHECKED)))check_driver -- $(foreach name,$(NAME),$(call q,$(name)))

format: ## Format C and Python
	@$(call tool,2)check format

SIZE_PROFILES := $(if $(PSA_PROFILES),$(subst all,tiny default full,$(PSA_PROFILES)),$(or $(PSA_PROFILE),default))
size: ## Text, data, bss and arena of BOARD's firmware, and what psa adds (PSA_PROFILES=all: each profile)
	@$(call tool,$(words 1 2 3 4 $(SIZE_PROFILES)))size --board $(BOARD) $(SIZE_ARGS) -- $(foreach profile,$(SIZE_PROFILES),$(call q,$(profile)))

bench: ## Instructions per call, from Python and from C, counted by QEMU (BENCH_ARGS=--store: docs/bench.md)
	@$(call tool,6)bench --board $(BOARD) $(BENCH_ARGS)

clean: ## Delete build/ (only one board's with BOARD=); the cache stays
	@echo "deleting $(if $(CHOSEN),build/$(CHOSEN) build/$(CHOSEN)-*,build)"
	@rm -rf $(if $(CHOSEN),build/$(CHOSEN) build/$(CHOSEN)-*,build)

distclean: ## Delete build/ and the cache with sources and tools (asks; FORCE=1 does not)
	@tools/distclean.sh $(call q,$(MICROPSA_CACHE)) $(call q,$(FORCE))
