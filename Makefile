# feedsvc: `make run` serves the sample seeds, `make test` passes every check.
# Needs Python 3.11 or newer and make; everything else comes into $(VENV).

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
CONSTRAINTS = config/constraints.txt
# Each process has a PostgreSQL server, extraction workers and ports of its own.
TEST_PROCESSES ?= 2

.PHONY: run test lint format bench bench-million accuracy soak fuzz clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	$(VENV)/bin/feedsvc serve

test: lint $(VENV)/.installed-dev
	$(VENV)/bin/python -m pytest -n $(TEST_PROCESSES) --dist worksteal

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

format: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

# How fast it is, beside Hugo, Pelican and nginx; tests/benchmarks/README.md. An hour or two.
bench: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.benchmarks

# Ingestion alone, at a million documents: hours, and 20 GB below TMPDIR.
bench-million: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.benchmarks --parts ingestion --sizes 1000000 --alone --name $$(date -u +%F)-million

# How right extraction is, on a corpus beside the checkout; tests/accuracy/README.md.
accuracy: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.accuracy

# The tests that kill and break things, for many more rounds than `make test` has time for (more
# than a day), and all nasty files.
soak: $(VENV)/.installed-dev
	SOAK_ROUNDS=20 SOAK_RELOADS=20 SOAK_HUNG_S=60 SOAK_FILES=1000 SOAK_GOOD=1000 SOAK_TROUBLE_S=62 SOAK_HOURS=24 $(VENV)/bin/python -m pytest tests/e2e -v -s
	SANITIZE_EXAMPLES=100000 $(VENV)/bin/python -m pytest tests/ingest/test_sanitize_mutations.py
	SOAK_EVERY=1 SOAK_KILL_ROUNDS=200 SOAK_KILL_FILES=2000 SOAK_LONG_ROUNDS=20 SOAK_FROZEN_S=30 \
		SOAK_LOCKED_S=60 $(VENV)/bin/python -m pytest tests/faults -v -s
	SOAK_STORES=300 $(VENV)/bin/python -m pytest tests/services/test_determinism.py -v
	SOAK_EVERY=1 SOAK_CODE_POINT_FILES=3000 \
		$(VENV)/bin/python -m pytest tests/feeds/test_code_points.py tests/services/test_checks.py \
		tests/store/test_migrations.py -v
	SOAK_ATTACKS_TOGETHER=1 SOAK_ATTACKS_BITING=1000 SOAK_ATTACKS_EVERY=1 SOAK_REQUESTS_EVERY=1 \
		$(VENV)/bin/python -m pytest tests/attacks tests/web/test_hostile_requests.py -v -s
	SOAK_SCHEDULES=1000 $(VENV)/bin/python -m pytest tests/services/test_pollers.py -v

# What no list of payloads thought of, by coverage; see tests/fuzz/README.md.
FUZZ_S ?= 300

fuzz: $(VENV)/.installed-fuzz
	for target in decode dump sanitize; do $(VENV)/bin/python -m tests.fuzz $$target .fuzz/$$target \
		-max_total_time=$(FUZZ_S) -artifact_prefix=.fuzz/$$target- || exit 1; done

clean:
	rm -rf $(VENV) .feedsvc .fuzz build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find feedsvc tests migrations -name __pycache__ -type d -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "feedsvc needs Python 3.11 or newer; none was found" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	$(PIP) install --constraint $(CONSTRAINTS) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --constraint $(CONSTRAINTS) --editable '.[dev]'
	@touch $@

$(VENV)/.installed-fuzz: $(VENV)/.installed-dev
	$(PIP) install --constraint $(CONSTRAINTS) --editable '.[fuzz]'
	@touch $@
