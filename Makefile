# The two commands of the README are `make run` and `make test`; the others are for developers.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check audit wheel lock model clean

run: .venv/.run
	@$(BIN)/ecoute run --once || [ $$? -eq 1 ]
	@echo "Pour votre commerce : mv sources.yaml demo.yaml && $(BIN)/ecoute init"
	@echo "  (for your own shop: the same)"
	@echo "Écoute reste en marche ; Ctrl-C l’arrête. (It stays up; Ctrl-C stops it.)"
	@exec $(BIN)/ecoute --quiet run

test: .venv/.dev
	@sh .ci/install-test-servers
	$(BIN)/pytest -rs --numprocesses auto --maxprocesses 4 --dist loadfile

# What CI runs before the tests.
check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Ask the package index for known faults in what is pinned; licences are a test.
audit: .venv/pyvenv.cfg
	@PYTHON=$(BIN)/python sh .ci/audit

# The same commit gives the same bytes, wherever it is built: tests/test_supply_chain.py.
wheel: .venv/.dev
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m hatchling build -t wheel

# Pin every dependency anew, with hashes, for every platform.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"
lock: .venv/pyvenv.cfg
	$(BIN)/pip install --quiet uv
	$(LOCK) --upgrade pyproject.toml requirements.in --output-file requirements.lock
	$(LOCK) --extra dev --extra keyring --extra neural --extra notify --extra pdf \
		--constraints requirements.lock pyproject.toml requirements.in \
		--output-file requirements-dev.lock
	$(LOCK) --upgrade .ci/audit.in --output-file .ci/audit.lock

# Train the scorer `ecoute` anew from the corpus; the same corpus gives the same file.
# Texts of other kinds, from which the model starts; beside the repository.
DATA ?= ../shared/data/sentiment
model: .venv/.dev
	$(BIN)/python -m monitor.sentiment.train corpus/sentiment $(DATA)

clean:
	rm -rf .venv

.venv/pyvenv.cfg:
	@sh .ci/make-venv $(PYTHON)

.venv/.run: requirements.lock pyproject.toml | .venv/pyvenv.cfg
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/pyvenv.cfg
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@ .venv/.run
