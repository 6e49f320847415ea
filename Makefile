# Wijkwijzer's commands. Each begins with set-up, which does only what is not done yet.
.DEFAULT_GOAL := help
.PHONY: help setup train demo demo-data test test-fast test-e2e fuzz run check bench nlu-report audit lock clean

# Any Python 3.11 or newer starts set-up; after that everything runs in .venv.
PYTHON := $(shell for python in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
APP := .venv/bin
args ?=
seed := $(shell date +%s)

help:  ## show these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## both environments and the trained model
	@$(if $(PYTHON),,$(error Wijkwijzer needs Python 3.11 or newer. On Debian or Ubuntu: apt-get install python3 python3-venv))
	@$(PYTHON) -m tools.setup

train: setup  ## train Rasa if its data, pipeline or components changed

demo: setup  ## everything on this machine, with example data; no token needed
	@$(APP)/wijkwijzer demo $(args)

demo-data: setup  ## the demo with a played year behind it, to look at the web page
	@$(APP)/wijkwijzer demo --year $(args)

run: setup  ## the real bot, with the settings in .env
	@$(APP)/wijkwijzer run $(args)

test: setup  ## all tests, two files at a time (args="-k draught" to choose)
	@$(APP)/python -m tools.setup --browser
	@$(APP)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(args)

test-fast: setup  ## the tests without Rasa, browser and real processes
	@$(APP)/python -m pytest -m "not rasa and not e2e and not slow" $(args)

test-e2e: setup  ## the tests with Rasa, browser and real processes
	@$(APP)/python -m tools.setup --browser
	@$(APP)/python -m pytest -m "rasa or e2e" $(args)

fuzz: setup  ## ten times the fuzz cases of the tests, others each time (seed=8 to see the same again)
	@echo "seed $(seed)"
	@FUZZ_TIMES=10 $(APP)/python -m pytest tests/fuzz -q --hypothesis-seed=$(seed) $(args)

check: setup  ## lint, types, import rules, texts and flows
	@$(APP)/ruff check .
	@$(APP)/ruff format --check .
	@$(APP)/mypy
	@$(APP)/lint-imports
	@$(APP)/wijkwijzer check
	@$(APP)/wijkwijzer flows draw --check
	@$(APP)/wijkwijzer handoff draw --check
	@$(APP)/wijkwijzer figures write --check
	@$(APP)/python -m pytest --quiet --no-header -W ignore tests/test_dependencies.py
	@$(APP)/wijkwijzer roles write --check

bench: setup  ## the numbers in docs/performance.md
	@$(APP)/python -m benchmarks $(args)

nlu-report: setup  ## measures the understanding beside Rasa's default; an hour (args=--without-default: minutes)
	@$(APP)/python -m tools.nlu_report $(args)

audit: setup  ## look for known holes in what is installed; asks the network, so it is not in check
	@$(APP)/uvx pip-audit --requirement requirements.lock --require-hashes --disable-pip
	@-$(APP)/uvx pip-audit --requirement nlu/requirements.lock --require-hashes --disable-pip

lock: setup  ## write the lock files anew
	@$(APP)/python -m tools.lock

clean:  ## remove what set-up made; keeps the database and .env
	rm -rf .venv nlu/.venv nlu/.venv-diet var/models var/report var/logs var/browsers var/setup.lock *.egg-info .*_cache
