# The two commands: `make demo` and `make test`. Everything else is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OPEN ?= 1
WORKSPACE ?= workspace
PORT ?= 8501
# Test files are shared out over so many processes, each with stores of its own.
TEST_WORKERS ?= 2
PYTEST_ARGS ?=
STAMP := $(VENV)/.synced

.PHONY: demo test check gates bench lock help

help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)

#: make demo    install, build the synthetic demo fleet, open the app on http://127.0.0.1:8501 (OPEN=0: build only)
demo: $(STAMP)
	$(BIN)/atoll demo --workspace $(WORKSPACE) --port $(PORT) $(if $(filter 0,$(OPEN)),--no-open,)

#: make test    run the whole suite; what this machine lacks is skipped with its reason (ATOLL_REQUIRE=neo4j,browser forbids that)
test: $(STAMP)
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile $(PYTEST_ARGS)

#: make check   ruff, mypy, import contracts, layout
check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_layout.py tests/test_import_contracts.py

#: make gates   the long gates in full (twenty kills, both stores, real data)
gates: $(STAMP)
	$(BIN)/python -m pytest --gates tests/gates $(PYTEST_ARGS)

#: make bench   every benchmark with its peer, as ratios
bench: $(STAMP)
	$(BIN)/python -m bench

#: make lock    resolve the bounds of pyproject.toml into requirements.lock
lock: $(BIN)/uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra pyspark --extra s3 --universal --python-version 3.11 --generate-hashes -q -o requirements.lock

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit("Atoll needs Python 3.11 or later, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

$(STAMP): requirements.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip sync --python $(BIN)/python --quiet --compile-bytecode requirements.lock
	$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --editable .
	touch $(STAMP)
