// SPDX-License-Identifier: MIT
// Byte ring with one writer (an interrupt) and one reader (the program): no locks.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// `size` bytes of storage hold size - 1 bytes. Indices are written by one side each.
typedef struct {
    uint8_t *buf;
    uint16_t size;
    volatile uint16_t in;
    volatile uint16_t out;
} ring_t;

static inline void ring_init(ring_t *ring, uint8_t *buf, size_t size) {
    ring->buf = buf;
    ring->size = (uint16_t)size;
    ring->in = ring->out = 0;
}

static inline size_t ring_used(const ring_t *ring) {
    return (size_t)((ring->in + ring->size - ring->out) % ring->size);
}

static inline bool ring_full(const ring_t *ring) {
    return ring_used(ring) == (size_t)ring->size - 1;
}

// Returns false when there is no room.
static inline bool ring_put(ring_t *ring, uint8_t c) {
    if (ring_full(ring)) {
        return false;
    }
    ring->buf[ring->in] = c;
    ring->in = (uint16_t)((ring->in + 1) % ring->size);
    return true;
}

// Returns a byte, or -1 when there is none.
static inline int ring_get(ring_t *ring) {
    if (ring->in == ring->out) {
        return -1;
    }
    uint8_t c = ring->buf[ring->out];
    ring->out = (uint16_t)((ring->out + 1) % ring->size);
    return c;
}
