// SPDX-License-Identifier: MIT
// drivers/trng_serial against a model of the line and the device at its end, with a clock that goes on when the driver
// waits.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "entropy_uart.h"
#include "psa/crypto_driver_entropy.h"

#define NONBLOCK PSA_DRIVER_GET_ENTROPY_NONBLOCK
#define KEEPALIVE PSA_DRIVER_GET_ENTROPY_KEEPALIVE
#define BOTH (NONBLOCK | KEEPALIVE)
#define SILENCE_MS 5000
#define CALL_MS 20000

psa_driver_get_entropy_fn_t trng_serial_get_entropy;

// The line. What the device sends is in wire[], and in the ring as soon as the clock says so.
static uint8_t wire[1 << 16];
static size_t wire_in, wire_out;
static uint32_t now_ms;
static bool line_open, held;
static unsigned opens, closes, waits;
static char commands[1 << 12]; // "E N8 D "
static uint8_t pending[3];
static size_t pending_size;

// The device.
static bool enabled, silent, deaf, all_stale, wrong_sums;
static unsigned wrong_blocks; // the next ones, with a spoilt byte
static unsigned lost_commands;
static unsigned ms_per_byte; // 0: at once
static uint8_t session, last_session, counter;
static uint32_t sent_ms; // when the last byte got onto the line

static uint16_t crc(const uint8_t *data, size_t size) {
    uint16_t value = 0xffff;
    for (size_t i = 0; i < size; i++) {
        value ^= (uint16_t)(data[i] << 8);
        for (unsigned bit = 0; bit < 8; bit++) {
            value = (uint16_t)(value & 0x8000 ? value << 1 ^ 0x1021 : value << 1);
        }
    }
    return value;
}

static void put(uint8_t byte) {
    CHECK(wire_in < sizeof(wire));
    wire[wire_in++] = byte;
}

// Noise counts up, so that a test sees which bytes it got.
static void put_block(uint8_t of_session) {
    uint8_t body[17] = { of_session };
    for (size_t i = 1; i < sizeof(body); i++) {
        body[i] = counter++;
    }
    uint16_t sum = crc(body, sizeof(body)) ^ wrong_sums;
    put(0xa5);
    for (size_t i = 0; i < sizeof(body); i++) {
        put(body[i] ^ (i == 5 && wrong_blocks != 0));
    }
    wrong_blocks -= wrong_blocks != 0;
    put(sum >> 8);
    put(sum & 0xff);
}

static void obey(uint8_t command, uint8_t argument) {
    char word[8];
    snprintf(word, sizeof(word), command == 'N' ? "N%u " : "%c ", command == 'N' ? argument : command);
    strcat(commands, word);
    if (lost_commands != 0) {
        lost_commands--;
        return;
    }
    if (deaf) {
        return;
    }
    if (command == 'E') {
        enabled = true;
        session = argument;
    } else if (command == 'D') {
        enabled = false;
    } else if (enabled && !silent) {
        sent_ms = now_ms;
        for (unsigned i = 0; i < argument; i++) {
            put_block(all_stale ? (uint8_t)(session - 1) : session);
        }
    }
}

void entropy_uart_open(void) {
    CHECK(!line_open);
    line_open = true;
    opens++;
}

void entropy_uart_close(void) {
    CHECK(line_open);
    line_open = false;
    closes++;
}

bool entropy_uart_write(const uint8_t *data, size_t size) {
    CHECK(line_open);
    if (held) {
        now_ms += 100;
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        pending[pending_size++] = data[i];
        if (pending_size == 3) {
            CHECK((pending[0] ^ pending[1] ^ pending[2]) == 0xff);
            if (pending[0] == 'E') {
                last_session = pending[1];
            }
            obey(pending[0], pending[1]);
            pending_size = 0;
        }
    }
    return true;
}

