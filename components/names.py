"""Names of strategies and candidates for people."""

from __future__ import annotations

from components.text import count
from outfold.registry import Kind, registry, worded
from outfold.study.study import Candidate, Choice

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
    if choice.key == "pinned":
        n = len(columns) if isinstance(columns := dict(choice.params).get("columns"), tuple) else 0
        return f"{strategy.label} ({count(n, 'column')})"
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
