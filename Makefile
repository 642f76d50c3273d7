# Each target does the installing that it needs.
PYTHON ?= python3
BIN := .venv/bin
export OPENBLAS_NUM_THREADS ?= 1
# What the image holds: every extra but bulk, which is large and no part of the service.
IMAGE := --extra apprise --extra mcp --extra slack-app --extra workers

.PHONY: install demo test lint audit bench lock quality replay reliability openapi clean

install: .venv/.installed

.venv/.installed: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing locked dependencies into .venv (a minute or two the first time) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install
	@$(BIN)/monitor demo --exit

test: lint
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: install
	@$(BIN)/python .ci/audit

bench: install
	@$(BIN)/python -m benchmarks --page

reliability: install
	@$(BIN)/python -m benchmarks.reliability

quality: install
	@$(BIN)/python -m benchmarks.quality

openapi: install
	@$(BIN)/python -m monitor.web.api > docs/openapi.json

replay: install
	@$(BIN)/python -m benchmarks.replay

lock:
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(IMAGE) pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras --group dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
