# Three doors: `make demo`, `make test`, `make bench`. The first two need nothing but Debian or Ubuntu with Python 3.11 or newer
# (python3, python3-venv), make and git. PYTHON, VENV, PORT, DEMO_DIR, DEMO_FLAGS and PYTEST_FLAGS may be set on the command line.
#   make demo     builds the demo the first time, then serves what is there; DEMO_FLAGS=--fresh builds a new one
#   make quick    lint, types and the tests that need no server, browser or system package: for while one works
#   make test     everything; says which system packages it installs before it does
#   make exhaustive  what `make test` tries at its ends alone: every version of a symbol, every layout with every hostile word
#   make mutants  breaks the code on purpose, COUNT random changes of SEED, and prints what no test notices (docs/mutation.md)
#   make faults   kills processes and breaks disks for long, and prints what was lost (docs/faults.md)
#   make audit    rules of our own, bandit, advisories, licences, list of parts, ASVS (docs/security.md)
#   make guides   takes the pictures of the guides anew and writes docs/vi/ and the PDFs of /help
#   make release  checks that this tree can be released; RELEASE=yes also makes the tag
PYTHON ?= python3
VENV ?= .venv
PORT ?=
DEMO_DIR ?= demo-data
BIN = $(VENV)/bin

.PHONY: demo test exhaustive faults mutants quick bench audit guides lint types lock release clean

demo: $(VENV)/.runtime
	$(BIN)/python -m labelsvc demo --dir $(DEMO_DIR) $(if $(PORT),--port $(PORT)) $(DEMO_FLAGS)

# A browser on a busy machine may lose a race that no reader would see: its own errors, and no
# assertion of ours, get a second try, and pytest names those that took it.
test: $(VENV)/.test
	sh tools/debian-packages.sh
	$(MAKE) lint types
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile -m "not exhaustive" --reruns=1 --only-rerun='^(Error|TimeoutError): (Page|Locator|Frame|ElementHandle|BrowserContext)[.]' $(PYTEST_FLAGS)

exhaustive: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses=auto -m exhaustive $(PYTEST_FLAGS)

faults: $(VENV)/.test
	$(BIN)/python -m tests.faults $(FAULTS_FLAGS)

# The first time it runs the tests once, to learn which of them execute which line: kept in .mutants.
mutants: $(VENV)/.test
	$(BIN)/python -m tools.mutants $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) $(if $(ROOMS),--rooms $(ROOMS)) $(MUTANTS_FLAGS)

# The tests on SQLite without tests/web, worker, e2e and bench, and without those marked server or
# slow (tests/quick.py): no PostgreSQL, no Chromium, no other process.
quick: $(VENV)/.test
	$(MAKE) lint types
	$(BIN)/python -m pytest --quick --numprocesses=auto --dist=loadfile $(PYTEST_FLAGS)

guides:
	LABELSVC_GUIDES=labelsvc/static/help $(BIN)/python -m pytest -q -n0 tests/e2e/test_guides.py
	PYTHONPATH=. $(BIN)/python tools/guides.py

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	sh tools/subjects.sh

types: $(VENV)/.test
	$(BIN)/mypy

# The rivals live in a virtual environment of their own: nothing of ours can come to lean on them.
bench: $(VENV)-bench/.bench
	$(VENV)-bench/bin/python -m tests.bench

# So do the tools of the audit, which need the libraries that they judge.
audit: $(VENV)-audit/.audit
	$(VENV)-audit/bin/python -m tools.audit $(CHECKS)

# A fresh Debian lacks the module that makes virtual environments: tools/venv.sh adds it.
$(VENV)/bin/python:
	PYTHON=$(PYTHON) sh tools/venv.sh $(VENV)

$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/runtime.txt
	touch $@

$(VENV)/.test: requirements/test.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/test.txt
	touch $@ $(VENV)/.runtime

$(VENV)-bench/.bench: requirements/bench.txt
	[ -x $(VENV)-bench/bin/python ] || PYTHON=$(PYTHON) sh tools/venv.sh $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --require-hashes --requirement requirements/bench.txt
	touch $@

$(VENV)-audit/.audit: requirements/audit.txt
	[ -x $(VENV)-audit/bin/python ] || PYTHON=$(PYTHON) sh tools/venv.sh $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet --require-hashes --requirement requirements/audit.txt
	touch $@

# Resolve again. Only the hashed exports are committed: lock files name the registry they came from.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-header --no-annotate pyproject.toml
lock:
	$(LOCK) -o requirements/runtime.txt
	$(LOCK) --extra scale -o requirements/scale.txt
	$(LOCK) --extra hsm -o requirements/hsm.txt
	$(LOCK) --extra oidc -o requirements/oidc.txt
	$(LOCK) --group test -o requirements/test.txt
	$(LOCK) --group audit -o requirements/audit.txt
	$(LOCK) --group test --group bench -o requirements/bench.txt

# The checks of a release; with RELEASE=yes the tag as well. CONTRIBUTING.md has the steps.
release: $(VENV)/.test
	$(BIN)/python tools/release.py $(if $(filter yes,$(RELEASE)),--tag)

clean:
	rm -rf $(VENV) $(VENV)-3.13 $(VENV)-bench $(VENV)-audit build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .mutants
