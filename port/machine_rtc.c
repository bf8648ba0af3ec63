// SPDX-License-Identifier: MIT
// machine.RTC: reads and sets the time of time.time().
#include "py/mperrno.h"
#include "py/runtime.h"
#include "extmod/modmachine.h"
#include "shared/timeutils/timeutils.h"
#include "rtc.h"

#define SECONDS_1970_TO_2000 (946684800ull)

typedef struct {
    mp_obj_base_t base;
} machine_rtc_obj_t;

static const machine_rtc_obj_t rtc_obj = { { &machine_rtc_type } };

static mp_obj_t machine_rtc_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    static const mp_arg_t allowed[] = {
        { MP_QSTR_id, MP_ARG_INT, { .u_int = 0 } },
    };
    mp_arg_val_t id;
    mp_arg_parse_all_kw_array(n_args, n_kw, args, MP_ARRAY_SIZE(allowed), allowed, &id);
    if (id.u_int != 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("there is only RTC(0)"));
    }
    return MP_OBJ_FROM_PTR(&rtc_obj);
}

static mp_int_t field(mp_obj_t value, mp_int_t min, mp_int_t max, qstr name) {
    mp_int_t number = mp_obj_get_int(value);
    if (number < min || number > max) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("%q: %d is not in %d..%d"), name, (int)number, (int)min, (int)max);
    }
    return number;
}

// Year, month, day, hour, minute, second, microsecond.
static void set_time(const mp_obj_t *date, const mp_obj_t *time) {
    mp_int_t year = field(date[0], 2000, 2099, MP_QSTR_year);
    mp_int_t month = field(date[1], 1, 12, MP_QSTR_month);
    mp_int_t day = field(date[2], 1, (mp_int_t)timeutils_days_in_month((mp_uint_t)year, (mp_uint_t)month), MP_QSTR_day);
    mp_int_t hour = field(time[0], 0, 23, MP_QSTR_hour);
    mp_int_t minute = field(time[1], 0, 59, MP_QSTR_minute);
    mp_int_t second = field(time[2], 0, 59, MP_QSTR_second);
    mp_int_t us = field(time[3], 0, 999999, MP_QSTR_subseconds);
    uint64_t seconds = timeutils_seconds_since_2000((mp_uint_t)year, (mp_uint_t)month, (mp_uint_t)day, (mp_uint_t)hour, (mp_uint_t)minute, (mp_uint_t)second);
    int ret = rtc_set_us((seconds + SECONDS_1970_TO_2000) * 1000000 + (uint64_t)us);
    if (ret != 0) {
        mp_raise_OSError(-ret);
    }
}

// datetime(): (year, month, day, weekday, hours, minutes, seconds, microseconds), Monday is 0.
// datetime(those 8): sets the time; the weekday is not looked at.
static mp_obj_t machine_rtc_datetime(size_t n_args, const mp_obj_t *args) {
    if (n_args == 2) {
        mp_obj_t *items;
        mp_obj_get_array_fixed_n(args[1], 8, &items);
        set_time(items, items + 4);
        return mp_const_none;
    }
    uint64_t now = rtc_now_us();
    timeutils_struct_time_t tm;
    timeutils_seconds_since_2000_to_struct_time((mp_uint_t)(now / 1000000 - SECONDS_1970_TO_2000), &tm);
    const mp_uint_t fields[] = { tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_wday, tm.tm_hour, tm.tm_min, tm.tm_sec, (mp_uint_t)(now % 1000000) };
    mp_obj_t items[MP_ARRAY_SIZE(fields)];
    for (size_t i = 0; i < MP_ARRAY_SIZE(fields); ++i) {
        items[i] = MP_OBJ_NEW_SMALL_INT(fields[i]);
    }
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(machine_rtc_datetime_obj, 1, 2, machine_rtc_datetime);

static const mp_rom_map_elem_t machine_rtc_locals_table[] = {
    { MP_ROM_QSTR(MP_QSTR_datetime), MP_ROM_PTR(&machine_rtc_datetime_obj) },
};
static MP_DEFINE_CONST_DICT(machine_rtc_locals_dict, machine_rtc_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(
    machine_rtc_type,
    MP_QSTR_RTC,
    MP_TYPE_FLAG_NONE,
    make_new, machine_rtc_make_new,
    locals_dict, &machine_rtc_locals_dict);
