#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a bare machine ready: installs missing system packages (apt only) and the host tools' Python venv.
#
#   tools/bootstrap.sh [STEPS]    STEPS: how many steps the calling command has, for "[1/STEPS]"
#
# A second call with nothing changed takes milliseconds. Needs nothing but a POSIX shell to start with.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${MICROPSA_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/micropsa}
# Overridable so that tests can point at a machine that lacks things.
os_release=${MICROPSA_OS_RELEASE:-/etc/os-release}
steps=${1:-1}
title="[1/$steps] Tools"
venv=$cache/venv
stamp=$cache/venv.stamp
log=$cache/log/bootstrap.log
ticker=

say() { printf '%s\n' "$*" >&2; }
die() {
    end_step FAILED
    say "error: $*"
    exit 1
}

# ------------------------------------------------------------------------------------------------- progress

tty=no
if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then tty=yes; fi

show() { # what is going on now
    if [ $tty = yes ]; then printf '\r\033[K%s: %s' "$title" "$1" >&2; else say "$title: $1"; fi
}

# Repeats the line with the time and apt's or pip's last word while a long command runs in the foreground
# (in the foreground, so that Ctrl-C reaches it).
begin_step() {
    show "$1"
    before=$(wc -l <"$log")
    every=10
    if [ $tty = yes ]; then every=1; fi
    (
        trap - EXIT
        seconds=0
        while :; do
            # It may outlive us by a second: without the lock, and without our output, whose end somebody may wait for.
            sleep 1 >/dev/null 2>&1 9>&- &
            wait $!
            kill -0 $$ 2>/dev/null || exit
            seconds=$((seconds + 1))
            [ $((seconds % every)) = 0 ] || continue
            word=$(tail -n "+$((before + 1))" "$log" 2>/dev/null |
                sed -n 's/^\(Get:[0-9]*\|Unpacking [^ ]*\|Setting up [^ ]*\|Collecting [^ ]*\|Installing\).*/\1/p' |
                tail -n 1)
            show "$1$(printf ' %d:%02d' $((seconds / 60)) $((seconds % 60)))${word:+ ($word)}"
        done
    ) &
    ticker=$!
}

stop_ticker() {
    if [ -n "$ticker" ]; then
        # Not TERM: one that comes right after the fork finds our own handler in the child and is lost.
        kill -KILL "$ticker" 2>/dev/null
        wait "$ticker" 2>/dev/null
        ticker=
    fi
}

end_step() {
    stop_ticker
    show "$1"
    if [ $tty = yes ]; then printf '\n' >&2; fi
}

trap 'stop_ticker; say ""; say "interrupted"; trap - EXIT; exit 130' INT TERM
trap 'stop_ticker' EXIT

# -------------------------------------------------------------------------------------------- what is missing

# The lint tests ask git which files are the project's; an unpacked archive has no need of it.
git=
if [ -e "$root/.git" ]; then git=git; fi

python=
good_python() { # usable: 3.11 or newer, with everything a venv and the archives need
    "$1" -c 'import sys, venv, ensurepip, lzma, bz2, zlib, ssl; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1
}

# The first good one on the PATH; every folder is asked, because a version manager's shim may hide a good one.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        rest=$PATH:
        while [ -n "$rest" ]; do
            candidate=${rest%%:*}/$name
            rest=${rest#*:}
            if [ -x "$candidate" ] && good_python "$candidate"; then
                # The real one behind a shim: a shim may point elsewhere tomorrow.
                python=$("$candidate" -c 'import sys; print(sys._base_executable or sys.executable)')
                return 0
            fi
        done
    done
    python=
    return 1
}

# The tests of make flash need a gdb; without one, and without a way to install it unasked, they are left out.
wants_gdb() {
    [ "${MICROPSA_TESTING:-}" = 1 ] || return 1
    for tool in gdb-multiarch arm-none-eabi-gdb; do
        if command -v $tool >/dev/null 2>&1; then return 1; fi
    done
    command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true >/dev/null 2>&1; }
}

has_commands() { # the quick part of the check: no process is started
    for tool in gcc make arm-none-eabi-gcc qemu-system-arm patch $git; do
        command -v $tool >/dev/null 2>&1 || return 1
    done
    ! wants_gdb
}

