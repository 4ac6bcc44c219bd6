"""Studies that ask again with one thing varied: a parameter's value, or the seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from outfold.errors import StudyError
from outfold.registry import Param, Value, registry
from outfold.study.growing_rows import curve_study
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.study import Candidate, Choice, Study
from outfold.study.tune.tuning import NO_TUNING

SIZE = 6
"""Values of a validation curve, the candidate's own beside them."""
SEEDS = 4
"""Further seeds beside the study's own."""


def variable(model: Choice) -> tuple[Param, ...]:
    """The parameters of a model along which a curve can be drawn: numbers with two ends."""
    return tuple(
        p
        for p in registry("model")[model.key].params
        if p.kind in ("int", "float") and _ends(p) is not None
    )


def _ends(param: Param) -> tuple[float, float] | None:
    if param.search and not isinstance(param.search[0], str):
        return float(param.search[0]), float(param.search[1])
    if param.low is None or param.high is None:
        return None
    return param.low, param.high


def own_value(model: Choice, param: Param) -> Value:
    """The value that a choice gives a parameter, or its default."""
    return dict(model.params).get(param.key, param.default)


def values_of(model: Choice, param: Param, size: int = SIZE) -> tuple[float, ...]:
    """Values along the range in which the parameter is tuned, and the choice's own; ascending."""
    ends = _ends(param)
    assert ends is not None
    scale = param.search_scale or param.scale
    if scale == "log" and ends[0] > 0:
        found = np.geomspace(*ends, size)
    else:
        found = np.linspace(*ends, size)
    rounded = {float(f"{v:.3g}") for v in found}
    values: set[float] = {round(v) for v in rounded} if param.kind == "int" else rounded
    values = {min(max(v, ends[0]), ends[1]) for v in values}
    own = own_value(model, param)
    if isinstance(own, int | float):
        values.add(own)
    return tuple(sorted(values))


def varied_study(study: Study, candidate: Candidate, param: Param) -> Study:
    """The study that measures a candidate at several values of one parameter of its model.

    The fit at its own value is that of the study itself and is not computed again. There is no
    tuning, no race and no quick look.

    Raises:
        StudyError: The candidate is the baseline.
    """
    if candidate.is_baseline:
        raise StudyError("The baseline has no parameter.", "Choose a candidate with a model.")
    own = own_value(candidate.model, param)
    models = []
    for value in values_of(candidate.model, param):
        said: Value = int(value) if param.kind == "int" else float(value)
        params = dict(candidate.model.params) | {param.key: said}
        models.append(candidate.model if value == own else Choice.of(candidate.model.key, **params))
    return study.replace(
        selectors=(candidate.selector,), resamplers=(candidate.resampler,), models=tuple(models),
        tuning=NO_TUNING, train_shares=(), racing=NO_RACE, quick=NO_QUICK,
    )  # fmt: skip


def seed_studies(study: Study, candidates: Sequence[Candidate], n: int = SEEDS) -> list[Study]:
    """The study of some candidates with further seeds: other splits and other random starts.

    Raises:
        StudyError: Nothing but the baseline was chosen.
    """
    bare = curve_study(study, candidates, ())
    return [bare.replace(seed=(study.seed + 1 + i) % 2**31) for i in range(n)]
