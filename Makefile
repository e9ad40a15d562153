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
STRATEGY ?=
SOUNDS ?=
FIXTURES ?= tests/fixtures
ENGINE ?= local
BEAM_ARGS ?=
SHARD_MB ?=
TEACHER  ?= $(RUNS)/teacher-seed$(SEED)
STUDENT  ?= $(RUNS)/student-alpha$(ALPHA)-seed$(SEED)
RUN    ?=
REC    ?=
DEVICE ?=
PORT   ?=
REPORT ?= reports/latest
EXPORTS ?=
CHECK  ?= reports/check-array/$(notdir $(patsubst %/,%,$(RAW)))
RECORDING ?=
RECORDINGS_PER_CLASS ?= 12
SECONDS_PER_RECORDING ?= 20
SNR_DB ?= 5,20
MOST_DISTRACTORS ?= 2
SPLIT_FRACTIONS ?= 0.70,0.15,0.15

# Of `make tables`: which rows and seeds, and what else their features are tested on.
EXPERIMENTS ?=
SEEDS       ?= 1,2,3,4,5
# Of `make tables` and `make faults`: runs at a time, of the tables each on an even share of the cores and with 3 GB.
WORKERS     ?= 1
OTHER_ARRAY ?=
OTHER_SOUND ?=
RESULTS     ?= results/tables
STUDY       ?= data/study

# Of `make demo`: the networks in pretrained/ in place of training.
PRETRAINED ?=

STUDY_SCENES  = --seed 1 --recordings_per_class 40 --seconds 4 --most_distractors 1 --distance_m 1.5,4
STUDY_RECORDS = --split_fractions 0.50,0.20,0.30 --video_frames_per_window 1 --acoustic_dtype float16
STUDY_RESULTS = results/study
STUDY_WORKERS ?= 2

# Of `make faults` and `make soak`.
SCALE   ?= 1.0
MINUTES ?= 60

DEMO = SIM=data/demo/raw RAW=data/demo/raw DATA=data/demo/tfrecords RUNS=runs/demo REPORT=reports/demo \
       PRESET=demo RECORDINGS_PER_CLASS=16 SECONDS_PER_RECORDING=4 SNR_DB=10,25 MOST_DISTRACTORS=1 \
       SPLIT_FRACTIONS=0.55,0.15,0.30 ALPHA=0.1

RUN_PYTHON = .venv/bin/python
READY      = .venv/.ready
CHECKED    = common data_prep tfrecords_schema models training evaluation conformance benchmarks faults

# A misspelt variable would be without effect, and RWA=... simulate a dataset in place of reading one.
KNOWN   := VERBOSE $(shell sed -nE 's/^([A-Z_]+) *\?=.*/\1/p' $(firstword $(MAKEFILE_LIST)))
UNKNOWN := $(filter-out $(KNOWN),$(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name))))
NEAREST  = $(shell $(PYTHON) -c 'import difflib, sys; print(*difflib.get_close_matches(sys.argv[1], sys.argv[2:], 1))' \
             '$(firstword $(UNKNOWN))' $(KNOWN) 2>/dev/null)
$(if $(UNKNOWN),$(error found the variable $(UNKNOWN), wanted $(or $(NEAREST),one of $(sort $(KNOWN)))))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup simulate tfrecords check-array verify train-teacher train-student eval tables study \
        study-figures report export conformance bench view faults soak demo test test-engines lint types clean clean-all

help: ## Show this list
	@echo "make TARGET [VARIABLE=value ...]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Variables: RAW=$(RAW) LAYOUT=$(LAYOUT) DATA=$(DATA) RUNS=$(RUNS) RUN=$(RUN) PRESET=$(PRESET)"
	@echo "           ENGINE=$(ENGINE) (or beam, with BEAM_ARGS='--runner=...') SHARD_MB=$(SHARD_MB)"
	@echo "           ALPHA=$(ALPHA) SEED=$(SEED) EPOCHS=$(EPOCHS) SOUNDS=$(SOUNDS) FIXTURES=$(FIXTURES) REPORT=$(REPORT)"
	@echo "           VERBOSE=1 shows the messages of TensorFlow; docs/reference.md lists the variables of each target"

setup: $(READY) ## Make .venv and install the pinned packages (Python 3.11)

$(READY): requirements.txt requirements-dev.txt requirements-onnx.txt requirements-view.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo "error: $(PYTHON) is not Python 3.11, which the pinned TensorFlow 2.15 needs; call make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "installing the pinned packages into .venv (3 GB; one to five minutes)"
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
ifeq ($(ENGINE),beam)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-beam.txt
endif
	@$(RUN_PYTHON) -m data_prep.make_tfrecords_main --raw $(RAW) --layout $(LAYOUT) --output $(DATA) \
	  --split_fractions $(SPLIT_FRACTIONS) --engine $(ENGINE) $(if $(BEAM_ARGS),--beam_args '$(BEAM_ARGS)') \
	  $(if $(SHARD_MB),--shard_mb $(SHARD_MB))

