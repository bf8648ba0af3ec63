# SPDX-License-Identifier: MIT
"""A C program around the generated wrappers: drivers and built-in code that only record what is called.

Each function prints its name into a log and returns the status that a scenario forced for it, success
otherwise. A setup that finds its context not zeroed logs that, and leaves a mark in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.unit import drivergen_kit as kit
from tools.drivergen.entry_points import ENTRY_POINTS, FAMILIES
from tools.drivergen.hooks import setup_hooks, single_hooks, step_hooks
from tools.drivergen.model import Driver

_PRELUDE = """
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "psa_crypto_driver_wrappers.h"

static char record[4096];
static struct { const char *name; psa_status_t status; } forced[16];
static size_t forced_count;

static void note(const char *name) {
    strcat(record, record[0] != 0 ? " " : "");
    strcat(record, name);
}

static psa_status_t answer(const char *name) {
    note(name);
    for (size_t i = 0; i < forced_count; i++) {
        if (strcmp(forced[i].name, name) == 0) {
            return forced[i].status;
        }
    }
    return PSA_SUCCESS;
}

static void force(const char *name, psa_status_t status) {
    forced[forced_count].name = name;
    forced[forced_count].status = status;
    forced_count++;
}

static void begin(void) {
    record[0] = 0;
    forced_count = 0;
}

static void end(const char *title, psa_status_t status) {
    printf("%s: %s = %d\\n", title, record, (int)status);
    begin();
}

static void check_zero(const void *context, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (((const unsigned char *)context)[i] != 0) {
            note("dirty");
            return;
        }
    }
}

// What the wrappers need of Mbed TLS's library.
void mbedtls_platform_zeroize(void *buffer, size_t size) {
    memset(buffer, 0, size);
}
int mbedtls_ct_memcmp(const void *one, const void *two, size_t size) {
    return memcmp(one, two, size);
}

static psa_key_attributes_t key_of(psa_key_type_t type, size_t bits, psa_key_location_t location) {
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_lifetime(&attributes,
        PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(PSA_KEY_PERSISTENCE_VOLATILE, location));
    return attributes;
}

