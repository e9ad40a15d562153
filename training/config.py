"""Everything that decides a training run, in one frozen dataclass, and its presets."""

import dataclasses
import hashlib
import json
import math
from typing import Any

from common.errors import AcousticImagesError
from models.kinds import NETWORKS_OF_KIND, SUPERVISED_KINDS, TEACHER_OF_KIND
from models.resnet18 import FIRST_FILTERS

MODELS = tuple(NETWORKS_OF_KIND)
# What a student imitates: its teacher, or, in controls, the teacher of other recordings, random networks, a student
# without a teacher, or a teacher that was told the labels.
TEACHER_CONTROLS = ("none", "shuffled", "untrained", "one_microphone", "alpha_0", "supervised")
_TEACHER_KIND_OF_CONTROL = {"alpha_0": "student", "supervised": "supervised_dualcamnet"}
_CONTROLS_WITHOUT_TEACHER = ("untrained", "one_microphone")
OPTIMIZERS = ("adam", "adamw", "adam_moving_average")
# One device; all GPUs of a machine; several machines, as the environment's TF_CONFIG says.
STRATEGIES = ("none", "mirrored", "multi_worker")
# Where a run lies, how often it is saved and validated, and on how many devices it runs do not change its result; data
# and teacher enter by their hashes.
_FIELDS_WITHOUT_EFFECT = (
    "data_dir",
    "run_dir",
    "teacher_run",
    "preset",
    "checkpoint_every_steps",
    "validate_every_epochs",
    "strategy",
)

# What a few hundred updates on simulated data need (docs/study.md), on two cores: larger steps, moving statistics that
# they can move, narrow video networks, and all triplets throughout.
_ON_SIMULATED_DATA: dict[str, Any] = {
    "batch_size": 16,
    "learning_rate": 1e-4,
    "video_learning_rate": 1e-3,
    "margin": 0.2,
    "weight_decay": 1e-5,
    "norm_momentum": 0.9,
    "mixed_precision": False,
    "optimizer": "adam",
    "input_reduction": 4,
    "first_filters": 16,
}

PRESETS: dict[str, dict[str, Any]] = {
    # Paper section 5.2, and docs/fidelity.md where the paper is silent.
    "paper": {
        "epochs": 20,
        "batch_size": 64,
        "learning_rate": 1e-5,
        "margin": 0.2,
        "weight_decay": 5e-4,
        "hardest_from_epoch": 4,
        "norm_momentum": 0.997,
        "mixed_precision": False,
        "optimizer": "adam",
    },
    # 300 updates on the study's 400 windows; bfloat16 halves their time where the processor has it (docs/study.md).
    "study": {**_ON_SIMULATED_DATA, "epochs": 12, "hardest_from_epoch": 12, "mixed_precision": True},
    # Minutes on a smaller dataset.
    "demo": {**_ON_SIMULATED_DATA, "epochs": 20, "hardest_from_epoch": 20},
}

