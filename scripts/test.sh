#!/bin/sh
# Run every check and every test; a failing check does not keep the tests from running.
set -u

# Tests bring their own servers: never talk to a real workspace by accident.
unset SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_SIGNING_SECRET SLACK_API_URL

checks=0
sh scripts/check.sh || checks=1

chromium=
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    chromium=${chromium:-$(command -v "$name" 2>/dev/null)}
done
if [ -z "$chromium" ]; then
    echo "There is no Chromium on this machine: the browser tests are skipped, all others run."
fi

echo "== tests"
# Many tests wait for processes and browsers: one more worker than cores keeps the cores busy.
workers=$(.venv/bin/python -c 'import os; print(min(5, (os.cpu_count() or 1) + 1))')
.venv/bin/python -m pytest -n "$workers" --dist loadfile --no-loadscope-reorder "$@"
tests=$?

if [ "$checks" -ne 0 ]; then
    echo "A check failed before the tests; its lines stand above." >&2
fi
[ "$checks" -eq 0 ] && [ "$tests" -eq 0 ]
