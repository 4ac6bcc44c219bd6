"""Names of strategies and candidates for people."""

from __future__ import annotations

from outfold.registry import Kind, registry
from outfold.study.choice_name import choice_name
from outfold.study.study import Candidate

__all__ = ["candidate_name", "choice_name", "step_name"]

_OF: dict[str, Kind] = {
    "prepare": "preparation", "rank": "selector", "select": "selector", "resample": "resampler",
    "fit": "model", "tune": "model", "explain": "model",
}  # fmt: skip
"""What kind of strategy the step of a run that begins with a word is about."""


def step_name(label: str) -> str:
    """A step of a run with its strategy's label: ``fit Random forest, split 1 of 3``."""
    step, split, rest = label.rpartition(", split ")
    verb, _, what = step.partition(" ")
    key = what.partition("(")[0]
    if verb not in _OF or key not in registry(_OF[verb]):
        return label
    # The columns chosen by hand would fill the line.
    inside = "" if key == "pinned" else what[len(key) :]
    return f"{verb} {registry(_OF[verb])[key].label}{inside}{split}{rest}"


def candidate_name(candidate: Candidate) -> str:
    """A candidate's model, then what else is not ``none``: ``Logistic regression, CFS, SMOTE``."""
    parts = [choice_name("model", candidate.model)]
    if candidate.selector.key != "none":
        parts.append(choice_name("selector", candidate.selector))
    if candidate.resampler.key != "none":
        parts.append(choice_name("resampler", candidate.resampler))
    return ", ".join(parts)
