"""The views of the Compare page: which ones a run has, and what draws each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components import (
    across,
    again,
    cache,
    export,
    gap,
    judging,
    learning,
    pairs,
    side_by_side,
    slices,
    thresholds,
    tuning,
    verdicts,
)
from outfold.metrics.catalogue import metric_named
from outfold.task import is_classification

if TYPE_CHECKING:
    from outfold.study.study import Candidate

FIRST = "By split"
STORED = (FIRST, "Pairs", "What mattered", "Tuning", "Across tables")
"""Views that need scores alone, no predictions."""

View = Callable[[], None]


def views(
    run: str, chosen: Sequence[Candidate], metric: str, *, stored: bool = True
) -> dict[str, View]:
    """What can be looked at, by name, in the order in which it is offered.

    Args:
        run: The run.
        chosen: The candidates looked into.
        metric: Key of the metric.
        stored: Whether predictions are stored; without them only scores are left to look at.
    """
    study = cache.result(run).study
    found: dict[str, View] = {FIRST: partial(judging.by_split, run, metric)}
    if study.task == "binary":
        found["Threshold"] = partial(thresholds.threshold, run, chosen, metric)
    elif is_classification(study.task):
        found["Confusion"] = partial(judging.confusion, run, chosen)
    if is_classification(study.task):
        found |= {
            "ROC": partial(judging.ranking, run, chosen, "roc"),
            "Precision and recall": partial(judging.ranking, run, chosen, "pr"),
            "Gain and lift": partial(judging.ranking, run, chosen, "gain"),
            "Calibration": partial(judging.calibration, run, chosen),
        }
    else:
        found |= {
            "Predicted and actual": partial(judging.errors, run, chosen, "fit"),
            "Errors": partial(judging.errors, run, chosen, "residuals"),
        }
        if study.task == "count":
            found["Counts"] = partial(judging.frequencies, run, chosen)
    if study.task == "binary":
        found["Decision curve"] = partial(judging.decision, run, chosen)
    found["Slices"] = _by_usual(run, metric, partial(slices.by_slice, run, chosen))
    if study.task == "binary":
        found["Groups"] = partial(slices.by_group, run, chosen)
    found |= {
        "Worst rows": partial(slices.worst, run, chosen),
        "Pairs": partial(pairs.pairs, run, chosen, metric),
        "Side by side": partial(side_by_side.side_by_side, run, chosen, metric),
        "Across tables": _by_usual(run, metric, partial(across.across_tables, run)),
        "Training gap": _by_usual(run, metric, partial(gap.generalisation_gap, run, chosen)),
        "Learning curve": _by_usual(run, metric, partial(learning.learning_curve, run, chosen)),
        "Parameter": _by_usual(run, metric, partial(again.parameter, run, chosen)),
        "Seeds": _by_usual(run, metric, partial(again.seeds, run, chosen)),
    }
    if verdicts.grid_varies(run):
        found["What mattered"] = partial(verdicts.effects, run, metric)
    if study.tuning.is_on:
        found["Tuning"] = partial(tuning.tuned, run)
    found["Code"] = partial(export.code, run, chosen)
    return found if stored else {name: draw for name, draw in found.items() if name in STORED}


def _by_usual(run: str, metric: str, draw: Callable[[str], None]) -> View:
    """A view of a metric that a model's predictions of some rows determine by themselves."""

    def drawn() -> None:
        usual = judging.usual_metric(run, metric)
        if usual != metric:
            st.caption(
                f"Shown for {metric_named(usual).label}: an expected cost needs thresholds that "
                "are chosen over all splits of a run."
            )
        draw(usual)

    return drawn
