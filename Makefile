# Everything a person or CI starts. `make help` prints the lines that carry two hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements-dev.txt
UV ?= uv
export PYTHONPATH := $(CURDIR)
.DEFAULT_GOAL := help
.PHONY: help setup run test lint types imports clients client bench rows openapi breaks roles lock
MAKEFLAGS += --no-print-directory

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

setup: ## make the Python environment in .venv from the hash-locked requirements (only when they changed)
	@if ! { [ -x $(BIN)/python ] && $(BIN)/python -c '' 2>/dev/null && cmp -s $(LOCK) $(VENV)/installed.txt; }; then \
	  command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or later." >&2; exit 1; }; \
	  $(PYTHON) deploy/local/machine.py || exit 1; \
	  echo "Making the Python environment in $(VENV) (a minute or two, once) ..."; \
	  rm -f $(VENV)/installed.txt; \
	  $(PYTHON) -m venv --clear $(VENV) || { echo "The Python environment could not be made in $(VENV)." >&2; exit 1; }; \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --only-binary :all: \
	    --require-hashes -r $(LOCK) \
	    || { echo "The locked packages could not be installed: is a Python package index in reach?" >&2; exit 1; }; \
	  cp $(LOCK) $(VENV)/installed.txt; \
	fi

run: setup ## start everything on http://127.0.0.1:8000: database, four services, demonstration (Ctrl-C stops it)
	@exec $(BIN)/python -m deploy.local.run

test: setup lint types imports ## run every check: format, lint, types, import contracts, then all tests
	@exec $(BIN)/python -m pytest $(ARGS)

lint: setup ## check format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: setup ## check types, strictly
	@$(BIN)/mypy

imports: setup ## check the import contracts: who may import whom
	@$(BIN)/lint-imports

clients: setup ## generate, compile and play the client journeys (needs the other languages' tools, see .ci/run)
	@exec $(BIN)/python -m tests.clients

client: setup ## build the typed Python client as a wheel in build/clients/python-package/dist
	@exec $(BIN)/python -m deploy.clients.python.publish

bench: setup ## measure the speed rows beside their limits and write the table
	@exec $(BIN)/python -m tests.performance

rows: setup ## show every row of the capabilities with its tests
	@exec $(BIN)/python -m tests.rows $(ARGS)

openapi: setup ## write the OpenAPI document of each service and the merged one
	@exec $(BIN)/python -m deploy.openapi

breaks: setup ## say what a client of the last release would meet otherwise today
	@$(BIN)/python -m deploy.api_changes $(ARGS)

roles: setup ## print the SQL that makes the database roles on a PostgreSQL of your own
	@exec $(BIN)/python -m deploy.postgres.roles

LOCKS := requirements requirements-dev requirements-bench requirements-clients requirements-standard

lock: ## write requirements*.txt anew from requirements*.in (needs uv)
	@for each in $(LOCKS); do \
	  $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade $$each.in -o $$each.txt || exit 1; \
	done
	@! grep -n '://' $(LOCKS:=.txt) || { echo "The lock names a host: take that line out." >&2; exit 1; }
