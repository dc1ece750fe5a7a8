# `make chip` and `make test` set up what they need. PYTHON chooses the interpreter, 3.11 to 3.13.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# the demonstration chips; `make chip DESIGNS="tapeout/designs/*.yaml"` builds every design there is
DESIGNS := $(addprefix tapeout/designs/,monitor.yaml sensor.yaml transmitter.yaml)
OUT ?= build/chips

.PHONY: chip test lint types validate kits bench docs setup lock clean

chip: $(READY)
	$(BIN)/lingnan chip $(DESIGNS) --out $(OUT)

test: $(READY)
	$(BIN)/pytest -m "not validate" -n 2 --dist worksteal $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

# the report first, then the slow tests; both run to their end
validate: $(READY)
	status=0; $(BIN)/python -m lingnan.solvers.validation --out build/validation || status=1; \
	$(BIN)/pytest -m validate -p no:cacheprovider $(ARGS) || status=1; exit $$status

# public kits by their cells alone: what they ask for beside (an account, a router with a closed licence) is left out
kits: $(READY)
	$(BIN)/pip install -q --no-deps -r requirements/kits.txt
	$(BIN)/pytest tests/pdk/test_drc_public.py $(ARGS)

bench: $(READY)
	$(BIN)/pip install -q -r requirements/bench.txt
	for script in benchmarks/[a-z]*.py; do $(BIN)/python $$script || exit 1; done

docs: $(READY)
	$(BIN)/python docs/build.py

setup: $(READY)

$(READY): pyproject.toml setup.py requirements/dev.txt tools/setup
	PYTHON=$(PYTHON) VENV=$(VENV) tools/setup
	touch $@

lock:
	$(BIN)/uv pip compile -q --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile -q --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11 --extra dev pyproject.toml -c requirements/runtime.txt -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11 --extra bench pyproject.toml -c requirements/runtime.txt -o requirements/bench.txt

clean:
	rm -rf build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
