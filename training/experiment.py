"""An experiment: a row of the paper's tables, as a change to a preset."""

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from training import experiments
from training.config import TrainingConfig, preset_config


@dataclass(frozen=True)
class Experiment:
    """What is trained.

    Attributes
    ----------
    kind : str
        Which networks, and by which loss; one of `training.config.MODELS`.
    alpha : float
        Imitation parameter.
    teacher : str or None
        Name of the experiment whose run of the same seed is imitated.
    teacher_control : str
        "none", or what stands in place of the teacher's knowledge; one of `training.config.TEACHER_CONTROLS`.
    is_trained : bool
        False keeps the first, random weights: what training has to beat.
    """

    kind: str
    alpha: float = 0.0
    teacher: str | None = None
    teacher_control: str = "none"
    is_trained: bool = True


def load_experiments() -> dict[str, Experiment]:
    """Return all experiments by name: those that others need first, otherwise in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(experiments.__path__))
    found = {name: importlib.import_module(f"{experiments.__name__}.{name}").EXPERIMENT for name in names}
    return dict(sorted(found.items(), key=lambda item: item[1].teacher is not None))


def find_experiment(name: str) -> Experiment:
    """Return one experiment.

    Raises
    ------
    AcousticImagesError
        There is none of this name.
    """
    known = load_experiments()
    if name not in known:
        raise AcousticImagesError(f"experiment: found {name!r}, wanted one of {', '.join(known)}")
    return known[name]


def run_name(experiment: str, seed: int) -> str:
    """Return the name of a run's folder."""
    return f"{experiment}-seed{seed}"


def experiment_config(
    name: str, seed: int, preset: str, data_dir: Path, runs_dir: Path, epochs: int | None = None
) -> TrainingConfig:
    """Return the training run of an experiment and a seed.

    Parameters
    ----------
    name : str
        Of the experiment.
    seed : int
        Of the run, and of its teacher's.
    preset : str
        Of `training.config.PRESETS`.
    data_dir, runs_dir : Path
        The dataset; where runs lie, each in a folder of its own.
    epochs : int or None
        In place of the preset's.
    """
    experiment = find_experiment(name)
    teacher = experiment.teacher and str(runs_dir / run_name(experiment.teacher, seed))
    return preset_config(
        preset,
        data_dir=str(data_dir),
        run_dir=str(runs_dir / run_name(name, seed)),
        model=experiment.kind,
        seed=seed,
        alpha=experiment.alpha,
        teacher_run=teacher,
        teacher_control=experiment.teacher_control,
        epochs=epochs if experiment.is_trained else 0,
    )
