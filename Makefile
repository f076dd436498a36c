# Every target sets up what it needs in .venv by itself; plain `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest -n auto --dist loadgroup
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
# Pinned, so that a new release can't break the build.
TYPESCRIPT := typescript@7.0.2
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help site serve verify check test test-heavy coverage lint js-types format mutants clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

site: $(VENV)/core ## verify what is not verified yet, build the site into site/
	$(BIN)/metazoo verify --check --quiet || $(MAKE) verify
	$(BIN)/mkdocs build --strict
	@echo "Built site/: open site/index.html"

serve: $(VENV)/core ## serve the site, reloading on every change
	$(BIN)/metazoo verify --check --quiet || $(MAKE) verify
	$(BIN)/mkdocs serve

verify: $(VENV)/verify ## measure what changed, compare it with the index, write the records
	$(BIN)/metazoo verify

check: $(VENV)/core ## check the index without measuring
	$(BIN)/metazoo check

test: $(VENV)/dev ## run the quick tests, which cover every capability
	$(PYTEST) -m 'not heavy'

test-heavy: $(VENV)/dev ## run the other tests: whole site, all snippets, Ray, …
	$(PYTEST) -m 'heavy or hypothesis' --hypothesis-profile heavy

coverage: $(VENV)/dev ## run all tests, report which branches they take
	$(PYTEST) --cov --cov-report=term --cov-report=html

lint: $(VENV)/dev js-types ## check format, lint, types and the order of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

js-types: ## check the types of the site's scripts; needs npx of Node.js
	@if command -v npx >/dev/null; then npx --yes -p $(TYPESCRIPT) tsc; \
	else echo "npx is not installed: the types of the site's scripts are NOT checked" >&2; fi

format: $(VENV)/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

mutants: $(VENV)/mutants ## change the code a little, see whether the tests notice
	$(BIN)/python benchmarks/mutants.py

clean: ## remove what was built, the environment included
	rm -rf $(VENV) site htmlcov .coverage* .cache .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "metazoo needs Python 3.11 or newer; name one: make PYTHON=python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A file a set of packages stands for its being installed and current.
$(VENV)/core: $(VENV)/bin/pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[charts,docs]'
	@touch $@

$(VENV)/verify $(VENV)/dev $(VENV)/mutants: $(VENV)/core
	$(INSTALL) -e '.[$(@F)]'
	@touch $@
