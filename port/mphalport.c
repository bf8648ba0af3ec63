// SPDX-License-Identifier: MIT
#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stream.h"
#include "extmod/misc.h"
#include "console.h"
#include "mcu.h"
#include "rtc.h"

#define SECONDS_1970_TO_2000 (946684800ull)

int mp_hal_stdin_rx_chr(void) {
    for (;;) {
        int c = console_rx();
        if (c >= 0) {
            return c;
        }
        if (irq_enabled()) {
            mp_event_wait_indefinite();
        } else {
            // A program left interrupts masked: the prompt must still be there to help.
            console_poll();
            mp_event_handle_nowait();
        }
    }
}

uintptr_t mp_hal_stdio_poll(uintptr_t poll_flags) {
    uintptr_t ret = 0;
    if ((poll_flags & MP_STREAM_POLL_RD) && console_rx_any()) {
        ret |= MP_STREAM_POLL_RD;
    }
    if (poll_flags & MP_STREAM_POLL_WR) {
        ret |= MP_STREAM_POLL_WR;
    }
    return ret;
}

mp_uint_t mp_hal_stdout_tx_strn(const char *str, size_t len) {
    console_tx(str, len);
    return len;
}

mp_uint_t mp_hal_ticks_ms(void) {
    return (mp_uint_t)(mcu_time_us() / 1000);
}

mp_uint_t mp_hal_ticks_us(void) {
    return (mp_uint_t)mcu_time_us();
}

mp_uint_t mp_hal_ticks_cpu(void) {
    return mcu_ticks_cpu();
}

uint64_t mp_hal_time_ns(void) {
    return (rtc_now_us() - SECONDS_1970_TO_2000 * 1000000) * 1000;
}

void mp_hal_delay_ms(mp_uint_t ms) {
    uint64_t end = mcu_time_us() + (uint64_t)ms * 1000;
    mp_event_handle_nowait();
    for (;;) {
        uint64_t now = mcu_time_us();
        if (now >= end) {
            return;
        }
        // Without interrupts nothing would wake the CPU.
        if (end - now > 2000 && irq_enabled()) {
            mp_event_wait_indefinite();
        } else {
            mp_event_handle_nowait();
        }
    }
}

// The microsecond that has begun does not count: a delay is never too short.
void mp_hal_delay_us(mp_uint_t us) {
    uint64_t end = mcu_time_us() + us;
    while (us != 0 && mcu_time_us() <= end) {
    }
}

#if MCU_HAS_GPIO
// In cycles, for the half bits of software buses: a microsecond more would be most of one.
void mp_hal_delay_us_fast(mp_uint_t us) {
    uint32_t start = mcu_ticks_cpu();
    uint32_t cycles = us * (mcu_clock_hz() / 1000000);
    while (mcu_ticks_cpu() - start < cycles) {
    }
}
#endif

unsigned long mp_hal_random_seed(void) {
    return (unsigned long)(rtc_now_us() / 1000000) ^ mcu_ticks_cpu();
}
