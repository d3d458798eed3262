# Everything runs from a clean clone: what is missing is made first, nothing is installed twice.
# Start here: `make book`, then `make test`.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: accept-pictures bench book clean handout help lab notebooks test

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

book: $(READY)  ## build the book into _build/html
	@$(BIN)/python -m caliphate_course.build

test: $(READY) browser fonts pango poppler  ## build the book afresh and run all tests, in a real browser too
	@$(BIN)/python -m ruff check --quiet . && $(BIN)/python -m ruff format --check --quiet . \
	|| { echo "Write it as the formatter does: .venv/bin/ruff check --fix . && .venv/bin/ruff format ." >&2; exit 1; }
	@rm -rf _build/html _build/executed _build/.doctrees _build/pages.digest
	@$(BIN)/python -m caliphate_course.build
	@$(BIN)/python -m pytest -n auto --dist loadgroup

accept-pictures: book browser  ## accept how every figure and kind of page looks now, after looking at what changed
	@$(BIN)/python -m pytest -q -n auto tests/test_pictures.py --accept-pictures

bench: book browser  ## measure pages, builds and growth, and the usual recipe beside ours, into bench/RESULTS.md (a quarter of an hour; PART=pages does one part)
	@$(BIN)/python -m bench $(PART)

handout: $(READY) pango  ## typeset the PDF editions into _build/handout (HANDOUT_PAPER=letter, HANDOUT_CODE=1)
	@$(BIN)/python -m caliphate_course.handout

lab: book  ## open the lessons as live notebooks in JupyterLab (your copies, in the folder lab)
	@$(BIN)/python -m caliphate_course.lab
	@JUPYTER_CONFIG_PATH="$(CURDIR)/binder/jupyter" $(BIN)/python -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/lab/index.ipynb

notebooks: book  ## write the lessons as .ipynb, and a zip of executed copies, into _build/notebooks
	@$(BIN)/python -m caliphate_course.notebooks

clean:  ## remove what was built, but not the environment
	rm -rf _build .pytest_cache .hypothesis .ruff_cache

# The environment, exactly as pinned. The stamp is renewed only when the pins or the package's own metadata change.
$(READY): requirements.txt pyproject.toml
	@echo "installing the environment into $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	|| { echo "This needs Python 3.11, 3.12 or 3.13: try make PYTHON=python3.12 book." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# A browser for the tests: the system's Chromium, else Debian's package, else Playwright's own.
.PHONY: browser
browser: $(READY)
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
	|| $(BIN)/python -c 'import sys; from pathlib import Path; from playwright.sync_api import sync_playwright as s; p = s().start(); ok = Path(p.chromium.executable_path).exists(); p.stop(); sys.exit(not ok)' \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	|| $(BIN)/python -m playwright install chromium \
	|| { echo "The tests need a browser: install Chromium (Debian: apt-get install chromium) and run make test again." >&2; exit 1; }

# What the system must bring. As root on Debian it is installed; elsewhere a sentence says what is missing.
# $(1): a command that succeeds where it is there; $(2): Debian's packages; $(3): what is missing, in words.
define system
@{ $(1); } >/dev/null 2>&1 \
|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2) >/dev/null; } \
|| { echo "$(3) (Debian: sudo apt-get install $(2))." >&2; exit 1; }
endef

.PHONY: fonts pango poppler
fonts:  # charts are set in Arial; where it is missing, Liberation Sans has its widths
	$(call system,[ "$$(uname)" != Linux ] || fc-list | grep -qiE 'arial|liberation ?sans',fontconfig fonts-liberation,The tests need Arial or Liberation Sans)

poppler:  # reads the text of the printed editions for their tests
	$(call system,command -v pdftotext,poppler-utils,The tests need pdftotext)

pango: $(READY)  # sets the handout's lines
	$(call system,$(BIN)/python -c 'import weasyprint',libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0,The handout needs Pango and HarfBuzz)