int entropy_uart_read(void) {
    CHECK(line_open);
    if (wire_out == wire_in || (ms_per_byte != 0 && now_ms - sent_ms < ms_per_byte)) {
        return -1;
    }
    sent_ms = now_ms;
    return wire[wire_out++];
}

uint32_t entropy_uart_ms(void) {
    return now_ms;
}

void entropy_uart_wait(void) {
    CHECK(line_open);
    waits++;
    now_ms++;
}

////////////////////////////////////////////////////////////////////////////////

static uint8_t output[1024];
static size_t bits;

static psa_status_t get(psa_driver_get_entropy_flags_t flags, size_t size) {
    memset(output, 0xee, sizeof(output));
    bits = 0;
    psa_status_t status = trng_serial_get_entropy(flags, &bits, output, size);
    for (size_t i = size; i < sizeof(output); i++) {
        CHECK(output[i] == 0xee);
    }
    for (size_t i = 0; i < size && status != PSA_SUCCESS && status != PSA_ERROR_NOT_SUPPORTED; i++) {
        CHECK(output[i] == 0);
    }
    CHECK(status != PSA_SUCCESS || bits == 4 * size);
    return status;
}

static bool counts_from(uint8_t first, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (output[i] != (uint8_t)(first + i)) {
            return false;
        }
    }
    return true;
}

static bool heard(const char *expected) {
    bool same = strcmp(commands, expected) == 0;
    if (!same) {
        printf("commands: %s\n", commands);
    }
    commands[0] = 0;
    return same;
}

static void delivers(void) {
    CHECK(get(0, 128) == PSA_SUCCESS && counts_from(0, 128));
    CHECK(heard("E N8 D ") && opens == 1 && closes == 1 && !enabled);
    CHECK(get(0, 1) == PSA_SUCCESS && counts_from(128, 1));
    CHECK(heard("E N1 D "));
    // What the block had too much is forgotten with the power.
    CHECK(get(0, 17) == PSA_SUCCESS && counts_from(144, 17));
    CHECK(heard("E N2 D "));
}

static void delivers_more_than_a_request(void) {
    CHECK(get(0, 1000) == PSA_SUCCESS && counts_from(0, 1000));
    CHECK(heard("E N32 N31 D "));
    CHECK(get(KEEPALIVE, 9) == PSA_SUCCESS && counts_from(240, 9));
    CHECK(get(0, 1024) == PSA_SUCCESS && counts_from(249, 1024));
    CHECK(heard("E N1 N32 N32 D "));
}

