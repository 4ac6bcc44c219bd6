"""A small study that tries the selectors or the resamplers of a study with one quick model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from outfold.errors import NotApplicableError
from outfold.registry import Facts, Strategy, registry
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


def without_by_hand(study: Study) -> Study:
    """The same trial without sets of columns chosen by hand, which no method of it depends on."""
    return study.replace(selectors=tuple(c for c in study.selectors if c.key != "pinned"))


def ranks_by_size(strategy: Strategy) -> bool:
    """Whether a selector can be asked for its k best columns."""
    return any(p.key == "k" and p.kind == "int" for p in strategy.params)


def sizes(n_columns: int) -> tuple[int, ...]:
    """1, 2, 4, 8, … below the number of columns; that number itself is keeping all of them."""
    return tuple(2**i for i in range(n_columns.bit_length()) if 2**i < n_columns)


def sized(choice: Choice, k: int) -> Choice:
    """A ranking, of a chain the last one, cut at its k best columns whatever its test says.

    Other thresholds stay, so that fewer columns than asked for may be kept.
    """
    from outfold.select.evidence import ALPHA

    *before, last = choice.links
    values = dict(last.params) | {"k": k}
    if any(p is ALPHA for p in registry("selector")[last.key].params):
        values["alpha"] = 1.0
    return Choice.chain([*before, Choice.of(last.key, **values)])


def sizes_study(study: Study, facts: Facts, choices: Sequence[Choice]) -> Study:
    """The study reduced to rankings at nested sizes and keeping every column, with a quick model.

    Each size is a candidate of its own: its ranking is made anew in each training fold. The splits
    are those of the study without its further repeats, since sizes are many.

    Raises:
        NotApplicableError: None of the selectors ranks, or there is one column only.
    """
    ranked = [c for c in choices if ranks_by_size(registry("selector")[c.links[-1].key])]
    if not ranked or facts.n_features < 2:
        raise NotApplicableError(
            "None of these methods ranks columns, so there are no sizes to try."
            if not ranked
            else "There is one column only, so there are no sizes to try.",
            "Choose a method with a number of columns to keep, such as mutual information.",
        )
    at = [sized(c, k) for c in ranked for k in sizes(facts.n_features)]
    once = dataclasses.replace(study.validation, repeats=1)
    return trial_study(study.replace(validation=once), facts, "selector", at)
