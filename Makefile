# Nothing is made outside .venv/ and build/. `make help` lists the targets.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

WORKER := .venv/worker/bin/python
QGIS := .venv/qgis/bin/python
TOOLS := .venv/tools/bin

export LODESCOPE_PYTHON ?= $(CURDIR)/$(WORKER)
export LODESCOPE_JOBS ?= $(CURDIR)/build/jobs
export QGIS_PLUGINPATH ?= $(CURDIR)/build/plugins

.PHONY: help setup demo test test-bare matrix lint scan package link bench docs i18n sample clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/qgis/.ready .venv/worker/.ready .venv/tools/.ready link  ## install QGIS and the two Python environments where absent

.venv/.system: scripts/setup.sh
	@bash scripts/setup.sh system

.venv/%/.ready: scripts/setup.sh $(wildcard requirements/*.txt) | .venv/.system
	@bash scripts/setup.sh $*

link:  ## make build/plugins/lodescope, which loads this folder as the plugin
	@mkdir -p build/plugins && ln -sfn "$(CURDIR)" build/plugins/lodescope

demo: setup  ## variogram, kriging, indicators and gradients of the sample deposit (or DATA=../shared/data/NAME) into build/demo
	@/usr/bin/python3 scripts/demo.py $(DATA)

test: setup  ## all tests: the science in the worker's Python, the rest on real QGIS
	@bash scripts/test.sh

test-bare: setup  ## the plugin on a QGIS that lacks every optional package
	@bash scripts/test_bare.sh

matrix:  ## all tests on QGIS 3.40 too, in a Debian 13 below build/matrix (as root)
	@bash scripts/matrix.sh

lint: .venv/tools/.ready  ## ruff
	@$(TOOLS)/ruff check .

scan: .venv/tools/.ready  ## the plugin site's rules on the built package; any finding fails
	@$(TOOLS)/python scripts/scan.py

package: scan  ## build/dist/lodescope.VERSION.zip of the last commit
	@$(TOOLS)/python scripts/package.py

bench: setup  ## time and memory against PyKrige, as a table in build/bench
	@$(WORKER) scripts/bench.py $(ONLY)

docs: setup  ## write docs/algorithms from the algorithms' own help
	@QT_QPA_PLATFORM=offscreen $(QGIS) scripts/docs.py

i18n: setup  ## bring resources/i18n up to date with the texts of the code (TABLE=translations.json); needs lrelease
	@QT_QPA_PLATFORM=offscreen $(QGIS) scripts/translate.py $(TABLE)

sample: setup  ## make resources/sample anew
	@$(QGIS) resources/sample/make_sample.py
	@QT_QPA_PLATFORM=offscreen $(QGIS) resources/sample/make_project.py

clean:  ## remove build/
	@rm -rf build
