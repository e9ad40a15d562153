"""Runs the three networks on the recipe's inputs and names what they give as the fixtures do."""

from dataclasses import dataclass
from functools import cache

import tensorflow as tf

from conformance.recipe import LABELS, SCENARIOS, draw_inputs, draw_weights, identities
from models.audio_visual import (
    acoustic_map,
    audio_vector_from_hearnet,
    audio_vector_from_map,
    pair_vectors,
    pair_vectors_from_vector,
    unit,
    video_map,
)
from models.distances import pair_squared_distances
from models.dualcamnet import build_dualcamnet
from models.hearnet import build_hearnet
from models.resnet18 import build_resnet18
from models.weight_decay import weight_decay, weight_decay_kernels
from training.distillation import total_loss, transfer_distances
from training.mining import same_identity
from training.triplet_loss import triplet_loss

MARGIN = 0.2
WEIGHT_DECAY = 5e-4
PAIRS = ("HR", "DR")


@dataclass(frozen=True)
class Networks:
    """The three networks with the recipe's weights, and the recipe's inputs."""

    hearnet: tf.keras.Model
    dualcamnet: tf.keras.Model
    resnet18: tf.keras.Model
    inputs: dict[str, tf.Tensor]


@cache
def networks_of_seed(seed: int) -> Networks:
    """Build the networks and draw weights and inputs."""
    built = Networks(build_hearnet(), build_dualcamnet(), build_resnet18(), draw_inputs(seed))
    for network in (built.hearnet, built.dualcamnet, built.resnet18):
        draw_weights(network, seed)
    return built


def forward(networks: Networks, pair: str, training: bool) -> dict[str, tf.Tensor]:
    """Run one pair of networks, HR (HearNet) or DR (DualCamNet) with ResNet18.

    Returns
    -------
    dict
        `audio`, `av`, `hearnet` or `acoustic_sum`, `video_map`, `video_sum`, `distances`.
    """
    video = video_map(networks.resnet18, networks.inputs["frames"], training)
    out = {"video_map": video, "video_sum": tf.reduce_sum(video, [1, 2])}
    if pair == "HR":
        embedding = networks.hearnet(networks.inputs["spectrogram"], training=training)
        out["hearnet"] = embedding
        out["audio"] = audio_vector_from_hearnet(embedding)
        out["av"] = pair_vectors_from_vector(embedding, video)
    else:
        sounds = acoustic_map(networks.dualcamnet, networks.inputs["acoustic_images"], training)
        out["acoustic_sum"] = tf.reduce_sum(sounds, [1, 2])
        out["audio"] = audio_vector_from_map(sounds)
        out["av"] = pair_vectors(sounds, video)
    out["distances"] = pair_squared_distances(out["audio"], out["av"])
    return out


def teacher_vectors(networks: Networks) -> tf.Tensor:
    """Return the teacher's unit audio vectors [6, 128]."""
    return audio_vector_from_map(acoustic_map(networks.dualcamnet, networks.inputs["acoustic_images"]))


def losses(
    networks: Networks, pair: str, out: dict[str, tf.Tensor], hardest: bool, alpha: float | None, teacher: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return `triplet`, `reg`, `total` and, with an alpha, `transfer_loss` of what `forward` gave for one pair.

    `teacher` holds the unit vectors that are imitated with an alpha.
    """
    same = same_identity(tf.constant(identities(LABELS, SCENARIOS)))
    sound = networks.hearnet if pair == "HR" else networks.dualcamnet
    kernels = weight_decay_kernels(sound) + weight_decay_kernels(networks.resnet18)
    found = {
        "triplet": triplet_loss(out["distances"], same, MARGIN, hardest),
        "reg": weight_decay(kernels, WEIGHT_DECAY),
    }
    if alpha is None:
        return {**found, "total": found["triplet"] + found["reg"]}
    transfer = triplet_loss(transfer_distances(out["hearnet"], teacher), same, MARGIN, hardest)
    total = total_loss(found["triplet"], transfer, alpha, found["reg"])
    return {**found, "transfer_loss": transfer, "total": total}


def student_unit(networks: Networks) -> tf.Tensor:
    """Return HearNet's unit output without ReLU, as the transfer loss takes it."""
    return unit(networks.hearnet(networks.inputs["spectrogram"]))
