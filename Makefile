# From raw recordings to the paper's tables. `make help` lists the targets and their variables.

PYTHON ?= $(or $(shell command -v python3.11),python3)
SIM    ?= data/simulated
RAW    ?= $(SIM)
LAYOUT ?= auto
DATA   ?= data/tfrecords
RUNS   ?= runs
PRESET ?= paper
ALPHA  ?= 0.5
SEED   ?= 0
EPOCHS ?=
SOUNDS ?=
FIXTURES ?= tests/fixtures
TEACHER  ?= $(RUNS)/teacher-seed$(SEED)
STUDENT  ?= $(RUNS)/student-alpha$(ALPHA)-seed$(SEED)
RUN    ?=
REPORT ?= reports/latest
EXPORTS ?= exports
RECORDINGS_PER_CLASS ?= 12
SECONDS_PER_RECORDING ?= 20
SNR_DB ?= 5,20
MOST_DISTRACTORS ?= 2
SPLIT_FRACTIONS ?= 0.70,0.15,0.15

# Of `make tables`: which rows and seeds, and what else their features are tested on.
EXPERIMENTS ?=
SEEDS       ?= 1,2,3,4,5
OTHER_ARRAY ?=
OTHER_SOUND ?=
RESULTS     ?= results/tables
STUDY       ?= data/study

# Of `make faults` and `make soak`.
SCALE   ?= 1.0
MINUTES ?= 60

DEMO = SIM=data/demo/raw RAW=data/demo/raw DATA=data/demo/tfrecords RUNS=runs/demo REPORT=reports/demo \
       PRESET=demo RECORDINGS_PER_CLASS=16 SECONDS_PER_RECORDING=4 SNR_DB=10,25 MOST_DISTRACTORS=1 \
       SPLIT_FRACTIONS=0.55,0.15,0.30 ALPHA=0.1

RUN_PYTHON = .venv/bin/python
READY      = .venv/.ready
CHECKED    = common data_prep tfrecords_schema models training evaluation conformance benchmarks faults

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup simulate tfrecords train-teacher train-student eval export verify conformance bench faults soak demo test lint types tables study clean clean-all

help: ## Show this list
	@echo "make TARGET [VARIABLE=value ...]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Variables: RAW=$(RAW) LAYOUT=$(LAYOUT) DATA=$(DATA) RUNS=$(RUNS) RUN=$(RUN) PRESET=$(PRESET)"
	@echo "           ALPHA=$(ALPHA) SEED=$(SEED) EPOCHS=$(EPOCHS) SOUNDS=$(SOUNDS) FIXTURES=$(FIXTURES) REPORT=$(REPORT)"

setup: $(READY) ## Make .venv and install the pinned packages (Python 3.11)

$(READY): requirements.txt requirements-dev.txt requirements-onnx.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo "error: $(PYTHON) is not Python 3.11, which the pinned TensorFlow 2.15 needs; call make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "installing the pinned packages into .venv (one to three minutes)"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

simulate: $(READY) ## Simulate array recordings into SIM (SOUNDS=DIR: real clips, a folder per class)
	@$(RUN_PYTHON) -m data_prep.simulate_main --output $(SIM) --seed $(SEED) \
	  --recordings_per_class $(RECORDINGS_PER_CLASS) --seconds $(SECONDS_PER_RECORDING) \
	  --snr_db $(SNR_DB) --most_distractors $(MOST_DISTRACTORS) $(if $(SOUNDS),--sounds $(SOUNDS))

tfrecords: $(READY) ## Beamform RAW (LAYOUT=acivw|avia|dcase2018|clips|array) and write shards to DATA
ifeq ($(RAW),$(SIM))
	@test -e $(SIM)/dataset.yaml || { echo "no RAW= given: simulating recordings first"; $(MAKE) --no-print-directory simulate; }
endif
	@$(RUN_PYTHON) -m data_prep.make_tfrecords_main --raw $(RAW) --layout $(LAYOUT) --output $(DATA) \
	  --split_fractions $(SPLIT_FRACTIONS)

