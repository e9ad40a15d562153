"""The finished runs that are to be judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json
from models.kinds import NETWORKS_OF_KIND
from models.saved_networks import CONFIG_FILE, NETWORK_FILE, read_network_description

_SYSTEMS = {
    "teacher": "DualCamNet",
    "l3net": "L3-Net",
    "supervised_dualcamnet": "DualCamNet, supervised",
    "supervised_hearnet": "HearNet, supervised",
    "supervised_resnet18": "ResNet18, supervised",
    "supervised_l3_audio": "L3 audio subnetwork, supervised",
    "supervised_l3_vision": "L3 vision subnetwork, supervised",
}
_UNTRAINED = {kind: f"{name}, untrained" for kind, name in {**_SYSTEMS, "student": "HearNet"}.items()}


@dataclass(frozen=True)
class FinishedRun:
    """A run folder and what it says of itself.

    Attributes
    ----------
    folder : Path
        Where it is.
    kind : str
        Of `models.kinds`.
    seed : int
        Of its training.
    alpha : float
        Imitation parameter; 0 for a kind without a teacher.
    teacher_control : str
        "none", or what stood in place of the teacher; of `training.config.TEACHER_CONTROLS`.
    is_trained : bool
        Whether it took a step; otherwise its weights are the first, random ones.
    identity : str
        Hash of its configuration and of its weights.
    manifest_hash : str or None
        Of the dataset that it was trained on, where the run tells.
    """

    folder: Path
    kind: str
    seed: int
    alpha: float
    teacher_control: str
    is_trained: bool
    identity: str
    manifest_hash: str | None

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def title(self) -> str:
        """Return what a table calls it."""
        return f"{self.system} (seed {self.seed})"

    @property
    def system(self) -> str:
        """Return what a table calls all runs of this kind, whatever their seed."""
        if not self.is_trained:
            return _UNTRAINED[self.kind]
        if self.kind == "student":
            control = "" if self.teacher_control == "none" else f", {self.teacher_control.replace('_', '-')} teacher"
            return f"HearNet, alpha {self.alpha:g}{control}"
        return _SYSTEMS[self.kind] + (" with transfer" if self.alpha else "")


def find_runs(places: Sequence[Path]) -> tuple[FinishedRun, ...]:
    """Return the finished runs in the given folders; each is a run, or holds runs.

    Teachers come first, then students by alpha, then the others as in `models.kinds`.

    Raises
    ------
    AcousticImagesError
        A place without a finished run, or two runs of one name.
    """
    runs: list[FinishedRun] = []
    for place in places:
        folders = (
            [place]
            if (place / NETWORK_FILE).is_file()
            else sorted(path.parent for path in place.glob(f"*/{NETWORK_FILE}"))
        )
        if not folders:
            raise AcousticImagesError(
                f"{place}: found no finished run; train one first (make train-teacher), or set RUN="
            )
        runs += [read_run(folder) for folder in folders]
    names = [run.name for run in runs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise AcousticImagesError(f"runs: found {twice} twice, wanted different names; evaluate them one by one")
    kinds = list(NETWORKS_OF_KIND)
    return tuple(
        sorted(
            runs,
            key=lambda run: (kinds.index(run.kind), run.is_trained, run.teacher_control, run.alpha, run.seed, run.name),
        )
    )


def read_run(folder: Path) -> FinishedRun:
    """Read what a finished run says of itself."""
    description = read_network_description(folder)
    path = folder / CONFIG_FILE
    configuration = read_sealed_json(path, "train again")
    try:
        settings, seed = configuration["configuration"], int(description["seed"])
        alpha, control = float(settings["alpha"]), str(settings["teacher_control"])
        is_trained = int(settings["epochs"]) > 0
        identity = f"{description['configuration_hash']}-{description['weights_sha256']}"
        manifest_hash = configuration.get("identity", {}).get("manifest_hash")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise AcousticImagesError(f"{path}: found {error!r}, wanted the run's configuration") from error
    return FinishedRun(folder, description["kind"], seed, alpha, control, is_trained, identity, manifest_hash)
