"""What differs between two studies, field by field, in words."""

from __future__ import annotations

import dataclasses
from typing import Any

from outfold.study.study import Candidate, Choice, Study

NAMES = {
    "dataset": "Table", "target": "Target", "task": "Task", "roles": "Roles of columns",
    "types": "Types of columns", "fixes": "Fixes", "positive": "Positive class",
    "validation": "Validation", "preparation": "Preparation", "selectors": "Selectors compared",
    "resamplers": "Resamplers compared", "models": "Models compared",
    "target_transform": "Scale of the target", "metric": "Ranking metric", "seed": "Seed",
    "tuning": "Tuning", "train_shares": "Training shares", "racing": "Racing",
    "quick": "Quick look",
}  # fmt: skip
GRID = ("selectors", "resamplers", "models")
"""What a study offers to be combined; what is compared is one candidate of each side."""


@dataclasses.dataclass(frozen=True, slots=True)
class Differs:
    """One thing that was chosen otherwise.

    Attributes:
        what: Its name for people.
        first: How the first has it, in words.
        second: How the second has it.
    """

    what: str
    first: str
    second: str


def differences(
    first: tuple[Study, Candidate], second: tuple[Study, Candidate]
) -> tuple[Differs, ...]:
    """Whatever differs between two candidates: their strategies, and the rest of their studies.

    Which other candidates stood beside them makes no difference to either and is left out.
    """
    found = []
    for what in ("selector", "resampler", "model"):
        one, other = (getattr(c, what) for _, c in (first, second))
        if one != other:
            found.append(Differs(what.capitalize(), one.label(), other.label()))
    for field in dataclasses.fields(Study):
        one, other = (getattr(s, field.name) for s, _ in (first, second))
        if field.name in GRID or one == other:
            continue
        name = NAMES.get(field.name, field.name)
        if dataclasses.is_dataclass(one) and not isinstance(one, Choice):
            found += _fields(name, one, other)
        elif isinstance(one, tuple):
            found.append(Differs(name, _only(one, other), _only(other, one)))
        else:
            found.append(Differs(name, _said(one), _said(other)))
    return tuple(found)


def _fields(name: str, one: Any, other: Any) -> list[Differs]:
    """Each field that differs of something made of fields."""
    return [
        Differs(
            f"{name}: {f.name.replace('_', ' ')}",
            _said(getattr(one, f.name)),
            _said(getattr(other, f.name)),
        )
        for f in dataclasses.fields(one)
        if getattr(one, f.name) != getattr(other, f.name)
    ]


def _only(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """What one has and the other lacks."""
    return ", ".join(_said(item) for item in one if item not in other) or "–"


def _said(value: Any) -> str:
    if isinstance(value, Choice):
        return value.label()
    if value is None or value == "":
        return "–"
    if dataclasses.is_dataclass(value) and hasattr(value, "kind"):
        columns = ", ".join(getattr(value, "columns", ()))
        return f"{str(value.kind).replace('_', ' ')} {columns}".strip()
    if isinstance(value, tuple):
        return ": ".join(str(part) for part in value)
    return str(value)
