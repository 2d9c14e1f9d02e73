#!/bin/sh
# Run every check, also after one failed, and say at the end which did.
set -u

python=.venv/bin/python
failed=

check() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name"
}

check format "$python" -m ruff format --check .
check lint "$python" -m ruff check .
check types "$python" -m mypy
check imports .venv/bin/lint-imports

if [ -n "$failed" ]; then
    echo "These checks failed:$failed" >&2
    exit 1
fi