check-array: $(READY) ## Tell by claps in RAW what is wrong with array, geometry, camera (RECORDING=NAME for one)
	@$(RUN_PYTHON) -m data_prep.check_array_main --raw $(RAW) --output $(CHECK) \
	  $(if $(RECORDING),--recording $(RECORDING))

verify: $(READY) ## Check every record of DATA
	@$(RUN_PYTHON) -m tfrecords_schema.verify_main --data $(DATA)

train-teacher: $(READY) ## Train DualCamNet with ResNet18 on DATA (PRESET= SEED= EPOCHS= STRATEGY=mirrored)
	@$(RUN_PYTHON) -m training.train_teacher_main --data $(DATA) --run $(or $(RUN),$(TEACHER)) \
	  --preset $(PRESET) --seed $(SEED) $(if $(EPOCHS),--epochs $(EPOCHS)) $(if $(STRATEGY),--strategy $(STRATEGY))

train-student: $(READY) ## Train HearNet with ResNet18, imitating TEACHER by ALPHA
	@$(RUN_PYTHON) -m training.train_student_main --data $(DATA) --run $(or $(RUN),$(STUDENT)) --teacher $(TEACHER) \
	  --alpha $(ALPHA) --preset $(PRESET) --seed $(SEED) $(if $(EPOCHS),--epochs $(EPOCHS)) \
	  $(if $(STRATEGY),--strategy $(STRATEGY))

eval: $(READY) ## CMC and KNN tables, figures and a report of RUN (default: every run in RUNS)
	@$(RUN_PYTHON) -m evaluation.eval_main --data $(DATA) --output $(REPORT) --runs '$(or $(RUN),$(RUNS))'

tables: $(READY) ## Train every row of the paper's tables for SEEDS on DATA and write them to RESULTS; stop and call again
	@$(RUN_PYTHON) -m training.run_queue_main --data $(DATA) --runs $(RUNS)/tables --preset $(PRESET) --seeds $(SEEDS) \
	  --workers $(WORKERS) $(if $(EXPERIMENTS),--experiments $(EXPERIMENTS)) $(if $(EPOCHS),--epochs $(EPOCHS))
	@$(RUN_PYTHON) -m evaluation.tables_main --runs $(RUNS)/tables --data $(DATA) --output $(RESULTS) \
	  --workers $(WORKERS) $(if $(OTHER_ARRAY),--other_array $(OTHER_ARRAY)) $(if $(OTHER_SOUND),--other_sound $(OTHER_SOUND))

study: $(READY) ## The study of docs/study.md on two simulated domains (SOUNDS=DIR of ESC-10's clips); stop and call again
	@test -n "$(SOUNDS)" || { echo "error: found no SOUNDS=, wanted the folder of ESC-10 with a folder a class (docs/study.md)"; exit 2; }
	@$(RUN_PYTHON) -m data_prep.simulate_main --output $(STUDY)/raw/sim-acivw $(STUDY_SCENES) --snr_db=-5,10
	@$(RUN_PYTHON) -m data_prep.simulate_main --output $(STUDY)/raw/sim-esc10 $(STUDY_SCENES) --snr_db=0,15 --sounds $(SOUNDS)
	@$(RUN_PYTHON) -m data_prep.make_tfrecords_main --raw $(STUDY)/raw/sim-acivw --output $(STUDY)/sim-acivw $(STUDY_RECORDS)
	@$(RUN_PYTHON) -m data_prep.make_tfrecords_main --raw $(STUDY)/raw/sim-esc10 --output $(STUDY)/sim-esc10 $(STUDY_RECORDS)
	@$(RUN_PYTHON) -m data_prep.make_tfrecords_main --raw $(SOUNDS) --layout clips --output $(STUDY)/esc10
	@$(RUN_PYTHON) -m data_prep.resample_clips_main --input $(SOUNDS) --output $(STUDY)/raw/esc10-at-12k
	@$(RUN_PYTHON) -m data_prep.make_tfrecords_main --raw $(STUDY)/raw/esc10-at-12k --layout clips \
	  --output $(STUDY)/esc10-at-12k
	@$(MAKE) --no-print-directory tables WORKERS=$(STUDY_WORKERS) PRESET=study DATA=$(STUDY)/sim-acivw RUNS=$(STUDY)/runs/sim-acivw \
	  OTHER_ARRAY=$(STUDY)/sim-esc10 OTHER_SOUND=$(STUDY)/esc10,$(STUDY)/esc10-at-12k RESULTS=$(STUDY_RESULTS)/sim-acivw
	@$(MAKE) --no-print-directory tables WORKERS=$(STUDY_WORKERS) PRESET=study DATA=$(STUDY)/sim-esc10 RUNS=$(STUDY)/runs/sim-esc10 \
	  OTHER_ARRAY=$(STUDY)/sim-acivw RESULTS=$(STUDY_RESULTS)/sim-esc10
	@for domain in sim-acivw sim-esc10; do \
	  $(RUN_PYTHON) -m data_prep.list_scenes_main --raw $(STUDY)/raw/$$domain --output $(STUDY_RESULTS)/$$domain/scenes.csv && \
	  $(RUN_PYTHON) -m evaluation.picture_data_main --data $(STUDY)/$$domain --output $(STUDY_RESULTS)/$$domain --runs \
	    $(STUDY)/runs/$$domain/tables/dualcamnet-seed1,$(STUDY)/runs/$$domain/tables/hearnet_alpha_0_5-seed1 || exit $$?; done
	@$(MAKE) --no-print-directory study-figures

