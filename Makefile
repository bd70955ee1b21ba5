# `make demo` and `make test` are all a fresh machine with Python 3.11 or later needs; both install on first use.

# Bytecode is cached even where the environment forbids it: without the cache every start of Prefect takes much longer.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
UV := $(shell command -v uv || echo .uv/bin/uv)
RUN := .venv/bin/
INSTALLED := .venv/.installed

.PHONY: demo test test-ui screenshots test-spark check format lock install docs messages guide torture readers coverage \
	recovery-observational bench bench-check test-place test-container clean

demo: install ## run the night on the sample and show what came out
	$(RUN)mailworth demo

test: install ## run the tests
	$(RUN)python -m pytest -n 2 --dist loadscope --no-loadscope-reorder --ignore tests/ui

test-ui: install ## plan, approve and read the report in a browser; needs Debian's chromium
	$(RUN)python -m pytest tests/ui

screenshots: install ## the same, and its pictures into docs/images
	$(RUN)python -m pytest tests/ui --pictures docs/images

test-spark: .venv-spark/.installed ## run what computes on Spark, in an environment of its own; needs Java 17
	.venv-spark/bin/python -m pytest tests/spark

.venv-spark/.installed: requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-spark
	$(UV) pip install --quiet --python .venv-spark --constraint requirements.lock pytest hypothesis threadpoolctl
	$(UV) pip install --quiet --python .venv-spark --editable '.[spark]'
	@touch $@

check: install ## format, lint, types
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)mypy

format: install
	$(RUN)ruff format .
	$(RUN)ruff check --fix .

lock: $(UV) ## resolve the dependencies anew; the file names no registry
	$(UV) pip compile --universal --generate-hashes --python-version 3.11 --extra dev --no-header \
		--no-emit-index-url --upgrade pyproject.toml --output-file requirements.lock

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mailworth needs Python 3.11 or later; set PYTHON=...")'
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv requirements.lock
	$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@touch $@

# --target also works where the system's Python is externally managed.
.uv/bin/uv:
	$(PYTHON) -m pip install --quiet --root-user-action ignore --target .uv uv || { rm -rf .uv; $(PYTHON) -m venv .uv && .uv/bin/pip install --quiet uv; } \
		|| { echo "uv cannot be installed: install pip or venv for $(PYTHON), or uv itself"; exit 1; }

clean:
	rm -rf .venv .venv-spark .uv .prefect data/out data/warehouse.duckdb*

docs: install ## write the pages of tables and settings, and prefect.yaml
	$(RUN)python -m segmentation.contract.markdown > docs/warehouse.md
	$(RUN)python -m segmentation.settings.markdown > docs/settings.md
	$(RUN)python -m flows.prefect_yaml > prefect.yaml

LANGUAGES ?=
messages: install ## bring the catalogues of the report's languages up to date; LANGUAGES=de begins one
	$(RUN)python -m segmentation.reporting.messages $(LANGUAGES)

guide: install ## follow the guide and write what its queries print
	$(RUN)python -m tests.flows.guide

test-place: install ## deploy prefect.yaml on a Prefect server and run the sample through a worker; minutes
	$(RUN)python -m tests.place

test-container: install ## run the steps of the Containerfile in a clean Debian, and Mailworth in it; minutes
	$(RUN)python -m tests.container

KILLS ?= 200
torture: install ## kill the night at random moments; takes about half a minute a kill
	$(RUN)python -m tests.torture $(KILLS)

CAMPAIGNS ?= 2000
coverage: install ## count how often figures of made-up campaigns are right; 15 minutes, goes on where it was stopped
	OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 $(RUN)python -m tests.coverage $(CAMPAIGNS)
	$(RUN)python -m tests.coverage --markdown > docs/coverage.md

SIMULATIONS ?= 300
recovery-observational: install ## discard controls of experiments and count how often the truth comes back; minutes
	$(RUN)python -m tests.recovery_observational $(SIMULATIONS)

readers: install ## read without pause while nights run
	$(RUN)python -m tests.readers

SIZES ?= 100000 1000000
ROUNDS ?= 3
bench: install ## measure whole nights beside the least that they could take; an hour, goes on where it was stopped
	$(RUN)python -m benchmarks $(SIZES) --rounds $(ROUNDS)
	$(RUN)python -m benchmarks --markdown > docs/performance.md

bench-check: install ## compare the steps of a night with those of the last release; minutes
	$(RUN)python -m benchmarks.check
