"""The paper's figures that ours stand beside, in per cent: mean and standard deviation of five runs.

Rows go by what `evaluation.runs` calls a system and by feature; "classifier" is a supervised run's own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperFigure:
    """Mean and standard deviation, per cent."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.deviation:.2f}"


Row = tuple[str, str]
# Of ours that stands for the paper's "HearNet" in table 1, which does not tell its imitation parameter.
HEARNET_OF_TABLE_1 = "HearNet, alpha 0.5"
CLASSIFIER = "classifier"

# Table 1: retrieval on ACIVW, by rank.
CMC: dict[str, dict[int, PaperFigure]] = {
    "DualCamNet": {
        1: PaperFigure(33.41, 3.65),
        2: PaperFigure(37.01, 3.17),
        5: PaperFigure(42.97, 2.25),
        10: PaperFigure(48.21, 1.80),
        30: PaperFigure(62.44, 1.33),
    },
    HEARNET_OF_TABLE_1: {
        1: PaperFigure(28.95, 2.15),
        2: PaperFigure(34.40, 3.27),
        5: PaperFigure(42.43, 4.88),
        10: PaperFigure(48.08, 5.77),
        30: PaperFigure(61.43, 4.94),
    },
    "L3-Net": {
        1: PaperFigure(9.74, 0.33),
        2: PaperFigure(11.91, 4.09),
        5: PaperFigure(24.23, 9.02),
        10: PaperFigure(26.78, 8.60),
        30: PaperFigure(30.14, 10.00),
    },
}

# Table 2: accuracy on ACIVW.
TRAINING_DOMAIN: dict[Row, PaperFigure] = {
    ("HearNet, supervised", "classifier"): PaperFigure(87.79, 1.45),
    ("HearNet, supervised with transfer", "classifier"): PaperFigure(85.78, 1.98),
    ("L3 audio subnetwork, supervised", "classifier"): PaperFigure(64.24, 28.57),
    ("L3 vision subnetwork, supervised", "classifier"): PaperFigure(46.47, 2.25),
    ("ResNet18, supervised", "classifier"): PaperFigure(51.23, 5.21),
    ("DualCamNet, supervised", "classifier"): PaperFigure(83.78, 1.87),
    ("L3-Net", "audio"): PaperFigure(36.05, 2.65),
    ("L3-Net", "video"): PaperFigure(54.44, 8.39),
    ("HearNet, alpha 0", "audio"): PaperFigure(75.73, 2.78),
    ("HearNet, alpha 0.1", "audio"): PaperFigure(76.97, 1.47),
    ("HearNet, alpha 0.3", "audio"): PaperFigure(78.96, 0.92),
    ("HearNet, alpha 0.5", "audio"): PaperFigure(79.46, 1.37),
    ("HearNet, alpha 0.7", "audio"): PaperFigure(78.10, 2.06),
    ("HearNet, alpha 0.9", "audio"): PaperFigure(78.67, 0.93),
    ("HearNet, alpha 0", "audio-visual"): PaperFigure(66.70, 4.46),
    ("HearNet, alpha 0.1", "audio-visual"): PaperFigure(70.61, 4.96),
    ("HearNet, alpha 0.3", "audio-visual"): PaperFigure(71.44, 2.23),
    ("HearNet, alpha 0.5", "audio-visual"): PaperFigure(71.25, 2.00),
    ("HearNet, alpha 0.7", "audio-visual"): PaperFigure(71.91, 2.85),
    ("HearNet, alpha 0.9", "audio-visual"): PaperFigure(73.22, 0.70),
    ("DualCamNet", "audio-visual"): PaperFigure(58.37, 4.68),
    ("DualCamNet", "audio"): PaperFigure(74.57, 2.92),
}

# Table 3: trained on ACIVW, nearest neighbours on AVIA.
OTHER_ARRAY: dict[Row, PaperFigure] = {
    ("L3 audio subnetwork, supervised", "audio"): PaperFigure(37.13, 2.33),
    ("HearNet, supervised", "audio"): PaperFigure(31.08, 1.14),
    ("HearNet, supervised with transfer", "audio"): PaperFigure(35.56, 1.81),
    ("L3 vision subnetwork, supervised", "video"): PaperFigure(2.87, 0.13),
    ("ResNet18, supervised", "video"): PaperFigure(2.63, 0.73),
    ("DualCamNet, supervised", "audio"): PaperFigure(47.83, 2.24),
    ("L3-Net", "audio"): PaperFigure(5.71, 1.75),
    ("L3-Net", "video"): PaperFigure(33.47, 6.38),
    ("HearNet, alpha 0", "audio"): PaperFigure(41.03, 2.48),
    ("HearNet, alpha 0.1", "audio"): PaperFigure(43.93, 0.97),
    ("HearNet, alpha 0.3", "audio"): PaperFigure(47.49, 3.05),
    ("HearNet, alpha 0.5", "audio"): PaperFigure(48.17, 1.65),
    ("HearNet, alpha 0.7", "audio"): PaperFigure(48.51, 2.14),
    ("HearNet, alpha 0.9", "audio"): PaperFigure(45.92, 2.71),
    ("HearNet, alpha 0", "audio-visual"): PaperFigure(26.60, 3.09),
    ("HearNet, alpha 0.1", "audio-visual"): PaperFigure(27.59, 1.63),
    ("HearNet, alpha 0.3", "audio-visual"): PaperFigure(32.00, 2.04),
    ("HearNet, alpha 0.5", "audio-visual"): PaperFigure(30.70, 2.94),
    ("HearNet, alpha 0.7", "audio-visual"): PaperFigure(30.91, 3.51),
    ("HearNet, alpha 0.9", "audio-visual"): PaperFigure(31.62, 3.10),
    ("DualCamNet", "audio-visual"): PaperFigure(29.27, 2.34),
    ("DualCamNet", "audio"): PaperFigure(51.32, 1.67),
}

# Table 4: trained on ACIVW, nearest neighbours on DCASE 2018.
OTHER_SOUND: dict[Row, PaperFigure] = {
    ("L3 audio subnetwork, supervised", "audio"): PaperFigure(35.76, 1.27),
    ("HearNet, supervised with transfer", "audio"): PaperFigure(29.89, 1.06),
    ("HearNet, supervised", "audio"): PaperFigure(30.22, 0.88),
    ("L3-Net", "audio"): PaperFigure(32.31, 4.73),
    ("HearNet, alpha 0", "audio"): PaperFigure(35.35, 1.88),
    ("HearNet, alpha 0.1", "audio"): PaperFigure(36.53, 0.79),
    ("HearNet, alpha 0.3", "audio"): PaperFigure(37.57, 0.94),
    ("HearNet, alpha 0.5", "audio"): PaperFigure(37.37, 0.68),
    ("HearNet, alpha 0.7", "audio"): PaperFigure(36.96, 0.98),
    ("HearNet, alpha 0.9", "audio"): PaperFigure(36.38, 0.72),
}

# Section 5.1: how often L3-Net tells right whether sound and video belong together.
CORRESPONDENCE = PaperFigure(83.86, 0.35)
