# Everything here sets up what it needs: `make demo` and `make test` work on a fresh Debian with Python and pip.
# PYTHON names the interpreter (3.11 or later).
PYTHON ?= python3
DEV := .venv
RUN := .venv-run
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test test-python lint format lock site screenshots study mutate bench bench-all dev run system

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo: run ## the whole thing on real data: verdict, result.json, report.html
	@$(RUN)/bin/payoff demo

test: system dev ## every check there is, but the slow studies
	@bash scripts/test

test-python: dev ## the checks that need no system package
	@bash scripts/test --no-system

lint: dev ## style, types, rooms
	@bash scripts/lint

format: dev ## put the code into the house style
	@$(DEV)/bin/ruff check --fix --quiet . || true
	@$(DEV)/bin/ruff format .

lock: ## lock the newest versions that fit pyproject.toml
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@UV=.venv-lock/bin/uv bash scripts/lock.sh --upgrade

site: dev ## the documentation site, with the live reports of the examples: build/site
	@$(DEV)/bin/python scripts/build_site.py

screenshots: dev ## the pictures of README and docs anew, from payoff demo in Chromium
	@bash scripts/system.sh chromium=chromium
	@$(DEV)/bin/python scripts/screenshots.py

study: dev ## the slow proofs, and R's reference numbers once more
	@bash scripts/system.sh Rscript=r-base-core
	@bash scripts/study

mutate: dev ## break the statistics and verdicts on purpose and see whether their tests notice
	@PYTHONPATH=src:. PYTHONHASHSEED=0 nice -n 10 $(DEV)/bin/python scripts/mutate.py --watch
	@PYTHONPATH=src:. PYTHONHASHSEED=0 nice -n 10 $(DEV)/bin/python scripts/mutate.py
	@PYTHONPATH=src:. $(DEV)/bin/python scripts/validation_page.py

bench: dev ## speed and memory beside a bare scan, scikit-learn, Evidently and NannyML
	@$(DEV)/bin/python -m benchmarks sizes

bench-all: dev ## every size, every peer, how cost grows, real flights, Spark; keeps the figures
	@$(DEV)/bin/python -m benchmarks all --write
	@$(DEV)/bin/python -m benchmarks tell

dev:
	@bash scripts/venv.sh $(DEV) requirements/dev.txt requirements/source.txt

run:
	@bash scripts/venv.sh $(RUN) requirements/runtime.txt

system:
	@bash scripts/system.sh chromium=chromium java=openjdk-17-jre-headless \
	  '/usr/lib/postgresql/*/bin/initdb=postgresql'
