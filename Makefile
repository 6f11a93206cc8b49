# Everything runs in .venv, installed from the hash-pinned locks in requirements/.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test lint format generate lock bench clean node tracking

demo: .venv/runtime.done  ## tell the whole story on real data, in a scratch registry
	@$(BIN)/promoter demo

test: .venv/dev.done node tracking  ## run all tests, the slow ones too
	@$(BIN)/python -m pytest -rs -n 2 --dist worksteal

lint: .venv/dev.done  ## format, types, layers, generated files, workflows, the registry itself
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/generate.py --check
	$(BIN)/python tools/file_sizes.py
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --no-progress --quiet .github/workflows
	$(BIN)/promoter lint

format: .venv/dev.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: .venv/dev.done  ## write schemas/ and the generated pages of docs/
	$(BIN)/python tools/generate.py

bench: .venv/dev.done  ## measure; prints ratios to a floor from the same run
	$(BIN)/python -m tools.bench

lock: .venv/dev.done  ## resolve requirements/*.in anew
	cd requirements && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header runtime.in -o runtime.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c runtime.txt dev.in -o dev.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c runtime.txt tracking.in -o tracking.txt
	awk '/^uv==/{on=1} on&&/^ *# via/{exit} on{print}' requirements/dev.txt > .github/steps/installer.txt

node:  ## GitHub's own workflow parser, for the tests of triggers; without npm those tests are skipped, and counted
	@if command -v npm > /dev/null; then $(MAKE) -s tests/parser/node_modules/done; \
	else echo "SKIPPED: npm is not installed, so GitHub's workflow parser decides no trigger" >&2; fi

tests/parser/node_modules/done: tests/parser/package-lock.json
	cd tests/parser && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

tracking: .venv/dev.done  ## MLflow's own tracking server beside promoter; where it cannot be installed its tests are skipped, and counted
	@$(MAKE) -s .venv/tracking/done || echo "SKIPPED: MLflow is not installed, so no test meets a tracking server" >&2

.venv/tracking/done: requirements/tracking.txt
	$(BIN)/uv venv -q --clear --python $(BIN)/python .venv/tracking
	$(BIN)/uv pip install -q --python .venv/tracking/bin/python --require-hashes -r requirements/tracking.txt
	$(BIN)/uv pip install -q --python .venv/tracking/bin/python --no-deps --no-build-isolation -e .
	touch $@

.venv/python.done:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "promoter needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/runtime.done: .venv/python.done requirements/runtime.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.done: .venv/runtime.done requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
