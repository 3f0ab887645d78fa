# Every target makes its own virtual environment: nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= auto
# Ledgers wait for the disk at every commit: tests keep theirs in memory where there is such a place.
SCRATCH := $(shell test -w /dev/shm && echo /dev/shm || echo $${TMPDIR:-/tmp})

.PHONY: demo test check bench lint docs picture clean help
.DEFAULT_GOAL := help

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(STAMP): pyproject.toml escsync/__init__.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(STAMP)

demo: $(STAMP)  ## a board, a plan, its application and a silent second pass, on a local tracker
	$(BIN)/escsync demo --dir demo

test: $(STAMP)  ## all tests
	TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test  ## ruff, mypy --strict and all tests

bench: $(STAMP)  ## what a pass costs; prints tables
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=min,median,max,rounds -p no:xdist -p no:cacheprovider

docs: $(STAMP)  ## the documentation as a site in site/, every link checked; needs no network
	$(BIN)/python docs/site_check.py

picture: $(STAMP)  ## the picture of the board in the README
	$(BIN)/python docs/picture.py

clean:
	rm -rf $(VENV) dist build demo site
