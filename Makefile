# Two commands do all the set-up: `make demo` and `make test`. `make check` comes before a commit.

UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --no-sync
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: lint demo test check environment dagster golden clean

environment: .venv/.made

.venv/.made: uv.lock pyproject.toml $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	$(UV) sync --frozen --compile-bytecode --quiet
	@touch $@

# uv makes the environment from the lock file; where it is missing, pip brings it, into the project.
.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv

# FAULTS=1 puts documented faults into the source systems after they were read, to see what stops a publication.
demo: environment
	$(RUN) kpi demo-sources
	$(RUN) kpi extract
	$(if $(FAULTS),$(RUN) kpi demo-sources --faults)
	$(RUN) kpi demo-history --unless-exists
	$(RUN) kpi run --no-extract
	@echo
	@echo "warehouse  build/warehouse.duckdb      finance reads schema kpi"
	@echo "pages      build/pages/index.html      open it in a browser"
	@echo "ledger     build/ledger                kpi verify checks it"

# Files of tests are shared out among processes, one for each core; more than four would want much memory.
test: environment
	$(RUN) pytest --numprocesses auto --maxprocesses 4 --dist loadfile

# What needs no test to be seen: form, types, and whether what is made from the specs and the code is current.
lint: environment
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) kpi check
	$(RUN) kpi compile --check
	$(RUN) kpi reference --check

check: lint
	$(RUN) pytest -m "not demo and not browser"

# The same graph in Dagster's own pages; its history lies in build/dagster.
dagster: environment
	mkdir -p build/dagster
	cp orchestration/dagster.yaml build/dagster/
	DAGSTER_HOME=$(CURDIR)/build/dagster $(RUN) dagster dev

golden: environment
	$(RUN) pytest tests/findings --update-golden
	$(RUN) kpi reference

# Everything that a run makes anew. The ledger and its anchors stay: they are history, and no run can make that again.
clean:
	rm -rf target logs
	find build -mindepth 1 -maxdepth 1 ! -name ledger ! -name anchors ! -name closes ! -name runs ! -name spot_checks -exec rm -rf {} +