static const uint8_t data[64] = { 1, 2, 3 };
static uint8_t out[256];
static size_t length;
"""


def contexts_header(prefixes: Sequence[str]) -> str:
    """Operation types that are all alike, for drivers of these prefixes."""
    lines = ["#pragma once", "#include <stdint.h>"]
    for prefix in prefixes:
        for context in sorted({family.context for family in FAMILIES.values()}):
            lines.append(f"typedef struct {{ uint8_t bytes[40]; }} {prefix}_{context};")
        lines.append(f"typedef struct {{ unsigned calls; }} {prefix}_derive_key_memory_t;")
    return "\n".join(lines) + "\n"


def _body(name: str, params: Sequence[str], context: str) -> str:
    lines = [f"psa_status_t {name}({', '.join(params) or 'void'}) {{"]
    names = [param.rsplit(" ", 1)[-1] for param in params]
    if name.endswith("_setup"):
        lines.append("    check_zero(operation, sizeof(*operation));")
        lines.append("    memset(operation, 0xa5, sizeof(*operation));")
    for star_name in names:
        if star_name.startswith("*") and star_name.endswith("_length"):
            lines.append(f"    *{star_name[1:]} = 0;")
    lines.append(f'    return answer("{name}");')
    lines.append("}")
    return "\n".join(lines)


def driver_source(drivers: Sequence[Driver]) -> str:
    """Every function that the drivers promised, as recorders."""
    done: set[str] = set()
    parts = []
    for driver in drivers:
        for capability in driver.capabilities:
            for name, entry in ENTRY_POINTS.items():
                function = driver.function(capability, name)
                if name not in capability.entry_points or function in done or name == "get_entropy":
                    continue
                done.add(function)
                context = ""
                if entry.family:
                    suffix = "random_context_t" if entry.family == "random" else f"{entry.family}_operation_t"
                    context = driver.function(capability, suffix)
                memory = "void"
                if capability.raw.get("memory"):
                    memory = driver.function(capability, "derive_key_memory_t")
                params = [item.declaration.format(ctx=context, memory=memory) for item in entry.params]
                parts.append(_body(function, params, context))
    return "\n\n".join(parts)


def builtin_source() -> str:
    """Mbed TLS's built-in functions as recorders; their prototypes come from its own headers."""
    parts = []
    for single in single_hooks([], []):
        parts.append(_body(single.builtin, single.params, ""))
    for setup in setup_hooks([], []):
        kind = setup.operation.removeprefix("psa_")
        parts.append(_body(setup.builtin, [f"mbedtls_psa_{kind} *operation", *setup.params[1:]], kind))
    for step in step_hooks([]):
        if not step.builtin_text:
            kind = step.operation.removeprefix("psa_")
            parts.append(_body(step.builtin, [f"mbedtls_psa_{kind} *operation", *step.params[1:]], kind))
    rest = {
        "mbedtls_psa_hash_compute": ENTRY_POINTS["hash_compute"],
        "psa_import_key_into_slot": ENTRY_POINTS["import_key"],
    }
    for name, entry in rest.items():
        parts.append(_body(name, [param.declaration for param in entry.params], ""))
    parts.append(
        _body(
            "psa_generate_key_internal",
            [
                "const psa_key_attributes_t *attributes",
                "const psa_custom_key_parameters_t *custom",
                "const uint8_t *custom_data",
                "size_t custom_data_length",
                "uint8_t *key_buffer",
                "size_t key_buffer_size",
                "size_t *key_buffer_length",
            ],
            "",
        )
    )
    parts.append(
        "int psa_custom_key_parameters_are_default(const psa_custom_key_parameters_t *custom, size_t size) {\n"
        "    return custom == NULL;\n}"
    )
    parts.append(
        _body(
            "mbedtls_psa_hash_clone",
            [
                "const mbedtls_psa_hash_operation_t *source_operation",
                "mbedtls_psa_hash_operation_t *target_operation",
            ],
            "",
        )
    )
    return "\n\n".join(parts)


def run(folder: Path, descriptions: Sequence[dict[str, Any]], main: str, extra: str = "") -> dict[str, str]:
    """Builds and runs main() over the wrappers of these drivers; returns title -> "calls = status"."""
    gen = kit.emit(folder / "gen", *descriptions)
    drivers = kit.drivers(*descriptions)
    include = folder / "include"
    include.mkdir(exist_ok=True)
    for description in descriptions:
        for header in description.get("headers", []):
            (include / header).write_text(contexts_header([description["prefix"]]))
    source = folder / "recorder.c"
    code = f"{_PRELUDE}\n{driver_source(drivers)}\n\n{builtin_source()}\n{extra}"
    source.write_text(f"{code}\n\nint main(void) {{\n{main}\n    return 0;\n}}\n")
    no_static = gen / "psa_crypto_driver_wrappers_no_static.c"
    flags = [*kit.include_flags(gen, include), "-Wno-unused-variable", "-Wno-unused-function"]
    rest = folder / "rest.c"
    rest.write_text(
        '#include "psa/crypto.h"\n'
        "psa_status_t psa_export_public_key_internal(const psa_key_attributes_t *attributes,\n"
        "    const uint8_t *key_buffer, size_t key_buffer_size, uint8_t *data, size_t data_size,\n"
        "    size_t *data_length);\n"
        "psa_status_t psa_export_public_key_internal(const psa_key_attributes_t *attributes,\n"
        "    const uint8_t *key_buffer, size_t key_buffer_size, uint8_t *data, size_t data_size,\n"
        "    size_t *data_length) {\n    return PSA_SUCCESS;\n}\n"
    )
    lines = kit.compile_and_run(source, flags, no_static, rest).splitlines()
    return dict(line.split(": ", 1) for line in lines)
