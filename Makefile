# Two commands: `make demo` and `make test`. `make env` makes the environment alone; `make bench-times`,
# `make bench-siting` and `make bench-picture` measure beside peers and beside the truth.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BENCH  := .venv-bench
STAMP  := $(VENV)/.installed
PINS   := requirements/run.txt requirements/dev.txt
WEB    := $(shell find web-map -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
ASSETS := src/goldenhour/publish/assets
PAGE   := $(ASSETS)/map.html
FONTS  := $(ASSETS)/fonts/Vazirmatn_700Bold.ttf

.PHONY: env demo test lint bench-times bench-siting bench-picture clean

env: $(STAMP) $(PAGE) $(FONTS)

$(STAMP): $(PINS) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	@echo "Installing the libraries (a few minutes, once) ..."
	$(BIN)/python -m pip install --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(PAGE): $(WEB) $(STAMP)
	@echo "Building the map page ..."
	PYTHON="$(CURDIR)/$(BIN)/python" sh scripts/build_web_map

$(FONTS): fonts/package-lock.json $(STAMP)
	@echo "Fetching the brief's fonts ..."
	PYTHON="$(CURDIR)/$(BIN)/python" sh scripts/build_fonts

demo: env
	$(BIN)/goldenhour demo

test: env
	PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/check
	PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/test

lint: env
	PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/check

# The peers get an environment of their own: the product never sees them.
$(BENCH)/.installed: requirements/bench.txt pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --require-hashes -r requirements/bench.txt
	$(BENCH)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

bench-times: $(BENCH)/.installed
	$(BENCH)/bin/python -m benchmarks.times $(BENCH_ARGS)

bench-siting: $(BENCH)/.installed
	$(BENCH)/bin/python -m benchmarks.siting $(BENCH_ARGS)

bench-picture: env
	$(BIN)/python -m benchmarks.picture $(BENCH_ARGS)

clean:
	rm -rf $(VENV) $(BENCH) $(ASSETS) web-map/node_modules fonts/node_modules .mypy_cache .ruff_cache .pytest_cache
