// SPDX-License-Identifier: MIT
// Entropy from a device on a UART. README.md has the protocol of the line.
#include <stdbool.h>
#include <string.h>

#include "entropy_uart.h"
#include "psa/crypto_driver_entropy.h"
#include "wipe.h"

#define KNOWN_FLAGS (PSA_DRIVER_GET_ENTROPY_NONBLOCK | PSA_DRIVER_GET_ENTROPY_KEEPALIVE)

// Credited per byte; README.md has the reasoning.
#define BITS_PER_BYTE (4)

// A block: marker, session, noise, CRC (high byte first) over session and noise.
#define MARKER (0xa5)
#define NOISE_SIZE (16)
#define BLOCK_SIZE (2 + NOISE_SIZE + 2)

#define COMMAND_ENABLE ('E') // argument: the session's number
#define COMMAND_NOISE ('N') // argument: how many blocks
#define COMMAND_DISABLE ('D') // argument: 0

// A call ends when no good block has come for so long, and in any case after CALL_MS.
#define SILENCE_MS (5000)
#define CALL_MS (20000)
// A command may have been lost when not a single byte comes for so long; it is sent again.
#define RETRY_MS (1500)
// Bytes outside of good blocks until the line counts as broken: eight blocks.
#define GARBAGE_LIMIT (8 * BLOCK_SIZE)

// Noise of one request at most; larger calls are served in pieces.
#define PIECE_SIZE (512)
// What the last block has too much is for the next call.
#define POOL_SIZE (PIECE_SIZE + NOISE_SIZE)
#define BLOCKS_FOR(size_) (((size_) + NOISE_SIZE - 1) / NOISE_SIZE)
_Static_assert(BLOCKS_FOR(PIECE_SIZE) * BLOCK_SIZE <= ENTROPY_UART_RING_SIZE, "a request's answer has to fit the ring");

psa_driver_get_entropy_fn_t trng_serial_get_entropy;

static bool powered;
static uint8_t session; // of the last time that the device was enabled: tells old blocks from new ones
static size_t coming; // bytes of the line that were asked for and have not come
static size_t stale; // such bytes from before the device was enabled last: they may still come, and be cut off
static size_t garbage; // bytes of this call that belonged to no good block
static uint8_t block[BLOCK_SIZE];
static size_t filled; // of block
static uint8_t pool[POOL_SIZE]; // noise that no call has got
static size_t pooled;
static uint32_t last_good, last_byte; // when they came, in ms

// CRC-16 with polynomial 0x1021, first value 0xffff.
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

static bool send(uint8_t command, uint8_t argument) {
    const uint8_t bytes[] = { command, argument, (uint8_t)~(command ^ argument) };
    return entropy_uart_write(bytes, sizeof(bytes));
}

static void subtract(size_t *from, size_t size) {
    *from -= *from < size ? *from : size;
}

// What was asked for is not waited for any more.
static void forget_requests(void) {
    stale += coming;
    coming = filled = 0;
}

static bool power_up(void) {
    entropy_uart_open();
    powered = true;
    // Another number than last time, also when last time was before a reset.
    session = (uint8_t)(session + 1 + (entropy_uart_ms() & 63));
    return send(COMMAND_ENABLE, session);
}

static void power_down(void) {
    if (powered) {
        // A line that takes no command is closed all the same.
        (void)send(COMMAND_DISABLE, 0);
        entropy_uart_close();
    }
    powered = false;
    forget_requests();
    pooled = 0;
    wipe(block, sizeof(block));
    wipe(pool, sizeof(pool));
}

// Drops what stands before the next byte that may begin a block.
static void resynchronise(void) {
    size_t next = 1;
    while (next < filled && block[next] != MARKER) {
        next++;
    }
    filled -= next;
    memmove(block, block + next, filled);
    // Remains of an earlier request are no fault of the line.
    size_t forgiven = next < stale ? next : stale;
    stale -= forgiven;
    garbage += next - forgiven;
    subtract(&coming, next - forgiven);
}

