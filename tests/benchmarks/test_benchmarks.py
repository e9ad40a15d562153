"""Every part of the benchmark runs, at tiny sizes."""

import numpy as np
import pytest

from benchmarks import beamforming, input_pipeline, long_recording, loss, retrieval, scaling, training_step
from benchmarks.timing import Figures, calibrated
from tests.training.small_networks import use_small_networks


def finite(figures: Figures) -> bool:
    return bool(figures) and all(np.isfinite(value) for value in figures.values())


def test_beamforming_and_its_calibration() -> None:
    size = beamforming.Size(frames=2, acoular_frames=1, microphones=4)
    figures = calibrated(lambda: beamforming.measure(size), size=64)
    assert finite(figures)
    assert {"symmetric_share_of_its_products", "fast_error_rms", "gemm_gflops"} <= set(figures)


def test_retrieval_ranks_as_the_loop_does() -> None:
    size = retrieval.Size(windows=40, training_windows=40, validation_windows=20, looped_queries=2, repeats=1)
    figures = retrieval.measure(size)
    assert figures["same_first_30_places"] == 1.0
    assert figures["largest_difference"] < 1e-4


def test_both_formulations_of_the_loss_are_measured_and_agree() -> None:
    assert finite(loss.measure(loss.Size(batch=24)))
    direct, contracted = (loss._loss_and_gradient(pairs, 6)() for pairs in loss._FORMULATIONS.values())
    assert np.allclose(direct, contracted, atol=1e-5)


def test_convolutions_are_counted_by_hand() -> None:
    """DualCamNet: 2 x 24 images of 36 x 48, three convolutions; ResNet18's first one is 112 x 149 x 64 of 7 x 7 x 3."""
    teacher = training_step.convolution_operations("teacher")
    sound = 2 * 24 * (36 * 48 * 12 * 7 * 12 + 36 * 48 * 32 * 25 * 12 + 12 * 16 * 128 * 25 * 32)
    video = teacher - sound
    assert 2 * 2 * 112 * 149 * 64 * 147 < video < 2 * 2 * 4e9


@pytest.mark.slow
def test_training_step_input_pipeline_and_scaling(monkeypatch: pytest.MonkeyPatch) -> None:
    # Compiling the paper's takes most of the time; the process whose memory is measured has it all the same.
    use_small_networks(monkeypatch, ["resnet18"])
    size = training_step.Size(batches=(2,), systems=("student",), memory_batch=2)
    assert finite(training_step.measure(size))
    pipeline = input_pipeline.Size(class_names=("drone",), recordings_per_class=1, seconds=2, batch=1)
    assert finite(input_pipeline.measure(pipeline))
    assert finite(long_recording.measure(long_recording.Size(minutes=(0.1,))))
    curves = scaling.Size((1, 2), (18, 36), (4, 8), (1, 2), (10, 20), fixed_frames=1, fixed_microphones=4)
    assert finite(scaling.measure(curves))
