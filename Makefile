# Every target sets itself up: Python 3.11+, git and make are all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: setup demo serve test browser check format faults replies bench lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Soundings needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name one that is: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV): a minute or two, the first time only" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup          ## a whole campaign with 200 simulated residents, then the phones in the browser
	@$(BIN)/soundings demo $(ARGS)

serve: setup         ## web, scheduler and delivery in one process
	@$(BIN)/soundings serve $(ARGS)

test: setup          ## every test, on SQLite and on a real PostgreSQL
	@$(BIN)/pytest -n auto $(ARGS)

browser:             ## the chromium in which pages are tested, from Debian's or Ubuntu's own packages; needs root
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes chromium >/dev/null; \
	} || { echo "The browser tests need chromium, which is not here. On Debian or Ubuntu: sudo make browser. Elsewhere: put chromium on the PATH." >&2; exit 1; }

check: setup         ## format, lint, types, floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

replies: setup       ## how well replies are understood: right, missed, wrong by kind and language
	@$(BIN)/python -m tests.replies.report $(ARGS)

faults: setup        ## everything that can break does, on both databases; bounded; then the audit
	@$(BIN)/python -m faults $(ARGS)

bench: setup         ## every ratio of docs/performance.md, its two sides in one run; ARGS=--quick for a first look
	@$(BIN)/python -m benchmarks $(ARGS)

lock:                ## pin anew after a change of pyproject.toml
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --no-header pyproject.toml --group build -o requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --no-header pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) build *.egg-info
