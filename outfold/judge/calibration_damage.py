"""What resampling does to probabilities, and what prior correction makes of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.judge.calibrate import Calibration, calibrate
from outfold.judge.prior import corrected, shifted, why_not
from outfold.judge.recalibrate import EDGE
from outfold.metrics.metric import Floats
from outfold.study.results import Predictions


@dataclass(frozen=True, slots=True, eq=False)
class Damage:
    """One candidate's calibration as it is and after prior correction, for one class.

    Attributes:
        of: Name of the class whose probability is judged.
        plain: As predicted.
        plain_log_loss: Of that probability against the rest; nats per row.
        corrected: After prior correction; None where it cannot be done.
        corrected_log_loss: The same after it; NaN where it cannot be done.
        shifted: Whether fitting saw the classes in other shares than the training rows have.
        reason: Why there is no correction; empty where there is.
    """

    of: str
    plain: Calibration
    plain_log_loss: float
    corrected: Calibration | None
    corrected_log_loss: float
    shifted: bool
    reason: str


def damage(predictions: Predictions, of: int | None = None, bins: int = 10) -> Damage | None:
    """Judge a candidate's probabilities before and after prior correction.

    Args:
        predictions: Stored predictions of a classifier.
        of: Code of the class; the positive one, or the first of several, by default.
        bins: Most reliability bins.

    Returns:
        None where the model gives no probabilities.
    """
    if predictions.probability is None:
        return None
    binary = predictions.task == "binary"
    code = (predictions.positive if binary else 0) if of is None else of
    truth = predictions.truth == code
    reason = why_not(predictions)
    after = None if reason else corrected(predictions).probability
    p = predictions.probability[:, code]
    return Damage(
        predictions.classes[code],
        calibrate(truth, p, bins, rows=predictions.rows),
        _log_loss(truth, p),
        None if after is None else calibrate(truth, after[:, code], bins, rows=predictions.rows),
        float("nan") if after is None else _log_loss(truth, after[:, code]),
        shifted(predictions),
        reason,
    )


def frame_of(found: Mapping[str, Damage]) -> pd.DataFrame:
    """Two rows per candidate at the most: as predicted, and after prior correction.

    Columns: candidate, corrected, brier, log_loss, ece (all better low), slope (right at 1),
    in_the_large (right at 0; below 0 the probabilities are too high), mean and observed share.
    """
    rows = []
    for name, one in found.items():
        pairs: list[tuple[bool, Calibration, float]] = [(False, one.plain, one.plain_log_loss)]
        if one.corrected is not None and one.shifted:
            pairs.append((True, one.corrected, one.corrected_log_loss))
        for after, c, loss in pairs:
            again = c.recalibration
            total = sum(b.n for b in c.bins)
            rows.append(
                {
                    "candidate": name,
                    "corrected": after,
                    "brier": c.brier.score,
                    "log_loss": loss,
                    "ece": c.ece,
                    "slope": again.slope if again else float("nan"),
                    "in_the_large": again.in_the_large if again else float("nan"),
                    "mean_predicted": sum(b.predicted * b.n for b in c.bins) / total,
                    "observed": sum(b.observed * b.n for b in c.bins) / total,
                }
            )
    return pd.DataFrame(rows)


def _log_loss(truth: np.ndarray, probability: Floats) -> float:
    p = np.clip(probability, EDGE, 1 - EDGE)
    return float(-np.where(truth, np.log(p), np.log1p(-p)).mean())
