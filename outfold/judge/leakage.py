"""What one would have believed: scores with a step done before the split, beside the honest ones.

The difference is the optimism. It is paired: on each split both ways have the same training and
validation rows as far as the mistake leaves them the same. Its interval is the corrected resampled
t (Nadeau & Bengio 2003), since splits share training rows. That columns
must be chosen inside the folds was shown by Ambroise & McLachlan (2002) and by Hastie, Tibshirani &
Friedman (2009, 7.10); that resampling must be, by Santos et al. (2018); the rule for all of them is
Kaufman et al. (2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import pandas as pd

from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.compare import possible
from outfold.judge.corrected_t import corrected_t
from outfold.judge.threshold import LABELS, flagged, metrics_of
from outfold.metrics.metric import Floats, Metric
from outfold.metrics.sweep import sweep
from outfold.registry import registry
from outfold.study.leakage import MISTAKES, measured_candidate
from outfold.study.leaky_scores import LeakyScores

Mistake = Literal["preparation", "selection", "resampling", "together", "threshold"]

NAMES: dict[Mistake, str] = {
    **cast(dict[Mistake, str], MISTAKES),
    "threshold": "Threshold chosen on the scored rows",
}
"""The mistakes for people, in the order in which they are shown."""

BALANCED = 0.005
"""A shift of what a model without features scores, from which on it is worth a sentence."""


WORTH = 0.02
"""An optimism that is not told from chance is named from this share of the honest score on."""


@dataclass(frozen=True, slots=True)
class Optimism:
    """One mistake.

    Attributes:
        mistake: Its key.
        label: Its name.
        honest: Mean score over the splits with everything inside the training rows.
        believed: Mean score over the same splits with the mistake; NaN where it is not measured.
        optimism: How much better ``believed`` is, in the metric's unit; positive flatters.
        low: Lower end of the interval of the optimism; NaN with one split.
        high: Upper end.
        n_splits: Splits with both scores.
        reason: Why it is not measured; empty where it is.
    """

    mistake: Mistake
    label: str
    honest: float
    believed: float
    optimism: float
    low: float
    high: float
    n_splits: int
    reason: str = ""

    @property
    def measured(self) -> bool:
        """Whether there is a figure."""
        return not math.isnan(self.optimism)

    @property
    def flatters(self) -> bool:
        """Whether the optimism is told apart from none."""
        return self.measured and self.low > 0


@dataclass(frozen=True, slots=True)
class Leakage:
    """What each mistake would have promised.

    Attributes:
        metric: Key of the metric.
        metric_label: Its name for people.
        direction: Whether more is better.
        selector: Key of the selector, or those of a chain: ``variance+cfs``.
        resampler: Key of the resampler.
        model: Key of the model.
        confidence: Of the intervals.
        interval: How they were made.
        lines: One a mistake, in the order of a pipeline.
        nothing: What a model that looks at no feature scores out of fold.
        nothing_resampled: What it scores on validation rows of a table that was resampled first.
        rows: Rows that were measured on.
        of_rows: Rows of the whole table.
        n_splits: Splits measured.
        notes: What had to be left out or is to be known, in sentences.
    """

    metric: str
    metric_label: str
    direction: Literal["higher", "lower"]
    selector: str
    resampler: str
    model: str
    confidence: float
    interval: str
    lines: tuple[Optimism, ...]
    nothing: float
    nothing_resampled: float
    rows: int
    of_rows: int
    n_splits: int
    notes: tuple[str, ...]

    def __getitem__(self, mistake: Mistake) -> Optimism:
        for line in self.lines:
            if line.mistake == mistake:
                return line
        raise KeyError(mistake)

    @property
    def worst(self) -> Optimism | None:
        """The single mistake that flatters most, or None where none is measured."""
        single = [x for x in self.lines if x.measured and x.mistake != "together"]
        return max(single, key=lambda x: x.optimism, default=None)

    def sentence(self) -> str:
        """The finding in one sentence."""
        worst = self.worst
        if worst is None:
            return "No mistake could be measured on this table"
        single = [x for x in self.lines if x.measured and x.mistake != "together"]
        telling = [x for x in single if x.flatters]
        if not telling and worst.optimism < WORTH * abs(worst.honest):
            return (
                f"On this table none of these mistakes would have promised a better "
                f"{self.metric_label} that can be told from chance"
            )
        worst = max(telling or single, key=lambda x: x.optimism)
        text = (
            f"{self.named(worst.mistake)} would have promised {self.metric_label} "
            f"{self.said(worst.believed)}; out of fold it is {self.said(worst.honest)}"
        )
        if telling:
            return text
        few = "a single split" if self.n_splits == 1 else f"{self.n_splits} splits"
        return f"{text}, though {few} cannot tell how much of that is chance"

    def named(self, mistake: Mistake) -> str:
        """A mistake by the name of the method that makes it, where it has one."""
        if mistake == "selection":
            labels = [registry("selector")[key].label for key in self.selector.split("+")]
            return f"{' then '.join(labels)} before the split"
        if mistake == "resampling":
            return f"{registry('resampler')[self.resampler].label} before the split"
        return NAMES[mistake]

    def said(self, value: float) -> str:
        """A score with as many decimals as the largest optimism supports."""
        gaps = [abs(x.optimism) for x in self.lines if x.measured and x.optimism]
        largest = max(gaps, default=1.0)
        digits = min(4, max(2, 1 - math.floor(math.log10(largest))))
        return f"{value:,.{digits}f}" if abs(value) < 1000 else f"{value:,.0f}"

    def frame(self) -> pd.DataFrame:
        """One row a mistake: mistake, honest, believed, optimism, low, high, splits, reason."""
        return pd.DataFrame(
            [
                [x.label, x.honest, x.believed, x.optimism, x.low, x.high, x.n_splits, x.reason]
                for x in self.lines
            ],
            columns=[
                "mistake", "honest", "believed", "optimism", "low", "high", "splits", "reason"
            ],
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The meter as the command line prints it."""
        return {
            "metric": self.metric,
            "direction": self.direction,
            "selector": self.selector,
            "resampler": self.resampler,
            "model": self.model,
            "rows": self.rows,
            "of_rows": self.of_rows,
            "splits": self.n_splits,
            "confidence": self.confidence,
            "interval": self.interval,
            "mistakes": [
                {
                    "mistake": x.mistake,
                    "label": x.label,
                    "honest": x.honest,
                    "believed": x.believed,
                    "optimism": x.optimism,
                    "low": x.low,
                    "high": x.high,
                    "splits": x.n_splits,
                    "reason": x.reason,
                }
                for x in self.lines
            ],
            "nothing": self.nothing,
            "nothing_resampled": self.nothing_resampled,
            "notes": list(self.notes),
            "sentence": self.sentence() + ".",
        }


