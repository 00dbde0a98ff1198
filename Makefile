# make app    start the web app (the first time: makes .venv and installs what it needs)
# make test   run every test
# make check  lint, format and types; the page's scripts too where there is node
# make docs   write the generated pages of docs/ anew
# ARGS are handed on: make app ARGS="--port 8000", make test ARGS="tests/metrics -k rouge"

SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$name; break; fi; done)

.PHONY: app test check docs clean

app: $(VENV)/.app
	$(BIN)/python app.py $(ARGS)

# One torch thread a process: the tests' models are tiny, and two processes share the machine.
test: $(VENV)/.dev $(VENV)/.browser
	OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false $(BIN)/python -m pytest \
		-n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory node_modules/.lint && \
		npm run --silent lint; else echo "No node here: the scripts are not linted."; fi

docs: $(VENV)/.dev
	$(BIN)/python -m unlearn_core docs
	$(BIN)/python -m tools.rooms

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

# The stamps make a second run instant; a changed requirements file installs again.
$(VENV)/.app: requirements.txt | $(BIN)/pip
	@echo "Installing what Lethe needs; only the first time, and it takes some minutes."
	$(BIN)/python -m pip install -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(BIN)/pip
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@ $(VENV)/.app

node_modules/.lint: package.json
	npm install --silent --no-package-lock --no-fund --no-audit
	@touch $@

# Page tests need a Chromium. Where none can be installed they are skipped, so this never fails.
$(VENV)/.browser: $(VENV)/.dev
	@bash .ci/install_chromium $(BIN)/python || true
	@touch $@

$(BIN)/pip:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Lethe needs Python 3.11 or newer, and none was found on the PATH. Install one" \
		"(Debian, Ubuntu: apt install python3 python3-venv) or name it: make app PYTHON=/path/to/python3"; \
		exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu install its venv" \
		"package (apt install python3-venv), then run make again."; exit 1; }
