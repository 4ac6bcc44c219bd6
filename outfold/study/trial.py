"""A small study that tries the selectors or the resamplers of a study with one quick model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from outfold.errors import NotApplicableError
from outfold.registry import Facts, registry
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.study import NONE, Choice, Study


def quick_model(facts: Facts) -> Choice:
    """The first linear model that applies: quick, and it feels what selection and balance do.

    Raises:
        NotApplicableError: No model but the baseline applies to the table.
    """
    offered = [s for s, reason in registry("model").offered(facts) if not reason]
    offered = [s for s in offered if s.key != "dummy"]
    linear = [s for s in offered if s.family == "linear" and s.probabilistic]
    if not offered:
        raise NotApplicableError(
            "No model applies to this table.", "Choose another target or task."
        )
    return Choice((linear or offered)[0].key)


def trial_study(
    study: Study,
    facts: Facts,
    kind: Literal["selector", "resampler"],
    choices: Sequence[Choice],
) -> Study:
    """The study reduced to one kind of choice: these, nothing else, and one quick model.

    Its steps are those of the whole study, so what a trial computes is not computed again.
    """
    tried = tuple(dict.fromkeys([NONE, *choices]))
    return study.replace(
        selectors=tried if kind == "selector" else (NONE,),
        resamplers=tried if kind == "resampler" else (NONE,),
        models=(quick_model(facts),),
        metric=study.metric,
        racing=NO_RACE,
        quick=NO_QUICK,
    )
