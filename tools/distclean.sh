#!/bin/sh
# SPDX-License-Identifier: MIT
# Deletes build/ and the cache. Not Python: the Python that it would run on is part of what it deletes.
#
#   tools/distclean.sh CACHE [FORCE]
set -u

cache=$1
force=${2:-}
cd "$(dirname "$0")/.." || exit 1

if [ -e build ]; then
    echo "deleting build"
    rm -rf build
fi
[ -e "$cache" ] || exit 0

# Only what this project puts there: a wrong MICROPSA_CACHE must not cost somebody a home folder.
parts=
for part in apt downloads log renode src venv venv.stamp .bootstrap.lock; do
    if [ -e "$cache/$part" ]; then parts="$parts $part"; fi
done
[ -n "$parts" ] || exit 0
echo "the cache $cache holds:$parts ($(du -sh "$cache" 2>/dev/null | cut -f1))"
if [ "$force" != 1 ]; then
    if [ ! -t 0 ]; then
        echo "error: not deleting the cache without being asked; use make distclean FORCE=1" >&2
        exit 1
    fi
    printf 'delete it? [y/N] '
    read -r answer || answer=
    case $answer in
        y | Y | yes) ;;
        *)
            echo "kept"
            exit 0
            ;;
    esac
fi
for part in $parts; do
    chmod -R u+w "${cache:?}/$part" 2>/dev/null # the source trees are read-only
    rm -rf "${cache:?}/$part" || exit 1
done
rmdir "$cache" 2>/dev/null || true
echo "deleted"
