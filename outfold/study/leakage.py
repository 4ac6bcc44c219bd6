"""What the leakage meter is asked: one way through a study, and steps done too early.

A meter's run is a study like any other, with one selector, one resampler and one model, that says
in ``meter_seconds`` how long it may take. So it is carried out by the run service, found again by
the study's key, followed and cancelled like every run; see ``leaky_run``.
"""

from __future__ import annotations

from typing import Literal

from outfold.errors import StudyError
from outfold.hashing import key_of
from outfold.registry import registry
from outfold.study.scores import scheme_of
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.study import NONE, Candidate, Choice, Study
from outfold.study.tune.tuning import NO_TUNING
from outfold.task import is_classification

Mistake = Literal["preparation", "selection", "resampling", "together"]

MISTAKES: dict[Mistake, str] = {
    "preparation": "Preparation before the split",
    "selection": "Selection before the split",
    "resampling": "Resampling before the split",
    "together": "All of these together",
}
"""Steps that can be done before the split, in the order of a pipeline."""

VERSION = 2
"""Raised when what the meter computes changes."""
SECONDS = 30.0
LEAST_SECONDS, MOST_SECONDS = 1.0, 3600.0


def leakage_study(
    study: Study, selector: Choice, resampler: Choice, model: Choice, seconds: float = SECONDS
) -> Study:
    """The study that measures what its steps would promise if they were done before the split.

    The metric is left open, since every metric is measured.

    Args:
        study: Table, target, roles, preparation and validation.
        selector: The selector; ``none`` for none.
        resampler: The resampler; ``none`` for none.
        model: The model.
        seconds: What the measurement may take, 1 to 3,600.

    Raises:
        StudyError: The model is the baseline, which looks at no feature, or the time is out of
            range.
    """
    if model.key == "dummy":
        raise StudyError(
            "The baseline looks at no feature, so no step before it can flatter it.",
            "Choose another model.",
        )
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise StudyError(
            f"{seconds:g} seconds were given to the leakage meter.",
            f"Give it {LEAST_SECONDS:g} to {MOST_SECONDS:,.0f}.",
        )
    return study.replace(
        selectors=(selector,), resamplers=(resampler,), models=(model,), metric="",
        tuning=NO_TUNING, train_shares=(), racing=NO_RACE, quick=NO_QUICK,
        meter_seconds=float(seconds),
    )  # fmt: skip


def measured_candidate(study: Study) -> Candidate:
    """The one way through a meter's study."""
    return Candidate(study.selectors[0], study.resamplers[0], study.models[0])


def leakage_key(study: Study, positive: int) -> str:
    """The content key of a measurement: the study, its strategies' code, and the metrics' code."""
    chosen = measured_candidate(study)
    code = [
        registry("preparation")[study.preparation.key].fingerprint,
        *(registry("selector")[link.key].fingerprint for link in chosen.selector.links),
        registry("resampler")[chosen.resampler.key].fingerprint,
        registry("model")[chosen.model.key].fingerprint,
    ]
    return "leakage-" + key_of("leakage", VERSION, study.key, code, scheme_of(study.task, positive))


def so_far_key(key: str) -> str:
    """The key of what a measurement has found while it goes on."""
    return f"{key}-so-far"


def why_not(study: Study, *, weighs: bool) -> dict[Mistake, str]:
    """The mistakes that this study cannot make, each with the reason.

    Args:
        study: A meter's study.
        weighs: Whether its resampler weighs rows instead of changing them.
    """
    chosen = measured_candidate(study)
    reasons: dict[Mistake, str] = {}
    if chosen.selector == NONE:
        reasons["selection"] = "No column is selected, so nothing can leak here."
    if not is_classification(study.task):
        reasons["resampling"] = "The target is a number: there are no classes to balance."
    elif chosen.resampler == NONE:
        reasons["resampling"] = "No row is resampled, so nothing can leak here."
    elif weighs:
        reasons["resampling"] = (
            "This method weighs rows and makes none, so no copy of a validation row is trained on."
        )
    if "selection" in reasons:
        only = "preparation" if "resampling" in reasons else "resampling, prepared before it,"
        reasons["together"] = f"Here {only} is all that can be done too early: see its own line."
    return reasons