def leakage(measured: LeakyScores, metric: str | None = None, confidence: float = 0.95) -> Leakage:
    """Put what each mistake would have promised beside what is true out of fold.

    Args:
        measured: Scores of every split, done right and with each mistake.
        metric: Key of the metric; the task's usual one by default.
        confidence: Of the intervals, two-sided.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: The metric is not defined for the task.
    """
    chosen = chosen_metric(measured.study, metric)
    candidate = measured_candidate(measured.study)
    honest = np.asarray(measured.honest[chosen.key], dtype=np.float64)
    lines = []
    for mistake in MISTAKES:
        found = measured.leaky.get(mistake)
        if found is None or mistake in measured.reasons:
            reason = measured.reasons.get(mistake, "It could not be measured.")
            lines.append(_unmeasured(mistake, honest, reason))
        else:
            believed = np.asarray(found[chosen.key], dtype=np.float64)
            lines.append(_line(mistake, honest, believed, measured.ratio, chosen, confidence))
    lines.append(_threshold(measured, chosen, honest, confidence))
    how = f"{confidence:.0%} corrected resampled t over {len(honest)} splits (Nadeau & Bengio 2003)"
    if len(honest) < 2:
        how = "a single split gives none"
    nothing = _mean(measured.nothing.get(chosen.key))
    resampled = _mean(measured.nothing_resampled.get(chosen.key))
    notes = list(measured.notes)
    if not math.isnan(measured.made):
        notes.append(
            f"Of the validation rows after resampling first, {measured.made:.0%} were made from "
            "other rows."
        )
    if abs(resampled - nothing) > BALANCED:
        notes.append(
            f"The class shares of those rows are others too: a model that looks at no column "
            f"scores {resampled:.2f} there, and {nothing:.2f} out of fold."
        )
    return Leakage(
        chosen.key, chosen.label, chosen.direction, candidate.selector.path,
        candidate.resampler.key, candidate.model.key, confidence, how, tuple(lines),
        nothing, resampled, measured.rows, measured.of_rows, len(honest), tuple(notes),
    )  # fmt: skip


