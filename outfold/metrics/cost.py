"""Expected cost: what wrong and right decisions cost per row, for costs that somebody named.

It is no entry of the catalogue, because without costs it has no meaning; its key carries them, as
in ``expected_cost:fp=1:fn=5``.
"""

from __future__ import annotations

import numpy as np

from outfold.errors import ParameterError
from outfold.metrics.metric import Floats, Metric, Parts, Scored

KEY = "expected_cost"
OUTCOMES = ("fp", "fn", "tp", "tn")
LABEL = "Expected cost"


def expected_cost(fp: float, fn: float, tp: float = 0.0, tn: float = 0.0) -> Metric:
    """The metric for some costs per row, in any one unit; gains are negative costs.

    Rows are flagged from the probability on that is right for these costs if probabilities are
    calibrated (Elkan 2001); scores that are no probabilities, above 0. Where several splits allow a
    threshold to be chosen on other rows, ``outfold.judge.expected_cost`` does so.

    Args:
        fp: Cost of flagging a negative row.
        fn: Of missing a positive row.
        tp: Of flagging a positive row.
        tn: Of leaving a negative row alone.

    Raises:
        ParameterError: A wrong decision costs no more than the right one.
    """
    costs = dict(zip(OUTCOMES, (fp, fn, tp, tn), strict=True))
    if not np.isfinite(list(costs.values())).all():
        raise ParameterError("A cost is not a number.", "Give finite numbers.")
    if not (fp > tn and fn > tp):
        raise ParameterError(
            "A wrong decision costs no more than the right one.",
            "A false alarm has to cost more than a correct rejection, a miss more than a hit.",
        )
    threshold = (fp - tn) / (fp - tn + fn - tp)

    def losses(scored: Scored) -> Floats:
        positive, score = scored.is_positive(), scored.positive_score()
        flagged = score >= threshold if scored.probability is not None else score > 0
        return np.where(positive, np.where(flagged, tp, fn), np.where(flagged, fp, tn)).astype(
            np.float64
        )

    def compute(scored: Scored) -> float:
        return float(np.average(losses(scored), weights=scored.weight))

    said = ", ".join(
        f"{words} {value:g}"
        for words, value in zip(
            ("a false alarm", "a miss", "a hit", "a correct rejection"), costs.values(), strict=True
        )
        if value
    )
    return Metric(
        f"{KEY}:" + ":".join(f"{name}={value:g}" for name, value in costs.items()),
        LABEL,
        f"Mean cost of a decision where {said} costs so much; each split's threshold is the "
        "cheapest on rows of other splits.",
        ("binary",),
        "lower",
        compute,
        "score",
        low=float(min(costs.values())),
        high=float(max(costs.values())),
        source="Elkan 2001",
        parts=Parts(losses),
    )


def is_cost(key: str) -> bool:
    """Whether a metric's key is that of an expected cost."""
    return key.partition(":")[0] == KEY


def costs_in(text: str) -> dict[str, float]:
    """The costs written as ``fp=1:fn=5`` or ``fp=1,fn=5``; those left out are those of no cost.

    Raises:
        ParameterError: Something else is written, or the cost of a wrong decision is left out.
    """
    found: dict[str, float] = {}
    for item in filter(None, text.replace(",", ":").split(":")):
        name, _, value = item.partition("=")
        try:
            if name.strip() not in OUTCOMES:
                raise ValueError
            found[name.strip()] = float(value)
        except ValueError:
            raise ParameterError(
                f"{item!r} is no cost.", "Write costs as fp=1,fn=5, and tp and tn likewise."
            ) from None
    if missing := [name for name in ("fp", "fn") if name not in found]:
        raise ParameterError(
            f"The cost {' and '.join(missing)} is not said.",
            "Name what a false alarm (fp) and a miss (fn) cost, as in fp=1,fn=5.",
        )
    return found
