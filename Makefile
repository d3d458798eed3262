# Everything runs from a clean clone: what is missing is made first, nothing is installed twice.
# Start here: `make book`, then `make test`.

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# The Python of the environment that is there, so that PYTHON is named once; before there is one, python3.
ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell $(BIN)/python -Sc '' 2>/dev/null && echo $(BIN)/python || echo python3)
endif
# In another locale Python 3.11 reads the path of a folder with letters beyond ASCII wrongly, and does not start.
export LC_ALL := C.UTF-8
# Nor do the charts' packages start without their docstrings, which a level of 2 takes out.
unexport PYTHONOPTIMIZE

.DEFAULT_GOAL := help
.PHONY: accept-pictures audit bench book check clean handout help lab metadata notebooks packages pins reference \
	release test $(READY)

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

book: $(READY)  ## build the book into _build/html (COURSE=my-course.toml your own version, SITE=https://… its address)
	@$(BIN)/python -m coursebook build

check: $(READY)  ## check code, settings and data, and run the tests that need no build
	@$(BIN)/python -m coursebook check

test: $(READY) browser firefox fonts libraries poppler java  ## build the book afresh and run all tests, in real browsers too
	@$(BIN)/python -m coursebook test

accept-pictures: book browser  ## accept how every figure and kind of page looks now, after looking at what changed
	@$(BIN)/python -m pytest -q -n auto tests/test_pictures.py --accept-pictures

bench: book browser  ## measure pages, builds and growth, and the usual recipe beside ours, into bench/RESULTS.md (a quarter of an hour; PART=pages does one part)
	@$(BIN)/python -m bench $(PART)

handout: $(READY) libraries  ## typeset the PDF editions into _build/handout (LESSON=5 one booklet, HANDOUT_PAPER=letter, HANDOUT_CODE=1)
	@$(BIN)/python -m coursebook handout --lesson $(or $(LESSON),0)

lab: $(READY)  ## open the lessons as live notebooks in JupyterLab (your copies, in the folder lab; LAB=--no-browser)
	@$(BIN)/python -m coursebook lab $(LAB)

audit: $(READY)  ## report what a person should look at in the data: thin sources, wide ranges, exceptions
	@$(BIN)/python -m coursebook audit

metadata: $(READY)  ## make data/datapackage.json of data/meta and the tables, after rows were added or a column described
	@$(BIN)/python -m coursebook metadata

reference: $(READY)  ## make docs/authoring.md of the docstrings of roles and directives, after one was added or changed
	@$(BIN)/python -m coursebook reference

notebooks: $(READY)  ## write the lessons as .ipynb, and a zip of executed copies, into _build/notebooks
	@$(BIN)/python -m coursebook notebooks

packages: $(READY)  ## write what other programs take (learning platforms, e-readers, Excel) into dist (ONLY=epub makes one; ONLY=scorm LESSON=5 a lesson)
	@$(BIN)/python -m coursebook packages --only "$(ONLY)" --lesson $(or $(LESSON),0)

release: book notebooks handout packages  ## make everything and write it, with checksums, to _build/release
	@$(BIN)/python -m coursebook release

clean:  ## remove what was built, but not the environment
	rm -rf _build dist .pytest_cache .hypothesis .ruff_cache

pins: $(READY)  ## resolve requirements.in into requirements.txt anew (UPGRADE=--upgrade renews every version)
	@$(BIN)/python -m uv pip compile requirements.in pyproject.toml --output-file requirements.txt --universal \
	  --python-version 3.11.2 --generate-hashes --quiet --custom-compile-command "make pins" $(UPGRADE)

# The environment, exactly as pinned: looked at each time, made anew where it is not as it should be.
$(READY):
	@$(PYTHON) -ISc 'f""' 2>/dev/null \
	|| { echo "There is no Python 3 named $(PYTHON): install Python 3.13, then type make PYTHON=python3.13 book." >&2; exit 1; }
	@$(PYTHON) -m coursebook.environment

# What the machine must have beside Python and make: looked for, installed where that is allowed (by root, from Debian's
# packages), else named. The tests need all of it, the handout the libraries.
BROWSER   := chromium
FIREFOX   := firefox-esr
FONTS     := fontconfig fonts-liberation
LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
POPPLER   := poppler-utils
JAVA      := default-jre-headless
INSTALL    = { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && export DEBIAN_FRONTEND=noninteractive && apt-get update -qq \
	&& apt-get install -y -qq --no-install-recommends $(1) >/dev/null; }
NAME       = { echo "$(1) (Debian: apt-get install $(2)) and run make again." >&2; exit 1; }
.PHONY: browser firefox fonts libraries poppler java
.NOTPARALLEL:  # two installations at once would lock each other out

# The system's Chromium, else Debian's package, else Playwright's own.
browser: $(READY)
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
	|| $(BIN)/python -c 'import sys; from pathlib import Path; from playwright.sync_api import sync_playwright as s; p = s().start(); ok = Path(p.chromium.executable_path).exists(); p.stop(); sys.exit(not ok)' \
	|| $(call INSTALL,$(BROWSER)) \
	|| $(BIN)/python -m playwright install chromium \
	|| $(call NAME,The tests need a browser: install Chromium,$(BROWSER))

# The other browser that the tests drive; CHROMIUM and FIREFOX in the environment name others.
firefox:
	@[ -n "$$FIREFOX" ] || command -v firefox-esr >/dev/null 2>&1 || command -v firefox >/dev/null 2>&1 \
	|| $(call INSTALL,$(FIREFOX)) \
	|| $(call NAME,The tests need a second browser: install Firefox,$(FIREFOX))

# Charts are set in Arial; where it is missing, Liberation Sans has its widths.
fonts:
	@fc-list 2>/dev/null | grep -qiE 'arial|liberation ?sans' \
	|| $(call INSTALL,$(FONTS)) \
	|| [ "$$(uname)" != Linux ] \
	|| $(call NAME,The tests need Arial or Liberation Sans: install the fonts,$(FONTS))

# What the typesetter calls. It works without the last one too, which it asks for by a warning.
libraries: $(READY)
	@$(BIN)/python -W error:HarfBuzz-Subset -c 'import weasyprint' >/dev/null 2>&1 \
	|| $(call INSTALL,$(LIBRARIES)) \
	|| $(BIN)/python -W ignore -c 'import weasyprint' >/dev/null 2>&1 \
	|| $(call NAME,The handout needs the libraries Pango and HarfBuzz: install them,$(LIBRARIES))

# Poppler reads the text of the printed editions for their tests.
poppler:
	@command -v pdftotext >/dev/null 2>&1 \
	|| $(call INSTALL,$(POPPLER)) \
	|| $(call NAME,The tests need pdftotext: install Poppler,$(POPPLER))

# EPUBCheck, which looks at the e-book, is a program for Java.
java:
	@java -version >/dev/null 2>&1 \
	|| $(call INSTALL,$(JAVA)) \
	|| $(call NAME,The tests need Java: install it,$(JAVA))
