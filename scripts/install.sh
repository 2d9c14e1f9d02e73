#!/bin/sh
# Install one lock file into .venv: install.sh requirements.lock. Does nothing when that is done already.
set -eu

lock=$1
done_already=.venv/.installed-$(basename "$lock")
python=.venv/bin/python

usable() {
    [ -x "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if usable && cmp -s "$lock" "$done_already"; then
    exit 0
fi

if uv --version >/dev/null 2>&1; then
    uv=uv
else
    uv=.venv/bin/uv
fi

make_venv() {
    base=$(sh scripts/python.sh)
    echo "Making .venv with $("$base" --version) ..." >&2
    rm -rf .venv
    if "$base" -c 'import ensurepip, venv' 2>/dev/null; then
        "$base" -m venv .venv
    elif [ "$uv" = uv ]; then
        uv venv --quiet --python "$base" .venv
    else
        echo "$base cannot make a virtual environment. On Debian or Ubuntu run: apt install python3-venv" >&2
        exit 1
    fi
}

usable || make_venv

if [ "$uv" != uv ] && ! "$uv" --version >/dev/null 2>&1; then
    echo "Bringing uv, the installer ..." >&2
    if ! "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock; then
        echo "uv could not be installed into .venv. Look at the lines above; remove .venv to begin anew." >&2
        exit 1
    fi
fi

echo "Installing what $lock names ..." >&2
if ! "$uv" pip install --python "$python" --require-hashes -r "$lock"; then
    # pip may know a mirror or a proxy that uv was not told of.
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        exit 1
    fi
    echo "uv could not install everything; trying with pip ..." >&2
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
cp "$lock" "$done_already"
if [ "$lock" = requirements-dev.lock ]; then
    cp requirements.lock .venv/.installed-requirements.lock # it holds all of that too
fi
