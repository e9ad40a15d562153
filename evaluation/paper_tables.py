"""The paper's figures that ours stand beside: its tables 1 and 2, in per cent, mean and deviation of five runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperFigure:
    """Mean and standard deviation, per cent."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.deviation:.2f}"


# Table 1: rank 1, 2, 5, 10, 30.
CMC = {
    "teacher": {
        1: PaperFigure(33.41, 3.65),
        2: PaperFigure(37.01, 3.17),
        5: PaperFigure(42.97, 2.25),
        10: PaperFigure(48.21, 1.80),
        30: PaperFigure(62.44, 1.33),
    },
    "student": {
        1: PaperFigure(28.95, 2.15),
        2: PaperFigure(34.40, 3.27),
        5: PaperFigure(42.43, 4.88),
        10: PaperFigure(48.08, 5.77),
        30: PaperFigure(61.43, 4.94),
    },
}

# Table 2, self-supervised rows, by feature and imitation parameter.
KNN_STUDENT = {
    "audio": {
        0.0: PaperFigure(75.73, 2.78),
        0.1: PaperFigure(76.97, 1.47),
        0.3: PaperFigure(78.96, 0.92),
        0.5: PaperFigure(79.46, 1.37),
        0.7: PaperFigure(78.10, 2.06),
        0.9: PaperFigure(78.67, 0.93),
    },
    "audio-visual": {
        0.0: PaperFigure(66.70, 4.46),
        0.1: PaperFigure(70.61, 4.96),
        0.3: PaperFigure(71.44, 2.23),
        0.5: PaperFigure(71.25, 2.00),
        0.7: PaperFigure(71.91, 2.85),
        0.9: PaperFigure(73.22, 0.70),
    },
}
KNN_TEACHER = {"audio": PaperFigure(74.57, 2.92), "audio-visual": PaperFigure(58.37, 4.68)}


def knn_figure(kind: str, alpha: float, feature: str) -> PaperFigure | None:
    """Return table 2's accuracy of a "teacher" or "student"; None where the paper has none."""
    if kind == "teacher":
        return KNN_TEACHER.get(feature)
    return KNN_STUDENT.get(feature, {}).get(round(alpha, 4))
