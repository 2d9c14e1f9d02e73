# Everything a person does with this checkout. Nothing but make, sh and Python 3.11+ is needed.

.DEFAULT_GOAL := help
.PHONY: help run test check bench aws lock clean install install-dev
.NOTPARALLEL:

LOCK = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

# Where the system can do it, killing make the hard way also ends the bot it started.
ATTACHED = $(shell setpriv --pdeathsig KILL true 2>/dev/null && echo setpriv --pdeathsig KILL)

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' Makefile | while IFS='|' read -r name does; do \
		printf 'make %-6s %s\n' "$$name" "$$does"; done

run: install ## install what is locked and start the bot; without Slack tokens: the playground
	@exec $(ATTACHED) .venv/bin/python app.py

test: install-dev ## install what is locked, then run every check and every test
	@sh scripts/test.sh $(ARGS)

check: install-dev ## formatting, lint, types and import contracts
	@sh scripts/check.sh

bench: install ## measure what docs/performance.md claims, briefly
	@.venv/bin/python -m benchmarks.run_all $(ARGS)

aws: install ## run AWS's MCP servers as published, against a double of AWS (500 MB into build/ the first time)
	@.venv/bin/python -m benchmarks.aws $(ARGS)

lock: ## write the lock files anew from requirements*.in (needs uv; ARGS=--upgrade for new versions)
	$(LOCK) $(ARGS) requirements.in -o requirements.lock
	$(LOCK) $(ARGS) requirements.in requirements-dev.in -c requirements.lock -o requirements-dev.lock
	$(LOCK) $(ARGS) requirements-uv.in -o requirements-uv.lock

clean: ## remove .venv and what tools left behind; keeps .opstream, the data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@PYTHON='$(PYTHON)' sh scripts/install.sh requirements.lock

install-dev:
	@PYTHON='$(PYTHON)' sh scripts/install.sh requirements-dev.lock
