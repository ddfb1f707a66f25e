# Each target sets up what it needs; `make` alone lists them.
# PYTHON names the Python that the environment is made with; ARGS goes to `make run`, PYTEST_ARGS to pytest.

PYTHON ?= python3
BIN := .venv/bin
SETARA := $(BIN)/python -m marketplace
INSTANCE ?= instance
# Each command is several processes of one program, which are to compile it once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check bench bench-kept bench-matching demo outcome gig clean environment environment-dev

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 22

run: environment ## start Setara on http://127.0.0.1:8000 with its own database (ARGS="--port 8001")
	@exec $(SETARA) --instance $(INSTANCE) $(ARGS)

test: ## run every test, the browser's included (PYTEST_ARGS="-k name")
	@$(call setup,--dev --solver without)
	@exec $(BIN)/python tools/run_tests.py

check: environment-dev ## style, types, walls between the rooms, migrations up, down and against the models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/test_migrations.py

BENCH := $(BIN)/python -m
bench: environment-dev ## measure the verbs that must be fast, on a database of its own
	@$(SETARA) with-database -- $(BENCH) tests.bench
	@$(SETARA) with-database -- $(BENCH) tests.bench.entries
	@$(SETARA) with-database -- $(BENCH) tests.bench.pages
	@$(SETARA) with-database -- $(BENCH) tests.bench.shift_day
	@$(SETARA) with-database -- $(BENCH) tests.bench.pay
	@$(SETARA) with-database -- $(BENCH) tests.bench.horizon
	@$(SETARA) with-database -- $(BENCH) tests.bench.instant
	@$(SETARA) with-web -- $(BENCH) tests.bench.storm
	@exec $(BIN)/python -m tests.bench.matching --most 10000 --patience 0

bench-kept: environment-dev ## measure them on a machine that does nothing else, and keep it in docs/benchmarks.md
	@$(MAKE) bench BENCH="$(BIN)/python -m tests.bench.keeping"

bench-matching: environment-dev ## measure plans of a thousand to a million people, and write docs/benchmarks.md
	@exec $(BIN)/python -m tests.bench.matching --keep $(ARGS)

demo: environment ## play the newspapers' story with a thousand people; leaves its world for `make run`, and a report
	@exec $(SETARA) with-jobs --instance $(INSTANCE) -- $(BIN)/python -m examples.story

outcome: environment ## play it on a database of its own and keep what it comes to, for `make demo` to compare with
	@exec $(SETARA) with-jobs -- $(BIN)/python -m examples.story --keep

gig: environment ## play one gig from post to payslip over REST alone, on a service of its own
	@exec $(SETARA) with-service -- $(BIN)/python -m examples.one_gig

clean: ## stop what runs, then remove the environment, the data and the caches
	@if [ -x $(BIN)/python ]; then $(SETARA) stop --instance $(INSTANCE) --remove-data; fi
	@rm -rf .venv $(INSTANCE) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@$(call setup,)

environment-dev:
	@$(call setup,--dev)

setup = command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer." >&2; exit 3; }; \
	$(PYTHON) tools/setup_venv.py $(1)
