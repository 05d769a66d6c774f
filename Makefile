.DEFAULT_GOAL := help
.PHONY: help run check test test-quick lint types layers bench evidence times coverage mutants docs clean

PORT ?= 8501
HEADLESS ?= true
WORKERS ?= auto
LAYER ?= decision
PY := .venv/bin/python
# What one process of the tests has compiled the others read: some hundred of them start, and each would compile anew.
test test-quick times evidence: export PYTHONDONTWRITEBYTECODE :=
MEASURING := $(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[measure]"

# The first interpreter that really runs and is new enough; PYTHON=... overrides the search.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.stamp ## solve the bicycle example, print the recommendation, serve the app (PORT=8501, HEADLESS=true)
	.venv/bin/codp solve scenarios/bicycles --out out/bicycles
	@echo "The app: http://localhost:$(PORT) (Ctrl-C stops it)"
	@exec $(PY) -m engine.ui.serve --server.port $(PORT) --server.headless $(HEADLESS)

check: lint types layers test ## what every change must pass

test: .venv/.stamp ## run every test, on every core (WORKERS=auto; 0: one after the other)
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile

test-quick: .venv/.stamp ## run a room's tests but the longest (LAYER=decision)
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --quick tests/$(LAYER) engine/$(LAYER)

lint: .venv/.stamp ## check style
	@$(PY) -m ruff check .

types: .venv/.stamp ## check types
	@$(PY) -m mypy engine $(wildcard app.py)

layers: .venv/.stamp ## check that imports point down
	@.venv/bin/lint-imports

bench: .venv/.stamp ## measure speed
	@$(PY) -m benchmarks

evidence: .venv/.stamp ## reproduce the figures of the documentation, in full
	@CODP_EVIDENCE=full $(PY) -m pytest -m evidence -p no:randomly

times: .venv/.stamp ## list the tests that take longest (docs/evidence/suite.md)
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --ignore tests/browser -p no:randomly --junitxml=out/times.xml || true
	@$(PY) -m tests.pages.suite out/times.xml

coverage: .venv/.stamp ## count the lines and branches that tests reach (docs/evidence/coverage.md)
	@$(MEASURING)
	@rm -rf out/coverage
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --ignore tests/browser -p no:randomly --cov --cov-context=test \
		--cov-report= -o junit_family=xunit1 --junitxml=out/coverage/times.xml || true
	@$(PY) -m tests.pages.coverage

mutants: .venv/.stamp ## change the code at random and see whether a test notices (after coverage; docs/evidence/mutants.md)
	@$(MEASURING)
	@$(PY) -m tests.mutants
	@$(PY) -m tests.mutants page

docs: .venv/.docs ## build the documentation site into out/site, its links checked
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict --quiet
	@echo "python3 -m http.server --directory out/site 8000   # then open http://localhost:8000"

clean: ## remove the environment, caches and results
	rm -rf .venv out build dist test-results *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.stamp: pyproject.toml constraints.txt
	@python="$(PYTHON)"; \
	if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "codp needs Python 3.11 or newer, and found none: install it, or name it: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi; \
	echo "Setting up .venv with $$("$$python" --version)"; \
	"$$python" -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

.venv/.docs: .venv/.stamp
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[docs]"
	@touch $@