has_headers() { printf '#include <stdio.h>\n#include <string.h>\n' | "$1" -E - >/dev/null 2>&1; }

is_debian_like() { command -v apt-get >/dev/null 2>&1 && grep -Eq '^ID(_LIKE)?=.*debian' "$os_release" 2>/dev/null; }
is_debian() { grep -Eq '^ID="?debian"?$' "$os_release" 2>/dev/null; }

# Sets `missing` (for people) and `packages` (for apt).
missing=
packages=
need() {
    missing="$missing${missing:+, }$1"
    shift
    packages="$packages${packages:+ }$*"
}

look() {
    missing=
    packages=
    if ! command -v gcc >/dev/null 2>&1 || ! has_headers gcc; then need "a C compiler (gcc)" gcc libc6-dev; fi
    command -v make >/dev/null 2>&1 || need "GNU make" make
    if ! command -v arm-none-eabi-gcc >/dev/null 2>&1 || ! has_headers arm-none-eabi-gcc; then
        need "the Arm compiler with newlib (arm-none-eabi-gcc)" gcc-arm-none-eabi libnewlib-arm-none-eabi
    fi
    command -v qemu-system-arm >/dev/null 2>&1 || need "QEMU (qemu-system-arm)" qemu-system-arm
    command -v patch >/dev/null 2>&1 || need "patch" patch
    if [ -n "$git" ] && ! command -v git >/dev/null 2>&1; then need "git" git; fi
    if wants_gdb; then need "a gdb for Arm (gdb-multiarch)" gdb-multiarch; fi
    find_python || need "Python 3.11 or newer with venv" python3 python3-venv
    if is_debian_like; then
        if [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then need "TLS root certificates" ca-certificates; fi
        if [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ] &&
            [ ! -e /usr/share/keyrings/debian-archive-keyring.pgp ]; then
            need "Debian's archive keys" debian-archive-keyring
        fi
        # Where Debian's archive is, for distributions whose own apt sources do not say.
        if ! is_debian && [ ! -e /usr/share/python-apt/templates/Debian.info ]; then
            need "the distribution's data about Debian" python-apt-common
        fi
    fi
}

# ----------------------------------------------------------------------------------------------- system packages

how_to_install() { # the command that this system's user would type
    if command -v apt-get >/dev/null 2>&1; then
        echo "apt-get update && apt-get install --no-install-recommends $packages (as root)"
    elif command -v dnf >/dev/null 2>&1; then
        echo "sudo dnf install gcc make patch arm-none-eabi-gcc-cs arm-none-eabi-newlib qemu-system-arm python3"
    elif command -v pacman >/dev/null 2>&1; then
        echo "sudo pacman -S --needed gcc make patch arm-none-eabi-gcc arm-none-eabi-newlib qemu-system-arm python"
    elif command -v brew >/dev/null 2>&1; then
        echo "brew install make qemu python@3.13 && brew install --cask gcc-arm-embedded"
    else
        echo "your system's package manager (GCC, GNU make, patch, GCC for arm-none-eabi with newlib, QEMU for Arm, Python 3.11 or newer)"
    fi
}

as_root=
become_root() { # sets as_root, or fails
    if [ "$(id -u)" = 0 ]; then return 0; fi
    command -v sudo >/dev/null 2>&1 || return 1
    if sudo -n true >/dev/null 2>&1; then
        as_root="sudo -n"
        return 0
    fi
    [ -t 0 ] && [ -t 2 ] || return 1
    say "Missing: $missing. sudo may ask for your password to install: $packages"
    sudo -v >&2 || return 1
    as_root="sudo -n"
}

apt() {
    # shellcheck disable=SC2086 # as_root is a command with an option, or nothing
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1 </dev/null
}

why_apt_failed() {
    tail=$(tail -n 40 "$log")
    case $tail in
        *"No space left"* | *"enough free space"*) echo "the disk is full" ;;
        *"Could not get lock"* | *"Unable to acquire the dpkg"*) echo "another package manager is running" ;;
        *"Could not resolve"* | *"Temporary failure"* | *"Could not connect"* | *"timed out"* | *"Unable to connect"*)
            echo "the package mirror cannot be reached; check the network and apt's proxy settings" ;;
        *"Unable to locate package"* | *"no installation candidate"*) echo "this release has no such package" ;;
        *) echo "apt-get failed" ;;
    esac
}

