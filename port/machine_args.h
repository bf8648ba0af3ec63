// SPDX-License-Identifier: MIT
#pragma once

#include "py/runtime.h"

// As the functions without "machine_"; ValueError, which says what is accepted, for frequencies, timeouts, SPI modes and
// lengths that are none.
void machine_arg_parse_all(size_t n_pos, const mp_obj_t *pos, mp_map_t *kws, size_t n_allowed, const mp_arg_t *allowed, mp_arg_val_t *out_vals);
void machine_arg_parse_all_kw_array(size_t n_pos, size_t n_kw, const mp_obj_t *args, size_t n_allowed, const mp_arg_t *allowed, mp_arg_val_t *out_vals);
void machine_vstr_init_len(vstr_t *vstr, size_t len);
