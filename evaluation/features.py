"""What the networks of each kind of run make of a window: its features, and what retrieval compares."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from scipy.spatial.distance import cdist

from evaluation.cmc import retrieval_distances, retrieval_distances_of_vectors
from models.audio_visual import (
    acoustic_map,
    audio_vector_from_hearnet,
    audio_vector_from_map,
    hearnet_map,
    own_pair_vectors,
    similarity_map,
    unit,
    video_map,
)
from models.classification import frame_vectors, window_logits
from models.kinds import SUPERVISED_KINDS, modalities_of
from models.l3net import spectrogram_image
from models.saved_networks import Networks

AUDIO, AUDIO_VISUAL, VIDEO = "audio", "audio-visual", "video"
# Beside the features, a forward pass gives these where the kind has them.
SIMILARITY, LOGITS, SOUNDS, VIDEOS = "similarity", "logits", "sounds", "videos"
FEATURES = (AUDIO, AUDIO_VISUAL, VIDEO)


def usable_modalities(kind: str, stored: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a run of this kind takes of a dataset: all that it was trained on, or its sound alone, or nothing.

    Parameters
    ----------
    kind : str
        Of `models.kinds`.
    stored : tuple of str
        Modalities of the dataset.
    """
    wanted = modalities_of(kind)
    if set(wanted) <= set(stored):
        return wanted
    sound = wanted[:1]
    return sound if set(sound) <= set(stored) and sound != ("video",) else ()


def forward(kind: str, networks: Networks, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Return the features of a batch.

    Parameters
    ----------
    kind : str
        Of `models.kinds`.
    networks : dict
        Of the run.
    inputs : mapping
        Network inputs of `usable_modalities`; without the frames only the audio feature is there.

    Returns
    -------
    dict
        Unit vectors "audio", "audio-visual", "video", [B, 128] or L3-Net's [B, 512], those of them that there are;
        "similarity" [B, 12, 16] (teacher, student); "logits" [B, classes] (supervised); "sounds" and "videos", what
        retrieval, and L3-Net's correspondence, compare.
    """
    if kind in SUPERVISED_KINDS:
        return _supervised(networks, inputs)
    return {"teacher": _teacher, "student": _student, "l3net": _l3net}[kind](networks, inputs)


def search(kind: str, sounds: np.ndarray, videos: np.ndarray) -> np.ndarray:
    """Return the distances [queries, gallery] of every sound to every video."""
    if kind == "l3net":
        return cdist(unit(sounds).numpy(), unit(videos).numpy())
    return (retrieval_distances if kind == "teacher" else retrieval_distances_of_vectors)(sounds, videos)


def _teacher(networks: Networks, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    maps = acoustic_map(networks["dualcamnet"], inputs["acoustic_images"])
    return {AUDIO: audio_vector_from_map(maps), **_with_video(networks, inputs, maps, maps)}


def _student(networks: Networks, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    raw = networks["hearnet"](inputs["spectrogram"])
    return {AUDIO: audio_vector_from_hearnet(raw), **_with_video(networks, inputs, hearnet_map(raw), raw)}


def _with_video(
    networks: Networks, inputs: Mapping[str, tf.Tensor], maps: tf.Tensor, sounds: tf.Tensor
) -> dict[str, tf.Tensor]:
    if "frames" not in inputs:
        return {}
    videos = video_map(networks["resnet18"], inputs["frames"])
    return {
        AUDIO_VISUAL: own_pair_vectors(maps, videos),
        SIMILARITY: similarity_map(maps, videos),
        SOUNDS: sounds,
        VIDEOS: videos,
    }


def _l3net(networks: Networks, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    audio = networks["l3_audio"](spectrogram_image(inputs["spectrogram"]))
    if "frames" not in inputs:
        return {AUDIO: unit(audio)}
    video = networks["l3_vision"](inputs["frames"][:, 0])
    return {AUDIO: unit(audio), VIDEO: unit(video), SOUNDS: audio, VIDEOS: video}


def _supervised(networks: Networks, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    vectors = frame_vectors(networks, inputs)
    feature = VIDEO if "frames" in inputs else AUDIO
    logits = window_logits(networks["classifier"](vectors))
    return {feature: unit(tf.reduce_mean(vectors, axis=1)), LOGITS: logits}
