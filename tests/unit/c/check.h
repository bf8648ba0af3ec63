// SPDX-License-Identifier: MIT
// What every test program in C has: conditions, a table of cases, and a main() that runs the one that is named.

#ifndef TESTS_UNIT_C_CHECK_H
#define TESTS_UNIT_C_CHECK_H

#include <stdbool.h>

// Says what went wrong, with the line, and ends the program.
#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            check_failed(#condition, __FILE__, __LINE__); \
        } \
    } while (0)
__attribute__((noreturn)) void check_failed(const char *condition, const char *file, int line);

// Printed by check_failed: what the test is doing.
extern char check_context[256];

// Tables end with { NULL, NULL }. pytest reads them in the source, one case per line (harness.cases).
typedef struct {
    const char *name;
    void (*run)(void);
} check_case_t;

// False if the table has no such case.
bool check_run(const check_case_t *cases, const char *name);

// For main(): runs before(), which may be NULL, and the case that the argument names; without one prints all names.
// Returns the exit status.
int check_main(int argc, char **argv, const check_case_t *cases, void (*before)(void));

#endif
