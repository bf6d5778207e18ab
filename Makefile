# Targets set up .venv themselves. A stage: make verify PIPELINE=pipelines/banjarmasin.yaml
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := build/sampel
SAMPLE_PIPELINE := $(SAMPLE)/pipelines/contoh.yaml
PIPELINE ?= $(SAMPLE_PIPELINE)
STAGES := ingest consolidate verify screen profile publish
ARGS ?=
# The meeting's workbook: written by make worksheet, read by make decisions; copies are listed. One
# that holds entries not yet taken in is overwritten only by make worksheet ARGS=--force.
XLSX ?= build/rapat/$(basename $(notdir $(PIPELINE))).xlsx

.PHONY: help run test lint bench torture setup sample init check worksheet decisions seal diff \
	explain $(STAGES) clean

help:
	@echo "make run                       set up, make the sample city, run everything"
	@echo "make test                      set up, run the tests"
	@echo "make run PIPELINE=FILE         run a city's pipeline file"
	@echo "make $(STAGES) PIPELINE=FILE"
	@echo "make init DROP=DIR PIPELINE=FILE   propose the pipeline file of a delivery"
	@echo "make check PIPELINE=FILE       look at a delivery, write nothing"
	@echo "make worksheet PIPELINE=FILE   the conflicts as a workbook, and draft minutes (XLSX=FILE)"
	@echo "make decisions PIPELINE=FILE   take the decisions of filled copies (XLSX='FILE...')"
	@echo "make seal | diff | explain PIPELINE=FILE ARGS='...'"
	@echo "make lint | bench | torture | clean"

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

sample: $(SAMPLE_PIPELINE)

# Made where it is not there: decisions beside it belong to this delivery. Anew: make clean.
$(SAMPLE_PIPELINE): | $(VENV)/.ready
	$(BIN)/kotaku-geo sample $(SAMPLE) --seed 1 --size kecil

ifeq ($(PIPELINE),$(SAMPLE_PIPELINE))
DELIVERY := $(SAMPLE_PIPELINE)
endif

run: $(VENV)/.ready $(DELIVERY)
	$(BIN)/kotaku-geo run $(PIPELINE) $(ARGS)
	@echo "make check PIPELINE=$(PIPELINE): apa yang salah dalam kiriman, menurut siapa yang harus memperbaiki" >&2
	@echo "make worksheet PIPELINE=$(PIPELINE): konflik sebagai buku kerja untuk rapat, dan konsep berita acara" >&2

worksheet: $(VENV)/.ready $(DELIVERY)
	$(BIN)/kotaku-geo worksheet export $(PIPELINE) $(XLSX) --docx $(XLSX:.xlsx=.docx) $(ARGS)

decisions: $(VENV)/.ready $(DELIVERY)
	$(BIN)/kotaku-geo worksheet import $(PIPELINE) $(XLSX) $(ARGS)

# What they are told besides the pipeline: make explain ARGS="KWS-001 3a", make diff ARGS=v1.0
seal explain: $(VENV)/.ready $(DELIVERY)
	$(BIN)/kotaku-geo $@ $(PIPELINE) $(ARGS)

diff: $(VENV)/.ready $(DELIVERY)
	$(BIN)/kotaku-geo diff --pipeline $(PIPELINE) $(ARGS)

$(STAGES) check: $(VENV)/.ready $(DELIVERY)
	$(BIN)/kotaku-geo $@ $(PIPELINE) $(ARGS)

init: $(VENV)/.ready
	@test -n "$(DROP)" -a "$(PIPELINE)" != "$(SAMPLE_PIPELINE)" || { echo "make init DROP=DIR PIPELINE=FILE"; exit 2; }
	$(BIN)/kotaku-geo init $(DROP) -o $(PIPELINE) $(ARGS)

test: $(VENV)/.ready
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.ready
	$(BIN)/python tests/bench/run.py $(ARGS)
	$(BIN)/python tests/bench/ingest.py $(ARGS)

torture: $(VENV)/.ready
	$(BIN)/python -m tests.ingest.torture $(ARGS)

clean:
	rm -rf build
