// SPDX-License-Identifier: MIT
// core/entropy_health.c on a stream: arguments are min-entropy (1/1000 bit per sample), sample size (bits) and bytes
// per call; samples come on stdin. Prints both cut-offs, then one line per call: "ok", "started" or "alarm".

#include <stdio.h>
#include <stdlib.h>

#include "core/entropy_health.h"

int main(int argc, char **argv) {
    entropy_health_t health;
    uint8_t buffer[4096];
    if (argc != 4) {
        return 2;
    }
    size_t size = atoi(argv[3]);
    if (size > sizeof(buffer) || !entropy_health_init(&health, atoi(argv[1]), atoi(argv[2]))) {
        puts("refused");
        return 0;
    }
    printf("%u %u %u\n", (unsigned)health.repetition_cutoff, health.proportion_cutoff, health.proportion_window);
    while (size > 0 && fread(buffer, 1, size, stdin) == size) {
        bool ok = entropy_health_test(&health, buffer, size);
        puts(!ok ? "alarm" : entropy_health_started(&health) ? "started"
                                                             : "ok");
    }
    return 0;
}
