"""The kinds of runs: which networks are trained together, and what of a window they take.

A self-supervised run trains a network for sound beside one for video; a supervised run trains one of these networks
under a linear classifier.
"""

NETWORKS_OF_KIND: dict[str, tuple[str, ...]] = {
    "teacher": ("dualcamnet", "resnet18"),
    "student": ("hearnet", "resnet18"),
    "l3net": ("l3_audio", "l3_vision", "correspondence"),
    "supervised_dualcamnet": ("dualcamnet", "classifier"),
    "supervised_hearnet": ("hearnet", "classifier"),
    "supervised_resnet18": ("resnet18", "classifier"),
    "supervised_l3_audio": ("l3_audio", "classifier"),
    "supervised_l3_vision": ("l3_vision", "classifier"),
}
# Which kind of run a network that imitates learns from.
TEACHER_OF_KIND = {"student": "teacher", "supervised_hearnet": "supervised_dualcamnet"}
SUPERVISED_KINDS = tuple(kind for kind, networks in NETWORKS_OF_KIND.items() if "classifier" in networks)

_MODALITY_OF_NETWORK = {
    "dualcamnet": "acoustic_images",
    "hearnet": "waveform",
    "l3_audio": "waveform",
    "resnet18": "video",
    "l3_vision": "video",
}


def modalities_of(kind: str) -> tuple[str, ...]:
    """Return what of a window the networks of a kind take, the sound first."""
    return tuple(_MODALITY_OF_NETWORK[name] for name in NETWORKS_OF_KIND[kind] if name in _MODALITY_OF_NETWORK)
