"""Learning without labels from triplets of sound and video, for the teacher and the student.

Paper sections 4.3 (fusion and triplet loss) and 4.4 (transfer). B windows are those of all replicas: where there are
several, each sees a part and gathers the rest before distances are taken.
"""

import tensorflow as tf

from models.audio_visual import (
    acoustic_map,
    audio_vector_from_hearnet,
    audio_vector_from_map,
    pair_vectors,
    pair_vectors_from_vector,
    video_map,
)
from models.distances import pair_squared_distances
from models.kinds import modalities_of
from models.saved_networks import Networks
from training.config import TrainingConfig
from training.distillation import total_loss, transfer_distances
from training.distribution import gathered
from training.mining import same_identity, valid_triplets
from training.task import IDENTITY, TEACHER_OUTPUTS, Inputs, Losses
from training.triplet_loss import triplet_accuracy, triplet_loss


class TripletTask:
    """Triplets from the distances of sounds to audio-visual pairs, and to a teacher's vectors."""

    keeps_best = False

    def __init__(self, networks: Networks, config: TrainingConfig) -> None:
        self.networks, self.modalities = networks, modalities_of(config.model)
        self._alpha, self._margin = config.alpha, config.margin

    def distances(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Return the squared distances [B, B] of sound i to the pair (i, video j), and those to the teacher's vectors.

        The second are None where the inputs hold no "teacher_outputs".
        """
        raise NotImplementedError

    def losses(self, inputs: Inputs, hardest: tf.Tensor) -> Losses:
        """Return the triplet loss, the transfer loss and both, weighted by alpha."""
        same = same_identity(gathered(inputs[IDENTITY]))
        pairs, transfers = self.distances(inputs, training=True)
        triplet = triplet_loss(pairs, same, self._margin, hardest)
        transfer = tf.zeros(()) if transfers is None else triplet_loss(transfers, same, self._margin, hardest)
        return {
            "loss": total_loss(triplet, transfer, self._alpha),
            "task_loss": triplet,
            "transfer_loss": transfer,
        }

    def accuracy(self, inputs: Inputs) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the share of valid triplets without a loss, and their number."""
        same = same_identity(inputs[IDENTITY])
        pairs, _ = self.distances(inputs, training=False)
        return triplet_accuracy(pairs, same, self._margin), tf.math.count_nonzero(valid_triplets(same))


class TeacherTask(TripletTask):
    """DualCamNet and ResNet18, by the triplet loss alone."""

    def distances(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, None]:
        """Return distances [B, B] float32 of acoustic image i to the pair (i, video j), and None."""
        audio_maps = gathered(acoustic_map(self.networks["dualcamnet"], inputs["acoustic_images"], training))
        videos = gathered(video_map(self.networks["resnet18"], inputs["frames"], training))
        audio = audio_vector_from_map(audio_maps)
        return pair_squared_distances(audio, pair_vectors(audio_maps, videos)), None


class StudentTask(TripletTask):
    """HearNet and ResNet18, by the triplet loss and, with teacher vectors [B, 128], the transfer loss."""

    def distances(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Return distances [B, B] of sound i to the pair (i, video j), and those to the teacher's vectors."""
        raw = gathered(self.networks["hearnet"](inputs["spectrogram"], training=training))
        videos = gathered(video_map(self.networks["resnet18"], inputs["frames"], training))
        fused = pair_vectors_from_vector(raw, videos)
        pairs = pair_squared_distances(audio_vector_from_hearnet(raw), fused)
        if TEACHER_OUTPUTS not in inputs:
            return pairs, None
        return pairs, transfer_distances(raw, tf.stop_gradient(gathered(inputs[TEACHER_OUTPUTS])))
