// SPDX-License-Identifier: MIT

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char check_context[256];

void check_failed(const char *condition, const char *file, int line) {
    fprintf(stderr, "%s:%d: %s%snot so: %s\n", file, line, check_context, check_context[0] ? ": " : "", condition);
    exit(1);
}

static const check_case_t *find(const check_case_t *cases, const char *name) {
    while (cases->name != NULL && strcmp(cases->name, name) != 0) {
        cases++;
    }
    return cases->name != NULL ? cases : NULL;
}

bool check_run(const check_case_t *cases, const char *name) {
    const check_case_t *found = find(cases, name);
    if (found != NULL) {
        found->run();
    }
    return found != NULL;
}

int check_main(int argc, char **argv, const check_case_t *cases, void (*before)(void)) {
    if (argc == 1) {
        for (; cases->name != NULL; cases++) {
            puts(cases->name);
        }
        return 0;
    }
    if (argc != 2 || find(cases, argv[1]) == NULL) {
        fprintf(stderr, "the argument is the name of a case; without one all are printed\n");
        return 2;
    }
    if (before != NULL) {
        before();
    }
    check_run(cases, argv[1]);
    return 0;
}
