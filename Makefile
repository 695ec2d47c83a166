# `make site` and `make test` need Python 3.11 or later, git and make; they set up what else there is.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SITE_READY := .venv/site.stamp
TEST_READY := .venv/test.stamp

.PHONY: help site serve test lint bench lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 14

.venv/made.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later was not found; name one: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@touch $@

$(SITE_READY): .venv/made.stamp requirements/site.txt requirements/build.txt pyproject.toml
	@echo "Setting up .venv"
	@$(PIP) install -r requirements/build.txt -r requirements/site.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# The tests install the distribution without a network, from wheels that are fetched once.
$(TEST_READY): $(SITE_READY) requirements/dev.txt
	@echo "Setting up the tests"
	@$(PIP) install -r requirements/dev.txt
	@$(PIP) download --dest .wheelhouse --prefer-binary -r requirements/build.txt -r requirements/site.txt
	@touch $@

site: $(SITE_READY) ## Check the postmortems and build the site into site/
	@$(BIN)/postmortem check
	@$(BIN)/postmortem build --site-dir site -- --quiet
	@echo
	@echo "The site is in site/. Look at it with: make serve"

serve: $(SITE_READY) ## Show the site at http://127.0.0.1:8000/ and build it again when a file changes
	@$(BIN)/postmortem serve

test: $(TEST_READY) ## Run every test
	@$(BIN)/python -m pytest

lint: $(TEST_READY) ## Check style, types and imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml
	@$(BIN)/pre-commit validate-config .pre-commit-config.yaml

bench: $(TEST_READY) ## Measure, and print the figures of the README
	@$(BIN)/python benchmarks/check.py

lock: ## Resolve the versions again; needs uv
	uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade --extra site pyproject.toml -o requirements/site.txt
	uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade requirements/build.in -o requirements/build.txt
	uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade --extra site --group dev -c requirements/site.txt -c requirements/build.txt pyproject.toml -o requirements/dev.txt

clean: ## Remove what make made
	rm -rf .venv .wheelhouse site dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
