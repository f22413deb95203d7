# Few words: make help. PYTHON=python3.13 (name or path) picks a Python; WHEELS=wheels installs without network.
SHELL = /bin/sh
.DEFAULT_GOAL = help
.PHONY: help setup dev demo stop test check bench parity docs bundle lock clean

PYTHON =
WHEELS =
TESTS = tests
BENCH =
ENVIRONMENT = sh install/environment.sh --python "$(PYTHON)" $(if $(WHEELS),--wheels "$(WHEELS)")
BIN = .venv/bin
ROOMS = datasets models rules service

help:
	@echo "make setup    make .venv with everything that running needs"
	@echo "make demo     a synthetic city: import, run, the top alerts, and the console to look at them (out/demo)"
	@echo "make stop     stop the demo's console"
	@echo "make test     the tests                (TESTS=tests/rules for a part)"
	@echo "make check    ruff, mypy, import street"
	@echo "make bench    the bench city, timed    (BENCH='--people 2000' for a small one)"
	@echo "make parity   every live rule's tests on local Spark: equal values (needs Java 17; installs pyspark)"
	@echo "make docs     write the generated pages"
	@echo "make bundle   collect wheels, for offices without network: there make setup WHEELS=wheels"
	@echo "make lock     pin and hash the requirements again"
	@echo "make clean    remove .venv and everything generated, but never a lake"
	@echo "PYTHON=python3.13 picks a Python (3.11, 3.12 or 3.13; name or path), WHEELS=wheels a bundle."

setup:
	@$(ENVIRONMENT)

dev:
	@$(ENVIRONMENT) --dev

demo: setup
	@sh install/demo.sh

stop:
	@$(BIN)/python install/demo_console.py out/demo stop

test: dev
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(TESTS)

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: dev
	@$(BIN)/python -m benchmarks $(BENCH)

# pyspark is large and nobody needs it to run: it is installed here only, in the version that pyproject.toml pins
parity: dev
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group parity
	@GUANTONG_PARITY=1 $(BIN)/python -m pytest -q -rs --durations=5 $(or $(filter-out tests,$(TESTS)),$(wildcard tests/rules/test_parity_*.py))

docs: dev
	@$(BIN)/python -m docs.pages

bundle: dev
	@$(BIN)/python install/bundle.py $(or $(WHEELS),wheels)

# uv resolves once for all three Pythons; what is pinned stays pinned unless its line is removed first
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
	--custom-compile-command "make lock"
lock: dev
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(LOCK) --group pyproject.toml:build --constraints requirements.txt --output-file requirements-build.txt
	@$(LOCK) pyproject.toml --group pyproject.toml:dev --group pyproject.toml:build --constraints requirements.txt \
		--constraints requirements-build.txt --output-file requirements-dev.txt

clean:
	@rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
