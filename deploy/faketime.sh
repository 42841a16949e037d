#!/bin/sh
# What sets the clock of a process: installed where that may be done, else named.
set -eu
found() {
    for place in /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib64/faketime/libfaketimeMT.so.1; do
        [ -e "$place" ] && return
    done
    return 1
}
if ! found; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends libfaketime > /dev/null
    fi
    found || { echo "libfaketime is needed: install the package libfaketime." >&2; exit 1; }
fi
