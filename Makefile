# make run    set everything up and start the app
# make test   set everything up and run all tests, browser tests included
# make check  formatting, lint and types
# make bench  every benchmark, as ratios beside a peer
# make real   real tables of ../shared/data from file to leaderboard, in Chromium
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench real clean
.DELETE_ON_ERROR:

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Outfold needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv .venv; }

.venv/app.done: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.done: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch .venv/app.done $@

run: .venv/app.done
	$(BIN)/python -m streamlit run app.py

test: .venv/dev.done
	sh tests/browser/bring_chromium.sh $(BIN)/python
	$(BIN)/python -m pytest -n auto -m "not browser and not cluster"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "(browser or cluster) and not shared"

real: .venv/dev.done
	sh tests/browser/bring_chromium.sh $(BIN)/python
	$(BIN)/python -m pytest -s -m shared

check: .venv/dev.done
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy

bench: .venv/dev.done
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