install_packages() { # $1: package names
    # shellcheck disable=SC2086 # a list of names
    apt install --no-install-recommends $1 && return 0
    if grep -q "dpkg --configure -a" "$log"; then # an earlier installation was interrupted
        $as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >>"$log" 2>&1 </dev/null
    fi
    apt update || return 1
    # shellcheck disable=SC2086
    apt install --no-install-recommends $1
}

install_missing() {
    if ! command -v apt-get >/dev/null 2>&1 || ! become_root; then
        die "missing: $missing; install with: $(how_to_install)"
    fi
    show "installing $packages"
    # shellcheck disable=SC2086 # counts words
    begin_step "installing $(set -- $packages && echo $#) system packages"
    if ! install_packages "$packages"; then
        die "missing: $missing; $(why_apt_failed) (log: $log). By hand: $(how_to_install)"
    fi
    if ! find_python; then # a release whose python3 is too old may have a newer one beside it
        for version in 3.13 3.12 3.11; do
            if apt-cache show "python$version-venv" >/dev/null 2>&1 && install_packages "python$version-venv"; then
                break
            fi
        done
    fi
    stop_ticker
    look
    if [ -n "$missing" ]; then
        case $missing in
            *Python*) die "this system's Python is too old ($(python3 --version 2>&1)); needed is 3.11 or newer with venv" ;;
            *) die "still missing after the installation: $missing (log: $log)" ;;
        esac
    fi
}

# ---------------------------------------------------------------------------------------------------------- venv

disk_is_full() { # asked of the disk: a log that lies on it may have no room to say so
    full=1
    printf '%65536s' x 2>/dev/null >"$cache/.room" || full=0
    rm -f "$cache/.room"
    return $full
}

why_pip_failed() {
    tail=$(tail -n 60 "$log")
    if disk_is_full; then tail="No space left"; fi
    case $tail in
        *"No space left"*) echo "the disk is full ($cache)" ;;
        *"CERTIFICATE_VERIFY_FAILED"*) echo "the Python package registry's certificate is not trusted; see PIP_CERT" ;;
        *"Temporary failure"* | *"NewConnectionError"* | *"Network is unreachable"* | *"timed out"* | *"ConnectTimeout"* | \
            *"Connection refused"* | *"ProxyError"*)
            echo "the Python package registry cannot be reached; check the network, https_proxy and pip's settings" ;;
        *"No matching distribution"*) echo "the Python package registry lacks a pinned version" ;;
        *) echo "pip failed" ;;
    esac
}

make_venv() {
    begin_step "installing Python packages"
    rm -f "$stamp"
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" >>"$log" 2>&1; then
        if disk_is_full; then die "cannot create a Python venv: the disk is full ($cache)"; fi
        die "cannot create a Python venv in $venv with $python (log: $log)"
    fi
    if ! "$venv/bin/python" -m pip install --disable-pip-version-check --no-input \
        -r "$root/requirements.txt" >>"$log" 2>&1 </dev/null; then
        die "$(why_pip_failed) (log: $log)"
    fi
    printf '%s\n' "$wanted" >"$stamp"
}

# ---------------------------------------------------------------------------------------------------------- main

wanted=$(cksum <"$root/requirements.txt")
ready() {
    [ -r "$stamp" ] && read -r found <"$stamp" && [ "$found" = "$wanted" ] && [ -x "$venv/bin/python" ]
}

if has_commands && ready; then
    end_step ready
    exit 0
fi

mkdir -p "$cache/log" 2>/dev/null || die "cannot write to $cache; name another folder with MICROPSA_CACHE="
# Two commands at the same time: the second waits, and then finds everything ready.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$cache/.bootstrap.lock"
    flock -n 9 || { show "waiting for another process that installs tools" && flock 9; }
fi
date >>"$log"
look
if [ -n "$missing" ]; then install_missing; fi
if ! ready; then make_venv; fi
end_step ready
