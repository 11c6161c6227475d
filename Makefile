# Two commands matter: `make book` and `make test`. Each sets up all it needs, once.

PYTHON ?= python3
BIN    := .venv/bin
SOURCES = $(shell find book dnn -type f -not -path '*/.*' -not -name '*.pyc') _config.yml _toc.yml

define LINT
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python book/weave.py --check
endef

help:                         ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

book: _build/html/index.html  ## build the book into _build/html
	@echo "The book is at file://$(CURDIR)/_build/html/index.html"

quick: .venv/ready            ## lint, and run the program's tests, within a minute
	$(LINT)
	$(BIN)/pytest -q tests/program

test: .venv/ready book        ## test the program, the chapters and the rendered pages
	$(LINT)
	$(BIN)/pytest -q --cov=dnn --cov-report= --cov-fail-under=95 tests/program
	$(BIN)/pytest -q -n 2 tests/book
	$(BIN)/pytest -q --nbval -n 2 --dist loadscope book

site: .venv/ready book        ## run the tests that take long: whole pages, a wheel by itself
	$(BIN)/pytest -q -n 2 tests/site

lab: .venv/ready              ## open the chapters in JupyterLab
	$(BIN)/jupyter trust book/*.ipynb # or Lab would not show stored figures
	$(BIN)/jupyter lab book

serve: book                   ## serve the built book at http://localhost:8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

bench: .venv/ready            ## time training beside its floor, scikit-learn and PyTorch
	$(BIN)/python -m benchmarks

mutants: .venv/ready          ## plant every bug that mutmut knows, and list what no test notices
	$(BIN)/pip install --quiet --disable-pip-version-check mutmut==3.8.1
	$(BIN)/python tests/mutants.py

weave: .venv/ready            ## copy the definitions of dnn into the cells that quote them
	$(BIN)/python book/weave.py

experiments: .venv/ready      ## compute again the slow results that chapters load, minutes each
	@for script in $(sort $(wildcard book/results/*.py)); do echo $$script; $(BIN)/python $$script || exit 1; done

run: weave                    ## execute the chapters and store what they print
	$(BIN)/python book/run.py

clean:                        ## remove what was built, the environment included
	rm -rf .venv _build .pytest_cache .ruff_cache .hypothesis *.egg-info

.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
		{ echo "Python 3.11 to 3.14 is needed, for which the pinned packages exist, and $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

_build/html/index.html: .venv/ready $(SOURCES)
	$(BIN)/jupyter-book build . --all -W -n --keep-going
	@touch $@

.DELETE_ON_ERROR: # a book with warnings is no book
.PHONY: help book quick test site lab serve bench mutants weave experiments run clean