def _mean(values: tuple[float, ...] | None) -> float:
    known = [v for v in values or () if not math.isnan(v)]
    return float(np.mean(known)) if known else math.nan


def _unmeasured(mistake: Mistake, honest: Floats, reason: str) -> Optimism:
    nan = math.nan
    return Optimism(mistake, NAMES[mistake], _mean(tuple(honest)), nan, nan, nan, nan, 0, reason)


def _line(
    mistake: Mistake, honest: Floats, believed: Floats, ratio: float, metric: Metric,
    confidence: float,
) -> Optimism:  # fmt: skip
    both = ~(np.isnan(honest) | np.isnan(believed))
    if not both.any():
        return _unmeasured(mistake, honest, f"{metric.label} is not defined for these predictions.")
    sign = 1.0 if metric.direction == "higher" else -1.0
    found = corrected_t(sign * (believed - honest)[both], ratio, confidence)
    return Optimism(
        mistake, NAMES[mistake], float(honest[both].mean()), float(believed[both].mean()),
        found.mean, *possible(metric, found.low, found.high), found.n,
    )  # fmt: skip


def _threshold(
    measured: LeakyScores, metric: Metric, honest: Floats, confidence: float
) -> Optimism:
    """The threshold that is best on all scored rows, against the best one of the other splits."""
    refused = ""
    if measured.study.task != "binary":
        refused = "A threshold separates two classes, and this target is another."
    elif metric.key not in LABELS:
        refused = f"{metric.label} uses no threshold."
    elif not measured.honest_splits:
        refused = "The predictions were let go; measure again."
    elif len(measured.honest_splits) < 2:
        refused = "With a single split there are no other rows to choose a threshold on."
    if refused:
        return _unmeasured("threshold", honest, refused)
    parts = [sweep(s.positive_score(), s.is_positive(), s.weight) for s in measured.honest_splits]
    offered = np.unique(np.concatenate([[np.inf], *(part.threshold for part in parts)]))
    hits = [flagged(part, offered) for part in parts]
    counts = np.array([
        [tp, fp, part.positives - tp, part.negatives - fp]
        for part, (tp, fp) in zip(parts, hits, strict=True)
    ])  # fmt: skip
    own = np.array([metrics_of(*each)[metric.key] for each in counts])

    def best(of: Floats) -> int:
        values = metrics_of(of[0], of[1], of[2], of[3])[metric.key]
        return int(np.nanargmax(values)) if not np.isnan(values).all() else 0

    whole = counts.sum(axis=0)
    on_scored = own[:, best(whole)]
    on_others = np.array([own[i, best(whole - counts[i])] for i in range(len(parts))])
    return _line("threshold", on_others, on_scored, measured.ratio, metric, confidence)