static void nonblock_returns_at_once(void) {
    CHECK(get(BOTH, 128) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(heard("E N8 ") && enabled && waits == 0 && now_ms == 0);
    // The answer is on its way, and nothing is asked for twice.
    ms_per_byte = 1;
    CHECK(get(BOTH, 128) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(heard("") && waits == 0);
    ms_per_byte = 0;
    CHECK(get(BOTH, 128) == PSA_SUCCESS && counts_from(0, 128) && waits == 0);
    CHECK(heard(""));
    CHECK(get(NONBLOCK, 16) == PSA_ERROR_INSUFFICIENT_ENTROPY && waits == 0);
    CHECK(heard("N1 D ") && !enabled);
}

static void nonblock_alone_wakes_nobody(void) {
    CHECK(get(NONBLOCK, 16) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(heard("") && opens == 0 && waits == 0);
}

static void nonblock_with_a_silent_device_never_waits(void) {
    silent = true;
    for (int i = 0; i < 100; i++) {
        CHECK(get(BOTH, 128) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    }
    CHECK(heard("E N8 ") && waits == 0 && now_ms == 0);
    CHECK(get(0, 128) == PSA_ERROR_HARDWARE_FAILURE && !enabled);
}

static void keepalive_keeps_the_device_on(void) {
    CHECK(get(KEEPALIVE, 16) == PSA_SUCCESS && enabled);
    CHECK(get(KEEPALIVE, 16) == PSA_SUCCESS && enabled);
    CHECK(get(0, 16) == PSA_SUCCESS && !enabled);
    CHECK(heard("E N1 N1 N1 D ") && opens == 1 && closes == 1);
}

static void collector_sequence(void) {
    CHECK(get(BOTH, 128) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(get(0, 128) == PSA_SUCCESS);
    CHECK(get(0, 128) == PSA_SUCCESS);
    CHECK(heard("E N8 D E N8 D "));
}

static void silent_device_ends_in_time(void) {
    silent = true;
    CHECK(get(0, 128) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(now_ms >= SILENCE_MS && now_ms <= SILENCE_MS + 2);
    CHECK(!line_open);
    silent = false;
    CHECK(get(0, 128) == PSA_SUCCESS);
}

static void dead_line_ends_in_time(void) {
    deaf = true;
    CHECK(get(KEEPALIVE, 128) == PSA_ERROR_HARDWARE_FAILURE);
    // Powered down although it was to stay on: it failed.
    CHECK(now_ms <= SILENCE_MS + 2 && !line_open);
}

static void held_line_ends_in_time(void) {
    held = true;
    CHECK(get(0, 128) == PSA_ERROR_COMMUNICATION_FAILURE);
    CHECK(now_ms <= 1000 && !line_open);
    CHECK(get(BOTH, 128) == PSA_ERROR_COMMUNICATION_FAILURE);
    held = false;
    CHECK(get(0, 128) == PSA_SUCCESS);
}

static void slow_device_ends_in_time(void) {
    ms_per_byte = 1000;
    CHECK(get(0, 128) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(now_ms >= SILENCE_MS && now_ms <= SILENCE_MS + 2);
}

static void slowly_delivering_device_ends_in_time(void) {
    ms_per_byte = 200; // a block in 4 s: never silent, and too slow for eight of them
    CHECK(get(0, 128) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK(now_ms >= CALL_MS && now_ms <= CALL_MS + 2);
    wire_out = wire_in;
    ms_per_byte = 100;
    CHECK(get(0, 128) == PSA_SUCCESS);
}

static void clock_wraps(void) {
    now_ms = UINT32_MAX - 1000;
    silent = true;
    CHECK(get(0, 16) == PSA_ERROR_HARDWARE_FAILURE);
    CHECK((uint32_t)(now_ms + 1001) <= SILENCE_MS + 2);
}

static void few_bad_blocks_are_replaced(void) {
    wrong_blocks = 3;
    CHECK(get(0, 128) == PSA_SUCCESS && counts_from(48, 128));
}

static void many_bad_blocks_are_a_failure(void) {
    wrong_blocks = 100;
    CHECK(get(0, 128) == PSA_ERROR_COMMUNICATION_FAILURE && !line_open && now_ms < 1000);
    CHECK(strncmp(commands, "E N8 ", 5) == 0);
    wrong_blocks = 0;
    wire_out = wire_in;
    CHECK(get(BOTH, 128) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    wrong_sums = true;
    CHECK(get(KEEPALIVE, 512) == PSA_ERROR_COMMUNICATION_FAILURE);
    wire_out = wire_in;
    CHECK(get(BOTH, 512) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    CHECK(get(BOTH, 512) == PSA_ERROR_COMMUNICATION_FAILURE && !line_open);
}

static void rubbish_is_a_failure(void) {
    silent = true;
    for (int i = 0; i < 400; i++) {
        put((uint8_t)(i * 7));
    }
    CHECK(get(0, 16) == PSA_ERROR_COMMUNICATION_FAILURE && now_ms < 1000);
    wire_out = wire_in;
    for (int i = 0; i < 400; i++) {
        put(0xa5); // nothing but markers
    }
    CHECK(get(0, 16) == PSA_ERROR_COMMUNICATION_FAILURE && now_ms < 1000);
    wire_out = wire_in;
    put(0x00); // some, and then silence: the line's fault, too
    CHECK(get(0, 16) == PSA_ERROR_COMMUNICATION_FAILURE && now_ms >= SILENCE_MS);
}

static void finds_blocks_behind_rubbish(void) {
    for (int i = 0; i < 50; i++) {
        put((uint8_t)(i % 3 ? 0xa5 : i));
    }
    CHECK(get(0, 64) == PSA_SUCCESS && counts_from(0, 64));
}

static void old_blocks_are_dropped(void) {
    CHECK(get(BOTH, 64) == PSA_ERROR_INSUFFICIENT_ENTROPY);
    uint8_t first = last_session;
    CHECK(get(0, 16) == PSA_SUCCESS && counts_from(0, 16)); // 48 bytes of it are on the line, the power is off
    CHECK(get(0, 16) == PSA_SUCCESS && counts_from(64, 16));
    CHECK(last_session != first);
    all_stale = true;
    CHECK(get(0, 16) == PSA_ERROR_HARDWARE_FAILURE && now_ms < SILENCE_MS + 10);
}

// A line that recovers serves the next call, whatever it still carries of the one that failed.
static void remains_of_a_failure_are_forgiven(void) {
    wrong_blocks = 100;
    CHECK(get(0, 512) == PSA_ERROR_COMMUNICATION_FAILURE);
    CHECK(wire_in - wire_out > 400);
    wrong_blocks = 0;
    wire_out += 7; // the UART was off for a while
    CHECK(get(0, 128) == PSA_SUCCESS);
}

static void lost_commands_are_sent_again(void) {
    lost_commands = 1;
    CHECK(get(0, 16) == PSA_SUCCESS && heard("E N1 E N1 D "));
    CHECK(now_ms < SILENCE_MS);
    lost_commands = 2;
    CHECK(get(0, 16) == PSA_SUCCESS && heard("E N1 E N1 D "));
}

static void unknown_flags_are_refused(void) {
    CHECK(get(4, 16) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(get(0x80000000u | BOTH, 16) == PSA_ERROR_NOT_SUPPORTED);
    CHECK(heard("") && opens == 0);
}

static const check_case_t cases[] = {
    { "delivers", delivers },
    { "delivers_more_than_a_request", delivers_more_than_a_request },
    { "nonblock_returns_at_once", nonblock_returns_at_once },
    { "nonblock_alone_wakes_nobody", nonblock_alone_wakes_nobody },
    { "nonblock_with_a_silent_device_never_waits", nonblock_with_a_silent_device_never_waits },
    { "keepalive_keeps_the_device_on", keepalive_keeps_the_device_on },
    { "collector_sequence", collector_sequence },
    { "silent_device_ends_in_time", silent_device_ends_in_time },
    { "dead_line_ends_in_time", dead_line_ends_in_time },
    { "held_line_ends_in_time", held_line_ends_in_time },
    { "slow_device_ends_in_time", slow_device_ends_in_time },
    { "slowly_delivering_device_ends_in_time", slowly_delivering_device_ends_in_time },
    { "clock_wraps", clock_wraps },
    { "few_bad_blocks_are_replaced", few_bad_blocks_are_replaced },
    { "many_bad_blocks_are_a_failure", many_bad_blocks_are_a_failure },
    { "rubbish_is_a_failure", rubbish_is_a_failure },
    { "finds_blocks_behind_rubbish", finds_blocks_behind_rubbish },
    { "old_blocks_are_dropped", old_blocks_are_dropped },
    { "remains_of_a_failure_are_forgiven", remains_of_a_failure_are_forgiven },
    { "lost_commands_are_sent_again", lost_commands_are_sent_again },
    { "unknown_flags_are_refused", unknown_flags_are_refused },
    { NULL, NULL },
};

int main(int argc, char **argv) {
    return check_main(argc, argv, cases, NULL);
}
