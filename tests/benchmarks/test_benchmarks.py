"""Every part of the benchmark runs, at tiny sizes."""

import numpy as np
import pytest

from benchmarks import beamforming, input_pipeline, retrieval, training_step
from benchmarks.timing import calibrated


def finite(figures: dict[str, float]) -> bool:
    return bool(figures) and all(np.isfinite(value) for value in figures.values())


def test_beamforming_and_its_calibration() -> None:
    figures = calibrated(lambda: beamforming.measure(beamforming.Size(frames=2, microphones=4)), size=64)
    assert finite(figures)
    assert {"symmetric_share_of_its_products", "gemm_gflops"} <= set(figures)


def test_retrieval_ranks_as_the_loop_does() -> None:
    figures = retrieval.measure(retrieval.Size(windows=40, looped_queries=2, repeats=1))
    assert figures["same_first_30_places"] == 1.0
    assert figures["largest_difference"] < 1e-4


@pytest.mark.slow
def test_training_step_and_input_pipeline() -> None:
    assert finite(training_step.measure(training_step.Size(batch=2, loss_batch=4, models=("student",))))
    size = input_pipeline.Size(class_names=("drone",), recordings_per_class=1, seconds=2, batch=1)
    assert finite(input_pipeline.measure(size))