// Takes in what has come.
static void pump(void) {
    int c;
    while (garbage <= GARBAGE_LIMIT && (c = entropy_uart_read()) >= 0) {
        last_byte = entropy_uart_ms();
        block[filled++] = (uint8_t)c;
        if (block[0] != MARKER) {
            resynchronise();
        }
        if (filled < BLOCK_SIZE) {
            continue;
        }
        uint16_t sum = (uint16_t)(block[BLOCK_SIZE - 2] << 8 | block[BLOCK_SIZE - 1]);
        if (sum != crc(block + 1, 1 + NOISE_SIZE)) {
            resynchronise();
            continue;
        }
        if (block[1] != session) {
            subtract(&stale, BLOCK_SIZE); // old noise goes
        } else {
            stale = 0;
            subtract(&coming, BLOCK_SIZE);
            last_good = last_byte;
            // Answers to a command that was sent again may be more than fits.
            if (pooled + NOISE_SIZE <= POOL_SIZE) {
                memcpy(pool + pooled, block + 2, NOISE_SIZE);
                pooled += NOISE_SIZE;
            }
        }
        wipe(block, sizeof(block));
        filled = 0;
    }
}

// Asks for what is missing of `size` bytes of noise (up to PIECE_SIZE) and is not on its way.
static bool request(size_t size) {
    if (pooled >= size) {
        return true;
    }
    size_t needed = BLOCKS_FOR(size - pooled);
    size_t underway = coming / BLOCK_SIZE;
    if (underway >= needed) {
        return true;
    }
    coming += (needed - underway) * BLOCK_SIZE;
    return send(COMMAND_NOISE, (uint8_t)(needed - underway));
}

static void take(uint8_t *output, size_t size) {
    memcpy(output, pool, size);
    pooled -= size;
    memmove(pool, pool + size, pooled);
    wipe(pool + pooled, POOL_SIZE - pooled);
}

// Fills the pool with `size` bytes, or gives up.
static psa_status_t wait_for(size_t size, uint32_t start) {
    for (;;) {
        pump();
        if (garbage > GARBAGE_LIMIT) {
            return PSA_ERROR_COMMUNICATION_FAILURE;
        }
        if (pooled >= size) {
            return PSA_SUCCESS;
        }
        uint32_t now = entropy_uart_ms();
        if (now - last_good >= SILENCE_MS || now - start >= CALL_MS) {
            return garbage != 0 ? PSA_ERROR_COMMUNICATION_FAILURE : PSA_ERROR_HARDWARE_FAILURE;
        }
        bool sent = true;
        if (now - last_byte >= RETRY_MS) {
            last_byte = now;
            forget_requests(); // the device starts its answer anew
            sent = send(COMMAND_ENABLE, session);
        }
        if (!sent || !request(size)) {
            return PSA_ERROR_COMMUNICATION_FAILURE;
        }
        entropy_uart_wait();
    }
}

static psa_status_t collect(uint8_t *output, size_t size) {
    uint32_t start = entropy_uart_ms();
    last_good = last_byte = start;
    psa_status_t status = PSA_SUCCESS;
    while (size != 0 && status == PSA_SUCCESS) {
        size_t piece = size < PIECE_SIZE ? size : PIECE_SIZE;
        status = wait_for(piece, start);
        if (status == PSA_SUCCESS) {
            take(output, piece);
            output += piece;
            size -= piece;
        }
    }
    return status;
}

// What is there already. When that is too little, it is asked for, for the next call to find.
static psa_status_t collect_ready(uint8_t *output, size_t size) {
    pump();
    if (garbage > GARBAGE_LIMIT) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (pooled >= size) {
        take(output, size);
        return PSA_SUCCESS;
    }
    return request(size < PIECE_SIZE ? size : PIECE_SIZE) ? PSA_ERROR_INSUFFICIENT_ENTROPY
                                                          : PSA_ERROR_COMMUNICATION_FAILURE;
}

psa_status_t trng_serial_get_entropy(psa_driver_get_entropy_flags_t flags, size_t *estimate_bits, uint8_t *output,
    size_t output_size) {
    if (flags & ~KNOWN_FLAGS) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    bool wait = (flags & PSA_DRIVER_GET_ENTROPY_NONBLOCK) == 0;
    bool keep = (flags & PSA_DRIVER_GET_ENTROPY_KEEPALIVE) != 0;
    if (!powered && !wait && !keep) {
        // It would be powered down again before it could answer.
        wipe(output, output_size);
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    }
    garbage = 0;
    psa_status_t status = PSA_ERROR_COMMUNICATION_FAILURE;
    if (powered || power_up()) {
        status = wait ? collect(output, output_size) : collect_ready(output, output_size);
    }
    if (status != PSA_SUCCESS) {
        wipe(output, output_size);
    } else {
        *estimate_bits = BITS_PER_BYTE * output_size;
    }
    if (!keep || (status != PSA_SUCCESS && status != PSA_ERROR_INSUFFICIENT_ENTROPY)) {
        power_down();
    }
    return status;
}
