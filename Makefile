# Every target prepares what it needs by itself; a second run only looks whether it is still there.
PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test check lint coverage bench proof fuzz docs pictures site clean

help: ## show this list
	@sed -n 's/^\([a-z]*\): ## /  make \1	/p' Makefile

demo: ## play the LED-fan case through the real commands; the pack's path is the last line
	@scripts/prepare
	@$(PYTHON) -m scripts.demo

test: ## everything that must hold: lint, types, arrows between packages, tests
	@scripts/prepare test
	@$(PYTHON) -m scripts.check test

check: ## the quicker part of it: all but what drives a browser and the stories
	@scripts/prepare test
	@$(PYTHON) -m scripts.check check

lint: ## only what needs no run: ruff, mypy, the arrows
	@scripts/prepare
	@$(PYTHON) -m scripts.check lint

coverage: ## the tests again, counting which lines and branches they reach; too few fail
	@scripts/prepare test
	@$(PYTHON) -m scripts.check coverage

bench: ## measure beside what a plain script would do
	@scripts/prepare
	@$(PYTHON) -m bench

proof: ## the long tests, which `make test` leaves out, and every property again on random examples
	@scripts/prepare test
	@$(PYTHON) -m scripts.check proof

fuzz: ## give each parser of foreign bytes what nobody would write, ten million times in all; it takes hours
	@scripts/prepare fuzz
	@.tools/fuzz/bin/python -m scripts.fuzz

docs: ## write docs/cli.md, docs/deadlines.md, the golden deadlines, the figures of docs/messages.md, the catalogue and the curves anew
	@scripts/prepare
	@$(PYTHON) -m scripts.cli_reference
	@$(PYTHON) -m scripts.deadline_pages
	@$(PYTHON) -m scripts.message_page
	@$(PYTHON) -m scripts.catalogue
	@$(PYTHON) -m scripts.curves

pictures: ## draw docs/pictures/ anew from the demo: pages, pack, and the recording of a terminal
	@scripts/prepare
	@$(PYTHON) -m scripts.recording
	@$(PYTHON) -m scripts.pictures

site: ## build the documents as a site under dist/site; a link or an anchor that leads nowhere ends it
	@scripts/prepare docs
	@.tools/docs/bin/python -m sphinx -q -W --keep-going -n -c docs -d .tools/doctrees . dist/site
	@echo dist/site/index.html

clean: ## remove what these targets made, .venv and demo/ too
	@rm -rf .venv .tools demo dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
