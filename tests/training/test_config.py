from typing import Any

import pytest

from common.errors import AcousticImagesError
from training.config import TrainingConfig, hash_of, preset_config


def config(**changes: Any) -> TrainingConfig:
    return preset_config("paper", **{"data_dir": "data", "run_dir": "run", "model": "teacher", **changes})


def test_paper_preset_is_the_papers() -> None:
    paper = config()
    assert (paper.learning_rate, paper.batch_size, paper.epochs) == (1e-5, 64, 20)
    assert (paper.margin, paper.weight_decay, paper.hardest_from_epoch) == (0.2, 5e-4, 4)
    assert (paper.optimizer, paper.mixed_precision, paper.spectrogram_masks) == ("adam", False, False)


def test_none_keeps_the_presets_value() -> None:
    assert config(epochs=None, seed=4).epochs == 20
    assert config(epochs=3).epochs == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("alpha", -0.1),
        ("alpha", 1.01),
        ("alpha", float("nan")),
        ("epochs", -1),
        ("batch_size", 1),
        ("learning_rate", 0.0),
        ("learning_rate", float("inf")),
        ("margin", 0.0),
        ("weight_decay", -1.0),
        ("seed", -1),
        ("hardest_from_epoch", -1),
        ("checkpoint_every_steps", -1),
        ("validate_every_epochs", 0),
        ("optimizer", "sgd"),
        ("model", "pupil"),
        ("preset", "quick"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(field: str, value: Any) -> None:
    fields = {"data_dir": "data", "run_dir": "run", "model": "student", "preset": "paper", "teacher_run": "t"}
    fields[field] = value
    with pytest.raises(AcousticImagesError, match=field):
        preset_config(**fields)


def test_a_student_with_alpha_needs_a_teacher() -> None:
    with pytest.raises(AcousticImagesError, match="teacher"):
        config(model="student", alpha=0.5)
    assert config(model="student", alpha=0.0).teacher_run is None


def test_a_teacher_takes_no_alpha() -> None:
    with pytest.raises(AcousticImagesError, match="for a teacher, wanted 0: it has no teacher"):
        config(alpha=0.5, teacher_run="t")


def test_what_keeps_its_best_epoch_is_validated_after_each() -> None:
    assert config(validate_every_epochs=3).validate_every_epochs == 3
    with pytest.raises(AcousticImagesError, match="validate_every_epochs: found 3 for a supervised_hearnet, wanted 1"):
        config(model="supervised_hearnet", validate_every_epochs=3)


def test_where_a_run_lies_does_not_change_its_identity() -> None:
    first, second = (
        config(),
        config(run_dir="elsewhere", data_dir="moved", checkpoint_every_steps=5, validate_every_epochs=2),
    )
    assert hash_of(first.result_fields()) == hash_of(second.result_fields())
    assert hash_of(first.result_fields()) != hash_of(config(seed=1).result_fields())
