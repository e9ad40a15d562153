"""Train experiments and seeds, WORKERS at a time; called again, it goes on where it was stopped.

Example: python -m training.run_queue_main --data data/tfrecords --runs runs/tables --seeds 1,2,3,4,5

RUNS/queue.csv tells how each run stands, RUNS/logs what it printed.
"""

from pathlib import Path

from absl import flags

from common import command_line
from common.flag_values import parse_numbers
from training.config import PRESETS
from training.experiment import load_experiments
from training.queue import Queue, plan_jobs, training_command

_EXPERIMENTS = flags.DEFINE_list("experiments", [], "Names of files in training/experiments; default all.")
_SEEDS = flags.DEFINE_list("seeds", ["1", "2", "3", "4", "5"], "Seeds of each.")
_DATA = flags.DEFINE_string("data", "data/tfrecords", "Folder of TFRecord shards.")
_RUNS = flags.DEFINE_string("runs", "runs/tables", "Folder of all runs.")
_PRESET = flags.DEFINE_enum("preset", "paper", sorted(PRESETS), "Size and steps of the training.")
_EPOCHS = flags.DEFINE_integer("epochs", None, "Passes over the training split; default the preset's.")
_WORKERS = flags.DEFINE_integer("workers", 1, "Runs at a time, each on an even share of the cores.", lower_bound=1)
EXIT_FAILED = 1


def main() -> int:
    """Run the queue; return 1 when a run failed."""
    seeds = parse_numbers("seeds", _SEEDS.value, int)
    jobs = plan_jobs(_EXPERIMENTS.value or tuple(load_experiments()), seeds)
    data_dir, runs_dir = Path(_DATA.value), Path(_RUNS.value)
    command = training_command(_PRESET.value, data_dir, runs_dir, _EPOCHS.value)
    queue = Queue(jobs, runs_dir, command, _WORKERS.value)
    if queue.run():
        tables = f"python -m evaluation.tables_main --data {data_dir} --runs {runs_dir}"
        command_line.close(f"{runs_dir}: {len(jobs)} runs finished", tables)
        return 0
    failed = [f"{name}: {state.reason}" for name, state in queue.states.items() if state.reason]
    print("\n".join(["failed, and tried again when called again:", *failed]))
    return EXIT_FAILED


if __name__ == "__main__":
    command_line.run(main)