verify: $(READY) ## Check every record of DATA
	@$(RUN_PYTHON) -m tfrecords_schema.verify_main --data $(DATA)

train-teacher: $(READY) ## Train DualCamNet with ResNet18 on DATA (PRESET= SEED= EPOCHS=)
	@$(RUN_PYTHON) -m training.train_teacher_main --data $(DATA) --run $(or $(RUN),$(TEACHER)) \
	  --preset $(PRESET) --seed $(SEED) $(if $(EPOCHS),--epochs $(EPOCHS))

train-student: $(READY) ## Train HearNet with ResNet18, imitating TEACHER by ALPHA
	@$(RUN_PYTHON) -m training.train_student_main --data $(DATA) --run $(or $(RUN),$(STUDENT)) --teacher $(TEACHER) \
	  --alpha $(ALPHA) --preset $(PRESET) --seed $(SEED) $(if $(EPOCHS),--epochs $(EPOCHS))

eval: $(READY) ## CMC and KNN tables, figures and a report of RUN (default: every run in RUNS)
	@$(RUN_PYTHON) -m evaluation.eval_main --data $(DATA) --output $(REPORT) --runs '$(or $(RUN),$(RUNS))'

tables: $(READY) ## Train every row of the paper's tables for SEEDS on DATA and write them to RESULTS; stop and call again
	@$(RUN_PYTHON) -m training.run_queue_main --data $(DATA) --runs $(RUNS)/tables --preset $(PRESET) --seeds $(SEEDS) \
	  $(if $(EXPERIMENTS),--experiments $(EXPERIMENTS)) $(if $(EPOCHS),--epochs $(EPOCHS))
	@$(RUN_PYTHON) -m evaluation.tables_main --runs $(RUNS)/tables --data $(DATA) --output $(RESULTS) \
	  $(if $(OTHER_ARRAY),--other_array $(OTHER_ARRAY)) $(if $(OTHER_SOUND),--other_sound $(OTHER_SOUND))

export: $(READY) ## SavedModel, TensorFlow Lite and ONNX of the student RUN, with a model card, into EXPORTS
	@$(RUN_PYTHON) -m evaluation.export_main --model $(or $(RUN),$(STUDENT)) --output $(EXPORTS)

conformance: $(READY) ## Compare networks, losses and evaluation with the authors' numbers in FIXTURES
	@$(RUN_PYTHON) -m models.conformance_main --fixtures $(FIXTURES)

bench: $(READY) ## Measure how fast the parts are (results/bench.json)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -r requirements-bench.txt
	@$(RUN_PYTHON) -m benchmarks.run
	@$(RUN_PYTHON) -m benchmarks.scaling_picture_main

faults: $(READY) ## Kill, starve and damage everything (SCALE=1.0: hours); the table goes to results/faults.md
	@$(RUN_PYTHON) -m faults.campaign_main --scale $(SCALE) --output results/faults.md

soak: $(READY) ## Build, verify, train and resume for MINUTES=60; memory and open files have to stay flat
	@$(RUN_PYTHON) -m faults.soak_main --minutes $(MINUTES)

demo: ## Everything on a small simulated dataset, in at most ten minutes
	@$(MAKE) --no-print-directory simulate $(DEMO)
	@$(MAKE) --no-print-directory tfrecords $(DEMO)
	@$(MAKE) --no-print-directory train-teacher $(DEMO)
	@$(MAKE) --no-print-directory train-student $(DEMO)
	@$(MAKE) --no-print-directory eval $(DEMO)

test: $(READY) ## Run the tests
	@$(RUN_PYTHON) -m pytest

lint: $(READY) ## Lint and format checks
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: $(READY) ## Type checks
	@.venv/bin/mypy $(CHECKED)

clean: ## Remove the demo's output and caches
	rm -rf data/demo runs/demo reports .pytest_cache .mypy_cache .ruff_cache

clean-all: clean ## Remove the environment, all data and all runs as well
	rm -rf .venv data runs
