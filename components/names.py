"""Names of strategies and candidates for people."""

from __future__ import annotations

from outfold.registry import Kind, registry, worded
from outfold.study.study import Candidate, Choice


def choice_name(kind: Kind, choice: Choice) -> str:
    """A strategy's label with the parameters that differ: ``SMOTE (neighbours 3)``.

    Those that follow one another are ``Variance then CFS``.
    """
    if choice.then is not None:
        return " then ".join(choice_name(kind, link) for link in choice.links)
    known = registry(kind)
    if choice.key not in known:
        return choice.label()
    strategy = known[choice.key]
    labels = {p.key: p.label.lower() for p in strategy.params}
    inside = ", ".join(f"{labels.get(key, key)} {worded(value)}" for key, value in choice.params)
    return f"{strategy.label} ({inside})" if inside else strategy.label


def candidate_name(candidate: Candidate) -> str:
    """A candidate's model, then what else is not ``none``: ``Logistic regression, CFS, SMOTE``."""
    parts = [choice_name("model", candidate.model)]
    if candidate.selector.key != "none":
        parts.append(choice_name("selector", candidate.selector))
    if candidate.resampler.key != "none":
        parts.append(choice_name("resampler", candidate.resampler))
    return ", ".join(parts)
