# The tasks of a checkout. `make` alone lists them.
PYTHON ?= python3
RUN := .venv/bin/python -m
INSTALLED := .venv/installed
AXE := .venv/axe-core/package/axe.min.js
# What a release is made with, and where it goes.
RELEASE := .venv/release
DIST ?= dist
KUBERNETES := .venv/kubernetes
TYPEORM := .venv/typeorm/installed
# Of TypeORM 1 the same tests, in a folder of its own.
TYPEORM_1 := .venv/typeorm-1
ROWS ?= 200
FAULTS ?= all
CRASHES ?= 25
MAJOR ?= 16
CONTAINED ?= tests/servers tests/facts tests/migrations/test_round_trip.py
# Such as --short, or --majors 14 18 --pythons 3.12
MATRIX ?=
# The names of mutants: the twentieth of each function that has so many.
MUTANTS ?= *__mutmut_20
# benchmarks/ has more, which take arguments or minutes.
BENCHMARKS ?= help catalog
# Schema pairs, which tests/corpus/runner.py describes.
CORPUS ?= ../shared/corpus/pairs.jsonl

EXTRAS := docker,otel,sqlalchemy,mcp,fleet
CHECKSUMS = cd '$(DIST)' && sha256sum gnkmigrate* > SHA256SUMS

# Tests start the command hundreds of times: its byte code is made once, whatever the shell wishes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo image browser typeorm kubernetes docs test test-docker test-image test-faults test-matrix mutation coverage corpus lint format bench dist sbom clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(INSTALLED) ## make .venv with the gnkmigrate command in it
	@echo 'Ready: .venv/bin/gnkmigrate --help'

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed: make PYTHON=python3.11 setup'; exit 1; }
	$(PYTHON) -m venv .venv
	$(RUN) pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(INSTALLED)

demo: $(INSTALLED) ## show the whole way on an embedded server: audit, migrate, undo (ROWS=200)
	@$(RUN) gnkmigrate demo --rows $(ROWS)

test: $(INSTALLED) ## run the tests on an embedded PostgreSQL (ARGS="-k upgrade")
	$(RUN) pytest --numprocesses auto --dist worksteal $(ARGS)

test-matrix: $(INSTALLED) ## run the tests on PostgreSQL 14 to 18 and each Python (MATRIX=--short)
	$(RUN) tests.matrix $(MATRIX)

test-docker: $(INSTALLED) ## run tests on a PostgreSQL in a container (MAJOR=16)
	GNKMIGRATE_TEST_SERVER=docker GNKMIGRATE_TEST_MAJOR=$(MAJOR) \
		$(RUN) pytest -rs --numprocesses auto $(CONTAINED) $(ARGS)

image: ## build the image gnkmigrate (Docker; IMAGE_OPTIONS='--build-arg MAJORS="16 17"')
	docker build $(IMAGE_OPTIONS) --tag gnkmigrate .

test-image: $(INSTALLED) ## build the image and audit with it (Docker)
	GNKMIGRATE_TEST_IMAGE=1 $(RUN) pytest -rs tests/image $(ARGS)

docs: $(INSTALLED) ## build the documentation into build/docs
	$(RUN) mkdocs build --quiet --strict

browser: $(AXE) ## install what tests look at the HTML report with (Debian, as root; npm)
	@command -v chromium && command -v chromedriver || \
		{ apt-get update --quiet --quiet && \
		apt-get install --quiet --quiet --yes --no-install-recommends chromium chromium-driver; }

# It tells what keeps people out of a page. Under the MPL-2.0: fetched, never kept here.
$(AXE): $(INSTALLED)
	@mkdir -p .venv/axe-core
	cd .venv/axe-core && npm pack --silent axe-core@4.14.1 && tar --touch -xzf axe-core-4.14.1.tgz

typeorm: $(TYPEORM) ## install what tests know of TypeORM by: 0.3, 1, TypeScript (Node.js, npm)

kubernetes: $(KUBERNETES) ## install what the examples for Kubernetes are held against (PyPI)

# It brings the schemas of Kubernetes' API. Under the Apache-2.0; 72 MB, so that it is no part of setup.
$(KUBERNETES): $(INSTALLED)
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-compile --upgrade \
		--target $(KUBERNETES) kubernetes-validate==1.37.0 importlib-resources==7.1.0

