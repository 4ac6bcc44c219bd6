"""A study of fewer candidates, whose fits are those of the whole study."""

from __future__ import annotations

from collections.abc import Sequence

from outfold.errors import StudyError
from outfold.study.study import Candidate, Choice, Study


def only(study: Study, candidates: Sequence[Candidate]) -> Study:
    """The smallest grid of a study that holds some of its candidates; the baseline stays.

    Args:
        study: The study.
        candidates: Some of its candidates, in any order.

    Raises:
        StudyError: Nothing but the baseline was chosen.
    """
    chosen = [c for c in candidates if not c.is_baseline]
    if not chosen:
        raise StudyError("Only the baseline is chosen.", "Choose a candidate with a model.")

    def among(all_of: tuple[Choice, ...], used: set[Choice]) -> tuple[Choice, ...]:
        # In the study's order, whatever order they were chosen in: equal choices, equal keys.
        return tuple(choice for choice in dict.fromkeys(all_of) if choice in used)

    return study.replace(
        selectors=among(study.selectors, {c.selector for c in chosen}),
        resamplers=among(study.resamplers, {c.resampler for c in chosen}),
        models=among(study.models, {c.model for c in chosen}),
    )
