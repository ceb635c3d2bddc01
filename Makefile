# Two commands: `make demo` and `make test`. `make env` makes the environment alone.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PINS   := requirements/run.txt requirements/dev.txt
WEB    := $(shell find web-map -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
ASSETS := src/goldenhour/publish/assets/map.html

.PHONY: env demo test lint bench clean

env: $(STAMP) $(ASSETS)

$(STAMP): $(PINS) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(ASSETS): $(WEB) $(STAMP)
	PYTHON=$(BIN)/python sh scripts/build_web_map

demo: env
	$(BIN)/goldenhour demo

test: env
	PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/check
	PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/test

lint: env
	PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/check

clean:
	rm -rf $(VENV) src/goldenhour/publish/assets web-map/node_modules .mypy_cache .ruff_cache .pytest_cache
