# The commands of the project. `make` alone lists them. Works with the make of macOS (3.81).

.DEFAULT_GOAL := help
PORT ?= 8050
PYTEST ?=
export PORT
# Where this is set, every process compiles pandas and all else anew: a command then takes three times as long to start.
unexport PYTHONDONTWRITEBYTECODE
python := .venv/bin/python
# Tests run in another order each time; in continuous integration in one that can be had again.
order := $(if $(CI),--randomly-seed=1)

.PHONY: help setup run setup-dev browser lint format test test-without-browser torture check mutants bench contract docs screenshots lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv and install what Throughline needs
	@sh .ci/setup requirements.txt

run: setup ## Serve the dashboard on 127.0.0.1 (PORT=8050)
	@exec $(python) app.py serve

setup-dev: setup
	@sh .ci/setup requirements-dev.txt

browser:
	@sh .ci/browser

lint: setup-dev ## Check style, formatting and types
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy

format: setup-dev ## Put the code into the house format
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

# Files go to the processes in the order of their names: tests/browser, the longest, is early. The usual order, files with
# many tests first, would leave it for the end, where one process waits for the other.
test: setup-dev browser lint ## Install what the tests need and run everything, real browser included
	@$(python) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(order) $(PYTEST)

check: lint ## Lint, types and the quick tests (left out: tests/slow.py; a tenth of the random examples)
	@FEW_EXAMPLES=1 $(python) -m pytest -m "not slow and not browser and not torture" --numprocesses auto --maxprocesses 4 \
	    --dist loadfile $(order) $(PYTEST)

test-without-browser: setup-dev lint ## Run everything that needs no browser
	@$(python) -m pytest -m "not browser and not torture" --ignore tests/browser $(PYTEST)

torture: setup-dev ## Kill, fill, corrupt, crowd and confuse it, with fresh examples (again: SEED=number; docs/reliability.md)
	@seed=$${SEED:-$$(date +%s)}; echo "Examples are drawn with TEST_SEED=$$seed; again: make torture SEED=$$seed"; \
	    TEST_SEED=$$seed nice $(python) -m pytest -m "torture or seeded" --durations=20 tests $(PYTEST)

mutants: setup-dev ## Put small faults into the product and see which no test notices (COUNT=100 SEED=n ONLY=data/facts)
	@nice $(python) -m mutants $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) $(MUTANTS)

bench: setup-dev ## Measure speed; prints a table and writes bench.json
	@-sh .ci/browser
	@$(python) -m benchmarks

contract: setup-dev ## Check client and API against OpenAPI documents: Jira's (needs npm) and our own (EXAMPLES=n SEED=n)
	@tests/api_contract/run
	@PATH="$(CURDIR)/.venv/bin:$$PATH" tests/contract/run

docs: setup-dev ## Write the generated pages under docs/
	@$(python) -m docs.generate

screenshots: setup-dev browser ## Take the pictures under docs/images/ again
	@$(python) -m docs.screenshots

lock: setup-dev ## Resolve requirements*.in into pinned requirements*.txt (needs the network)
	@$(python) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" requirements.in -o requirements.txt
	@$(python) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" requirements-extras.in -c requirements.txt -o requirements-extras.txt
	@$(python) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean: ## Remove .venv, caches and what tests and benchmarks wrote
	@rm -rf .mutants .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis test-results bench.json .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
