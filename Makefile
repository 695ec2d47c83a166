# `make site` and `make test` need Python 3.11 or later, git and make; they set up what else there is.

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p $(NEW_ENOUGH) >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade
MADE := .venv/made.stamp
SITE_READY := .venv/site.stamp
TEST_READY := .venv/test.stamp
WHEELS_READY := .wheelhouse/ready.stamp

.PHONY: help site serve test pictures lint bench lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 14

$(MADE):
	@$(or $(PYTHON),false) $(NEW_ENOUGH) 2>/dev/null || { \
		echo "Python 3.11 or later is needed$(if $(PYTHON),; $(PYTHON) is none,). Name one: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(SITE_READY): $(MADE) requirements/site.txt requirements/build.txt pyproject.toml
	@echo "Setting up .venv"
	@$(PIP) install -r requirements/build.txt -r requirements/site.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST_READY): $(SITE_READY) requirements/dev.txt
	@echo "Setting up the tools of the tests"
	@$(PIP) install -r requirements/dev.txt
	@touch $@

# The tests install the distribution without a network, from wheels that are fetched once.
$(WHEELS_READY): $(MADE) requirements/site.txt requirements/build.txt
	@rm -rf .wheelhouse
	@$(PIP) wheel --wheel-dir .wheelhouse --no-deps -r requirements/build.txt -r requirements/site.txt
	@touch $@

site: $(SITE_READY) ## Check the postmortems and build the site into site/
	@$(BIN)/postmortem check
	@$(BIN)/postmortem build --site-dir site -- --quiet
	@echo
	@echo "The site is in site/. Look at it with: make serve"

serve: $(SITE_READY) ## Show the site at http://127.0.0.1:8000/ and build it again when a file changes
	@$(BIN)/postmortem serve

test: $(TEST_READY) $(WHEELS_READY) ## Run every test
	@$(BIN)/python -m pytest

pictures: $(TEST_READY) ## Walk through the site in a browser, and take pictures of it into build/pictures/
	@rm -rf build/pictures
	@$(BIN)/python -m pytest -n 0 tests/browser/test_walks.py
	@echo
	@echo "The pictures are in build/pictures/: each kind of page, 1280 and 390 wide, light and dark."

lint: $(TEST_READY) ## Check style, types, imports and the hooks' manifests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml
	@$(BIN)/pre-commit validate-config .pre-commit-config.yaml

bench: $(TEST_READY) ## Measure, and print the figures of the README
	@$(BIN)/python benchmarks/check.py
	@$(BIN)/python benchmarks/hostile.py
	@$(BIN)/python benchmarks/site.py
	@$(BIN)/python benchmarks/reading.py
	@$(BIN)/python benchmarks/relations/measure.py

lock: $(TEST_READY) ## Resolve the newest versions and write them to requirements/
	$(LOCK) requirements/build.in -o requirements/build.txt
	$(LOCK) --extra site -c requirements/build.txt pyproject.toml -o requirements/site.txt
	$(LOCK) --extra site --group dev -c requirements/site.txt -c requirements/build.txt pyproject.toml -o requirements/dev.txt

clean: ## Remove what make made
	rm -rf .venv .wheelhouse site dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .postmortem-cache
