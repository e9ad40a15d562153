"""Simulates a whole dataset: one recording a task, interrupted and called again as one likes."""

import os
import shutil
from functools import cache, partial
from pathlib import Path

from common.errors import AcousticImagesError
from common.progress import Progress
from common.sealed_json import read_sealed_json, write_sealed_json
from common.worker_pool import run_tasks
from data_prep.array_geometry import ArrayGeometry, aperiodic_array, write_geometry_csv
from data_prep.beamforming import Beamformer
from data_prep.clip_folders import clip_files, clip_groups
from data_prep.layouts.acivw import CLASS_NAMES as ACIVW_CLASSES
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.microphone_signals import Array
from data_prep.simulation.recording import Plan, simulate_recording
from data_prep.simulation.writing import (
    FRAME_SIZE,
    GEOMETRY_FILE,
    write_acivw_recording,
    write_array_dataset,
    write_array_recording,
)

CONFIGURATION_FILE = "simulation.json"
_PARTIAL_SUFFIX = ".partial"
_PARAMETERS = SignalParameters()


def simulate_dataset(config: SimulationConfig) -> int:
    """Simulate all recordings that are not there yet.

    Returns
    -------
    int
        How many recordings the dataset has.

    Raises
    ------
    AcousticImagesError
        The folder holds something else, or another simulation; a clip that cannot be used.
    """
    plans = _plans(config)
    _claim_folder(config)
    waiting = [plan for plan in plans if not _folder(config, plan).is_dir()]
    with Progress("simulate", len(plans), "recording", initial=len(plans) - len(waiting)) as progress:
        for _ in run_tasks(partial(_make, config), waiting, config.workers):
            progress.advance()
    if config.layout == "array":
        write_array_dataset(config, plans, _geometry(), _PARAMETERS.sample_rate_hz)
    else:
        write_geometry_csv(config.output_dir / GEOMETRY_FILE, _geometry())
    return len(plans)


def _plans(config: SimulationConfig) -> list[Plan]:
    clips = clip_files(config.sounds_dir) if config.sounds_dir else {}
    missing = [name for name in config.class_names if config.sounds_dir and name not in clips]
    if missing:
        raise AcousticImagesError(f"{config.sounds_dir}: found no folder {missing[0]}, wanted one for each class")
    groups = {
        name: clip_groups(clips[name], config.clips_per_recording) if clips else () for name in config.class_names
    }
    return [
        _plan(name, number, groups[name], config.clips_per_recording)
        for name in config.class_names
        for number in range(config.recordings_per_class)
    ]


def _plan(class_name: str, number: int, groups: tuple[tuple[Path, ...], ...], num_clips: int) -> Plan:
    """Plan one recording; with more recordings than groups, a group's further clips are taken, then all again."""
    if not groups:
        return Plan(class_name, number)
    group, turn = groups[number % len(groups)], number // len(groups)
    chosen = tuple(group[(turn * num_clips + n) % len(group)] for n in range(num_clips))
    return Plan(class_name, number, chosen, f"{class_name}/{group[0].name}")


def _claim_folder(config: SimulationConfig) -> None:
    """Write down the configuration, or compare it with the one that the folder was begun with."""
    path = config.output_dir / CONFIGURATION_FILE
    if path.is_file():
        if read_sealed_json(path, "give another folder or remove this one") != config.identity():
            raise AcousticImagesError(
                f"{path}: found another simulation, wanted this one's settings; give another folder or remove this one"
            )
        return
    if config.output_dir.is_dir() and any(config.output_dir.iterdir()):
        raise AcousticImagesError(f"{config.output_dir}: found other files, wanted an empty folder")
    write_sealed_json(path, config.identity())


def _folder(config: SimulationConfig, plan: Plan) -> Path:
    if config.layout == "array":
        return config.output_dir / plan.name
    return config.output_dir / f"class_{ACIVW_CLASSES.index(plan.class_name)}" / f"data_{plan.number:03d}"


def _make(config: SimulationConfig, plan: Plan) -> None:
    """Simulate one recording beside its final folder, and move it there when it is whole."""
    folder = _folder(config, plan)
    unfinished = folder.with_name(folder.name + _PARTIAL_SUFFIX)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        recording = simulate_recording(plan, config, _array(), *FRAME_SIZE[config.layout])
        if config.layout == "array":
            write_array_recording(unfinished, recording, _PARAMETERS)
        else:
            beamformer = _beamformer() if config.stored_images else None
            write_acivw_recording(unfinished, recording, _PARAMETERS, beamformer)
        os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@cache
def _geometry() -> ArrayGeometry:
    return aperiodic_array()


@cache
def _array() -> Array:
    """Return the array, prepared once a process."""
    return Array.of(_geometry(), _PARAMETERS)


@cache
def _beamformer() -> Beamformer:
    return Beamformer(_geometry(), _PARAMETERS)