study-figures: $(READY) ## The study's figures and tables in docs/, from results/study alone
	@$(RUN_PYTHON) -m evaluation.study_figures_main --results $(STUDY_RESULTS) --output docs/pictures/study
	@$(RUN_PYTHON) -m docs.build_study_tables

report: eval ## Of RUN, one page: tables, figures, a gallery of windows to see and hear, maps (REPORT/report.html)

export: $(READY) ## SavedModel, TensorFlow Lite and ONNX of the student RUN, with a model card, into EXPORTS
	@$(RUN_PYTHON) -m evaluation.export_main --model $(or $(RUN),$(STUDENT)) $(if $(EXPORTS),--output $(EXPORTS))

conformance: $(READY) ## Compare networks, losses and evaluation with the authors' numbers in FIXTURES
	@$(RUN_PYTHON) -m models.conformance_main --fixtures $(FIXTURES)

bench: $(READY) ## Measure how fast the parts are (results/bench.json)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -r requirements-bench.txt
	@$(RUN_PYTHON) -m benchmarks.run
	@$(RUN_PYTHON) -m benchmarks.scaling_picture_main

view: $(READY) ## Acoustic camera: a local page that plays the recording REC (DEVICE=NAME: an attached array in its place)
	@test -n "$(REC)" || { echo "error: no REC= given; name a recording's folder, such as REC=data/simulated/drone/000"; exit 2; }
	@$(RUN_PYTHON) -m data_prep.view_main --recording '$(REC)' $(if $(DEVICE),--device '$(DEVICE)') $(if $(PORT),--port $(PORT))

faults: $(READY) ## Kill, starve and damage everything (SCALE=1.0: hours, WORKERS=2); results/faults.md; stop and call again
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -r requirements-fuzz.txt || \
	  echo "atheris cannot be installed here: guided fuzzing is left out, and the table says so"
	@$(RUN_PYTHON) -m faults.campaign_main --scale $(SCALE) --workers $(WORKERS)

soak: $(READY) ## Build, verify, train and resume for MINUTES=60; memory and open files have to stay flat
	@$(RUN_PYTHON) -m faults.soak_main --minutes $(MINUTES)

demo: ## Everything on a small simulated dataset, in at most ten minutes (PRETRAINED=1: without training)
	@$(MAKE) --no-print-directory simulate $(DEMO)
	@$(MAKE) --no-print-directory tfrecords $(DEMO)
ifeq ($(filter-out 0 no,$(PRETRAINED)),)
	@$(MAKE) --no-print-directory train-teacher $(DEMO)
	@$(MAKE) --no-print-directory train-student $(DEMO)
	@$(MAKE) --no-print-directory eval $(DEMO)
else
	@$(MAKE) --no-print-directory eval $(DEMO) RUN=pretrained/teacher,pretrained/student
endif

test: $(READY) ## Run the tests
	@$(RUN_PYTHON) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

test-engines: $(READY) ## Install Beam and Dask and run the tests of the engines, none of them left out
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-beam.txt
	@MUST_HAVE_BEAM=1 $(RUN_PYTHON) -m pytest tests/data_prep/test_engines.py

lint: $(READY) ## Lint and format checks
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: $(READY) ## Type checks
	@.venv/bin/mypy $(CHECKED)

clean: ## Remove the demo's output and caches
	rm -rf data/demo runs/demo reports .pytest_cache .mypy_cache .ruff_cache

clean-all: clean ## Remove the environment, all data and all runs as well
	rm -rf .venv data runs
