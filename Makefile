# The commands of this repository. Everything is set up in .venv; nothing is installed outside of it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
ARGS ?=

.PHONY: help
help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.complete ## Prepare .venv with everything at its locked version

.venv/.complete: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Codimir needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
		{ echo "Python cannot make virtual environments here; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

.PHONY: serve
serve: setup ## Serve on http://127.0.0.1:3000 with SQLite in ./data
	@exec $(BIN)/codimir serve $(ARGS)

.PHONY: test
test: setup ## Run the whole suite, on SQLite and on PostgreSQL, and with Chromium and node where they are
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
		echo "Without Chromium the tests in a browser are skipped; on Debian and Ubuntu: apt install chromium" >&2
	@{ command -v node && command -v npm; } >/dev/null || \
		echo "Without node and npm the tests with clients of others are skipped; on Debian and Ubuntu: apt install nodejs npm" >&2
	$(BIN)/pytest $(ARGS)

.PHONY: lint
lint: setup lint-pages ## Check format, style, imports and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

.PHONY: lint-pages
lint-pages: ## Check the scripts and styles of the pages, where npm is
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-pages; \
	elif [ -n "$$CI" ]; then echo "CI has no node or no npm; .ci/run installs them" >&2; exit 1; \
	else echo "Without node and npm the scripts of the pages are not checked; on Debian and Ubuntu: apt install nodejs npm" >&2; fi

.PHONY: check-pages
check-pages: node_modules/.complete
	node_modules/.bin/biome check --error-on-warnings .
	node_modules/.bin/tsc

node_modules/.complete: package.json package-lock.json .npmrc
	@npm ci --ignore-scripts --silent
	@touch $@

.PHONY: check
check: lint test ## The gate: exactly what CI runs

.PHONY: format
format: setup ## Format the code and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory format-pages; fi

.PHONY: format-pages
format-pages: node_modules/.complete
	node_modules/.bin/biome check --write .

.PHONY: bench
bench: setup ## Measure the hot paths beside a hand-written floor
	$(BIN)/python -m benchmarks $(ARGS)

.PHONY: growth
growth: setup ## Measure how the cost of a request grows with the number of tickets, up to 1.2 million
	$(BIN)/python -m benchmarks.growth $(ARGS)

.PHONY: against
against: setup ## Measure the hot paths beside an earlier build: make against ARGS=REVISION
	$(BIN)/python -m benchmarks.against $(ARGS)

.PHONY: batches
batches: setup ## Measure how many tickets a second a batch creates beside single creates
	$(BIN)/python -m benchmarks.batches $(ARGS)

.PHONY: kills
kills: setup ## Kill a server a hundred times while it writes, and look for what it lost
	$(BIN)/python -m tools.kills $(ARGS)

.PHONY: powercuts
powercuts: setup ## Cut the power of a server five hundred times, and look for what it lost; needs strace
	$(BIN)/python -m tools.powercuts $(ARGS)

.PHONY: counters
counters: setup ## Take 10,000 random steps on both databases, and compare the counters of tickets with counts
	CODIMIR_COUNTER_STEPS=10000 $(BIN)/pytest tests/tickets/test_counters.py -k sequence -n 0 $(ARGS)

.PHONY: fuzz
fuzz: setup ## Send what the API document allows and what it forbids, as three people, and hold it against every reply
	$(BIN)/python -m tools.fuzz_api $(ARGS)

.PHONY: messages
messages: setup ## Collect the texts of the pages into the catalogue of each language
	$(BIN)/python tools/messages.py

.PHONY: screenshots
screenshots: setup ## Take a picture of each page, light, dark and on a phone, into docs/screenshots
	$(BIN)/python tools/screenshots.py $(ARGS)

.PHONY: events
events: setup ## Write docs/events.md from the docstrings of the event types
	$(BIN)/python -m codimir.events.documenting

.PHONY: live
live: setup ## Measure the live stream: how soon a change arrives, what a thousand listeners cost
	$(BIN)/python -m benchmarks.live $(ARGS)

.PHONY: lock
lock: setup ## Lock the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --group dev \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
