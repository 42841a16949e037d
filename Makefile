# One virtual environment, made from the hash-pinned lists in requirements/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := service migrations tests bench
# What a run has shown of the promises: the tests of tests/chaos, and those elsewhere that are marked.
PROMISES := var/promises.json
define KEEP_PROMISES
	rm -f $(PROMISES)
	PROVE_ONLY=promises PROVE_PROMISES=$(PROMISES) $(BIN)/python -m pytest
	PROVE_PROMISES=$(PROMISES) $(BIN)/python -m pytest tests/chaos
endef

.DEFAULT_GOAL := help
.PHONY: help run test lint format prove prove-long promises audit catalogues bench lock clean

help:  ## what can be made here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run  ## install, migrate, load the shipped charter and serve on http://127.0.0.1:8000
	$(BIN)/gmg run

test: $(VENV)/dev  ## the tests, on SQLite and on a PostgreSQL that it starts by itself
	rm -f $(PROMISES)
	PROVE_PROMISES=$(PROMISES) $(BIN)/python -m pytest

lint: $(VENV)/prove  ## style, types, the floors of the house, models against migrations
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m migrations.check

format: $(VENV)/dev  ## put the sources into the house style
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

prove: $(VENV)/prove  ## kills, relays that fail, clocks that jump; what needs a browser and foreign programs (apt, npm; installs them where it may)
	deploy/faketime.sh
	@# What make test has just shown is not run again.
	[ -e $(PROMISES) ] || PROVE_ONLY=promises PROVE_PROMISES=$(PROMISES) $(BIN)/python -m pytest
	PROVE_PROMISES=$(PROMISES) $(BIN)/python -m pytest tests/chaos
	mv $(PROMISES) $(PROMISES:.json=-shown.json)
	$(BIN)/python -m tests.promises check $(PROMISES:.json=-shown.json)
	deploy/prove.sh $(BIN)

promises: $(VENV)/prove  ## the tests of the promises, and docs/promises.md written from what they have shown
	deploy/faketime.sh
	$(KEEP_PROMISES)
	$(BIN)/python -m tests.promises write $(PROMISES)

prove-long: export PROVE_LONG = 1
prove-long: export PROVE_MESSAGES = 1000
prove-long: export PROVE_SEEDS = 20
prove-long: export PROVE_STRIDE = 1
# Deadlines of the fleets are short, and more of them at once than there are processors miss them.
prove-long: export PYTEST_ADDOPTS = -n 2
prove-long: $(VENV)/prove  ## the same promises at full length: a thousand mails, twenty seeds, every statement, twenty years, every test on both databases
	deploy/faketime.sh
	$(KEEP_PROMISES)
	$(BIN)/python -m tests.promises write $(PROMISES)
	PROVE_YEARS=20 $(BIN)/python -m pytest tests/notifications/test_simulation.py -n 0
	ON_BOTH=1 $(BIN)/python -m pytest
	STATEFUL=200 $(BIN)/python -m pytest tests/threats/test_stateful.py
	PROVE_EXAMPLES=25 $(BIN)/python -m pytest tests/prove/test_openapi.py

catalogues: $(VENV)/dev  ## bring the catalogues of the six languages in step with the code
	$(BIN)/python -m service.language.update

bench: $(VENV)/prove  ## ratios against simple yardsticks, measured in one run
	$(BIN)/python -m bench $(ROOMS)

audit: $(VENV)/prove  ## list what this is made of (CycloneDX, var/sbom.json), and ask what is known against it
	$(BIN)/python -m tests.prove.audit

lock:  ## write requirements/*.txt anew (needs uv)
	deploy/lock.sh

clean:  ## forget the environment (state under var/ stays)
	rm -rf $(VENV)

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=python3.x"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The project itself is installed last, without its dependencies and without a build environment of its own.
$(VENV)/run: requirements/lock.txt pyproject.toml | $(VENV)/python
	$(PIP) install --require-hashes -r requirements/lock.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/prove: $(VENV)/dev requirements/prove.txt
	$(PIP) install --require-hashes -r requirements/prove.txt
	@touch $@
