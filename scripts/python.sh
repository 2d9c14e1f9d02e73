#!/bin/sh
# Print a Python of version 3.11 or newer, one that can make virtual environments if there is a choice.
# PYTHON=... names one by hand.
set -eu

old_enough='import sys; sys.exit(sys.version_info < (3, 11))'
with_venv='import ensurepip, venv'
second_best=

for name in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3 python3.14 python; do
    found=$(command -v "$name" 2>/dev/null) || continue
    "$found" -c "$old_enough" >/dev/null 2>&1 || continue
    if "$found" -c "$with_venv" >/dev/null 2>&1; then
        printf '%s\n' "$found"
        exit 0
    fi
    second_best=${second_best:-$found}
done

if [ -n "$second_best" ]; then
    printf '%s\n' "$second_best"
    exit 0
fi
echo "OpStream needs Python 3.11 or newer and found none. Install one, or name it: make run PYTHON=/path/to/python3" >&2
exit 1