$(TYPEORM): $(INSTALLED) Makefile
	npm install --prefix .venv/typeorm --silent --no-audit --no-fund \
		typeorm@0.3.31 pg@8.16.3 pg-query-stream@4.10.3 typescript@5.9.3 @types/node@22.18.0
	npm install --prefix $(TYPEORM_1) --silent --no-audit --no-fund \
		typeorm@1.1.1 pg@8.16.3 typescript@7.0.2 @types/node@22.18.0 \
		drizzle-kit@0.31.11 drizzle-orm@0.45.2
	@touch $(TYPEORM)

test-faults: $(INSTALLED) ## cut every phase at every round trip; crash; write all the while (FAULTS=all)
	GNKMIGRATE_FAULTS=$(FAULTS) GNKMIGRATE_CRASHES=$(CRASHES) GNKMIGRATE_WRITES=20000 \
		GNKMIGRATE_OPERATIONS=100000 GNKMIGRATE_SHAPES=1000 GNKMIGRATE_ROLES=all \
		$(RUN) pytest --numprocesses auto --dist worksteal tests/migrations/test_faults.py \
		tests/migrations/test_concurrent_writers.py tests/migrations/test_optional_faults.py \
		tests/migrations/test_optional_writers.py tests/operations/test_shapes.py \
		tests/operations/test_split_shapes.py tests/operations/test_roles.py

coverage: $(INSTALLED) ## run the tests, and list the lines and branches that none of them reaches
	$(RUN) pytest --numprocesses auto --cov --cov-report=term-missing:skip-covered $(ARGS)

mutation: $(INSTALLED) ## change diff/ in small ways, and see whether its tests notice (MUTANTS='*')
	$(RUN) pip install --quiet --disable-pip-version-check mutmut==3.8.1
	HYPOTHESIS_PROFILE=ci $(RUN) mutmut run '$(MUTANTS)'
	$(RUN) mutmut results

corpus: $(INSTALLED) ## plan and run pairs of schemas, both ways (CORPUS=FILE ARGS="--only enum")
	@if [ -f '$(CORPUS)' ]; then \
		$(RUN) tests.corpus --pairs '$(CORPUS)' $(ARGS); \
	else \
		echo 'There are no pairs of schemas: $(CORPUS) is missing.'; \
	fi

lint: $(INSTALLED) ## check style, types, and which room imports which
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	.venv/bin/lint-imports --no-logo

format: $(INSTALLED) ## put the code into the house's form
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: $(INSTALLED) ## measure what has to stay fast
	@for benchmark in $(BENCHMARKS); do \
		echo "$$benchmark"; .venv/bin/python "benchmarks/$$benchmark.py" || exit 1; \
	done

dist: $(RELEASE) ## build the wheel and the sdist into dist/, with checksums (DIST=FOLDER)
	rm -f '$(DIST)'/gnkmigrate*
	PIP_CONSTRAINT=requirements.txt $(RELEASE)/bin/python -m build --outdir '$(DIST)' .
	@$(CHECKSUMS)

# What the wheel needs with all of its extras, as it was pinned for the tests.
sbom: $(RELEASE) ## write the bill of materials of dist/'s wheel as CycloneDX (DIST=FOLDER)
	rm -rf '$(DIST)/environment'
	$(PYTHON) -m venv --without-pip '$(DIST)/environment'
	$(RELEASE)/bin/pip --quiet --python '$(DIST)/environment/bin/python' install \
		--no-compile --constraint requirements.txt "$$(ls '$(DIST)'/*.whl)[$(EXTRAS)]"
	$(RELEASE)/bin/cyclonedx-py environment --output-reproducible --output-format JSON \
		--output-file '$(DIST)/gnkmigrate.cdx.json' '$(DIST)/environment/bin/python'
	rm -rf '$(DIST)/environment'
	@$(CHECKSUMS)

$(RELEASE): $(INSTALLED)
	$(PYTHON) -m venv $(RELEASE)
	$(RELEASE)/bin/pip install --quiet --disable-pip-version-check build==1.6.1 cyclonedx-bom==7.5.0

clean: ## remove .venv and what the tools have left
	rm -rf .venv .import_linter_cache mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