# Where one model needs another value than its preset says (docs/study.md): HearNet, without normalisation, takes
# smaller steps to learn from triplets, though not from labels; validation, a quarter of the time, is left out where it
# chooses nothing.
PRESETS_OF_MODEL: dict[tuple[str, str], dict[str, Any]] = {
    ("demo", "student"): {"learning_rate": 5e-5},
    ("study", "teacher"): {"validate_every_epochs": 4},
    ("study", "student"): {"learning_rate": 5e-5, "validate_every_epochs": 4},
    ("study", "l3net"): {"learning_rate": 3e-4, "validate_every_epochs": 4},
    ("study", "supervised_hearnet"): {"learning_rate": 5e-4},
}


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """One training run.

    Attributes
    ----------
    data_dir : str
        Folder of TFRecord shards with a manifest.
    run_dir : str
        Folder of this run: configuration, checkpoints, history, final weights.
    model : str
        Kind of run, of `models.kinds`: "teacher" (DualCamNet and ResNet18), "student" (HearNet and ResNet18), ...
    preset : str
        Name of the preset that the values below come from.
    seed : int
        Decides the first weights, the batches and the augmentation.
    epochs, batch_size : int
        Length of the run, windows a step.
    learning_rate : float
        Of the optimiser.
    video_learning_rate : float or None
        Of ResNet18, where it differs.
    margin : float
        Of the triplet losses, in squared distance of unit vectors.
    weight_decay : float
        Factor of half the sum of squares of the decayed kernels.
    alpha : float
        Imitation parameter in [0, 1] (paper equation 2) of a kind that has a teacher; 0 for the others.
    teacher_run : str or None
        Run folder of the teacher; needed when alpha > 0.
    teacher_control : str
        "none": the teacher is imitated. "untrained": a DualCamNet with the first weights of this seed in its place.
        "one_microphone": a HearNet with random weights, which hears no more than the student. "shuffled": the teacher's
        vectors of the windows of other recordings. "alpha_0": the teacher's run is of a student, which hears no more
        either. "supervised": it is of a DualCamNet under a classifier.
    hardest_from_epoch : int
        First epoch (from 0) that takes only the hardest triplet of each anchor.
    norm_momentum : float
        Of the moving statistics of batch normalisation, in [0, 1).
    mixed_precision : bool
        Compute in bfloat16, keep the weights in float32.
    optimizer : str
        "adam"; "adamw" (decoupled weight decay) or "adam_moving_average" of tensorflow-addons.
    input_reduction : int
        Squares of so many pixels that L3-Net averages first; 1 is the original.
    first_filters : int
        Filters of the first block of ResNet18 and of L3-Net's subnetworks, which later blocks double; 64 is the
        original.
    spectrogram_masks : bool
        SpecAugment masks on the student's spectrogram; off in the paper.
    checkpoint_every_steps : int
        Save also within an epoch, every so many steps; 0 saves after each epoch only.
    validate_every_epochs : int
        Epochs from one validation to the next; the last epoch is always followed by one. What keeps its best epoch
        needs 1.
    strategy : str
        Which devices share each batch, of `STRATEGIES`; the result is the same up to rounding.
    """

    data_dir: str
    run_dir: str
    model: str
    preset: str = "paper"
    seed: int = 0
    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 1e-5
    video_learning_rate: float | None = None
    margin: float = 0.2
    weight_decay: float = 5e-4
    alpha: float = 0.0
    teacher_run: str | None = None
    teacher_control: str = "none"
    hardest_from_epoch: int = 4
    norm_momentum: float = 0.997
    mixed_precision: bool = False
    optimizer: str = "adam"
    input_reduction: int = 1
    first_filters: int = FIRST_FILTERS
    spectrogram_masks: bool = False
    checkpoint_every_steps: int = 0
    validate_every_epochs: int = 1
    strategy: str = "none"

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant.

        Raises
        ------
        AcousticImagesError
            Names the field, the value found and what was wanted.
        """
        _require_member("model", self.model, MODELS)
        _require_member("teacher_control", self.teacher_control, TEACHER_CONTROLS)
        _require_member("optimizer", self.optimizer, OPTIMIZERS)
        _require_member("strategy", self.strategy, STRATEGIES)
        _require("seed", self.seed, self.seed >= 0, "at least 0")
        _require("epochs", self.epochs, self.epochs >= 0, "at least 0, which keeps the first weights")
        _require("batch_size", self.batch_size, self.batch_size >= 2, "at least 2, for negatives")
        _require("learning_rate", self.learning_rate, self.learning_rate > 0, "above 0")
        if self.video_learning_rate is not None:
            _require("video_learning_rate", self.video_learning_rate, self.video_learning_rate > 0, "above 0")
        _require("margin", self.margin, self.margin > 0, "above 0")
        _require("weight_decay", self.weight_decay, self.weight_decay >= 0, "at least 0")
        _require("alpha", self.alpha, 0 <= self.alpha <= 1, "in [0, 1]")
        _require("hardest_from_epoch", self.hardest_from_epoch, self.hardest_from_epoch >= 0, "at least 0")
        _require("checkpoint_every_steps", self.checkpoint_every_steps, self.checkpoint_every_steps >= 0, "at least 0")
        _require("validate_every_epochs", self.validate_every_epochs, self.validate_every_epochs >= 1, "at least 1")
        _require("input_reduction", self.input_reduction, self.input_reduction >= 1, "at least 1")
        _require("first_filters", self.first_filters, self.first_filters >= 1, "at least 1")
        _require("norm_momentum", self.norm_momentum, 0 <= self.norm_momentum < 1, "in [0, 1)")
        self._require_sense()

    def _require_sense(self) -> None:
        if self.validate_every_epochs > 1 and self.model in SUPERVISED_KINDS:
            raise AcousticImagesError(
                f"validate_every_epochs: found {self.validate_every_epochs} for a {self.model}, wanted 1: it keeps the "
                "epoch that is best on validation"
            )
        if self.alpha != 0 and self.model not in TEACHER_OF_KIND:
            raise AcousticImagesError(f"alpha: found {self.alpha:g} for a {self.model}, wanted 0: it has no teacher")
        if self.spectrogram_masks and self.model != "student":
            raise AcousticImagesError(f"spectrogram_masks: found them for a {self.model}, wanted a student")
        if self.teacher_control != "none" and self.model != "student":
            raise AcousticImagesError(f"teacher_control: found one for a {self.model}, wanted a student")
        if self.strategy != "none" and self.optimizer != "adam":
            raise AcousticImagesError(f"optimizer: found {self.optimizer} on strategy {self.strategy}, wanted adam")
        if self.strategy == "multi_worker" and self.spectrogram_masks:
            # They are drawn one after the other for all windows of a batch, of which a worker has a part only.
            raise AcousticImagesError("spectrogram_masks: found them on strategy multi_worker, wanted another strategy")
        if self.alpha == 0 and self.teacher_control != "none":
            raise AcousticImagesError(
                f"teacher_control: found {self.teacher_control!r} with alpha 0, wanted an alpha above 0"
            )
        if self.alpha > 0 and not self.teacher_run and self.teacher_control not in _CONTROLS_WITHOUT_TEACHER:
            raise AcousticImagesError(
                f"teacher: found none for alpha {self.alpha:g}, wanted a run folder; "
                "give --teacher RUN, or --alpha 0 to train without one"
            )

    @property
    def teacher_kind(self) -> str:
        """Which kind of run `teacher_run` is, of `models.kinds`; KeyError for a kind that imitates none."""
        return _TEACHER_KIND_OF_CONTROL.get(self.teacher_control) or TEACHER_OF_KIND[self.model]

    def result_fields(self) -> dict[str, Any]:
        """Return the fields that decide the result, for comparing two configurations."""
        fields = dataclasses.asdict(self)
        return {name: value for name, value in fields.items() if name not in _FIELDS_WITHOUT_EFFECT}


def preset_config(preset: str, *, data_dir: str, run_dir: str, model: str, **overrides: Any) -> TrainingConfig:
    """Return a preset with changes.

    Parameters
    ----------
    preset : str
        Of `PRESETS`.
    data_dir, run_dir, model : str
        As in `TrainingConfig`.
    **overrides
        Other fields; one that is None keeps the preset's value.

    Raises
    ------
    AcousticImagesError
        An unknown preset, or values that `TrainingConfig` refuses.
    """
    _require_member("preset", preset, tuple(PRESETS))
    given = {name: value for name, value in overrides.items() if value is not None}
    fields = {**PRESETS[preset], **PRESETS_OF_MODEL.get((preset, model), {}), **given}
    return TrainingConfig(data_dir=data_dir, run_dir=run_dir, model=model, preset=preset, **fields)


def hash_of(fields: dict[str, Any]) -> str:
    """Return the SHA-256 of JSON-able fields, whatever their order."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _require(name: str, value: float, good: bool, wanted: str) -> None:
    if not math.isfinite(value) or not good:
        raise AcousticImagesError(f"{name}: found {value}, wanted {wanted}")


def _require_member(name: str, value: str, members: tuple[str, ...]) -> None:
    if value not in members:
        raise AcousticImagesError(f"{name}: found {value!r}, wanted one of {', '.join(members)}")
