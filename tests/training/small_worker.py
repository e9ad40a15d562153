"""One process of a distributed training of small networks.

Takes one word, JSON: "jobs", a list of fields of `TrainingConfig`, of which the optimiser may be "sgd" too; "replicas",
how many logical CPUs; "signal", the number of one that it sends to itself after the fifth step of the last job, or
null. Prints each step.
"""

import json
import os
from typing import Any

import pytest
import tensorflow as tf

from common import command_line
from tests.training.small_networks import use_small_networks
from training import optimizers
from training.config import preset_config
from training.loop import repeat_exactly, train


def train_small(fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch, number: int | None = None) -> None:
    """Train small networks in this process."""

    def after_step(step: int) -> None:
        print(f"step {step}", flush=True)
        if number is not None and step == 5:
            os.kill(os.getpid(), number)

    use_small_networks(monkeypatch)
    if fields.get("optimizer") == "sgd":
        fields = {**fields, "optimizer": "adam"}
        monkeypatch.setattr(optimizers, "_make_optimizer", lambda _, rate: tf.keras.optimizers.SGD(rate))
    print(train(preset_config("paper", **fields), after_step))


def main(words: list[str]) -> None:
    """Train all jobs, one after the other."""
    task = json.loads(words[0])
    logical = [tf.config.LogicalDeviceConfiguration()] * task["replicas"]
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], logical)
    repeat_exactly()
    for fields in task["jobs"]:
        with pytest.MonkeyPatch.context() as monkeypatch:
            train_small(fields, monkeypatch, task["signal"] if fields is task["jobs"][-1] else None)


if __name__ == "__main__":
    command_line.run_with_words(main)
