"""The views of the Compare page: which ones a run has, and what draws each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

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
        found["Threshold"] = partial(thresholds.threshold, run, chosen)
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
    found["Slices"] = partial(slices.by_slice, run, chosen, metric)
    if study.task == "binary":
        found["Groups"] = partial(slices.by_group, run, chosen)
    found |= {
        "Worst rows": partial(slices.worst, run, chosen),
        "Pairs": partial(pairs.pairs, run, chosen, metric),
        "Side by side": partial(side_by_side.side_by_side, run, chosen, metric),
        "Across tables": partial(across.across_tables, run, metric),
        "Training gap": partial(gap.generalisation_gap, run, chosen, metric),
        "Learning curve": partial(learning.learning_curve, run, chosen, metric),
        "Parameter": partial(again.parameter, run, chosen, metric),
        "Seeds": partial(again.seeds, run, chosen, metric),
    }
    if verdicts.grid_varies(run):
        found["What mattered"] = partial(verdicts.effects, run, metric)
    if study.tuning.is_on:
        found["Tuning"] = partial(tuning.tuned, run)
    found["Code"] = partial(export.code, run, chosen)
    return found if stored else {name: draw for name, draw in found.items() if name in STORED}
